"""The declared set of tables of a survey: every figure that may ever be shown, and the equations
between them.

A question's rows are all who reached it, its options (or bands, points, areas), classes of them (an
indicator's positive answers, an area with the settlements in it), and those who did not answer, by
kind. Its columns are everybody and, unless it is asked under a condition, the groups of each
dimension. How many of a group reached a question under a condition would tell what they answered
before; so it has no groups.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.results.protection import Equation
from backend.results.tables import NON_RESPONSE, THEMES, Table

REACHED, ANSWERED, NONE = "reached", "answered", "none"
OPTION, INSIDE, OUTSIDE, CLASS = "option:", "in:", "out:", "class:"
REGION, SETTLEMENT = "region", "settlement"
ELSEWHERE = "elsewhere"
"""The group of those who are in none; never shown."""

Row = tuple[str, tuple[str, ...]]
"""A row that is the sum of others."""

Partition = Mapping[str, tuple[str, ...]]
"""Classes of a question's lines; what is in none is a class of its own."""


class FigureKey(NamedTuple):
    """What a figure counts: respondents of a question in a row; in all, or in a group."""

    question: str
    row: str
    by: str = ""
    group: str = ""


@dataclass(slots=True)
class Frame:
    """Figures with what links them."""

    counts: dict[FigureKey, int] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    unlinked: set[FigureKey] = field(default_factory=set)
    """What is never made public: who were asked a question would tell what they answered before,
    and no equation says how."""

    def add(self, whole: FigureKey, parts: Iterable[FigureKey], *, loose: bool = False) -> None:
        """Notes that a figure is the sum of others."""
        self.equations.append(Equation(whole, tuple(parts), loose))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its counts, the classes of its lines and, where it is asked after certain
    answers to one other question, those: its own name, and the rows there."""

    table: Table
    partitions: Sequence[Partition] = ()
    after: tuple[str, tuple[str, ...]] | None = None

    @property
    def name(self) -> str:
        """The question's."""
        return self.table.question.name


@dataclass(frozen=True, slots=True)
class Dimension:
    """What respondents are grouped by. `groups` are all that there are with the figure that tells
    their size; `sums` are groups that are made of others, by dimension and name."""

    name: str
    question: str
    groups: Mapping[str, FigureKey]
    sums: Mapping[tuple[str, str], tuple[tuple[str, ...], FigureKey]] = field(default_factory=dict)
    crossing: Sequence[tuple[tuple[str, str], ...]] = ()
    """Sums that together are everybody in `groups`."""

    def sizes(self) -> dict[tuple[str, str], FigureKey]:
        """The figure that tells the size of every group, sums as well."""
        own = {(self.name, group): key for group, key in self.groups.items()}
        return own | {of: key for of, (_, key) in self.sums.items()}


def rows(asked: Asked, *, kinds: bool = True) -> tuple[dict[str, int], list[Row]]:
    """Counts by row, and the rows that are sums; non-response by its kinds or as one row."""
    table = asked.table
    if table.counted == THEMES:
        return _themes(table)
    silent = sum(table.non_response.values())
    counts = {REACHED: table.base + silent}
    sums: list[Row] = []
    if table.apart or not table.lines:
        counts[ANSWERED] = table.base
        sums.append((REACHED, (ANSWERED, NONE)))
    for line in table.lines:
        if table.apart:
            _apart(line.name, table, counts, sums)
        else:
            counts[OPTION + line.name] = table.counts[line.name]
    if not table.apart and table.lines:
        for partition in asked.partitions or ({},):
            _classes(table, partition, counts, sums)
    counts[NONE] = silent
    if kinds:
        counts |= {f"{NONE}:{kind}": table.non_response[kind] for kind in NON_RESPONSE}
        sums.append((NONE, tuple(f"{NONE}:{kind}" for kind in NON_RESPONSE)))
    return counts, sums


def _themes(table: Table) -> tuple[dict[str, int], list[Row]]:
    """Of themes only answers that have one are known: labelling goes on after the answers came."""
    counts, sums = {REACHED: table.base}, list[Row]()
    for line in table.lines:
        _apart(line.name, table, counts, sums)
    return counts, sums


def _apart(name: str, table: Table, counts: dict[str, int], sums: list[Row]) -> None:
    counts[INSIDE + name] = table.counts[name]
    counts[OUTSIDE + name] = counts[REACHED] - table.counts[name]
    sums.append((REACHED, (INSIDE + name, OUTSIDE + name)))


def _classes(table: Table, partition: Partition, counts: dict[str, int], sums: list[Row]) -> None:
    there = {line.name for line in table.lines}
    inside = {name for names in partition.values() for name in names}
    parts = [OPTION + line.name for line in table.lines if line.name not in inside]
    for name, names in partition.items():
        within = tuple(OPTION + one for one in names if one in there)
        counts[CLASS + name] = sum(counts[one] for one in within)
        sums.append((CLASS + name, within))
        parts.append(CLASS + name)
    sums.append((REACHED, (*parts, NONE)))


def everybody(questions: Sequence[Asked]) -> Frame:
    """The figures of all respondents. Who reached a question under a condition are those who gave
    the answers before it, but for the few that broke off between."""
    frame = Frame()
    for one in questions:
        counts, sums = rows(one)
        frame.counts |= {FigureKey(one.name, row): n for row, n in counts.items()}
        for whole, parts in sums:
            frame.add(FigureKey(one.name, whole), (FigureKey(one.name, part) for part in parts))
    for one in questions:
        if one.after is not None:
            asked_before, answers = one.after
            keys = [FigureKey(asked_before, row) for row in answers]
            if keys and all(key in frame.counts for key in keys):
                frame.add(FigureKey(one.name, REACHED), keys, loose=True)
            else:
                frame.unlinked |= {key for key in frame.counts if key.question == one.name}
    return frame


def by_group(whole: Asked, dimension: Dimension, groups: Mapping[str, Asked]) -> Frame:
    """A question's figures in all, in every group, and in the sums of groups."""
    frame = Frame()
    counts, sums = rows(whole, kinds=False)
    frame.counts |= {FigureKey(whole.name, row): n for row, n in counts.items()}
    columns = {(dimension.name, group): rows(one, kinds=False)[0] for group, one in groups.items()}
    for of, (members, _) in dimension.sums.items():
        inside = [columns[dimension.name, member] for member in members]
        columns[of] = {row: sum(one[row] for one in inside) for row in counts}
    for (by, group), column in columns.items():
        frame.counts |= {FigureKey(whole.name, row, by, group): column[row] for row in counts}
        for row, parts in sums:
            frame.add(
                FigureKey(whole.name, row, by, group),
                (FigureKey(whole.name, part, by, group) for part in parts),
            )
    for row, parts in sums:
        frame.add(FigureKey(whole.name, row), (FigureKey(whole.name, part) for part in parts))
    for row in counts:
        _across(frame, whole.name, row, dimension, groups)
    return frame


def _across(
    frame: Frame, question: str, row: str, dimension: Dimension, groups: Iterable[str]
) -> None:
    """One row over all columns."""

    def key(by: str, group: str) -> FigureKey:
        return FigureKey(question, row, by, group)

    in_all = FigureKey(question, row)
    frame.add(in_all, [key(dimension.name, group) for group in groups])
    for of, (members, _) in dimension.sums.items():
        frame.add(key(*of), [key(dimension.name, member) for member in members])
    for crossing in dimension.crossing:
        inside = {member for of in crossing for member in dimension.sums[of][0]}
        rest = [group for group in groups if group not in inside]
        frame.add(in_all, [*(key(*of) for of in crossing), *(key(dimension.name, g) for g in rest)])
