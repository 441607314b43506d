"""The locks stand in step with what a person wrote: `make lock` after every change of a requirements*.in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ml.settings import ROOT

REQUIREMENT = re.compile(r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*(?P<pin>==\s*[\w.]+(?!\*)$)?")


def read_requirements(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each name, as indexes spell it, with the version where exactly one is asked for."""
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.split("#")[0].split(";")[0].rstrip(" \\").strip()
        found = REQUIREMENT.match(words)
        if found:
            pin = found["pin"]
            yield re.sub(r"[-_.]+", "-", found["name"]).lower(), pin.removeprefix("==").strip() if pin else None


def read_lock(path: Path) -> dict[str, set[str | None]]:
    pins: dict[str, set[str | None]] = {}
    for name, pin in read_requirements(path):
        pins.setdefault(name, set()).add(pin)
    return pins


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_lock_holds_what_is_asked_for(name: str) -> None:
    asked = dict(read_requirements(ROOT / f"{name}.in"))
    locked = read_lock(ROOT / f"{name}.txt")

    assert asked
    assert {wanted for wanted in asked if wanted not in locked} == set()
    assert {wanted: pin for wanted, pin in asked.items() if pin and locked[wanted] != {pin}} == {}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_lock_pins_and_hashes_everything_for_a_reason_that_still_stands(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text[text.index("\n", text.rindex("# ", 0, 400)) :].strip())
    pinned = [block for block in blocks if not block.startswith("#")]
    asked = {wanted for wanted, _ in read_requirements(ROOT / f"{name}.in")}
    direct = {
        next(read_requirements_of(block))[0] for block in pinned if re.search(rf"#(?: via|  ) +-r {name}\.in", block)
    }

    assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []
    assert [block.splitlines()[0] for block in pinned if "==" not in block.splitlines()[0]] == []
    assert direct == asked


def read_requirements_of(block: str) -> Iterator[tuple[str, str | None]]:
    found = REQUIREMENT.match(block)
    assert found is not None
    yield re.sub(r"[-_.]+", "-", found["name"]).lower(), None


def test_both_locks_agree_where_they_meet() -> None:
    runtime, development = (read_lock(ROOT / f"{name}.txt") for name in ("requirements", "requirements-dev"))

    assert {name for name in runtime.keys() & development.keys() if not development[name] <= runtime[name]} == set()
