"""What an admin may do to a version: the form of each change, its words, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from ml.places import ArtifactRoots
from webapp.audit.verdicts import CHEAT
from webapp.current import current_settings
from webapp.models import actions
from webapp.models.actions import Signed, print_of
from webapp.models.forms import (
    AliasForm,
    ChangeForm,
    DeleteForm,
    DescribeForm,
    PromoteForm,
    ReasonForm,
    RetireForm,
    UnaliasForm,
)
from webapp.models.gates import find_shut_gate
from webapp.models.pages import ChangeView
from webapp.models.queries import ModelVersion
from webapp.models.stages import CHALLENGER, CHAMPION
from webapp.store.session import Store

FORMS: dict[str, type[ChangeForm]] = {
    "promote": PromoteForm,
    "roll-back": PromoteForm,
    "challenger": ReasonForm,
    "retire": RetireForm,
    "restore": ReasonForm,
    "alias": AliasForm,
    "unalias": UnaliasForm,
    "describe": DescribeForm,
    "delete": DeleteForm,
}
DANGEROUS = {"retire", "delete"}
LONGEST_NUMBER = 12


@dataclass(frozen=True)
class Standing:
    """What stands where at the moment that a page is made; 0 where nothing does."""

    champion: int
    challenger: int
    previous: int


def carry_out(change: str, store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    """Do what a form asks for; return what to say of it.

    Raises
    ------
    RefusedError
        With the code of what stands against it.
    """
    return _DOINGS[change](store, name, version, form, signed)


def make_form(change: str, *, is_sent: bool = False) -> ChangeForm:
    """Make the form of a change, as it was sent or as nobody has touched it."""
    return FORMS[change](change) if is_sent else FORMS[change](change, formdata=None)


def offer_changes(
    version: ModelVersion, standing: Standing, roots: ArtifactRoots, sent: tuple[str, ChangeForm] | None = None
) -> tuple[ChangeView, ...]:
    """List the changes that make sense for a version, the one that was sent and refused as it was sent."""
    codes = [code for code, is_so in _find_offers(version, standing, roots).items() if is_so]
    if sent and sent[0] not in codes:
        codes.insert(0, sent[0])
    return tuple(_view(code, version, standing, sent[1] if sent and sent[0] == code else None) for code in codes)


def offer_roll_back(previous: ModelVersion, standing: Standing) -> ChangeView:
    """The change that gives the championship back."""
    return _view("roll-back", previous, standing, None)


def _find_offers(version: ModelVersion, standing: Standing, roots: ArtifactRoots) -> dict[str, bool]:
    is_retired, is_champion = version.retired is not None, version.is_champion
    is_free = not (is_retired or is_champion)
    return {
        "roll-back": is_free and standing.previous == version.version,
        "promote": is_free and find_shut_gate(version, roots) is None,
        "challenger": is_free and standing.challenger != version.version,
        "restore": is_retired and not is_champion,
        "alias": not is_retired,
        "unalias": any(alias != CHAMPION for alias in version.aliases),
        "describe": True,
        "retire": is_champion or not is_retired,
        "delete": not is_champion,
    }


def _view(code: str, version: ModelVersion, standing: Standing, sent: ChangeForm | None) -> ChangeView:
    form = sent or make_form(code)
    if isinstance(form, UnaliasForm):
        form.alias.choices = [alias for alias in version.aliases if alias != CHAMPION]
    if isinstance(form, DescribeForm) and sent is None:
        form.text.data = version.description
    form.seen.data = _what_is_seen(code, version, standing)
    if isinstance(form, PromoteForm) and version.audit != CHEAT:
        del form.despite_audit
    if isinstance(form, RetireForm) and not version.is_champion:
        del form.answer_nothing
    words = _describe(code, version, standing)
    return ChangeView(
        code=code,
        title=words[0],
        note=words[1],
        warning=_warn(code, version),
        button=words[2],
        is_danger=code in DANGEROUS,
        is_open=sent is not None,
        form=form,
        action=url_for("models.change", name=version.name, version=version.version, change=code),
    )


def _what_is_seen(code: str, version: ModelVersion, standing: Standing) -> str:
    if code == "describe":
        return print_of(version.description)
    return str(standing.challenger if code == "challenger" else standing.champion)


def _warn(code: str, version: ModelVersion) -> str:
    if code in {"promote", "roll-back"} and version.audit == CHEAT:
        return _(
            "Its audit failed. To promote it all the same, say so and write the reason in a sentence; both are kept."
        )
    if code == "delete":
        return _("This cannot be undone. Its number is never given again; its run and the run’s files stay.")
    return ""


def _describe(code: str, version: ModelVersion, standing: Standing) -> tuple[str, str, str]:
    number = version.version
    champion = {"version": standing.champion}
    words = {
        "roll-back": (
            _("Roll back to version %(version)s…", version=number),
            _("It answered before version %(version)s did, and answers again at once.", **champion),
            _("Roll back to version %(version)s", version=number),
        ),
        "promote": (
            _("Promote…"),
            _("It answers in place of version %(version)s.", **champion)
            if standing.champion
            else _("Nothing answers today."),
            _("Make it the champion"),
        ),
        "challenger": (
            _("Make it the challenger…"),
            _("It stands beside the champion in place of version %(version)s, and answers nothing.",
              version=standing.challenger)
            if standing.challenger
            else _("It stands beside the champion, and answers nothing."),
            _("Make it the challenger"),
        ),
        "restore": (
            _("Restore…"),
            _("It becomes a candidate again; aliases that it had do not come back."),
            _("Restore it"),
        ),
        "alias": (
            _("Point an alias at it…"),
            _("MLflow finds the version by it: models:/name@alias. An alias that points elsewhere is moved here."),
            _("Point it here"),
        ),
        "unalias": (
            _("Take an alias away…"),
            _("Whoever asks for the model by this name finds nothing from then on."),
            _("Take it away"),
        ),
        "describe": (_("Change the description…"), _("Plain text, up to 5,000 characters."), _("Keep it")),
        "retire": (
            _("Retire…"),
            _("It is the champion. Promote another version instead; or tick that nothing is to answer.")
            if version.is_champion
            else _("It loses its aliases and is folded away. It can be restored."),
            _("Retire it"),
        ),
        "delete": (
            _("Delete for good…"),
            _("To be sure, type v%(version)s.", version=number),
            _("Delete it for good"),
        ),
    }  # fmt: skip
    return words[code]


def _promote(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    despite_audit, seen = bool(form.despite_audit.data), _read_seen(form)
    roots = current_settings().artifact_roots
    actions.promote_version(store, name, version, signed, roots, despite_audit=despite_audit, seen=seen)
    return _("Version %(version)s answers from now on.", version=version)


def _roll_back(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    despite_audit, seen = bool(form.despite_audit.data), _read_seen(form)
    roots = current_settings().artifact_roots
    actions.roll_back(store, name, version, signed, roots, despite_audit=despite_audit, seen=seen)
    return _("Version %(version)s answers again.", version=version)


def _challenge(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    actions.make_challenger(store, name, version, signed, seen=_read_seen(form))
    return _("Version %(version)s is the challenger from now on.", version=version)


def _retire(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    nothing = bool(form.answer_nothing.data)
    actions.retire_version(store, name, version, signed, answer_nothing=nothing, seen=_read_seen(form))
    return _("Version %(version)s is retired.", version=version)


def _restore(store: Store, name: str, version: int, _form: ChangeForm, signed: Signed) -> str:
    actions.restore_version(store, name, version, signed)
    return _("Version %(version)s is a candidate again.", version=version)


def _alias(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    alias = form.alias.data.strip().removeprefix("@")
    before = actions.set_alias(store, name, version, alias, signed)
    if before is None:
        return _("“%(alias)s” points at version %(version)s.", alias=alias, version=version)
    return _(
        "“%(alias)s” points at version %(version)s; until now at version %(before)s.",
        alias=alias, version=version, before=before,
    )  # fmt: skip


def _unalias(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    actions.remove_alias(store, name, version, form.alias.data, signed)
    if form.alias.data == CHALLENGER:
        return _("Version %(version)s is a candidate again.", version=version)
    return _("“%(alias)s” points at nothing any more.", alias=form.alias.data)


def _describe_version(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    actions.describe(store, name, version, (form.text.data or "").strip(), signed, seen=form.seen.data or "")
    return _("The description is kept.")


def _delete(store: Store, name: str, version: int, form: ChangeForm, signed: Signed) -> str:
    actions.delete_version(store, name, version, signed, typed=form.typed.data or "")
    return _("Version %(version)s is deleted for good.", version=version)


def _read_seen(form: ChangeForm) -> int | None:
    seen = form.seen.data or ""
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < LONGEST_NUMBER else None


Doing = Callable[[Store, str, int, ChangeForm, Signed], str]
_DOINGS: dict[str, Doing] = {
    "promote": _promote,
    "roll-back": _roll_back,
    "challenger": _challenge,
    "retire": _retire,
    "restore": _restore,
    "alias": _alias,
    "unalias": _unalias,
    "describe": _describe_version,
    "delete": _delete,
}
