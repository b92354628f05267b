"""How well danger is recognised on texts that nobody had seen (`tests/dialogue/danger/blind`), by
the lists alone, with the second look, and to whom the numbers are said at least."""

import csv
from collections import Counter
from pathlib import Path

from backend.catalogues import LOCALES, danger_weights
from backend.danger_lists import FILE, load_danger
from dialogue.danger import classify
from dialogue.danger.weights import Look

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
                listed = classify(row["text"], lists) is not None
                look = Look.DANGER if listed else weights.look(row["text"])
                found[kind, "all"] += 1
                found[kind, "lists"] += listed
                found[kind, "danger"] += look is Look.DANGER
                found[kind, "numbers"] += look is not Look.ORDINARY
        columns = ("all", "lists", "danger", "numbers")
        kinds = ("told", "plain", "hard")
        counts = (f"{k} {' '.join(str(found[k, c]) for c in columns)}" for k in kinds)
        print(f"{path.stem}  {'   '.join(counts)}", flush=True)
