"""The repository as a whole: what a newcomer, a packager and a stranger's machine rely on."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOCKS = [
    *("requirements.lock", "requirements-build.lock", "requirements-dev.lock"),
    "tests/conformance/peers.lock",
]
LAYOUT = [
    "backend",
    "bot",
    "channels",
    "dialogue",
    "docs/decisions",
    "locales",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "NOTICE",
    "Procfile",
    "README.md",
    "pyproject.toml",
]
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index|--find-links")
CORE = ("dialogue", "bot")
CHANNEL = re.compile(r"twilio|telegram|whatsapp|\bsms\b", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:tmp|root|work|home|Users)/")
TRACKER = re.compile(r"(?i:\b(?:issue tracker|(?:issue|pull request) #\d+))|\b(?:TODO|FIXME)\b")
TEXT = {
    *["", ".csv", ".css", ".geojson", ".html", ".js", ".json", ".lock", ".md", ".po", ".py", ".sh"],
    *[".svg", ".toml", ".txt", ".yaml", ".yml"],
}


def files() -> Iterator[Path]:
    """Every file of ours that is text. Caches and the environment are hidden folders."""
    for top in ROOT.iterdir():
        if not top.name.startswith(".") or top.name == ".ci":
            inside = (path for path in (top, *top.rglob("*")) if path.suffix in TEXT)
            yield from (path for path in inside if path.is_file())


def name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower()


def requirements(lock: str) -> list[str]:
    """One string a requirement, its hashes included."""
    return (ROOT / lock).read_text().replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("lock", [*LOCKS, "tests/conformance/package-lock.json"])
def test_a_lock_names_no_host(lock: str) -> None:
    assert not ADDRESS.search((ROOT / lock).read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_requirement_is_pinned_and_hashed(lock: str) -> None:
    assert requirements(lock)
    assert [line for line in requirements(lock) if "==" not in line or "--hash=" not in line] == []


def test_the_locks_hold_what_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = {lock: {name(line) for line in requirements(lock)} for lock in LOCKS}
    run = {name(line) for line in project["project"]["dependencies"]}
    large = {name(line) for line in project["project"]["optional-dependencies"]["statistics"]}
    dev = {name(line) for line in project["dependency-groups"]["dev"]}
    assert run <= locked["requirements.lock"]
    assert run | large | dev <= locked["requirements-dev.lock"]
    assert large.isdisjoint(locked["requirements.lock"])


def test_tests_run_with_the_versions_that_are_deployed() -> None:
    deployed, tested = (
        set(requirements(lock)) for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert deployed <= tested


@pytest.mark.parametrize("path", LAYOUT)
def test_the_layout_is_the_promised_one(path: str) -> None:
    assert (ROOT / path).exists()


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [str(path) for path in files() if MACHINE_PATH.search(path.read_text())]
    assert found == []


def test_the_core_names_no_channel() -> None:
    code = [path for path in files() if path.suffix == ".py"]
    core = [path for path in code if path.relative_to(ROOT).parts[0] in CORE]
    assert core
    assert [str(path) for path in core if CHANNEL.search(path.read_text())] == []


def test_no_document_sends_its_reader_to_a_tracker() -> None:
    documents = [path for path in files() if path.suffix == ".md"]
    assert [str(path) for path in documents if TRACKER.search(path.read_text())] == []
