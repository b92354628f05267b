"""What a broadcast would be, before it is ordered: whom it reaches, what each gets, what it costs
and when it ends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from backend.broadcasts.hours import finish
from backend.broadcasts.order import Plan
from backend.broadcasts.reach import Channels, reaches
from backend.broadcasts.running import excluded
from backend.broadcasts.series import asked_lots
from backend.broadcasts.shown import Count, shown, shown_by
from backend.city_file import ChannelEntry, CityProfile
from backend.store.choosing import TEMPLATE, Choice, drawn
from channels.base import Carries
from channels.rendering import render
from dialogue.conversation import converse
from dialogue.desk import Desk
from dialogue.events import Announce, Invite
from dialogue.memory import Conversation, Gate
from dialogue.terms import Terms
from dialogue.wording import compose

ELSEWHERE = "elsewhere"
"""People whose area is not known."""


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """What the recipients on one channel, in one language, get first. `way` is `text`, `template`
    (where the channel's window has closed: it asks for an answer, and the answer brings `text`), or
    `other_channel` than they wrote on last. `segments` and `cost` are of all of them."""

    channel: str
    language: str
    way: str
    recipients: Count
    text: str
    segments_each: int
    segments: Count
    cost: float | None
    currency: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A broadcast, foreseen. `exclusions` counts who is left out, by reason; `waiting` those who
    are in the middle of another survey now, and are invited once they are not. `eligible` is from
    how many a sample is drawn. `cost` is of the first messages by currency, `cost_at_most` with all
    reminders. Where the audience is chosen by something told of people, a count under the
    threshold is hidden, and what could be reckoned from it is null."""

    recipients: Count
    eligible: Count
    exclusions: Mapping[str, Count]
    waiting: Count
    by_area: Mapping[str, Count]
    messages: Sequence[FirstMessage]
    segments: Count
    cost: Mapping[str, float] | None
    cost_at_most: Mapping[str, float] | None
    starts_at: datetime
    finishes_at: datetime | None
    closes_at: datetime
    seed: str
    needs_approval: bool


@dataclass(frozen=True, slots=True)
class _Group:
    """Recipients who get the same message."""

    channel: str
    locale: str
    way: str
    size: int


def preview(
    connection: Connection,
    desk: Desk,
    profile: CityProfile,
    plan: Plan,
    channels: Channels,
) -> Preview:
    """The plan, as of its start."""
    choice = _choice(profile, plan, channels)
    groups, areas, busy = _groups(connection, choice)
    exclusions = excluded(connection, choice)
    size = sum(g.size for g in groups)
    eligible = size if plan.audience.sample is None else _eligible(connection, choice)
    narrow, least = plan.audience.is_narrow, profile.threshold
    hides = narrow and 0 < size < least
    messages = [_message(desk, profile, plan, channels, group, narrow=narrow) for group in groups]
    entries = {entry.name: entry for entry in profile.channels}
    segments = {g: m.segments_each * g.size for g, m in zip(groups, messages, strict=True)}
    costs = _costs(entries, segments)
    most = {
        currency: round(cost * (1 + len(plan.reminders)), 4) for currency, cost in costs.items()
    }
    return Preview(
        recipients=shown(size, least, narrow=narrow),
        eligible=shown(eligible, least, narrow=narrow),
        exclusions={reason: shown(n, least, narrow=narrow) for reason, n in exclusions.items()},
        waiting=shown(busy, least, narrow=narrow),
        by_area=shown_by(areas, least),
        messages=messages,
        segments="hidden" if hides else sum(segments.values()),
        cost=None if hides else costs,
        cost_at_most=None if hides else most,
        starts_at=plan.starts_at,
        finishes_at=_finish(profile, entries, segments, plan),
        closes_at=plan.closes_at,
        seed=plan.seed,
        needs_approval=size > profile.approval_above,
    )


def _choice(profile: CityProfile, plan: Plan, channels: Channels) -> Choice:
    """Whom it reaches; of a series its first wave."""
    ways = reaches(channels, profile, opens=plan.survey is not None)
    lots = asked_lots(plan.repeat, 0)
    return Choice(profile, plan.audience, ways, plan.starts_at, plan.seed, lots)


def _groups(
    connection: Connection, choice: Choice
) -> tuple[Sequence[_Group], Mapping[str, int], int]:
    found = drawn(choice)
    columns = (found.c.channel, found.c.locale, found.c.way, found.c.area, found.c.busy)
    counted = select(*columns, func.count().label("n")).group_by(*columns)
    groups: Counter[tuple[str, str, str]] = Counter()
    areas: Counter[str] = Counter()
    busy = 0
    for row in connection.execute(counted):
        groups[row.channel, row.locale, row.way] += row.n
        areas[row.area or ELSEWHERE] += row.n
        busy += row.n if row.busy else 0
    return [_Group(*key, groups[key]) for key in sorted(groups)], dict(sorted(areas.items())), busy


def _eligible(connection: Connection, choice: Choice) -> int:
    everybody = replace(choice, audience=choice.audience.model_copy(update={"sample": None}))
    counted = select(func.count()).select_from(drawn(everybody))
    return int(connection.execute(counted).scalar_one())


def _message(
    desk: Desk,
    profile: CityProfile,
    plan: Plan,
    channels: Channels,
    group: _Group,
    *,
    narrow: bool,
) -> FirstMessage:
    carries = channels[profile.slug, group.channel].carries
    entry = next(entry for entry in profile.channels if entry.name == group.channel)
    text, each = first_message(desk, plan, carries, group.locale)
    if group.way == TEMPLATE:
        each = 1
    hides = narrow and group.size < profile.threshold
    return FirstMessage(
        channel=group.channel,
        language=group.locale,
        way=group.way,
        recipients=shown(group.size, profile.threshold, narrow=narrow),
        text=text,
        segments_each=each,
        segments="hidden" if hides else each * group.size,
        cost=None if hides else round(entry.cost(each * group.size), 4),
        currency=entry.currency,
    )


def first_message(desk: Desk, plan: Plan, carries: Carries, locale: str) -> tuple[str, int]:
    """What a resident who agreed gets, as it is rendered, and its segments."""
    today = plan.starts_at.date()
    someone = Conversation(locale, gate=Gate.OPEN, age=30, age_on=today, agreed_on=today)
    seed = plan.seed if plan.shuffle else None
    terms = Terms(plan.closes_at, plan.change, seed, plan.comment)
    event: Invite | Announce
    if plan.survey is None:
        event = Announce("preview", plan.texts or {})
    else:
        event = Invite("preview", plan.survey.slug, plan.survey.version, terms)
    turn = converse(desk, someone, event, plan.starts_at)
    message = compose(desk, turn.effects, turn.conversation.locale)
    parts = render(message, carries) if message else ()
    lines = [part.text for part in parts]
    lines += [f"[{choice.label}]" for part in parts for choice in part.choices]
    return "\n".join(lines), sum(part.segments for part in parts)


def _costs(entries: Mapping[str, ChannelEntry], segments: Mapping[_Group, int]) -> dict[str, float]:
    found: Counter[str] = Counter()
    sums: dict[str, float] = {}
    for group, number in segments.items():
        found[group.channel] += number
    for channel, number in found.items():
        entry = entries[channel]
        if entry.segment_price:
            cost = sums.get(entry.currency, 0.0) + entry.cost(number)
            sums[entry.currency] = round(cost, 4)
    return sums


def _finish(
    profile: CityProfile,
    entries: Mapping[str, ChannelEntry],
    segments: Mapping[_Group, int],
    plan: Plan,
) -> datetime | None:
    """When the last first message goes out, by the slowest channel."""
    by_channel: Counter[str] = Counter()
    for group, number in segments.items():
        by_channel[group.channel] += number
    over: timedelta = plan.spread
    times = [
        finish(number, entries[channel].rate, plan.starts_at, profile.hours(), over)
        for channel, number in by_channel.items()
    ]
    return max(times, default=None)
