"""Which pictures and recordings are taken, and which are not."""

from dataclasses import replace

import pytest

from dialogue.effects import Record, TakeMedia
from dialogue.memory import Conversation, Gate
from tests.dialogue.samples import GATED, OTHER, PEOPLE, SAFE, Chat, desk, question, survey

PHOTO = question("photo", "light")
STREET = survey(PHOTO, SAFE, slug="street")
LAST = survey(SAFE, PHOTO, slug="last")


def taken(chat: Chat) -> list[TakeMedia]:
    return [effect for effect in chat.effects if isinstance(effect, TakeMedia)]


def text(chat: Chat) -> str:
    return chat.message.text if chat.message else ""


def begun(*surveys: object) -> Chat:
    """A chat in which the first survey's first question is asked."""
    return Chat(desk(*surveys)).send("Hi")  # type: ignore[arg-type]  # surveys they are


def test_a_picture_answers_its_question_and_is_taken_for_it() -> None:
    chat = begun(STREET).send(media=1)
    session = chat.conversation.session
    assert session is not None
    [record] = [effect for effect in chat.effects if isinstance(effect, Record)]
    assert (record.outcome, record.value, record.raw) == ("answered", "sent", None)
    assert taken(chat) == [TakeMedia(session.id, "light")]
    assert text(chat).startswith("The text of safe?")


def test_a_caption_is_no_answer_in_words() -> None:
    chat = begun(STREET).send("the one at the corner, don't know which", media=1)
    assert [e.value for e in chat.effects if isinstance(e, Record)] == ["sent"]
    assert taken(chat)


def test_words_without_a_picture_are_asked_for_one_kindly_and_may_pass() -> None:
    chat = begun(STREET).send("it is broken")
    assert text(chat) == (
        "No picture came with your message.\n"
        "The text of light?\nPlease send a picture, or SKIP if you cannot."
    )
    assert text(chat.send("...")).startswith("No picture came")
    assert text(chat.send("SKIP")).startswith("The text of safe?")
    assert [r.outcome for r in chat.all if isinstance(r, Record)] == ["skipped"]


def test_who_will_not_say_need_send_no_picture() -> None:
    chat = begun(STREET).send("don't know")
    assert [r.outcome for r in chat.all if isinstance(r, Record)] == ["dont_know"]


@pytest.mark.parametrize("word", ["SKIP", "HELP", "BACK", "MY DATA", "STOP"])
def test_a_command_below_a_picture_is_a_command(word: str) -> None:
    assert taken(begun(STREET).send(word, media=1)) == []


def test_a_picture_where_words_are_asked_is_not_taken() -> None:
    chat = begun(OTHER).send(media=1)
    assert taken(chat) == []
    assert text(chat).startswith("We cannot open pictures")
    chat.send(media=1).send(media=1)
    assert taken(chat) == []
    assert [r.outcome for r in chat.all if isinstance(r, Record)] == ["not_coded"]


def test_a_caption_that_answers_counts_and_its_picture_is_taken_with_it() -> None:
    chat = begun(survey(SAFE, PEOPLE)).send("unsafe", media=1)
    [record] = [effect for effect in chat.effects if isinstance(effect, Record)]
    assert record.value == "unsafe"
    assert taken(chat) == [TakeMedia(record.session, "safe")]
    assert taken(chat.send("lots of them", media=1)) == [], "not understood, asked again"


def test_what_was_known_is_no_answer_of_this_message() -> None:
    aged = survey(question("age", "age"), PHOTO, slug="aged")
    assert taken(Chat(desk(aged)).send("Hi", media=1)) == [TakeMedia()]
    assert taken(Chat(desk(aged)).send(media=1)) == [TakeMedia()]


def test_nothing_is_taken_from_a_stranger_or_after_stop() -> None:
    chat = Chat(desk(STREET), Conversation())
    for said in ("Hi", "", "1", "34"):
        assert taken(chat.send(said, media=1)) == []
    assert chat.conversation.gate is Gate.OPEN
    left = Chat(desk(STREET), replace(GATED, opted_out=True))
    assert taken(left.send(media=1)) == []


def test_nothing_is_taken_from_a_minor_or_with_the_safe_word() -> None:
    aged = survey(question("age", "age"), PHOTO, slug="aged")
    young = Chat(desk(aged), replace(GATED, age=None, age_on=None)).send("Hi")
    assert taken(young.send("12", media=1)) == []
    assert taken(begun(STREET).send("LEMON", media=1)) == []


def test_what_comes_unasked_is_taken_by_itself() -> None:
    nothing_open = Chat(desk(OTHER)).send("Hi").send("1")
    chat = nothing_open.send("this street", media=1)
    assert taken(chat) == [TakeMedia()]
    assert text(chat)


# --- an album: a phone sends each of its pictures as a message ------------------------------------
def test_the_rest_of_an_album_is_taken_in_silence() -> None:
    chat = begun(STREET).send(media=1)
    session = chat.conversation.session
    assert session is not None
    before = chat.conversation
    for _ in range(2):
        assert taken(chat.send(media=1)) == [TakeMedia(session.id, "light")]
        assert chat.message is None
        assert chat.conversation == before
    assert text(chat.send("2")).startswith("Thank you"), "the next question was open all along"


def test_the_rest_of_an_album_that_ended_a_survey() -> None:
    chat = begun(LAST).send("2").send(media=1)
    assert chat.conversation.session is None
    assert taken(chat.send(media=1)) == [TakeMedia()]
    assert chat.message is None


def test_a_picture_later_is_no_album() -> None:
    chat = begun(STREET).send(media=1).tick(minutes=3).send(media=1)
    assert text(chat).startswith("We cannot open pictures")
    ended = begun(LAST).send("2").send(media=1).tick(minutes=3).send(media=1)
    assert text(ended)


def test_only_pictures_make_an_album() -> None:
    skipped = begun(STREET).send("SKIP").send(media=1)
    assert text(skipped).startswith("We cannot open pictures")
    worded = begun(survey(SAFE, PEOPLE)).send("2").send(media=1)
    assert text(worded).startswith("We cannot open pictures")
    both = begun(survey(PHOTO, question("photo", "second"), SAFE)).send(media=1).send(media=1)
    assert [t.question for t in taken(both)] == ["second"]


def test_an_album_of_a_survey_that_is_gone() -> None:
    chat = begun(STREET).send(media=1)
    chat.desk = desk(OTHER)
    assert chat.send(media=1).message is not None
    ended = begun(LAST).send("2").send(media=1)
    ended.desk = desk(OTHER)
    assert ended.send(media=1).message is not None
