"""What was answered within a period: the difference of two publications.

Only what was made public is looked at, so that a period tells nothing new. An answer belongs to the
period in which it was first made public; what was made public as a day begins is of the day before.
Whatever was not renewed on both days is withheld.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from backend.results.frames import REACHED, FigureKey
from backend.results.publications import Released

Length = Literal["week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Moment:
    """One column (a question in all or in a group) as of a publication: what was renewed then."""

    at: datetime
    figures: Mapping[FigureKey, Released]

    @property
    def reached(self) -> int:
        """Whom the question had been put to."""
        return next(released.n for key, released in self.figures.items() if key.row == REACHED)


@dataclass(frozen=True, slots=True)
class Period:
    """From one publication (None: from the beginning) to another, with what was answered between;
    `first` is the first day of the week, month, quarter or year that its last answers were given
    in."""

    first: date
    since: datetime | None
    until: datetime
    figures: Mapping[FigureKey, Released]


def moments(history: Mapping[FigureKey, Sequence[Released]]) -> list[Moment]:
    """A column's publications, oldest first: those at which it is known who was asked."""
    found: dict[int, dict[FigureKey, Released]] = {}
    for key, released in history.items():
        for one in released:
            found.setdefault(one.publication, {})[key] = one
    whole = (of for _, of in sorted(found.items()) if any(key.row == REACHED for key in of))
    return [Moment(next(iter(of.values())).at, of) for of in whole]


def periods(
    column: Sequence[Moment],
    length: Length,
    zone: ZoneInfo,
    threshold: int,
    rows: Collection[str] = (),
) -> Iterator[Period]:
    """A column by calendar weeks (from Monday), months, quarters or years in the city's time: from
    the fullest publication of one to that of the next. Only publications with all these `rows`
    count. A period without one is part of the next."""
    able = [one for one in column if set(rows) <= {key.row for key in one.figures}]
    chosen: dict[date, Moment] = {}
    for one in able:
        first = first_day(last_day(one.at, zone), length)
        best = chosen.get(first)
        if best is None or len(one.figures) >= len(best.figures):
            chosen[first] = one
    before: Moment | None = None
    for first, end in chosen.items():
        yield Period(first, before.at if before else None, end.at, between(before, end, threshold))
        before = end


def within(
    column: Sequence[Moment], since: datetime | None, until: datetime | None, threshold: int
) -> Period | None:
    """A column between the last publications up to two times; None without one after `since`."""
    ends = [one for one in column if until is None or one.at <= until]
    starts = [one for one in ends if since is not None and one.at <= since]
    if not ends or (starts and starts[-1] is ends[-1]):
        return None
    start, end = (starts[-1] if starts else None), ends[-1]
    figures = between(start, end, threshold)
    return Period(end.at.date(), start.at if start else None, end.at, figures)


def between(start: Moment | None, end: Moment, threshold: int) -> dict[FigureKey, Released]:
    """What was answered from one publication to another, as far as both have it."""
    base = end.reached - (start.reached if start else 0)
    found = {}
    for key, released in end.figures.items():
        before = start.figures.get(key) if start else None
        if start is not None and before is None:
            continue
        n = released.n - (before.n if before else 0)
        if n >= threshold and n <= base:
            found[key] = Released(n, base, released.publication, released.at)
    return found


def last_day(until: datetime, zone: ZoneInfo) -> date:
    """The last day of which there are answers that were given before a time: at midnight that is
    the one that just ended."""
    return (until.astimezone(zone) - timedelta.resolution).date()


def first_day(day: date, length: Length) -> date:
    """The first day of the week, month, quarter or year that a day is in."""
    firsts: Mapping[Length, Callable[[], date]] = {
        "week": lambda: day - timedelta(days=day.weekday()),
        "month": lambda: day.replace(day=1),
        "quarter": lambda: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "year": lambda: day.replace(month=1, day=1),
    }
    return firsts[length]()
