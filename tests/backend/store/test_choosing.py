"""Who is chosen, why others are not, and samples that can be drawn again."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from backend.broadcasts.audience import Audience
from backend.broadcasts.lots import lot
from backend.city_file import CityProfile
from backend.store.choosing import (
    RECIPIENT_COLUMNS,
    Choice,
    Reach,
    drawn,
    people,
    recipients,
)
from backend.store.tables import (
    ANSWER,
    BROADCAST,
    CONTACT,
    CONTACT_GROUP,
    OPEN_WINDOW,
    RECIPIENT,
    SESSION,
    URN,
)
from dialogue.survey import Status
from tests.backend.store.conftest import NOON, World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PROFILE = CityProfile.model_validate(
    {
        "slug": "east",
        "name": "East",
        "country": "ZA",
        "timezone": "Africa/Johannesburg",
        "languages": ["en", "zu"],
        "minimum_age": 16,
        "responsible": {"name": "East Council"},
        "helplines": [{"kind": "emergency", "number": "112"}],
        "channels": [{"name": name, "kind": "simulator"} for name in ("plain", "window")],
        "areas": [
            {"code": "A", "name": "A"},
            {"code": "B", "name": "B"},
            {"code": "A1", "name": "A1", "parent": "A"},
        ],
    }
)
PLAIN, WINDOW = Reach("plain"), Reach("window", timedelta(hours=24))


def add(world: World, name: str, channel: str | None = "plain", **more: Any) -> str:
    """A contact that agreed, with one address; its name is its id."""
    dead, heard_at = more.pop("dead", None), more.pop("heard_at", None)
    row = {
        "id": name, "city": "east", "conversation": "{}", "created_at": NOON, "agreed": True,
        "last_heard_at": NOON, "heard_channel": channel or "gone", "age": 30, "locale": "en",
    } | more  # fmt: skip
    with world.store.write() as unit:
        run = unit.transaction.connection.execute
        run(insert(CONTACT).values(row))
        if channel is not None:
            urn = address(run, name, channel, dead, heard_at)
            run(update(CONTACT).where(CONTACT.c.id == name).values(heard_urn=urn))
    return name


def address(run: Any, name: str, channel: str, dead: str | None, heard_at: Any) -> int:
    row = {
        "city": "east", "scheme": "tel", "hash": f"{name}.{channel}", "address": "x",
        "contact": name, "last_heard_at": NOON, "dead": dead, "channel": channel,
    }  # fmt: skip
    urn = int(run(insert(URN).values(row).returning(URN.c.id)).scalar_one())
    if heard_at is not None:
        run(insert(OPEN_WINDOW).values(urn=urn, channel=channel, heard_at=heard_at))
    return urn


def choice(*reaches: Reach, seed: str = "s", **audience: Any) -> Choice:
    wanted = Audience.model_validate(audience)
    return Choice(PROFILE, wanted, reaches or (PLAIN, WINDOW), NOON, seed)


def reasons(world: World, one: Choice) -> dict[str, str | None]:
    found = people(one)
    with world.store.read() as connection:
        return {row.id: row.reason for row in connection.execute(select(found))}


def chosen(world: World, one: Choice) -> dict[str, Any]:
    found = drawn(one)
    with world.store.read() as connection:
        return {row.id: row for row in connection.execute(select(found))}


def test_each_reason(world: World) -> None:
    add(world, "reached")
    add(world, "out", opted_out=True)
    add(world, "stranger", agreed=False)
    add(world, "young", age=15)
    add(world, "ageless", age=None)
    add(world, "quiet", quiet_until=NOON + DAY)
    add(world, "was quiet", quiet_until=NOON - DAY)
    add(world, "asked", invited_at=NOON - 5 * DAY)
    add(world, "asked before", invited_at=NOON - 6 * DAY)
    add(world, "nowhere", channel=None)
    add(world, "dead", dead="tel")
    add(world, "dead otherwise", dead="whatsapp")
    add(world, "on a channel that is off", channel="off")
    add(world, "closed", channel="window", heard_at=NOON - DAY)
    add(world, "never opened", channel="window")
    add(world, "open", channel="window", heard_at=NOON - DAY + HOUR)
    add(world, "busy", busy=True)
    add(world, "elsewhere", city="west")
    expected = {
        "reached": None,
        "out": "opted_out",
        "stranger": "not_agreed",
        "young": "under_age",
        "ageless": "under_age",
        "quiet": "asked_recently",
        "was quiet": None,
        "asked": "asked_recently",
        "asked before": None,
        "nowhere": "no_channel",
        "dead": "no_channel",
        "dead otherwise": None,
        "on a channel that is off": "no_channel",
        "closed": "no_window",
        "never opened": "no_window",
        "open": None,
        "busy": None,
    }
    assert reasons(world, choice()) == expected
    left = reasons(world, choice(busy="leave_out"))
    assert left == expected | {"busy": "in_another_survey"}
    rested = reasons(world, choice(rest="7d"))
    assert rested == expected | {"asked before": "asked_recently"}
    assert reasons(world, choice(rest="1d")) == expected, "never less than the city's"


def test_a_template_or_another_address_helps_where_a_window_is_closed(world: World) -> None:
    for name, locale in (("english", "en"), ("zulu", "zu"), ("unknown", None)):
        add(world, name, channel="window", locale=locale)
    add(world, "both", channel="window", locale="zu")
    with world.store.write() as unit:
        address(unit.transaction.connection.execute, "both", "plain", None, None)
    found = chosen(world, choice(PLAIN, Reach("window", DAY, frozenset({"en"}))))
    assert {name: (row.channel, row.way) for name, row in found.items()} == {
        "english": ("window", "template"),
        "unknown": ("window", "template"),
        "both": ("plain", "other_channel"),
    }
    assert chosen(world, choice(PLAIN, WINDOW)).keys() == {"both"}
    only = choice(PLAIN, WINDOW, channels=["window"])
    assert set(reasons(world, only).values()) == {"no_window"}


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        ({}, ["a", "b", "in-a", "nowhere", "zu", "old"]),
        ({"areas": ["A"]}, ["a", "in-a"]),
        ({"areas": ["A1", "B"]}, ["b", "in-a"]),
        ({"languages": ["zu"]}, ["zu"]),
        ({"languages": ["en"], "areas": ["B"]}, ["b"]),
        ({"channels": ["window"]}, ["b"]),
        ({"groups": ["panel"]}, ["a", "zu"]),
        ({"not_groups": ["panel"], "areas": ["A"]}, ["in-a"]),
        ({"took": ["pulse"]}, ["a"]),
        ({"not_took": ["pulse"], "groups": ["panel"]}, ["zu"]),
        ({"silent_for": "10d"}, ["old"]),
        ({"heard_within": "10d", "groups": ["panel"]}, ["a", "zu"]),
        ({"answers": [{"survey": "pulse", "question": "safe", "any_of": ["no"]}]}, ["a"]),
        ({"answers": [{"survey": "pulse", "question": "safe", "any_of": ["yes"]}]}, []),
        ({"answers": [{"survey": "pulse", "question": "why", "any_of": ["x", "dark"]}]}, ["b"]),
        ({"answers": [{"survey": "other", "question": "safe", "any_of": ["no"]}]}, []),
    ],
    ids=str,
)
def test_conditions(world: World, audience: dict[str, Any], names: list[str]) -> None:
    add(world, "a", area="A")
    add(world, "b", area="B", channel="window", heard_at=NOON)
    add(world, "in-a", area="A1")
    add(world, "nowhere", locale=None)
    add(world, "zu", locale="zu")
    add(world, "old", last_heard_at=NOON - 20 * DAY)
    with world.store.write() as unit:
        run = unit.transaction.connection.execute
        for name in ("a", "zu"):
            run(insert(CONTACT_GROUP).values(city="east", name="panel", contact=name))
        said = [
            ("a", 1, "safe", '"yes"', "answered"),
            ("a", 2, "safe", '"no"', "answered"),
            ("a", 3, "safe", None, "remark"),
            ("b", 1, "why", '["dark", "gangs"]', "answered"),
        ]
        for name, status in (("a", Status.COMPLETED), ("b", Status.PARKED)):
            session: dict[str, object] = {
                "id": f"s{name}",
                "city": "east",
                "contact": name,
                "survey": "pulse",
            }
            session |= {"version": 1, "status": status, "locale": "en", "channel": "plain"}
            run(insert(SESSION).values(started_at=NOON, **session))
        for name, revision, question, value, outcome in said:
            row = {"session": f"s{name}", "question": question, "revision": revision}
            row |= {"outcome": outcome, "value": value, "rule": "code", "at": NOON}
            run(insert(ANSWER).values(row))
    assert sorted(chosen(world, choice(**audience))) == sorted(names)


def crowd(world: World, sizes: dict[str | None, int]) -> None:
    for area, size in sizes.items():
        for n in range(size):
            add(world, f"{area}-{n}", area=area)


def test_a_sample_is_those_with_the_lowest_lots(world: World) -> None:
    crowd(world, {"A": 30})
    everybody = chosen(world, choice(seed="7"))
    assert {name: row.lot for name, row in everybody.items()} == {
        name: lot("7", name) for name in everybody
    }
    ten = chosen(world, choice(seed="7", sample=10))
    assert sorted(ten) == sorted(sorted(everybody, key=lambda name: lot("7", name))[:10])
    assert chosen(world, choice(seed="7", sample=10)) == ten
    assert chosen(world, choice(seed="8", sample=10)).keys() != ten.keys()
    assert len(chosen(world, choice(seed="7", sample=99))) == 30


@pytest.mark.parametrize("size", [1, 7, 20, 33, 66])
def test_a_stratified_sample_takes_each_area_s_share(world: World, size: int) -> None:
    sizes: dict[str | None, int] = {"A": 40, "B": 20, "A1": 5, None: 1}
    crowd(world, sizes)
    found = chosen(world, choice(sample=size, stratify=True))
    assert len(found) == size, "the shares add up"
    taken = Counter(row.area for row in found.values())
    for area, number in sizes.items():
        assert abs(taken[area] - size * number / 66) < 1, area
    for area in ("A", "B"):
        own = sorted(sizes_of(area, sizes), key=lambda name: lot("s", name))
        assert {n for n, row in found.items() if row.area == area} == set(own[: taken[area]])


def sizes_of(area: str, sizes: dict[str | None, int]) -> Iterable[str]:
    return (f"{area}-{n}" for n in range(sizes[area]))


def test_expansion_keeps_everybody_once_under_an_id_that_tells_nothing(world: World) -> None:
    crowd(world, {"A": 10, "B": 1})
    add(world, "out", opted_out=True)
    times = [NOON + n * HOUR for n in range(4)]
    with world.store.write() as unit:
        run = unit.transaction.connection.execute
        run(insert(BROADCAST).values(BARE))
        rows = recipients(choice(), "b1", "salt", times)
        run(insert(RECIPIENT).from_select(RECIPIENT_COLUMNS, rows))
        found = run(select(RECIPIENT)).all()
    assert len(found) == len({row.id for row in found}) == 11
    assert {(row.id, row.contact) for row in found} == {
        (lot("salt", row.contact), row.contact) for row in found
    }
    assert sorted(Counter(row.due_at for row in found).items()) == [
        (times[0], 3),
        (times[1], 3),
        (times[2], 3),
        (times[3], 2),
    ]
    assert {(row.state.value, row.locale, row.channel) for row in found} == {
        ("waiting", "en", "plain")
    }


BARE: dict[str, Any] = {
    "id": "b1", "city": "east", "number": 1, "survey": "pulse", "version": 1, "audience": {},
    "seed": "s", "starts_at": NOON, "closes_at": NOON + DAY, "state": "running",
    "created_by": "k", "created_at": NOON, "idempotency_key": "i", "request": "r",
}  # fmt: skip
