"""The model card: what a model is, what it was measured at, and what it is not for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ml.results import CleaningReport, Estimate, Evaluation, Origin, TrainingRequest
from ml.spec import DatasetSpec

_SHOWN = ("accuracy", "balanced_accuracy", "f1_macro", "qwk", "ordinal_mae", "log_loss", "brier", "ece")
_ORIGINS = {"file": "a file that was named", "download": "the published archive", "stand_in": "a synthetic stand-in"}


def model_card(
    spec: DatasetSpec,
    request: TrainingRequest,
    origin: Origin,
    cleaning: CleaningReport,
    evaluation: Evaluation,
    versions: Mapping[str, str],
) -> str:
    """Return the card as Markdown."""
    sections = (
        ("", [f"# {spec.title.en}: {request.family}", *_warning(origin)]),
        ("Purpose", [spec.notice.en]),
        ("Data", _data(spec, request, origin, cleaning, evaluation)),
        ("Figures", _figures(evaluation)),
        ("By class", _by_class(evaluation)),
        ("Limits", _limits(spec, request)),
        ("Made with", [f"- {name} {number}" for name, number in versions.items()]),
    )
    blocks = ([f"## {title}", "", *body] if title else body for title, body in sections)
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _warning(origin: Origin) -> list[str]:
    if origin.kind != "stand_in":
        return []
    return ["", "**Trained on synthetic rows, not on the dataset itself: its figures say nothing about real people.**"]


def _data(
    spec: DatasetSpec, request: TrainingRequest, origin: Origin, cleaning: CleaningReport, evaluation: Evaluation
) -> list[str]:
    identity = "the one" if origin.is_verified else "not the one"
    fate = "dropped" if request.drop_repeats else "kept"
    lines = [
        f"- {origin.name}, from {_ORIGINS[origin.kind]}",
        f"- sha256 of its content: `{origin.content_sha256}`, {identity} that the dataset's spec names",
        f"- {cleaning.raw_rows} rows as got, {cleaning.clean_rows} after cleaning, {len(cleaning.rejected)} rejected",
        f"- {evaluation.rows} rows used; {cleaning.repeated_rows} repeat an earlier one and were {fate}",
    ]
    return [*lines, f"- Licence: {spec.source.licence}. Cite: {spec.source.citation}"] if spec.source else lines


def _figures(evaluation: Evaluation) -> list[str]:
    rivals = evaluation.baselines
    intro = (
        f"Mean of {evaluation.folds} folds × {evaluation.repeats} repeats (grouped by feature vector, stratified, seed"
        f" {evaluation.seed}), 95 % interval in brackets. No row was predicted by a model that had seen it."
    )
    head = f"| | this model | {' | '.join(map(_rival, rivals))} | on its own training rows |"
    rule = "|---|" + "---:|" * (len(rivals) + 2)
    return [intro, "", head, rule, *(_figures_row(name, evaluation) for name in _SHOWN if name in evaluation.metrics)]


def _rival(family: str) -> str:
    return family.replace("_", " ")


def _figures_row(name: str, evaluation: Evaluation) -> str:
    rivals = [_estimate(rival.metrics[name]) for rival in evaluation.baselines.values()]
    training = evaluation.training.get(name)
    cells = [name, _estimate(evaluation.metrics[name]), *rivals, "" if training is None else f"{training:.3f}"]
    return f"| {' | '.join(cells)} |"


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _by_class(evaluation: Evaluation) -> Iterator[str]:
    yield "| class | precision | recall | F1 | rows |"
    yield "|---|---:|---:|---:|---:|"
    for name, figures in evaluation.classification_report.per_class.items():
        yield f"| {name} | {figures.precision:.3f} | {figures.recall:.3f} | {figures.f1:.3f} | {figures.support} |"


def _limits(spec: DatasetSpec, request: TrainingRequest) -> list[str]:
    names = ", ".join(f"`{name}`" for name in spec.sensitive_names)
    use = "the model reads them" if request.with_sensitive else "the model was trained without them"
    sensitive = [f"- Sensitive columns: {names}; {use}."] if names else []
    return [
        "- Measured on one table only; another year, place or way of selection may differ.",
        "- The score on its own training rows is no result and stands here for comparison only.",
        *sensitive,
    ]
