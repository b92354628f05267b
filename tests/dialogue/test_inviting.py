"""What we begin by ourselves: invitations, reminders, announcements; what stands against them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogue.effects import Ask, Moved, Opened, Tell
from dialogue.events import Announce, Invite, Remind
from dialogue.inviting import Initiative, Obstacle, obstacle
from dialogue.memory import Conversation, Gate, dump, load
from dialogue.survey import Session, Status
from dialogue.terms import Terms
from tests.dialogue.samples import (
    GATED,
    LOCALES,
    NOW,
    OTHER,
    PULSE,
    SAFE,
    Chat,
    desk,
    question,
    survey,
)

SOON, OVER = NOW + timedelta(hours=48), NOW - timedelta(hours=1)
ENGLISH = survey(SAFE, question("open", "why"), slug="english")
DESK = desk(PULSE, OTHER)
OPEN = Session("s-open", "pulse", 1, Status.ACTIVE, NOW - timedelta(hours=5), question="safe")
LEFT = replace(OPEN, id="s-left", status=Status.PARKED)
INVITE, REMIND = Invite("i", "other"), Remind("r", "s-open")
TELL = Announce("a", {"en": "More lights."})


def chat(conversation: Conversation = GATED) -> Chat:
    return Chat(DESK, conversation)


# --- what stands against it ----------------------------------------------------------------------
STRANGER = replace(GATED, gate=Gate.AGE)
QUIET = replace(GATED, quiet_until=NOW + timedelta(days=1))
BUSY = replace(GATED, session=OPEN)
CLOSED = replace(BUSY, session=replace(OPEN, terms=Terms(OVER)))


@pytest.mark.parametrize(
    ("conversation", "event", "expected"),
    [
        (GATED, INVITE, None),
        (replace(GATED, parked=(LEFT,)), INVITE, None),
        (GATED, Invite("i", "other", 1), None),
        (GATED, Invite("i", "other", 2), Obstacle.NO_SURVEY),
        (GATED, Invite("i", "nonesuch"), Obstacle.NO_SURVEY),
        (GATED, Invite("i", "other", terms=Terms(OVER)), Obstacle.CLOSED),
        (GATED, Invite("i", "other", terms=Terms(NOW)), Obstacle.CLOSED),
        (BUSY, INVITE, Obstacle.IN_SURVEY),
        (CLOSED, INVITE, None),
        (BUSY, REMIND, None),
        (GATED, REMIND, Obstacle.ENDED),
        (replace(BUSY, session=replace(OPEN, survey="gone")), REMIND, Obstacle.ENDED),
        (CLOSED, REMIND, Obstacle.CLOSED),
        (replace(BUSY, session=replace(OPEN, declined=True)), REMIND, Obstacle.DECLINED),
        (replace(BUSY, session=replace(OPEN, asked_at=NOW)), REMIND, Obstacle.ANSWERING),
        (replace(GATED, parked=(LEFT,)), Remind("r", "s-left"), None),
        (replace(BUSY, parked=(LEFT,)), Remind("r", "s-left"), Obstacle.IN_SURVEY),
        (replace(CLOSED, parked=(LEFT,)), Remind("r", "s-left"), None),
        (GATED, TELL, None),
        (BUSY, TELL, Obstacle.IN_SURVEY),
        (CLOSED, TELL, None),
    ],
)
def test_it_is_said_or_the_first_obstacle_is_named_and_nothing_changes(
    conversation: Conversation, event: Initiative, expected: Obstacle | None
) -> None:
    assert obstacle(DESK, conversation, event, NOW) is expected
    of = chat(conversation).take(event)
    assert (of.message is None) is (expected is not None)
    if expected is not None:
        assert of.effects == ()
        assert of.conversation == conversation


@pytest.mark.parametrize("event", [INVITE, REMIND, TELL])
@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (replace(BUSY, opted_out=True), Obstacle.OPTED_OUT),
        (replace(STRANGER, session=OPEN), Obstacle.NOT_AGREED),
        (replace(QUIET, session=OPEN), Obstacle.QUIET),
    ],
)
def test_nobody_is_written_to_who_must_not_be(
    event: Initiative, conversation: Conversation, expected: Obstacle
) -> None:
    assert obstacle(DESK, conversation, event, NOW) is expected
    assert chat(conversation).take(event).message is None


def test_only_what_is_over_in_a_day_is_worth_a_second_try() -> None:
    assert {one for one in Obstacle if one.passes} == {Obstacle.IN_SURVEY, Obstacle.ANSWERING}


# --- invitations ---------------------------------------------------------------------------------
def test_an_invitation_says_who_asks_how_to_end_it_and_who_helps() -> None:
    first = chat().invite("other").text.splitlines()[0]
    assert all(word in first for word in ("Testville Council", "STOP", "10111"))


def test_the_session_keeps_the_broadcasts_terms_and_the_turns_id() -> None:
    of = chat().invite("other", closes_at=SOON, may_change=False, comment=True)
    session = of.conversation.session
    assert session is not None
    assert (session.id, session.terms) == (of.invited, Terms(SOON, False, None, True))


def test_a_version_can_be_invited_to_that_is_no_longer_the_current_one() -> None:
    newer = replace(PULSE, version=2)
    at = replace(desk(newer), pinned={("pulse", 1): PULSE})
    of = Chat(at).take(Invite("turn-i", "pulse", 1))
    assert of.conversation.session is not None
    assert of.conversation.session.version == 1


def test_an_invitation_opens_a_session_of_its_own_and_ends_the_earlier_one() -> None:
    of = chat().send("PULSE").send("3").tick(hours=25)
    before = of.conversation.parked[0]
    of.invite("pulse")
    moved = [e.session for e in of.effects if isinstance(e, Moved)]
    assert [(s.id, s.status) for s in moved] == [(before.id, Status.EXPIRED)]
    opened = next(e.session for e in of.effects if isinstance(e, Opened))
    assert opened.id == of.invited
    assert of.said == ["invitation", "safe"]
    assert of.conversation.parked == ()


def test_what_closed_unanswered_makes_way_and_can_still_be_answered_late() -> None:
    of = chat().invite("other", closes_at=NOW + timedelta(hours=1))
    of.tick(hours=2).invite("pulse")
    assert [s.survey for s in of.conversation.parked] == ["other"]
    assert of.said == ["invitation", "safe"]


def test_an_invitation_to_a_half_translated_survey_is_held_in_what_it_has() -> None:
    label = replace(SAFE.options[0], label={"en": "Yes", "af": "Ja"})
    half = replace(SAFE, text={"en": "In English?", "af": "In Afrikaans?"}, options=(label,))
    of = Chat(desk(survey(half, title={"en": "Half", "af": "Half"})), replace(GATED, locale="zu"))
    of.invite("pulse")
    assert of.said == ["invitation", "survey_only_in", "safe"]
    first, second, *asked = of.text.splitlines()
    zulu = LOCALES["zu"]
    assert zulu.say("invitation", responsible="Testville Council", emergency="10111") == first
    assert "English" in second
    assert asked[0] == "In English?"
    assert of.send("Afrikaans").text.splitlines()[-1] == "In Afrikaans?"
    of.tick(hours=2).remind()
    assert of.text.splitlines()[-1] == "In Afrikaans?"


def test_an_invitation_outlives_a_question_of_ours() -> None:
    assert chat().send("LANGUAGE").invite("other").conversation.aside is None


# --- sent as a template --------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["1", "yes", "ok?", "thanks", "OTHER"])
def test_whoever_has_not_seen_the_question_is_asked_it_at_any_word(text: str) -> None:
    of = chat().invite("other", unseen=True).send(text)
    assert of.said == ["seen"]
    assert of.send("1").said == ["finished"]


def test_a_question_not_seen_that_was_set_aside_is_asked_without_an_offer() -> None:
    of = chat().invite("other", unseen=True).tick(hours=25)
    assert of.conversation.session is None
    assert of.send("hello").said == ["seen"]


def test_a_reply_to_the_question_itself_is_an_answer() -> None:
    of = chat().invite("other", unseen=True)
    assert of.tap("1").said == ["finished"]


def test_a_reminder_may_be_a_template_as_well() -> None:
    of = chat().invite("other").tick(hours=25).remind(unseen=True)
    assert of.send("1").said == ["seen"]


# --- reminders -----------------------------------------------------------------------------------
def test_a_reminder_asks_the_open_question_again() -> None:
    of = chat().invite("pulse").send("3")
    of.now += timedelta(hours=2)
    assert of.remind().said == ["reminder", "why"]
    assert of.text.startswith("Testville Council: we would still like your answer. STOP ends.")


def test_a_reminder_takes_up_what_was_set_aside() -> None:
    of = chat().invite("pulse").send("3").tick(hours=25)
    assert of.conversation.session is None
    assert of.remind().said == ["reminder", "why"]
    assert of.send("no light").said == ["people"]


def test_who_said_no_to_going_on_is_not_reminded() -> None:
    of = chat().invite("pulse").tick(hours=25).send("hello").send("2")
    assert of.said == ["resume_no"]
    of.now += timedelta(hours=2)
    assert of.remind().message is None
    assert of.send("PULSE").said == ["safe"]


def test_who_finished_or_sent_stop_is_not_reminded() -> None:
    of = chat().invite("other").send("1")
    of.now += timedelta(hours=2)
    assert of.remind().effects == ()
    of = chat().invite("other").send("STOP").send("START").send("1")
    of.now += timedelta(hours=2)
    assert of.remind().effects == ()


def test_two_reminders_are_two_questions_and_silence_still_parks() -> None:
    of = chat().invite("other").tick(hours=25).remind().tick(hours=20)
    assert of.conversation.session is not None
    assert of.remind().said == ["reminder", "seen"]
    of.tick(hours=25)
    assert of.conversation.session is None


# --- announcements -------------------------------------------------------------------------------
def test_an_announcement_says_who_writes_and_the_text_in_the_contacts_language() -> None:
    texts = {"en": "More lights.", "zu": "Izibani."}
    of = chat().take(Announce("turn-a", texts, "chart-1"))
    assert of.text == "From Testville Council. STOP ends.\nMore lights."
    assert of.message is not None
    assert (of.message.choices, of.message.attachment) == ((), "chart-1")
    assert Tell(texts, "chart-1") in of.effects
    zulu = chat(replace(GATED, locale="zu")).take(Announce("turn-a", texts))
    assert zulu.text.splitlines()[1] == "Izibani."
    assert zulu.message is not None
    assert zulu.message.attachment is None


def test_a_text_in_no_language_of_the_contact_is_said_in_one_of_the_citys() -> None:
    afrikaans = chat(replace(GATED, locale="af"))
    assert afrikaans.take(Announce("a", {"xh": "Izibane.", "zu": "Izibani."})).text.endswith(
        "Izibani."
    )
    assert afrikaans.take(Announce("a", {"xh": "Izibane."})).text.endswith("Izibane.")


def test_an_announcement_leaves_what_was_set_aside() -> None:
    of = chat().invite("pulse").tick(hours=25)
    parked = of.conversation.parked
    of.take(TELL)
    assert of.conversation.parked == parked
    assert not any(isinstance(effect, Ask) for effect in of.effects)


# --- memory --------------------------------------------------------------------------------------
def test_a_conversation_kept_before_broadcasts_still_loads() -> None:
    old = (
        '{"gate":"open","session":{"id":"s","survey":"pulse","version":1,"status":"active",'
        '"started_at":"2026-11-24T10:00:00Z","question":"safe"}}'
    )
    session = load(old).session
    assert session is not None
    assert (session.terms, session.order, session.unseen, session.declined) == (
        Terms(),
        {},
        False,
        False,
    )
    assert load(old).votes == ()
    assert load(dump(load(old))) == load(old)
