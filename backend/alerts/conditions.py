"""What an operator must know of, read from how things stand. Pure; no personal data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.store.standing import ChannelStanding, Standing
from backend.store.watch import Address
from bot.allowance import HOUR, Allowance, Limits


class What(StrEnum):
    """What can be wrong; the name that receivers of alerts see."""

    SILENT = "silent"
    QUEUE = "queue"
    SIGNATURES = "signatures"
    PAUSED = "paused"
    RECEIPTS = "receipts"
    BUDGET = "budget"
    DISK = "disk"
    CLOCK = "clock"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something is wrong now. `city` and `channel` are "" where it is about all."""

    what: What
    city: str
    channel: str
    detail: str

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.city, self.channel)))
        return f"{where}: {self.detail}" if where else self.detail


WAY_OUT: Mapping[What, str] = {
    What.SILENT: "send it a message yourself; see that the provider calls our address"
    " (imbizo channels setup), or set silent_after",
    What.QUEUE: "see that a worker runs and the channel's provider answers",
    What.SIGNATURES: "compare the channel's secrets and IMBIZO_PUBLIC_URL with the provider's"
    " console; if they are right, somebody forges requests, which are refused",
    What.PAUSED: "look the code up with the provider; sending goes on by itself once it is mended",
    What.RECEIPTS: "the log says turn_failed and why; a restart takes those of the last day again",
    What.BUDGET: "see whether two machines talk with each other; raise replies_an_hour if people"
    " really write so much. What is over waits",
    What.DISK: "make room, or move the database",
    What.CLOCK: "let the machine keep its time (NTP)",
    What.DATABASE: "see that the database runs and can be reached",
}
"""What to do about each."""

LATE = timedelta(minutes=5)
LATELY = timedelta(minutes=10)
MANY_REFUSED = 10
MANY_FAILURES = 5
MOST_LEFT = 24
"""Replies left in an hour's budget that count as none."""

LEAST_FREE_BYTES = 500 * 1000 * 1000
LEAST_FREE_SHARE = 0.05
LARGEST_JUMP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the city's profile says of a channel. `silent_after` is zero where silence is well."""

    silent_after: timedelta
    limits: Limits


def conditions(
    standing: Standing,
    rules: Mapping[Address, Rules],
    refused: Mapping[Address, int],
    now: datetime,
) -> Sequence[Condition]:
    """All that is wrong with the channels in `rules` (those that are on, of real cities).
    `refused` is how many requests each refused lately."""
    found: list[Condition] = []
    for address, rule in rules.items():
        one = standing.channels.get(address, ChannelStanding())
        for what, detail in _of_channel(one, rule, refused.get(address, 0), now):
            found.append(Condition(what, *address, detail))
    if standing.clock_off is not None and abs(standing.clock_off) > LARGEST_JUMP:
        off = f"{standing.clock_off.total_seconds():+.0f} s"
        found.append(Condition(What.CLOCK, "", "", f"the clock here and the database's: {off}"))
    return found


def _of_channel(
    one: ChannelStanding, rule: Rules, refused: int, now: datetime
) -> Iterator[tuple[What, str]]:
    if rule.silent_after and one.heard_at and now - one.heard_at > rule.silent_after:
        yield What.SILENT, f"nothing came since {minute(one.heard_at)}"
    if one.oldest_due and now - one.oldest_due > LATE:
        yield What.QUEUE, f"messages wait since {minute(one.oldest_due)}"
    if refused >= MANY_REFUSED:
        yield What.SIGNATURES, "requests with a bad signature: 10 or more in 10 minutes"
    code = f", code {one.pause_code}" if one.pause_code else ""
    if one.paused_until is not None and one.paused_until > now:
        yield What.PAUSED, f"sending rests until {minute(one.paused_until)}{code}"
    elif one.failures >= MANY_FAILURES:
        yield What.PAUSED, f"{one.failures} messages in a row were refused{code}"
    if one.failed_receipts:
        yield What.RECEIPTS, f"failed turns in the last day: {one.failed_receipts}"
    if _exhausted(one, rule.limits, now):
        yield What.BUDGET, f"the {rule.limits.replies_an_hour:g} replies of an hour are used up"


def _exhausted(one: ChannelStanding, limits: Limits, now: datetime) -> bool:
    if one.budget_tat is None or not limits.replies_an_hour:
        return False
    an_hour = limits.replies_an_hour
    budget = Allowance(one.budget_tat, an_hour / HOUR.total_seconds(), now, HOUR)
    # What frees itself is taken at once: nearly used up is used up.
    return not budget.has_room(max(1, min(MOST_LEFT, int(an_hour / 20))))


def of_disk(free: int, total: int) -> Condition | None:
    """Too little room, in bytes, for a database that grows."""
    if free >= LEAST_FREE_BYTES and free >= LEAST_FREE_SHARE * total:
        return None
    share = 100 * free / max(total, 1)
    detail = f"{free / 1e6:.0f} MB ({share:.0f} %) are free where the database is"
    return Condition(What.DISK, "", "", detail)


def minute(at: datetime) -> str:
    """A time as operators read it."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
