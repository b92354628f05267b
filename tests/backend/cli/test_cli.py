"""The command line as a whole: help, settings, the database, the demo; one sentence on an error."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from backend.cli import cli
from tests.backend.cli.conftest import SECRET, Desk
from tests.backend.cli.processes import environment, running
from tests.conftest import ROOT

GROUPS = {
    "db": ["upgrade"],
    "demo": ["load"],
    "city": ["load"],
    "survey": ["import", "export"],
    "channels": ["setup", "templates"],
    "key": ["add", "list", "revoke"],
    "keys": ["rotate"],
    "broadcast": [
        *("preview", "start", "status", "approve", "pause", "resume", "cancel", "groups"),
    ],
    "scheme": ["import", "export", "list", "apply", "agreement"],
}
ALONE = ["run", "web", "worker", "chat", "check", "review", "doctor", "erase", "export", "code"]
ALONE += ["indicators"]
COMMANDS = [[name] for name in ALONE] + [
    [group, name] for group, names in GROUPS.items() for name in names
]


def sentence(text: str) -> str:
    """One line, and no more."""
    assert len(text.strip().splitlines()) == 1, text
    return text.strip()


# --- help ----------------------------------------------------------------------------------------
def test_every_command_is_known_here() -> None:
    groups = {name: sorted(getattr(c, "commands", {})) for name, c in cli.commands.items()}
    for name in ALONE:
        assert groups[name] == []
    assert {name: groups[name] for name in GROUPS} == {g: sorted(GROUPS[g]) for g in GROUPS}


@pytest.mark.parametrize("command", [[], *([name] for name in GROUPS), *COMMANDS], ids=" ".join)
def test_every_command_has_help(bare: Desk, command: list[str]) -> None:
    for flag in ("--help", "-h"):
        assert bare.well(*command, flag).startswith("Usage: ")
    assert list(bare.folder.glob("*.db")) == []


def test_the_module_is_the_same_command(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "backend", "--version"]
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(asked, cwd=tmp_path, env=settings, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("imbizo, version ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["dance"],
        ["survey", "import"],
        ["survey", "import", "test-za", "nowhere.toml"],
        ["city", "load", "nowhere"],
        ["run", "--port", "99999"],
        ["run", "--port", "x"],
        ["key", "add", "--city", "x", "--role", "king"],
        ["export", "x", "y", "--format", "pdf", "-o", "z"],
        ["check", "nowhere.toml"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_meant_is_refused_with_the_way_to_help(
    bare: Desk, arguments: list[str]
) -> None:
    assert "Error: " in bare.refused(*arguments)


# --- settings ------------------------------------------------------------------------------------
POSTGRES = {"IMBIZO_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x"}
WRONG: list[tuple[dict[str, str], str]] = [
    ({"IMBIZO_DATABASE_URL": "mysql://x/y"}, "IMBIZO_DATABASE_URL"),
    ({"IMBIZO_DATABASE_URL": "imbizo.db"}, "IMBIZO_DATABASE_URL"),
    (POSTGRES, "IMBIZO_SECRET_KEYS"),
    (POSTGRES | {"IMBIZO_SECRET_KEYS": SECRET}, "database"),
    (
        {"IMBIZO_DATABASE_URL": "postgresql://x:y@z:port/w", "IMBIZO_SECRET_KEYS": SECRET},
        "IMBIZO_DATABASE_URL",
    ),
    ({"IMBIZO_DATABASE_URL": "sqlite:///no/such/folder/x.db"}, "no/such/folder"),
    ({"IMBIZO_PUBLIC_URL": "imbizo.example.org"}, "IMBIZO_PUBLIC_URL"),
    ({"PORT": "many"}, "PORT"),
    ({"IMBIZO_CITIES": "no-such-folder"}, "IMBIZO_CITIES"),
]


@pytest.mark.parametrize(("settings", "named"), WRONG, ids=lambda value: str(value)[:60])
def test_a_wrong_setting_is_named_in_one_sentence(
    bare: Desk, settings: dict[str, str], named: str
) -> None:
    port = () if "PORT" in settings else ("--port", "0")
    said = bare.refused("run", *port, **settings)
    if port:
        sentence(said)
    assert named in said


def test_an_env_file_is_read_and_the_environment_goes_first(bare: Desk) -> None:
    bare.write(".env", "IMBIZO_DATABASE_URL=sqlite:///other.db\n")
    bare.well("db", "upgrade")
    assert (bare.folder / "other.db").exists()
    bare.well("db", "upgrade", IMBIZO_DATABASE_URL="sqlite:///mine.db")
    assert (bare.folder / "mine.db").exists()


def test_a_key_file_that_others_may_read_is_refused(bare: Desk) -> None:
    bare.well("db", "upgrade")
    keys = Path(bare.folder, bare.write("imbizo.keys", SECRET))
    keys.chmod(0o644)
    said = sentence(bare.refused("run", "--port", "0"))
    assert "chmod 600" in said
    assert SECRET not in said


# --- database and demo ---------------------------------------------------------------------------
def test_upgrading_twice_changes_nothing(bare: Desk) -> None:
    for _ in range(2):
        assert "up to date" in bare.well("db", "upgrade")


def test_the_demo_is_loaded_once(bare: Desk) -> None:
    assert "demo-mx" in bare.well("demo", "load")
    assert "already" in bare.well("demo", "load")
    assert "2 cities" in bare.imbizo("doctor").out


@pytest.mark.parametrize(
    "arguments",
    [
        ["city", "load", "cities/test-za"],
        ["survey", "export", "test-za", "safety-pulse"],
        ["key", "add", "--city", "test-za", "--role", "viewer"],
        ["channels", "setup", "test-za"],
        ["erase", "test-za"],
        ["export", "test-za", "safety-pulse", "--format", "csv", "-o", "x.csv"],
        ["keys", "rotate"],
    ],
    ids=" ".join,
)
def test_without_tables_a_command_says_what_to_do(bare: Desk, arguments: list[str]) -> None:
    bare.city()
    assert "imbizo d" in sentence(bare.refused(*arguments, typed="+27600000001\n"))


# --- processes -----------------------------------------------------------------------------------
def test_run_on_a_busy_port_says_so_in_one_sentence(bare: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        assert port in sentence(bare.refused("run", "--port", port))
        assert port in sentence(bare.refused("run", PORT=port))


@pytest.mark.parametrize("command", ["web", "worker"])
def test_web_and_worker_refuse_sqlite(bare: Desk, command: str) -> None:
    assert "imbizo run" in sentence(bare.refused(command))


@pytest.mark.parametrize("command", [["web", "--port", "0"], ["worker"]], ids=" ".join)
def test_web_and_worker_say_that_tables_are_missing(
    bare: Desk, postgres_url: str, command: list[str]
) -> None:
    empty = postgres_url.replace("imbizo_test_", "imbizo_none_")
    settings = {"IMBIZO_DATABASE_URL": empty, "IMBIZO_SECRET_KEYS": SECRET}
    assert "doctor" in sentence(bare.refused(*command, **settings))


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_run_answers_and_ends_when_told(tmp_path: Path, by: signal.Signals) -> None:
    settings = environment(f"sqlite:///{tmp_path / 'imbizo.db'}")
    command = ("run", "--demo", "--port", "0")
    async with running(*command, settings=settings, folder=tmp_path) as one:
        await one.until("Stop with")
        answer = await one.text("+27600000001", "Hi", "SM1", "demo-za")
        assert answer.status_code == 404
        assert await one.end(by) in (0, 1, -by)
    assert "Traceback" not in one.log
