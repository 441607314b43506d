"""From YAML to the spec, or to an error that names the place."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import TypeAdapter, ValidationError

from ml.spec.checks import find_problems
from ml.spec.values import DatasetSpec

if TYPE_CHECKING:
    from collections.abc import Hashable


class SpecError(ValueError):
    """The spec has a mistake; the message names the file and the place."""


def load_spec(path: Path) -> DatasetSpec:
    """Read and check the spec at `path`.

    Raises
    ------
    SpecError
        For the first mistake; the message names the file and the place.
    """
    try:
        content = path.read_bytes()
        tree = yaml.load(content, Loader=_UniqueKeyLoader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise SpecError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        spec = _build_spec(tree, hashlib.sha256(content).hexdigest())
        for problem in find_problems(spec):
            raise SpecError(problem)  # noqa: TRY301 - the path is added below, for both kinds alike
    except SpecError as error:
        raise SpecError(f"{path}: {error}") from None
    return spec


# 7 ms in place of 60 at every start, where PyYAML was built with libyaml, as its wheels are
_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


class _UniqueKeyLoader(_Loader):  # type: ignore[misc, valid-type]
    """YAML lets a key repeat and the last one win; a spec must not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value!r} stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(str(key.value))
        found: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return found


def _build_spec(tree: Any, sha256: str) -> DatasetSpec:
    if not isinstance(tree, dict):
        raise SpecError("must be a mapping of keys to values")
    if "sha256" in tree:
        raise SpecError("sha256: is not a known key")
    try:
        return _adapter().validate_python(tree | {"sha256": sha256})
    except ValidationError as error:
        raise SpecError(_describe(error, tree)) from None


@cache
def _adapter() -> TypeAdapter[DatasetSpec]:
    """Make it at the first spec: it takes longer than all the rest of the reading."""
    return TypeAdapter(DatasetSpec)


_WORDS = {
    "missing": "is missing",
    "unexpected_keyword_argument": "is not a known key",
    "string_type": 'must be text; in YAML, words such as NO, YES, ON and numbers need quotes ("NO")',
    "enum": "must be one of nominal, ordinal, numeric",
    "dataclass_type": "must be a mapping of keys to values",
    "mapping_type": "must be a mapping of keys to values",
    "tuple_type": "must be a list",
}


def _describe(error: ValidationError, tree: Any) -> str:
    first = error.errors(include_url=False)[0]
    place = _name_place([part for part in first["loc"] if part != "[key]"], tree)
    return f"{place}: {_WORDS.get(first['type'], first['msg'])}"


def _name_place(location: list[int | str], tree: Any) -> str:
    """`features.3.kind` says little, `features[3] (coaching).kind` where to look."""
    place, at = "", tree
    for part in location:
        try:
            at = at[part]
        except (KeyError, IndexError, TypeError):
            at = None
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else part
        if isinstance(part, int) and isinstance(at, dict) and "name" in at:
            place += f" ({at['name']})"
    return place
