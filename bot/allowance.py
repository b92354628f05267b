"""How much may be sent now: GCRA (a leaky bucket kept as one time)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds a channel back; None: nothing does. `rate` is in segments a second,
    `replies_an_hour` in message parts, `window` as in `channels.base.Carries`. `next_open` gives,
    for any moment, the first from it on at which a message may go that answers nobody."""

    rate: float | None = None
    replies_an_hour: float | None = None
    window: timedelta | None = None
    next_open: Callable[[datetime], datetime] | None = None


BURST = timedelta(seconds=1)
"""What a channel that was idle may send at once: a second's worth, but always one message."""

HOUR = timedelta(hours=1)

REPLIES_AT_ONCE = 40
REPLY_EVERY = timedelta(seconds=20)
"""The reply budget of one contact: far more than anybody answers by hand, and an end to a talk with
another machine."""


@dataclass(slots=True)
class Allowance:
    """What may go at one moment. `tat` is when the next one would be due if all went evenly; `rate`
    is how many a second, None where nothing holds it back; `burst` is what may go at once after a
    pause, but always one message."""

    tat: datetime
    rate: float | None
    now: datetime
    burst: timedelta = BURST

    def has_room(self, count: int) -> bool:
        """Whether they may go now."""
        begin = max(self.tat, self.now)
        return not self.rate or begin == self.now or self._end(count) <= self.now + self.burst

    def take(self, count: int) -> bool:
        """Takes them if there is room."""
        if not self.has_room(count):
            return False
        if self.rate:
            self.tat = self._end(count)
        return True

    @property
    def room_at(self) -> datetime:
        """When there is room for a message again. In fast channels half a burst is awaited, so that
        a few go together."""
        if not self.rate:
            return self.now
        half = self.burst / 2
        fast = 4 * timedelta(seconds=1 / self.rate) <= half
        return self.tat - half if fast else self.tat

    def room_for(self, count: int) -> datetime:
        """When there is room for so many, at the latest."""
        if not self.rate or self.has_room(count):
            return self.now
        return min(self.tat, self._end(count) - self.burst)

    def _end(self, count: int) -> datetime:
        return max(self.tat, self.now) + count * timedelta(seconds=1 / (self.rate or 1))


def next_reply(tat: datetime | None, now: datetime) -> datetime | None:
    """The contact's budget after one more reply; None where it is used up."""
    budget = Allowance(
        tat or now, 1 / REPLY_EVERY.total_seconds(), now, REPLIES_AT_ONCE * REPLY_EVERY
    )
    return budget.tat if budget.take(1) else None
