"""The shipped spec says what the source says, and every mistake in a spec is named with its place."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from ml.spec import DatasetSpec, Kind, SpecError, fold_category, fold_header, load_spec, strip_cell
from tests.builders.tables import SECOND_SPEC_PATH, STUDENT_SPEC_PATH, second_spec, student_spec, write_spec


def test_the_classes_and_marks_go_from_worst_to_best() -> None:
    spec = student_spec()
    assert spec.target.categories == ("Average", "Good", "Vg", "Excellent")
    ordinal = [column for column in spec.features if column.kind is Kind.ORDINAL]
    assert [column.name for column in ordinal] == ["Class_X_Percentage", "Class_XII_Percentage"]
    assert all(column.categories == spec.target.categories for column in ordinal)


def test_the_sensitive_columns_say_why_and_can_be_left_out() -> None:
    spec = student_spec()
    assert spec.sensitive_names == ("Gender", "Caste")
    assert all(column.why_sensitive for column in spec.features if column.is_sensitive)
    rest = spec.without_sensitive()
    assert rest.feature_names == tuple(name for name in spec.feature_names if name not in {"Gender", "Caste"})
    assert len(spec.features) == 11


@pytest.mark.parametrize("spec", [student_spec(), second_spec()], ids=lambda spec: spec.name)
def test_every_category_of_every_column_is_worded_in_both_languages(spec: DatasetSpec) -> None:
    for column in spec.columns:
        assert column.label.en
        assert column.label.es
        for category in column.categories:
            assert column.label_of(category, "en")
            assert column.label_of(category, "es")


def test_every_category_of_the_shipped_spec_has_a_label() -> None:
    for column in student_spec().columns:
        assert set(column.category_labels) == set(column.categories), column.name


def test_a_label_is_that_of_the_language_and_falls_back_to_the_category() -> None:
    target, maker = student_spec().target, second_spec().features[2]
    assert (target.label_of("Vg", "en"), target.label_of("Vg", "es-MX")) == ("Very good", "Muy bueno")
    assert maker.label_of("Norte", "es") == "Norte"


def test_the_checksum_is_that_of_the_file() -> None:
    assert student_spec().sha256 == hashlib.sha256(STUDENT_SPEC_PATH.read_bytes()).hexdigest()


def test_a_spec_survives_the_way_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(student_spec())) == student_spec()  # noqa: S301 - our own bytes


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        student_spec().name = "other"  # type: ignore[misc]


def test_reading_a_spec_loads_neither_pandas_nor_numpy() -> None:
    program = (
        "import sys, pathlib, ml.spec; ml.spec.load_spec(pathlib.Path(sys.argv[1]));"
        "print(*{'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(STUDENT_SPEC_PATH)],
        cwd=STUDENT_SPEC_PATH.parent.parent, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


TEXT = {"en": "a", "es": "b"}
STAND_IN = "stand_in"


@pytest.mark.parametrize(
    ("changes", "place", "problem"),
    [
        ({"colour": "red"}, "colour", "is not a known key"),
        ({"features.1.colour": "red"}, "features[1] (vibration).colour", "is not a known key"),
        ({"notice": None}, "notice", "is missing"),
        ({"features.0.label": None}, "features[0] (temperature).label", "is missing"),
        ({"title.es": None}, "title.es", "is missing"),
        ({"sha256": "x"}, "sha256", "is not a known key"),
        ({"name": "two words"}, "name", "letters, digits and underscores"),
        ({"features": []}, "features", "at least one"),
        ({"features.0.kind": "colour"}, "features[0] (temperature).kind", "one of nominal, ordinal, numeric"),
        ({"features.2.categories": [True, "Sur"]}, "features[2] (maker).categories[0]", "quotes"),
        ({"features.2.categories": "Sur"}, "features[2] (maker).categories", "must be a list"),
        ({"features.2.categories": ["Sur"]}, "features[2] (maker).categories", "at least two"),
        ({"features.2.categories": ["Sur", "Norte", "sur"]}, "features[2] (maker).categories", "'sur' stands twice"),
        ({"features.2.categories": ["a_b", "a b"]}, "features[2] (maker).categories", "'a b' stands twice"),
        ({"features.2.categories": [" Sur", "Norte"]}, "features[2] (maker).categories", "space or quotes"),
        ({"features.0.name": "condition"}, "features[0] (condition).name", "must not stand among the features"),
        ({"features.0.name": "Vibration"}, "features[1] (vibration)", "already that of features[0] (Vibration)"),
        ({"features.0.aliases": ["VIBRATION "]}, "features[1] (vibration)", "already that of features[0]"),
        ({"features.0.name": "_"}, "features[0] (_).name", "must not be empty"),
        ({"target.kind": "numeric"}, "target (condition).kind", "nominal or ordinal"),
        ({"features.0.categories": ["a", "b"]}, "features[0] (temperature).categories", "numeric column has none"),
        ({"features.0.low": 300}, "features[0] (temperature).low", "300 lies above high (250)"),
        ({"features.0.low": "cold"}, "features[0] (temperature).low", "number"),
        ({"features.2.low": 1}, "features[2] (maker).low", "belong to numeric columns"),
        ({"features.2.category_labels": {"Oeste": TEXT}}, "features[2] (maker).category_labels", "'Oeste' is not"),
        ({"features.2.category_aliases": {"O": "Oeste"}}, "features[2] (maker).category_aliases", "'Oeste' is not"),
        ({"features.2.category_aliases": {"SUR": "Norte"}}, "features[2] (maker).category_aliases", "is itself"),
        ({"features.3.is_sensitive": None}, "features[3] (operator).why_sensitive", "not marked is_sensitive"),
        ({f"{STAND_IN}.rows": 0}, "stand_in.rows", "1 or more"),
        ({f"{STAND_IN}.classes.broken": 3}, "stand_in.classes", "'broken' is not a category of condition"),
        ({f"{STAND_IN}.counts.maker.Oeste": 3}, "stand_in.counts.maker", "'Oeste' is not a category of maker"),
        ({f"{STAND_IN}.counts.maker.Sur": -3}, "stand_in.counts.maker", "0 or more"),
        ({f"{STAND_IN}.counts.maker": None}, "stand_in", "'maker' has no frequencies"),
        ({f"{STAND_IN}.counts.colour": {"red": 1}}, "stand_in", "'colour' is not a feature"),
        ({f"{STAND_IN}.quantiles.maker": [1, 2]}, "stand_in", "'maker' stands in more than one"),
        ({f"{STAND_IN}.quantiles.vibration": [2, 1]}, "stand_in.quantiles.vibration", "rising"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, changes: dict[str, object], place: str, problem: str
) -> None:
    path = write_spec(tmp_path / "spec.yaml", changes)
    with pytest.raises(SpecError) as caught:
        load_spec(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: {place}"), message
    assert problem in message, message
    assert "\n" not in message


def test_frequencies_given_the_class_must_have_every_class(tmp_path: Path) -> None:
    changes = {"stand_in.counts_by_class.Caste.Vg": None}
    with pytest.raises(SpecError, match=r"stand_in.counts_by_class.Caste: must have every class"):
        load_spec(write_spec(tmp_path / "spec.yaml", changes, STUDENT_SPEC_PATH))


def test_a_checksum_must_look_like_one(tmp_path: Path) -> None:
    changes: dict[str, object] = {"source.content_sha256": "7EA4"}
    with pytest.raises(SpecError, match=r"source.content_sha256: must be 64"):
        load_spec(write_spec(tmp_path / "spec.yaml", changes, STUDENT_SPEC_PATH))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "must be a mapping"),
        (b"- a\n- b\n", "must be a mapping"),
        (b"name: [", "is not valid YAML"),
        (b"name: a\nname: b\n", "the key 'name' stands twice"),
        (b"name: \xff\xfe\x00", "is not valid YAML"),
        (b"name: !!python/object/apply:os.system ['true']\n", "is not valid YAML"),
    ],
)
def test_what_is_no_spec_at_all_is_named(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(content)
    with pytest.raises(SpecError, match=problem):
        load_spec(path)


def test_a_spec_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"nowhere\.yaml: cannot be read"):
        load_spec(tmp_path / "nowhere.yaml")


def test_a_repeated_key_deep_inside_is_found(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        SECOND_SPEC_PATH.read_text("utf-8").replace("    low: -40\n", "    low: -40\n    low: -30\n"), "utf-8"
    )
    with pytest.raises(SpecError, match="the key 'low' stands twice"):
        load_spec(path)


@pytest.mark.parametrize(
    "header", ["Class_ X_Percentage", "CLASS X PERCENTAGE", " class_x_percentage ", "'Class-X-Percentage'"]
)
def test_headers_that_look_alike_are_alike(header: str) -> None:
    assert fold_header(header) == fold_header("Class_X_Percentage")


@pytest.mark.parametrize(
    "text", [" sCHOOL_tEACHER ", "school teacher", "'School Teacher'", "\xa0SCHOOL__TEACHER\u200b"]
)
def test_categories_that_look_alike_are_alike(text: str) -> None:
    assert fold_category(text) == fold_category("SCHOOL_TEACHER")


def test_categories_that_differ_in_a_sign_are_not_alike() -> None:
    assert len({fold_category(text) for text in ("1-2", "12", "C", "C-", "C+", "_", "")}) == 7


@pytest.mark.parametrize(
    ("text", "bare"), [("' \"x\" '", "x"), ("'", "'"), ("''", ""), ("it's", "it's"), ("'a' 'b'", "a' 'b")]
)
def test_only_matching_quotes_at_both_ends_are_taken_off(text: str, bare: str) -> None:
    assert strip_cell(text) == bare
