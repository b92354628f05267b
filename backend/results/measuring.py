"""All figures of a survey as they are now, before anything is withheld."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.results import counts
from backend.results.counts import Count
from backend.results.dimensions import (
    CHANNEL,
    DISABILITY,
    LANGUAGE,
    dimensions,
    functioning,
    partitions,
    telling,
)
from backend.results.frames import (
    ELSEWHERE,
    NONE,
    OPTION,
    REACHED,
    Asked,
    Dimension,
    FigureKey,
    Frame,
    by_group,
    everybody,
)
from backend.results.merging import merged, versions
from backend.results.protection import Past
from backend.results.release import Grouped
from backend.results.tables import NON_RESPONSE, Line, Table, cells_of, table
from backend.results.themes import disclosed, theme_tables
from dialogue.outcomes import Value
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.survey import Survey

GREAT = ("3", "4")
"""Codes of "a lot of difficulty" and "cannot do at all"."""

Told = Mapping[str, Mapping[str, Sequence[Count]]]
"""Counts by question and group."""

Found = Iterable[tuple[str, str, Count]]
"""Group, question, count."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`responses` are respondents who answered something."""

    responses: int
    everybody: Frame
    dimensions: Sequence[Dimension]
    grouped: Iterable[Grouped]


def measure(connection: Connection, profile: CityProfile, slug: str) -> Measured:
    """The figures of a survey, all versions together, but for themes. Raises SurveyUnknownError.
    Those by group are made while they are looked at, with the same connection."""
    every = versions(connection, profile.slug, slug)
    survey = merged(every)
    answers = counts.by_answer(connection, profile.slug, slug)
    conditional = {q.name for version in every for q in version.questions if q.only_if}
    asked = [
        Asked(
            table(question, answers.get(question.name, ()), profile.places()),
            partitions(question, profile),
            _after(question, survey),
        )
        for question in survey.questions
        if question.asks
    ]
    frame = everybody(asked)
    found = [
        (dimension, _told(_found(connection, profile, survey, dimension, frame)))
        for dimension in dimensions(survey, profile)
    ]
    free = [one for one in asked if one.name not in conditional]
    grouped = (
        _grouped(one, dimension, told, profile)
        for dimension, told in found
        for one in free
        if one.name not in telling(dimension, survey)
    )
    by = [dimension for dimension, _ in found]
    return Measured(counts.responses(connection, profile.slug, slug), frame, by, grouped)


def measure_themes(
    connection: Connection,
    profile: CityProfile,
    slug: str,
    until: datetime,
    public: Mapping[FigureKey, int],
    past: Past,
) -> Frame:
    """The figures of the themes of what was answered until then, as far as they may stand beside
    those that are `public` of the questions themselves; `past` are those of late by publication.
    Raises SurveyUnknownError."""
    found = []
    for name, themes in theme_tables(connection, profile.slug, slug, until).items():
        whole, coded = FigureKey(name, REACHED), FigureKey(themes.question.name, REACHED)
        before = _differed(past.get(whole, {}), past.get(coded, {}))
        fit = disclosed(themes, public.get(whole), before, profile.threshold)
        found += [Asked(fit)] if fit else []
    return everybody(found)


def _differed(whole: Mapping[int, int], part: Mapping[int, int]) -> int | None:
    """What two figures differed by when the second was last made public; None if not known."""
    number = max(part, default=0)
    known = [one for one in whole if one <= number]
    return whole[max(known)] - part[number] if known else None


def _after(question: Question, survey: Survey) -> tuple[str, tuple[str, ...]] | None:
    """The answers after which a question is asked, where they are options of one other; no rows
    where they are not."""
    condition = question.only_if
    if condition is None:
        return None
    before = next((q for q in survey.questions if q.name == condition.names[0]), None)
    single = isinstance(before, Choosing) and before.kind in ("select_one", "yes_no")
    if before is None or len(condition.names) != 1 or not single:
        return condition.names[0], ()
    chosen = [o for o in before.options if condition.holds({before.name: o.name})]
    rows = [f"{NONE}:{o.role}" if o.role in NON_RESPONSE else OPTION + o.name for o in chosen]
    return before.name, tuple(dict.fromkeys(rows))


def _found(
    connection: Connection,
    profile: CityProfile,
    survey: Survey,
    dimension: Dimension,
    frame: Frame,
) -> Iterator[tuple[str, str, Count]]:
    """Counts by a dimension's groups; adds the sizes of groups that no question tells to the
    figures of everybody."""
    city, slug = profile.slug, survey.slug
    found: Found
    match dimension.question:
        case stands if stands in (CHANNEL, LANGUAGE):
            column: counts.Column = "channel" if stands == CHANNEL else "locale"
            _size(frame, dimension, counts.sizes(connection, city, slug, column))
            found = counts.by_column(connection, city, slug, column)
        case stands if stands == DISABILITY:
            six = functioning(survey)
            great = {q.name: [o.name for o in q.options if o.code in GREAT] for q in six}
            sizes, found = counts.by_difficulty(connection, city, slug, great)
            _size(frame, dimension, sizes)
        case name:
            question = survey.question(name)
            given = counts.by_question(connection, city, slug, name)
            found = ((_group(question, value, profile), of, n) for value, of, n in given)
    for group, question_name, count in found:
        yield group if group in dimension.groups else ELSEWHERE, question_name, count


def _group(question: Question, value: Value | None, profile: CityProfile) -> str:
    if value is None:
        return ELSEWHERE
    return next(iter(cells_of(question, profile.places()).of(value)), ELSEWHERE)


def _size(frame: Frame, dimension: Dimension, sizes: Mapping[str, int]) -> None:
    whole = FigureKey(dimension.question, REACHED)
    rest = FigureKey(dimension.question, OPTION + ELSEWHERE)
    keys = dimension.groups
    frame.counts |= {key: sizes.get(group, 0) for group, key in keys.items()}
    frame.counts[whole] = sum(sizes.values())
    others = frame.counts[whole] - sum(frame.counts[key] for key in keys.values())
    if others:
        frame.counts[rest] = others
    frame.add(whole, (*keys.values(), rest) if others else keys.values())


def _told(found: Found) -> Told:
    told: dict[str, dict[str, list[Count]]] = defaultdict(lambda: defaultdict(list))
    for group, question, count in found:
        told[question][group].append(count)
    return told


def _grouped(one: Asked, dimension: Dimension, told: Told, profile: CityProfile) -> Grouped:
    question = one.table.question
    given = told.get(one.name, {})
    groups = {
        group: Asked(
            _with_lines(table(question, given.get(group, ()), profile.places()), one.table.lines),
            one.partitions,
        )
        for group in (*dimension.groups, *((ELSEWHERE,) if ELSEWHERE in given else ()))
    }
    return Grouped(dimension, by_group(one, dimension, groups))


def _with_lines(counted: Table, lines: Sequence[Line]) -> Table:
    """A group's table with the lines of everybody's."""
    names = [line.name for line in lines]
    return replace(
        counted, lines=lines, counts={name: counted.counts.get(name, 0) for name in names}
    )
