"""How well and how fast languages are guessed, by length and language, beside lingua's detector
restricted to the same languages (BENCH_LINGUA: a Python that has lingua-language-detector)."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.servers import ROOT
from tests.bot.sentences import LENGTHS, of_length, others, ours

ROUNDS = 10
LINGUA = os.environ.get("BENCH_LINGUA")


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, the language it is in, the one that the conversation is known to be in."""

    text: str
    language: str
    spoken: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a guesser said to each, and what it cost: seconds and MB until the first guess, guesses
    a second."""

    guessed: Sequence[str | None]
    ready: float
    memory: float
    rate: float


def language() -> None:
    """Prints all of it."""
    codes = sorted(ours())
    programs = {"ours": sys.executable, **({"lingua": LINGUA} if LINGUA else {})}
    plain = _asked(str)
    print("Languages guessed: share right of synthetic texts (tests/bot/languages), by words.")
    print(f"{'':34}" + "".join(f"{f'{low}-{high}':>8}" for low, high in LENGTHS))
    for name, program in programs.items():
        told = _run(name, program, codes, plain)
        _line(name, plain, told)
        for code in codes:
            _line(f"  {name}: {code}", plain, told, code)
        for change, how in _CHANGES.items():
            changed = _asked(how)
            _line(f"{name}, {change}", changed, _run(name, program, codes, changed))
        _outsiders(name, program, codes)
        print(
            f"{name}: ready in {told.ready:.2f} s, {told.memory:.0f} MB more,"
            f" {told.rate:,.0f} texts a second"
        )
    _remembering(sys.executable, codes)
    if not LINGUA:
        print("lingua: not measured; set BENCH_LINGUA to a Python that has it")


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


_CHANGES: dict[str, Callable[[str], str]] = {"capitals": str.upper, "no accents": _bare}


def _asked(change: Callable[[str], str]) -> list[Asked]:
    return [Asked(change(text), code) for code, texts in ours().items() for text in texts]


def _remembering(program: str, codes: Sequence[str]) -> None:
    """With the conversation's language known: the right one, and another (the contact changed)."""
    other = dict(zip(codes, [*codes[1:], codes[0]], strict=True))
    for name, spoken in (("known", dict(zip(codes, codes, strict=True))), ("changed", other)):
        asked = [Asked(one.text, one.language, spoken[one.language]) for one in _asked(str)]
        _line(f"ours, conversation's language {name}", asked, _run("ours", program, codes, asked))
    near = {"zu": "xh", "xh": "zu", "st": "tn", "tn": "st"}
    asked = [
        Asked(one.text, one.language, near[one.language])
        for one in _asked(str)
        if one.language in near
    ]
    _line("ours, changed to the nearest", asked, _run("ours", program, codes, asked))


def _outsiders(name: str, program: str, codes: Sequence[str]) -> None:
    asked = [Asked(text, code) for code, texts in others().items() for text in texts]
    told = _run(name, program, codes, asked)
    kept: dict[str, list[bool]] = {}
    for one, guessed in zip(asked, told.guessed, strict=True):
        kept.setdefault(one.language, []).append(guessed not in codes)
    shares = ", ".join(f"{code} {sum(out) / len(out):.2f}" for code, out in kept.items())
    print(f"{name}: texts in no language of ours, share told apart: {shares}")


def _run(name: str, program: str, codes: Sequence[str], asked: Sequence[Asked]) -> Told:
    task = {
        "languages": codes,
        "asked": [(one.text, one.spoken) for one in asked],
        "rounds": ROUNDS,
    }
    done = subprocess.run(
        [program, "-m", "benchmarks.guessing", name],
        cwd=ROOT,
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=True,
    )
    return Told(**json.loads(done.stdout))


def _line(name: str, asked: Sequence[Asked], told: Told, code: str | None = None) -> None:
    shares = []
    for length in LENGTHS:
        right = [
            guessed == one.language
            for one, guessed in zip(asked, told.guessed, strict=True)
            if of_length([one.text], *length) and code in (None, one.language)
        ]
        shares.append(f"{sum(right) / len(right):8.3f}")
    print(f"{name:34}" + "".join(shares), flush=True)
