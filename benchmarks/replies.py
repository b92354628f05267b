"""How well replies are read, beside a flow bot's usual rules, on the labelled set of the tests."""

from collections.abc import Callable, Sequence

from benchmarks import plain_matcher
from dialogue.outcomes import Outcome
from tests.dialogue.reply_set import (
    Judged,
    Row,
    Verdict,
    judged,
    read,
    reading,
    shares,
)

READERS: tuple[tuple[str, Callable[[Row], Outcome]], ...] = (
    ("ours", read),
    ("plain matcher", lambda row: plain_matcher.read(row.asked, row.reply, reading(row))),
)


def replies() -> None:
    """One table: all, the two parts, by type, by language."""
    print("Labelled replies, synthetic (tests/dialogue/replies/README.md). In %, of all replies:")
    print("right; an answer was there, but asked again; not the right thing done; and the worst, a")
    print("wrong value recorded silently.")
    results = [(name, judged(reader)) for name, reader in READERS]
    print(f"{'':18}{'replies':>8}" + "".join(f"{name:>34}" for name, _ in results))
    print(f"{'':26}" + f"{'right':>10}{'asked':>8}{'kind':>8}{'misread':>8}" * len(results))
    for title, belongs in _groups(results[0][1]):
        cells = [[result for result in judged_ if belongs(result.row)] for _, judged_ in results]
        print(f"{title:18}{len(cells[0]):8}" + "".join(map(_cells, cells)))


def _groups(results: Sequence[Judged]) -> list[tuple[str, Callable[[Row], bool]]]:
    return [
        ("all", lambda row: True),
        ("open part", lambda row: not row.held_back),
        ("held back", lambda row: row.held_back),
        *((kind, _of_type(kind)) for kind in sorted({r.row.asked.kind for r in results})),
        *((code, _in_language(code)) for code in sorted({r.row.language for r in results})),
    ]


def _of_type(kind: str) -> Callable[[Row], bool]:
    return lambda row: row.asked.kind == kind


def _in_language(code: str) -> Callable[[Row], bool]:
    return lambda row: row.language == code


def _cells(results: Sequence[Judged]) -> str:
    share = shares(results)
    order = (Verdict.RIGHT, Verdict.ASKED, Verdict.KIND, Verdict.MISREAD)
    return "".join(
        f"{100 * share[v]:{width}.1f}" for v, width in zip(order, (10, 8, 8, 8), strict=True)
    )
