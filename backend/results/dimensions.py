"""What results are grouped by: area (with the settlements in it, and by type of settlement), age,
sex, channel, language, disability, as far as a survey and its city tell them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from backend.city_file import CityProfile
from backend.results.frames import (
    CLASS,
    OPTION,
    REGION,
    SETTLEMENT,
    Dimension,
    FigureKey,
    Partition,
)
from backend.results.indicators import catalogue
from backend.results.tables import cells_of
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.questions.number import Age
from dialogue.questions.place import Location
from dialogue.survey import Survey

SEXES = ("sex", "gender")
"""Names of the question that respondents are grouped by sex with."""

DIFFICULTY = "washington-group"
"""What the six questions on functioning name as their indicator."""

CHANNEL, LANGUAGE, DISABILITY = "@channel", "@language", "@disability"
"""Stand for a question in figures of what was not asked, or not in one question."""


def dimensions(survey: Survey, profile: CityProfile) -> Iterator[Dimension]:
    """Every dimension of a survey (all its versions as one)."""
    for name, kind in (("area", Location), ("age", Age)):
        question = next((q for q in survey.questions if isinstance(q, kind)), None)
        if question is not None:
            yield _told(name, question, profile)
    sex = sex_question(survey)
    if sex is not None:
        yield _told("sex", sex, profile)
    yield _known("channel", CHANNEL, [channel.name for channel in profile.channels])
    yield _known("language", LANGUAGE, profile.languages)
    if len(functioning(survey)) == 6:
        yield _known("disability", DISABILITY, ("with", "without"))


def sex_question(survey: Survey) -> Question | None:
    """The question that respondents are grouped by sex with, if the survey has one."""
    return next((q for q in survey.questions if q.name in SEXES and isinstance(q, Choosing)), None)


def functioning(survey: Survey) -> Sequence[Question]:
    """The questions of the Washington Group's short set."""
    return [q for q in survey.questions if q.indicator == DIFFICULTY]


def telling(dimension: Dimension, survey: Survey) -> set[str]:
    """The questions that tell the group themselves, and have no results by it."""
    if dimension.question == DISABILITY:
        return {q.name for q in functioning(survey)}
    return {dimension.question}


def partitions(question: Question, profile: CityProfile) -> Sequence[Partition]:
    """The classes of a question's lines: an area with what lies in it, the two types of
    settlement, or what an indicator counts."""
    if isinstance(question, Location):
        return tuple(filter(None, (_regions(profile), _settlements(profile))))
    indicator = catalogue().get(question.indicator or "")
    if indicator is None or not isinstance(question, Choosing):
        return ()
    options = [option for option in question.options if option.role in (None, "none", "other")]
    classes: dict[str, list[str]] = {"positive": [], "negative": [], "left_out": []}
    for option in options:
        classes[indicator.counts(option.code)].append(option.name)
    return ({name: tuple(names) for name, names in classes.items() if names},)


def _regions(profile: CityProfile) -> Partition:
    parents = {area.code: area.parent for area in profile.areas}
    inside: dict[str, list[str]] = defaultdict(list)
    for code in parents:
        inside[_outermost(code, parents)].append(code)
    return {f"{REGION}:{top}": tuple(codes) for top, codes in inside.items() if len(codes) > 1}


def _outermost(code: str, parents: Mapping[str, str | None]) -> str:
    seen = {code}
    while (parent := parents.get(code)) and parent in parents and parent not in seen:
        code = parent
        seen.add(code)
    return code


def _settlements(profile: CityProfile) -> Partition:
    informal = tuple(area.code for area in profile.areas if area.informal)
    formal = tuple(area.code for area in profile.areas if not area.informal)
    if not (informal and formal):
        return {}
    return {f"{SETTLEMENT}:formal": formal, f"{SETTLEMENT}:informal": informal}


def _told(name: str, question: Question, profile: CityProfile) -> Dimension:
    """A dimension that one question tells. Places in words are no group."""
    known = {area.code for area in profile.areas} if name == "area" else None
    groups = {
        line.name: FigureKey(question.name, OPTION + line.name)
        for line in cells_of(question, profile.places()).lines
        if known is None or line.name in known
    }
    sums: dict[tuple[str, str], tuple[tuple[str, ...], FigureKey]] = {}
    crossing = []
    for partition in partitions(question, profile) if name == "area" else ():
        of = {label: _named(label) for label in partition}
        for label, members in partition.items():
            sums[of[label]] = (members, FigureKey(question.name, CLASS + label))
        crossing.append(tuple(of.values()))
    return Dimension(name, question.name, groups, sums, crossing)


def _named(label: str) -> tuple[str, str]:
    by, _, group = label.partition(":")
    return by, group


def _known(name: str, stands: str, groups: Sequence[str]) -> Dimension:
    return Dimension(name, stands, {group: FigureKey(stands, OPTION + group) for group in groups})
