"""Keys are changed without losing anybody."""

import pytest

from backend.privacy import KeyRing, SealBrokenError
from backend.store import SqlStore, export_jobs
from backend.store.rotation import reindex, reseal, sealed_columns
from bot.shelf import Stored
from bot.store import ReceiptStatus
from channels.base import Media
from dialogue.effects import Record
from dialogue.survey import Session, Status
from tests.backend.store.conftest import ANNA, BEN, NEW_KEY, NOON, OLD_KEY, World, make_desk

PICTURE = bytes(range(256)) * 9
"""No text."""


def fill(world: World) -> str:
    """Something in every sealed column; the contact's id."""
    known = world.come()
    world.say(known, "queued")
    world.say(known, "to an address", contact=None, urn="tel:+27600000009")
    session = Session("s1", "pulse", 1, Status.ACTIVE, NOON)
    with world.store.write() as unit:
        unit.sessions.open("east", known.contact, session, "en", "sms")
        unit.sessions.record([Record("s1", "q", 1, "answered", None, "text", raw="words")], NOON)
        message = world.message(media=(Media("at the provider"), Media("fetched")))
        receipt = unit.inbox.receive(message)
        assert receipt is not None
        unit.media.note(message, receipt, known.contact, None, None)
        wanted = unit.media.due(NOON, 1, lambda: None)[0]
        sealed = world.store.keys.seal_bytes(PICTURE, "media.content")
        unit.media.keep(wanted, Stored(sealed), "image/jpeg", len(PICTURE), NOON)
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
        connection, keys = unit.transaction.connection, world.store.keys
        secret = keys.seal("key of its ids", "export_job.secret")
        export_jobs.ask(connection, "east", "pulse", "csv", "0" * 12, secret, NOON)
        claimed = export_jobs.claim(connection, NOON)
        assert claimed is not None
        export_jobs.reserve(connection, claimed, 0, None, NOON)
        piece = Stored(keys.seal_bytes(PICTURE, "export_piece.content"))
        export_jobs.keep(connection, claimed, 0, piece)
        other = unit.contacts.load(world.message(BEN))
        unit.contacts.opt_out("east", other.contact, NOON)
    return known.contact


def with_keys(world: World, *keys: str) -> World:
    store = SqlStore(world.store.engine, KeyRing(list(keys)), make_desk, world.limits)
    return World(store, world.limits, world.numbers)


def works(world: World, contact: str) -> None:
    assert world.store.find_contact("east", ANNA) == contact
    with world.store.write() as unit:
        [(_, waiting)] = unit.inbox.waiting(10)
        assert unit.contacts.load(waiting).contact == contact
    assert sorted(world.texts()) == ["queued", "to an address"]
    assert world.come(BEN).conversation.opted_out
    assert world.one("SELECT count(*) FROM contact") == 2


def test_a_key_put_in_front_seals_and_the_last_still_finds(world: World) -> None:
    contact = fill(world)
    works(with_keys(world, NEW_KEY, OLD_KEY), contact)


def test_everything_is_sealed_anew(world: World) -> None:
    contact = fill(world)
    both = with_keys(world, NEW_KEY, OLD_KEY)
    told: list[tuple[int, int]] = []
    changed = reseal(both.store, lambda done, total: told.append((done, total)))
    assert told[-1] == (changed, changed)
    assert reseal(both.store, lambda done, total: None) == 0
    new = KeyRing([NEW_KEY])
    with both.store.read() as connection:
        for table, column in sealed_columns():
            values = connection.execute(table.select().where(column.is_not(None))).all()
            assert values, column
            for row in values:
                new.unseal_bytes(row._mapping[column], f"{table.name}.{column.name}")
    sealed = str(world.one("SELECT content FROM media WHERE content IS NOT NULL"))
    assert new.unseal_bytes(sealed, "media.content") == PICTURE
    works(both, contact)


def test_the_old_key_can_go_once_everything_is_hashed_anew(world: World) -> None:
    contact = fill(world)
    both = with_keys(world, NEW_KEY, OLD_KEY)
    reseal(both.store, lambda done, total: None)
    told: list[tuple[int, int]] = []
    assert reindex(both.store, both.store.keys.first_only(), lambda *n: told.append(n)) == 7
    assert told[-1] == (7, 7)
    assert world.store.find_contact("east", ANNA) is None
    new = with_keys(world, NEW_KEY)
    works(new, contact)
    with pytest.raises(SealBrokenError):
        reseal(world.store, lambda done, total: None)
