"""The wiring of the stages, to be read from top to bottom like a recipe."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ml.clean import CleanedTable, clean_records, drop_repeats, write_cleaned
from ml.examination import Examination
from ml.examination.audit import AuditReport, AuditRequest
from ml.examination.comparison import Comparison, ComparisonRequest, Place
from ml.examination.reproduction import REPRODUCED_BY, REPRODUCTION
from ml.exploration import Exploration
from ml.explore import explore_table
from ml.files import write_files
from ml.report.record import audit_tags, found_tags, run_metrics, run_params, run_tags
from ml.results import (
    Evaluation,
    Origin,
    OutOfFold,
    Progress,
    Report,
    TrainingRequest,
    TrainingResult,
    ignore_progress,
)
from ml.rules import Decision, RuleError, check_rule
from ml.settings import Settings
from ml.source import RawTable, find_same, obtain
from ml.spec import DatasetSpec, Kind, load_spec

if TYPE_CHECKING:
    from ml.report.card import ModelCard
    from ml.reproduction import Original
    from ml.track.registry import Registered
    from ml.track.runs import LoggedPipeline, OpenRun
    from ml.train.family import Family

ONNX_PATH = "serving/model.onnx"
EXPLORATION_SEED = 582


@dataclass(frozen=True)
class Prepared:
    """The dataset as cleaned and explored."""

    spec: DatasetSpec
    origin: Origin
    cleaned: CleanedTable
    exploration: Exploration
    raw_path: Path
    clean_path: Path
    rejected_path: Path


@dataclass
class Stages:
    """Tells which stage has begun and keeps how many seconds each took."""

    report: Report
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Report the start and the end of a stage."""
        self.report(Progress(name))
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
        self.report(Progress(name, 1))


@dataclass(frozen=True)
class Training:
    """What was asked for and the table that it is done on. `spec` and `table` have only the columns that are used."""

    settings: Settings
    request: TrainingRequest
    stages: Stages
    spec: DatasetSpec
    origin: Origin
    cleaned: CleanedTable
    table: pd.DataFrame
    whole_spec: DatasetSpec
    whole_table: pd.DataFrame
    """The rows of `table` with every column, those that are left out too."""


@dataclass(frozen=True)
class Trained:
    """A family evaluated on the data, fitted to all of it, and examined."""

    family: Family
    evaluation: Evaluation
    out_of_fold: OutOfFold
    pipeline: Any
    examination: Examination


@dataclass(frozen=True)
class Served:
    """The file that is served, or why there is none."""

    content: bytes = b""
    refusal: str = ""


def prepare(settings: Settings, report: Report = ignore_progress) -> Prepared:
    """Obtain, clean and explore the dataset, and write its clean and its rejected rows to `data/interim`.

    A stand-in is replaced by the real data as soon as its publisher can be reached.

    Raises
    ------
    SpecError, SourceError
        Where there is no usable data; what was there before stays.
    """
    stages = Stages(report)
    spec = load_spec(settings.spec_path)
    raw, cleaned = obtain_clean(spec, settings, stages, ask_again=True)
    files = write_cleaned(cleaned, settings.data_dir / "interim", spec.name)
    with stages.stage("explore"):
        exploration = explore_table(raw.frame, cleaned, spec, EXPLORATION_SEED)
    return Prepared(
        spec=spec,
        origin=raw.origin,
        cleaned=cleaned,
        exploration=exploration,
        raw_path=raw.path,
        clean_path=files.clean,
        rejected_path=files.rejected,
    )


def obtain_clean(
    spec: DatasetSpec, settings: Settings, stages: Stages, *, ask_again: bool = False
) -> tuple[RawTable, CleanedTable]:
    """Return the raw table that the settings lead to, and what cleaning makes of it."""
    with stages.stage("fetch"):
        raw = obtain(spec, settings, stages.report, ask_again=ask_again)
    with stages.stage("clean"):
        return raw, clean_records(raw.frame, spec)


def train(settings: Settings, request: TrainingRequest, report: Report = ignore_progress) -> TrainingResult:
    """Evaluate, fit, export, log and register one family as asked.

    Raises
    ------
    UnknownFamilyError, CalibrationError, SearchError, StoreError, SourceError, EvaluationError
        Before a run is begun, where the training cannot be done.
    """
    from ml.reproduction import read_original  # noqa: PLC0415
    from ml.track import runs  # noqa: PLC0415 - mlflow costs seconds that `prepare` need not pay

    family = find_asked_family(request)
    client = runs.open_client(settings)
    original = read_original(client, request.reproduces, settings) if request.reproduces else None
    training = load_training(settings, request, Stages(report))
    check_trainable(family, training)
    experiment = runs.open_experiment(client, training.spec.name, settings.artifact_root)
    name = f"{request.family}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}"
    tags = run_tags(request, training.spec, training.origin, len(training.table))
    with runs.running(client, experiment, name, tags) as run:
        trained = fit_and_evaluate(family, training)
        card = write_card(trained, training)
        if original:
            trained = compare_with(original, trained, tags, training)
        served = export_served(trained, training)
        logged = log_run(run, trained, served, card, training)
        mark_predictions(run, trained)
    registered = None if original else register(run, logged, trained, served, card, training)
    return TrainingResult(
        run_id=run.run_id,
        run_name=run.name,
        family=request.family,
        evaluation=trained.evaluation,
        version=registered.version if registered else None,
        aliases=registered.aliases if registered else (),
        refusal=served.refusal,
        reproduction=trained.examination.reproduction,
    )


def audit_files(request: AuditRequest, report: Report = ignore_progress) -> AuditReport:
    """Examine a table, predictions or a claim that somebody else made.

    Raises
    ------
    AuditInputError
        For what cannot be read; the message names a file without the folder that it lies in.
    """
    from ml.audit.errors import AuditInputError  # noqa: PLC0415 - what audits is heavy, as above
    from ml.audit.table import audit_table  # noqa: PLC0415

    try:
        return audit_table(request, report)
    except AuditInputError as error:
        message = str(error)
        for path in (request.table, request.predictions, request.training):
            message = message.replace(str(path), path.name) if path else message
        raise AuditInputError(message) from None


def reproduce(
    settings: Settings, run_id: str, report: Report = ignore_progress, *, raw: Path | None = None, user: str = "",
    job_id: str = "",
) -> TrainingResult:  # fmt: skip
    """Make the run `run_id` again: the same wishes on a table of the same content, which is looked for (`find_same`).

    `raw` names the file to take and no other. The code and the libraries are those of now; what differs is said.

    Raises
    ------
    ReproductionError, OtherDataError, UnknownFamilyError, StoreError, SourceError, EvaluationError
        Before a run is begun, where it cannot be made again.
    """
    from ml.reproduction import read_original  # noqa: PLC0415
    from ml.track import runs  # noqa: PLC0415 - mlflow, as above

    original = read_original(runs.open_client(settings), run_id, settings)
    same = find_same(load_spec(settings.spec_path), settings, original.surroundings.data, report, raw=raw)
    request = replace(original.request, user=user, job_id=job_id, reproduces=original.run_id)
    return train(same, request, report)


def find_asked_family(request: TrainingRequest) -> Family:
    """Return the family, calibrated or with a search in front where that is asked for.

    Raises
    ------
    UnknownFamilyError, CalibrationError, SearchError
        Where there is no such family, or it cannot be trained so.
    """
    from ml.train import SearchError, calibrate_family, find_family, search_within  # noqa: PLC0415 - as above

    if request.is_tuned and request.calibration != "none":
        raise SearchError("a family is either searched or calibrated: leave one of the two out")
    family = calibrate_family(find_family(request.family), request.calibration)
    return search_within(family) if request.is_tuned else family


def load_training(settings: Settings, request: TrainingRequest, stages: Stages) -> Training:
    """Obtain and clean the dataset, and leave out what the request leaves out."""
    full = load_spec(settings.spec_path)
    raw, cleaned = obtain_clean(full, settings, stages)
    spec = full if request.with_sensitive else full.without_sensitive()
    whole = drop_repeats(cleaned.table) if request.drop_repeats else cleaned.table
    table = whole[[spec.target.name, *spec.feature_names]]
    return Training(settings, request, stages, spec, raw.origin, cleaned, table, full, whole)


def check_trainable(family: Family, training: Training) -> None:
    """See that the family suits the target and the table can be split as asked: hopeless trainings leave no failed run.

    Raises
    ------
    EvaluationError
        Where it cannot.
    """
    from ml.evaluate.splits import (  # noqa: PLC0415 - scikit-learn, as above
        EvaluationError,
        check_split,
        find_groups,
        read_labels,
    )

    try:
        check_rule(training.request.rule, is_ordinal=training.spec.target.kind is Kind.ORDINAL)
    except RuleError as error:
        raise EvaluationError(str(error)) from error
    if not family.suits(training.spec):
        raise EvaluationError(
            f"the family {family.name!r} needs classes that are in order, but the spec says that"
            f" {training.spec.target.name!r} is nominal: choose another family, or make it ordinal"
        )
    labels = read_labels(training.table, training.spec)
    groups = find_groups(training.table[list(training.spec.feature_names)])
    check_split(labels, groups, training.spec.target.categories, training.request.folds, training.request.repeats)


def fit_and_evaluate(family: Family, training: Training) -> Trained:
    """Fit the family to every row, which is the model, and find out what to expect of it and what it is worth."""
    from ml.evaluate import evaluate_family  # noqa: PLC0415 - scikit-learn, as above
    from ml.examine import Subject, examine  # noqa: PLC0415
    from ml.train import fit_family, settle_family  # noqa: PLC0415

    with training.stages.stage("fit"):
        pipeline = fit_family(family, training.table, training.spec, training.request.seed)
    with training.stages.stage("evaluate"):
        evaluation, out_of_fold = evaluate_family(
            family,
            training.table,
            training.spec,
            folds=training.request.folds,
            repeats=training.request.repeats,
            seed=training.request.seed,
            report=training.stages.report,
            fitted=pipeline,
            rule=training.request.rule,
        )
    with training.stages.stage("examine"):
        subject = Subject(
            family=family,
            settled=settle_family(family, pipeline),
            pipeline=pipeline,
            table=training.table,
            spec=training.spec,
            whole_table=training.whole_table,
            whole_spec=training.whole_spec,
            evaluation=evaluation,
            out_of_fold=out_of_fold,
            request=training.request,
            report=training.stages.report,
        )
        examination = examine(subject)
    return Trained(family, evaluation, out_of_fold, pipeline, examination)


def compare_with(original: Original, trained: Trained, tags: Mapping[str, str], training: Training) -> Trained:
    """Add to the examination whether the predictions came out as the original's did, and what else differs."""
    from ml.report.environment import environment_text  # noqa: PLC0415
    from ml.reproduction import hold_against, read_surroundings  # noqa: PLC0415

    with training.stages.stage("compare"):
        now = read_surroundings(tags, environment_text())
        found = hold_against(original, trained.out_of_fold, now)
    return replace(trained, examination=replace(trained.examination, reproduction=found))


def export_served(trained: Trained, training: Training) -> Served:
    """Export the fitted pipeline and hold it against the original; a model that fails is not served."""
    from ml.serve.encoding import ExportError  # noqa: PLC0415 - ONNX is needed only here
    from ml.serve.export import check_parity, export_model  # noqa: PLC0415

    with training.stages.stage("export"):
        try:
            sets = trained.examination.sure.sets if trained.examination.sure else None
            content = export_model(trained.pipeline, training.spec, decision_of(trained, training), sets)
            check_parity(content, trained.pipeline, training.table, training.spec, training.request.seed)
        except ExportError as error:
            return Served(refusal=str(error))
    return Served(content)


def decision_of(trained: Trained, training: Training) -> Decision:
    """Return how the model answers: the rule that was asked for, and the class shares of the rows it was fitted to."""
    from ml.evaluate.rules import class_shares  # noqa: PLC0415 - scikit-learn, as above

    return Decision(training.request.rule, class_shares(trained.out_of_fold.truth, len(trained.evaluation.classes)))


def answering(trained: Trained, training: Training) -> Any:
    """Return the model as it is kept: it answers by the rule."""
    from ml.train.ruled import answer_by  # noqa: PLC0415 - scikit-learn, as above

    return answer_by(trained.pipeline, training.spec.target.categories, decision_of(trained, training))


def write_card(trained: Trained, training: Training) -> ModelCard:
    """Say in one value what the model is, which its documents and its page are made from."""
    from ml.report import card, environment, record  # noqa: PLC0415 - git is asked only here

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


def log_run(run: OpenRun, trained: Trained, served: Served, card: ModelCard, training: Training) -> LoggedPipeline:
    """Write figures, documents and the model to the run."""
    from ml.report.environment import MODEL_LIBRARIES, library_versions  # noqa: PLC0415
    from ml.track import runs  # noqa: PLC0415

    with training.stages.stage("report"):
        documents = write_documents(trained, card, training)
    with training.stages.stage("log"), tempfile.TemporaryDirectory(prefix="proctor-") as scratch:
        files = documents | ({ONNX_PATH: served.content} if served.content else {})
        write_files({Path(scratch, "artifacts", name): content for name, content in files.items()})
        runs.log_files(run, Path(scratch, "artifacts"))
        runs.log_figures(
            run,
            run_params(trained.pipeline, training.request),
            run_metrics(trained.evaluation),
            found_tags(
                trained.evaluation,
                trained.examination,
                served.refusal,
                trained.family.candidates if training.request.is_tuned else 0,
            ),
        )
        pins = [f"{name}=={number}" for name, number in library_versions(MODEL_LIBRARIES).items()]
        logged = runs.log_pipeline(run, answering(trained, training), training.spec, Path(scratch, "model"), pins)
    report = training.settings.reports_dir / f"classification_report_{run.run_id}.txt"
    write_files({report: documents["classification_report.txt"]})
    return logged


def mark_predictions(run: OpenRun, trained: Trained) -> None:
    """Note the checksum of the predictions, and what came of making another run again: there too."""
    from ml.report.predictions import predictions_sha256  # noqa: PLC0415
    from ml.track import runs  # noqa: PLC0415

    runs.log_figures(run, {}, {}, {"proctor.out_of_fold_sha256": predictions_sha256(trained.out_of_fold)})
    if found := trained.examination.reproduction:
        runs.log_figures(run, {}, {}, {REPRODUCTION: found.verdict})
        run.client.set_tag(found.original, REPRODUCED_BY + run.run_id, found.verdict)


def write_documents(trained: Trained, card: ModelCard, training: Training) -> dict[str, bytes]:
    """Return every document of a run by the name of its artifact."""
    from ml.evaluate.rules import decide_folds  # noqa: PLC0415 - scikit-learn, as above
    from ml.report import drawing, environment, predictions, tables  # noqa: PLC0415 - matplotlib is needed only here
    from ml.report.card import card_documents  # noqa: PLC0415

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


def register(
    run: OpenRun, logged: LoggedPipeline, trained: Trained, served: Served, card: ModelCard, training: Training
) -> Registered | None:
    """Make the logged model a version of the registered model: the last step, and one step."""
    import joblib  # noqa: PLC0415

    from ml.track.registry import register_version  # noqa: PLC0415

    if served.refusal:
        return None
    with training.stages.stage("register"):
        pickled = io.BytesIO()
        joblib.dump(answering(trained, training), pickled, compress=3)
        tags = {
            "proctor.family": trained.family.name,
            "proctor.onnx_path": ONNX_PATH,
            "proctor.onnx_sha256": sha256(served.content).hexdigest(),
            "proctor.joblib_sha256": sha256(pickled.getvalue()).hexdigest(),
            "proctor.card_missing": ",".join(card.missing),
        } | audit_tags(trained.examination)
        registered = register_version(
            run.client,
            training.spec.name,
            run.run_id,
            logged,
            tags,
            is_baseline=trained.family.is_baseline,
            may_answer=not (has_cheated(trained.examination) or card.missing),
        )
        path = training.settings.artifact_root / f"{training.spec.name}-v{registered.version}.joblib"
        write_files({path: pickled.getvalue()})
    return registered


def has_cheated(examination: Examination) -> bool:
    """Whether the audit found that the score is not what it claims."""
    return examination.audit is not None and examination.audit.verdict == "cheat"


def compare(
    settings: Settings, request: ComparisonRequest, report: Report = ignore_progress, *, n_jobs: int = -1
) -> Comparison:
    """Compare families on the same folds of the dataset; those that were run before on the same are taken from disk.

    `n_jobs` is how many folds are worked on at a time, as joblib counts: it changes nothing but the time.

    Raises
    ------
    UnknownFamilyError, SourceError, EvaluationError
        Before a family is run, where the comparison cannot be done.
    """
    from ml import compare as contest  # noqa: PLC0415 - scikit-learn, as above

    families, stages = contest.choose_families(request.families), Stages(report)
    training = load_training(settings, _as_training(request), stages)
    ground = contest.lay_ground(training.table, training.spec, request.folds, request.repeats, request.seed)
    keeper = contest.open_keeper(settings.data_dir / "comparisons", ground, training.origin)
    start = time.perf_counter()
    ran = contest.run_families(
        families, ground, keeper, report=report, budget_minutes=request.budget_minutes, n_jobs=n_jobs
    )
    with stages.stage("weigh"):
        champion = None if request.against else _find_champion(settings, training.spec)
        found = contest.weigh(ran, ground, request, training.origin, champion)
    return replace(found, key=keeper.folder.name, seconds=round(time.perf_counter() - start, 3))


def _as_training(request: ComparisonRequest) -> TrainingRequest:
    """Say which rows and columns are wanted, in the words of a training."""
    return TrainingRequest("", with_sensitive=request.with_sensitive, drop_repeats=request.drop_repeats)


def _find_champion(settings: Settings, spec: DatasetSpec) -> Place | None:
    """Name the champion's family and rule; None where there is none, or no store, which a comparison can do without."""
    from ml.track import registry, runs  # noqa: PLC0415 - mlflow, as above

    try:
        family, rule = registry.find_champion(runs.open_client(settings), spec.name)
    except runs.StoreError:
        return None
    return Place(family, rule) if family else None
