"""A poll: one vote a contact, changed or not as the terms say, late after closing; a comment."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dialogue.effects import AddToConcern, Moved, OpenConcern, Record
from dialogue.outcomes import LATE, REMARK
from dialogue.survey import Survey, SurveyKind
from dialogue.votes import MOST
from tests.dialogue.samples import (
    GATED,
    NOW,
    OTHER,
    PEOPLE,
    PULSE,
    SAFE,
    Chat,
    desk,
    option,
    question,
    survey,
)

CLOSING = NOW + timedelta(hours=48)


def poll(*questions: object, slug: str = "poll") -> Survey:
    return survey(*questions, slug=slug, kind=SurveyKind.POLL)  # type: ignore[arg-type]  # questions


PLACE = question(
    "select_one",
    "place",
    option("1", "stops", "Bus stops", "taxis"),
    option("2", "parks", "Parks"),
    option("9", "unknown", "Don't know", role="dont_know"),
)
POLL = poll(PLACE)
SECOND = poll(SAFE, slug="second")
MANY = poll(
    question("select_many", "many", option("1", "gun", "Guns"), option("2", "dark", "Darkness")),
    slug="many",
)
SECRET = poll(replace(PLACE, sensitive=True), slug="secret")
HOW_MANY = poll(PEOPLE, slug="howmany")
WORDS = poll(question("open", "words"), slug="words")
DESK = desk(PULSE, OTHER, POLL, SECOND, MANY, SECRET, HOW_MANY, WORDS)


def voted(slug: str = "poll", answer: str = "1", **terms: Any) -> Chat:
    of = Chat(DESK).invite(slug, **{"closes_at": CLOSING, **terms})
    return of.send(answer)


def notes(of: Chat) -> list[tuple[str, object, int, bool]]:
    return [
        (e.outcome, e.value, e.revision, e.afterwards) for e in of.effects if isinstance(e, Record)
    ]


def mark(of: Chat) -> str:
    """The tag of the poll asked last."""
    session = of.conversation.votes[-1]
    survey_ = DESK.survey_of(session)
    assert survey_ is not None
    assert survey_.vote is not None
    return f"{session.id[:12]}:{survey_.vote.name}"


# --- what a poll is ------------------------------------------------------------------------------
def test_a_poll_is_the_one_question_of_its_survey() -> None:
    assert POLL.vote is PLACE
    assert replace(POLL, kind=SurveyKind.SURVEY).vote is None
    assert poll(PLACE, SAFE).vote is None
    assert poll(question("age", "age")).vote is None
    assert poll(question("note", "hello"), PLACE).vote is PLACE


def test_it_is_asked_in_one_message_and_thanked_in_one() -> None:
    of = Chat(DESK).invite("poll", closes_at=CLOSING, comment=True)
    assert of.said == ["invitation", "place"]
    assert [choice.label for choice in of.message.choices] == [  # type: ignore[union-attr]  # one was said
        "Bus stops", "Parks", "Don't know",
    ]  # fmt: skip
    assert of.send("parks").said == ["voted", "vote_may_change", "comment_invited"]


def test_what_was_left_unfinished_is_offered_instead_of_a_change() -> None:
    of = Chat(DESK).send("PULSE").tick(hours=25)
    of.invite("poll", comment=True).send("1")
    assert of.said == ["voted"]
    assert of.text.splitlines()[1].startswith("You have not finished")


# --- another vote --------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["2", "Parks", "parks!"])
def test_another_vote_changes_it_and_is_told_so(text: str) -> None:
    of = voted().send(text)
    assert of.text == "Thank you. Your answer is now: Parks."
    assert notes(of) == [("answered", "parks", 2, True)]
    assert not any(isinstance(effect, Moved) for effect in of.effects)
    assert of.send("1").text.endswith("Bus stops.")
    assert notes(of) == [("answered", "stops", 3, True)]


def test_a_tap_on_the_polls_buttons_changes_it_days_later() -> None:
    of = voted()
    of.now += timedelta(hours=47)
    assert of.tap("2", mark(of)).said == ["vote_changed_to"]


def test_dont_know_is_a_vote_too() -> None:
    of = voted().send("9")
    assert of.text.endswith("Don't know.")
    assert notes(of) == [("dont_know", "unknown", 2, True)]


def test_the_same_vote_again_is_no_change() -> None:
    of = voted().send("1")
    assert of.said == ["already_done"]
    assert notes(of) == []
    assert voted(may_change=False).send("bus stops").said == ["already_done"]


def test_where_the_first_vote_counts_another_one_is_told_so() -> None:
    of = voted(may_change=False)
    assert "vote_may_change" not in of.said
    assert of.send("2").said == ["vote_stands"]
    assert notes(of) == []
    assert of.tap("2", mark(of)).said == ["vote_stands"]


def test_who_passed_has_not_voted_yet() -> None:
    of = voted(answer="SKIP", may_change=False)
    assert of.said == ["finished"]
    assert of.send("2").said == ["vote_changed_to"]
    assert of.send("1").said == ["vote_stands"]


def test_a_vote_on_what_is_sensitive_is_not_named() -> None:
    assert voted("secret").send("2").said == ["vote_changed"]


def test_several_options_are_one_vote() -> None:
    of = voted("many").send("1 2")
    assert of.text.endswith("Guns, Darkness.")
    assert notes(of) == [("answered", ("gun", "dark"), 2, True)]


def test_a_number_or_words_are_another_vote_only_where_they_quote_the_poll() -> None:
    of = voted("howmany", "4")
    assert of.send("5", question=mark(of)).said == ["vote_changed"]
    assert notes(of) == [("answered", 5, 2, True)]
    of = voted("words", "more lights")
    assert of.send("less noise", question=mark(of)).said == ["vote_changed"]
    assert of.send("less noise", question=mark(of)).said == ["vote_changed"]


@pytest.mark.parametrize("text", ["taxis", "I went to the parks with him", "7", "hello", "no"])
def test_what_is_not_plainly_a_vote_is_none(text: str) -> None:
    of = voted().send(text)
    assert not {"vote_changed_to", "vote_changed", "already_done"} & {*of.said}
    assert notes(of) == []


def test_a_vote_is_read_for_the_poll_asked_last() -> None:
    of = voted().invite("second", closes_at=CLOSING).send("2")
    assert of.send("1").text.endswith("Very safe.")
    first = next(v for v in of.conversation.votes if v.survey == "poll")
    assert of.tap("2", f"{first.id[:12]}:place").text.endswith("Parks.")
    assert of.tap("1", mark(of)).said == ["already_done"]


def test_a_vote_reaches_its_poll_while_another_survey_is_open() -> None:
    of = voted()
    old = mark(of)
    of.send("OTHER")
    assert of.send("2").said == ["finished"], "a number answers what is open"
    of = voted().send("OTHER")
    assert of.tap("2", old).said == ["vote_changed_to", "seen"]
    assert of.conversation.session is not None


def test_with_an_unfinished_survey_waiting_a_bare_number_is_no_vote() -> None:
    of = voted().send("PULSE").tick(hours=25)
    assert of.send("2").text.startswith("You have not finished: About pulse.")


def test_a_second_wave_is_a_vote_of_its_own() -> None:
    of = voted().invite("poll", closes_at=CLOSING).send("2")
    assert of.said[0] == "voted"
    assert notes(of) == [("answered", "parks", 1, False)]
    assert len(of.conversation.votes) == 1


def test_the_keyword_of_a_poll_opens_it_once() -> None:
    of = Chat(DESK).send("POLL").send("1")
    assert of.said == ["voted", "vote_may_change"]
    assert of.send("POLL").said == ["already_done"]
    assert of.send("2").said == ["vote_changed_to"]


def test_only_so_many_polls_are_remembered_and_none_for_ever() -> None:
    polls = [poll(PLACE, slug=f"poll{n}") for n in range(MOST + 2)]
    of = Chat(desk(*polls))
    for one in polls:
        of.invite(one.slug, closes_at=CLOSING).send("1")
    assert [v.survey for v in of.conversation.votes] == [one.slug for one in polls[2:]]
    of.now = CLOSING + timedelta(days=15)
    assert of.tap("2", f"{of.conversation.votes[-1].id[:12]}:place").said == ["old_question"]
    of.invite("poll0").send("1")
    assert [v.survey for v in of.conversation.votes] == ["poll0"]


def test_a_poll_that_is_gone_takes_no_vote() -> None:
    of = voted()
    tag = mark(of)
    of.desk = desk(OTHER)
    assert of.tap("2", tag).said == ["old_question"]


def test_after_stop_no_vote_is_taken() -> None:
    of = voted()
    tag = mark(of)
    assert of.send("STOP").tap("2", tag).effects == ()


# --- after closing -------------------------------------------------------------------------------
@pytest.mark.parametrize("change", [True, False])
def test_a_vote_after_closing_is_kept_as_late_and_changes_nothing(change: bool) -> None:
    of = voted(may_change=change)
    tag = mark(of)
    of.now = CLOSING
    assert of.send("2").said == ["late_answer"]
    assert notes(of) == [(LATE, "parks", 2, True)]
    assert of.tap("9", tag).said == ["late_answer"]
    assert notes(of) == [(LATE, "unknown", 3, True)]
    vote = of.conversation.votes[0].answers["place"]
    assert (vote.value, vote.revision) == ("stops", 1)


# --- a comment -----------------------------------------------------------------------------------
def test_own_words_behind_the_vote_are_kept_for_a_person() -> None:
    of = voted(comment=True).send("So that women can walk home")
    assert of.said == ["remark_noted"]
    [noted] = [effect for effect in of.effects if isinstance(effect, Record)]
    assert (noted.question, noted.outcome, noted.rule) == ("place", REMARK, "comment")
    assert (noted.raw, noted.value, noted.revision) == ("So that women can walk home", None, 2)
    assert of.send("2").said == ["vote_changed_to"]
    assert notes(of) == [("answered", "parks", 3, True)]


def test_a_comment_is_no_report_and_may_come_in_three_texts() -> None:
    of = voted(comment=True)
    of.desk = replace(of.desk, takes_concerns=True)
    for text in ("the lamps are broken", "and it is dark", "every night"):
        assert of.send(text).said == ["remark_noted"]
        assert OpenConcern() not in of.effects
    assert OpenConcern() in of.send("and one more thing").effects


@pytest.mark.parametrize("text", ["thank you", "who are you?", "OTHER", "HELP", "2"])
def test_thanks_questions_keywords_and_votes_are_no_comment(text: str) -> None:
    of = voted(comment=True).send(text)
    assert REMARK not in {outcome for outcome, *_ in notes(of)}


def test_a_comment_may_quote_the_poll_whatever_else_is_open() -> None:
    of = voted(comment=True)
    tag = mark(of)
    of.send("OTHER")
    assert of.send("because of the dark", question=tag).said == ["remark_noted", "seen"]


@pytest.mark.parametrize(
    ("terms", "hours", "more"),
    [({}, 1, {}), ({"comment": True}, 25, {}), ({"comment": True}, 1, {"choice": "7"})],
)
def test_words_that_were_not_invited_or_come_a_day_later_are_no_comment(
    terms: dict[str, Any], hours: int, more: dict[str, Any]
) -> None:
    of = voted(**terms)
    of.now += timedelta(hours=hours)
    of.send("because of the dark", question=mark(of), **more)
    assert of.said == ["old_question"]


def test_word_that_staff_wait_for_is_no_comment() -> None:
    of = voted(comment=True)
    of.conversation = replace(of.conversation, thread="R1")
    assert of.send("it still goes on").effects[0] == AddToConcern("R1")


def test_an_unfinished_survey_is_offered_before_a_comment_is_taken() -> None:
    of = Chat(DESK, GATED).send("PULSE").tick(hours=25)
    of.invite("poll", comment=True).send("1").send("2")
    assert of.said == ["resume_no"]
    assert of.send("because of the dark").text.startswith("You have not finished")
