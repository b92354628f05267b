"""START with a keyword, as a link on a poster sends it."""

import pytest

from dialogue.effects import Opened, OptIn
from dialogue.memory import Aside, Conversation, Gate
from dialogue.open_question import tag
from dialogue.survey import Session, Status
from tests.dialogue.samples import GATED, NOW, OTHER, PULSE, Chat, desk, question, survey

WORDS = survey(question("open", "story"), slug="words")


def follow(chat: Chat, keyword: str) -> Chat:
    return chat.send(keyword, command="START")


def chat(conversation: Conversation = GATED) -> Chat:
    return Chat(desk(PULSE, OTHER, WORDS), conversation)


def open_survey(one: Chat) -> str | None:
    return one.conversation.session.survey if one.conversation.session else None


def test_a_stranger_comes_to_the_survey_of_the_link_through_the_gate() -> None:
    one = follow(chat(Conversation()), "OTHER")
    assert one.said == ["notice", "notice_languages"]
    one.send("1").send("34")
    assert open_survey(one) == "other"


@pytest.mark.parametrize("said", [("Hi",), ("Hi", "1")])
def test_so_does_who_stands_at_the_gate(said: tuple[str, ...]) -> None:
    one = chat(Conversation())
    for text in said:
        one.send(text)
    follow(one, "OTHER")
    while one.conversation.gate is not Gate.OPEN:
        one.send("1" if one.conversation.gate is Gate.CONSENT else "34")
    assert open_survey(one) == "other"


def test_who_left_is_back_and_comes_to_the_survey_of_the_link() -> None:
    one = follow(chat().send("STOP"), "OTHER")
    assert OptIn() in one.effects
    one.send("1")
    assert open_survey(one) == "other"


def test_whoever_is_free_begins_at_once() -> None:
    assert follow(chat(), "OTHER").said == ["seen"]


def test_an_open_survey_waits_until_the_one_of_the_link_is_done() -> None:
    one = chat().send("PULSE").send("1")
    assert follow(one, "OTHER").said == ["seen"]
    assert [s.status for s in one.conversation.parked] == [Status.PARKED]
    one.send("1")
    assert one.conversation.aside is Aside.RESUME
    assert one.send("1").said == ["people"]
    assert one.conversation.session is not None
    assert one.conversation.session.answers["safe"].value == "very_safe"


def test_the_link_of_the_open_survey_asks_its_question_again() -> None:
    one = chat().send("PULSE").send("1")
    assert follow(one, "PULSE").said == ["people"]
    assert [type(e) for e in one.all].count(Opened) == 1


def test_a_link_is_never_an_answer() -> None:
    one = chat().send("WORDS")
    for payload in ("ward_12", "1", "start", "OTHERS"):
        assert follow(one, payload).said == ["story"]
    assert one.conversation.session is not None
    assert one.conversation.session.answers == {}


def test_the_link_of_a_survey_that_is_done_thanks_and_goes_on() -> None:
    one = chat().send("OTHER").send("1").send("WORDS")
    assert follow(one, "OTHER").said == ["already_done", "story"]
    assert open_survey(one) == "words"


def test_a_question_of_ours_on_top_gives_way() -> None:
    one = chat().send("LANGUAGE")
    assert follow(one, "OTHER").said == ["seen"]
    assert one.conversation.aside is None


def test_a_start_that_the_provider_answered_may_be_an_answer() -> None:
    one = chat().send("OTHER").send("Yes", command="START", answered=frozenset({"START"}))
    assert "finished" in one.said


@pytest.mark.parametrize("length", [1, 40, 41, 63])
def test_a_tag_is_short_and_each_question_has_its_own(length: int) -> None:
    tags = [
        tag(Session("f" * 32, "pulse", 1, Status.ACTIVE, started_at=NOW, question=name))
        for name in ("q" * length, "q" * (length - 1) + "r")
    ]
    assert all(len(one.encode()) <= 53 for one in tags)
    assert len(set(tags)) == 2
