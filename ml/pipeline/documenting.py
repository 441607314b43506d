"""What a training leaves for people to read: its card and its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ml.pipeline.fitting import Trained
from ml.pipeline.loading import Training

if TYPE_CHECKING:
    from ml.report.card import ModelCard


def write_card(trained: Trained, training: Training) -> ModelCard:
    """Say in one value what the model is, which its documents and its page are made from."""
    from ml.report import card, environment, record  # git is asked only here

    return card.make_card(
        spec=training.whole_spec,
        request=training.request,
        origin=training.origin,
        cleaning=training.cleaned.report,
        evaluation=trained.evaluation,
        examination=trained.examination,
        author=record.name_author(training.request),
        code_version=environment.code_version(),
        versions={"Python": environment.python_version(), **environment.library_versions()},
    )


def write_documents(trained: Trained, card: ModelCard, training: Training) -> dict[str, bytes]:
    """Return every document of a run by the name of its artifact."""
    from ml.evaluate.rules import decide_folds
    from ml.report import drawing, environment, predictions, tables  # matplotlib is needed only here
    from ml.report.card import card_documents

    evaluation, cleaning = trained.evaluation, training.cleaned.report
    whole = {
        "evaluation": evaluation,
        "origin": training.origin,
        "request": training.request,
        "cleaning": cleaning,
        "seconds": training.stages.seconds,
    }
    answers = decide_folds(trained.out_of_fold, evaluation.rule)
    texts = {
        "report.json": tables.as_json(whole),
        "examination.json": tables.as_json(trained.examination),
        "classification_report.txt": tables.classification_text(evaluation),
        "classification_report.json": tables.classification_json(evaluation),
        "confusion_matrix.json": tables.confusion_json(evaluation),
        "out_of_fold.csv": tables.out_of_fold_csv(trained.out_of_fold, evaluation.classes, answers),
        "cleaning_report.json": tables.as_json(cleaning),
        "model_card.json": tables.as_json(card),
        "environment.txt": environment.environment_text(),
    } | card_documents(card)
    documents = {name: text.encode() for name, text in texts.items()}
    return documents | {
        "confusion_matrix.png": drawing.confusion_png(evaluation),
        "out_of_fold.npz": predictions.predictions_npz(trained.out_of_fold),
    }
