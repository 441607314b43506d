"""What the process apart loads, what it refuses before anything of it is made, and how it answers."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from socket import socketpair
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from ml.serve.apart.answering import load_answerer, make_frame, serve
from ml.serve.apart.file import ENTRY, is_archive, read_archive
from ml.serve.apart.frames import BADLY, WELL, pack_cells, receive, send, unpack_cells
from ml.serve.contract import ModelFileError
from ml.serve.encoding import ExportError
from ml.serve.export import export_model, random_rows
from ml.serve.predictor import load_predictor
from tests.builders.apart import fit_unwritten, keep_apart
from tests.builders.models import fit_pipeline, mixed_spec, mixed_table

if TYPE_CHECKING:
    from ml.spec import DatasetSpec

MADE: list[str] = []
"""What objects of a file would have done here, had they been made."""


class Stranger:
    """A step of a type that nobody has put on the list."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        MADE.append("made")


@pytest.fixture(scope="module")
def spec() -> DatasetSpec:
    return mixed_spec()


@pytest.fixture(scope="module")
def pipeline(spec: DatasetSpec) -> Any:
    return fit_unwritten(mixed_table(spec), spec)


@pytest.fixture(scope="module")
def content(spec: DatasetSpec, pipeline: Any) -> bytes:
    return keep_apart(pipeline, spec, "f" * 64)


def rewrite(content: bytes, name: str, change: Any) -> bytes:
    """The same archive with one of its files changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for item in old.namelist():
            new.writestr(item, change(old.read(item)) if item == name else old.read(item))
    return buffer.getvalue()


def test_no_graph_can_be_written_of_it(spec: DatasetSpec, pipeline: Any) -> None:
    with pytest.raises(ExportError, match="no graph can be written for a GaussianNB"):
        export_model(pipeline, spec)


def test_a_file_is_told_from_a_graph_by_its_first_bytes(spec: DatasetSpec, content: bytes) -> None:
    graph = export_model(fit_pipeline("prior", spec, mixed_table(spec)), spec)
    assert (is_archive(content), is_archive(graph)) == (True, False)


def test_the_contract_is_read_as_a_graphs_is(spec: DatasetSpec, content: bytes) -> None:
    graph = load_predictor(export_model(fit_pipeline("prior", spec, mixed_table(spec)), spec, rows_sha256="f" * 64))
    contract = read_archive(content)
    assert (contract.columns, contract.classes, contract.decision, contract.rows_sha256) == (
        graph.columns, graph.classes, graph.decision, graph.rows_sha256,
    )  # fmt: skip


def test_cells_become_the_table_that_they_were_made_of(spec: DatasetSpec, content: bytes) -> None:
    predictor = load_predictor(export_model(fit_pipeline("prior", spec, mixed_table(spec)), spec))
    rows = random_rows(spec, np.random.default_rng(2), 50)
    frame = make_frame(np.array([predictor.encode(row) for row in rows]), read_archive(content).columns)
    found = frame.astype(object).where(frame.notna(), None).to_dict(orient="records")
    assert found == rows


def test_a_class_that_no_row_had_is_never_answered(spec: DatasetSpec) -> None:
    table = mixed_table(spec)
    content = keep_apart(fit_unwritten(table[table["outcome"] != "mid"], spec), spec)
    shares = load_answerer(content).answer(np.zeros((2, 4)))
    assert shares[:, 1].tolist() == [0, 0]
    assert shares.sum(axis=1) == pytest.approx(1)


def test_a_type_that_is_not_on_the_list_is_refused_before_it_is_made(spec: DatasetSpec) -> None:
    pipeline = fit_unwritten(mixed_table(spec), spec)
    pipeline.steps[-1][1].stranger_ = Stranger()
    with pytest.raises(ModelFileError, match=r"types that Proctor does not load: .*Stranger"):
        load_answerer(keep_apart(pipeline, spec))
    assert MADE == []


def test_a_function_of_anybodys_is_refused(spec: DatasetSpec) -> None:
    pipeline = fit_unwritten(mixed_table(spec), spec)
    pipeline.steps.insert(1, ("call", FunctionTransformer(json.loads)))
    with pytest.raises(ModelFileError, match=r"does not load: .*json\.loads"):
        load_answerer(keep_apart(pipeline, spec))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:4],
        lambda content: rewrite(content, ENTRY, lambda _document: b"{}"),
        lambda content: rewrite(content, ENTRY, lambda _document: b"\xff"),
        lambda content: rewrite(content, "schema.json", lambda schema: schema[:-200]),
        lambda content: rewrite(content, ENTRY, lambda document: document.replace(b"argmax", b"lottery")),
        lambda content: rewrite(content, ENTRY, lambda document: document.replace(b'"low", "mid"', b'"mid"')),
    ],
    ids=["half", "head", "no contract", "no text", "half a schema", "unknown rule", "class gone"],
)
def test_a_damaged_file_is_refused(content: bytes, spoil: Any) -> None:
    with pytest.raises(ModelFileError):
        load_answerer(spoil(content))


def test_flipped_bits_are_refused_or_change_nothing_that_is_read(content: bytes) -> None:
    random, refused = np.random.default_rng(3), 0
    for place in random.integers(len(content), size=40):
        flipped = content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :]
        try:
            load_answerer(flipped)
        except ModelFileError:
            refused += 1
    assert refused > 30


def test_a_refusal_is_said_down_the_line() -> None:
    ours, theirs = socketpair()
    with ours, theirs:
        send(ours, b"PK\x03\x04 nonsense")
        serve(theirs)
        said = receive(ours)
    assert said.startswith(BADLY + b"not a model file of Proctor's")


def test_rows_that_it_cannot_answer_do_not_end_it(content: bytes) -> None:
    ours, theirs = socketpair()
    with ours, theirs:
        thread = threading.Thread(target=serve, args=(theirs,))
        thread.start()
        send(ours, content)
        assert receive(ours) == WELL
        send(ours, *pack_cells(np.full((1, 4), 99.0)))
        assert receive(ours).startswith(BADLY + b"IndexError")
        send(ours, *pack_cells(np.zeros((1, 4))))
        assert unpack_cells(receive(ours)[1:]).sum() == pytest.approx(1)
        ours.shutdown(2)
        thread.join()
