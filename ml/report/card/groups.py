"""The chapter that says for whom."""

from __future__ import annotations

from collections.abc import Iterator

from ml.examination.people import FEWEST, Group, LeavingOut, People, Proxy, Rate, Slicing
from ml.report.card.document import Block, Bullets, Grid, Paragraph
from ml.report.card.speaker import Speaker
from ml.report.card.words import Words


def tell_groups(speaker: Speaker) -> Iterator[Block]:
    """Yield the widest gap in words, what leaving the sensitive columns out does, and every group's figures."""
    people = speaker.card.people
    if not speaker.card.dataset.sensitive:
        yield Paragraph(speaker.say(Words.nobody))
        return
    if people is None or people.everybody is None:
        yield Paragraph(speaker.say(Words.not_looked), is_warning=True)
        return
    said = [_tell_gap(people, speaker), *_tell_cost(people.leaving_out, speaker)]
    said += [_tell_proxy(proxy, speaker) for proxy in people.proxies]
    yield Bullets(tuple(sentence for sentence in said if sentence))
    classes = speaker.outcome(people.outcomes[0]) if len(people.outcomes) == 1 else ""
    yield Paragraph(speaker.say(Words.headers_of, classes=classes) if classes else speaker.say(Words.headers))
    for slicing in people.slices:
        yield _tabulate(slicing, people, people.everybody, speaker)
    yield Paragraph(speaker.say(Words.hidden_why, fewest=FEWEST))


def _tell_gap(people: People, speaker: Speaker) -> str:
    if people.widest_gap is None:
        return ""
    slicing, gap = people.widest_gap
    high, low = slicing.shares_of(gap)
    values = {
        "high": speaker.percent(high.mean if high else None),
        "low": speaker.percent(low.mean if low else None),
        "first": speaker.group(slicing.columns, gap.higher),
        "second": speaker.group(slicing.columns, gap.lower),
        "from_": speaker.points(gap.difference.low),
        "to": speaker.points(gap.difference.high),
    }
    if gap.outcome is None:
        return speaker.say(Words.gap_right, **values)
    return speaker.say(Words.gap_found, classes=speaker.outcome(people.outcomes[gap.outcome]), **values)


def _tell_cost(left_out: LeavingOut | None, speaker: Speaker) -> Iterator[str]:
    if left_out is None:
        return
    difference = left_out.differences["accuracy"]
    yield speaker.say(
        Words.without,
        without=speaker.percent(left_out.without["accuracy"].mean),
        with_them=speaker.percent(left_out.with_them["accuracy"].mean),
        from_=speaker.points(difference.low),
        to=speaker.points(difference.high),
        changed=speaker.percent(left_out.changed.mean),
    )


def _tell_proxy(proxy: Proxy, speaker: Speaker) -> str:
    return speaker.say(
        Words.proxy,
        column=speaker.label(proxy.column),
        share=speaker.percent(proxy.balanced_accuracy.mean),
        interval=speaker.interval(proxy.balanced_accuracy),
        chance=speaker.percent(proxy.chance),
        strongest=speaker.label(proxy.strongest[0].column),
    )


def _tabulate(slicing: Slicing, people: People, everybody: Group, speaker: Speaker) -> Grid:
    headers = [speaker.say(Words.group), speaker.say(Words.support), speaker.say(Words.right)]
    for outcome in people.outcomes:
        after = f": {speaker.outcome(outcome)}" if len(people.outcomes) > 1 else ""
        headers += [speaker.say(text) + after for text in (Words.found, Words.falsely, Words.surplus)]
    lines = [(speaker.group(slicing.columns, group.categories), group) for group in slicing.groups]
    return Grid(
        caption=speaker.say(Words.groups_of, columns=" × ".join(map(speaker.label, slicing.columns))),
        headers=tuple(headers),
        lines=tuple(
            (name, *_cells(group, len(headers) - 2, speaker))
            for name, group in [(speaker.say(Words.everybody), everybody), *lines]
        ),
    )


def _cells(group: Group, figures: int, speaker: Speaker) -> list[str]:
    if group.rows is None or group.accuracy is None:
        return [speaker.say(Words.hidden)] * (figures + 1)
    cells = [speaker.count(group.rows), speaker.share(group.accuracy)]
    for outcome in group.outcomes:
        cells += [_rate(outcome.found, speaker), _rate(outcome.false_alarm, speaker)]
        surplus = outcome.surplus
        cells.append(
            f"{speaker.points(surplus.mean)} [{speaker.points(surplus.low)}, {speaker.points(surplus.high)}]"
            if surplus
            else speaker.say(Words.too_few)
        )
    return cells


def _rate(rate: Rate, speaker: Speaker) -> str:
    return speaker.share(rate.share) if rate.share else speaker.say(Words.too_few)
