"""What the audit found, as a chapter of a card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ml.audit.words import ENGLISH, Said, name_check, say_finding
from ml.audit.words import Words as AuditWords
from ml.examination.audit import AuditReport, Check, Finding
from ml.report.card.document import Block, Bullets, Grid, Paragraph
from ml.report.card.speaker import Speaker
from ml.report.card.words import SEVERITIES, VERDICTS, Words
from ml.report.catalogue import translate


def tell_audit(speaker: Speaker) -> Iterator[Block]:
    """Tell the verdict, how good any model could be, what was looked at and what was found."""
    audit = speaker.card.audit
    if audit is None:
        yield Paragraph(speaker.say(Words.no_audit), is_warning=True)
        return
    words = translate(ENGLISH, speaker.language)
    yield Paragraph(VERDICTS[audit.verdict].in_language(speaker.language), is_warning=audit.verdict == "cheat")
    yield Bullets((*_say_bounds(audit, speaker), *_say_checks(audit, speaker, words)))
    if audit.findings:
        yield Grid(
            caption=speaker.say(Words.findings),
            headers=tuple(speaker.say(text) for text in (Words.finding, Words.severity, Words.where)),
            lines=tuple(
                (
                    _say_finding(finding, speaker, words),
                    SEVERITIES[finding.severity].in_language(speaker.language),
                    ", ".join(map(speaker.label, finding.where)) or "–",
                )
                for finding in audit.findings
            ),
        )


def _say_bounds(audit: AuditReport, speaker: Speaker) -> Iterator[str]:
    if audit.ceiling is not None:
        yield speaker.say(Words.ceiling, ceiling=speaker.percent(audit.ceiling))
    if audit.best_low is not None and audit.best_high is not None:
        yield speaker.say(Words.best, low=speaker.percent(audit.best_low), high=speaker.percent(audit.best_high))


def _say_checks(audit: AuditReport, speaker: Speaker, words: AuditWords) -> Iterator[str]:
    made = [_name(check, words) for check in audit.checks if not check.skipped]
    skipped = [_name(check, words) for check in audit.checks if check.skipped]
    if made:
        yield speaker.say(Words.checks, checks="; ".join(made))
    if skipped:
        yield speaker.say(Words.skipped, checks="; ".join(skipped))


def _name(check: Check, words: AuditWords) -> str:
    try:
        return name_check(check, words)
    except AttributeError:  # another release's check
        return check.code.replace("_", " ")


def _say_finding(finding: Finding, speaker: Speaker, words: AuditWords) -> str:
    named = replace(finding, where=tuple(map(speaker.label, finding.where)))
    try:
        said = say_finding(named, words, lambda value: speaker.number(value, 0 if float(value).is_integer() else 3))
    except (AttributeError, KeyError):  # another release's finding
        said = Said(finding.check.replace("_", " "), "", "")
    return " ".join(part for part in (f"{said.title}.", said.what, said.advice) if part)
