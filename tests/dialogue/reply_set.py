"""The labelled replies in `replies/` (see its README): loading, reading, and judging what was read.

Everything in them is synthetic. `expected` is what a careful person would code who sees only the
question, its options and the text.
"""

import csv
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path

from backend.catalogues import load_locales
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.normalise import fold, fold_word
from dialogue.answers.places import Area
from dialogue.events import Reply
from dialogue.outcomes import (
    Again,
    Ambiguous,
    Answered,
    DontKnow,
    Empty,
    Outcome,
    OutOfRange,
    Refused,
    Skipped,
    Value,
)
from dialogue.questions import Question, Reading
from dialogue.survey_file import read_survey

FOLDER = Path(__file__).parent / "replies"
COLUMNS = ("id", "language", "country", "question", "text", "expected", "bullet", "note")
LANGUAGES = {"ZA": ("en", "zu", "xh", "af", "st", "tn"), "MX": ("es", "en")}
"""Languages of each synthetic city, by its country."""

TODAY = date(2026, 11, 24)
"""A Tuesday."""

AREAS = {
    "ZA": (
        Area("W01", "Riverside", ("Rivierkant",)),
        Area("W02", "Rietkuil North", ("Rietkuil Noord",)),
        Area("W03", "Rietkuil South", ("Rietkuil Suid",)),
        Area("W04", "Thembakhanya", ("eThembakhanya", "Temba Khanya")),
        Area("W05", "Thembakhaya", ("eThembakhaya", "Temba Khaya")),
        Area("W06", "Siyakhula Section", ("Siyakhula", "eSiyakhula"), "W04", informal=True),
        Area("W07", "Phambili Camp Two", ("Phambili", "Kamp Twee"), "W05", informal=True),
        Area("W08", "Old Harbour", ("Town Centre", "Ou Hawe")),
        Area("W09", "Old Harbour North", ("Ou Hawe Noord",)),
        Area("W11", "Church Street", (), "W01"),
        Area("W12", "Church Street", (), "W04"),
    ),
    "MX": (
        Area("C01", "San Martín Norte"),
        Area("C02", "San Martín Sur"),
        Area("C03", "Los Pirules"),
        Area("C04", "Ejido El Carrizal", ("El Carrizal",)),
        Area("C05", "Centro", ("Centro Histórico",)),
        Area("C06", "Jardines del Lago"),
        Area("C07", "La Noria", (), "C01"),
        Area("C08", "La Noria", (), "C02"),
    ),
}

PICTURE = "[photo]"
PIN = "[pin -33.92,18.42]"
"""Stand at the start of a text for what came with it."""

SPECIAL: Mapping[str, type] = {"dont_know": DontKnow, "refused": Refused, "skip": Skipped}


class Verdict(StrEnum):
    """How a reading compares with the label."""

    RIGHT = "right"
    ASKED = "asked back"
    KIND = "wrong kind"
    MISREAD = "silent misread"


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply; `question` is a name, with candidates behind a colon while asking back
    ("safe_dark:2,3")."""

    id: str
    language: str
    country: str
    question: str
    text: str
    expected: str
    bullet: str
    note: str
    held_back: bool

    @property
    def asked(self) -> Question:
        """The question as it was put."""
        name, _, candidates = self.question.partition(":")
        question = questions()[name]
        return question.narrowed(tuple(candidates.split(","))) if candidates else question

    @property
    def reply(self) -> Reply:
        """What the resident sent."""
        reply = Reply("turn-x", self.text.removeprefix(PICTURE).removeprefix(PIN).lstrip())
        if self.text.startswith(PICTURE):
            return replace(reply, media=1)
        if self.text.startswith(PIN):
            return replace(reply, location=(-33.92, 18.42))
        return replace(reply, text=self.text)


@cache
def questions() -> Mapping[str, Question]:
    """The questions of the set by name."""
    with (FOLDER / "questions.toml").open("rb") as file:
        survey, faults = read_survey(tomllib.load(file))
    assert survey is not None, faults
    return {question.name: question for question in survey.questions}


@cache
def rows() -> tuple[Row, ...]:
    """All labelled replies, also those held back."""
    found: list[Row] = []
    for path in sorted(FOLDER.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.DictReader(file)
            assert tuple(lines.fieldnames or ()) == COLUMNS, path
            found += [Row(**line, held_back=path.parent != FOLDER) for line in lines]
    return tuple(found)


def belongs_held_back(id_: str) -> bool:
    """The rule by which a third lies in `held_back/`."""
    return int(sha256(id_.encode()).hexdigest(), 16) % 3 == 0


def reading(row: Row) -> Reading:
    """What is known of the city and the resident. A language that is no locale yet is read as the
    city's first."""
    locales = load_locales()
    spoken = [code for code in LANGUAGES[row.country] if code in locales]
    session = row.language if row.language in spoken else spoken[0]
    others = tuple(locales[code] for code in spoken if code != session)
    return Reading(locales[session], others, gazetteer(row.country), row.country, TODAY)


@cache
def gazetteer(country: str) -> Gazetteer:
    """The areas of that country's city, with the words of its languages."""
    lists = [load_locales()[code].words.places for code in LANGUAGES[country]]
    return Gazetteer(AREAS[country], "Testville", lists)


def command(row: Row) -> str | None:
    """The command that the whole message is: it never reaches the question."""
    said = fold(row.reply.said)
    for locale in load_locales().values():
        for name, words in locale.words.commands.items():
            if said in map(fold_word, words):
                return name
    return None


def read(row: Row) -> Outcome:
    """What we read in it."""
    return Skipped() if command(row) == "skip" else row.asked.read(row.reply, reading(row))


def judge(row: Row, outcome: Outcome) -> Verdict:
    """Right if one of the labelled behaviours was met. A recorded value that none of them names is
    a silent misread; free text is none, since a person codes it later."""
    if any(meets(label, row, outcome) for label in labels(row)):
        return Verdict.RIGHT
    if isinstance(outcome, Answered | DontKnow | Refused | Skipped):
        sealed = isinstance(outcome, Answered) and outcome.sealed
        return Verdict.KIND if sealed else Verdict.MISREAD
    final = any(label[0] == "=" or label in SPECIAL for label in labels(row))
    return Verdict.ASKED if final else Verdict.KIND


def labels(row: Row) -> tuple[str, ...]:
    """The behaviours that are right."""
    return tuple(row.expected.split(" / "))


def meets(label: str, row: Row, outcome: Outcome) -> bool:
    """Whether this is the labelled behaviour. Raises ValueError for what is no label."""
    if label.startswith("="):
        return isinstance(outcome, Answered) and _same(label[1:], row.asked, outcome)
    if label.startswith("?"):
        return is_again(outcome) and _offers(label[1:], row.asked, outcome)
    if label in SPECIAL:
        return isinstance(outcome, SPECIAL[label]) or _has_role(row.asked, outcome, label)
    match label:
        case "!range":
            return isinstance(outcome, OutOfRange)
        case "empty":
            return isinstance(outcome, Empty)
        case "remark":
            return is_remark(outcome)
        case _:
            raise ValueError(f"{row.id}: '{label}' is no label")


def is_again(outcome: Outcome) -> bool:
    """Whether the question is asked once more, and a try used."""
    return isinstance(outcome, Again) and not is_remark(outcome)


def is_remark(outcome: Outcome) -> bool:
    """Whether it was kept as a remark. By name: the set is older than the class."""
    return type(outcome).__name__ == "Remark"


def _same(label: str, question: Question, answered: Answered) -> bool:
    value = answered.value
    if label == "text" or answered.sealed:
        return label == "text" and answered.sealed
    if label.startswith("area:"):
        return value == label.removeprefix("area:")
    if question.kind in ("select_many", "rank"):
        wanted = tuple(label.split("+"))
        many = value if isinstance(value, tuple) else (value,)
        return many == wanted if question.kind == "rank" else set(many) == set(wanted)
    if question.kind in ("numeric", "age", "scale"):
        return isinstance(value, int | float) and value == float(label)
    return value == label


def _offers(names: str, question: Question, outcome: Outcome) -> bool:
    """Whether the question back offers those options, and not simply all."""
    if not names:
        return True
    if not isinstance(outcome, Ambiguous):
        return False
    wanted = {o.code for o in question.options if o.name in names.split("|")}
    every = {o.code for o in question.options}
    return wanted <= set(outcome.candidates) and (every == wanted or every > {*outcome.candidates})


def _has_role(question: Question, outcome: Outcome, role: str) -> bool:
    if not isinstance(outcome, Answered):
        return False
    values: tuple[Value, ...] = (
        outcome.value if isinstance(outcome.value, tuple) else (outcome.value,)
    )
    return any(o.role == role and (o.name,) == values for o in question.options)


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what was read, and the verdict."""

    row: Row
    outcome: Outcome
    verdict: Verdict

    def __str__(self) -> str:
        row = self.row
        return (
            f"{row.id} {row.question} {row.text!r}: expected {row.expected},"
            f" got {self.outcome} ({self.verdict})"
        )


def judged(read: Callable[[Row], Outcome] = read) -> tuple[Judged, ...]:
    """Every row, read and judged."""
    outcomes = ((row, read(row)) for row in rows())
    return tuple(Judged(row, outcome, judge(row, outcome)) for row, outcome in outcomes)


def shares(results: Iterable[Judged]) -> Mapping[Verdict, float]:
    """The share of each verdict; of nothing, 0."""
    counted = Counter(result.verdict for result in results)
    return {verdict: counted[verdict] / (counted.total() or 1) for verdict in Verdict}
