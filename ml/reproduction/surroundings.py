"""What a run was made from and on, and how two of those differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ml.examination.reproduction import Change, What
from ml.report import environment

_FIRST_LINE = re.compile(r"# Python (?P<python>\S+) on (?P<platform>.+)")
_LEFT_OPEN = ("", environment.UNKNOWN)


@dataclass(frozen=True)
class Surroundings:
    """Each is empty where it was not recorded."""

    code: str
    data: str
    spec: str
    python: str
    platform: str
    blas: str
    libraries: Mapping[str, str]
    """Versions of those that decide what a model is."""
    packages: Mapping[str, str]
    """Versions of all that is installed."""


def read_surroundings(tags: Mapping[str, str], listing: str) -> Surroundings:
    """Read the tags that a training sets and the listing in `environment.txt`, either of which may be missing."""
    first, _, rest = listing.partition("\n")
    named = _FIRST_LINE.fullmatch(first.strip())
    return Surroundings(
        code=tags.get("proctor.code_version", ""),
        data=tags.get("proctor.dataset_sha256", ""),
        spec=tags.get("proctor.spec_sha256", ""),
        python=tags.get("proctor.python", "") or (named["python"] if named else ""),
        platform=tags.get("proctor.platform", "") or (named["platform"] if named else ""),
        blas=tags.get("proctor.blas", ""),
        libraries=_read_versions(tags.get("proctor.versions", "")),
        packages=dict(_read_pins(rest)),
    )


def list_changes(original: Surroundings, now: Surroundings) -> tuple[Change, ...]:
    """List what differs, the code first; what the original did not record is not held against anybody."""
    return (
        *_list_code(original.code, now.code),
        *_list_facts(original, now),
        *_list_versions("library", original.libraries, now.libraries, sorted(original.libraries, key=str.lower)),
        *_list_versions("package", original.packages, now.packages, _name_packages(original, now)),
    )


def is_same_code(original: str, now: str) -> bool:
    """Whether two code versions are surely one: older releases marked changes with a bare `+`, which may be any."""
    return original == now and original not in _LEFT_OPEN and not original.endswith("+")


def _list_code(original: str, now: str) -> Iterator[Change]:
    if not is_same_code(original, now):
        yield Change("code", original, now)


def _list_facts(original: Surroundings, now: Surroundings) -> Iterator[Change]:
    facts: tuple[What, ...] = ("data", "spec", "python", "platform", "blas")
    for what in facts:
        before, after = getattr(original, what), getattr(now, what)
        if before and before != after:
            yield Change(what, before, after)


def _name_packages(original: Surroundings, now: Surroundings) -> list[str]:
    """Name what is installed there or here and was not looked at as a library; nothing if there was no listing."""
    names = original.packages.keys() | now.packages.keys() if original.packages else set()
    return sorted(names - original.libraries.keys(), key=str.lower)


def _list_versions(
    what: What, original: Mapping[str, str], now: Mapping[str, str], names: list[str]
) -> Iterator[Change]:
    for name in names:
        if original.get(name) != now.get(name):
            yield Change(what, original.get(name, ""), now.get(name, ""), name)


def _read_versions(text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {str(name): str(number) for name, number in found.items()} if isinstance(found, dict) else {}


def _read_pins(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, is_pin, number = line.strip().partition("==")
        if is_pin:
            yield name, number
