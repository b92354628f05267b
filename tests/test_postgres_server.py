"""The PostgreSQL of the tests itself: unprivileged, shared, and gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from tests.conftest import ROOT, OtherHost, postgres_server
from tests.postgres import fresh_database, running_server


def folder_of(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def wait_until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 20
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def make_one_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table thing (name text)")


def test_nothing_is_left_of_a_server_and_it_never_ran_as_root() -> None:
    with running_server() as url:
        folder = folder_of(url)
        assert (folder / "data" / "postmaster.pid").stat().st_uid != 0
        with psycopg.connect(url) as connection:
            assert connection.execute("show fsync").fetchone() == ("off",)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_a_server_ends_with_the_run_that_was_killed() -> None:
    program = (
        "from tests.postgres import running_server\n"
        "with running_server() as url:\n"
        "    print(url, flush=True); input()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=pipe, stdout=pipe, text=True
    ) as run:
        assert run.stdout is not None
        folder = folder_of(run.stdout.readline().strip())
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(run.pid, signal.SIGKILL)
    wait_until(lambda: not folder.exists())
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


@pytest.fixture
def server_url(pytestconfig: pytest.Config) -> str:
    return postgres_server(pytestconfig)[0]


def test_each_test_has_a_database_of_its_own(server_url: str) -> None:
    template = f"imbizo_one_table_{os.getpid()}"
    migrations = []

    def migrate(url: str) -> None:
        migrations.append(url)
        make_one_table(url)

    names = []
    for _ in range(2):
        with fresh_database(server_url, template, migrate) as url:
            names.append(urlsplit(url).path[1:])
            with psycopg.connect(url) as connection:
                connection.execute("insert into thing values ('one')")
                assert connection.execute("select count(*) from thing").fetchone() == (1,)
    with psycopg.connect(server_url) as connection:
        left = connection.execute("select 1 from pg_database where datname = any(%s)", [names])
        assert left.fetchall() == []
    assert len(migrations) == 1


def test_no_test_reaches_another_host() -> None:
    import socket

    with pytest.raises(OtherHost), socket.socket() as connection:
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(OtherHost):
        socket.getaddrinfo("example.org", 80)
