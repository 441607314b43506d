"""A card told in one language, chapter by chapter."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

from ml.report.card.audit import tell_audit
from ml.report.card.document import Block, Bullets, Chapter, Code, Document, Grid, Paragraph
from ml.report.card.groups import tell_groups
from ml.report.card.parts import PARTS
from ml.report.card.speaker import Speaker
from ml.report.card.sureness import tell_sureness
from ml.report.card.values import ModelCard
from ml.report.card.words import METRICS, ORIGINS, PART_NAMES, RULES, Words
from ml.rules import DEFAULT_RULE

ORDINAL_METRICS = frozenset({"qwk", "ordinal_mae"})


def describe_card(card: ModelCard, language: str) -> Document:
    """Tell a card in `language` (`en` or `es`)."""
    speaker = Speaker(card, language)
    tellers: dict[str, Callable[[Speaker], Iterator[Block]]] = {
        "use": _tell_use,
        "limits": _tell_limits,
        "data": _tell_data,
        "figures": _tell_figures,
        "classes": _tell_classes,
        **({"sure": tell_sureness} if card.sure else {}),
        "groups": tell_groups,
        "audit": tell_audit,
        "making": _tell_making,
        "author": _tell_author,
    }
    title = card.dataset.title.in_language(language)
    return Document(
        language=language,
        title=speaker.say(Words.title, title=title, family=speaker.family(card.making.family)),
        lead=tuple(_tell_lead(speaker)),
        chapters=tuple(
            Chapter(code, PART_NAMES[code].in_language(language), tuple(tell(speaker)))
            for code, tell in tellers.items()
        ),
    )


def name_parts(codes: tuple[str, ...], language: str) -> str:
    """Name required parts of a card; a code that this release does not know stands as it is."""
    return "; ".join(PART_NAMES[code].in_language(language) if code in PARTS else code for code in codes)


def _tell_lead(speaker: Speaker) -> Iterator[Block]:
    card = speaker.card
    if card.missing:
        parts = name_parts(card.missing, speaker.language)
        yield Paragraph(speaker.say(Words.incomplete, parts=parts), is_warning=True)
    if card.origin.kind == "stand_in":
        yield Paragraph(speaker.say(Words.synthetic), is_warning=True)
    rivals = card.evaluation.baselines
    if "accuracy" in card.evaluation.metrics and rivals.keys() >= {"prior", "single_column"}:
        accuracy = card.evaluation.metrics["accuracy"]
        yield Paragraph(
            speaker.say(
                Words.worth,
                share=speaker.percent(accuracy.mean),
                interval=speaker.interval(accuracy),
                rows=card.dataset.row_noun_plural.in_language(speaker.language),
                prior=speaker.percent(rivals["prior"].metrics["accuracy"].mean),
                column=speaker.label(rivals["single_column"].detail),
                single=speaker.percent(rivals["single_column"].metrics["accuracy"].mean),
            )
        )


def _tell_use(speaker: Speaker) -> Iterator[Block]:
    dataset, rule = speaker.card.dataset, RULES.get(speaker.card.evaluation.rule)
    yield Paragraph(dataset.notice.in_language(speaker.language))
    yield Bullets(
        (
            speaker.say(
                Words.answers,
                noun=dataset.row_noun.in_language(speaker.language),
                target=speaker.label(dataset.target),
                classes=", ".join(map(speaker.class_, speaker.card.evaluation.classes)),
                columns=speaker.labels(dataset.features),
            ),
            *([rule.in_language(speaker.language)] if rule else []),
            speaker.say(Words.for_whom),
            speaker.say(Words.not_for),
        )
    )


def _tell_limits(speaker: Speaker) -> Iterator[Block]:
    said = [speaker.say(Words.one_table), speaker.say(Words.correlations), speaker.say(Words.training_scores)]
    if sensitive := speaker.card.dataset.sensitive:
        is_read = speaker.card.making.request.with_sensitive
        said.append(
            speaker.say(Words.reads_sensitive if is_read else Words.spares_sensitive, columns=speaker.labels(sensitive))
        )
    yield Bullets(tuple(said))


def _tell_data(speaker: Speaker) -> Iterator[Block]:
    card = speaker.card
    origin, cleaning, source = card.origin, card.cleaning, card.dataset.source
    identity = Words.verified if origin.is_verified else Words.unverified if source else Words.unnamed
    fate = Words.repeats_dropped if card.making.request.drop_repeats else Words.repeats_kept
    said = [
        speaker.say(Words.origin, name=origin.name, kind=ORIGINS[origin.kind].in_language(speaker.language)),
        speaker.say(Words.sha256, sha256=origin.content_sha256, identity=speaker.say(identity)),
        speaker.say(
            Words.rows,
            raw=speaker.count(cleaning.raw_rows),
            clean=speaker.count(cleaning.clean_rows),
            used=speaker.count(card.evaluation.rows),
        ),
        speaker.say(
            Words.changed,
            changed=speaker.count(sum(item.cells for item in cleaning.changes)),
            missing=speaker.count(sum(item.cells for item in cleaning.missing)),
        ),
        speaker.say(fate, count=speaker.count(cleaning.repeated_rows)),
    ]
    if cleaning.dropped_columns:
        said.append(speaker.say(Words.dropped, columns=", ".join(cleaning.dropped_columns)))
    if source:
        said.append(speaker.say(Words.licence, licence=source.licence, citation=source.citation, doi=source.doi))
    yield Bullets(tuple(said))


def _tell_figures(speaker: Speaker) -> Iterator[Block]:
    evaluation = speaker.card.evaluation
    is_ordered = speaker.card.dataset.is_ordered
    shown = [name for name in METRICS if name in evaluation.metrics and (is_ordered or name not in ORDINAL_METRICS)]
    rivals = evaluation.baselines.values()
    lines = [
        (
            METRICS[name].in_language(speaker.language),
            speaker.estimate(evaluation.metrics[name]),
            *(speaker.estimate(rival.metrics.get(name)) for rival in rivals),
            speaker.number(evaluation.training[name]) if name in evaluation.training else "–",
        )
        for name in shown
    ]
    headers = [speaker.say(Words.metric), speaker.say(Words.this_model)]
    headers += [speaker.family(rival.family) for rival in rivals]
    yield Grid(
        caption=speaker.say(
            Words.measured, folds=evaluation.folds, repeats=evaluation.repeats, seed=evaluation.seed
        ),
        headers=(*headers, speaker.say(Words.on_training)),
        lines=tuple(lines),
        struck=len(headers),
    )  # fmt: skip


def _tell_classes(speaker: Speaker) -> Iterator[Block]:
    per_class = speaker.card.evaluation.classification_report.per_class
    yield Grid(
        caption=speaker.say(Words.out_of_fold),
        headers=tuple(
            speaker.say(text) for text in (Words.class_, Words.precision, Words.recall, Words.f1, Words.support)
        ),
        lines=tuple(
            (
                speaker.class_(name),
                *(speaker.number(value) for value in (figures.precision, figures.recall, figures.f1)),
                speaker.count(figures.support),
            )
            for name, figures in per_class.items()
        ),
    )


def _tell_making(speaker: Speaker) -> Iterator[Block]:
    making = speaker.card.making
    request = making.request
    yield Paragraph(speaker.say(Words.command))
    yield Code(make_command(speaker.card))
    yield Bullets(
        (
            speaker.say(Words.commit, commit=making.code_version),
            speaker.say(Words.seed, seed=request.seed, folds=request.folds, repeats=request.repeats),
            speaker.say(Words.spec, sha256=speaker.card.dataset.spec_sha256),
            speaker.say(
                Words.versions, versions=", ".join(f"{name} {number}" for name, number in making.versions.items())
            ),
        )
    )


def make_command(card: ModelCard) -> str:
    """Return what to type to train the same model."""
    request = card.making.request
    wishes = [f"--family={request.family}", f"--folds={request.folds}", f"--repeats={request.repeats}"]
    wishes += [f"--seed={request.seed}"]
    wishes += [f"--rule={request.rule}"] * (request.rule != DEFAULT_RULE)
    wishes += [f"--calibration={request.calibration}"] * (request.calibration != "none")
    wishes += ["--without-sensitive"] * (not request.with_sensitive) + ["--drop-repeats"] * request.drop_repeats
    wishes += ["--tuned"] * request.is_tuned
    return shlex.join(["python", "-m", "ml", "train", *wishes])


def _tell_author(speaker: Speaker) -> Iterator[Block]:
    author = speaker.card.making.author.strip()
    yield Paragraph(speaker.say(Words.author, author=author) if author else speaker.say(Words.no_author))
