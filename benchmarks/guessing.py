"""One guesser of languages in a process of its own: texts as JSON in, guesses and figures out.

`python -m benchmarks.guessing ours` or `lingua` (with a Python that has it).
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")

Guess = Callable[[str, str | None], str | None]
"""A text and the conversation's language, if known, to the language guessed."""

Build = Callable[[], Guess]
"""Makes one, all libraries being imported: what is measured begins here."""


def main(name: str) -> None:
    """Reads {"languages": […], "asked": [[text, known language], …]}; `rounds` times all of it."""
    task = json.load(sys.stdin)
    asked = [(text, spoken) for text, spoken in task["asked"]]
    build = {"ours": _ours, "lingua": _lingua}[name](task["languages"])
    before, begun = _memory(), time.perf_counter()
    guess = build()
    guess(*asked[0])
    ready, memory = time.perf_counter() - begun, _memory() - before
    guessed = [guess(text, spoken) for text, spoken in asked]
    begun = time.perf_counter()
    for _ in range(task["rounds"]):
        for text, spoken in asked:
            guess(text, spoken)
    rate = task["rounds"] * len(asked) / (time.perf_counter() - begun)
    json.dump({"guessed": guessed, "ready": ready, "memory": memory, "rate": rate}, sys.stdout)


def _ours(languages: Sequence[str]) -> Build:
    from backend import wiring
    from backend.catalogues import load_locales

    load_locales()

    def build() -> Guess:
        guesser = wiring.guesser()

        def guess(text: str, spoken: str | None) -> str | None:
            found = guesser.guess(text, languages, spoken)
            return found.language if found else None

        return guess

    return build


def _lingua(languages: Sequence[str]) -> Build:
    """Restricted to the same languages; it knows no conversation."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, code.upper()) for code in languages]

    def build() -> Guess:
        detector = LanguageDetectorBuilder.from_iso_codes_639_1(*codes).build()

        def guess(text: str, spoken: str | None) -> str | None:
            found = detector.detect_language_of(text)
            return found.iso_code_639_1.name.lower() if found else None

        return guess

    return build


def _memory() -> float:
    """Resident memory in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


if __name__ == "__main__":
    main(sys.argv[1])
