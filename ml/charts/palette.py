"""Colours by role. Figures carry both the role, for pages with a theme, and its colour on white, for everybody else."""

from __future__ import annotations

LIGHT = {
    "bad": "#b3261e",
    "look": "#8a5c00",
    "panel": "#ffffff",
    "ink": "#1d2129",
    "soft": "#545d6b",
    "faint": "#6b7381",
    "line": "#e2e3df",
    "accent": "#1f5fbf",
    "k1": "#1f5fbf",
    "k2": "#c2410c",
    "k3": "#1a7049",
    "k4": "#7b3fa0",
    "k5": "#8a5c00",
    "k6": "#0b7285",
}
"""k1 to k6 are for things without an order, such as runs; they differ in dashes as well."""
RAMP = ("#c9d7ea", "#8fb0dc", "#3f76be", "#123f86")
"""Worst to best; the stylesheet's --c1 to --c4."""
VEIL = 0.18


def class_role(number: int, classes: int) -> str:
    """The role of the `number`-th of so many ordered classes: where it stands on the ramp, from 0 to 1."""
    return f"ramp:{number / (classes - 1):.4g}" if classes > 1 else "ramp:1"


def colour(role: str) -> str:
    """The colour of a role on white; between the ramp's stops it is mixed."""
    if not role.startswith("ramp:"):
        return LIGHT[role]
    place = float(role.removeprefix("ramp:")) * (len(RAMP) - 1)
    lower = min(int(place), len(RAMP) - 2)
    return _mix(RAMP[lower], RAMP[lower + 1], place - lower)


def veil(role: str) -> str:
    """A role's colour on white, thin enough to see through: for bands. The page's script makes it as thin."""
    red, green, blue = (int(colour(role)[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{VEIL})"


def _mix(first: str, second: str, share: float) -> str:
    channels = ((int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)
