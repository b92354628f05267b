"""How far the coding of a question is, and how far its coders agree."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, groupby

from sqlalchemy import Connection, Select, func, select

from backend.results.agreement import Agreement, Pair, agreement, whether_given
from backend.store import labels
from backend.store.schemes import Applied
from backend.store.tables import ANSWER, LABEL, SESSION
from dialogue.labels import Stage

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
    for row, stands in labels.standings(connection, applied):
        lost = stands.stage is Stage.OPEN and not row.has_words
        progress[GONE if lost else str(stands.stage)] += 1
    pairs = blind_pairs(connection, applied)
    return CodingReport(
        progress=dict(progress),
        all_codes=agreement(pairs),
        by_code={code.name: agreement(whether_given(pairs, code.name)) for code in applied.codes},
    )


def blind_pairs(connection: Connection, applied: Applied) -> list[Pair]:
    """What each two coders gave to the same answers, and how often: of each coder what was given
    last before they could see what others had given. Answers of one coder never leave the database.
    """
    patterns: Counter[tuple[tuple[str, str], ...]] = Counter()
    found = connection.execute(_given_blind(applied))
    for _, given in groupby(found, key=lambda row: row.answer):
        patterns[tuple(sorted((row.coder, row.codes) for row in given))] += 1
    return [
        Pair(first, second, (_set(one), _set(other)), len(pattern), times)
        for pattern, times in patterns.items()
        for (first, one), (second, other) in combinations(pattern, 2)
    ]


def _given_blind(applied: Applied) -> Select[tuple[int, str, str]]:
    place = func.row_number().over(
        partition_by=(LABEL.c.answer, LABEL.c.coder), order_by=LABEL.c.id.desc()
    )
    given = (
        select(LABEL.c.answer, LABEL.c.coder, LABEL.c.codes, place.label("place"))
        .select_from(LABEL.join(ANSWER).join(SESSION))
        .where(*labels.in_words(applied), LABEL.c.scheme == applied.use.scheme, LABEL.c.blind)
        .subquery()
    )
    coders = func.count().over(partition_by=given.c.answer)
    last = (
        select(given, coders.label("coders"))
        .where(given.c.place == 1, given.c.codes != json.dumps([]))
        .subquery()
    )
    columns = (last.c.answer, last.c.coder, last.c.codes)
    return select(*columns).where(last.c.coders > 1).order_by(last.c.answer)


def _set(codes: str) -> frozenset[str]:
    return frozenset(json.loads(codes))
