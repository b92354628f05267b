"""The words a resident can always send."""

from dataclasses import replace

import pytest

from dialogue.effects import Agreement, Consent, DropText, Forget, Moved, Opened, OptIn, OptOut
from dialogue.memory import Aside, Conversation, Gate
from dialogue.survey import Status
from tests.dialogue.samples import (
    GATED,
    LOCALES,
    NOW,
    OTHER,
    PULSE,
    SAFE,
    Chat,
    desk,
    option,
    question,
    survey,
)

STOPS = [word for locale in LOCALES.values() for word in locale.words.commands["stop"]]


def gated(**of_the_city: object) -> Chat:
    return Chat(desk(PULSE, OTHER, **of_the_city))


def in_survey() -> Chat:
    return gated().send("Hi")


# --- STOP and START ------------------------------------------------------------------------------
@pytest.mark.parametrize("word", [*STOPS, "stop.", " Stop ", "STOP!"])
def test_stop_in_any_language_ends_everything_at_once(word: str) -> None:
    chat = in_survey().send(word)
    kinds = [type(effect) for effect in chat.effects]
    assert kinds[:3] == [OptOut, Consent, Moved]
    assert chat.said == ["stopped"]
    assert chat.despite_opt_out
    assert chat.conversation.opted_out
    assert chat.conversation.session is None
    ended = chat.effects[2]
    assert isinstance(ended, Moved)
    assert ended.session.status is Status.STOPPED


def test_stop_withdraws_the_agreement() -> None:
    chat = in_survey().send("STOP")
    ledger = chat.effects[1]
    assert isinstance(ledger, Consent)
    assert ledger.agreement is Agreement.WITHDRAWN
    assert chat.conversation.agreed_on is None


def test_stop_counts_even_where_an_option_or_a_question_of_ours_reads_the_same() -> None:
    signs = survey(question("select_one", "sign", option("1", "stop", "Stop"), option("2", "go")))
    chat = Chat(desk(signs)).send("Hi").send("Stop")
    assert chat.conversation.opted_out
    assert gated().send("DELETE ME").send("end").conversation.opted_out


def test_a_second_stop_is_not_answered() -> None:
    assert gated().send("STOP").send("STOP").message is None


def test_the_word_inside_a_sentence_is_no_command() -> None:
    assert not in_survey().send("they should stop robbing us").conversation.opted_out


def test_after_stop_only_what_is_asked_for_in_so_many_words_is_answered() -> None:
    chat = in_survey().send("STOP")
    for text in ("Hi", "1", "LANGUAGE", "BACK", "PULSE", "yes please"):
        assert chat.send(text).message is None
    assert chat.send("HELP").said[0] == "help"
    assert chat.despite_opt_out
    assert chat.send("LEMON").text == "You can call: 10111, 0800 428 428, 116."
    assert chat.despite_opt_out


@pytest.mark.parametrize(("reply", "said"), [("2", "delete_kept"), ("1", "deleted")])
def test_rights_do_not_end_with_stop(reply: str, said: str) -> None:
    chat = in_survey().send("STOP")
    assert chat.send("MY DATA").said == ["my_data"]
    assert chat.send("DELETE ME").text.startswith("Erase what we hold")
    assert chat.send(reply).said == [said]
    assert chat.despite_opt_out


@pytest.mark.parametrize("word", ["START", "unstop", "Yes", "QALA", "ngibuyise"])
def test_start_and_while_opted_out_yes_bring_back(word: str) -> None:
    chat = gated().send("STOP").send(word)
    assert chat.effects[0] == OptIn()
    assert chat.said[:2] == ["welcome_back", "notice"]


def test_yes_is_an_answer_to_who_did_not_stop() -> None:
    chat = gated().send("OTHER").send("yes")
    assert "finished" in chat.said


def test_start_without_stop_greets_with_whatever_is_open() -> None:
    assert in_survey().send("START").said == ["safe"]
    assert gated().send("START").said == ["safe"]


@pytest.mark.parametrize(
    ("command", "silent"), [("STOP", "stopped"), ("START", "welcome_back"), ("HELP", "help")]
)
def test_we_are_silent_where_the_provider_answers(command: str, silent: str) -> None:
    chat = gated().send("STOP") if command == "START" else gated()
    chat.send(command, command=command, answered=frozenset({command}))
    assert silent not in chat.said


def test_a_command_the_provider_read_needs_no_text() -> None:
    assert gated().send("", command="STOP").conversation.opted_out


def test_a_tap_is_no_command() -> None:
    assert not in_survey().send(choice="STOP").conversation.opted_out


# --- HELP ----------------------------------------------------------------------------------------
def test_help_begins_with_the_emergency_number_and_ends_with_the_open_question() -> None:
    chat = in_survey().send("info")
    assert chat.text.startswith("In danger call 10111.")
    assert "\nComplaints: The Regulator, 1 Test Street\nThe text of safe?" in chat.text
    assert chat.send("1").said == ["people"]


def test_help_names_no_regulator_where_none_is_known() -> None:
    assert gated(regulator="").send("HELP").said == ["help"]


# --- LANGUAGE ------------------------------------------------------------------------------------
def test_language_shows_a_menu_each_in_its_own_words() -> None:
    chat = in_survey().send("LANGUAGE")
    assert chat.message is not None
    assert [choice.label for choice in chat.message.choices] == ["English", "isiZulu", "Afrikaans"]


@pytest.mark.parametrize("text", ["2", "isizulu", "ZULU", "2 isiZulu"])
def test_a_choice_from_the_menu_switches_and_asks_the_open_question_again(text: str) -> None:
    chat = in_survey().send("LANGUAGE").send(text)
    assert chat.conversation.locale == "zu"
    assert chat.said == ["language_set", "survey_only_in", "safe"]  # PULSE is in English only
    assert chat.conversation.aside is None


def test_a_tap_in_the_menu_switches_and_one_on_an_older_message_does_not() -> None:
    assert in_survey().send("LANGUAGE").tap("3").conversation.locale == "af"
    chat = in_survey()
    old = chat.message.question if chat.message else None
    assert chat.send("LANGUAGE").tap("3", old).said == ["why"]
    assert chat.conversation.locale is None


def test_a_reply_that_is_no_language_is_an_answer_to_the_question_below() -> None:
    assert in_survey().send("LANGUAGE").send("unsafe").said == ["why"]


def test_a_languages_name_switches_at_once() -> None:
    chat = in_survey().send("Engels").send("zulu")
    assert chat.conversation.locale == "zu"
    assert gated().send("Afrikaans").said == ["language_set"]
    assert gated().send("Spanish").conversation.locale is None


def test_an_option_named_like_a_language_is_an_answer() -> None:
    home = survey(question("select_one", "home", option("1", "zu", "isiZulu"), option("2", "en")))
    chat = Chat(desk(home)).send("Hi").send("zulu")
    assert chat.conversation.locale == "zu"
    chat = Chat(desk(home)).send("Hi").send("isiZulu")
    assert chat.conversation.locale is None
    assert "finished" in chat.said


# --- BACK and SKIP -------------------------------------------------------------------------------
def test_back_and_skip_move_in_the_open_survey() -> None:
    assert in_survey().send("1").send("BACK").said == ["safe"]
    assert in_survey().send("SKIP").said == ["people"]


def test_back_and_skip_without_a_survey_say_so() -> None:
    assert gated().send("BACK").said == ["back_none"]
    assert gated().send("SKIP").said == ["nothing_to_skip"]


def test_an_option_that_reads_like_a_command_is_an_answer_while_it_is_offered() -> None:
    ways = survey(question("select_one", "way", option("1", "back", "Back"), option("2", "on")))
    chat = Chat(desk(ways)).send("Hi")
    assert chat.send("LANGUAGE").send("back").said == ["back_none", "way"]
    assert "finished" in chat.send("back").said


# --- MY DATA and DELETE ME -----------------------------------------------------------------------
def test_my_data_says_what_is_held() -> None:
    chat = in_survey().send("1").send("MY DATA")
    assert "Language: English. Age: 30. Answers: 1. Agreed on: 2026-11-24." in chat.text
    stranger = Chat(desk(PULSE), Conversation()).send("MY DATA")
    assert stranger.text.startswith("We hold nothing but this text")
    again = chat.send("STOP").send("START").send("MY DATA")
    assert "Answers: 1." in again.text


@pytest.mark.parametrize("text", ["1", "Erase", "yes", "ja"])
def test_delete_me_erases_once_confirmed(text: str) -> None:
    chat = in_survey().send("DELETE ME")
    assert chat.conversation.aside is Aside.ERASE
    chat.send(text)
    assert chat.said == ["deleted"]
    assert chat.effects[-1] == Forget("erased")
    assert chat.conversation == Conversation()


@pytest.mark.parametrize("text", ["2", "Keep", "no", "unsafe", "yes but", ""])
def test_anything_else_erases_nothing_and_asks_the_open_question_again(text: str) -> None:
    chat = in_survey().send("DELETE ME").send(text)
    assert chat.said == ["delete_kept", "safe"]
    assert chat.conversation.aside is None


def test_a_tap_on_another_message_does_not_erase() -> None:
    assert in_survey().send("DELETE ME").tap("1", "resume").said == ["delete_kept", "safe"]


@pytest.mark.parametrize("command", ["BACK", "SKIP", "START", "isiZulu"])
def test_a_number_after_another_command_does_not_erase(command: str) -> None:
    for chat in (gated(), in_survey(), Chat(desk(PULSE), Conversation()).send("Hi")):
        chat.send("DELETE ME").send(command).send("1")
        assert Forget("erased") not in chat.all


def test_help_in_between_leaves_the_question_of_erasing_open() -> None:
    assert gated().send("DELETE ME").send("HELP").send("1").said == ["deleted"]


# --- the safe word -------------------------------------------------------------------------------
def test_the_safe_word_gives_the_numbers_closes_and_drops_the_text() -> None:
    chat = in_survey().send("3").send("Lemon!")
    assert chat.effects[0] != DropText()
    assert DropText() in chat.effects
    assert chat.text == "You can call: 10111, 0800 428 428, 116."
    moved = [e for e in chat.effects if isinstance(e, Moved)]
    assert [m.session.status for m in moved] == [Status.SAFEGUARDED]
    assert chat.conversation.session is None


def test_after_the_safe_word_no_survey_is_raised_for_thirty_days_but_one_asked_for_is() -> None:
    chat = in_survey().send("LEMON")
    assert chat.send("thank you").said == ["remark_noted"]
    assert chat.invite("other").message is None
    assert chat.send("PULSE").said == ["not_live", "safe"]
    later = in_survey().send("LEMON")
    later.tick(days=31)
    assert later.send("hello").said == ["not_live", "safe"]


def test_a_city_without_a_safe_word_has_none() -> None:
    chat = gated(safe_word="").send("Hi").send("...")
    assert chat.said == ["safe"]
    assert DropText() not in chat.all


# --- invitations ---------------------------------------------------------------------------------
def test_an_invitation_opens_the_survey_of_whoever_agreed_and_is_free() -> None:
    assert gated().invite("other").said == ["invitation", "seen"]
    assert gated().invite("nonesuch").effects == ()
    assert in_survey().invite("other").effects == ()
    assert gated().send("STOP").invite("other").effects == ()
    assert Chat(desk(OTHER), replace(GATED, gate=Gate.AGE)).invite("other").effects == ()


def test_an_invitation_ends_a_question_of_ours_so_that_a_number_answers_the_survey() -> None:
    chat = gated().send("DELETE ME").invite("pulse").send("1")
    assert chat.said == ["people"]


def test_a_survey_is_opened_under_the_id_of_its_turn() -> None:
    chat = in_survey()
    opened = chat.effects[0]
    assert isinstance(opened, Opened)
    assert (opened.session.id, opened.locale, opened.session.started_at) == (
        "turn00000001", "en", NOW,
    )  # fmt: skip
    assert opened.session.survey == PULSE.slug
    assert PULSE.question("safe") is SAFE
