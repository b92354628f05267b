"""Told once when it starts, daily while it lasts, once when it ends."""

from datetime import UTC, datetime, timedelta

from backend.alerts.conditions import Condition, What
from backend.alerts.ledger import entered, to_tell
from backend.store.alerts import Kept

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PAUSED = Condition(What.PAUSED, "east", "sms", "code 1")


class Book:
    """A ledger kept from look to look, by somebody who tells at once."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], Kept] = {}

    def look(self, at: datetime, *found: Condition) -> list[tuple[str, bool]]:
        """What is told: details, and whether it ended."""
        ledger = entered(self.kept.values(), found, at)
        self.kept = {one.key: one for one in ledger.kept}
        told = []
        for one in to_tell(ledger.kept, at):
            told.append((one.detail, one.ended_at is not None))
            if one.ended_at is None:
                self.kept[one.key] = Kept(*one.key, one.detail, one.since, at)
            else:
                del self.kept[one.key]
        return told


def test_it_is_told_once_when_it_starts_and_once_when_it_ends() -> None:
    book = Book()
    assert book.look(NOON, PAUSED) == [("code 1", False)]
    for n in range(1, 10):
        assert book.look(NOON + n * MINUTE, PAUSED) == []
    for n in range(10, 15):
        assert book.look(NOON + n * MINUTE) == []
    assert book.look(NOON + 15 * MINUTE) == [("code 1", True)]
    assert book.look(NOON + 16 * MINUTE) == []
    assert book.kept == {}
    assert book.look(NOON + 17 * MINUTE, PAUSED) == [("code 1", False)]


def test_it_is_told_daily_while_it_lasts_with_what_is_new() -> None:
    book = Book()
    book.look(NOON, PAUSED)
    other = Condition(What.PAUSED, "east", "sms", "code 2")
    assert book.look(NOON + timedelta(hours=23), other) == []
    assert book.look(NOON + timedelta(hours=24), other) == [("code 2", False)]
    assert [one.since for one in book.kept.values()] == [NOON]


def test_what_comes_and_goes_within_minutes_is_one() -> None:
    book = Book()
    book.look(NOON, PAUSED)
    for n in range(1, 60):
        assert book.look(NOON + n * MINUTE, *([PAUSED] if n % 3 == 0 else [])) == []


def test_what_is_over_before_anybody_was_told_is_nobody_s_care() -> None:
    ledger = entered([], [PAUSED], NOON)
    after = entered(ledger.kept, [], NOON + MINUTE)
    assert (list(after.kept), list(after.dropped)) == ([], list(ledger.kept))


def test_only_what_changed_is_written() -> None:
    ledger = entered([], [PAUSED], NOON)
    assert list(entered(ledger.kept, [PAUSED], NOON + MINUTE).changed) == []


def test_a_clock_that_was_set_back_silences_nothing() -> None:
    book = Book()
    book.look(NOON, PAUSED)
    assert book.look(NOON - timedelta(days=2), PAUSED) == [("code 1", False)]
