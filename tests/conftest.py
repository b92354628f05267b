"""What every test may ask for. What is missing is said in a sentence, by a skip or a failure."""

import os
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.postgres import drop_database, fresh_database, running_server

ROOT = Path(__file__).parent.parent
SERVER = pytest.StashKey[tuple[str, str]]()

LOOPBACK = {"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}
ADDRESSED = {"socket.connect", "socket.sendto", "socket.sendmsg"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite transcripts as they now run")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_other_hosts)
    config.pluginmanager.register(OneServerForAllWorkers())


class OtherHost(BaseException):
    """A test reached for another host. No `except Exception` may take it for a network failure."""


def refuse_other_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: Python tells it of every address before using it, whatever library asks."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ADDRESSED and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in LOOPBACK and not name.startswith("127."):
        raise OtherHost(f"{event}: {name}")


# --- databases ---------------------------------------------------------------------------------


class OneServerForAllWorkers:
    """xdist's controller starts PostgreSQL and tells its workers where: only it can stop it."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["postgres"] = postgres_server(node.config)


def postgres_server(config: pytest.Config) -> tuple[str, str]:
    """The server's address and the name of this run's template; started on the first call."""
    if SERVER not in config.stash:
        if given := getattr(config, "workerinput", None):
            config.stash[SERVER] = given["postgres"]
        else:
            config.stash[SERVER] = _start_server(config)
    return config.stash[SERVER]


def _start_server(config: pytest.Config) -> tuple[str, str]:
    template = f"imbizo_template_{uuid.uuid4().hex}"
    if given := os.environ.get("TEST_DATABASE_URL"):
        config.add_cleanup(lambda: drop_database(given, template))
        return given, template
    running = ExitStack()
    config.add_cleanup(running.close)
    return running.enter_context(running_server()), template


def migrate(url: str) -> None:
    """Imported late, so that the tests of other packages need no store."""
    from backend.store import migrate as migrate_store

    migrate_store(url)


@pytest.fixture
def postgres_url(pytestconfig: pytest.Config) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, `postgresql://…`; dropped afterwards."""
    server, template = postgres_server(pytestconfig)
    with fresh_database(server, template, migrate) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, complete by itself, with no journal beside it."""
    folder = tmp_path_factory.mktemp("sqlite")
    migrated, template = folder / "migrated.db", folder / "template.db"
    migrate(f"sqlite:///{migrated}")
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("vacuum into ?", [str(template)])
    return template


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite file, `sqlite:///…`."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'imbizo.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs twice: on a fresh, migrated database of each kind."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url"}.get(request.param, "postgres_url"))
    return url


# --- what may be absent ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_fakes() -> Path:
    """The folder of published specifications and recorded payloads."""
    folder = Path(os.environ.get("IMBIZO_FAKES", ROOT.parent / "shared" / "fakes"))
    if not folder.is_dir():
        pytest.skip("no published specifications here: set IMBIZO_FAKES to their folder")
    return folder


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The npm packages `make conformance` installs."""
    folder = ROOT / ".node" / "node_modules"
    if shutil.which("node") is None or not folder.is_dir():
        pytest.skip("no Node packages here: install Node and run `make conformance`")
    return folder


@pytest.fixture(scope="session")
def peers() -> Path:
    """The programs of the environment of servers that `make conformance` makes."""
    folder = ROOT / ".peers" / "bin"
    if not (folder / "telemelya-server").is_file():
        pytest.skip("no servers to test against here: run `make conformance`")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. It keeps the thread's event loop: no async test in the same module."""
    programs = [os.environ.get("CHROMIUM"), "chromium", "google-chrome"]
    found = next(filter(None, (shutil.which(name) for name in programs if name)), None)
    if found is None:
        absent = "no browser here: install Chromium or set CHROMIUM to its path"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(absent)
        pytest.skip(absent)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found)
        yield chromium
        chromium.close()
