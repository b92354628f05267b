"""A broadcast that comes again, as officials order it: `repeat`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.broadcasts.waves import MOST_GROUPS, Period, Recurrence, Rotation

MOST_WAVES = 520
"""Ten years of weeks."""


class Repeat(BaseModel):
    """Every so many weeks or months at the same local time, `waves` times in all (without it until
    somebody cancels the next one). With `groups` the audience is parted by lot, and each wave asks
    `asked` of the parts in turn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: Annotated[int, Field(ge=1, le=52)] = 1
    period: Period = Period.WEEKS
    waves: Annotated[int, Field(ge=2, le=MOST_WAVES)] | None = None
    groups: Annotated[int, Field(ge=1, le=MOST_GROUPS)] = 1
    asked: Annotated[int, Field(ge=1, le=MOST_GROUPS)] = 1

    @model_validator(mode="after")
    def _some(self) -> "Repeat":
        self.rotation()
        return self

    def rotation(self) -> Rotation:
        """Which parts of the audience a wave asks. Raises ValueError."""
        return Rotation(self.groups, self.asked)

    def recurrence(self, first: datetime, zone: tzinfo) -> Recurrence:
        """When its waves start, the first of them at that moment."""
        local = first.astimezone(zone).replace(tzinfo=None)
        return Recurrence(local, zone, self.every, self.period, self.waves)


def asked_lots(repeat: Repeat | None, wave: int | None) -> Sequence[tuple[str, str]]:
    """The lots (`Rotation.lots`) of those whom a wave asks; none where it asks everybody."""
    if repeat is None or wave is None or repeat.asked == repeat.groups:
        return ()
    rotation = repeat.rotation()
    return [rotation.lots(group) for group in rotation.asked_in(wave)]


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave of a series, counted from 0."""

    number: int
    starts_at: datetime
    closes_at: datetime


def next_wave(
    repeat: Repeat, first: datetime, open_for: timedelta, zone: tzinfo, now: datetime
) -> Wave | None:
    """The wave to schedule once one has started at `now`; None after the last. Those whose time has
    passed meanwhile (an outage, a long pause) are left out. `first` is when the series began."""
    recurrence = repeat.recurrence(first, zone)
    number = recurrence.following(now)
    if number is None:
        return None
    starts_at = recurrence.starts_at(number)
    return Wave(number, starts_at, starts_at + open_for)
