"""LINK with and without a code; what a change to a sent message does."""

import re

import pytest

from dialogue.effects import MakeLink, Redeem
from dialogue.events import Linked, Reply
from dialogue.linking import DIGITS, MINUTES, MOST_WRONG
from dialogue.memory import Aside, Conversation, Gate
from dialogue.survey import Status
from tests.dialogue.samples import LOCALES, OTHER, PULSE, Chat, desk

WORDS = sorted({word for lo in LOCALES.values() for word in lo.words.commands["link"]})
CODE = "12345678"


def in_survey() -> Chat:
    return Chat(desk(PULSE, OTHER)).send("Hi")


def linked(chat: Chat, *, found: bool) -> Chat:
    return chat.take(Linked(Reply("turn-linked", f"LINK {CODE}"), found))


def test_link_alone_makes_a_code_for_some_minutes() -> None:
    chat = in_survey().send("LINK")
    [made] = [effect for effect in chat.effects if isinstance(effect, MakeLink)]
    assert re.fullmatch(rf"\d{{{DIGITS}}}", made.code)
    assert (made.until - chat.now).total_seconds() == MINUTES * 60
    assert f"LINK {made.code[:4]} {made.code[4:]}" in chat.text
    assert chat.conversation.session is not None


def test_every_turn_makes_another_code() -> None:
    chat = in_survey()
    codes = {
        e.code for _ in range(20) for e in chat.send("LINK").effects if isinstance(e, MakeLink)
    }
    assert len(codes) == 20


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "form", ["{} 12345678", "{} 1234 5678", "{}: 1234-5678", "  {}   12345678."]
)
def test_a_code_is_asked_for_in_any_language_and_form(word: str, form: str) -> None:
    chat = in_survey().send(form.format(word.lower()))
    assert chat.effects == (Redeem(CODE),)


@pytest.mark.parametrize("text", ["12345678", "HELP 12345678", "Link road is dark"])
def test_what_is_no_code_is_read_as_anything_else(text: str) -> None:
    assert not [e for e in in_survey().send(text).effects if isinstance(e, Redeem)]


def test_a_stranger_may_send_a_code_before_any_question() -> None:
    chat = Chat(desk(PULSE), Conversation()).send(f"LINK {CODE}")
    assert chat.effects == (Redeem(CODE),)


def test_after_linking_the_open_question_is_asked_here() -> None:
    chat = linked(in_survey(), found=True)
    assert chat.said == ["linked", "safe"]


def test_after_linking_what_was_left_is_offered() -> None:
    chat = linked(in_survey().tick(hours=25), found=True)
    assert chat.said[0] == "linked"
    assert chat.conversation.aside is Aside.RESUME


def test_after_linking_two_strangers_the_gate_stays() -> None:
    chat = linked(Chat(desk(PULSE), Conversation()), found=True)
    assert chat.said[0] == "linked"
    assert chat.conversation.gate is Gate.CONSENT


def test_a_wrong_code_is_told_and_what_is_open_stays_open() -> None:
    chat = linked(in_survey().send(f"LINK {CODE}"), found=False)
    assert chat.said == ["link_wrong", "safe"]
    assert chat.conversation.session is not None
    assert chat.conversation.session.status is Status.ACTIVE


def test_guessing_ends_for_an_hour() -> None:
    chat = in_survey()
    for _ in range(MOST_WRONG):
        chat.send(f"LINK {CODE}")
        assert chat.effects == (Redeem(CODE),)
        linked(chat, found=False)
    assert chat.send(f"LINK {CODE}").said == ["link_wrong", "safe"]
    chat.tick(hours=2)
    assert Redeem(CODE) in chat.send(f"LINK {CODE}").effects


def test_after_stop_a_code_meets_silence() -> None:
    chat = in_survey().send("STOP")
    chat.conversation = Conversation(opted_out=True)
    assert chat.send(f"LINK {CODE}").effects == ()


# --- edits ---------------------------------------------------------------------------------------
def test_an_edit_changes_no_answer_and_asks_the_open_question_again() -> None:
    chat = in_survey().send("2")
    answers = chat.conversation.session and chat.conversation.session.answers
    chat.send("3", edited=True)
    assert chat.said == ["edited", "people"]
    assert chat.conversation.session is not None
    assert chat.conversation.session.answers == answers


def test_what_was_sent_before_we_went_on_answers_nothing_that_is_open_now() -> None:
    chat = in_survey().send("2")
    before = chat.conversation
    assert chat.send("3", late=True).said == ["late", "people"]
    assert chat.conversation == before
    assert chat.send("STOP", late=True).said == ["stopped"]
    assert chat.send("START", late=True).said == []
    assert chat.conversation.opted_out


def test_an_edit_into_a_command_is_that_command() -> None:
    assert in_survey().send("STOP", edited=True).said == ["stopped"]


@pytest.mark.parametrize("text", ["LINK 1234567", "LINK 123456789", "link 0000"])
def test_a_code_of_another_length_is_wrong_and_no_wrong_answer(text: str) -> None:
    chat = in_survey().send(text)
    assert chat.said == ["link_wrong", "safe"]
    assert chat.conversation.session is not None
    assert chat.conversation.session.tries == 0
