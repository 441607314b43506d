"""Changes to the registry: each one transaction on MLflow's own tables, beside the record of who decided and why."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from webapp.audit.verdicts import CHEAT
from webapp.models.queries import (
    CHALLENGER,
    CHAMPION,
    PROMOTE,
    PROMOTE_DESPITE_AUDIT,
    ModelVersion,
    find_version,
)
from webapp.store.mlflow_tables import DEFAULT_WORKSPACE, registered_model_aliases, registered_models
from webapp.store.session import Store
from webapp.store.tables import event

SHORTEST_DEFENCE = 20
"""Characters of the reason why a version answers although its audit failed: one word is no reason."""


class PromotionError(ValueError):
    """The version cannot become champion; `code` says why, `parts` which parts of its card are missing."""

    def __init__(self, code: str, parts: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.parts = parts


def promote_version(
    store: Store, name: str, version: int, *, user: str, reason: str, now: int, despite_audit: bool = False
) -> ModelVersion:
    """Make `version` the champion and write down who did so and why.

    One whose audit failed is promoted only where the caller says `despite_audit` and the reason is more than a word;
    the log of events then has an action of its own.

    Raises
    ------
    PromotionError
        `unknown` where there is no such version, `cannot_serve` where its bytes were never cleared for serving,
        `is_champion` where there is nothing to do, `audit_failed` where the audit stands against it, `reason_short`
        where it is to be promoted all the same and nobody says why, `no_card` and `card_incomplete` where the model
        card stands against it.
    """
    with store.write() as conn:
        found = find_version(conn, name, version)
        if found is None:
            raise PromotionError("unknown")
        if not found.onnx_sha256:
            raise PromotionError("cannot_serve")
        if found.is_champion:
            raise PromotionError("is_champion")
        check_card(found)
        is_despite = check_audit(found, reason, despite_audit=despite_audit)
        dropped = [CHAMPION] + [CHALLENGER] * (CHALLENGER in found.aliases)
        aliases = registered_model_aliases
        key = (aliases.c.workspace == DEFAULT_WORKSPACE, aliases.c.name == name)
        conn.execute(delete(aliases).where(*key, aliases.c.alias.in_(dropped)))
        conn.execute(insert(aliases).values(workspace=DEFAULT_WORKSPACE, name=name, alias=CHAMPION, version=version))
        conn.execute(
            update(registered_models)
            .where(registered_models.c.workspace == DEFAULT_WORKSPACE, registered_models.c.name == name)
            .values(last_updated_time=now)
        )
        action = PROMOTE_DESPITE_AUDIT if is_despite else PROMOTE
        conn.execute(
            insert(event).values(at=now, user_name=user, action=action, subject=f"{name} v{version}", detail=reason)
        )
    return found


def check_audit(version: ModelVersion, reason: str, *, despite_audit: bool) -> bool:
    """Return whether the version is promoted against its audit, which takes saying so and a reason.

    Raises
    ------
    PromotionError
        `audit_failed`, `reason_short`
    """
    if version.audit != CHEAT:
        return False
    if not despite_audit:
        raise PromotionError("audit_failed")
    if len(reason.strip()) < SHORTEST_DEFENCE:
        raise PromotionError("reason_short")
    return True


def check_card(version: ModelVersion) -> None:
    """See that the version has a card with every required part, by the tag that was written when it was registered.

    Raises
    ------
    PromotionError
        `no_card`, `card_incomplete`
    """
    if version.card_missing is None:
        raise PromotionError("no_card")
    if version.card_missing:
        raise PromotionError("card_incomplete", version.card_missing)
