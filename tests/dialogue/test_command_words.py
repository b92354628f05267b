"""Commands as people write them, and what is no command."""

import pytest

from dialogue.command_words import find
from dialogue.effects import OptOut, Record, TakeMedia
from dialogue.events import Guess
from dialogue.memory import Aside, Conversation
from tests.dialogue.samples import GATED, OTHER, PULSE, Chat, desk, question, survey
from tests.dialogue.shipped import shipped_desk

WORDS = {"stop": "stop", "help": "help", "leave me alone": "stop"}
POLITE = ("thank you", "please", "now")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STOP", "stop"), ("stop please", "stop"), ("please stop now!", "stop"),
        ("STOP STOP STOP", "stop"), ("stopp", "stop"), ("Helppp", "help"),
        ("please, leave me alone", "stop"), ("please", None), ("stop the crime", None),
        ("no stop", None), ("stop " * 20, None), ("sto", None), ("", None), ("112", None),
    ],
)  # fmt: skip
def test_a_whole_message_is_the_command_however_it_is_said(text: str, command: str | None) -> None:
    assert find(text, WORDS, POLITE) == command


@pytest.mark.parametrize(
    "text",
    [
        "STOP STOP", "stopp", "stop pls", "leave me alone", "dont text me again", "basta",
        "los my uit", "nceda uyeke", "exit", "remove my number",
    ],
)  # fmt: skip
@pytest.mark.parametrize("city", ["demo-za", "demo-mx"])
def test_whoever_wants_to_be_left_alone_is(text: str, city: str) -> None:
    chat = Chat(shipped_desk(city)).send("Hi").send(text)
    assert OptOut() in chat.effects


def test_a_language_may_be_asked_for_politely() -> None:
    assert Chat(shipped_desk("demo-za")).send("Zulu please").conversation.locale == "zu"


# --- what was sent or changed too late -----------------------------------------------------------
@pytest.mark.parametrize("how", [{"late": True}, {"edited": True}])
@pytest.mark.parametrize("text", ["SKIP", "BACK"])
def test_a_late_skip_passes_on_no_question_that_was_not_seen(
    text: str, how: dict[str, bool]
) -> None:
    chat = Chat(desk(PULSE)).send("Hi")
    before = chat.conversation
    chat.send(text, **how)
    assert chat.conversation.session == before.session
    assert not any(isinstance(effect, Record) for effect in chat.effects)


@pytest.mark.parametrize("how", [{"late": True}, {"edited": True}])
def test_after_stop_nothing_late_confirms_an_erasure(how: dict[str, bool]) -> None:
    chat = Chat(desk(PULSE)).send("Hi").send("STOP").send("DELETE ME")
    assert chat.send("1", **how).effects == ()
    assert chat.conversation.aside is Aside.ERASE


# --- numbers and pictures in danger --------------------------------------------------------------
def test_who_texts_the_emergency_number_gets_it_unless_a_number_was_asked() -> None:
    assert Chat(desk(PULSE)).send("10111").said == ["danger_now"]
    assert Chat(desk(PULSE)).send("Hi").send("10111").said == ["danger_now"]
    count = survey(question("numeric", "n"), slug="count")
    chat = Chat(desk(count)).send("Hi").send("116")
    assert [e.value for e in chat.effects if isinstance(e, Record)] == [116]


def test_pictures_after_a_disclosure_are_not_taken() -> None:
    shot = survey(question("photo", "lamp"), slug="shot")
    chat = Chat(desk(shot)).send("Hi").send("my husband beats me", media=1)
    for _ in range(2):
        assert not any(isinstance(e, TakeMedia) for e in chat.send(media=1).effects)
    done = Chat(desk(shot), GATED).send("Hi").send(media=1).send("my husband beats me", media=1)
    assert not any(isinstance(e, TakeMedia) for e in done.send(media=1).effects)


def test_a_strangers_disclosure_is_answered_in_the_language_whose_list_knew_it() -> None:
    wrong = Guess("en", 0.9)
    chat = Chat(shipped_desk("demo-mx"), Conversation()).send("me violaron", guess=wrong)
    assert chat.conversation.locale == "es"
    chat = Chat(shipped_desk("demo-mx"), Conversation()).send("I want to die", guess=wrong)
    assert chat.conversation.locale == "en"


def test_a_keyword_behind_an_old_question_opens_nothing() -> None:
    chat = Chat(desk(PULSE, OTHER)).send("Hi").send("OTHER", question="old:one")
    assert chat.said == ["old_question", "safe"]
