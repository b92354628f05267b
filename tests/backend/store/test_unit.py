"""One transaction: savepoints, telling, desks, and what is kept in it besides contacts."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from dialogue.effects import Agreement, Consent, Record
from dialogue.survey import Session, Status
from tests.backend.store.conftest import NOON, World


def session(status: Status = Status.ACTIVE) -> Session:
    return Session("s1", "pulse", 1, status, NOON, question="safe", asked_at=NOON)


def test_what_fails_in_a_savepoint_is_undone_alone(world: World) -> None:
    told: list[str] = []
    world.store.listen(told.append)
    inbound = world.message()
    with world.store.write() as unit:
        unit.inbox.receive(inbound)
        with suppress(ZeroDivisionError), unit.savepoint():
            unit.contacts.load(inbound)
            unit.tell("outbox")
            raise ZeroDivisionError
    assert world.one("SELECT count(*) FROM received") == 1
    assert world.one("SELECT count(*) FROM contact") == 0
    assert told == []
    assert world.come().contact


def test_an_exception_leaves_nothing_and_tells_nobody(world: World) -> None:
    told: list[str] = []
    world.store.listen(told.append)
    with suppress(ZeroDivisionError), world.store.write() as unit:
        unit.inbox.receive(world.message())
        unit.tell("outbox")
        raise ZeroDivisionError
    assert world.one("SELECT count(*) FROM received") == 0
    assert told == []
    with world.store.write() as unit:
        unit.tell("outbox")
        unit.tell("outbox")
        assert told == []
    assert told == ["outbox"]


def test_the_second_answer_of_a_revision_is_refused(world: World) -> None:
    known = world.come()
    record = Record("s1", "safe", 1, "answered", ("a", "b"), "code", raw="my own words")
    with world.store.write() as unit:
        unit.sessions.open("east", known.contact, session(), "en", "sms")
        unit.sessions.record([record, replace(record, revision=2, value=None, raw=None)], NOON)
        with pytest.raises(IntegrityError) as caught, unit.savepoint():
            unit.sessions.record([record], NOON)
    assert "my own words" not in str(caught.value)
    assert world.rows("SELECT value, raw IS NULL FROM answer ORDER BY revision") == [
        ('["a", "b"]', False),
        (None, True),
    ]
    assert "own words" not in repr(world.rows("SELECT raw FROM answer"))
    with world.store.write() as unit:
        unit.sessions.move(session(Status.COMPLETED), NOON)
    assert world.one("SELECT status FROM session") == "completed"


def test_what_comes_after_a_session_is_numbered_behind_what_people_added(world: World) -> None:
    known = world.come()
    vote = Record("s1", "safe", 1, "answered", "yes", "code")
    with world.store.write() as unit:
        unit.sessions.open("east", known.contact, session(), "en", "sms")
        unit.sessions.record([vote], NOON)
        unit.sessions.record([replace(vote, revision=2, value="no")], NOON)  # by a person
        unit.sessions.record([replace(vote, revision=2, afterwards=True)], NOON)
        unit.sessions.record([replace(vote, question="why", revision=7, afterwards=True)], NOON)
    assert world.rows(
        "SELECT question, revision, value FROM answer ORDER BY question, revision"
    ) == [
        ("safe", 1, '"yes"'),
        ("safe", 2, '"no"'),
        ("safe", 3, '"yes"'),
        ("why", 1, '"yes"'),
    ]


def test_the_ledger_keeps_each_wording_once(world: World) -> None:
    known = world.come()
    line = Consent("survey", Agreement.GIVEN, "Do you agree?", "en", "SM1", "sms")
    with world.store.write() as unit:
        unit.contacts.consent("east", known.contact, line, NOON)
        unit.contacts.consent(
            "east", known.contact, replace(line, agreement=Agreement.WITHDRAWN), NOON
        )
        unit.contacts.consent("east", known.contact, replace(line, locale="zu"), NOON)
    assert world.one("SELECT count(*) FROM consent") == 3
    assert world.one("SELECT count(*) FROM consent_wording") == 2


def test_a_desk_is_made_again_when_the_city_changes(world: World) -> None:
    inbound = world.message()

    def desk() -> str:
        with world.store.write() as unit:
            unit.contacts.load(inbound)
            first = unit.desk("east")
            assert unit.desk("east") is first
            return first.city.name

    assert [desk(), desk()] == ["revision 1", "revision 1"]
    with world.store.write() as unit:
        assert unit.desk("west").city.slug == "west"
        with pytest.raises(LookupError):
            unit.desk("north")
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE city SET revision = 2 WHERE slug = 'east'")
    assert desk() == "revision 2"
