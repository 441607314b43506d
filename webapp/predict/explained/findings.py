"""What is found out about one answer, as numbers: pages put them into words, the API gives them as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ml.serve.contract import Cell
from ml.spec import DatasetSpec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ml.serve.alike import Alike
    from ml.serve.explain import Why
    from ml.serve.predictor import Predictor
    from ml.serve.training_rows import TrainingRows
    from ml.serve.whatif import Change, Outcome, Search


@dataclass(frozen=True)
class Findings:
    """The answer's class `now` and its `shares`; why, what if, like this one.

    `why` and `alike` are None without the training rows. `sensitive` are the places of the columns that say who
    somebody is; unless asked, the `search` for the smallest changes leaves them alone.
    """

    now: int
    shares: npt.NDArray[np.float64]
    sensitive: tuple[int, ...]
    options: tuple[Change, ...]
    outcomes: tuple[Outcome, ...]
    search: Search
    why: Why | None
    alike: Alike | None


def find_out(
    predictor: Predictor,
    row: Mapping[str, Cell],
    spec: DatasetSpec,
    rows: TrainingRows | None,
    *,
    with_sensitive: bool,
) -> Findings:
    """Work out all three parts; without the training rows only the one that needs none."""
    from ml.serve.alike import find_alike  # noqa: PLC0415 - NumPy: see ml.serve.contract
    from ml.serve.explain import explain_answer  # noqa: PLC0415
    from ml.serve.whatif import list_options, reach_others, try_each  # noqa: PLC0415

    answer, decide, cells = predictor.predict_cells, predictor.decision.decide, predictor.encode(row)
    shares = answer(cells[None])
    options = list_options(predictor.columns, cells, rows.cells if rows else None)
    names = set(spec.sensitive_names)
    sensitive = tuple(place for place, column in enumerate(predictor.columns) if column.name in names)
    allowed = [option for option in options if with_sensitive or option.column not in sensitive]
    return Findings(
        now=int(decide(shares)[0]),
        shares=shares[0],
        sensitive=sensitive,
        options=options,
        outcomes=try_each(answer, decide, cells, options),
        search=reach_others(answer, decide, cells, allowed, len(predictor.classes)),
        why=explain_answer(answer, cells, rows.background) if rows else None,
        alike=find_alike(cells, rows, predictor.columns) if rows else None,
    )
