"""From what MLflow's tables hold of a run to what its page shows of it."""

from __future__ import annotations

from sqlalchemy import Connection

from ml.settings import Settings
from ml.spec import DatasetSpec
from webapp.artifacts import find_artifact_folder
from webapp.files.tree import sort_naturally
from webapp.files.views import show_files
from webapp.formats import measure
from webapp.record.lineage import show_line
from webapp.record.notes import fingerprint, render_note
from webapp.record.pages import Entry, MetricLine, NoteDraft, NoteView, RecordView
from webapp.record.queries import LastMetric, find_last_metrics, find_surroundings
from webapp.record.surroundings import list_facts, list_libraries
from webapp.runs.edit.keys import LONGEST_NOTE, NOTE_TAG
from webapp.runs.queries import RunDetail, read_value

SYSTEM = "system/"
"""How MLflow names what it measures of the machine."""
LONG_VALUE = 240
MANY_LINES = 4


def show_record(
    conn: Connection, found: RunDetail, settings: Settings, spec: DatasetSpec, draft: NoteDraft | None = None
) -> RecordView:
    """Gather what a run's page shows of its record; `draft` is a note that was refused."""
    folder = find_artifact_folder(found.artifact_uri, settings.artifact_roots)
    around = find_surroundings(conn, found, spec.name)
    last = sorted(find_last_metrics(conn, found.row.run_id), key=lambda metric: sort_naturally(metric.key))
    metrics = [make_metric_line(metric) for metric in last]
    return RecordView(
        note=show_note(dict(found.tags).get(NOTE_TAG, ""), draft),
        steps=show_line(found, around, spec.name),
        facts=list_facts(found, around, folder),
        libraries=list_libraries(dict(found.tags), folder),
        params=_make_entries(found.params),
        tags=_make_entries(tuple(pair for pair in found.tags if is_shown(pair[0]))),
        metrics=tuple(line for line in metrics if not line.key.startswith(SYSTEM)),
        system_metrics=tuple(line for line in metrics if line.key.startswith(SYSTEM)),
        files=show_files(conn, found, settings),
    )


def _make_entries(pairs: tuple[tuple[str, str], ...]) -> tuple[Entry, ...]:
    return tuple(make_entry(key, value) for key, value in sorted(pairs, key=lambda pair: sort_naturally(pair[0])))


def is_shown(tag: str) -> bool:
    """Whether a tag is for people: the note has its own place, and MLflow's log of models is long and for programs."""
    return tag != NOTE_TAG and not tag.startswith("mlflow.log-model")


def show_note(text: str, draft: NoteDraft | None = None) -> NoteView:
    """Show a note, and what somebody typed in its place if that was refused."""
    return NoteView(render_note(text), text, fingerprint(text), LONGEST_NOTE, draft)


def make_entry(key: str, value: str) -> Entry:
    """Lay out a parameter or a tag."""
    return Entry(key, value, len(value) > LONG_VALUE or value.count("\n") >= MANY_LINES)


def make_metric_line(metric: LastMetric) -> MetricLine:
    """Lay out a metric's last value: what is no number, or has no end, is said as that."""
    value = read_value(metric.value, is_nan=metric.is_nan)
    return MetricLine(metric.key, measure(value), repr(value), metric.step, metric.at)
