"""Whole conversations with the cities that ship, as a programme officer reads them.

Each file of `transcripts/<language>/` begins with remarks, its city and its channel; then comes the
format of `backend.talk`. `pytest --update` rewrites our lines of every file as they now run.
"""

import re
from pathlib import Path

import pytest

from backend.talk import Talk, play
from channels.rendering import CARRIES
from tests.dialogue.samples import NOW
from tests.dialogue.shipped import shipped_desk

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*/*.txt"))
HEADER = re.compile(r"(# .*\n)+city (\S+)\nchannel (\S+)\n\n")


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=name)
def test_a_conversation_runs_as_written(path: Path, request: pytest.FixtureRequest) -> None:
    written = path.read_text(encoding="utf-8")
    header = HEADER.match(written)
    assert header is not None, "a transcript begins with remarks, 'city …' and 'channel …'"
    played = play(Talk(shipped_desk(header[2]), CARRIES[header[3]], NOW), written)
    if request.config.getoption("--update"):
        path.write_text(played, encoding="utf-8")
    else:
        assert played == written


def test_every_language_has_the_same_scenarios() -> None:
    scenarios: dict[str, set[str]] = {}
    for path in TRANSCRIPTS:
        scenarios.setdefault(path.parent.name, set()).add(path.stem)
    assert len(scenarios) == 7
    assert len(set(map(frozenset, scenarios.values()))) == 1
