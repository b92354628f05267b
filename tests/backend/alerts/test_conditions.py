"""What counts as wrong, at its bounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from backend.alerts.conditions import (
    WAY_OUT,
    Condition,
    Rules,
    What,
    conditions,
    of_disk,
)
from backend.store.standing import ChannelStanding, Standing
from bot.allowance import Limits

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SMS = ("east", "sms")
RULES = Rules(timedelta(hours=24), Limits(replies_an_hour=5000))
SECOND = timedelta(seconds=1)


def wrong(one: ChannelStanding, rules: Rules = RULES, refused: int = 0) -> list[What]:
    standing = Standing(NOON, {SMS: one})
    found = conditions(standing, {SMS: rules}, {SMS: refused}, NOON)
    assert all((one.city, one.channel) == SMS and one.detail for one in found)
    return [one.what for one in found]


def test_a_channel_in_order_is_in_order() -> None:
    assert wrong(ChannelStanding(heard_at=NOON)) == []


def test_silence_counts_after_its_time_and_only_where_somebody_was_heard() -> None:
    day = timedelta(hours=24)
    assert wrong(ChannelStanding(heard_at=NOON - day)) == []
    assert wrong(ChannelStanding(heard_at=NOON - day - SECOND)) == [What.SILENT]
    assert wrong(ChannelStanding()) == []
    never = replace(RULES, silent_after=timedelta())
    assert wrong(ChannelStanding(heard_at=NOON - 9 * day), never) == []


def test_a_queue_counts_after_five_minutes() -> None:
    five = timedelta(minutes=5)
    assert wrong(ChannelStanding(oldest_due=NOON - five)) == []
    assert wrong(ChannelStanding(oldest_due=NOON - five - SECOND)) == [What.QUEUE]


def test_ten_bad_signatures_count() -> None:
    assert wrong(ChannelStanding(), refused=9) == []
    assert wrong(ChannelStanding(), refused=10) == [What.SIGNATURES]


def test_a_channel_that_rests_or_is_refused_again_and_again_counts() -> None:
    rests = ChannelStanding(paused_until=NOON + SECOND, pause_code="20003", failures=7)
    assert wrong(rests) == [What.PAUSED]
    [found] = conditions(Standing(NOON, {SMS: rests}), {SMS: RULES}, {}, NOON)
    assert "20003" in str(found)
    assert str(found).startswith("east sms: ")
    assert wrong(ChannelStanding(paused_until=NOON, failures=4)) == []
    assert wrong(ChannelStanding(paused_until=NOON, failures=5)) == [What.PAUSED]


def test_turns_that_failed_count() -> None:
    assert wrong(ChannelStanding(failed_receipts=1)) == [What.RECEIPTS]


@pytest.mark.parametrize("an_hour", [5000, 30, 1])
def test_a_budget_that_is_used_up_counts(an_hour: float) -> None:
    rules = replace(RULES, limits=Limits(replies_an_hour=an_hour))
    hour = timedelta(hours=1)
    assert wrong(ChannelStanding(budget_tat=NOON + hour), rules) == [What.BUDGET]
    assert wrong(ChannelStanding(budget_tat=NOON - SECOND), rules) == []
    assert wrong(ChannelStanding(), rules) == []
    free = replace(RULES, limits=Limits(replies_an_hour=None))
    assert wrong(ChannelStanding(budget_tat=NOON + hour), free) == []


def test_channels_that_are_not_looked_at_are_never_wrong() -> None:
    standing = Standing(NOON, {SMS: ChannelStanding(failed_receipts=1)})
    assert conditions(standing, {}, {}, NOON) == []


@pytest.mark.parametrize(("seconds", "n"), [(60, 0), (61, 1), (-61, 1)])
def test_a_clock_far_from_the_database_s_counts(seconds: int, n: int) -> None:
    standing = Standing(NOON, {}, timedelta(seconds=seconds))
    assert [one.what for one in conditions(standing, {}, {}, NOON)] == n * [What.CLOCK]


def test_a_disk_needs_half_a_gigabyte_and_a_twentieth() -> None:
    assert of_disk(500_000_000, 10_000_000_000) is None
    assert of_disk(499_999_999, 1_000_000_000) is not None
    full = of_disk(600_000_000, 100_000_000_000)
    assert full is not None
    assert str(full) == "600 MB (1 %) are free where the database is"


def test_every_condition_has_a_way_out() -> None:
    assert set(WAY_OUT) == set(What)
    assert str(Condition(What.DISK, "", "", "x")) == "x"
