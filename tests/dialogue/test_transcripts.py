"""Whole conversations with the cities that ship, as a programme officer reads them.

Each file of `transcripts/<language>/` begins with remarks, its city, its channel, a survey of
`instruments/` where it needs another than the city's, and the language of who agreed earlier, where
it is no stranger; then comes the format of `backend.talk`.
`pytest --update` rewrites our lines of every file as they now run.
"""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from backend.talk import Talk, play
from backend.wiring import guesser
from channels.rendering import CARRIES
from dialogue.survey import Survey
from dialogue.survey_file import read_survey
from tests.dialogue.samples import GATED, NOW
from tests.dialogue.shipped import shipped_desk

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*/*.txt"))
GUESSER = guesser()
HEADER = re.compile(r"(# .*\n)+city (\S+)\nchannel (\S+)\n(?:survey (\S+)\n)?(?:agreed (\S+)\n)?\n")


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def instrument(slug: str) -> Survey:
    """A survey that is there for the transcripts only."""
    path = Path(__file__).parent / "instruments" / f"{slug}.toml"
    survey, faults = read_survey(tomllib.loads(path.read_text(encoding="utf-8")))
    assert survey is not None, faults
    return replace(survey, version=1)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=name)
def test_a_conversation_runs_as_written(path: Path, request: pytest.FixtureRequest) -> None:
    written = path.read_text(encoding="utf-8")
    header = HEADER.match(written)
    assert header is not None, "a transcript begins with remarks, 'city …' and 'channel …'"
    desk = shipped_desk(header[2])
    if header[4]:
        desk = replace(desk, surveys=(instrument(header[4]),))
    talk = Talk(desk, CARRIES[header[3]], NOW, guesser=GUESSER)
    if header[5]:
        talk.conversation = replace(GATED, locale=header[5])
    played = play(talk, written)
    if request.config.getoption("--update"):
        path.write_text(played, encoding="utf-8")
    else:
        assert played == written


def test_every_language_has_the_same_scenarios() -> None:
    scenarios: dict[str, set[str]] = {}
    for path in TRANSCRIPTS:
        if path.parent.name == "several":  # about more than one language
            continue
        scenarios.setdefault(path.parent.name, set()).add(path.stem)
    assert len(scenarios) == 8
    assert len(set(map(frozenset, scenarios.values()))) == 1
