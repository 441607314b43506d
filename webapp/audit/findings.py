"""From what an audit found to what pages show, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from flask_babel import gettext, ngettext
from flask_babel import gettext as _

from ml.audit.words import CHECK_OF, ENGLISH, Said, Words, name_check, say_finding, say_skipped
from ml.examination.audit import AuditReport, Check, Finding, Severity
from webapp.audit.verdicts import VerdictView, describe_verdict
from webapp.formats import decimal, integer, percent

KINDS: Mapping[Severity, str] = {"cheat": "bad", "warning": "look", "note": "note"}


@dataclass(frozen=True)
class FindingView:
    """A finding in words, with its severity as a word and the kind of its icon."""

    kind: str
    severity: str
    title: str
    what: str
    advice: str


@dataclass(frozen=True)
class CheckView:
    """A check by its name: what came of it as a kind of icon and in words, or why it could not be made."""

    kind: str
    name: str
    outcome: str


@dataclass(frozen=True)
class AuditView:
    """An audit, ready to be shown: the answer first, then what was found, then what was looked at."""

    verdict: VerdictView
    sentence: str
    looked_at: str
    best: str
    findings: tuple[FindingView, ...]
    checks: tuple[CheckView, ...]


def show_audit(report: AuditReport, labels: Mapping[str, str] | None = None) -> AuditView:
    """Put an audit into words; `labels` says what readers call columns and classes, where anybody knows."""
    words = translate_words()
    return AuditView(
        verdict=describe_verdict(find_verdict(report)),
        sentence=say_verdict(report),
        looked_at=say_what_was_looked_at(report),
        best=say_best(report),
        findings=tuple(_show_finding(finding, words, labels or {}) for finding in report.findings),
        checks=tuple(_show_check(check, report, words) for check in report.checks),
    )


def find_verdict(report: AuditReport) -> str:
    """The verdict, or none where no check could be made: nothing found is then nothing known."""
    return report.verdict if any(not check.skipped for check in report.checks) else ""


def translate_words() -> Words:
    """Every sentence of the audit in the reader's language."""
    return Words(**{item.name: gettext(getattr(ENGLISH, item.name)) for item in fields(Words)})


def say_verdict(report: AuditReport) -> str:
    """What the verdict means, in a sentence."""
    words = {
        "clean": _("No check found anything that makes the score other than what it claims."),
        "look": _("The score may be what it claims, but something should be looked at before anybody believes it."),
        "cheat": _("The score does not say how well the model does on rows that it has not seen."),
    }
    return words.get(find_verdict(report), _("No check could be made of this, so nothing is said about it."))


def say_what_was_looked_at(report: AuditReport) -> str:
    """How many checks were made, of what."""
    made = sum(not check.skipped for check in report.checks)
    checks = ngettext("%(num)s check was made", "%(num)s checks were made", made)
    if not report.rows:
        return checks
    return _(
        "%(checks)s of %(rows)s rows, %(columns)s columns and %(classes)s classes",
        checks=checks,
        rows=integer(report.rows),
        columns=integer(report.columns),
        classes=integer(len(report.classes)),
    )


def say_best(report: AuditReport) -> str:
    """How good any model can be, as far as identical rows tell; empty where none repeats."""
    said = []
    if report.ceiling is not None:
        said.append(
            _("No rule on these columns can be right on more than %(ceiling)s of these very rows.",
              ceiling=percent(report.ceiling, 1))
        )  # fmt: skip
    if report.best_low is not None and report.best_high is not None:
        said.append(
            _(
                "On rows that have an identical one, the best possible accuracy lies between %(low)s and %(high)s.",
                low=percent(report.best_low),
                high=percent(report.best_high),
            )
        )
    return " ".join(said)


def describe_severity(severity: Severity) -> str:
    """A finding's severity in a word."""
    words: Mapping[Severity, str] = {
        "cheat": _("Not what it claims"),
        "warning": _("Look here"),
        "note": _("Good to know"),
    }
    return words[severity]


def write_number(value: float) -> str:
    """A number of the evidence: whole ones whole, others with three decimals."""
    return integer(value) if float(value).is_integer() else decimal(value)


def _show_finding(finding: Finding, words: Words, labels: Mapping[str, str]) -> FindingView:
    where = tuple(labels.get(name, name) for name in finding.where)
    said = _say(replace(finding, where=where), words)
    return FindingView(KINDS[finding.severity], describe_severity(finding.severity), said.title, said.what, said.advice)


def _show_check(check: Check, report: AuditReport, words: Words) -> CheckView:
    """The findings of a report are the worst first, and so is the one that a check is marked by."""
    if check.skipped:
        return CheckView("unknown", _name(check, words), _("Not made: %(why)s", why=_say_why(check, words)))
    found = [finding for finding in report.findings if CHECK_OF.get(finding.check) == check.code]
    if not found:
        return CheckView("good", _name(check, words), _("Nothing found"))
    return CheckView(KINDS[found[0].severity], _name(check, words), describe_severity(found[0].severity))


def _say(finding: Finding, words: Words) -> Said:
    """A finding in words; of a code or a gap that another release wrote, as much as can be said."""
    try:
        return say_finding(finding, words, write_number)
    except (AttributeError, KeyError):
        return Said(finding.check, ", ".join(finding.where), "")


def _name(check: Check, words: Words) -> str:
    try:
        return name_check(check, words)
    except AttributeError:
        return check.code


def _say_why(check: Check, words: Words) -> str:
    try:
        return say_skipped(check, words)
    except AttributeError:
        return check.skipped
