"""When an operator is told: once when something starts, daily while it lasts, once when it ends.

Pure. What comes and goes again within minutes is one alert.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.alerts.conditions import Condition
from backend.store.alerts import Kept

AGAIN = timedelta(days=1)
GONE = timedelta(minutes=5)
"""How long it must be over before it is told to be."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is kept now, what of it is new or changed, and what is to be forgotten untold."""

    kept: Sequence[Kept]
    changed: Sequence[Kept]
    dropped: Sequence[Kept]


def entered(kept: Iterable[Kept], found: Iterable[Condition], now: datetime) -> Ledger:
    """The ledger after a look at how things stand."""
    before = {one.key: one for one in kept}
    there = {(str(one.what), one.city, one.channel): one for one in found}
    after: list[Kept] = []
    dropped: list[Kept] = []
    for key, condition in there.items():
        old = before.get(key) or Kept(*key, condition.detail, now)
        after.append(replace(old, detail=condition.detail, ended_at=None))
    for key, old in before.items():
        if key in there:
            continue
        if old.told_at is None:
            dropped.append(old)
        else:
            after.append(replace(old, ended_at=old.ended_at or now))
    changed = [one for one in after if one != before.get(one.key)]
    return Ledger(after, changed, dropped)


def to_tell(kept: Iterable[Kept], now: datetime) -> Sequence[Kept]:
    """Those an operator must be told of now."""
    return [one for one in kept if _is_due(one, now)]


def _is_due(one: Kept, now: datetime) -> bool:
    if one.ended_at is not None:
        return abs(now - one.ended_at) >= GONE
    # Both ways: a clock that was set back must not silence us.
    return one.told_at is None or abs(now - one.told_at) >= AGAIN
