"""A year of random broadcasts through a real outbox, with slow channels, refusals and outages:
nothing leaves in a quiet hour or on a holiday, and every recipient gets each message once."""

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from backend.broadcasts.hours import Hours, reminders, spread
from bot.allowance import Limits
from bot.store import DeliveryState, Known
from channels.base import Fault, Kind
from tests.backend.broadcasts.towns import JOHANNESBURG, MEXICO_CITY
from tests.backend.store.conftest import World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
BROADCASTS = 40
PEOPLE = 12
BULK = 10
HOURS: dict[str, Hours] = {"east": JOHANNESBURG, "west": MEXICO_CITY}

# The public holidays that the South African government announced for 2026.
HOLIDAYS = {
    date(2026, month, day)
    for month, day in [
        (1, 1), (3, 21), (4, 3), (4, 6), (4, 27), (5, 1), (6, 16), (8, 9), (8, 10), (9, 24),
        (12, 16), (12, 25), (12, 26),
    ]
}  # fmt: skip


def is_decent(city: str, at: datetime) -> bool:
    """The two cities' rules, told without the code under test."""
    if city == "west":
        return 9 <= at.astimezone(ZoneInfo("America/Mexico_City")).hour < 20
    local = at.astimezone(ZoneInfo("Africa/Johannesburg"))
    if local.weekday() == 6 or local.date() in HOLIDAYS:
        return False
    begin, end = (9, 13) if local.weekday() == 5 else (8, 20)
    return begin <= local.hour < end


@dataclass(frozen=True)
class Message:
    """What one contact is to get of one broadcast."""

    city: str
    known: Known
    text: str


def broadcasts(dice: Random, people: dict[str, list[Known]]) -> Iterator[tuple[datetime, Message]]:
    """All that the year's broadcasts have to send, and when it is due."""
    for number in range(BROADCASTS):
        city = dice.choice(list(HOURS))
        start = YEAR + dice.random() * 365 * DAY
        closes = start + dice.randint(1, 14) * DAY
        over = dice.choice([timedelta(), HOUR, 6 * HOUR, 30 * HOUR])
        asked = dice.sample(people[city], dice.randint(1, PEOPLE))
        due = spread(len(asked), start, over, HOURS[city], str(number))
        for known, at in zip(asked, due, strict=True):
            yield at, Message(city, known, f"{number} to {known.contact}")
            times = reminders(at, [24 * HOUR, 72 * HOUR], closes, HOURS[city])
            for n, again in enumerate(times):
                yield again, Message(city, known, f"{number} to {known.contact}, reminder {n}")


def test_a_year_of_broadcasts(world: World) -> None:
    dice = Random(1)
    for city, hours in HOURS.items():
        # One in five minutes: much is still queued when the quiet hours begin.
        world.limits[city, "sms"] = Limits(rate=1 / 300, next_open=hours.next_open)
    people = {
        city: [world.come(f"tel:+2760000{n:04}", YEAR, city=city) for n in range(PEOPLE)]
        for city in HOURS
    }
    order = count()
    waiting = [(at, next(order), message) for at, message in broadcasts(dice, people)]
    expected = Counter((message.city, message.text) for _, _, message in waiting)
    heapq.heapify(waiting)
    sent: Counter[tuple[str, str]] = Counter()
    now, put_off = YEAR, 0
    while (due := _next(world, waiting, now)) is not None:
        now = max(due, now)
        if dice.random() < 0.03:
            now += dice.random() * 3 * DAY  # an outage, which may end at any hour
        while waiting and waiting[0][0] <= now:
            _, _, message = heapq.heappop(waiting)
            world.say(
                message.known, message.text, at=now, city=message.city,
                priority=BULK, expires_at=now + 60 * DAY,
            )  # fmt: skip
        for part in world.claim(now):
            assert is_decent(part.city, now), now
            if dice.random() < 0.15:
                again, fault = now + dice.random() * 3 * HOUR, Fault(Kind.RETRY, "500")
                world.settle(part, DeliveryState.QUEUED, retry_at=again, fault=fault)
                put_off += 1
            else:
                world.settle(part)
                sent[part.city, part.sending.text] += 1
    assert sent == expected
    assert put_off > 20
    assert now > YEAR + 300 * DAY


def _next(
    world: World, waiting: list[tuple[datetime, int, Message]], now: datetime
) -> datetime | None:
    """When there is next something to do."""
    with world.store.write() as unit:
        due = unit.outbox.next_due(now)
    times = [at for at in (due, waiting[0][0] if waiting else None) if at is not None]
    return min(times, default=None)
