"""CSV and ARFF are read strictly, as text; what is wrong is named with its row, column or byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.source import SourceError, content_sha256, parse_table, read_table
from tests.builders.tables import student_spec

ARFF = """% a comment
@relation 'pumps'
@attribute 'maker of it' {'Norte','it\\'s Sur'}
@attribute load numeric
@attribute note string

@DATA
'Norte', 1.5 ,"with, comma"
% another
'it\\'s Sur',?,' kept '
"""


def test_arff_keeps_every_cell_as_its_text() -> None:
    frame = parse_table(ARFF.encode(), "a.arff")
    assert list(frame.columns) == ["maker of it", "load", "note"]
    assert frame.to_numpy().tolist() == [["Norte", "1.5", "with, comma"], ["it's Sur", "?", " kept "]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ARFF.replace("@DATA", ""), "line 8 is no @ATTRIBUTE"),
        ("@relation x\n@attribute a numeric\n", "lacks @DATA"),
        ("@relation x\n@data\n1\n", "no @ATTRIBUTE"),
        (ARFF.replace("@attribute load numeric", "@attribute load date 'yyyy'"), "line 4: attributes are"),
        (ARFF.replace("1.5 ,", "{0 1.5},").replace("'Norte', {", "{"), "row 1 is sparse"),
        (ARFF.replace('"with, comma"', '"with, comma'), "row 1, column note: quotes do not match"),
        (ARFF.replace("1.5 ,", ""), "row 1 ends before column 'note'"),
        (ARFF.replace("1.5 ,", "1.5,2,"), "row 1 goes on after the last column, 'note'"),
        ("@relation x\n@attribute a numeric\n@data\n", "a header and no rows"),
    ],
)
def test_broken_arff_is_named(text: str, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_table(text.encode(), "a.arff")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("a.arff: ")


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n NO ,NA\n,'x'\n",
        "\ufeffa,b\n NO ,NA\n,'x'\n",
        "a,b\r\n NO ,NA\r\n\r\n,'x'\r\n\r\n",
        "a;b\n NO ;NA\n;'x'\n",
        "a\tb\n NO \tNA\n\t'x'\n",
        'a,b\n" NO ",NA\n"",\'x\'',
    ],
)
def test_csv_keeps_every_cell_as_its_text(content: str) -> None:
    frame = parse_table(content.encode(), "a.csv")
    assert list(frame.columns) == ["a", "b"]
    assert frame.to_numpy().tolist() == [[" NO ", "NA"], ["", "'x'"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n", "a header and no rows"),
        (b"a,b\n1,2\n3\n", "row 2 ends before column 'b': it has 1 cells, the header 2"),
        (b"a,b\n1,2\n3,4,five\n", "row 2 goes on after the last column, 'b', with 'five'"),
        (b"a,b,a\n1,2,3\n", "columns 1 and 3 are both called 'a'"),
        (b",b,\n1,2,3\n", "columns 1 and 3 have no name"),
        (b"a,b\n1,\0\n", "NUL byte in line 2"),
        (b"a,b\n1,2\nni\xf1o,2\n", "byte 11 (0xf1) in line 3"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16"),
        (b'a,b\n1,"2\n', "line 2: unexpected end of data"),
        (b'a,b\n1,"2"3\n', "line 2: "),
        (b"a,b\n1," + b"x" * 200_000, "line 2: field larger"),
        (",".join(f"c{n}" for n in range(1001)).encode() + b"\n", "has 1,001 columns"),
    ],
)
def test_broken_csv_is_named(content: bytes, problem: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_table(content, "a.csv")
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [False, True], ids=["absent", "a folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, *, make: bool) -> None:
    path = tmp_path / "a.csv"
    if make:
        path.mkdir()
    with pytest.raises(SourceError, match=r"a\.csv: cannot be read: "):
        read_table(path)


def test_copies_that_differ_in_form_have_the_same_content() -> None:
    arff = "@relation x\r\n@attribute 'a x' {p}\r\n@attribute b string\r\n@data\r\n'p','q'\r\n"
    frames = [parse_table(arff.encode(), "a.arff"), parse_table(b"ax,b\np,q\n", "a.csv")]
    assert len({content_sha256(frame) for frame in frames}) == 1


def test_the_rule_gives_the_published_checksum(uci_arff: Path) -> None:
    frame, content = read_table(uci_arff)
    source = student_spec().source
    assert source
    assert content_sha256(frame) == source.content_sha256
    # the other copy that is known: other line ends, a space in a header
    other = content.replace(b"\r\n", b"\n").replace(b"Class_X_Percentage", b"Class_ X_Percentage")
    assert content_sha256(parse_table(other, "other.arff")) == source.content_sha256
    assert content_sha256(frame.iloc[::-1]) != source.content_sha256


def test_the_published_file_has_the_documented_classes(uci_arff: Path) -> None:
    frame, _ = read_table(uci_arff)
    stand_in = student_spec().stand_in
    assert stand_in
    assert frame["Performance"].value_counts().to_dict() == dict(stand_in.classes)
    for name, counts in stand_in.counts.items():
        assert frame[name].value_counts().to_dict() == dict(counts)
    for name, by_class in stand_in.counts_by_class.items():
        for class_, counts in by_class.items():
            found = frame.loc[frame["Performance"] == class_, name].value_counts().to_dict()
            assert found == {category: count for category, count in counts.items() if count}
