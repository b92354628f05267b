"""Answers after the closing time: thanked, kept as late, counted nowhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogue.effects import Forget, Moved, Record
from dialogue.open_question import tag
from dialogue.outcomes import LATE, REMARK
from dialogue.survey import Status
from tests.dialogue.samples import GATED, NOW, OTHER, PULSE, Chat, desk, question, survey

CLOSING = NOW + timedelta(hours=2)
AGED = survey(question("age", "age"), question("open", "why"), slug="aged")


def invited(slug: str = "pulse", hours: float = 3) -> Chat:
    """Invited to what closes in two hours; then this long a silence."""
    of = Chat(desk(PULSE, OTHER, AGED)).invite(slug, closes_at=CLOSING)
    of.now += timedelta(hours=hours)
    return of


def noted(of: Chat) -> list[tuple[str, str, object, str, str | None]]:
    return [
        (e.question, e.outcome, e.value, e.rule, e.raw) for e in of.effects if isinstance(e, Record)
    ]


def ended(of: Chat) -> list[Status]:
    return [e.session.status for e in of.effects if isinstance(e, Moved)]


@pytest.mark.parametrize("hours", [3, 25, 24 * 13])
def test_an_answer_is_thanked_and_kept_as_late_and_ends_the_session(hours: float) -> None:
    of = invited(hours=0).tick(hours=hours).send("3")
    assert of.said == ["late_answer"]
    assert noted(of) == [("safe", LATE, "unsafe", "code", None)]
    assert ended(of) == [Status.LATE]
    assert of.conversation.session is None
    assert of.conversation.parked == ()
    assert of.conversation.wake_at is None


def test_a_tap_is_an_answer_as_well() -> None:
    of = invited()
    mark = of.message.question if of.message else None
    assert of.tap("2", mark).said == ["late_answer"]
    of = invited(hours=0).tick(hours=25)
    assert of.tap("2", mark).said == ["late_answer"]


def test_answers_in_time_stay_and_the_late_one_counts_as_none() -> None:
    of = invited(hours=1).send("3").tick(hours=2).send("It is dark")
    assert noted(of) == [("why", LATE, None, "text", "It is dark")]
    assert of.conversation.done[-1].answers == 1
    assert of.send("Hi").said == ["not_live", "safe"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("whatever it is", "not_coded"), ("prefer not to say", "refused"), ("skip it", "skipped")],
)
def test_what_is_no_plain_answer_is_kept_as_late_too(text: str, rule: str) -> None:
    of = invited("other").send(text)
    assert of.said[0] == "late_answer"
    [(_, outcome, value, how, _)] = noted(of)
    assert (outcome, value, how) == (LATE, None, rule)


def test_a_remark_is_kept_and_told_that_it_closed() -> None:
    of = invited().send("who are you?")
    assert of.said == ["old_question"]
    assert noted(of) == [("safe", REMARK, None, "question", "who are you?")]
    assert ended(of) == [Status.EXPIRED]


@pytest.mark.parametrize("text", ["BACK", "SKIP", "HELP", "isiZulu"])
def test_no_command_asks_again_what_closed(text: str) -> None:
    of = invited().send(text)
    assert of.said[-1] == "old_question"
    assert noted(of) == []
    assert ended(of) == [Status.EXPIRED]


def test_a_tap_on_an_older_question_is_told_once_that_it_closed() -> None:
    of = invited(hours=1)
    old = of.message.question if of.message else None
    of.send("3").tick(hours=2)
    assert of.tap("1", old).said == ["old_question"]


def test_what_closed_is_not_offered_again_but_what_waits_is() -> None:
    of = invited(hours=0).tick(hours=25)
    assert of.send("hello there my friend").said == ["not_live", "safe"]
    both = Chat(desk(PULSE, OTHER)).send("OTHER").tick(hours=25)
    both.invite("pulse", closes_at=both.now + timedelta(hours=2)).tick(hours=25)
    assert [s.survey for s in both.conversation.parked] == ["other", "pulse"]
    assert both.send("hello").text.startswith("You have not finished: About other.")
    assert both.send("1").said == ["seen"]


def test_what_was_left_is_offered_behind_a_late_answer() -> None:
    of = Chat(desk(PULSE, OTHER)).send("OTHER").tick(hours=25)
    of.invite("pulse", closes_at=of.now + timedelta(hours=2))
    of.now += timedelta(hours=3)
    assert of.send("2").said == ["late_answer"]
    assert of.text.splitlines()[1].startswith("You have not finished: About other.")


def test_with_an_unfinished_survey_waiting_only_a_tap_answers_what_closed() -> None:
    of = Chat(desk(PULSE, OTHER)).send("OTHER").tick(hours=25)
    of.invite("pulse", closes_at=of.now + timedelta(hours=2))
    mark = of.message.question if of.message else None
    of.tick(hours=25)
    assert of.send("3").text.startswith("You have not finished: About other.")
    assert of.tap("3", mark).said == ["late_answer"]


def test_a_late_tap_while_another_survey_is_open_asks_that_again() -> None:
    of = invited(hours=0)
    mark = of.message.question if of.message else None
    of.tick(hours=25).send("OTHER")
    assert of.tap("3", mark).said == ["late_answer", "seen"]
    assert of.conversation.session is not None
    assert of.conversation.session.survey == "other"


@pytest.mark.parametrize("parked", [False, True])
def test_the_keyword_of_what_closed_begins_it_anew(parked: bool) -> None:
    of = invited()
    if parked:
        of.tick(hours=25)
    assert of.send("PULSE").said == ["not_live", "safe"]
    session = of.conversation.session
    assert session is not None
    assert session.terms.closes_at is None
    assert Status.EXPIRED in ended(of)
    of = invited()
    assert of.send("PULSE", command="START").said[-1] == "safe"


def test_an_age_under_the_minimum_forgets_all_late_or_not() -> None:
    ageless = replace(GATED, age=None, age_on=None)
    of = Chat(desk(AGED), ageless).invite("aged", closes_at=CLOSING)
    of.now += timedelta(hours=3)
    assert Forget("under_age") in of.send("13").effects
    both = Chat(desk(AGED, OTHER), ageless).invite("aged", closes_at=CLOSING)
    both.tick(hours=25).send("OTHER")
    both.send("13", question=tag(both.conversation.parked[0]))
    assert both.said == ["too_young_talk"]
    assert Forget("under_age") in both.effects


def test_a_long_survey_can_be_taken_up_until_it_closes_and_answered_late_for_two_weeks() -> None:
    of = Chat(desk(PULSE)).invite("pulse", closes_at=NOW + timedelta(days=40))
    of.tick(hours=25)
    assert of.conversation.wake_at == NOW + timedelta(days=54)
    of.tick(days=38)
    assert of.send("hello").text.startswith("You have not finished")
    of.tick(days=16)
    assert ended(of) == [Status.EXPIRED]


def test_a_version_that_is_gone_takes_nothing() -> None:
    of = invited(hours=0).tick(hours=25)
    of.desk = desk(OTHER)
    assert of.send("3").said == ["not_live", "seen"]
