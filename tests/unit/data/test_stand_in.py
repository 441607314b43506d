from __future__ import annotations

import dataclasses

from ml.clean import clean_records
from ml.sample import draw_stand_in
from ml.source import content_sha256
from tests.builders.tables import second_spec, student_rows, student_spec


def test_the_stand_in_is_the_same_on_every_machine() -> None:
    assert content_sha256(student_rows()) == "972f1996f49d519d3f82891840274652df717c785062c4acbe2107c1194d0408"


def test_another_seed_is_another_stand_in() -> None:
    spec = student_spec()
    assert spec.stand_in
    other = draw_stand_in(spec, dataclasses.replace(spec.stand_in, seed=1))
    assert content_sha256(other) != content_sha256(student_rows())


def test_classes_have_their_published_counts_and_stand_in_no_order() -> None:
    classes = student_rows()["Performance"]
    assert classes.value_counts().to_dict() == {"Good": 210, "Vg": 198, "Average": 157, "Excellent": 101}
    assert classes.head(60).nunique() == 4


def test_what_never_occurs_is_never_drawn() -> None:
    rows = student_rows()
    assert "General" not in set(rows.loc[rows["Performance"] == "Average", "Caste"])


def test_rows_left_by_rounding_go_to_the_largest_remainders() -> None:
    spec = second_spec()
    assert spec.stand_in
    rows = draw_stand_in(spec, dataclasses.replace(spec.stand_in, rows=100))
    assert rows["condition"].value_counts().to_dict() == {"sound": 67, "failing": 33}


def test_the_stand_in_needs_no_cleaning() -> None:
    report = clean_records(student_rows(), student_spec()).report
    assert (report.clean_rows, report.changes, report.missing, report.rejected) == (666, (), (), ())


def test_numbers_lie_between_the_published_ends() -> None:
    spec = second_spec()
    assert spec.stand_in
    temperature = draw_stand_in(spec, spec.stand_in)["temperature"].astype(float)
    assert temperature.between(20, 140).all()
    assert 45 < temperature.median() < 75
