"""Changes to the registry: each one transaction on MLflow's own tables, beside the record of who decided and why."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection

from ml.places import ArtifactRoots
from webapp.audit.verdicts import CHEAT
from webapp.models import history, writing
from webapp.models.gates import RefusedError, check_audit, check_card, check_serving
from webapp.models.history import Decision, find_previous, was_cleared, write_event
from webapp.models.queries import ModelVersion, find_alias, find_champion, find_version
from webapp.models.stages import (
    BEFORE_TAG,
    CHALLENGER,
    CHAMPION,
    CHOSEN_TAG,
    RETIRED_TAG,
    SILENT_TAG,
    Mark,
    find_alias_fault,
    write_mark,
)
from webapp.models.writing import deciding
from webapp.store.session import Store

LONGEST_DESCRIPTION = 5000
"""Characters, as MLflow's column has room for."""
KEPT_OF_A_TEXT = 200


@dataclass(frozen=True)
class Signed:
    """Who decides, why, and when."""

    user: str
    reason: str
    now: int


def promote_version(
    store: Store, name: str, version: int, signed: Signed, roots: ArtifactRoots,
    *, despite_audit: bool = False, seen: int | None = None,
) -> ModelVersion:  # fmt: skip
    """Make `version` the champion and write down who did so and why.

    One whose audit failed is promoted only where the caller says `despite_audit` and the reason is more than a word;
    the log of events then has an action of its own. `seen` is the version that was champion (0: none) where the
    decision was made; a decision that somebody else has overtaken is not carried out.

    Raises
    ------
    RefusedError
        `unknown` where there is no such version, `is_champion` where there is nothing to do, `overtaken`, or the code
        of the gate that is shut.
    """
    with deciding(store, name) as (conn, model):
        champion, found = _look(conn, name, version, seen)
        if found.is_champion:
            raise RefusedError("is_champion")
        check_serving(found, roots)
        check_card(found)
        is_despite = check_audit(found, signed.reason, despite_audit=despite_audit)
        before = champion.version if champion else model.silent.version if model.silent else None
        if before is None:
            writing.drop_tag(conn, name, version, BEFORE_TAG)
        else:
            writing.set_tag(conn, name, version, BEFORE_TAG, str(before))
        _crown(conn, found, signed, history.PROMOTE_DESPITE_AUDIT if is_despite else history.PROMOTE)
    return found


def roll_back(
    store: Store, name: str, version: int, signed: Signed, roots: ArtifactRoots,
    *, despite_audit: bool = False, seen: int | None = None,
) -> ModelVersion:  # fmt: skip
    """Give the championship back to `version`, which had it before the champion of now.

    What answered before was cleared before: its card is not asked for again, nor its audit where somebody wrote down
    why it may answer all the same. The file has to be there.

    Raises
    ------
    RefusedError
        `unknown`, `no_champion`, `not_previous`, `overtaken`, or the code of the gate that is shut.
    """
    with deciding(store, name) as (conn, model):
        champion, found = _look(conn, name, version, seen)
        if champion is None:
            raise RefusedError("no_champion")
        previous = find_previous(conn, model, champion)
        if previous is None or previous.version != version:
            raise RefusedError("not_previous")
        check_serving(found, roots)
        is_despite = found.audit == CHEAT
        if is_despite and not was_cleared(conn, model, version):
            check_audit(found, signed.reason, despite_audit=despite_audit)
        _crown(conn, found, signed, history.ROLL_BACK_DESPITE_AUDIT if is_despite else history.ROLL_BACK)
    return found


def make_challenger(store: Store, name: str, version: int, signed: Signed, *, seen: int | None = None) -> None:
    """Put a version beside the champion, in place of whatever stood there.

    Raises
    ------
    RefusedError
        `unknown`, `is_champion`, `is_challenger`, `retired`, `overtaken` where another than `seen` (0: none) stands
        there by now.
    """
    with deciding(store, name) as (conn, _model):
        found = _find(conn, name, version)
        standing = find_alias(conn, name, CHALLENGER)
        _check_seen(standing, seen)
        refusals = {
            "is_champion": found.is_champion,
            "retired": found.retired is not None,
            "is_challenger": standing == version,
        }
        _refuse_if(refusals)
        if standing is not None:
            writing.drop_tag(conn, name, standing, CHOSEN_TAG)
        writing.set_alias(conn, name, CHALLENGER, version)
        writing.set_tag(conn, name, version, CHOSEN_TAG, _mark(signed))
        _record(conn, name, version, signed, history.MAKE_CHALLENGER)


def retire_version(
    store: Store, name: str, version: int, signed: Signed, *, answer_nothing: bool = False, seen: int | None = None
) -> None:
    """Take a version out of service: no alias points at it any more, and it is not promoted before it is restored.

    The champion is retired only where the caller says that nothing is to answer; then no later training makes a
    champion of itself either, until somebody promotes one.

    Raises
    ------
    RefusedError
        `unknown`, `is_retired`, `champion_stays`, `overtaken`.
    """
    with deciding(store, name) as (conn, _model):
        _champion, found = _look(conn, name, version, seen)
        _refuse_if({"is_retired": found.retired is not None and not found.is_champion})
        _refuse_if({"champion_stays": found.is_champion and not answer_nothing})
        writing.drop_aliases(conn, name, version)
        writing.drop_tag(conn, name, version, CHOSEN_TAG)
        writing.set_tag(conn, name, version, RETIRED_TAG, _mark(signed))
        if found.is_champion:
            writing.set_model_tag(conn, name, SILENT_TAG, _mark(signed, version))
        _record(conn, name, version, signed, history.RETIRE_CHAMPION if found.is_champion else history.RETIRE)


def restore_version(store: Store, name: str, version: int, signed: Signed) -> None:
    """Make a retired version a candidate again.

    Raises
    ------
    RefusedError
        `unknown`, `not_retired`.
    """
    with deciding(store, name) as (conn, _model):
        _refuse_if({"not_retired": _find(conn, name, version).retired is None})
        writing.drop_tag(conn, name, version, RETIRED_TAG)
        _record(conn, name, version, signed, history.RESTORE)


def set_alias(store: Store, name: str, version: int, alias: str, signed: Signed) -> int | None:
    """Point an alias at a version; return the version at which it pointed before.

    Raises
    ------
    RefusedError
        `unknown`, `retired`, `alias_here`, or what is wrong with the alias.
    """
    with deciding(store, name) as (conn, _model):
        found = _find(conn, name, version)
        if fault := find_alias_fault(alias):
            raise RefusedError(fault)
        before = find_alias(conn, name, alias)
        _refuse_if({"retired": found.retired is not None, "alias_here": before == version})
        writing.set_alias(conn, name, alias, version)
        _record(conn, name, version, signed, history.SET_ALIAS, alias)
    return before


def remove_alias(store: Store, name: str, version: int, alias: str, signed: Signed) -> None:
    """Take an alias away from a version. The champion's is no such alias: it is retired, or another is promoted.

    Raises
    ------
    RefusedError
        `unknown`, `alias_champion`, `alias_gone` where it does not point at this version (any more).
    """
    with deciding(store, name) as (conn, _model):
        _find(conn, name, version)
        _refuse_if({"alias_champion": alias == CHAMPION, "alias_gone": find_alias(conn, name, alias) != version})
        writing.drop_alias(conn, name, alias)
        if alias == CHALLENGER:
            writing.drop_tag(conn, name, version, CHOSEN_TAG)
        _record(conn, name, version, signed, history.REMOVE_ALIAS, alias)


def describe(store: Store, name: str, version: int | None, text: str, signed: Signed, *, seen: str = "") -> None:
    """Write what a version, or with None the model, is about. `seen` is the print of the text that was to be changed.

    Raises
    ------
    RefusedError
        `unknown`, `text_long`, `text_changed` where somebody else wrote another meanwhile.
    """
    with deciding(store, name) as (conn, model):
        old = model.description if version is None else _find(conn, name, version).description
        is_overtaken = bool(seen) and seen != print_of(old)
        _refuse_if({"text_long": len(text) > LONGEST_DESCRIPTION, "text_changed": is_overtaken})
        if version is None:
            writing.change_model(conn, name, signed.now, description=text or None)
        else:
            writing.change_version(conn, name, version, signed.now, description=text or None)
        kept = Signed(signed.user, text if len(text) <= KEPT_OF_A_TEXT else text[:KEPT_OF_A_TEXT] + "…", signed.now)
        _record(conn, name, version, kept, history.DESCRIBE_MODEL if version is None else history.DESCRIBE)


def delete_version(store: Store, name: str, version: int, signed: Signed, *, typed: str) -> None:
    """Delete a version for good, as MLflow does: its number is never given again, its run stays.

    Raises
    ------
    RefusedError
        `unknown`, `champion_is_kept`, `not_typed` where `typed` is not the version's name.
    """
    with deciding(store, name) as (conn, _model):
        found = _find(conn, name, version)
        _refuse_if({"champion_is_kept": found.is_champion, "not_typed": typed.strip() != f"v{version}"})
        writing.empty_version(conn, name, version, signed.now)
        write_event(conn, Decision(signed.now, signed.user, history.DELETE, version, "", signed.reason), name)


def print_of(text: str) -> str:
    """A short print of a text, by which a form knows that it was changed meanwhile."""
    return sha256(text.encode(errors="replace")).hexdigest()[:16]


def _look(conn: Connection, name: str, version: int, seen: int | None) -> tuple[ModelVersion | None, ModelVersion]:
    champion = find_champion(conn, name)
    found = _find(conn, name, version)
    _check_seen(champion.version if champion else None, seen)
    return champion, found


def _find(conn: Connection, name: str, version: int) -> ModelVersion:
    found = find_version(conn, name, version)
    if found is None:
        raise RefusedError("unknown")
    return found


def _check_seen(now: int | None, seen: int | None) -> None:
    if seen is not None and seen != (now or 0):
        raise RefusedError("overtaken", (str(now or ""),))


def _refuse_if(refusals: dict[str, bool]) -> None:
    code = next((code for code, is_so in refusals.items() if is_so), None)
    if code:
        raise RefusedError(code)


def _crown(conn: Connection, found: ModelVersion, signed: Signed, action: str) -> None:
    if CHALLENGER in found.aliases:
        writing.drop_alias(conn, found.name, CHALLENGER)
    writing.set_alias(conn, found.name, CHAMPION, found.version)
    writing.drop_tag(conn, found.name, found.version, CHOSEN_TAG)
    writing.drop_model_tag(conn, found.name, SILENT_TAG)
    _record(conn, found.name, found.version, signed, action)


def _record(conn: Connection, name: str, version: int | None, signed: Signed, action: str, alias: str = "") -> None:
    writing.change_model(conn, name, signed.now)
    write_event(conn, Decision(signed.now, signed.user, action, version, alias, signed.reason), name)


def _mark(signed: Signed, version: int | None = None) -> str:
    return write_mark(Mark(signed.now, signed.user, signed.reason, version))
