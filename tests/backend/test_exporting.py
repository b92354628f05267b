"""The worker that makes exports: killed in the middle, told to end, or too late."""

import asyncio
import io
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from backend import wiring
from backend.auth import Role, make_key
from backend.exporting import Exporter
from backend.exports import export
from backend.privacy import KeyRing
from backend.store import export_jobs, library, open_engine
from backend.store.tables import EXPORT_CONTENT, EXPORT_KEY
from backend.vault import SealingVault
from tests.backend.cli.processes import Running, environment, running
from tests.backend.conftest import Town
from tests.backend.exports.seed import SLUG, Way, add, city, plant, said


class Shelf:
    """An object store in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, content: bytes) -> None:
        self.objects[key] = content

    def get(self, key: str) -> bytes:
        return self.objects[key]

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)


HERE = "smalltown"
KEY = "synthetic export key"
MANY = 12_000


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    plant(engine, city())
    yield engine
    engine.dispose()


def keys_of(settings: Mapping[str, str]) -> KeyRing:
    return KeyRing.from_setting(settings["IMBIZO_SECRET_KEYS"])


def ask(engine: Engine, keys: KeyRing, format: str) -> int:
    with library.writing(engine) as connection:
        sealed = keys.seal(KEY, EXPORT_KEY)
        return export_jobs.ask(connection, HERE, SLUG, format, "0" * 12, sealed, wiring.now())


def row(engine: Engine) -> dict[str, Any]:
    """The one job."""
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT * FROM export_job")).mappings().one())


def run(engine: Engine, statement: str) -> None:
    with library.writing(engine) as connection:
        connection.execute(text(statement))


def file_of(engine: Engine, vault: SealingVault, job: int) -> bytes:
    pieces, number = b"", 0
    with engine.connect() as connection:
        while stored := export_jobs.piece(connection, job, number):
            pieces, number = pieces + vault.open(stored, EXPORT_CONTENT), number + 1
    return pieces


def direct(engine: Engine, format: str) -> bytes:
    out = io.BytesIO()
    export(engine, city(), SLUG, format, KEY, out)
    return out.getvalue()


async def until(engine: Engine, holds: Callable[[dict[str, Any]], bool], one: Running) -> None:
    async with asyncio.timeout(90):
        while not holds(await asyncio.to_thread(row, engine)):
            assert one.process.returncode is None, one.log
            await asyncio.sleep(0.05)


# --- programs of their own ---------------------------------------------------------------------
async def test_what_a_killed_worker_began_another_one_makes_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with library.writing(engine) as connection:
        add(connection, HERE, [Way({"safe": said("unsafe")}, contact=None)] * MANY, begin=1000)
    settings = environment(database_url)
    keys = keys_of(settings)
    job = ask(engine, keys, "xlsx")
    sqlite = database_url.startswith("sqlite")
    command = ("run", "--port", "0") if sqlite else ("worker",)
    async with running(*command, settings=settings, folder=tmp_path) as first:
        await first.until("Stop with")
        await until(engine, lambda job: job["rows_done"] > 0, first)
        first.process.send_signal(signal.SIGKILL)
        await first.process.wait()
    left = row(engine)
    assert (left["status"], left["attempts"]) == ("running", 1)
    assert 0 < left["rows_done"] < left["rows_total"]
    assert left["secret"], "another worker needs it"
    async with running(*command, settings=settings, folder=tmp_path) as second:
        await second.until("Stop with")
        await asyncio.sleep(0.2)
        assert row(engine)["attempts"] == 1, "the lease still runs"
        run(engine, "UPDATE export_job SET due_at = created_at")  # it has run out
        await until(engine, lambda job: job["status"] == "done", second)
        done = row(engine)
        assert await second.end() in (0, -signal.SIGTERM)
    assert (done["attempts"], done["secret"]) == (2, None)
    assert done["rows_done"] == done["rows_total"] > MANY
    made = file_of(engine, SealingVault(keys, None, wiring.fresh_id), job)
    assert made == direct(engine, "xlsx")
    assert "Traceback" not in first.log + second.log


async def test_a_worker_that_is_told_to_end_leaves_its_export_to_another_at_once(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with library.writing(engine) as connection:
        add(connection, HERE, [Way({"safe": said("unsafe")}, contact=None)] * MANY, begin=1000)
    settings = environment(database_url)
    ask(engine, keys_of(settings), "xlsx")
    command = ("run", "--port", "0") if database_url.startswith("sqlite") else ("worker",)
    async with running(*command, settings=settings, folder=tmp_path) as one:
        await one.until("Stop with")
        await until(engine, lambda job: job["rows_done"] > 0, one)
        assert await one.end() in (0, -signal.SIGTERM)
    left = row(engine)
    assert (left["status"], left["attempts"]) == ("waiting", 0), "it was no fault of the export"
    assert left["due_at"] is not None
    assert "Traceback" not in one.log


# --- one step at a time ------------------------------------------------------------------------
@pytest.fixture
def keys() -> KeyRing:
    return KeyRing(["o" * 40])


async def test_what_a_worker_that_was_given_up_still_does_changes_nothing(
    engine: Engine, keys: KeyRing
) -> None:
    vault = SealingVault(keys, None, wiring.fresh_id)
    job = ask(engine, keys, "csv")
    with library.writing(engine) as connection:
        late = export_jobs.claim(connection, wiring.now())
        assert late is not None
        assert export_jobs.reserve(connection, late, 0, None, wiring.now())
        assert export_jobs.keep(connection, late, 0, vault.put(b"late", None, EXPORT_CONTENT))
    run(engine, "UPDATE export_job SET due_at = created_at")
    assert await Exporter(engine, keys, vault).make_one()
    with library.writing(engine) as connection:
        now = wiring.now()
        assert not export_jobs.hold(connection, late, 1, 2, now)
        assert not export_jobs.reserve(connection, late, 1, None, now)
        assert not export_jobs.keep(connection, late, 0, vault.put(b"x", None, EXPORT_CONTENT))
        assert not export_jobs.finish(connection, late, 1, 1, now)
        export_jobs.fail(connection, late, "late", now)
        export_jobs.try_later(connection, late, now)
        export_jobs.give_back(connection, late, now)
    assert (row(engine)["status"], row(engine)["problem"]) == ("done", None)
    assert file_of(engine, vault, job) == direct(engine, "csv")


async def test_one_that_is_called_off_while_it_is_made_is_let_go(
    engine: Engine, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.exporting.NOTE_SECONDS", 0.01)
    monkeypatch.setattr("backend.exports.snapshot.REPORT_EVERY", 1)
    with library.writing(engine) as connection:
        add(connection, HERE, [Way({"safe": said("unsafe")}, contact=None)] * 5000, begin=1000)
    job = ask(engine, keys, "xlsx")
    exporter = Exporter(engine, keys, SealingVault(keys, None, wiring.fresh_id))
    making = asyncio.create_task(exporter.make_one())
    while row(engine)["rows_done"] == 0:
        await asyncio.sleep(0.01)
    assert not making.done()
    with library.writing(engine) as connection:
        export_jobs.remove(connection, job)
    assert await making
    with engine.connect() as connection:
        for table in ("export_job", "export_piece"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


async def test_a_fault_is_tried_again_later_and_then_given_up(
    engine: Engine, keys: KeyRing
) -> None:
    class Broken(Shelf):
        def put(self, key: str, content: bytes) -> None:
            raise OSError("synthetic")

    ask(engine, keys, "csv")
    vault = SealingVault(keys, Broken(), wiring.fresh_id)
    exporter = Exporter(engine, keys, vault)
    for n in (1, 2, 3):
        assert await exporter.make_one()
        assert row(engine)["attempts"] == n
        assert not await exporter.make_one(), "it waits"
        run(engine, "UPDATE export_job SET due_at = created_at")
    assert row(engine)["status"] == "failed"
    assert row(engine)["secret"] is None
    with engine.connect() as connection:
        keys_left = connection.execute(text("SELECT count(*) FROM discarded_object")).scalar_one()
        assert connection.execute(text("SELECT count(*) FROM export_piece")).scalar_one() == 0
    assert keys_left == 3, "objects that may have been put somewhere are deleted in time"


async def test_pieces_in_an_object_store_go_with_their_export(
    engine: Engine, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.exporting.PIECE_BYTES", 500)
    shelf = Shelf()
    vault = SealingVault(keys, shelf, wiring.fresh_id)
    job = ask(engine, keys, "csv")
    await Exporter(engine, keys, vault).make_one()
    assert len(shelf.objects) > 1
    assert not any(b"response_id" in content for content in shelf.objects.values())
    assert file_of(engine, vault, job) == direct(engine, "csv")
    with library.writing(engine) as connection:
        export_jobs.remove(connection, job)
        discarded = connection.execute(text("SELECT key FROM discarded_object")).scalars().all()
    assert set(discarded) == set(shelf.objects)


# --- the whole program -------------------------------------------------------------------------
async def test_the_program_makes_what_is_asked_for_and_serves_flow_results(town: Town) -> None:
    with library.writing(town.app.state.installation.engine) as connection:
        key = make_key(
            connection, "test-za", Role.COORDINATOR, "", wiring.fresh_secret, wiring.now()
        )
    headers = {"Authorization": f"Bearer {key}"}
    exports = "/api/v1/test-za/surveys/safety-pulse/exports"
    asked = await town.http.post(exports, json={"format": "long"}, headers=headers)
    assert asked.status_code == 202, asked.text
    at = asked.headers["location"]
    async with asyncio.timeout(30):
        while (await town.http.get(at, headers=headers)).json()["status"] != "done":
            await asyncio.sleep(0.2)
    fetched = await town.http.get(f"{at}/file", headers=headers)
    assert fetched.text.startswith("response_id,")
    token = {"Authorization": f"Token {key}"}
    packages = await town.http.get("/flow-results/packages", headers=token)
    assert {one["attributes"]["name"] for one in packages.json()["data"]} >= {"safety-pulse"}
    refused = await town.http.get("/flow-results/packages")
    assert refused.status_code == 401
    assert list(refused.json()) == ["errors"]
