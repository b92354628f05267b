"""A panel that is asked week after week, in parts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from backend.broadcasts.live import brief
from backend.broadcasts.order import OrderError, read_order
from backend.broadcasts.ordering import foreseen
from backend.broadcasts.running import start_due
from backend.broadcasts.waves import Rotation
from backend.store import broadcasts, library
from backend.store.broadcasts import Broadcast, BroadcastState
from backend.store.tables import RECIPIENT
from tests.backend.broadcasts.scene import DAY, HOUR, Scene, at, open_scene
from tests.bot.conftest import EAST

WEEK = timedelta(weeks=1)
PEOPLE = [f"+2760000{n:04}" for n in range(9)]
PANEL: dict[str, Any] = {
    "survey": "safety-pulse",
    "repeat": {"groups": 3, "waves": 4},
    "audience": {"seed": "panel"},
}


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with open_scene(database_url, tmp_path) as scene:
        yield scene


def panel(scene: Scene, **changes: Any) -> Broadcast:
    """Its first wave, which has started."""
    closes = scene.bot.now + 3 * DAY
    return scene.order(**PANEL | {"closes_at": closes.isoformat()} | changes)


def waves(scene: Scene) -> list[Broadcast]:
    with scene.bot.store.read() as connection:
        return list(reversed(broadcasts.listed(connection, EAST, None, 99)))


def test_each_wave_asks_its_part_and_all_together_ask_everybody_once(scene: Scene) -> None:
    people = [scene.resident(number) for number in PEOPLE]
    first = panel(scene)
    started = scene.bot.now
    for week in range(1, 5):
        scene.bot.now = started + week * WEEK
        scene.tick()
    made = waves(scene)
    assert [(one.wave, one.series, one.starts_at) for one in made] == [
        (n, first.id, started + n * WEEK) for n in range(4)
    ]
    assert {one.closes_at - one.starts_at for one in made} == {3 * DAY}
    assert [one.number for one in made] == [1, 2, 3, 4]
    asked = [set(scene.recipients(one)) for one in made]
    rotation = Rotation(3)
    parts = [{p for p in people if rotation.group_of("panel", p) == group} for group in range(3)]
    assert asked == [*parts, parts[0]]
    assert all(len(part) > 0 for part in parts)


def test_a_wave_is_shown_as_one(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    first = panel(scene)
    [_, second] = [brief(one) for one in waves(scene)]
    assert (second.series, second.wave) == (first.id, 1)
    assert second.repeat == {"groups": 3, "waves": 4}
    assert (second.state, second.created_by) == ("scheduled", first.created_by)


def test_reminders_that_wait_for_one_morning_are_spread_as_invitations_are(scene: Scene) -> None:
    for number in PEOPLE:
        scene.resident(number)
    scene.bot.now = at(14, 27)  # a Friday, and what is due on Saturday afternoon waits for Monday
    one = scene.order(spread="2h", reminders=["24h"])
    for _ in range(12):
        scene.tick(HOUR / 6)
    with scene.bot.store.read() as connection:
        due = connection.scalars(
            select(RECIPIENT.c.due_at).where(RECIPIENT.c.broadcast == one.id)
        ).all()
    assert len(set(due)) > len(PEOPLE) / 2
    assert all(at(8, 30) <= time < at(10, 30) for time in due)


def test_a_preview_counts_the_first_wave(scene: Scene) -> None:
    people = [scene.resident(number) for number in PEOPLE]
    mine = [one for one in people if Rotation(3).group_of("panel", one) == 0]
    with scene.bot.store.read() as connection:
        seen = foreseen(connection, EAST, scene.plan(**PANEL), scene.book)
    assert seen.recipients == seen.eligible == len(mine)


def test_many_workers_schedule_one_next_wave(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    panel(scene)
    scene.bot.now += WEEK
    engine = scene.bot.store.engine
    with ThreadPoolExecutor(4) as threads:
        started = list(threads.map(lambda _: start_due(engine, scene.book, scene.bot.now), "1234"))
    assert sum(started) == 1
    assert [one.wave for one in waves(scene)] == [0, 1, 2]


def test_waves_that_an_outage_swallowed_are_left_out(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    first = panel(scene, repeat={})
    scene.tick(3 * WEEK + HOUR)
    states = [(one.wave, one.state) for one in waves(scene)]
    assert states == [
        (0, BroadcastState.CLOSED), (1, BroadcastState.CLOSED), (4, BroadcastState.SCHEDULED),
    ]  # fmt: skip
    assert waves(scene)[2].starts_at == first.starts_at + 4 * WEEK


def test_who_cancels_the_next_wave_ends_the_series(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    panel(scene)
    with library.writing(scene.bot.store.engine) as connection:
        assert broadcasts.cancel(connection, waves(scene)[1], scene.bot.now)
    scene.tick(2 * WEEK)
    assert [one.state for one in waves(scene)] == [BroadcastState.CLOSED, BroadcastState.CANCELLED]


def test_a_wave_that_was_paused_to_its_end_is_followed(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    panel(scene)
    with library.writing(scene.bot.store.engine) as connection:
        assert broadcasts.pause(connection, waves(scene)[1], scene.bot.now)
    scene.tick(WEEK + 4 * DAY)
    assert [one.state for one in waves(scene)] == [
        BroadcastState.CLOSED, BroadcastState.CLOSED, BroadcastState.SCHEDULED,
    ]  # fmt: skip
    assert waves(scene)[1].started_at is None


def test_a_broadcast_without_repeat_is_no_series(scene: Scene) -> None:
    scene.resident(PEOPLE[0])
    one = scene.order()
    scene.tick(2 * WEEK)
    assert (one.series, one.wave) == (None, None)
    assert len(waves(scene)) == 1


def test_an_order_says_what_is_wrong_with_its_repeat() -> None:
    with pytest.raises(OrderError) as error:
        read_order({"survey": "safety-pulse", "repeat": {"every": 0, "groups": 99}})
    assert [fault.where for fault in error.value.faults] == ["repeat.every", "repeat.groups"]
