"""The year: 52 weeks up to a day, and when in them residents write."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from backend.demo_year.dice import Dice

WEEKS = 52
DAYS = WEEKS * 7

BY_WEEKDAY = {0: 1.05, 1: 1.1, 2: 1.1, 3: 1.05, 4: 0.95, 5: 0.8, 6: 0.7}
"""Monday is 0: fewer on weekends."""

BY_HOUR = {
    **dict.fromkeys(range(6), 0.04), 6: 0.4, 7: 0.8, 8: 0.8, 9: 0.7, 10: 0.7, 11: 0.8, 12: 1.1,
    13: 1.0, 14: 0.7, 15: 0.8, 16: 1.0, 17: 1.5, 18: 2.1, 19: 2.4, 20: 1.9, 21: 1.1, 22: 0.5,
    23: 0.15,
}  # fmt: skip
"""Local hours: evenings get more answers than working hours (statistics facts, part C)."""

CAMPAIGNS = {5: 1.8, 6: 1.4, 18: 1.6, 19: 1.3, 31: 1.9, 32: 1.4, 44: 1.6}
"""Weeks (from 0) in which the city makes itself known: so much more is written."""


@dataclass(frozen=True, slots=True)
class Year:
    """The 52 weeks that end with the day `last`, in a city's time."""

    last: date
    zone: tzinfo

    @property
    def first(self) -> date:
        """Its first day."""
        return self.last - timedelta(days=DAYS - 1)

    @property
    def end(self) -> datetime:
        """The midnight behind it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    def share(self, at: datetime) -> float:
        """How much of it is over: 0 to 1."""
        begin = datetime.combine(self.first, time(), self.zone)
        return min(max((at - begin) / (self.end - begin), 0.0), 1.0)

    def moment(self, dice: Dice) -> datetime:
        """When somebody writes."""
        week = dice.weighted({week: CAMPAIGNS.get(week, 1.0) for week in range(WEEKS)})
        days = {self.first + timedelta(days=7 * week + n): 0.0 for n in range(7)}
        day = dice.weighted({day: BY_WEEKDAY[day.weekday()] for day in days})
        return self.hour_of(day, dice)

    def hour_of(self, day: date, dice: Dice) -> datetime:
        """When on a day."""
        seconds = dice.weighted(BY_HOUR) * 3600 + int(dice.between(0, 3600))
        return datetime.combine(day, time(), self.zone) + timedelta(seconds=seconds)
