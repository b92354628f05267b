"""Programs killed with kill -9, again and again, lose no message and record nothing twice.

Short here; `make crash` runs the long ones. A planted bug of either kind must be found.
"""

import re
from pathlib import Path

import pytest

from tests.crash.campaign import Outcome, Plan, run
from tests.crash.killer import Moment
from tests.crash.planted import EARLY_COMMIT, SEND_BEFORE_COMMIT

SHORT = Plan(residents=25, kills=6, lease=4)
LONG = Plan(residents=250, kills=50, lease=10)
UNLISTED = Plan(residents=80, kills=16, lists=False)


def sound(outcome: Outcome, plan: Plan) -> None:
    """Nothing lost, nothing twice, and the kills were where it matters."""
    print(outcome)  # noqa: T201 (for `make crash`, which shows it)
    assert outcome.found.wrong == []
    assert outcome.cuts.total() >= plan.kills
    assert 2 * (outcome.cuts[Moment.TURN] + outcome.cuts[Moment.SEND]) >= plan.kills
    assert outcome.posts > outcome.messages, "the provider repeated nothing"
    for personal in ("Traceback", r"2760\d{7}", "house"):  # a whole number, no process's id
        assert not re.search(personal, outcome.logs)
    if plan.lists:
        assert outcome.found.repeated == 0
    else:
        assert outcome.found.repeated <= outcome.found.claimed_again


async def test_killed_a_few_times(database_url: str, tmp_path: Path) -> None:
    sound(await run(SHORT, database_url, tmp_path), SHORT)


@pytest.mark.crash
@pytest.mark.parametrize("plan", [LONG, UNLISTED], ids=["listed", "unlisted"])
async def test_killed_many_times(plan: Plan, database_url: str, tmp_path: Path) -> None:
    sound(await run(plan, database_url, tmp_path), plan)


# --- the test itself -----------------------------------------------------------------------------
def planted(bug: str) -> Plan:
    """A program with a bug, killed in its turns."""
    return Plan(residents=12, kills=3, lease=2, patience=10, planted=bug, aims=(Moment.TURN,))


async def test_an_early_commit_is_found(sqlite_url: str, tmp_path: Path) -> None:
    outcome = await run(planted(EARLY_COMMIT), sqlite_url, tmp_path)
    assert outcome.found.of("lost")
    assert outcome.found.of("answers")


async def test_a_reply_sent_before_the_commit_is_found(sqlite_url: str, tmp_path: Path) -> None:
    outcome = await run(planted(SEND_BEFORE_COMMIT), sqlite_url, tmp_path)
    assert outcome.found.repeated > 0
