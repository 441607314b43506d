"""Changes to the registry: each one transaction on MLflow's own tables, beside the record of who decided and why."""

from __future__ import annotations

from sqlalchemy import delete, insert, update

from webapp.models.queries import CHALLENGER, CHAMPION, ModelVersion, find_version
from webapp.store.mlflow_tables import DEFAULT_WORKSPACE, registered_model_aliases, registered_models
from webapp.store.session import Store
from webapp.store.tables import event


class PromotionError(ValueError):
    """The version cannot become champion; `code` says why, `parts` which parts of its card are missing."""

    def __init__(self, code: str, parts: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.parts = parts


def promote_version(store: Store, name: str, version: int, *, user: str, reason: str, now: int) -> ModelVersion:
    """Make `version` the champion and write down who did so and why.

    Raises
    ------
    PromotionError
        `unknown` where there is no such version, `cannot_serve` where its bytes were never cleared for serving,
        `is_champion` where there is nothing to do, `no_card` and `card_incomplete` where the model card stands against
        it.
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
        conn.execute(
            insert(event).values(at=now, user_name=user, action="promote", subject=f"{name} v{version}", detail=reason)
        )
    return found


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
