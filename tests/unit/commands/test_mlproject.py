"""`MLproject` starts the commands of `python -m ml` with options that these know, and with their own defaults."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest
import yaml

from ml.commands.clean import command as clean
from ml.commands.explore import command as explore
from ml.commands.train import command as train
from ml.settings import ROOT

ENTRIES: dict[str, Any] = yaml.safe_load((ROOT / "MLproject").read_text())["entry_points"]
COMMANDS: dict[str, click.Command] = {"clean": clean, "explore": explore, "train": train}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_point_is_a_command(name: str) -> None:
    options = {option: item for item in COMMANDS[name].params for option in item.opts}
    passed = re.findall(r"(--[\w-]+) \{(\w+)\}", ENTRIES[name]["command"])
    assert f"python -m ml {name}" in ENTRIES[name]["command"]
    assert {parameter for _, parameter in passed} == ENTRIES[name].get("parameters", {}).keys()
    for option, parameter in passed:
        own = options[option].default
        if isinstance(own, str | int):  # else it has none, and MLflow asks for one
            assert str(ENTRIES[name]["parameters"][parameter]["default"]) == str(own), option
