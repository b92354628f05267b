"""Broadcasts that run: whom they reach, when, once; paused, cancelled, closed."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from backend.broadcasts.running import resume, start_due
from backend.store import audiences, broadcasts, library
from backend.store.broadcasts import BroadcastState
from tests.backend.broadcasts.scene import DAY, HOUR, TALK, Scene, at, open_scene
from tests.bot.conftest import ANNA, BEN, CORA
from tests.bot.posts import Post

INVITED = ("invited", None)
WAITING = ("waiting", None)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def scene(database_url: str, tmp_path: Path) -> Iterator[Scene]:
    with open_scene(database_url, tmp_path) as scene:
        yield scene


def pause(scene: Scene, one: broadcasts.Broadcast) -> bool:
    with library.writing(scene.bot.store.engine) as connection:
        return broadcasts.pause(connection, scene.now(one), scene.bot.now)


def go_on(scene: Scene, one: broadcasts.Broadcast) -> bool:
    with library.writing(scene.bot.store.engine) as connection:
        return resume(connection, scene.now(one), scene.bot.now)


def cancel(scene: Scene, one: broadcasts.Broadcast) -> bool:
    with library.writing(scene.bot.store.engine) as connection:
        return broadcasts.cancel(connection, scene.now(one), scene.bot.now)


def test_each_is_invited_once_with_the_session_of_the_recipient(scene: Scene) -> None:
    anna, ben = scene.resident(ANNA), scene.resident(BEN)
    one = scene.order()
    for _ in range(3):
        scene.tick(MINUTE)
    assert scene.recipients(one) == {anna: INVITED, ben: INVITED}
    assert sorted(scene.queued()) == sorted([anna, ben])
    joined = scene.bot.rows(
        "SELECT recipient.contact, outbound.contact, session.contact, outbound.priority"
        " FROM recipient JOIN outbound ON outbound.turn = recipient.id"
        " JOIN session ON session.id = recipient.id"
    )
    assert sorted(joined) == sorted([(anna, anna, anna, 10), (ben, ben, ben, 10)])
    assert scene.bot.known(ANNA).conversation.session is not None
    assert scene.now(one).exclusions == {}
    assert start_due(scene.bot.store.engine, scene.book, scene.bot.now) == 0


def test_a_text_opens_no_survey(scene: Scene) -> None:
    scene.resident(ANNA)
    scene.order(survey=None, text={"en": "The new lights are on."})
    assert scene.bot.known(ANNA).conversation.session is None
    with scene.bot.store.write() as unit:
        [part] = unit.outbox.claim(scene.bot.now, "t", 9)
    assert "The new lights are on." in part.sending.text
    assert "Test Council" in part.sending.text


def test_who_is_in_the_middle_of_another_survey_waits(scene: Scene) -> None:
    anna = scene.resident(ANNA)
    scene.bot.say(ANNA, "CITY")
    assert scene.bot.known(ANNA).conversation.session is not None
    one = scene.order(survey="safety-pulse", closes_at=(scene.bot.now + DAY).isoformat())
    assert scene.recipients(one) == {anna: ("waiting", "in_another_survey")}
    scene.bot.say(ANNA, "STOP", "START")
    scene.tick(11 * MINUTE)
    assert scene.recipients(one)[anna][0] in ("invited", "skipped")


def test_who_waits_until_it_closes_is_told_apart(scene: Scene) -> None:
    anna = scene.resident(ANNA)
    scene.bot.say(ANNA, "CITY")
    one = scene.order(survey="safety-pulse", closes_at=(scene.bot.now + HOUR).isoformat())
    scene.tick(HOUR)
    assert scene.recipients(one) == {anna: ("skipped", "in_another_survey")}
    assert scene.now(one).state is BroadcastState.CLOSED


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("opted_out = true", "opted_out"),
        ("age = 15", "under_age"),
        ("invited_at = last_heard_at", "asked_recently"),
    ],
)
def test_what_came_between_is_seen(scene: Scene, change: str, reason: str) -> None:
    anna, ben = scene.resident(ANNA), scene.resident(BEN)
    one = scene.order(spread="2h")
    scene.bot.run("UPDATE recipient SET state = 'waiting', due_at = :at", at=scene.bot.sql_now)
    scene.bot.run("DELETE FROM outbound WHERE priority > 0")
    scene.bot.run("UPDATE contact SET invited_at = NULL, busy = false")
    scene.bot.run(f"UPDATE contact SET {change} WHERE id = :of", of=anna)
    scene.tick(3 * HOUR)
    assert scene.recipients(one)[anna] == ("skipped", reason)
    assert ben in scene.recipients(one)


def test_nothing_is_queued_in_quiet_hours(scene: Scene) -> None:
    scene.resident(ANNA)
    scene.bot.now = at(21)
    one = scene.order()
    assert scene.now(one).state is BroadcastState.RUNNING
    for hour in range(22, 32):
        scene.bot.now = at(hour % 24, 24 + hour // 24)
        scene.tick()
        assert scene.queued() == ([] if hour < 32 else [scene.contact(ANNA)])
    scene.bot.now = at(8, 25)
    scene.tick()
    assert scene.queued() == [scene.contact(ANNA)]


def test_a_spread_broadcast_goes_out_bit_by_bit(scene: Scene) -> None:
    for n in range(12):
        scene.resident(f"+2760000200{n:02}")
    scene.order(spread="2h")
    went = []
    for _ in range(13):
        went.append(len(scene.queued()))
        scene.tick(10 * MINUTE)
    assert went[0] <= 1
    assert went[-1] == 12
    assert all(b - a <= 2 for a, b in pairwise(went))


def test_paused_it_sends_nothing_and_then_goes_on(scene: Scene) -> None:
    people = {scene.resident(f"+2760000300{n:02}") for n in range(4)}
    one = scene.order(spread="4h")
    while not scene.queued():
        scene.tick(5 * MINUTE)
    assert pause(scene, one)
    assert not pause(scene, one)
    with scene.bot.store.write() as unit:
        assert unit.outbox.claim(scene.bot.now + DAY, "t", 9) == []
    before = scene.queued()
    scene.tick(2 * HOUR)
    assert scene.queued() == before
    assert go_on(scene, one)
    assert not go_on(scene, one)
    scene.tick()
    assert len(before) <= len(scene.queued()) < 4, "what is left is spread over what is left"
    queued = set(scene.queued())
    with scene.bot.store.write() as unit:
        assert len(unit.outbox.claim(scene.bot.now, "t", 9)) == len(queued)
    scene.bot.now = at(8, 25)
    scene.tick(4 * HOUR)
    assert queued | set(scene.queued()) == people
    assert {state for state, _ in scene.recipients(one).values()} == {"invited"}


async def test_cancelled_it_calls_back_what_is_queued(scene: Scene) -> None:
    anna = scene.resident(ANNA)
    one = scene.order()
    assert scene.queued() == [anna]
    assert cancel(scene, one)
    assert not cancel(scene, one)
    post = Post()
    async with scene.bot.dispatching(post) as dispatcher:
        await dispatcher.drain()
    assert scene.queued() == []
    assert scene.bot.one("SELECT state FROM outbound WHERE priority > 0") == "cancelled"
    scene.resident(BEN)
    scene.tick(DAY)
    assert scene.recipients(one) == {anna: INVITED}


def test_reminders_go_to_those_who_have_not_finished(scene: Scene) -> None:
    anna, ben, cora = (scene.resident(number) for number in (ANNA, BEN, CORA))
    one = scene.order(survey="safety-pulse", reminders=["24h", "48h"])
    scene.bot.run("UPDATE outbound SET state = 'sent', status = 3, sent_at = queued_at")
    scene.bot.say(BEN, "STOP")
    scene.bot.run("UPDATE session SET status = 'completed' WHERE contact = :of", of=cora)
    done = '{"locale":"en","gate":"open","age":34,"age_on":"2026-11-24","agreed_on":"2026-11-24"}'
    scene.bot.run("UPDATE contact SET conversation = :talk WHERE id = :of", talk=done, of=cora)
    scene.tick(23 * HOUR)
    assert scene.queued() == []
    scene.tick(HOUR)
    assert scene.queued() == [anna]
    scene.bot.run("UPDATE outbound SET state = 'sent', status = 3, sent_at = queued_at")
    scene.tick(23 * HOUR)
    assert scene.queued() == []
    scene.tick(2 * HOUR)
    assert scene.queued() == [anna]
    scene.bot.run("UPDATE outbound SET state = 'sent', status = 3, sent_at = queued_at")
    for _ in range(5):
        scene.tick(DAY)
    assert scene.queued() == []
    turns = scene.bot.rows(
        "SELECT turn FROM outbound WHERE priority > 0 AND contact = :of", of=anna
    )
    assert len(turns) == 3
    assert scene.recipients(one) == {anna: INVITED, ben: INVITED, cora: INVITED}


def test_more_than_may_go_without_a_second_person_waits_for_one(scene: Scene) -> None:
    scene.resident(ANNA)
    scene.resident(BEN)
    profile = scene.book.profile("east").model_copy(update={"approval_above": 1})
    with library.writing(scene.bot.store.engine) as connection:
        library.save_city(connection, profile)
    scene.book.refresh()
    one = scene.order()
    assert scene.now(one).state is BroadcastState.AWAITING_APPROVAL
    assert scene.recipients(one) == {}
    with library.writing(scene.bot.store.engine) as connection:
        assert broadcasts.approve(connection, scene.now(one), "other")
        assert not broadcasts.approve(connection, scene.now(one), "other")
    scene.tick()
    assert len(scene.recipients(one)) == 2


@pytest.mark.parametrize("first", ["waiting", "invited"])
def test_two_contacts_that_become_one_are_invited_once(scene: Scene, first: str) -> None:
    anna, ben = scene.resident(ANNA), scene.resident(BEN)
    one = scene.order()
    scene.bot.run("UPDATE recipient SET state = 'waiting', due_at = :at", at=scene.bot.sql_now)
    scene.bot.run("UPDATE recipient SET state = :first WHERE contact = :of", first=first, of=ben)
    code = scene.bot.say(ANNA, "LINK").split("LINK ")[1].split(" there")[0].strip()
    assert scene.bot.say(BEN, f"LINK {code}").startswith("Linked")
    rows = scene.bot.rows("SELECT contact, state, reason FROM recipient ORDER BY state")
    left = ("invited", None) if first == "invited" else ("waiting", None)
    skipped = ("skipped", "same_person")
    assert sorted((state, reason) for _, state, reason in rows) == sorted([left, skipped])
    assert {contact for contact, *_ in rows} == {anna, None}
    assert scene.recipients(one)[anna] in (left, skipped)


def test_an_erased_contact_leaves_a_row_that_knows_nobody(scene: Scene) -> None:
    anna = scene.resident(ANNA)
    ben = scene.resident(BEN)
    one = scene.order(starts_at=scene.bot.now.isoformat())
    scene.bot.run("UPDATE recipient SET state = 'waiting' WHERE contact = :of", of=ben)
    with library.writing(scene.bot.store.engine) as connection:
        assert audiences.add_to_group(connection, "east", "panel", [anna, "nobody"]) == ["nobody"]
        assert audiences.groups(connection, "east") == {"panel": 1}
    for contact in (anna, ben):
        assert scene.bot.store.erase_contact("east", contact, scene.bot.now)
    rows = scene.bot.rows(
        "SELECT contact, area, locale, channel, due_at, invited_at, state, reason FROM recipient"
        " ORDER BY state"
    )
    nothing = (None,) * 6
    assert rows == [(*nothing, "invited", None), (*nothing, "skipped", "erased")]
    assert scene.bot.rows("SELECT * FROM contact_group") == []
    scene.tick(DAY)
    assert scene.now(one).state is BroadcastState.RUNNING


def test_one_that_cannot_start_is_paused_and_holds_up_no_other(scene: Scene) -> None:
    anna = scene.resident(ANNA)
    now = scene.bot.now
    broken = scene.order(starts_at=(now + HOUR).isoformat())
    scene.bot.run("UPDATE broadcast SET audience = :odd", odd='{"odd": 1}')
    good = scene.order(starts_at=(now + HOUR).isoformat())
    scene.tick(HOUR)
    assert scene.now(broken).state is BroadcastState.PAUSED
    assert scene.recipients(broken) == {}
    assert scene.recipients(good) == {anna: INVITED}


@pytest.mark.parametrize(
    ("templates", "order", "reason"),
    [
        (True, {}, None),
        (False, {}, "no_window"),
        (True, {"survey": None, "text": {"en": "Lights are on."}}, "no_window"),
    ],
)
def test_after_the_window_only_a_template_goes(
    scene: Scene, templates: bool, order: dict[str, Any], reason: str | None
) -> None:
    anna = scene.resident(ANNA)
    chat = {"name": "chat", "kind": "simulator", "like": "whatsapp", "templates": templates}
    profile = scene.book.profile("east")
    document = profile.model_dump(mode="json") | {"channels": [chat]}
    with library.writing(scene.bot.store.engine) as connection:
        library.save_city(connection, type(profile).model_validate(document))
    scene.book.refresh()
    scene.bot.limits.update(scene.book.limits)
    scene.bot.run("UPDATE urn SET channel = 'chat'")
    scene.bot.run("UPDATE contact SET heard_channel = 'chat'")
    scene.bot.run(
        "INSERT INTO open_window (urn, channel, heard_at) SELECT id, 'chat', :at FROM urn",
        at=scene.bot.sql_now,
    )
    one = scene.order(**order)
    assert scene.recipients(one) == {anna: INVITED}, "while it is open, anything goes"
    scene.bot.run("UPDATE recipient SET state = 'waiting', due_at = :at", at=scene.bot.sql_now)
    scene.bot.run("DELETE FROM session WHERE id IN (SELECT id FROM recipient)")
    scene.bot.run("DELETE FROM outbound WHERE priority > 0")
    scene.bot.run("UPDATE contact SET invited_at = NULL, conversation = :talk", talk=TALK)
    scene.tick(25 * HOUR)
    if reason is not None:
        assert scene.recipients(one) == {anna: ("skipped", reason)}
        return
    assert scene.recipients(one) == {anna: INVITED}
    with scene.bot.store.write() as unit:
        [part] = unit.outbox.claim(scene.bot.now, "t", 9)
    assert not part.sending.in_window
    session = scene.bot.known(ANNA).conversation.session
    assert session is not None
