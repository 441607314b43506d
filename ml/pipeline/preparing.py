"""The dataset, from where it is published to clean rows on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ml.clean import CleanedTable, clean_records, write_cleaned
from ml.exploration import Exploration
from ml.explore import explore_table
from ml.pipeline.stages import Stages
from ml.results import Origin, Report, ignore_progress
from ml.settings import Settings
from ml.source import RawTable, obtain
from ml.spec import DatasetSpec, load_spec

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
