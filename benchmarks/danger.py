"""How well danger is recognised on texts that nothing was learnt from: by an author of whom nothing
was (`tests/dialogue/danger/blind`), and by authors of whom the other half was (`held_back`)."""

import csv
from collections import Counter
from pathlib import Path

from backend.catalogues import LOCALES, danger_weights
from backend.danger_lists import FILE, load_danger
from dialogue.danger import is_ordinary_answer, signs
from dialogue.danger.weights import HEEDED

TEXTS = Path("tests/dialogue/danger")
FOLDERS = ("blind", "held_back")
KINDS = ("told", "plain", "hard")
COLUMNS = ("all", "lists", "danger", "numbers")


def danger() -> None:
    """Prints, by language and kind of text: how many there are, how many a list knows, how many are
    treated as danger where an answer in free words is asked for, and to how many the numbers are
    said at least."""
    lists = tuple(load_danger(path) for path in sorted(LOCALES.glob(f"*/{FILE}")))
    weights = danger_weights()
    for folder in FOLDERS:
        total: Counter[tuple[str, str]] = Counter()
        print(f"{folder}: how many, known to a list, treated as danger, numbers said")
        for path in sorted((TEXTS / folder).glob("*.csv")):
            found: Counter[tuple[str, str]] = Counter()
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    kind = "told" if row["class"] else "hard" if "-h" in row["id"] else "plain"
                    risk, look = signs(row["text"], lists, weights)
                    found[kind, "all"] += 1
                    found[kind, "lists"] += risk is not None
                    found[kind, "danger"] += not is_ordinary_answer(risk, look)
                    found[kind, "numbers"] += risk is not None or look in HEEDED
            print(_line(path.stem, found), flush=True)
            total += found
        print(_line("all", total))


def _line(name: str, found: Counter[tuple[str, str]]) -> str:
    counts = (f"{k} {' '.join(str(found[k, c]) for c in COLUMNS)}" for k in KINDS)
    return f"{name:4} {'   '.join(counts)}"
