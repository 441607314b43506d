"""The model card: what it says, in which languages and formats, and when it is not complete."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from pydantic import TypeAdapter

from ml.examination import Examination
from ml.examination.audit import AuditReport, Finding
from ml.families import FAMILY_NAMES
from ml.report.card import PARTS, ModelCard, card_documents, describe_card, find_missing
from ml.report.card import words as card_words
from ml.report.card.describe import make_command, name_parts
from ml.report.card.render import to_html, to_markdown
from ml.results import TrainingRequest, to_json
from ml.rules import MEDIAN, OVER_PRIOR
from ml.spec import Text
from tests.builders.pages import find_faults, parse
from tests.builders.people import AUDIT, SURE, lacking, make_model_card, make_people
from tests.builders.runs import make_evaluation
from tests.builders.tables import student_spec


def texts() -> list[tuple[str, Text]]:
    tables = [value for value in vars(card_words).values() if isinstance(value, MappingProxyType)]
    found = [(name, text) for table in tables for name, text in table.items()]
    return found + [(name, text) for name, text in vars(card_words.Words).items() if isinstance(text, Text)]


def test_a_card_of_a_training_is_complete() -> None:
    assert make_model_card().missing == ()


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("use", {"spec": replace(student_spec(), notice=Text(" ", "algo"))}),
        ("data", {"origin": replace(make_model_card().origin, content_sha256="")}),
        ("figures", {"evaluation": replace(make_evaluation(), baselines={})}),
        ("classes", {"evaluation": replace(make_evaluation(), classes=("Average", "unheard of"))}),
        ("groups", {"examination": Examination(audit=AUDIT)}),
        (
            "groups",
            {"examination": Examination(audit=AUDIT, people=replace(make_people(), slices=make_people().slices[:1]))},
        ),
        ("audit", {"examination": Examination(people=make_people())}),
        ("audit", {"examination": Examination(audit=AuditReport((), ()), people=make_people())}),
        ("making", {"versions": {}}),
        ("author", {"author": " "}),
    ],
)
def test_a_part_that_is_not_there_is_missed(part: str, changes: dict[str, Any]) -> None:
    assert make_model_card(**changes).missing == (part,)


def test_every_required_part_has_a_chapter_and_a_name() -> None:
    card = make_model_card(examination=Examination(audit=AUDIT, sure=SURE, people=make_people()))
    chapters = [chapter.code for chapter in describe_card(card, "en").chapters]
    assert set(PARTS) <= set(chapters) == set(card_words.PART_NAMES)
    assert name_parts(("groups", "of tomorrow"), "es") == "Para quién; of tomorrow"


@pytest.mark.parametrize("rule", [MEDIAN, OVER_PRIOR])
def test_a_card_says_that_the_likeliest_class_is_not_always_named(rule: str) -> None:
    usual = make_model_card(evaluation=make_evaluation())
    other = make_model_card(evaluation=replace(make_evaluation(), rule=rule))
    for language in ("en", "es"):
        said = card_words.RULES[rule].in_language(language)
        assert said in to_markdown(describe_card(other, language))
        assert said not in to_markdown(describe_card(usual, language))


def test_without_sensitive_columns_no_group_is_missed() -> None:
    spec = replace(student_spec(), features=student_spec().features[2:])
    card = make_model_card(spec=spec, examination=Examination(audit=AUDIT))
    assert card.missing == ()
    assert "marks no column as sensitive" in to_markdown(describe_card(card, "en"))


def test_every_text_says_the_same_in_both_languages() -> None:
    assert len(texts()) > 90
    for name, text in texts():
        gaps = [sorted(re.findall(r"%\(\w+\)s", words)) for words in (text.en, text.es)]
        assert gaps[0] == gaps[1], name
        assert text.en.strip(), name
        assert text.es.strip(), name


def test_every_family_has_a_name() -> None:
    assert set(FAMILY_NAMES) <= set(card_words.FAMILIES)


def test_figures_stand_in_company_and_training_scores_are_struck() -> None:
    said = to_markdown(describe_card(make_model_card(), "en"))
    line = next(line for line in said.splitlines() if line.startswith("| Accuracy"))
    assert line == (
        r"| Accuracy | 0.523 \[0.486, 0.560\] | 0.315 \[0.278, 0.352\] | 0.510 \[0.473, 0.547\] | ~~0.900~~ |"
    )
    assert "It is right for 52 % \\[49–56\\] of the candidates" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_it_says_for_whom_and_hides_small_groups() -> None:
    said = to_markdown(describe_card(make_model_card(), "en")).replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "Of those who are Very good or Excellent, it recognises 71 % among General (no reserved places) and 32 % among"
        " Other Backward Classes (OBC): a difference of +34 to +44 points." in said
    )
    assert "right for 40 % instead of 52 % (difference −18 to −6 points)" in said
    assert re.search(r"\| Scheduled Castes \(SC\) \| hidden \| hidden", said)
    assert re.search(r"\| Male \| 355 \| 50 %.*\| too few \|", said)


def test_an_unordered_target_has_no_figures_of_steps() -> None:
    card = make_model_card()
    unordered = replace(card, dataset=replace(card.dataset, is_ordered=False))
    assert "kappa" in to_markdown(describe_card(card, "en"))
    assert "kappa" not in to_markdown(describe_card(unordered, "en"))


def test_the_audit_is_told_in_the_words_of_the_language() -> None:
    card = make_model_card()
    assert "One column says nearly everything." in to_markdown(describe_card(card, "en"))
    assert "Una columna lo dice casi todo." in to_markdown(describe_card(card, "es"))
    assert "| △ warning | Admission category |" in to_markdown(describe_card(card, "en"))
    leak = replace(AUDIT, findings=(Finding("target_copy", "cheat", ("Caste",)),))
    cheating = make_model_card(examination=Examination(audit=leak, people=make_people()))
    assert "**✗ No es lo que dice" in to_markdown(describe_card(cheating, "es"))


def test_it_says_how_sure_one_answer_is_where_that_was_examined() -> None:
    card = make_model_card(examination=Examination(audit=AUDIT, sure=SURE, people=make_people()))
    said = to_markdown(describe_card(card, "en")).replace("\N{NO-BREAK SPACE}", " ")
    assert r"off by 0.084 in the mean; perfectly calibrated ones would show 0.041 \[0.020, 0.060\]" in said
    assert r"is to hold the true one 90 % of the time holds it 91 % \[86–96\] of the time and has 2.4 classes" in said
    assert r"| Very good | 92 % \[87–97\] |" in said
    assert r"With twice the rows, expect Accuracy 0.540 \[0.490, 0.590\] instead of 0.520 \[0.470, 0.570\]." in said
    assert "How sure" not in to_markdown(describe_card(make_model_card(), "en"))


@pytest.mark.parametrize(
    ("request_", "command"),
    [
        (TrainingRequest("prior"), "--family=prior --folds=5 --repeats=10 --seed=582"),
        (
            TrainingRequest(
                "svc",
                3,
                2,
                7,
                with_sensitive=False,
                drop_repeats=True,
                rule="median",
                calibration="sigmoid",
                is_tuned=True,
            ),
            (
                "--family=svc --folds=3 --repeats=2 --seed=7 --rule=median --calibration=sigmoid --without-sensitive"
                " --drop-repeats --tuned"
            ),
        ),
    ],
)
def test_the_command_makes_the_same_model(request_: TrainingRequest, command: str) -> None:
    assert make_command(make_model_card(request=request_)) == f"python -m ml train {command}"


def test_columns_left_out_are_said_to_be_for_the_audit_only() -> None:
    card = make_model_card(request=TrainingRequest("prior", with_sensitive=False))
    said = to_markdown(describe_card(card, "en"))
    assert "The model does not read them; they were used for the audit only." in said
    assert "Admission category" not in next(line for line in said.splitlines() if line.startswith("- For one"))


def test_synthetic_rows_and_missing_parts_are_told_first() -> None:
    card = lacking(make_model_card(origin=replace(make_model_card().origin, kind="stand_in")), "audit")
    first, second, *_ = describe_card(card, "en").lead
    assert "Missing: Audit" in first.text
    assert "synthetic" in second.text


def test_there_are_four_files_and_their_html_is_whole() -> None:
    documents = card_documents(make_model_card())
    assert sorted(documents) == ["model_card.en.html", "model_card.en.md", "model_card.es.html", "model_card.es.md"]
    for name, text in documents.items():
        assert "%(" not in text
        if name.endswith(".html"):
            faults = [fault for fault in find_faults(text) if fault != "style has a style of its own"]
            assert faults == []
            assert not [element for element in parse(text) if element.tag in {"script", "link", "img"}]
    assert "Ficha del modelo" in documents["model_card.es.md"]
    assert "0,523" in documents["model_card.es.html"]


def test_what_others_named_is_text_in_either_format() -> None:
    evil = "<img src=x> | **bold** `code`"
    card = make_model_card(author=evil, origin=replace(make_model_card().origin, name=evil))
    assert "<img" not in to_html(describe_card(card, "en"))
    markdown = to_markdown(describe_card(card, "en"))
    assert r"\<img src=x\> \| \*\*bold\*\* \`code\`" in markdown


def test_a_card_can_be_read_back() -> None:
    card = make_model_card()
    assert TypeAdapter(ModelCard).validate_json(json.dumps(to_json(card))) == card
    assert find_missing(card) == ()
