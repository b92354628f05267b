"""When a city may write to residents of its own accord: outside its quiet hours.

Theory of operation. Quiet hours are read off the wall clock: a moment is quiet when its local time
lies in a quiet range of its local date. Time is walked in pieces of one UTC offset each, so that
local times which a change of the clock leaves out are passed over, and those that come twice count
both times, in any zone. Everything else is a sum over the open stretches found that way.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from backend.broadcasts.lots import share

Minutes = tuple[int, int]
"""A range of a day's minutes since midnight, its end excluded. One that ends before it begins is
both ends of the day: 20:00-08:00 is the morning until eight and the evening from eight."""

Stretch = tuple[datetime, datetime]
"""Two moments in UTC, the second excluded."""

MIDNIGHT = 24 * 60
DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def _no_holiday(_: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    """A city's quiet ranges by kind of day (None: no quiet hour), on the clock of its zone.

    Each date is judged by its own range alone: Saturday's evening by Saturday's, the hours after
    midnight by Sunday's. On a holiday the holidays' range is quiet besides the day's own. Raises
    ValueError if no ordinary day has an open minute: nothing could ever be sent.
    """

    zone: tzinfo
    weekday: Minutes | None = None
    saturday: Minutes | None = None
    sunday: Minutes | None = None
    holidays: Minutes | None = None
    is_holiday: Callable[[date], bool] = _no_holiday

    def __post_init__(self) -> None:
        if not any(_rest_of(range_) for range_ in (self.weekday, self.saturday, self.sunday)):
            raise ValueError("no day has an hour that is not quiet, so nothing could ever be sent")

    def open_on(self, day: date) -> tuple[Minutes, ...]:
        """The minutes of a local date that are not quiet."""
        own = {SATURDAY: self.saturday, SUNDAY: self.sunday}.get(day.weekday(), self.weekday)
        return _rest_of(own, self.holidays if self.is_holiday(day) else None)

    def is_open(self, at: datetime) -> bool:
        """Whether a moment is outside the quiet hours."""
        local = at.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.open_on(local.date()))

    def openings(self, at: datetime) -> Iterator[Stretch]:
        """The open stretches from a moment on, in order, without end. One that goes on through
        midnight or through a change of the clock may come in several that touch."""
        at = at.astimezone(UTC)
        for start, end, offset in _pieces(at, self.zone):
            first = (start + offset).date()
            for day in (first, first + DAY):
                midnight = datetime.combine(day, time(), UTC) - offset
                for opens, closes in self.open_on(day):
                    begin = max(at, start, midnight + timedelta(minutes=opens))
                    finish = min(end, midnight + timedelta(minutes=closes))
                    if begin < finish:
                        yield begin, finish

    def next_open(self, at: datetime) -> datetime:
        """The moment itself if it is open, else the first open one after it; in UTC."""
        return next(self.openings(at))[0]

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two moments is open."""
        total = timedelta()
        for opens, closes in self.openings(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def after(self, start: datetime, waits: Iterable[timedelta]) -> Iterator[datetime]:
        """For each wait, of which none is shorter than the one before, the open moment by which so
        much open time has gone by since the start; in UTC."""
        openings = self.openings(start)
        opens, closes = next(openings)
        gone = timedelta()
        for wait in waits:
            while closes - opens <= wait - gone:
                gone += closes - opens
                opens, closes = next(openings)
            yield opens + (wait - gone)


def spread(n: int, start: datetime, over: timedelta, hours: Hours, seed: str) -> list[datetime]:
    """Due times for `n` recipients in order, over so much open time from the first open moment on.
    Each gets an n-th of it, and a moment in that drawn by the seed: answers come evenly, and two
    broadcasts do not march in step. The same arguments give the same times."""
    waits = (over * ((i + share(seed, str(i))) / n) for i in range(n))
    return list(hours.after(start, waits))


def finish(
    segments: int, rate: float, start: datetime, hours: Hours, over: timedelta = timedelta()
) -> datetime:
    """When the last of so many segments goes out at so many a second, if they are spread over so
    much open time; the first open moment if there are none."""
    if not segments:
        return hours.next_open(start)
    apart = max(timedelta(seconds=1) / rate, over / segments)
    return next(hours.after(start, [(segments - 1) * apart]))


def reminders(
    invited_at: datetime,
    after: Iterable[timedelta],
    closes_at: datetime | None,
    hours: Hours,
    place: timedelta = timedelta(),
) -> tuple[datetime, ...]:
    """When one who was invited then is reminded, so long after the invitation each time.

    A reminder that falls in quiet hours waits until they end and then for `place`, its place among
    all that wait for the same morning, in open time. Those after it keep their distance from it, so
    that two never come together. None comes once the broadcast has closed.
    """
    times = [invited_at.astimezone(UTC)]
    for before, wait in pairwise((timedelta(), *sorted(set(after)))):
        due = times[-1] + (wait - before)
        times.append(due if hours.is_open(due) else next(hours.after(due, [place])))
    return tuple(at for at in times[1:] if closes_at is None or at < closes_at)


def _rest_of(*quiet: Minutes | None) -> tuple[Minutes, ...]:
    """What the quiet ranges leave of a day."""
    taken = sorted(piece for range_ in quiet if range_ for piece in _in_order(range_))
    left, at = [], 0
    for start, end in [*taken, (MIDNIGHT, MIDNIGHT)]:
        if at < start:
            left.append((at, start))
        at = max(at, end)
    return tuple(left)


def _in_order(range_: Minutes) -> tuple[Minutes, ...]:
    start, end = range_
    return (range_,) if start < end else ((0, end), (start, MIDNIGHT))


def _pieces(at: datetime, zone: tzinfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time from `at` on in pieces of a day at most, each with its one UTC offset. (No zone
    changes its clock and changes it back within a day.)"""
    # Clocks change at whole seconds, so the search for a change begins at one.
    start = at.replace(microsecond=0)
    while True:
        offset = _offset(start, zone)
        end = start + timedelta(seconds=_until_changed(start, zone, offset))
        yield start, end, offset
        start = end


def _until_changed(start: datetime, zone: tzinfo, offset: timedelta) -> int:
    """Seconds until the offset is another one; those of a day if that is later."""
    seconds = range(int(DAY.total_seconds()))
    if _offset(start + DAY, zone) == offset:
        return len(seconds)
    return bisect_left(
        seconds, True, key=lambda s: _offset(start + timedelta(seconds=s), zone) != offset
    )


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 (the moment is aware, as all of ours)
    return offset
