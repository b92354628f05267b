"""Effects to one message."""

import pytest

from dialogue.desk import City
from dialogue.effects import Ask, DropText, Offer, OfferLanguages, OptIn, Say
from dialogue.messages import Choice, Message
from dialogue.outcomes import Again, Ambiguous, Empty, NotUnderstood, OutOfRange
from dialogue.wording import compose
from tests.dialogue.samples import CITY, PULSE, SAFE, WHY, desk, option, question, survey

AT = desk(PULSE)
SAFE_TEXT = "The text of safe?"


def say(*effects: Say | Ask | Offer | OfferLanguages | OptIn, code: str | None = None) -> Message:
    message = compose(AT, effects, code)
    assert message is not None
    return message


def ask(problem: Again | None = None, name: str = "safe") -> Ask:
    return Ask(PULSE, name, "tag", problem)


def test_nothing_to_say_is_no_message() -> None:
    assert compose(AT, [], None) is None
    assert compose(AT, [OptIn(), DropText()], "en") is None


def test_everything_said_in_a_turn_is_one_message_in_its_order() -> None:
    message = say(Say("moving_on"), OptIn(), ask())
    assert message.text == f"We go on. In danger call 10111.\n{SAFE_TEXT}"
    assert message.choices[1] == Choice("2", "Safe")
    assert message.question == "tag"


def test_the_choices_are_those_of_the_last_question() -> None:
    message = say(ask(), Offer("resume", "resume_question", (("1", "yes"),), (("title", "X"),)))
    assert message.choices == (Choice("1", "Yes"),)
    assert message.question == "resume"


def test_a_note_and_a_question_are_one_message() -> None:
    noted = survey(question("note", "hello", text={"en": "Welcome."}), SAFE)
    message = say(Ask(noted, "hello", "a"), Ask(noted, "safe", "b"))
    assert message.text == f"Welcome.\n{SAFE_TEXT}"
    assert message.question == "b"


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (None, ""),
        (NotUnderstood(), "Sorry, we did not understand."),
        (NotUnderstood("reply_number"), "Please reply with a number."),
        (OutOfRange("too_many", (("most", 2),)), "Please choose at most 2."),
        (Empty(), "Your message came without words."),
        (Empty(media=True), "We cannot open pictures or voice notes here. Please reply in words."),
    ],
)
def test_a_question_asked_again_says_why_first(problem: Again | None, line: str) -> None:
    assert say(ask(problem)).text == f"{line}\n{SAFE_TEXT}".strip()


def test_asking_which_one_was_meant_names_just_those() -> None:
    message = say(ask(Ambiguous(("2", "3"))))
    assert message.text == "Which one do you mean?"
    assert [choice.number for choice in message.choices] == ["2", "3"]
    assert len(say(ask(Ambiguous(("77",)))).choices) == 4


def test_a_question_that_may_be_passed_says_how() -> None:
    assert say(ask(name="why")).text == "The text of why? (SKIP to pass)"
    photo = survey(question("photo", "photo", required=False))
    assert say(Ask(photo, "photo", "t")).text == (
        "The text of photo?\nPlease send a picture, or SKIP if you cannot."
    )


def test_a_question_for_several_says_how_to_reply() -> None:
    many = survey(question("select_many", "many", option("1", "a"), required=False))
    assert say(Ask(many, "many", "t")).text == (
        "The text of many?\nSeveral are fine, for example: 1 3 (SKIP to pass)"
    )
    assert say(Ask(many, "many", "t", NotUnderstood())).text.count("Several are fine") == 1


def test_what_a_survey_says_is_all_in_the_surveys_language() -> None:
    message = say(Say("moving_on"), ask(), code="zu")
    assert message.text == f"We go on. In danger call 10111.\n{SAFE_TEXT}"
    assert say(Say("welcome_back"), code="af").text == "Welkom terug."


def test_phrases_name_the_citys_body_numbers_and_the_readers_command_words() -> None:
    text = say(Say("declined"), Say("notice"), Say("too_young"), code="en").text
    for named in ("Testville Council", "10111", "16 and older", "STOP ends"):
        assert named in text
    assert say(Say("stopped"), code="zu").text.count("QALA") == 1


def test_a_kind_of_helpline_the_city_lacks_is_its_emergency_number() -> None:
    assert CITY.number("child") == "116"
    assert CITY.number("anonymous") == "10111"
    bare = City("x", "X", "ZA", "UTC", ("en",), 16, "", "X", "", ())
    assert bare.number("child") == "112"


def test_the_menu_of_languages_is_the_same_in_every_language() -> None:
    labels = ["English", "isiZulu", "Afrikaans"]
    for code in ("en", "zu"):
        assert [c.label for c in say(OfferLanguages(), code=code).choices] == labels


def test_a_text_that_is_not_there_leaves_no_empty_line() -> None:
    silent = survey(question("note", "hello", text={"en": "Welcome."}), WHY)
    object.__setattr__(silent.questions[0], "text", {})
    assert (
        say(Ask(silent, "hello", "a"), Say("moving_on")).text == "We go on. In danger call 10111."
    )
