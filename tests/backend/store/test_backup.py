"""A backup goes from either database into either, whole or not at all."""

import gzip
import json
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count, permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from backend.privacy import KeyRing, KeysUnusableError
from backend.store import SqlStore, open_engine
from backend.store.backup import BackupError, restore, write_backup
from backend.store.backup.columns import tables
from backend.store.backup.file import read_header
from backend.store.schema import MIGRATIONS
from backend.store.tables import AREA
from bot.store import Known
from dialogue.effects import Agreement, Consent, Record
from dialogue.survey import Session, Status
from tests.backend.store.conftest import ANNA, BEN, NOON, OLD_KEY, World, make_desk, open_world

KEYS = KeyRing([OLD_KEY])
REVISION = max(path.name[:4] for path in MIGRATIONS.glob("versions/0*.py"))


@pytest.fixture
def urls(sqlite_url: str, postgres_url: str) -> dict[str, str]:
    return {"sqlite": sqlite_url, "postgresql": postgres_url}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.backup"


def silent(_done: int, _total: int) -> None:
    """Nobody looks on."""


def live(world: World) -> None:
    """A bit of everything: documents, sealed texts, times, numbers, null and JSON's null."""
    known = world.come(ANNA, NOON + timedelta(microseconds=1), text='Hållo 👋 \n"x"')
    world.come(BEN)
    world.say(known, "one", "two", question="safe")
    [first, *_] = world.claim()
    world.settle(first)
    with world.store.write() as unit:
        session = Session("s1", "pulse", 1, Status.ACTIVE, NOON)
        unit.sessions.open("east", known.contact, session, "en", "sms")
        unit.sessions.record([Record("s1", "safe", 1, "answered", ("ä", "ö"), "x", "raw")], NOON)
        consent = Consent("survey", Agreement.GIVEN, "Do you agree?", "en", "SM1", "sms")
        unit.contacts.consent("east", known.contact, consent, NOON)
        unit.contacts.opt_out("east", known.contact, NOON)
        connection = unit.transaction.connection
        shape = {"type": "Polygon", "coordinates": [[[28.1, -26.25], [0.1, 1e-7]]]}
        for code, geometry in (("W1", shape), ("W2", None)):
            connection.execute(
                AREA.insert(),
                {"city": "east", "code": code, "name": "Ä", "aliases": ["a"], "geometry": geometry},
            )
        connection.execute(
            text(
                "INSERT INTO area (city, code, name, aliases, informal)"
                " VALUES ('east', 'W3', 'x', '[]', false)"
            )
        )
    world.store.purge(NOON)


def content(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a database, but what a restore changes on purpose."""
    with engine.connect() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(
                        *(
                            column
                            for column in table.columns
                            if (table.name, column.name)
                            not in {
                                ("outbound", "state"),
                                ("outbound", "unknown_since"),
                                ("outbound", "token"),
                            }
                        )
                    ).order_by(*table.primary_key.columns)
                )
            ]
            for table in tables()
        }


PAIRS = [
    *permutations(("sqlite", "postgresql")),
    ("sqlite", "sqlite"),
    ("postgresql", "postgresql"),
]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_it_goes_from_either_into_either(
    urls: dict[str, str], file: Path, source: str, target: str
) -> None:
    with open_world(urls[source]) as world:
        live(world)
        before = content(world.store.engine)
        nulls = world.rows("SELECT code FROM area WHERE geometry IS NULL")
        write_backup(world.store.engine, file, NOON, silent)
        world.store.engine.dispose()
        engine = open_engine(urls[target])
        header = restore(engine, file, KEYS, silent, replace=source == target)
        assert content(engine) == before
        assert header.rows == sum(map(len, before.values()))
        with engine.connect() as connection:
            again = connection.execute(text("SELECT code FROM area WHERE geometry IS NULL")).all()
        assert [tuple(row) for row in again] == nulls == [("W3",)]
        engine.dispose()


@pytest.mark.parametrize(("source", "target"), PAIRS[:2])
def test_life_goes_on_in_the_other_database(
    urls: dict[str, str], file: Path, source: str, target: str
) -> None:
    with open_world(urls[source]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
    engine = open_engine(urls[target])
    restore(engine, file, KEYS, silent)
    world = World(SqlStore(engine, KEYS, make_desk, {}), {}, count(100))
    assert world.come(ANNA).conversation.opted_out  # still known, and still left alone
    world.say(world.come(BEN), "next")  # its keys go on where they were
    engine.dispose()


def test_what_waited_is_asked_for_before_it_is_sent(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        known = world.come()
        world.say(known, "one", "two")
        world.claim()
        write_backup(world.store.engine, file, NOON, silent)
    engine = open_engine(urls["postgresql"])
    restore(engine, file, KEYS, silent)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT state, unknown_since IS NULL, token FROM outbound"))
        assert {tuple(row) for row in rows} == {("unknown", False, None)}
    engine.dispose()


@pytest.mark.parametrize("cut", [10, 200, -1, -9, -30])
def test_a_file_that_ends_early_is_refused_whole(
    urls: dict[str, str], file: Path, cut: int
) -> None:
    with open_world(urls["sqlite"]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
    file.write_bytes(file.read_bytes()[:cut])
    refused(urls["postgresql"], file, "no whole backup")


def test_a_file_that_was_changed_is_refused_whole(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    for spoilt in (
        [*lines[:-2], lines[-1]],
        lines[:-1],
        [lines[0].replace(REVISION.encode(), b"0000"), *lines[1:]],
        [b"{}\n"],
        [],
    ):
        file.write_bytes(gzip.compress(b"".join(spoilt)))
        refused(urls["postgresql"], file, "no whole backup")
    file.write_bytes(b"no gzip at all")
    refused(urls["postgresql"], file, "no whole backup")


def test_a_damaged_file_is_refused_wherever_the_damage_is(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
    whole = file.read_bytes()
    for place in range(10, len(whole) - 1, 7):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        file.write_bytes(damaged)
        with pytest.raises(BackupError):
            read_header(file)


def test_a_draft_that_lies_there_is_not_written_through(
    urls: dict[str, str], file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_text("somebody's")
    file.with_name(file.name + ".part").symlink_to(other)
    with open_world(urls["sqlite"]) as world:
        write_backup(world.store.engine, file, NOON, silent)
    assert other.read_text() == "somebody's"
    assert not file.is_symlink()
    read_header(file)


def refused(url: str, file: Path, why: str) -> None:
    """The file is refused, and nothing came in."""
    engine = open_engine(url)
    with pytest.raises(BackupError, match=why):
        restore(engine, file, KEYS, silent)
    assert not any(content(engine).values())
    engine.dispose()


def test_other_tables_are_refused(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        write_backup(world.store.engine, file, NOON, silent)
    engine = open_engine(urls["postgresql"])
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    engine.dispose()
    refused(urls["postgresql"], file, f"revision {REVISION}, the database those of 0003")


def test_a_database_with_something_in_it_is_left_alone_unless_told(
    urls: dict[str, str], file: Path
) -> None:
    with open_world(urls["sqlite"]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
        before = content(world.store.engine)
    with open_world(urls["postgresql"]) as world:
        with pytest.raises(BackupError, match="not empty"):
            restore(world.store.engine, file, KEYS, silent)
        assert len(world.rows("SELECT * FROM city")) == 2
        restore(world.store.engine, file, KEYS, silent, replace=True)
        assert content(world.store.engine) == before


def test_a_database_at_work_is_left_alone(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        write_backup(world.store.engine, file, NOON, silent)
    other = open_engine(urls["postgresql"])
    with other.connect() as connection:
        connection.execute(text("SELECT 1"))
        refused(urls["postgresql"], file, "is running")
    other.dispose()


@pytest.mark.parametrize("keys", [["another key, of somebody else's"], [OLD_KEY, "n" * 40]])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_other_keys_are_refused(
    urls: dict[str, str], file: Path, tmp_path: Path, keys: list[str], target: str
) -> None:
    source = {"sqlite": "postgresql", "postgresql": "sqlite"}[target]
    with open_world(urls[source]) as world:
        live(world)
        write_backup(world.store.engine, file, NOON, silent)
    engine = open_engine(urls[target])
    with pytest.raises(KeysUnusableError):
        restore(engine, file, KeyRing(keys), silent)
    assert not any(content(engine).values())
    engine.dispose()


def test_the_file_is_the_owner_s_and_holds_no_key(urls: dict[str, str], file: Path) -> None:
    with open_world(urls["sqlite"]) as world:
        live(world)
        header = write_backup(world.store.engine, file, NOON, silent)
    assert file.stat().st_mode & 0o077 == 0
    text = gzip.decompress(file.read_bytes()).decode()
    for secret in (OLD_KEY, "27600000001", "Hållo"):
        assert secret not in text
    assert json.loads(text.splitlines()[0])["tables"] == dict(header.tables)
    assert [path.name for path in file.parent.glob("*.part")] == []


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_it_is_of_one_moment_while_others_write(
    urls: dict[str, str], file: Path, source: str
) -> None:
    with open_world(urls[source]) as world:
        live(world)
        before = content(world.store.engine)
        wrote: list[Known] = []

        def write_on(_done: int, _total: int) -> None:
            """Between two pieces of the backup somebody writes in."""
            if len(wrote) < 3:
                wrote.append(pool.submit(world.come, f"tel:+2760000{len(wrote):04d}").result())

        with ThreadPoolExecutor(1) as pool:
            write_backup(world.store.engine, file, NOON, write_on)
        assert len(wrote) == 3
        assert content(world.store.engine) != before
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[source]
    engine = open_engine(urls[other])
    restore(engine, file, KEYS, silent)
    assert content(engine) == before
    engine.dispose()


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_memory_does_not_grow_with_the_rows(urls: dict[str, str], file: Path, source: str) -> None:
    with open_world(urls[source]) as world:
        with world.store.write() as unit:
            for n in range(10_000):
                unit.transaction.connection.execute(
                    text("INSERT INTO purge_log (what, n, at) VALUES (:what, :n, :at)"),
                    {"what": "x" * 1000, "n": n, "at": "2026-11-24 12:00:00.000000"},
                )
        tracemalloc.start()
        write_backup(world.store.engine, file, NOON, silent)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.reset_peak()
        other = {"sqlite": "postgresql", "postgresql": "sqlite"}[source]
        engine = open_engine(urls[other])
        restore(engine, file, KEYS, silent)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
        tracemalloc.stop()
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM purge_log")).scalar() == 10_000
        engine.dispose()
