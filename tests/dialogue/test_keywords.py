"""Which survey a keyword begins, and what is said where there is none of that name."""

import pytest

from dialogue.effects import Opened
from dialogue.memory import Conversation
from tests.dialogue.samples import GATED, OTHER, PULSE, Chat, desk, survey
from tests.dialogue.samples import question as asking

CALLED = "Nothing here is called that. To take part send PULSE, OTHER."


def known() -> Chat:
    return Chat(desk(PULSE, OTHER))


@pytest.mark.parametrize("text", ["lights please", "Please lights!", "PULS", "puls", "oter"])
def test_a_word_that_is_no_keyword_starts_nothing_and_what_there_is_is_said(text: str) -> None:
    chat = known().send(text)
    assert chat.said == ["not_live", "unknown_keyword"]
    assert chat.text.endswith(CALLED)
    assert not any(isinstance(effect, Opened) for effect in chat.effects)
    assert chat.send("OTHER").said == ["not_live", "seen"]


@pytest.mark.parametrize("text", ["lights please", "PULS"])
def test_a_stranger_hears_it_before_the_notice(text: str) -> None:
    chat = Chat(desk(PULSE, OTHER), Conversation()).send(text)
    assert chat.said == ["not_live", "unknown_keyword", "notice", "notice_languages"]
    assert CALLED in chat.text
    assert chat.send("1").send("30").said == ["safe"]


@pytest.mark.parametrize(
    "text",
    [
        *("Hi", "hello", "yes", "ok", "2", "", "there are no lights", "we need help here now"),
        *(
            "street lights",
            "lights",
            "robbery",
            "Khayelitsha",
            "REPORT",
            "Aweh",
            "hilltop",
            "I am ready",
            "a",
            "no-lights",
            "x" * 21,
            "please " * 9 + "lights",
        ),
    ],
)
def test_what_is_no_try_at_a_keyword_begins_the_first_survey(text: str) -> None:
    assert known().send(text).said == ["not_live", "safe"]


@pytest.mark.parametrize("text", ["raped", "shooting", "shooting please"])
@pytest.mark.parametrize("conversation", [GATED, Conversation()])
def test_who_tells_of_danger_in_one_word_never_hears_it(
    text: str, conversation: Conversation
) -> None:
    assert "unknown_keyword" not in Chat(desk(PULSE, OTHER), conversation).send(text).said
    linked = Chat(desk(PULSE), conversation).send("shooting please", command="START")
    assert "unknown_keyword" not in linked.said


@pytest.mark.parametrize("text", ["OTHER", "other please", "Other, pls!"])
def test_a_keyword_counts_with_polite_words_around_it_while_nothing_is_open(text: str) -> None:
    assert known().send(text).said == ["not_live", "seen"]
    assert Chat(desk(PULSE, OTHER), Conversation()).send(text).conversation.wants == "other"
    waiting = Chat(desk(PULSE, OTHER), Conversation()).send("Hi").send(text)
    assert waiting.said[0] == "notice"
    assert waiting.conversation.wants == "other"


def test_within_a_survey_only_the_keyword_alone_counts() -> None:
    chat = Chat(desk(PULSE, OTHER)).send("Hi")
    assert chat.send("other please").said == ["safe"]
    assert chat.send("other").said == ["not_live", "seen"]


def test_a_link_with_an_unknown_keyword_says_so_too() -> None:
    chat = known().send("lights", command="START")
    assert chat.text.endswith(CALLED)
    assert not any(isinstance(effect, Opened) for effect in chat.effects)
    stranger = Chat(desk(PULSE, OTHER), Conversation()).send("lights", command="START")
    assert stranger.said[:3] == ["not_live", "unknown_keyword", "notice"]
    assert known().send("START").said == ["safe"]


def test_a_city_without_keywords_says_nothing_of_them() -> None:
    bare = survey(asking("open", "why"), slug="bare", keywords=())
    assert Chat(desk(bare), GATED).send("lights").said == ["not_live", "why"]
