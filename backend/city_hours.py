"""A city's quiet hours: how its profile writes them, and what holds where it does not."""

import re
from datetime import date, tzinfo
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from backend.broadcasts.calendars import public_holidays
from backend.broadcasts.hours import Hours, Minutes

_CLOCK = r"((?:[01]\d|2[0-3]):[0-5]\d|24:00)"
_RANGE = re.compile(f"{_CLOCK}-{_CLOCK}")
NONE = "none"


def _range(value: str) -> str:
    if value == NONE:
        return value
    found = _RANGE.fullmatch(value)
    if found is None:
        raise ValueError(f"needs hours as 20:00-08:00, or {NONE}")
    if found[1] == found[2]:
        raise ValueError(f"begins as it ends; the whole day is 00:00-24:00, no hour is {NONE}")
    return value


Range = Annotated[str, AfterValidator(_range)]


class QuietHours(BaseModel):
    """Local hours in which nothing is sent that was not asked for. What is left out is as the
    country's rule has it, or else as the day before it in this list. `extra_holidays` are dates
    that the city keeps besides the public holidays of its country."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weekday: Range | None = None
    saturday: Range | None = None
    sunday: Range | None = None
    holidays: Range | None = None
    extra_holidays: tuple[date, ...] = ()

    def hours(self, country: str, zone: tzinfo) -> Hours:
        """As broadcasts keep them. Raises ValueError if they leave no hour open."""
        rule = RULES.get(country, OTHERWISE)
        weekday = self.weekday or rule.weekday
        saturday = self.saturday or rule.saturday or weekday
        sunday = self.sunday or rule.sunday or saturday
        holidays = self.holidays or rule.holidays or sunday
        extra = frozenset(self.extra_holidays)
        return Hours(
            zone,
            weekday=_minutes(weekday),
            saturday=_minutes(saturday),
            sunday=_minutes(sunday),
            holidays=_minutes(holidays),
            is_holiday=lambda day: day in extra or day in public_holidays(country, day.year),
        )


RULES = {
    # Regulation R.293 of 2011 under the Consumer Protection Act, s12: when consumers may not be
    # contacted for direct marketing. We keep to it for surveys too.
    "ZA": QuietHours(
        weekday="20:00-08:00",
        saturday="13:00-09:00",
        sunday="00:00-24:00",
        holidays="00:00-24:00",
    ),
    # No law found that sets them.
    "MX": QuietHours(weekday="20:00-09:00"),
}
OTHERWISE = QuietHours(weekday="20:00-08:00")


def _minutes(value: str | None) -> Minutes | None:
    if value is None or value == NONE:
        return None
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in value.split("-"))
    return start, end
