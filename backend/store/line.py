"""What one channel may send in one claim: its rate, its budget of replies, its rest, its hours."""

from datetime import datetime, timedelta
from typing import Any

from backend.store.transaction import Transaction
from bot.allowance import HOUR, Allowance, Limits

LEASE = timedelta(seconds=60)
"""How long a claimed part is left alone; sending must take less."""

LONGEST_PART = 24
"""Segments of the longest SMS: 1600 characters of 67 each."""


EVERY_PRIORITY = 2**31 - 1


class Line:
    """A channel in one claim: what it may send now."""

    def __init__(self, transaction: Transaction, row: Any, now: datetime) -> None:
        self.city, self.channel, self.failures = row.city, row.channel, row.failures
        limits = transaction.limits.get((row.city, row.channel), Limits())
        self.window = limits.window
        self.used = 0
        self._now, self._paused_until = now, row.paused_until
        self._rate = Allowance(row.tat, limits.rate, now)
        an_hour = limits.replies_an_hour
        self._next_open = limits.next_open
        self._replies = Allowance(row.budget_tat or now, an_hour and an_hour / 3600, now, HOUR)

    @property
    def rests(self) -> bool:
        """Whether it is passed over."""
        return self._paused_until is not None and self._paused_until > self._now

    @property
    def probing(self) -> bool:
        """Whether its rest is over and nobody knows yet whether it works again."""
        return self._paused_until is not None and self.failures > 0

    @property
    def has_room(self) -> bool:
        """Whether its rate lets anything go now."""
        return self._rate.has_room(1)

    @property
    def has_budget(self) -> bool:
        """Whether a reply may go now."""
        return self._replies.has_room(1)

    @property
    def room_at(self) -> datetime:
        """When its rate and its rest let something go again."""
        return max(self._rate.room_at, self._paused_until or self._now)

    @property
    def budget_at(self) -> datetime:
        """When a reply may go again, the longest one at the latest."""
        return self._replies.room_for(1 if self.has_budget else LONGEST_PART)

    @property
    def bulk_at(self) -> datetime:
        """When what answers nobody may go: now, or when the quiet hours end."""
        return self._next_open(self._now) if self._next_open else self._now

    @property
    def most_priority(self) -> int:
        """The highest priority (the least urgent) that may go now: in quiet hours only replies."""
        return EVERY_PRIORITY if self.bulk_at <= self._now else 0

    def is_reply(self, row: Any) -> bool:
        """Whether the hourly budget counts the part."""
        return row.priority == 0 and not row.despite_opt_out

    def take(self, row: Any) -> bool:
        """Takes the part if there is room."""
        if self.probing and self.used:
            return False
        replies = self._replies if self.is_reply(row) else None
        if replies and not replies.has_room(row.segments):
            return False
        if not self._rate.take(row.segments):
            return False
        if replies:
            replies.take(row.segments)
        self.used += 1
        return True

    def in_window(self, heard_at: datetime | None) -> bool:
        """Whether free text may go to somebody last heard from then."""
        if self.window is None:
            return True
        return heard_at is not None and self._now < heard_at + self.window

    def spent(self) -> dict[str, Any]:
        """What to keep of it. While one part is on its way to see, nobody else looks."""
        return {
            "of_city": self.city,
            "of_channel": self.channel,
            "new_tat": self._rate.tat,
            "new_budget_tat": self._replies.tat,
            "next_look": self._now + LEASE if self.probing else None,
        }
