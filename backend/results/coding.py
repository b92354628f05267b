"""How far the coding of a question is, and how far its coders agree."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from backend.results.agreement import Agreement, agreement, whether_given
from backend.store import labels
from backend.store.schemes import Applied
from dialogue.labels import Stage, first_given

GONE = "gone"
"""Answers whose words were deleted before enough coders had read them."""


@dataclass(frozen=True, slots=True)
class CodingReport:
    """`progress` counts answers in words by where they stand; `all_codes` is agreement on all codes
    of an answer together, `by_code` on whether each applies."""

    progress: Mapping[str, int]
    all_codes: Agreement
    by_code: Mapping[str, Agreement]


def coding_report(connection: Connection, applied: Applied) -> CodingReport:
    """The report on a question's coding."""
    progress: Counter[str] = Counter({str(stage): 0 for stage in Stage} | {GONE: 0})
    units = []
    for row, stands in labels.standings(connection, applied):
        lost = stands.stage is Stage.OPEN and not row.has_words
        progress[GONE if lost else str(stands.stage)] += 1
        units.append(first_given(stands.labels))
    return CodingReport(
        progress=dict(progress),
        all_codes=agreement(units),
        by_code={code.name: agreement(whether_given(units, code.name)) for code in applied.codes},
    )
