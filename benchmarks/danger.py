"""How well danger is recognised on texts that nobody had seen (`tests/dialogue/danger/blind`), by
the lists alone, with the second look, and to whom the numbers are said at least."""

import csv
from collections import Counter
from pathlib import Path

from backend.catalogues import LOCALES, danger_weights
from backend.danger_lists import FILE, load_danger
from dialogue.danger import is_ordinary_answer, signs
from dialogue.danger.weights import HEEDED

BLIND = Path("tests/dialogue/danger/blind")


def danger() -> None:
    """Prints, by language and kind of text, how many each of the three takes for danger."""
    lists = tuple(load_danger(path) for path in sorted(LOCALES.glob(f"*/{FILE}")))
    weights = danger_weights()
    print("Blind texts: how many, known to a list, with the second look, with numbers beside.")
    for path in sorted(BLIND.glob("*.csv")):
        found: Counter[tuple[str, str]] = Counter()
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                kind = "told" if row["class"] else "plain" if "-p" in row["id"] else "hard"
                risk, look = signs(row["text"], lists, weights)
                found[kind, "all"] += 1
                found[kind, "lists"] += risk is not None
                found[kind, "danger"] += not is_ordinary_answer(risk, look)
                found[kind, "numbers"] += risk is not None or look in HEEDED
        columns = ("all", "lists", "danger", "numbers")
        kinds = ("told", "plain", "hard")
        counts = (f"{k} {' '.join(str(found[k, c]) for c in columns)}" for k in kinds)
        print(f"{path.stem}  {'   '.join(counts)}", flush=True)
