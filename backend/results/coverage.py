"""Who is not heard: groups with few respondents, or fewer than their share of the population, and
how far a city is from its targets. Only released figures; what is withheld is too few to say, never
nought."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from sqlalchemy import Connection

from backend.city_file import CityProfile
from backend.city_goals import Target
from backend.results import publications
from backend.results.dimensions import dimensions
from backend.results.frames import NONE, REGION, SETTLEMENT, Dimension, FigureKey
from backend.results.groups import Column, columns
from backend.results.indicators.change import LEVEL, below, holm
from backend.results.merging import surveys
from backend.results.publications import Released
from backend.results.report import percent, statements
from backend.results.suppression import Figure, withheld
from dialogue.survey import Survey

Standing = Literal["enough", "below the floor", "below its share", "too few to say"]
Progress = Literal["reached", "under way", "missed", "too few to say"]


@dataclass(frozen=True, slots=True)
class CoverageGroup:
    """A group's respondents `n` of the `base` of whom the group is known (or, where that was not
    made public on the same day, who were asked), as per cent `share`, beside the `population`'s;
    `p` tells how likely a share so far below it is by chance, corrected for all groups (Holm)."""

    survey: str
    by: str
    group: str
    name: str
    of: list[str]
    n: Figure
    base: int | None
    share: float | None
    population: float | None
    p: float | None
    standing: Standing
    as_of: str | None


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """How far a group is: of `number` respondents, or of a `share` (per cent) of all."""

    survey: str
    by: str
    group: str
    number: int | None
    share: float | None
    until: str | None
    n: Figure
    now: float | None
    standing: Progress


@dataclass(frozen=True, slots=True)
class Coverage:
    """All groups and targets of a city, by survey. A group with fewer than `floor` respondents is
    a gap. `unknown` are groups of targets and of the population that no survey has."""

    city: str
    synthetic: bool
    floor: int
    groups: list[CoverageGroup]
    targets: list[TargetProgress]
    unknown: list[str]
    statements: list[str]


def coverage(
    connection: Connection, profile: CityProfile, today: date, survey: str | None = None
) -> Coverage:
    """Who is heard in a survey, or in all."""
    of = [one for one in surveys(connection, profile.slug) if survey in (None, one.slug)]
    groups = [group for one in of for group in covered(connection, profile, one)]
    targets = [p for target in profile.targets for p in _progress(target, groups, today)]
    said = [*statements(profile), TEST]
    return Coverage(
        profile.slug,
        profile.demo,
        profile.coverage_floor,
        groups,
        targets,
        _unknown(profile, groups),
        said,
    )


TEST = (
    "A group is called below its share where a one-sided score test says so at 5 %, after Holm's"
    " correction over the groups of its kind. Its share of the population is the city's own figure."
)


def gaps(connection: Connection, profile: CityProfile) -> list[CoverageGroup]:
    """The groups that are not heard enough, or of which too few were heard to say."""
    every = surveys(connection, profile.slug)
    found = (group for one in every for group in covered(connection, profile, one))
    return [group for group in found if group.standing != "enough"]


def covered(
    connection: Connection, profile: CityProfile, survey: Survey
) -> Iterator[CoverageGroup]:
    """Every group of a survey."""
    for dimension in dimensions(survey, profile):
        history = publications.history(connection, profile.slug, survey.slug, dimension.question)
        kinds: dict[str, list[CoverageGroup]] = {}
        for column in columns(dimension, profile):
            found = _group(survey, column, dimension, history, profile)
            kinds.setdefault(column.by, []).append(found)
        for kind in kinds.values():
            yield from _judged(kind, profile.coverage_floor)


def _group(
    survey: Survey,
    column: Column,
    dimension: Dimension,
    history: Mapping[FigureKey, Sequence[Released]],
    profile: CityProfile,
) -> CoverageGroup:
    every = history.get(dimension.sizes()[column.by, column.group])
    released = every[-1] if every else None
    base = _known(dimension, history, released)
    expected = _shares(dimension, profile).get((column.by, column.group))
    return CoverageGroup(
        survey=survey.slug,
        by=column.shown_by,
        group=column.label,
        name=column.name,
        of=column.of,
        n=released.n if released else withheld(profile.threshold),
        base=base,
        share=percent(released.n, base) if released and base else None,
        population=round(100 * expected, 1) if expected else None,
        p=below(released.n, base, expected) if released and base and expected else None,
        standing="enough",
        as_of=released.at.date().isoformat() if released else None,
    )


def _known(
    dimension: Dimension,
    history: Mapping[FigureKey, Sequence[Released]],
    released: Released | None,
) -> int | None:
    """Of how many respondents the group was known at that publication."""
    if released is None or released.base is None or released.n > released.base:
        return None
    silent = history.get(FigureKey(dimension.question, NONE), ())
    none = next((one.n for one in silent if one.publication == released.publication), 0)
    return max(released.n, released.base - none)


def _shares(dimension: Dimension, profile: CityProfile) -> Mapping[tuple[str, str], float]:
    """The population by group, where all of it is known."""
    if dimension.name in ("sex", "age"):
        told = profile.population.sex if dimension.name == "sex" else profile.population.age
        return {(dimension.name, str(group)): share for group, share in told.items()}
    people = {area.code: area.population for area in profile.areas}
    whole = sum(n or 0 for n in people.values())
    if dimension.name != "area" or not whole or None in people.values():
        return {}
    found = {("area", code): (n or 0) / whole for code, n in people.items()}
    for (by, group), (members, _) in dimension.sums.items():
        if by in (REGION, SETTLEMENT):
            found[by, group] = sum(people[member] or 0 for member in members) / whole
    return {of: share for of, share in found.items() if 0 < share < 1}


def _judged(groups: Sequence[CoverageGroup], floor: int) -> Iterator[CoverageGroup]:
    """Groups of one kind, looked at together."""
    tested = [group.p for group in groups if group.p is not None]
    corrected = iter(holm(tested))
    for group in groups:
        p = None if group.p is None else next(corrected)
        yield replace(group, p=p if p is None else round(p, 6), standing=_standing(group, p, floor))


def _standing(group: CoverageGroup, p: float | None, floor: int) -> Standing:
    if not isinstance(group.n, int):
        return "too few to say"
    if group.n < floor:
        return "below the floor"
    return "below its share" if p is not None and p < LEVEL else "enough"


def _progress(
    target: Target, groups: Sequence[CoverageGroup], today: date
) -> Iterator[TargetProgress]:
    over = target.until is not None and today > target.until
    for group in groups:
        number, share = target.number.get(group.group), target.share.get(group.group)
        mine = group.by == target.by and target.survey in (None, group.survey)
        if not mine or (number is None and share is None):
            continue
        wanted = number if number is not None else round(100 * (share or 0), 1)
        now = group.n if number is not None else group.share
        yield TargetProgress(
            survey=group.survey,
            by=group.by,
            group=group.group,
            number=number,
            share=None if share is None else wanted,
            until=target.until.isoformat() if target.until else None,
            n=group.n,
            now=percent(group.n, number) if number and isinstance(group.n, int) else group.share,
            standing=_far(now, wanted, over=over),
        )


def _far(now: Figure | float | None, wanted: float, *, over: bool) -> Progress:
    if not isinstance(now, int | float):
        return "too few to say"
    if now >= wanted:
        return "reached"
    return "missed" if over else "under way"


def _unknown(profile: CityProfile, groups: Sequence[CoverageGroup]) -> list[str]:
    there = {(group.by, group.group) for group in groups}
    wanted = [(t.by, group) for t in profile.targets for group in (*t.number, *t.share)]
    wanted += [("sex", group) for group in profile.population.sex]
    return [f"{by} {group}" for by, group in dict.fromkeys(wanted) if (by, group) not in there]
