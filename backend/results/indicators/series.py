"""An indicator over time, in all or in groups, from what was released. Pure.

All figures of a value are of one publication: figures of two days are of different people, and a
share made of them would be of nobody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend.results.frames import REACHED, FigureKey
from backend.results.indicators.change import Difference, Verdict, between, holm, verdict
from backend.results.indicators.values import Part, Value, mean, measured
from backend.results.periods import Length, Moment, moments, periods
from backend.results.publications import Released

Histories = Mapping[str, Mapping[FigureKey, Sequence[Released]]]
"""All that was released, by question."""

Group = tuple[str, str]
"""As figures have it: what is grouped by, and the group; ("", "") is everybody."""


@dataclass(frozen=True, slots=True)
class Change:
    """Since the period that began on `since`; `p` is corrected for the groups looked at."""

    since: date
    difference: Difference
    p: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Span:
    """A period (see `periods.Period`) with the value of who answered in it; None where it was not
    released."""

    first: date
    since: datetime | None
    until: datetime
    value: Value | None
    change: Change | None = None


def so_far(
    parts: Sequence[Part], histories: Histories, group: Group
) -> tuple[Value, datetime] | None:
    """The latest value of all who have answered since the beginning, and the moment it is of."""
    columns = _columns(parts, histories, group)
    for at in reversed([moment.at for moment in columns[0]] if columns else []):
        latest = [next(m for m in column if m.at == at) for column in columns]
        value = _value(parts, [moment.figures for moment in latest])
        if value is not None:
            return value, at
    return None


def spans(
    parts: Sequence[Part],
    histories: Histories,
    group: Group,
    length: Length,
    zone: ZoneInfo,
    threshold: int,
) -> list[Span]:
    """By period, each with its change since the period before it that has a value."""
    columns = _columns(parts, histories, group)
    by_part = [list(periods(column, length, zone, threshold)) for column in columns]
    found: list[Span] = []
    for together in zip(*by_part, strict=True):
        one = together[0]
        value = _value(parts, [period.figures for period in together])
        before = next((span for span in reversed(found) if span.value is not None), None)
        span = Span(one.first, one.since, one.until, value)
        found.append(replace(span, change=_change(before, value)))
    return found


def corrected(series: Mapping[Group, Sequence[Span]]) -> dict[Group, list[Span]]:
    """The groups' spans, each period's changes corrected for all groups (Holm)."""
    after = {group: list(spans) for group, spans in series.items()}
    tested: dict[date, list[tuple[Group, int, Change]]] = {}
    for group, several in after.items():
        for n, span in enumerate(several):
            if span.change is not None:
                tested.setdefault(span.first, []).append((group, n, span.change))
    for family in tested.values():
        ps = holm([change.difference.p for _, _, change in family])
        for (group, n, change), p in zip(family, ps, strict=True):
            said = verdict(change.difference.by, p)
            after[group][n] = replace(after[group][n], change=replace(change, p=p, verdict=said))
    return after


def _change(before: Span | None, value: Value | None) -> Change | None:
    if before is None or before.value is None or value is None:
        return None
    found = between(before.value, value)
    return Change(before.first, found, found.p, verdict(found.by, found.p))


def _columns(parts: Sequence[Part], histories: Histories, group: Group) -> list[list[Moment]]:
    """Every part's publications with all its rows, those that all parts have."""
    columns = [list(_able(part, histories.get(part.question, {}), group)) for part in parts]
    common = set.intersection(*({m.at for m in column} for column in columns)) if columns else set()
    return [[moment for moment in column if moment.at in common] for column in columns]


def _able(
    part: Part, history: Mapping[FigureKey, Sequence[Released]], group: Group
) -> Iterator[Moment]:
    rows = part.rows | {REACHED}
    keys = {FigureKey(part.question, row, *group) for row in rows}
    column = {key: released for key, released in history.items() if key in keys}
    return (moment for moment in moments(column) if len(moment.figures) == len(rows))


def _value(parts: Sequence[Part], figures: Sequence[Mapping[FigureKey, Released]]) -> Value | None:
    values = [
        measured(part, {key.row: released.n for key, released in of.items()})
        for part, of in zip(parts, figures, strict=True)
    ]
    known = [value for value in values if value is not None]
    return mean(known) if known and len(known) == len(values) else None
