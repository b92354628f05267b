"""What officials ask for: one survey or text, whom to, when, on which terms."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.broadcasts.audience import GROUP, Audience, audience_faults
from backend.broadcasts.series import Repeat
from backend.city_file import CityProfile, Span, span
from dialogue.faults import Fault
from dialogue.survey import Survey

OPEN_FOR = timedelta(days=14)
"""How long a broadcast is open that names no end: as long as a survey can be taken up again."""

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=730)
LONGEST_TEXT = 1000
"""Characters of a text of its own; with what is said before it, one message on every channel."""

MOST_REMINDERS = 3
LONGEST_SPREAD = timedelta(days=7)
Saved = Annotated[str, Field(pattern=GROUP)]


class OrderError(Exception):
    """An order that cannot be taken; `faults` says all that is wrong, and where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Order(BaseModel):
    """A broadcast as it is asked for. `audience` is a definition or the name of a saved one.

    Times without a zone are the city's. Without `starts_at` it begins at once. `spread` sends the
    invitations evenly over so much open time, so that answers do not come all at once.
    `change`: a vote in a poll may be changed until closing. `results`: whether they are shown
    before it has closed. `shuffle`: each resident sees the options in an order of their own.
    `comment`: a remark is invited after the vote.
    `repeat`: it comes again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    survey: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    text: dict[str, Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]] | None = None
    audience: Audience | Saved = Audience()
    starts_at: datetime | None = None
    closes_at: datetime | None = None
    reminders: Annotated[tuple[Span, ...], Field(max_length=MOST_REMINDERS)] = ()
    spread: Span = "0"
    change: bool = True
    results: Literal["hidden", "shown"] = "hidden"
    shuffle: bool = False
    comment: bool = False
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An order that is whole: nothing is left open in it."""

    survey: Survey | None
    texts: Mapping[str, str] | None
    audience: Audience
    seed: str
    starts_at: datetime
    closes_at: datetime
    reminders: tuple[timedelta, ...]
    spread: timedelta
    change: bool
    results: str
    shuffle: bool
    comment: bool
    repeat: Repeat | None = None


def read_order(data: Mapping[str, Any]) -> Order:
    """An order from plain data, as a file has it. Raises OrderError."""
    try:
        return Order.model_validate(data)
    except ValidationError as error:
        faults = (Fault(".".join(map(str, e["loc"])), str(e["msg"])) for e in error.errors())
        raise OrderError(tuple(faults)) from error


def plan(
    order: Order,
    profile: CityProfile,
    surveys: Mapping[str, Survey],
    groups: Collection[str],
    saved: Mapping[str, Audience],
    now: datetime,
    seed: str,
) -> Plan:
    """The whole plan. `surveys` are those offered now, by slug; `seed` is taken where the order
    gives none. Raises OrderError with every fault."""
    starts_at = min(max(_in_zone(order.starts_at, profile) or now, now), now + FARTHEST)
    closes_at = _in_zone(order.closes_at, profile) or starts_at + OPEN_FOR
    faults = [
        *_content_faults(order, profile, surveys),
        *_time_faults(order, starts_at, closes_at, now),
    ]
    audience = order.audience
    if isinstance(audience, str):
        if audience in saved:
            audience = saved[audience]
        else:
            faults.append(Fault("audience", "the city has none of that name"))
            audience = Audience()
    faults += audience_faults(audience, profile, surveys, groups)
    if faults:
        raise OrderError(tuple(faults))
    return Plan(
        survey=surveys[order.survey] if order.survey else None,
        texts=order.text,
        audience=audience,
        seed=audience.seed or seed,
        starts_at=starts_at,
        closes_at=closes_at,
        reminders=tuple(sorted({span(one) for one in order.reminders})),
        spread=span(order.spread),
        change=order.change,
        results=order.results,
        shuffle=order.shuffle,
        comment=order.comment,
        repeat=order.repeat,
    )


def _in_zone(at: datetime | None, profile: CityProfile) -> datetime | None:
    if at is None or at.tzinfo is not None:
        return at
    return at.replace(tzinfo=profile.zone())


def _content_faults(
    order: Order, profile: CityProfile, surveys: Mapping[str, Survey]
) -> Iterator[Fault]:
    if (order.survey is None) == (order.text is None):
        yield Fault("survey", "either a survey or a text, and not both")
    if order.survey is not None and order.survey not in surveys:
        yield Fault("survey", "the city offers none of that name")
    if order.text is not None:
        for code in order.text:
            if code not in profile.languages:
                yield Fault(f"text.{code}", "the city has no such language")
        if profile.languages[0] not in order.text:
            first = profile.languages[0]
            yield Fault("text", f"is missing in the city's first language, {first}")
        if order.reminders:
            yield Fault("reminders", "remind of a survey; a text has none")


def _time_faults(
    order: Order, starts_at: datetime, closes_at: datetime, now: datetime
) -> Iterator[Fault]:
    if starts_at == now + FARTHEST:
        yield Fault("starts_at", "is more than two years away")
    if closes_at <= starts_at:
        yield Fault("closes_at", "is not after the start, or has passed")
    elif closes_at - starts_at > LONGEST:
        yield Fault("closes_at", "is more than a year after the start")
    if span(order.spread) > LONGEST_SPREAD:
        yield Fault("spread", "is more than a week")
    for place, one in enumerate(order.reminders):
        if span(one) <= timedelta():
            yield Fault(f"reminders[{place}]", "needs a length of time, such as 24h")
