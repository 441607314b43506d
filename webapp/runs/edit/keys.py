"""Which tags people may set: what MLflow takes, but neither its own keys nor those that keep Proctor's scores honest.

The rules are MLflow 3.17.2's; a test holds them against it.
"""

from __future__ import annotations

import posixpath
import re

NOTE_TAG = "mlflow.note.content"
"""Where MLflow's own pages keep a note, of a run as of an experiment; here it has forms of its own."""
LONGEST_KEY = 250
LONGEST_VALUE = 8_000
LONGEST_NOTE = 5_000
"""Characters: MLflow takes 5,000 to 8,000 of a note, depending on its release."""
_SIGNS = re.compile(r"[/\w.\- :]+")
_OWNERS = {"mlflow.": "key_of_mlflow", "proctor.": "key_of_proctor"}


def find_owner(key: str) -> str:
    """Say by a code whose own a key is, which people do not change; empty where it is anybody's."""
    return next((code for prefix, code in _OWNERS.items() if key.startswith(prefix)), "")


def find_key_fault(key: str) -> str:
    """Say by a code why a tag cannot have this key; empty where it can."""
    if not key:
        return "key_empty"
    if len(key) > LONGEST_KEY:
        return "key_long"
    if not _SIGNS.fullmatch(key):
        return "key_signs"
    if posixpath.normpath(key) != key or key.startswith(("/", "..")) or key == ".":
        return "key_path"
    return find_owner(key)


def tidy_text(typed: str) -> str:
    """A text as it is kept: lines end in one sign, nothing hangs at the end, nothing that no database takes."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").rstrip()
