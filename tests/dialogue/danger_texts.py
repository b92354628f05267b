"""The labelled texts that the danger weights are learnt from (`benchmarks.danger_weights`), and
their hash, by which a test sees that the weights are those of the texts as they stand."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
REPLIES = "replies"
FIRST = "first"
AUTHORS = {
    **{"f": "second", "b": "second", "t": "third", "g": "widening", "c": "fourth", "s": "fifth"},
    **{"k": "sixth", "m": "sixth", "n": "sixth"},
}
"""Who wrote a text, by how its id begins; those of the first author have no letter. "widening" are
those who widened the lists: they had seen what the third wrote."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text of the training; `told` is whether it tells of danger or crime, of any class."""

    id: str
    language: str
    text: str
    told: bool
    author: str


def training_texts() -> tuple[Labelled, ...]:
    """The open labelled texts of every language, and plain replies that are not held back. What
    lies in `danger/blind/`, `danger/held_back/` and `replies/held_back/` teaches nothing: it
    measures."""
    return (*_told(HERE / "danger"), *plain_replies(HERE / REPLIES))


def _told(folder: Path) -> Iterator[Labelled]:
    for path in sorted(folder.glob("*.csv")):
        for row in _rows(path):
            author = AUTHORS.get(row["id"].split("-")[0], FIRST)
            yield Labelled(row["id"], path.stem, row["text"], bool(row["class"]), author)


def plain_replies(folder: Path) -> Iterator[Labelled]:
    """Replies to a survey's questions, all of them ordinary; each text once."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.csv")):
        for row in _rows(path):
            if row["text"] not in seen:
                seen.add(row["text"])
                yield Labelled(row["id"], row["language"], row["text"], told=False, author=REPLIES)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digest(texts: Iterable[Labelled]) -> str:
    """The hash of what is learnt from: texts and labels, in order."""
    lines = (f"{one.id}\t{one.text}\t{int(one.told)}\n" for one in texts)
    return sha256("".join(lines).encode()).hexdigest()
