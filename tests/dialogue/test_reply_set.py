"""How well replies are read, against the labelled set (`replies/README.md`)."""

from collections.abc import Sequence
from functools import cache

import pytest

from dialogue.answers.rules import RULES
from dialogue.outcomes import Answered
from tests.dialogue.reply_set import LANGUAGES, Judged, Verdict, judged, shares

CODES = sorted({code for codes in LANGUAGES.values() for code in codes})


@cache
def _all() -> tuple[Judged, ...]:
    return judged()


def _failures(results: Sequence[Judged], *verdicts: Verdict) -> str:
    """What went wrong, one a line; of the part held back the ids alone, so that nobody mends single
    rows of it."""
    wrong = [result for result in results if result.verdict in verdicts]
    lines = [str(result) for result in wrong if not result.row.held_back]
    held_back = [result.row.id for result in wrong if result.row.held_back]
    return "\n".join([*lines, f"held back, {len(held_back)}: {' '.join(held_back)}"])


WRONG = (Verdict.ASKED, Verdict.KIND, Verdict.MISREAD)


def test_replies_are_read_right() -> None:
    assert shares(_all())[Verdict.RIGHT] >= 0.95, _failures(_all(), *WRONG)


def test_replies_that_nobody_saw_are_read_right() -> None:
    results = [result for result in _all() if result.row.held_back]
    assert shares(results)[Verdict.RIGHT] >= 0.90, _failures(results, *WRONG)


def test_hardly_a_wrong_answer_is_recorded_silently() -> None:
    assert shares(_all())[Verdict.MISREAD] <= 0.003, _failures(_all(), Verdict.MISREAD)


@pytest.mark.parametrize("language", CODES)
def test_replies_are_read_right_in_every_language(language: str) -> None:
    results = [result for result in _all() if result.row.language == language]
    assert shares(results)[Verdict.RIGHT] >= 0.90, _failures(results, *WRONG)


def test_every_rule_that_read_a_reply_is_in_the_registry() -> None:
    fired = {r.outcome.rule for r in _all() if isinstance(r.outcome, Answered)}
    assert fired <= RULES.keys()
    assert len(fired) > 20
