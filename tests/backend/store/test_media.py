"""Pictures and recordings: wanted, kept or refused, and gone again with their objects."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest

from backend.store.media import MOST_A_DAY
from bot.shelf import FETCH_LEASE, Stored, Wanted
from channels.base import Media
from dialogue.survey import Session, Status
from tests.backend.store.conftest import ANNA, BEN, NEW_KEY, NOON, World
from tests.backend.store.test_rotation import with_keys

QUARTER = timedelta(days=90)
keys = count(1)


def fresh() -> str:
    return f"key{next(keys)}"


def none() -> None:
    return None


def note(world: World, *references: str, urn: str = ANNA, session: str | None = None) -> str:
    """A message with media; its contact."""
    message = world.message(urn, media=tuple(Media(r, "image/jpeg") for r in references))
    with world.store.write() as unit:
        receipt = unit.inbox.receive(message)
        assert receipt is not None
        contact = unit.contacts.load(message).contact
        if session is not None:
            unit.sessions.open(
                "east", contact, Session(session, "pulse", 1, Status.ACTIVE, NOON), "en", "sms"
            )
        unit.media.note(message, receipt, contact, session, "picture" if session else None)
    return contact


def due(world: World, at: object = NOON, limit: int = 10, key: object = none) -> list[Wanted]:
    with world.store.write() as unit:
        return list(unit.media.due(at, limit, key))  # type: ignore[arg-type]  # as the tests give them


def keep(world: World, wanted: Wanted, sealed: str = "sealed") -> None:
    with world.store.write() as unit:
        unit.media.keep(wanted, Stored(sealed, wanted.key), "image/jpeg", 7, NOON)


def discarded(world: World, at: object = NOON + FETCH_LEASE) -> list[str]:
    with world.store.write() as unit:
        return list(unit.media.discarded(at, 100))  # type: ignore[arg-type]  # a time


def states(world: World) -> list[object]:
    return [state for (state,) in world.rows("SELECT state FROM media ORDER BY id")]


# --- from noted to kept --------------------------------------------------------------------------
def test_what_is_noted_is_claimed_kept_and_its_reference_forgotten(world: World) -> None:
    note(world, "secret address", "another", session="s1")
    assert "secret" not in str(world.rows("SELECT * FROM media"))
    first, second = due(world)
    assert first.media == Media("secret address", "image/jpeg")
    assert (first.city, first.channel, first.attempt, first.key) == ("east", "sms", 1, None)
    keep(world, first)
    assert world.rows(
        "SELECT number, session, question, state, reference, media_type, size, content, attempts"
        " FROM media WHERE id = :id", id=first.id,
    ) == [(0, "s1", "picture", "kept", None, "image/jpeg", 7, "sealed", 1)]  # fmt: skip
    with world.store.write() as unit:
        unit.media.refuse(second, "too large", NOON)
    assert world.rows(
        "SELECT number, state, reference, fault FROM media WHERE id = :id", id=second.id
    ) == [(1, "refused", None, "too large")]
    assert due(world, NOON + timedelta(days=1)) == []


def test_a_claim_is_a_lease_that_runs_out(world: World) -> None:
    note(world, "a")
    [first] = due(world)
    assert due(world, NOON + FETCH_LEASE - timedelta(seconds=1)) == []
    [again] = due(world, NOON + FETCH_LEASE)
    assert (again.id, again.attempt) == (first.id, 2)


def test_a_postponed_one_waits(world: World) -> None:
    note(world, "a")
    [wanted] = due(world)
    later = NOON + timedelta(hours=1)
    with world.store.write() as unit:
        unit.media.postpone(wanted, "away", later)
    assert world.one("SELECT fault FROM media") == "away"
    assert due(world, later - timedelta(seconds=1)) == []
    assert [w.attempt for w in due(world, later)] == [2]


@pytest.mark.parametrize("late", ["keep", "refuse", "postpone"])
def test_a_late_worker_changes_nothing(world: World, late: str) -> None:
    note(world, "a")
    [first] = due(world, key=fresh)
    [second] = due(world, NOON + FETCH_LEASE, key=fresh)
    with world.store.write() as unit:
        if late == "keep":
            unit.media.keep(first, Stored("late", first.key), "image/jpeg", 1, NOON)
        elif late == "refuse":
            unit.media.refuse(first, "late", NOON)
        else:
            unit.media.postpone(first, "late", NOON + QUARTER)
    assert states(world) == ["wanted"]
    keep(world, second, "in time")
    assert world.rows("SELECT state, content, key FROM media") == [("kept", "in time", second.key)]
    assert discarded(world, NOON + QUARTER) == [first.key], "the loser's object, and only that"


def test_two_workers_never_get_the_same(world: World) -> None:
    for _ in range(4):
        note(world, *"abcde", urn=BEN)
    start = threading.Barrier(4)

    def work(_: int) -> list[int]:
        start.wait()
        return [wanted.id for _ in range(4) for wanted in due(world, limit=2)]

    with ThreadPoolExecutor(4) as threads:
        found = [id_ for ids in threads.map(work, range(4)) for id_ in ids]
    found += [wanted.id for wanted in due(world, limit=100)]
    assert sorted(found) == sorted(set(found))
    assert len(found) == 20


def test_a_worker_does_not_wait_for_another(postgres_world: World) -> None:
    note(postgres_world, "a", "b")
    with postgres_world.store.write() as unit:
        [first] = unit.media.due(NOON, 1, none)
        [second] = due(postgres_world)
    assert first.id != second.id


def test_a_contact_has_a_most_in_a_day(world: World) -> None:
    for _ in range(4):
        note(world, *(["x"] * 10))
    note(world, "x", urn=BEN)
    assert len(states(world)) == MOST_A_DAY + 1


def test_a_reference_that_does_not_open_is_given_up(world: World) -> None:
    note(world, "a")
    other = with_keys(world, NEW_KEY)
    assert due(other) == []
    assert world.rows("SELECT state, fault FROM media") == [("refused", "reference unreadable")]


# --- erasing, with objects that must follow ------------------------------------------------------
@pytest.mark.parametrize("why", ["erased", "under_age"])
def test_erasing_a_contact_deletes_rows_and_notes_objects(world: World, why: str) -> None:
    note(world, "a", session="s1")
    [wanted] = due(world, key=fresh)
    keep(world, wanted)
    note(world, "b", urn=BEN)
    assert world.store.erase("east", ANNA, NOON, why)
    assert states(world) == ["wanted"], "Ben's"
    assert discarded(world) == [wanted.key]


def test_erasing_while_it_is_fetched_leaves_no_object_behind(world: World) -> None:
    note(world, "a")
    [wanted] = due(world, key=fresh)
    world.store.erase("east", ANNA, NOON)
    before_its_lease_ends = NOON + FETCH_LEASE - timedelta(seconds=1)
    assert discarded(world, before_its_lease_ends) == [], "it may be put there even now"
    assert discarded(world) == [wanted.key]
    with world.store.write() as unit:
        unit.media.gone([str(wanted.key)])
    # Its worker was slow: what it put there meanwhile goes too.
    keep(world, wanted)
    assert states(world) == []
    assert discarded(world) == [wanted.key]


def test_an_object_is_claimed_for_deletion_until_it_is_gone(world: World) -> None:
    note(world, "a")
    [wanted] = due(world, key=fresh)
    with world.store.write() as unit:
        unit.media.refuse(wanted, "broken", NOON)
    assert discarded(world) == [wanted.key]
    assert discarded(world) == [], "somebody is at it"
    assert discarded(world, NOON + 2 * FETCH_LEASE) == [wanted.key], "who died of it"
    with world.store.write() as unit:
        unit.media.gone([str(wanted.key)])
        unit.media.gone([])
    assert discarded(world, NOON + QUARTER) == []


def test_each_attempt_has_a_key_of_its_own(world: World) -> None:
    note(world, "a")
    [first] = due(world, key=fresh)
    [second] = due(world, NOON + FETCH_LEASE, key=fresh)
    assert first.key != second.key
    assert discarded(world, NOON + 2 * FETCH_LEASE) == [first.key]


def test_the_purge_deletes_after_a_quarter_whatever_became_of_it(world: World) -> None:
    for n in range(6):
        note(world, *(["x"] * 10), urn=f"tel:+276000010{n:02}", session=f"s{n}")
    wanted = due(world, key=fresh, limit=60)
    for one in wanted[:30]:
        keep(world, one)
    assert world.store.purge(NOON + QUARTER - timedelta(seconds=1))["media"] == 0
    assert world.store.purge(NOON + QUARTER)["media"] == 60
    assert states(world) == []
    assert set(discarded(world)) == {one.key for one in wanted}


def test_media_go_over_to_the_contact_that_remains(world: World) -> None:
    note(world, "a", urn=BEN)
    anna = world.come(ANNA).contact
    world.come("whatsapp:opaque", aliases=(BEN,))
    kept = world.come(ANNA, aliases=(BEN,)).contact
    assert world.rows("SELECT contact FROM media") == [(kept,)]
    assert anna
