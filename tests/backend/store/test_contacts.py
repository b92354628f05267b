"""People and their addresses: found, made, merged, begun anew."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.store import ContactBusyError
from dialogue.effects import Record
from dialogue.memory import Conversation, Gate
from dialogue.survey import Session, Status
from tests.backend.store.conftest import ANNA, BEN, NOON, World, states

WHATSAPP = ANNA.replace("tel:", "whatsapp:")
OPEN = Conversation(locale="zu", gate=Gate.OPEN, age=30, age_on=date(2026, 1, 2))


def session(id_: str, survey: str = "pulse", status: Status = Status.ACTIVE) -> Session:
    return Session(id_, survey, 1, status, NOON, question="safe", asked_at=NOON)


def keep(world: World, contact: str, conversation: Conversation) -> None:
    with world.store.write() as unit:
        unit.contacts.save(contact, conversation)


def test_a_contact_is_made_once_and_remembered(world: World) -> None:
    known = world.come()
    assert (known.urn, known.channel) == (ANNA, "sms")
    assert known.conversation == Conversation()
    conversation = replace(OPEN, session=session("s1"), wake_at=NOON + timedelta(hours=1))
    keep(world, known.contact, conversation)
    again = world.come(at=NOON + timedelta(minutes=1))
    assert known.heard_at is None
    assert again == replace(known, conversation=conversation, heard_at=NOON)
    assert world.come(BEN).contact != known.contact
    assert world.come(city="west").contact != known.contact


def test_an_unknown_city_is_an_error(world: World) -> None:
    with world.store.write() as unit, pytest.raises(LookupError):
        unit.contacts.load(world.message(city="north"))


def test_no_address_is_kept_in_clear(world: World) -> None:
    world.come("tel:+27611112222")
    with world.store.write() as unit:
        unit.contacts.opt_out(
            "east", world.store.find_contact("east", "tel:+27611112222") or "", NOON
        )
    for table in ("urn", "opt_out", "contact", "body", "received"):
        assert "611112222" not in repr(world.rows(f"SELECT * FROM {table}"))


def test_whatsapp_and_sms_of_one_number_are_one_contact(world: World) -> None:
    known = world.come()
    assert world.come(WHATSAPP, channel="whatsapp").contact == known.contact
    assert world.come("whatsapp:opaque", channel="whatsapp").contact != known.contact
    keep(world, known.contact, replace(OPEN, wake_at=NOON))
    with world.store.write() as unit:
        [due] = unit.contacts.due(NOON, 10)
    assert (due.known.urn, due.known.channel) == (WHATSAPP, "whatsapp")


@pytest.mark.parametrize(
    ("marked", "plain"), [("+5215500000001", "+525500000001"), ("+5491100000001", "+541100000001")]
)
@pytest.mark.parametrize("first", ["whatsapp", "sms"])
def test_a_mobile_number_that_whatsapp_writes_otherwise_is_one_contact(
    marked: str, plain: str, first: str, world: World
) -> None:
    """And each is answered at the address as it came."""
    addresses = {"whatsapp": f"whatsapp:{marked}", "sms": f"tel:{plain}"}
    second = "sms" if first == "whatsapp" else "whatsapp"
    known = world.come(addresses[first], channel=first)
    again = world.come(addresses[second], channel=second)
    assert again.contact == known.contact
    assert (known.urn, again.urn) == (addresses[first], addresses[second])
    assert world.come(addresses[first], channel=first).urn == addresses[first]


def test_an_asserted_alias_finds_the_contact(world: World) -> None:
    known = world.come()
    linked = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    assert linked.contact == known.contact
    assert world.come("telegram:7", channel="telegram").contact == known.contact
    assert world.come("telegram:8", channel="telegram").contact != known.contact


def test_a_new_contact_takes_all_addresses_asserted(world: World) -> None:
    known = world.come("telegram:7", aliases=(ANNA, WHATSAPP), channel="telegram")
    assert world.come().contact == known.contact


def test_two_contacts_asserted_equal_become_the_older(world: World) -> None:
    older = world.come()
    younger = world.come("telegram:7", NOON + timedelta(hours=1), channel="telegram")
    with world.store.write() as unit:
        unit.sessions.open("east", older.contact, session("s1"), "en", "sms")
        unit.sessions.open("east", younger.contact, session("s2", "other"), "en", "telegram")
        unit.sessions.open("east", younger.contact, session("s3"), "en", "telegram")
    vote = session("s0", "poll", status=Status.COMPLETED)
    keep(world, older.contact, replace(OPEN, session=session("s1"), votes=(vote,)))
    both = (session("s3", status=Status.PARKED),)
    keep(world, younger.contact, Conversation(session=session("s2", "other"), parked=both))
    world.say(younger, "hello")
    merged = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    assert merged.contact == older.contact
    assert merged.conversation.locale == "zu"
    assert merged.conversation.session == session("s1")
    assert [parked.id for parked in merged.conversation.parked] == ["s2"]
    assert merged.conversation.votes == (vote,)
    assert world.rows("SELECT id, contact, status FROM session ORDER BY id") == [
        ("s1", older.contact, "active"),
        ("s2", older.contact, "parked"),
        ("s3", older.contact, "expired"),
    ]
    assert world.rows("SELECT contact, lane FROM outbound") == [(older.contact, older.contact)]
    assert world.one("SELECT count(*) FROM contact") == 1
    assert merged.heard_at == NOON + timedelta(hours=1)
    assert world.come("telegram:7", channel="telegram") == replace(merged, heard_at=NOON)


def test_merging_an_opted_out_contact_opts_all_out(world: World) -> None:
    older = world.come()
    younger = world.come("telegram:7", channel="telegram", at=NOON + timedelta(hours=1))
    with world.store.write() as unit:
        unit.contacts.opt_out("east", younger.contact, NOON)
    assert not world.come().conversation.opted_out
    merged = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    assert merged.contact == older.contact
    assert merged.conversation.opted_out
    assert world.come().conversation.opted_out


@pytest.mark.parametrize("urn", [ANNA, WHATSAPP])
def test_a_number_silent_for_ninety_days_is_a_strangers(world: World, urn: str) -> None:
    known = world.come(urn)
    keep(world, known.contact, replace(OPEN, wake_at=NOON, session=session("s1")))
    with world.store.write() as unit:
        unit.sessions.open("east", known.contact, session("s1"), "en", "sms")
        unit.contacts.opt_out("east", known.contact, NOON)
    world.say(known, "late", despite_opt_out=True)
    stranger = world.come(urn, NOON + timedelta(days=90))
    assert stranger.contact != known.contact
    assert stranger.conversation == Conversation(opted_out=True)
    assert world.rows("SELECT contact, status FROM session") == [(known.contact, "expired")]
    assert states(world) == {"cancelled": 1}
    with world.store.write() as unit:
        assert unit.contacts.due(NOON + timedelta(days=91), 10) == []
    assert world.come(urn, NOON + timedelta(days=179)).contact == stranger.contact


def test_ninety_days_are_counted_from_the_last_message(world: World) -> None:
    known = world.come()
    for day in range(45, 300, 45):
        assert world.come(at=NOON + timedelta(days=day)).contact == known.contact


def test_other_addresses_are_nobody_elses_after_any_silence(world: World) -> None:
    for urn in ("telegram:7", "whatsapp:opaque", "try:anna"):
        known = world.come(urn, channel="x")
        assert world.come(urn, NOON + timedelta(days=900), channel="x").contact == known.contact


def test_a_silent_number_asserted_by_a_known_contact_joins_it(world: World) -> None:
    silent = world.come()
    later = NOON + timedelta(days=100)
    known = world.come("telegram:7", later, channel="telegram")
    assert (
        world.come("telegram:7", later, aliases=(ANNA,), channel="telegram").contact
        == known.contact
    )
    assert world.come(ANNA, later).contact == known.contact
    assert world.rows("SELECT id FROM contact WHERE heard_urn IS NULL") == [(silent.contact,)]


def test_opting_out_covers_all_addresses_in_that_city_only(world: World) -> None:
    known = world.come("telegram:7", aliases=(ANNA,), channel="telegram")
    west = world.come(city="west")
    with world.store.write() as unit:
        unit.contacts.opt_out("east", known.contact, NOON)
        unit.contacts.opt_out("east", known.contact, NOON)
    assert world.come().conversation.opted_out
    assert world.come("telegram:7", channel="telegram").conversation.opted_out
    assert world.come(city="west") == replace(west, heard_at=NOON)
    with world.store.write() as unit:
        unit.contacts.opt_in("east", known.contact)
    assert not world.come().conversation.opted_out
    assert world.one("SELECT count(*) FROM opt_out") == 0


def test_an_address_linked_to_an_opted_out_contact_is_opted_out(world: World) -> None:
    known = world.come()
    with world.store.write() as unit:
        unit.contacts.opt_out("east", known.contact, NOON)
    assert world.come("telegram:7", aliases=(ANNA,), channel="telegram").conversation.opted_out
    world.store.erase("east", ANNA, NOON)
    assert world.come("telegram:7", channel="telegram").conversation.opted_out


def test_forty_parallel_turns_of_one_contact_lose_nothing(world: World) -> None:
    known = world.come()
    with world.store.write() as unit:
        unit.sessions.open("east", known.contact, session("s1"), "en", "sms")
    messages = [world.message() for _ in range(40)]
    start = threading.Barrier(40)

    def take(number: int) -> None:
        start.wait()
        with world.store.write() as unit:
            unit.inbox.receive(messages[number])
            loaded = unit.contacts.load(messages[number])
            tries = loaded.conversation.tries + 1
            unit.sessions.record([Record("s1", "q", tries, "answered", "x", "code")], NOON)
            unit.contacts.save(loaded.contact, replace(loaded.conversation, tries=tries))

    with ThreadPoolExecutor(40) as threads:
        list(threads.map(take, range(40)))
    assert world.come().conversation.tries == 40
    assert world.one("SELECT count(DISTINCT revision) FROM answer") == 40


def test_ten_first_messages_at_once_make_one_contact(world: World) -> None:
    messages = [world.message(aliases=("telegram:7",)) for _ in range(10)]
    start = threading.Barrier(10)

    def load(number: int) -> str:
        start.wait()
        with world.store.write() as unit:
            return unit.contacts.load(messages[number]).contact

    with ThreadPoolExecutor(10) as threads:
        found = set(threads.map(load, range(10)))
    assert len(found) == 1
    assert world.one("SELECT count(*) FROM contact") == 1


def test_ten_strangers_at_once_are_one_stranger(world: World) -> None:
    world.come()
    messages = [world.message(at=NOON + timedelta(days=100)) for _ in range(10)]
    start = threading.Barrier(10)

    def load(number: int) -> str:
        start.wait()
        with world.store.write() as unit:
            return unit.contacts.load(messages[number]).contact

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(load, range(10)))) == 1
    assert world.one("SELECT count(*) FROM contact") == 2


def test_a_contact_locked_elsewhere_is_busy_and_the_rest_commits(postgres_world: World) -> None:
    world = postgres_world
    world.come()
    message = world.message()
    with world.store.write() as holder:
        holder.contacts.load(world.message())
        with world.store.write() as unit:
            unit.inbox.receive(message)
            with pytest.raises(ContactBusyError):
                unit.contacts.load(message)
            with pytest.raises(ContactBusyError), unit.savepoint():
                unit.contacts.load(message)
    assert (
        world.one(
            "SELECT count(*) FROM received WHERE provider_id = :id", id=message.received.provider_id
        )
        == 1
    )


def test_due_contacts_come_with_when_they_heard_from_us(world: World) -> None:
    known, other = world.come(), world.come(BEN)
    keep(world, known.contact, replace(OPEN, wake_at=NOON))
    keep(world, other.contact, replace(OPEN, wake_at=NOON + timedelta(seconds=1)))
    world.say(known, "question")

    def heard() -> object:
        with world.store.write() as unit:
            [due] = unit.contacts.due(NOON, 10)
        assert (due.city, due.known.contact, due.known.urn) == ("east", known.contact, ANNA)
        return due.heard_at

    assert heard() is None
    [claimed] = world.claim()
    world.settle(claimed, at=NOON + timedelta(seconds=5))
    assert heard() == NOON + timedelta(seconds=5)
    keep(world, known.contact, replace(OPEN, wake_at=None))
    with world.store.write() as unit:
        assert unit.contacts.due(NOON, 10) == []
