"""Cities with their quiet hours, and local times, for the tests of broadcasts."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backend.broadcasts.hours import Hours
from backend.city_hours import QuietHours

JOHANNESBURG = QuietHours().hours("ZA", ZoneInfo("Africa/Johannesburg"))
MEXICO_CITY = QuietHours().hours("MX", ZoneInfo("America/Mexico_City"))


def town(zone: str, quiet: str, country: str = "") -> Hours:
    """A city with the same quiet hours every day; without a country it has no holidays."""
    return QuietHours(weekday=quiet).hours(country, ZoneInfo(zone))


def local(hours: Hours, text: str, fold: int = 0) -> datetime:
    """The moment of a local time such as 2026-04-05 09:00 (fold 1: where it comes twice, the
    second)."""
    return datetime.fromisoformat(text).replace(tzinfo=hours.zone, fold=fold).astimezone(UTC)


def shown(hours: Hours, at: datetime) -> str:
    """A moment as the city's clock shows it."""
    return at.astimezone(hours.zone).strftime("%Y-%m-%d %H:%M")
