"""Broadcasts that come again: when each wave starts, and which part of a panel it asks."""

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

from backend.broadcasts.lots import lot

MOST_GROUPS = 52
HEX_DIGITS = 8
SPACE: int = 16**HEX_DIGITS
AFTER_ALL = "g"
"""Comes after every hexadecimal number."""


class Period(StrEnum):
    """What lies between two waves, `every` times."""

    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Waves at one local time, counted from 0: `first` (without a zone) and every so many weeks or
    months after it, `waves` of them (None: without end). The local time stays the same whatever the
    clocks do; the 31st is the last day of a shorter month.

    As RFC 5545 (3.3.5) has it, a local time that a change of the clock leaves out is read with the
    offset before the change (02:30 becomes 03:30; on a date left out, the same time on the next),
    and of a time that comes twice the first is meant.
    """

    first: datetime
    zone: tzinfo
    every: int = 1
    period: Period = Period.WEEKS
    waves: int | None = None

    def __post_init__(self) -> None:
        if self.first.tzinfo is not None:
            raise ValueError("the first wave needs a local time, without a zone")
        if self.every < 1 or (self.waves is not None and self.waves < 1):
            raise ValueError("waves come every so many weeks or months, one at least")

    def starts_at(self, wave: int) -> datetime:
        """When a wave starts, in UTC (in quiet hours it begins to send when they end)."""
        local = self._local(wave)
        return local.replace(tzinfo=self.zone, fold=0).astimezone(UTC)

    def latest(self, now: datetime) -> int | None:
        """The last wave whose time has come; None before the first. After an outage it alone is
        worth starting: those it overtook would ask the same people again at once."""
        begun = bisect_right(range(self._most(now)), now, key=self.starts_at)
        return begun - 1 if begun else None

    def following(self, now: datetime) -> int | None:
        """The first wave whose time is still to come; None after the last."""
        latest = self.latest(now)
        wave = 0 if latest is None else latest + 1
        return wave if self.waves is None or wave < self.waves else None

    def _most(self, now: datetime) -> int:
        """As many waves as can have started by then, or more."""
        shortest = timedelta(weeks=self.every * (1 if self.period is Period.WEEKS else 4))
        # Two more: the first one, and a day's difference between the zones.
        most = max(0, (now.date() - self.first.date()) // shortest + 2)
        return most if self.waves is None else min(most, self.waves)

    def _local(self, wave: int) -> datetime:
        steps = wave * self.every
        if self.period is Period.WEEKS:
            return self.first + timedelta(weeks=steps)
        years, month = divmod(self.first.month - 1 + steps, 12)
        year, month = self.first.year + years, month + 1
        day = min(self.first.day, monthrange(year, month)[1])
        return self.first.replace(year=year, month=month, day=day)


@dataclass(frozen=True, slots=True)
class Rotation:
    """A panel in rotation groups, numbered from 0, of which each wave asks `asked`.

    Each wave lets one group go and takes one in, so a group is asked in so many waves in a row and
    then rests for the others, and two waves have all groups but one in common. `asked` = 1 asks
    everybody once in `groups` waves.
    """

    groups: int
    asked: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.asked <= self.groups <= MOST_GROUPS:
            raise ValueError(
                f"a panel has up to {MOST_GROUPS} groups, and a wave asks some of them"
            )

    def asked_in(self, wave: int) -> tuple[int, ...]:
        """The groups that a wave asks."""
        return tuple((wave + place) % self.groups for place in range(self.asked))

    def group_of(self, seed: str, contact: str) -> int:
        """A contact's group, which stays the same however many join or leave."""
        drawn = lot(seed, contact)
        return next(g for g in range(self.groups) if self.lots(g)[0] <= drawn < self.lots(g)[1])

    def lots(self, group: int) -> tuple[str, str]:
        """The lots (`lots.lot`) of a group's contacts: from the first on and, compared as text,
        before the second. So a database can tell who is in it."""
        low, high = (SPACE * g // self.groups for g in (group, group + 1))
        return f"{low:0{HEX_DIGITS}x}", AFTER_ALL if high == SPACE else f"{high:0{HEX_DIGITS}x}"
