"""Jobs of exports: claimed by one worker at a time, and gone in time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from backend.store import export_jobs
from backend.store.backup import write_backup
from backend.store.backup.file import lines, read_header
from backend.store.export_jobs import LEASE, PAUSE, Claimed
from bot.shelf import Stored
from tests.backend.store.conftest import NOON, World

SECOND = timedelta(seconds=1)


def ask(world: World, n: int = 1) -> None:
    with world.store.write() as unit:
        for _ in range(n):
            connection = unit.transaction.connection
            export_jobs.ask(connection, "east", "pulse", "csv", "0" * 12, "sealed secret", NOON)


def claim(world: World, at: object = NOON) -> Claimed | None:
    with world.store.write() as unit:
        return export_jobs.claim(unit.transaction.connection, at)  # type: ignore[arg-type]  # a time


def put(world: World, claimed: Claimed, key: str | None = None) -> None:
    """A piece, and the end."""
    with world.store.write() as unit:
        connection = unit.transaction.connection
        assert export_jobs.reserve(connection, claimed, 0, key, NOON)
        assert export_jobs.keep(connection, claimed, 0, Stored("sealed piece", key))
        assert export_jobs.finish(connection, claimed, 1, 7, NOON)


def test_each_job_goes_to_one_of_many_workers(world: World) -> None:
    ask(world, 12)
    together = threading.Barrier(4)

    def work(_: int) -> list[int]:
        together.wait()
        found = []
        while claimed := claim(world):
            found.append(claimed.id)
        return found

    with ThreadPoolExecutor(4) as pool:
        taken = [id for ids in pool.map(work, range(4)) for id in ids]
    assert len(taken) == len(set(taken)) == 12
    assert world.one("SELECT max(attempts) FROM export_job") == 1


def test_a_lease_that_is_held_does_not_run_out(world: World) -> None:
    ask(world)
    claimed = claim(world)
    assert claimed is not None
    late = NOON + LEASE - SECOND
    assert claim(world, late) is None
    with world.store.write() as unit:
        assert export_jobs.hold(unit.transaction.connection, claimed, 5, 10, late)
    assert world.rows("SELECT rows_done, rows_total FROM export_job") == [(5, 10)]
    assert claim(world, late + LEASE - SECOND) is None
    again = claim(world, late + LEASE)
    assert again is not None
    assert (again.id, again.attempt) == (claimed.id, 2)
    assert world.rows("SELECT rows_done, rows_total FROM export_job") == [(0, None)]


def test_one_that_failed_waits_for_a_while(world: World) -> None:
    ask(world)
    claimed = claim(world)
    assert claimed is not None
    with world.store.write() as unit:
        export_jobs.try_later(unit.transaction.connection, claimed, NOON)
    assert claim(world, NOON + PAUSE - SECOND) is None
    assert claim(world, NOON + PAUSE) is not None


@pytest.mark.parametrize("key", [None, "object"])
def test_the_night_deletes_files_after_a_day_and_jobs_after_a_month(
    world: World, key: str | None
) -> None:
    ask(world)
    claimed = claim(world)
    assert claimed is not None
    put(world, claimed, key)
    day, month = NOON + timedelta(days=1), NOON + timedelta(days=30)
    assert world.store.purge(day - SECOND)["export file"] == 0
    assert world.store.purge(day)["export file"] == 1
    assert world.rows("SELECT status, secret FROM export_job") == [("expired", None)]
    assert world.one("SELECT count(*) FROM export_piece") == 0
    discarded = world.rows("SELECT key FROM discarded_object")
    assert discarded == ([] if key is None else [(key,)])
    assert world.store.purge(month - SECOND)["export"] == 0
    assert world.store.purge(month)["export"] == 1
    assert world.one("SELECT count(*) FROM export_job") == 0


def test_neither_job_nor_file_is_in_a_backup(world: World, tmp_path: Path) -> None:
    ask(world, 2)
    claimed = claim(world)
    assert claimed is not None
    put(world, claimed)
    file = tmp_path / "a.backup"
    write_backup(world.store.engine, file, NOON, lambda done, total: None)
    assert not {"export_job", "export_piece"} & read_header(file).tables.keys()
    held = str(list(lines(file)))
    assert "sealed secret" not in held
    assert "sealed piece" not in held
