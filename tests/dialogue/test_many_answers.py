"""Several answers in one message: what is plainly for a question is taken and said back; the rest
is asked for, and that is said too."""

from datetime import timedelta

import pytest

from dialogue.effects import Forget, Record
from dialogue.many_answers import parts_of
from dialogue.memory import Conversation, Gate
from dialogue.outcomes import LATE
from tests.dialogue.samples import (
    GATED,
    NOW,
    OTHER,
    PULSE,
    SAFE,
    Chat,
    desk,
    option,
    question,
    reply,
    survey,
)

AREA = question("location", "area")
SEX = question(
    "select_one",
    "sex",
    option("1", "woman", "Woman", "female"),
    option("2", "man", "Man"),
    option("9", "unsaid", "Private", role="refused"),
)
AGE = question("age", "age")
WHERE = survey(AREA, AGE, SEX, slug="where")
ROBBED = question("yes_no", "robbed", option("1", "yes", ""), option("2", "no", ""))


HURT = question(
    "select_one",
    "hurt",
    option("1", "partner", "Hurt at home"),
    option("2", "none", "Never"),
    sensitive=True,
)


def at_age(*surveys: object) -> Chat:
    return Chat(desk(*(surveys or (WHERE, PULSE))), Conversation()).send("Hi").send("1")  # type: ignore[arg-type]  # surveys


def recorded(chat: Chat) -> dict[str, object]:
    return {e.question: e.value for e in chat.effects if isinstance(e, Record)}


# --- at the gate ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "34, woman, Riverside",
        "34; Riverside\nfemale",
        "woman. 34 years old. riverside",
        "Ward 1 / 34 / woman",
    ],
)
def test_answers_beside_the_age_go_to_the_questions_that_follow(text: str) -> None:
    chat = at_age().send(text)
    assert chat.conversation.age == 34
    assert recorded(chat) == {"area": "W1", "age": 34, "sex": "woman"}
    assert chat.text == "We noted: 34, Ward 1, Woman.\n" + chat.text.split("\n")[1]
    assert chat.said == ["noted", "finished"]


def test_what_is_for_no_question_that_follows_at_once_is_left_and_that_is_said() -> None:
    chat = at_age(PULSE, WHERE).send("34, woman, Riverside")
    assert chat.said == ["noted", "one_at_a_time", "safe"]
    assert chat.text.startswith("We noted: 34.\nOne answer at a time, please.\n")
    assert recorded(chat) == {}
    assert chat.conversation.age == 34


@pytest.mark.parametrize(
    "text",
    [
        *(
            "34, my son",
            "34, 35, woman",
            "34, not a woman",
            "34, or 35",
            "34, woman, been here long",
        ),
        *("woman, Riverside", "34, 2", "34, private", "1990, woman", "34, safe?"),
        *("34, woman, woman", "34, a, b, c, d, e, f", "about 40, woman"),
    ],
)
def test_an_age_beside_anything_else_is_asked_for_again(text: str) -> None:
    chat = at_age().send(text)
    assert chat.conversation.gate is Gate.AGE
    assert chat.conversation.age is None
    assert recorded(chat) == {}


def test_who_is_too_young_is_so_in_a_list_as_well() -> None:
    chat = at_age().send("13, woman, Riverside")
    assert chat.said == ["too_young_talk"]
    assert chat.effects[-1] == Forget("under_age")


def test_a_survey_whose_language_must_be_chosen_first_takes_nothing_yet() -> None:
    in_zulu = Chat(desk(WHERE, languages=("zu", "en")), Conversation(locale="zu"))
    chat = in_zulu.send("Sawubona").send("1").send("34, woman")
    assert chat.said[0] == "noted"
    assert chat.conversation.age == 34


# --- within a survey -----------------------------------------------------------------------------
def at_area() -> Chat:
    return Chat(desk(WHERE), GATED).send("Hi")


@pytest.mark.parametrize("text", ["Riverside, woman", "woman; riverside", "Hilltop\nman"])
def test_the_open_question_and_those_right_behind_it_take_their_parts(text: str) -> None:
    chat = at_area().send(text)
    assert set(recorded(chat)) == {"area", "age", "sex"}
    assert chat.said == ["noted", "finished"]


def test_what_was_taken_can_be_taken_back() -> None:
    more = survey(AREA, SEX, ROBBED, slug="more")
    chat = Chat(desk(more), GATED).send("Hi").send("Riverside, woman")
    assert chat.said == ["noted", "robbed"]
    assert chat.text.startswith("We noted: Ward 1, Woman.\n")
    assert chat.send("BACK").said == ["sex"]


@pytest.mark.parametrize(
    "text",
    [
        *("Riverside, not a woman", "Riverside, 34", "Riverside, woman, man", "Riverside, Hilltop"),
        *("Riverside, private", "woman, man", "Riverside, woman, robbed at night"),
    ],
)
def test_a_part_left_over_makes_the_whole_doubtful(text: str) -> None:
    chat = at_area().send(text)
    assert "noted" not in chat.said
    assert "sex" not in recorded(chat)
    assert recorded(chat).get("area") is None  # asked again, or kept as words


def test_what_is_one_answer_is_no_list() -> None:
    assert recorded(at_area().send("Ward 1, Testville")) == {"area": "W1", "age": 30}
    story = survey(question("open", "why"), SEX, slug="story")
    chat = Chat(desk(story), GATED).send("Hi").send("men, woman, Riverside")
    assert chat.said == ["sex"]
    assert recorded(chat) == {"why": None}


def test_a_question_not_seen_takes_no_yes_and_nothing_that_another_could_take() -> None:
    dark = question("select_one", "dark", *SAFE.options)
    asked = survey(AREA, SAFE, dark, slug="asked")
    assert Chat(desk(asked), GATED).send("Hi").send("Riverside, very safe").said == ["area"]
    asked = survey(AREA, ROBBED, slug="asked")
    assert Chat(desk(asked), GATED).send("Hi").send("Riverside, yes").said == ["area"]
    asked = survey(AREA, SAFE, slug="asked")
    assert Chat(desk(asked), GATED).send("Hi").send("Riverside, 1").said == ["area"]
    chat = Chat(desk(asked), GATED).send("Hi").send("Riverside, very safe")
    assert recorded(chat) == {"area": "W1", "safe": "very_safe"}


def test_a_survey_with_nothing_open_takes_no_list() -> None:
    assert Chat(desk(OTHER), GATED).send("yes, no").said == ["not_live", "seen"]


# --- in an invitation ----------------------------------------------------------------------------
def test_an_invitation_takes_a_list_in_whatever_order_its_options_are_shown() -> None:
    chat = Chat(desk(WHERE), GATED).invite("where", shuffle="7").send("Riverside, woman")
    assert recorded(chat) == {"area": "W1", "age": 30, "sex": "woman"}
    assert chat.said == ["noted", "finished"]


def test_a_list_says_that_somebody_takes_part_who_has_not_seen_the_question() -> None:
    chat = Chat(desk(WHERE), GATED).invite("where", unseen=True).send("Riverside, woman")
    assert chat.said == ["area"]
    assert recorded(chat) == {}


def test_a_list_that_comes_too_late_is_one_late_answer() -> None:
    chat = Chat(desk(WHERE), GATED).invite("where", closes_at=NOW + timedelta(hours=2))
    chat.now += timedelta(hours=3)
    chat.send("Riverside, woman")
    assert chat.said == ["late_answer"]
    noted = [e for e in chat.effects if isinstance(e, Record)]
    assert [(e.outcome, e.raw) for e in noted] == [(LATE, "Riverside, woman")]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("34, woman", ("34", "woman")),
        ("a;b|c", ("a", "b", "c")),
        ("34 y/o. Old Harbour.", ("34 y/o", "Old Harbour")),
        ("2.5", ()),
        ("woman", ()),
        (",,", ()),
    ],
)
def test_parts_stand_between_commas_stops_and_lines(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(reply(text)) == parts


@pytest.mark.parametrize("more", [{"choice": "1"}, {"location": (1.0, 2.0)}, {"media": 1}], ids=str)
def test_a_tap_a_place_and_a_picture_list_nothing(more: dict[str, object]) -> None:
    assert parts_of(reply("34, woman", **more)) == ()


# --- what others may read ------------------------------------------------------------------------
def test_an_answer_to_a_sensitive_question_is_taken_and_not_said_back() -> None:
    chat = Chat(desk(survey(SEX, HURT, AREA))).send("Hi").send("woman, hurt at home, Riverside")
    assert recorded(chat) == {"sex": "woman", "hurt": "partner", "area": "W1"}
    assert chat.text.startswith("We noted: Woman, Ward 1.")
    first = Chat(desk(survey(HURT, AREA))).send("Hi").send("hurt at home, Riverside")
    assert recorded(first) == {"hurt": "partner", "area": "W1"}
    assert "Hurt" not in first.text


def test_where_all_answers_are_sensitive_nothing_is_said_back() -> None:
    quiet = question("location", "where", sensitive=True)
    chat = Chat(desk(survey(HURT, quiet))).send("Hi").send("hurt at home, Riverside")
    assert recorded(chat) == {"hurt": "partner", "where": "W1"}
    assert chat.said == ["finished"]
