"""No statement of a turn, or of sending, reads a whole table: each finds its rows by an index."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy import event

from bot.store import Outbound
from channels.base import Part, Status, StatusUpdate
from dialogue.effects import Record
from dialogue.survey import Session
from dialogue.survey import Status as SessionStatus
from tests.backend.store.conftest import ANNA, NOON, World, open_world

Statements = list[tuple[str, object]]
GROWING = ("answer", "body", "consent", "contact", "delivery_report", "outbound", "received", "urn")


@contextmanager
def noted(world: World) -> Iterator[Statements]:
    """The statements that reach the drivers in the block, with their parameters."""
    found: Statements = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> "Noting":
            found.append((str(query), params))
            return super().execute(query, params, **more)

        def executemany(self, query: Any, params_seq: Any, **more: Any) -> None:
            found.extend((str(query), params) for params in params_seq)
            super().executemany(query, params_seq, **more)

    def watch(driver: Any, _record: object, _proxy: object) -> None:
        if isinstance(driver, sqlite3.Connection):
            # The statement comes with its values filled in.
            driver.set_trace_callback(lambda statement: found.append((statement, ())))
        else:
            driver.cursor_factory = Noting

    def leave(driver: Any, _record: object) -> None:
        if isinstance(driver, sqlite3.Connection):
            driver.set_trace_callback(None)
        else:
            driver.cursor_factory = psycopg.Cursor

    event.listen(world.store.engine, "checkout", watch)
    event.listen(world.store.engine, "checkin", leave)
    yield found
    event.remove(world.store.engine, "checkout", watch)
    event.remove(world.store.engine, "checkin", leave)


def turn(world: World, contact: str, revision: int) -> None:
    """What a known contact's answer to a question does."""
    inbound = world.message()
    with world.store.write() as unit:
        unit.inbox.receive(inbound)
        known = unit.contacts.load(inbound)
        unit.desk("east")
        unit.sessions.record([Record("s1", "safe", revision, "answered", "yes", "label")], NOON)
        unit.contacts.save(contact, replace(known.conversation, tries=revision, wake_at=NOON))
        part = Part("Next?", (), "q2", 1)
        unit.outbox.queue(
            Outbound(
                inbound.turn,
                "east",
                "sms",
                contact,
                ANNA,
                (part,),
                NOON,
                NOON + timedelta(days=1),
                supersedes=True,
            )
        )


def everything(world: World) -> Statements:
    """Turns, sending, settling, reports, waiting, waking: what runs all day."""
    contact = world.come().contact
    with world.store.write() as unit:
        session = Session("s1", "pulse", 1, SessionStatus.ACTIVE, NOON)
        unit.sessions.open("east", contact, session, "en", "sms")
    turn(world, contact, 1)
    with noted(world) as statements:
        turn(world, contact, 2)
        world.come("telegram:7", aliases=("telegram:8",))
        [claimed] = world.claim()
        world.settle(claimed)
        with world.store.write() as unit:
            update = StatusUpdate(f"out{claimed.id}", Status.DELIVERED)
            unit.outbox.report("east", "sms", update, NOON)
            unit.outbox.next_due(NOON)
            unit.inbox.waiting(10)
            unit.contacts.due(NOON, 10)
            unit.contacts.opt_out("east", contact, NOON)
            unit.contacts.opt_in("east", contact)
    return statements


def test_a_turn_takes_seven_statements(world: World) -> None:
    contact = world.come().contact
    with world.store.write() as unit:
        session = Session("s1", "pulse", 1, SessionStatus.ACTIVE, NOON)
        unit.sessions.open("east", contact, session, "en", "sms")
    turn(world, contact, 1)
    with noted(world) as statements:
        turn(world, contact, 2)
    verbs = [statement.split()[0] for statement, _ in statements]
    verbs = [v for v in verbs if v not in ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")]
    assert verbs == ["INSERT", "INSERT", "SELECT", "INSERT", "UPDATE", "UPDATE", "INSERT"]


def test_sqlite_reads_no_table_from_end_to_end(sqlite_url: str) -> None:
    with open_world(sqlite_url) as world:
        statements = everything(world)
        scanned = set()
        with world.store.engine.connect() as connection:
            for statement, _ in statements:
                if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
                    for step in plan:
                        found = re.match(r"SCAN (\w+)(?! USING)(?!.*INDEX ix_)", str(step.detail))
                        if found and found[1] in (*GROWING, "other"):
                            scanned.add((step.detail, statement))
        assert not scanned


def test_postgresql_needs_to_read_no_table_from_end_to_end(postgres_world: World) -> None:
    world = postgres_world
    statements = everything(world)
    scanned = set()
    with world.store.engine.connect() as connection:
        # Tables are tiny here, so reading them whole must be made to look dear.
        connection.exec_driver_sql("SET enable_seqscan = off")
        for statement, values in statements:
            if statement.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values)  # type: ignore[arg-type]  # as the driver got them
                for (step,) in plan:
                    found = re.search(r"Seq Scan on (\w+)", step)
                    if found and found[1] in GROWING:
                        scanned.add((step, statement))
    assert not scanned
