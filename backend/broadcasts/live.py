"""How a broadcast stands, as officials see it by API and on the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from backend.broadcasts.estimate import ELSEWHERE
from backend.broadcasts.hours import finish
from backend.broadcasts.shown import Count, shown_by
from backend.city_file import CityProfile
from backend.store.broadcast_counts import Counts, Standing, standing
from backend.store.broadcasts import Broadcast, BroadcastState

WAY_OUT: Mapping[str, str] = {
    "opt_out": "They left, and are on the list: nothing to do.",
    "dead": "Nobody can be reached there (any more): nothing to do; they are left out from now on.",
    "content": "The provider refuses the message: change its words, and send it once as a test.",
    "config": "A sender, template or account is not set up: tell the operator (imbizo doctor).",
    "throttle": "The sender may not send so much: ask the provider for more, or spread it.",
    "window": "They wrote too long ago: have a template approved (imbizo channels templates).",
    "retry": "Telephone off or network down: whoever can be reached later gets the reminder.",
    "unknown": "Nobody knows whether it arrived, so it was not sent twice: ask the provider.",
    "ignore": "Nothing to do.",
}
"""What to do about messages that failed, by what the failure means (`channels.base.Kind`)."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A broadcast, without its counts. It holds a survey in one version, or texts by language. All
    waves of one that comes again have the `series` of the first, and count from 0."""

    id: str
    number: int
    state: str
    survey: str | None
    version: int | None
    text: Mapping[str, str] | None
    starts_at: datetime
    closes_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    created_by: str
    created_at: datetime
    approved_by: str | None
    repeat: Mapping[str, Any] | None
    series: str | None
    wave: int | None


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """The same of one channel. While it rests because it failed by itself, until when and why."""

    channel: str
    counts: Counts
    rate: float
    segments: int
    cost: float
    currency: str
    rests_until: datetime | None
    rests_because: str | None


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """The same of one area, as far as its number of recipients and of answers may be told."""

    area: str
    recipients: Count
    sent: Count
    answered: Count
    completed: Count


@dataclass(frozen=True, slots=True)
class FailureShown:
    """Messages that failed alike, and what to do."""

    channel: str
    kind: str
    code: str
    count: int
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Live(Brief):
    """A broadcast as it stands. `rate` is of the last minute, in messages a second; `finishes_at`
    is when the last first message goes out at the channels' rates, within open hours (null while it
    does not run, or once all are out). `exclusions` counts those who were left out when it began,
    by reason; `cost` is of what providers took so far, by currency."""

    audience: Mapping[str, Any]
    seed: str
    spread_seconds: int
    reminders_seconds: Sequence[int]
    counts: Counts
    exclusions: Mapping[str, int]
    by_channel: Sequence[ChannelCounts]
    by_area: Sequence[AreaCounts]
    failures: Sequence[FailureShown]
    rate: float
    finishes_at: datetime | None
    cost: Mapping[str, float]
    estimate: Mapping[str, Any] | None


def brief(one: Broadcast) -> Brief:
    """What is shown of it in a list."""
    return Brief(**_values(one))


def _values(one: Broadcast) -> dict[str, Any]:
    names = {field.name for field in fields(Brief)} - {"text", "state"}
    values = {name: getattr(one, name) for name in names}
    return values | {"text": one.texts, "state": one.state.value}


def live(connection: Connection, one: Broadcast, profile: CityProfile, now: datetime) -> Live:
    """How it stands now."""
    found = standing(connection, one, now)
    return Live(
        **_values(one),
        audience=one.audience,
        seed=one.seed,
        spread_seconds=one.spread,
        reminders_seconds=one.reminders,
        counts=found.all_,
        exclusions=one.exclusions or {},
        by_channel=_channels(found, profile),
        by_area=_areas(found, profile.threshold),
        failures=[
            FailureShown(f.channel, f.kind, f.code, f.n, WAY_OUT.get(f.kind, ""))
            for f in found.failures
        ],
        rate=round(found.lately / 60, 2),
        finishes_at=_finishes_at(found, one, profile, now),
        cost=_cost(found, profile),
        estimate=one.estimate,
    )


def _channels(found: Standing, profile: CityProfile) -> Sequence[ChannelCounts]:
    rests = {one.channel: one for one in found.resting}
    rows = []
    for entry in profile.channels:
        counts = found.by_channel.get(entry.name)
        if counts is None:
            continue
        taken, rest = found.segments.get(entry.name, 0), rests.get(entry.name)
        rows.append(
            ChannelCounts(
                channel=entry.name,
                counts=counts,
                rate=entry.rate,
                segments=taken,
                cost=round(entry.cost(taken), 4),
                currency=entry.currency,
                rests_until=rest.until if rest else None,
                rests_because=rest.code if rest else None,
            )
        )
    return rows


def _areas(found: Standing, threshold: int) -> Sequence[AreaCounts]:
    by_area = {area or ELSEWHERE: counts for area, counts in sorted(found.by_area.items())}

    def told(of: Callable[[Counts], int]) -> Mapping[str, Count]:
        return shown_by({area: of(counts) for area, counts in by_area.items()}, threshold)

    recipients, sent = told(lambda c: c.recipients), told(lambda c: c.sent)
    answered, completed = told(lambda c: c.answered), told(lambda c: c.completed)
    return [
        AreaCounts(area, recipients[area], sent[area], answered[area], completed[area])
        for area in by_area
    ]


def _cost(found: Standing, profile: CityProfile) -> Mapping[str, float]:
    sums: dict[str, float] = {}
    for entry in profile.channels:
        cost = entry.cost(found.segments.get(entry.name, 0))
        if cost:
            sums[entry.currency] = round(sums.get(entry.currency, 0.0) + cost, 4)
    return sums


def _finishes_at(
    found: Standing, one: Broadcast, profile: CityProfile, now: datetime
) -> datetime | None:
    """By the slowest channel; who still waits is taken to get as many segments as those before."""
    if one.state is not BroadcastState.RUNNING:
        return None
    times = []
    for entry in profile.channels:
        counts = found.by_channel.get(entry.name, Counts())
        left = found.left.get(entry.name, 0)
        if counts.waiting:
            done = counts.recipients - counts.waiting
            each = (found.segments.get(entry.name, 0) + left) / done if done else 1.0
            left += round(counts.waiting * max(each, 1.0))
        if left:
            share = counts.waiting / counts.recipients if counts.recipients else 0.0
            over = timedelta(seconds=one.spread * share)
            times.append(finish(left, entry.rate, now, profile.hours(), over))
    return max(times, default=None)
