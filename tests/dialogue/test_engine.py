"""One way through one survey: order, conditions, asking again, BACK, what is recorded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogue.answers import rules
from dialogue.effects import Ask, Moved, Record, Say
from dialogue.engine import Back, EngineEvent, Resume, Skip, Step, advance
from dialogue.events import Start
from dialogue.open_question import is_stale, read, reads, tag
from dialogue.outcomes import Ambiguous, Answered, Empty, NotUnderstood, OutOfRange, Remark
from dialogue.survey import BACK_LIMIT, REMARK_LIMIT, Answer, Session, Status, Survey
from tests.dialogue.samples import (
    LOCALES,
    NOW,
    PULSE,
    SAFE,
    option,
    question,
    reading,
    reply,
    survey,
)

WORDS = f"en {LOCALES['en'].words.version}, rules {rules.VERSION}"
NEW = Session("session-id-longer", "pulse", 1, Status.ACTIVE, NOW)


def steps(asked: Survey, *events: EngineEvent | str, known: int | None = None) -> list[Step]:
    """The session after its start and each event; a text is a reply."""
    values = {} if known is None else {"age": known}
    found, session = [], NEW
    for event in (Start(), *events):
        happening = reply(event) if isinstance(event, str) else event
        step = advance(asked, session, happening, NOW, reading(), values)
        found.append(step)
        session = step.session
    return found


def last(asked: Survey, *events: EngineEvent | str, known: int | None = None) -> Step:
    return steps(asked, *events, known=known)[-1]


def records(found: list[Step]) -> list[tuple[str, int, str, object]]:
    return [
        (e.question, e.revision, e.outcome, e.value)
        for step in found
        for e in step.effects
        if isinstance(e, Record)
    ]


def said(step: Step) -> list[str]:
    return [
        e.phrase if isinstance(e, Say) else e.question
        for e in step.effects
        if isinstance(e, Say | Ask)
    ]


# --- the way through -----------------------------------------------------------------------------
def test_questions_come_in_order_and_the_last_answer_completes() -> None:
    first, second, third = steps(PULSE, "1", "4")
    assert said(first) == ["safe"]
    assert said(second) == ["people"]
    assert third.session.status is Status.COMPLETED
    assert third.session.question is None
    assert Moved(third.session) in third.effects
    assert records([first, second, third]) == [
        ("safe", 1, "answered", "very_safe"),
        ("people", 1, "answered", 4),
    ]


def test_a_question_is_asked_only_if_its_condition_holds() -> None:
    assert said(last(PULSE, "1")) == ["people"]
    assert said(last(PULSE, "3")) == ["why"]


def test_a_note_is_said_with_the_next_question_and_at_the_end() -> None:
    noted = survey(question("note", "hello"), SAFE, question("note", "bye"))
    assert said(last(noted)) == ["hello", "safe"]
    end = last(noted, "1")
    assert said(end) == ["bye"]
    assert end.session.status is Status.COMPLETED


def test_free_text_is_recorded_sealed_and_not_remembered() -> None:
    step = last(PULSE, "3", "no lights")
    assert step.effects[0] == Record(NEW.id, "why", 1, "answered", None, "text", "no lights", WORDS)
    assert step.session.answers["why"] == Answer("answered", None, 1)


def test_dont_know_refusal_and_skip_are_recorded_apart_and_without_the_words() -> None:
    found = steps(PULSE, "dk", "no comment")
    assert records(found) == [("safe", 1, "dont_know", "unknown"), ("people", 1, "refused", None)]
    skipped = last(PULSE, Skip())
    assert skipped.effects[0] == Record(NEW.id, "safe", 1, "skipped", None, "", words=WORDS)
    people = last(PULSE, "1", "I don't know")
    assert people.effects[0] == Record(NEW.id, "people", 1, "dont_know", None, "", words=WORDS)


def test_an_option_for_dont_know_among_several_is_recorded_as_such() -> None:
    unknown = option("9", "unknown", "No idea", role="dont_know")
    many = survey(question("select_many", "seen", option("1", "robbery"), unknown))
    for text in ("9", "no idea", "dk"):
        assert records(steps(many, text)) == [("seen", 1, "dont_know", ("unknown",))]
    assert records(steps(many, "1")) == [("seen", 1, "answered", ("robbery",))]


# --- asking again --------------------------------------------------------------------------------
def test_two_more_tries_then_not_coded_with_the_words_and_on() -> None:
    _, once, twice, thrice = steps(PULSE, "cheese", "bread", "and wine")
    assert once.effects == (Ask(PULSE, "safe", tag(NEW_AT_SAFE), NotUnderstood()),)
    example = NotUnderstood("reply_choice", (("example", "1"),))
    assert twice.effects == (Ask(PULSE, "safe", tag(NEW_AT_SAFE), example),)
    assert twice.session.tries == 2
    record = Record(NEW.id, "safe", 1, "not_coded", None, "", "and wine", WORDS)
    assert thrice.effects[0] == record
    assert said(thrice) == ["moving_on", "people"]
    assert thrice.session.tries == 0


NEW_AT_SAFE = replace(NEW, question="safe")


def test_an_empty_reply_is_asked_again() -> None:
    assert last(PULSE, "").effects == (Ask(PULSE, "safe", tag(NEW_AT_SAFE), Empty()),)


def test_the_reply_to_a_choice_of_candidates_is_read_among_them_first() -> None:
    asked = last(PULSE, "2 unsafe")
    assert asked.session.candidates == ("2", "3")
    assert asked.effects == (Ask(PULSE, "safe", tag(NEW_AT_SAFE), Ambiguous(("2", "3"))),)
    assert records(steps(PULSE, "2 unsafe", "3")) == [("safe", 1, "answered", "unsafe")]


@pytest.mark.parametrize("first", ["2 unsafe", "maybe unsafe"])
def test_a_number_that_was_not_asked_back_is_asked_again_with_all_options(first: str) -> None:
    """ "1" may be the first of those asked back as well as the first of all."""
    assert records(steps(PULSE, first, "1")) == []
    assert records(steps(PULSE, first, "1", "1")) == [("safe", 1, "answered", "very_safe")]


def test_a_tap_on_the_whole_question_still_counts_while_candidates_are_asked_back() -> None:
    asked = last(PULSE, "2 unsafe").session
    outcome = read(PULSE, asked, reply(choice="1"), reading())
    assert outcome == Answered("very_safe", "code")


def test_what_is_plainly_another_option_counts_against_the_candidates() -> None:
    assert records(steps(PULSE, "2 unsafe", "very safe")) == [("safe", 1, "answered", "very_safe")]


def test_the_first_one_is_the_first_of_those_asked_back() -> None:
    assert records(steps(PULSE, "2 unsafe", "the first one")) == [("safe", 1, "answered", "safe")]


@pytest.mark.parametrize(
    ("text", "outcome"), [("yes", "safe"), ("Safe", "safe"), ("2", "safe"), ("Unsafe", "unsafe")]
)
def test_one_candidate_is_confirmed_by_a_yes(text: str, outcome: str) -> None:
    assert last(PULSE, "maybe safe").session.candidates == ("2",)
    assert records(steps(PULSE, "maybe safe", text)) == [("safe", 1, "answered", outcome)]


def test_a_no_to_one_candidate_asks_with_all_options() -> None:
    step = last(PULSE, "maybe safe", "no")
    assert step.session.candidates == ()
    assert step.effects == (
        Ask(PULSE, "safe", tag(NEW_AT_SAFE), NotUnderstood("reply_choice", (("example", "1"),))),
    )


def test_a_dont_know_to_candidates_is_one() -> None:
    assert records(steps(PULSE, "2 unsafe", "dk")) == [("safe", 1, "dont_know", "unknown")]


def test_a_second_ambiguous_reply_gets_all_options_and_an_example() -> None:
    step = last(PULSE, "2 unsafe", "safe or unsafe")
    assert (step.session.tries, step.session.candidates) == (2, ())
    problem = NotUnderstood("reply_choice", (("example", "1"),))
    assert step.effects == (Ask(PULSE, "safe", tag(NEW_AT_SAFE), problem),)


def test_a_number_that_is_none_is_named_both_times() -> None:
    for step in steps(PULSE, "7", "8")[1:]:
        ask = step.effects[0]
        assert isinstance(ask, Ask)
        assert isinstance(ask.problem, OutOfRange)


def test_candidates_narrowed_do_not_turn_nonsense_into_an_answer() -> None:
    assert records(steps(PULSE, "2 unsafe", "cheese")) == []


# --- remarks -------------------------------------------------------------------------------------
def test_a_remark_is_kept_uses_no_try_and_the_question_comes_again() -> None:
    step = last(PULSE, "why do you ask")
    asked = Ask(PULSE, "safe", tag(NEW_AT_SAFE), Remark("question"))
    record = Record(NEW.id, "safe", 1, "remark", None, "question", "why do you ask", WORDS)
    assert step.effects == (record, asked)
    assert (step.session.tries, step.session.answers) == (0, {})
    assert records(steps(PULSE, "hello", "1")) == [
        ("safe", 1, "remark", None),
        ("safe", 2, "answered", "very_safe"),
    ]


def test_remarks_without_end_use_up_the_tries() -> None:
    found = steps(PULSE, *["thanks"] * (REMARK_LIMIT + 3))
    assert [r[2] for r in records(found)] == ["remark"] * REMARK_LIMIT + ["not_coded"]


def test_a_remark_to_candidates_is_one() -> None:
    assert last(PULSE, "2 unsafe", "hello").session.candidates == ()


# --- what is kept beside an answer ---------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("2", None),
        ("Safe", None),
        ("fine", "fine"),
        ("I feel safe", "I feel safe"),
        ("saffe", "saffe"),
        ("idk", None),
    ],
)
def test_the_words_are_kept_sealed_unless_they_were_a_number_or_a_label(
    text: str, raw: str | None
) -> None:
    record = last(PULSE, text).effects[0]
    assert isinstance(record, Record)
    assert record.raw == raw


def test_a_tap_keeps_no_words() -> None:
    record = advance(
        PULSE, NEW_AT_SAFE, reply("fine", choice="2"), NOW, reading(), {}
    ).effects[0]  # fmt: skip
    assert isinstance(record, Record)
    assert (record.value, record.raw) == ("safe", None)


def test_asking_again_after_a_pause_begins_afresh() -> None:
    later = NOW + timedelta(hours=1)
    parked = replace(last(PULSE, "2 unsafe").session, status=Status.PARKED)
    step = advance(PULSE, parked, Resume(), later, reading())
    assert (step.session.status, step.session.tries, step.session.candidates) == (
        Status.ACTIVE, 0, (),
    )  # fmt: skip
    assert step.session.asked_at == later


# --- BACK ----------------------------------------------------------------------------------------
def test_back_opens_the_last_answer_and_the_new_one_is_the_next_revision() -> None:
    found = steps(PULSE, "1", Back(), "3")
    assert said(found[2]) == ["safe"]
    assert "safe" not in found[2].session.answers
    assert records(found) == [
        ("safe", 1, "answered", "very_safe"),
        ("safe", 2, "answered", "unsafe"),
    ]


def test_back_at_the_first_question_asks_it_again() -> None:
    assert said(last(PULSE, Back())) == ["back_none", "safe"]


def test_back_has_a_limit() -> None:
    there_and_back: list[EngineEvent | str] = ["1", Back()] * BACK_LIMIT
    assert said(last(PULSE, *there_and_back, "1", Back())) == ["back_limit", "people"]


def test_a_changed_answer_voids_what_it_had_led_to_and_that_once() -> None:
    found = steps(PULSE, "3", "no lights", Back(), Back(), "1", Back(), "2", "4")
    assert records(found) == [
        ("safe", 1, "answered", "unsafe"),
        ("why", 1, "answered", None),
        ("safe", 2, "answered", "very_safe"),
        ("why", 2, "not_applicable", None),
        ("safe", 3, "answered", "safe"),
        ("people", 1, "answered", 4),
    ]


def test_a_voided_question_that_applies_again_is_asked_again() -> None:
    found = steps(PULSE, "3", "no lights", Back(), Back(), "1", Back(), "3", "still dark", "4")
    assert [r for r in records(found) if r[0] == "why"] == [
        ("why", 1, "answered", None),
        ("why", 2, "not_applicable", None),
        ("why", 3, "answered", None),
    ]
    assert found[-1].session.status is Status.COMPLETED


# --- what is known already -----------------------------------------------------------------------
AGED = survey(SAFE, question("age", "age"), question("numeric", "people"))


def test_an_age_known_from_the_gate_is_recorded_and_not_asked() -> None:
    found = steps(AGED, "1", known=34)
    assert said(found[-1]) == ["people"]
    assert records(found) == [("safe", 1, "answered", "very_safe"), ("age", 1, "answered", 34)]


def test_back_passes_over_what_was_known_and_records_it_once() -> None:
    found = steps(AGED, "1", Back(), "2", "5", known=34)
    assert said(found[2]) == ["safe"]
    assert said(found[3]) == ["people"]
    assert [r for r in records(found) if r[0] == "age"] == [("age", 1, "answered", 34)]
    assert found[-1].session.status is Status.COMPLETED


# --- taps and readings ---------------------------------------------------------------------------
def test_a_tap_is_stale_when_its_question_is_no_longer_open() -> None:
    assert not is_stale(NEW_AT_SAFE, reply(choice="1", question="session-id-l:safe"))
    assert is_stale(NEW_AT_SAFE, reply(choice="1", question="session-id-l:people"))
    assert not is_stale(NEW_AT_SAFE, reply("1"))


def test_a_question_reads_its_own_answers_but_free_text_claims_none() -> None:
    def understood(name: str, text: str) -> bool:
        return reads(PULSE, replace(NEW, question=name), reply(text), reading())

    assert understood("safe", "2")
    assert understood("why", "no comment")
    assert not understood("safe", "OTHER")
    assert not understood("safe", "2 unsafe")
    assert not understood("people", "99")
    assert not understood("why", "OTHER")
    assert not understood("why", "")
