"""From a file, a download or the published frequencies to a raw table of text."""

from ml.source.download import Unreachable
from ml.source.errors import SourceError
from ml.source.obtain import fetch, obtain
from ml.source.same import OtherDataError, find_same
from ml.source.table import RawTable, content_sha256, parse_table, read_table

__all__ = [
    "OtherDataError",
    "RawTable",
    "SourceError",
    "Unreachable",
    "content_sha256",
    "fetch",
    "find_same",
    "obtain",
    "parse_table",
    "read_table",
]
