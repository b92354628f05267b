"""Runs commands as an operator does: in a folder, with an environment, by a process each.

Starting Python and reading all our code and languages takes longer than most commands. So one
process reads them once, and every command runs in a copy of that process, made by fork. What goes
on until it is told to end is started as operators start it (`processes.py`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.backend.conftest import write_city
from tests.conftest import ROOT

PARENT = """
import gc, json, os, signal, sys
import backend.cli
from backend.catalogues import danger_weights, load_locales

load_locales(), danger_weights()
gc.freeze()  # what the copies share is not looked through in each of them
while line := sys.stdin.buffer.readline():
    job = json.loads(line)
    child = os.fork()
    if child == 0:
        signal.alarm(30)  # none takes so long; one that never ends ends by this
        for number, name in enumerate(job["files"]):
            os.dup2(os.open(name, os.O_RDWR), number)
        sys.stdin = open(0, closefd=False)
        os.chdir(job["folder"])
        os.environ.clear()
        os.environ.update(job["environment"])
        sys.argv = ["imbizo", *job["arguments"]]
        backend.cli.main()
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
SECRET = "synthetic secret key of the command line"


@dataclass(frozen=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it printed."""
        return self.out + self.err


@dataclass
class Desk:
    """An operator's desk: a folder with a database, and what is set."""

    parent: "subprocess.Popen[bytes]"
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def imbizo(self, *arguments: str, typed: str = "", **more: str) -> Done:
        """Runs a command to its end. No command ever shows a traceback."""
        names = [self.folder / name for name in (".typed", ".out", ".err")]
        for name in names:
            name.write_text("")
        names[0].write_text(typed)
        settings = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | self.settings | more
        code = self._ask(
            {
                "files": [str(name) for name in names],
                "folder": str(self.folder),
                "environment": settings,
                "arguments": arguments,
            }
        )
        done = Done(code, *(name.read_text() for name in names[1:]))
        assert "Traceback" not in done.said, done.said
        return done

    def well(self, *arguments: str, typed: str = "", **more: str) -> str:
        """What a command printed that must go well."""
        done = self.imbizo(*arguments, typed=typed, **more)
        assert done.code == 0, done.said
        return done.out

    def refused(self, *arguments: str, typed: str = "", **more: str) -> str:
        """What a command said that must be refused: on standard error, with exit code 1 or 2."""
        done = self.imbizo(*arguments, typed=typed, **more)
        assert done.code in (1, 2), done.said
        assert done.err.strip()
        return done.err

    def write(self, name: str, text: str) -> str:
        """Writes a file in the folder; its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def city(self, slug: str = "test-za", name: str = "cities") -> str:
        """Writes a city's folder; its name."""
        return str(write_city(self.folder / name, "http://127.0.0.1:9", slug))

    def change(self, slug: str, old: str, new: str) -> None:
        """Changes the profile in a city's folder."""
        file = self.folder / "cities" / slug / "city.toml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def _ask(self, job: Mapping[str, object]) -> int:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(json.dumps(job).encode() + b"\n")
        self.parent.stdin.flush()
        return int(self.parent.stdout.readline())


@pytest.fixture(scope="session")
def parent() -> "Iterator[subprocess.Popen[bytes]]":
    """The process that every command is a copy of."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def bare(parent: "subprocess.Popen[bytes]", tmp_path: Path) -> Desk:
    """A folder with nothing in it."""
    return Desk(parent, tmp_path)


@pytest.fixture
def desk(parent: "subprocess.Popen[bytes]", database_url: str, tmp_path: Path) -> Desk:
    """A folder with a migrated database and one city; SQLite, then PostgreSQL."""
    return with_city(Desk(parent, tmp_path), database_url)


def with_city(desk: Desk, url: str) -> Desk:
    """The desk with a migrated database and one city in it."""
    desk.settings |= {"IMBIZO_DATABASE_URL": url, "IMBIZO_SECRET_KEYS": SECRET}
    desk.well("city", "load", desk.city())
    return desk
