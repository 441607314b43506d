"""docs/operating.md lists every setting, and no other."""

import dataclasses
import re

from ml.settings import ROOT, known_names, read_settings

GUIDE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def rows() -> dict[str, str]:
    """Each row of the table of settings: the name, and the default as the guide gives it."""
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", GUIDE, flags=re.MULTILINE))


def test_guide_lists_every_setting_once() -> None:
    listed = re.findall(r"^\| `([A-Z_]+)` \|", GUIDE, flags=re.MULTILINE)

    assert sorted(listed) == sorted(known_names())


def test_guide_mentions_no_setting_that_does_not_exist() -> None:
    assert set(re.findall(r"PROCTOR_[A-Z_]+[A-Z]", GUIDE)) <= set(known_names())


def test_guide_gives_the_defaults() -> None:
    settings = dataclasses.asdict(read_settings({}))
    fields = {"PROCTOR_SPEC": "spec_path"}
    for name, default in rows().items():
        value = settings[fields.get(name, name.removeprefix("PROCTOR_").lower())]
        shown = str(value).replace(f"{ROOT}/", "")
        words = {"True": "yes", "False": "no", "None": "", "()": ""}
        assert default.strip().strip("`") == words.get(shown, shown), name
