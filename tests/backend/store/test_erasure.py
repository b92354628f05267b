"""Erasing a contact leaves codes that nobody can link, and the promise not to write again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store import DeliveryState, ReceiptStatus
from channels.base import Fault, Kind, StatusUpdate
from channels.base import Status as Delivery
from dialogue.effects import Agreement, Consent, Record
from dialogue.memory import Conversation
from dialogue.survey import Session, Status
from tests.backend.store.conftest import ANNA, BEN, NOON, World, states

DELIVERED = Delivery.DELIVERED
LATER = NOON + timedelta(hours=3, minutes=7)


def live(world: World, urn: str) -> str:
    """A contact who did everything there is to do; its id."""
    known = world.come(urn, LATER)
    contact = known.contact
    session = Session(f"s{urn}", "pulse", 1, Status.COMPLETED, LATER)
    raw = Record(session.id, "why", 1, "answered", None, "text", raw="in my own words")
    consent = Consent("survey", Agreement.GIVEN, "Agree?", "en", "SM1", "sms")
    with world.store.write() as unit:
        unit.sessions.open("east", contact, session, "en", "sms")
        unit.sessions.move(session, LATER)
        unit.sessions.record([raw, replace(raw, question="safe", value="yes", raw=None)], LATER)
        unit.contacts.consent("east", contact, consent, LATER)
        unit.contacts.save(contact, Conversation(locale="zu", wake_at=LATER))
    world.say(known, "sent", at=LATER)
    [claimed] = world.claim(LATER)
    world.settle(claimed, at=LATER)
    world.say(known, "queued", at=LATER + timedelta(hours=1))
    return contact


def test_nothing_is_left_that_links_to_the_contact(world: World) -> None:
    anna, ben = live(world, ANNA), live(world, BEN)
    with world.store.write() as unit:
        unit.contacts.opt_out("east", anna, LATER)
        unit.contacts.forget("east", anna, LATER, "erased")
    for table in ("contact", "urn", "session", "consent", "outbound", "answer", "body"):
        rows = world.rows(f"SELECT * FROM {table}")
        assert anna not in repr(rows), table
        assert ben in repr(rows) or table in ("answer", "body"), table
    assert world.rows("SELECT contact, message_id FROM consent ORDER BY id") == [
        (None, None),
        (ben, "SM1"),
    ]
    erased = "session = 's" + ANNA + "'"
    assert world.rows(f"SELECT value, raw FROM answer WHERE {erased} ORDER BY id") == [
        (None, None),
        ('"yes"', None),
    ]
    assert world.one("SELECT count(*) FROM answer WHERE raw IS NOT NULL") == 1
    assert world.one("SELECT count(*) FROM body") == 1
    assert world.one("SELECT count(*) FROM received") == 2
    assert world.rows("SELECT contact, state FROM outbound ORDER BY id") == [
        (ben, "sent"),
        (ben, "queued"),
    ]
    assert world.rows("SELECT city, name, n FROM counter") == [("east", "erased", 1)]


def test_times_lose_their_hours(world: World) -> None:
    live(world, ANNA)
    assert world.store.erase("east", ANNA, LATER)
    for column in (
        "session.started_at",
        "session.finished_at",
        "answer.at",
        "consent.at",
    ):
        table, name = column.split(".")
        times = world.rows(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL")
        assert times, column
        assert all(str(time).startswith("2026-11-24 00:00:00") for (time,) in times), column
    from backend.models import Session as SessionTable  # read as the results read it

    with world.store.read() as connection:
        table_ = SessionTable.metadata.tables["session"]
        row = connection.execute(table_.select()).one()
    assert row.started_at == NOON.replace(hour=0)


def test_the_opt_out_outlives_the_contact(world: World) -> None:
    contact = world.come().contact
    with world.store.write() as unit:
        unit.contacts.opt_out("east", contact, NOON)
    assert world.store.erase_contact("east", contact, NOON)
    again = world.come()
    assert again.contact != contact
    assert again.conversation == Conversation(opted_out=True)


def test_erasing_nobody(world: World) -> None:
    contact = world.come().contact
    assert not world.store.erase("east", BEN, NOON)
    assert not world.store.erase("west", ANNA, NOON)
    assert not world.store.erase_contact("west", contact, NOON)
    assert world.store.find_contact("east", ANNA) == contact
    assert world.store.find_contact("east", BEN) is None
    assert world.rows("SELECT * FROM counter") == []


def test_each_erasure_is_counted(world: World) -> None:
    for urn in (ANNA, BEN):
        contact = world.come(urn).contact
        with world.store.write() as unit:
            unit.contacts.forget("east", contact, NOON, "minor")
    assert world.rows("SELECT name, n FROM counter") == [("minor", 2)]


def test_what_is_on_its_way_is_settled_but_never_taken_again(world: World) -> None:
    known = world.come()
    world.say(known, "on its way")
    [claimed] = world.claim()
    world.store.erase("east", ANNA, NOON)
    world.settle(claimed)
    assert states(world) == {}
    known = world.come()
    world.say(known, "lost")
    world.claim()
    world.store.erase("east", ANNA, NOON)
    assert world.rows("SELECT contact, hash, sending, lane FROM outbound") == [
        (None, None, None, "")
    ]
    assert world.claim(NOON + timedelta(minutes=2)) == []
    assert states(world) == {}


def test_delivery_reports_of_what_was_sent_go_too(world: World) -> None:
    known = world.come()
    for _ in range(2):
        world.say(known, "sent")
        [claimed] = world.claim()
        world.settle(claimed)
        with world.store.write() as unit:
            update = StatusUpdate(f"out{claimed.id}", DELIVERED)
            unit.outbox.report("east", "sms", update, NOON)
        known = world.come(BEN)
    world.store.erase("east", ANNA, NOON)
    assert world.rows("SELECT provider_id FROM delivery_report") == [(f"out{claimed.id}",)]
    with world.store.write() as unit:
        unit.outbox.report("east", "sms", StatusUpdate("out of one gone", DELIVERED), NOON)
    assert world.store.purge(NOON + timedelta(days=1))["stray report"] == 0
    assert world.store.purge(NOON + timedelta(days=2))["stray report"] == 1
    assert world.one("SELECT count(*) FROM delivery_report") == 1


@pytest.mark.parametrize("when", ["queued", "claimed", "sent"])
def test_reports_of_an_earlier_sending_go_too(world: World, when: str) -> None:
    known = world.come()
    world.say(known, "a")
    [first] = world.claim()
    world.settle(first, provider_id="first")
    fault = Fault(Kind.RETRY, "30003", 1)
    with world.store.write() as unit:
        sent = StatusUpdate("first", Delivery.SENT)
        unit.outbox.report("east", "sms", sent, NOON)
        lost = unit.outbox.report(
            "east", "sms", StatusUpdate("first", Delivery.UNDELIVERED, fault), NOON
        )
        assert lost is not None
        unit.outbox.send_again(lost.id, NOON)
    claimed = world.claim(token="again") if when != "queued" else []
    if when == "sent":
        world.settle(claimed[0], provider_id="second")
    else:
        with world.store.write() as unit:
            unit.outbox.report(
                "east", "sms", StatusUpdate("first", Delivery.UNDELIVERED, fault), NOON
            )
    world.store.erase_contact("east", known.contact, NOON)
    if when == "claimed":
        world.settle(claimed[0], provider_id="second")
    assert world.rows("SELECT * FROM delivery_report") == []
    assert world.rows("SELECT * FROM outbound") == []


@pytest.mark.parametrize("name", ["under_age", "without_age"])
def test_of_a_minor_only_the_count_is_left(world: World, name: str) -> None:
    anna, ben = live(world, ANNA), live(world, BEN)
    with world.store.write() as unit:
        unit.contacts.forget("east", anna, LATER, name)
    for table in ("session", "consent", "contact"):
        assert world.one(f"SELECT count(*) FROM {table}") == 1
    assert world.rows("SELECT DISTINCT contact FROM consent") == [(ben,)]
    assert world.one("SELECT count(*) FROM answer") == 2
    assert world.rows("SELECT name, n FROM counter") == [(name, 1)]


def test_who_never_agreed_and_fell_silent_is_purged(world: World) -> None:
    ben = live(world, BEN)
    stranger = world.come(ANNA).contact
    with world.store.write() as unit:
        refused = Consent("survey", Agreement.REFUSED, "Agree?", "en", "SM2", "sms")
        unit.contacts.consent("east", stranger, refused, NOON)
        unit.contacts.opt_out("east", stranger, NOON)
    assert world.store.purge(NOON + timedelta(days=29))["stranger"] == 0
    assert world.store.purge(NOON + timedelta(days=31))["stranger"] == 1
    assert world.rows("SELECT id FROM contact") == [(ben,)]
    assert world.rows("SELECT contact FROM urn") == [(ben,)]
    assert world.one("SELECT count(*) FROM opt_out") == 1
    assert world.rows("SELECT contact FROM consent ORDER BY id DESC LIMIT 1") == [(None,)]


def test_many_strangers_are_purged_in_pieces(world: World) -> None:
    for n in range(101):
        world.come(f"tel:+2760001{n:04}")
    assert world.store.purge(NOON + timedelta(days=30))["stranger"] == 101
    assert world.one("SELECT count(*) FROM body") == 0


def test_the_last_word_goes_out_and_is_deleted(world: World) -> None:
    known = world.come()
    with world.store.write() as unit:
        unit.contacts.forget("east", known.contact, NOON, "erased")
    world.say(known, "Done.", contact=None, forget=True)
    [claimed] = world.claim()
    assert claimed.sending.urn == ANNA
    world.settle(claimed, DeliveryState.SENT)
    assert states(world) == {}


def test_waiting_turns_of_an_erased_contact_are_not_taken(world: World) -> None:
    known = world.come()
    with world.store.write() as unit:
        receipt = unit.inbox.receive(world.message())
        assert receipt is not None
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
        unit.contacts.forget("east", known.contact, NOON, "erased")
    assert world.one("SELECT count(*) FROM received WHERE status = 'waiting'") == 0


def test_the_turn_that_erases_may_still_save(world: World) -> None:
    inbound = world.message()
    with world.store.write() as unit:
        unit.inbox.receive(inbound)
        known = unit.contacts.load(inbound)
        unit.contacts.forget("east", known.contact, NOON, "erased")
        unit.contacts.save(known.contact, Conversation())
    assert world.one("SELECT count(*) FROM contact") == 0


def test_the_purge_deletes_what_was_kept_long_enough_and_says_so(world: World) -> None:
    live(world, ANNA)
    assert not any(world.store.purge(LATER + timedelta(days=29)).values())
    month = LATER + timedelta(days=30)
    gone = {name: n for name, n in world.store.purge(month).items() if n}
    assert gone == {"ordinary": 1, "outbound text": 1}
    # What is still queued keeps its text, or it could not be sent.
    assert world.one("SELECT count(*) FROM outbound WHERE sending IS NOT NULL") == 1
    assert world.store.purge(LATER + timedelta(days=364))["raw answer"] == 0
    assert world.store.purge(LATER + timedelta(days=365))["raw answer"] == 1
    assert world.one("SELECT count(*) FROM answer") == 2
    logged = world.rows("SELECT what, sum(n) FROM purge_log GROUP BY what ORDER BY what")
    assert [(what, int(str(n))) for what, n in logged] == [
        ("export", 0),
        ("export file", 0),
        ("media", 0),
        ("ordinary", 1),
        ("outbound text", 1),
        ("poison", 0),
        ("quarantined", 0),
        ("raw answer", 1),
        ("spend", 1),
        ("stranger", 0),
        ("stray report", 0),
    ]


def test_a_large_purge_goes_in_pieces(world: World) -> None:
    with world.store.write() as unit:
        for _ in range(2100):
            unit.inbox.receive(world.message())
    assert world.store.purge(NOON + timedelta(days=30))["ordinary"] == 2100


def test_a_turn_whose_body_was_purged_is_given_up(world: World) -> None:
    with world.store.write() as unit:
        receipt = unit.inbox.receive(world.message())
        assert receipt is not None
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
    world.store.purge(NOON + timedelta(days=30))
    assert world.one("SELECT status FROM received") == "failed"
