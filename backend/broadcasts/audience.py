"""Who a broadcast is for: the definition that officials write, and what is wrong with it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from backend.city_file import CityProfile, Span, span
from dialogue.faults import Fault
from dialogue.questions.choice import Choosing
from dialogue.survey import Survey

MOST = 500
"""Entries of one list in a definition."""

Name = Annotated[str, Field(min_length=1, max_length=120)]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST)]
GROUP = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
GroupName = Annotated[str, Field(pattern=GROUP)]
Groups = Annotated[tuple[GroupName, ...], Field(max_length=MOST)]
Seed = Annotated[str, BeforeValidator(lambda v: str(v) if isinstance(v, int) else v)]


class Answered(BaseModel):
    """Who answered a question of a survey with one of these options."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    survey: Name
    question: Name
    any_of: Annotated[Names, Field(min_length=1)]


class Audience(BaseModel):
    """People of a city; every condition narrows it, and without any it is everybody.

    `areas`, `languages`, `channels`, `groups`: in one of these. `took`: finished one of these
    surveys; `not_took`: finished none of them. `heard_within` and `silent_for`: wrote to us since,
    or did not. `answers`: all of these. Of whom is left, `sample` are drawn by `seed`, from each
    area its share with `stratify`. `rest` leaves alone, longer than the city does anyway, who was
    asked by any broadcast. `busy` says what becomes of those in the middle of another survey.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    areas: Names = ()
    languages: Names = ()
    channels: Names = ()
    groups: Groups = ()
    not_groups: Groups = ()
    took: Names = ()
    not_took: Names = ()
    heard_within: Span | None = None
    silent_for: Span | None = None
    answers: Annotated[tuple[Answered, ...], Field(max_length=20)] = ()
    sample: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    seed: Annotated[Seed, Field(max_length=64)] | None = None
    stratify: bool = False
    rest: Span | None = None
    busy: Literal["wait", "leave_out"] = "wait"

    @property
    def is_narrow(self) -> bool:
        """Whether its size tells something of people: a count under the threshold is hidden."""
        told = (self.areas, self.groups, self.not_groups, self.took, self.not_took, self.answers)
        return any(told) or self.heard_within is not None or self.silent_for is not None

    def resting(self, profile: CityProfile) -> timedelta:
        """How long nobody is asked again: the city's, or more."""
        own = span(self.rest) if self.rest else timedelta()
        return max(own, span(profile.asked_once_in))


def audience_faults(
    audience: Audience,
    profile: CityProfile,
    surveys: Mapping[str, Survey],
    groups: Collection[str],
) -> Iterator[Fault]:
    """Everything in it that the city does not have. `surveys` are the latest versions by slug."""
    known: tuple[tuple[str, Collection[str], Collection[str]], ...] = (
        ("areas", audience.areas, {area.code for area in profile.areas}),
        ("languages", audience.languages, set(profile.languages)),
        ("channels", audience.channels, {channel.name for channel in profile.channels}),
        ("groups", audience.groups, groups),
        ("not_groups", audience.not_groups, groups),
        ("took", audience.took, surveys),
        ("not_took", audience.not_took, surveys),
    )
    for field, named, there in known:
        for place, name in enumerate(named):
            if name not in there:
                yield Fault(f"audience.{field}[{place}]", "the city has none of that name")
    for place, answered in enumerate(audience.answers):
        yield from _answer_faults(f"audience.answers[{place}]", answered, surveys)
    if audience.stratify and audience.sample is None:
        yield Fault("audience.stratify", "needs a sample")


def _answer_faults(
    where: str, answered: Answered, surveys: Mapping[str, Survey]
) -> Iterator[Fault]:
    """What people said may choose them only where it is one of listed options and not sensitive."""
    survey = surveys.get(answered.survey)
    if survey is None:
        yield Fault(f"{where}.survey", "the city has none of that name")
        return
    question = next((q for q in survey.questions if q.name == answered.question), None)
    if question is None:
        yield Fault(f"{where}.question", "the survey has none of that name")
    elif question.sensitive:
        yield Fault(f"{where}.question", "is sensitive: nobody is chosen by what they told there")
    elif not isinstance(question, Choosing):
        yield Fault(f"{where}.question", "has no options")
    else:
        options = {option.name for option in question.options}
        for place, name in enumerate(answered.any_of):
            if name not in options:
                yield Fault(f"{where}.any_of[{place}]", "the question has no such option")
