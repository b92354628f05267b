"""Surveys within a conversation: started, parked, taken up again, let go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialogue.effects import Forget, Moved, Offer, Opened, Record
from dialogue.memory import Aside
from dialogue.survey import Status
from tests.dialogue.samples import (
    GATED,
    LOCALES,
    NOW,
    OTHER,
    PEOPLE,
    PULSE,
    SAFE,
    Chat,
    desk,
    question,
    survey,
)


def chat() -> Chat:
    return Chat(desk(PULSE, OTHER))


def moves(of: Chat) -> list[tuple[str, Status]]:
    return [(e.session.survey, e.session.status) for e in of.effects if isinstance(e, Moved)]


def parked() -> Chat:
    """One answer given, then a day of silence."""
    return chat().send("Hi").send("3").tick(hours=25)


def test_today_is_the_date_where_the_resident_is() -> None:
    day = survey(question("date", "day"), slug="day")
    for zone, expected in (
        ("Africa/Johannesburg", "2026-11-25"),
        ("America/Mexico_City", "2026-11-24"),
    ):
        at = Chat(desk(day, zone=ZoneInfo(zone)))
        at.now = datetime(2026, 11, 24, 23, tzinfo=UTC)
        at.send("Hi").send("today")
        assert [e.value for e in at.effects if isinstance(e, Record)] == [expected]


# --- starting ------------------------------------------------------------------------------------
def test_any_text_starts_the_citys_first_survey_and_a_keyword_its_own() -> None:
    assert chat().send("Hi").said == ["not_live", "safe"]
    assert chat().send("other!").said == ["not_live", "seen"]


def test_a_survey_completed_is_not_asked_twice() -> None:
    done = chat().send("Hi").send("1").send("4")
    assert done.said == ["finished"]
    assert done.send("PULSE").said == ["already_done"]
    assert done.send("Hi").said == ["nothing_open"]
    assert "OTHER" in done.text
    assert done.send("OTHER").send("1").said == ["finished"]
    assert done.send("Hi").said == ["already_done"]


def test_a_survey_without_a_keyword_cannot_be_named() -> None:
    mute = replace(OTHER, keywords=())
    done = Chat(desk(PULSE, mute)).send("Hi").send("1").send("4")
    assert done.send("Hi").said == ["already_done"]


def test_a_survey_is_held_in_the_contacts_language_or_else_in_one_of_the_citys() -> None:
    in_zulu = replace(SAFE, text={"es": "¿?", "zu": "Uzizwa kanjani?"}, options=SAFE.options[:1])
    label = replace(SAFE.options[0], label={"es": "Sí", "zu": "Ngiphephile"})
    both = survey(replace(in_zulu, options=(label,)), title={"es": "Zona", "zu": "Indawo"})
    assert both.locales == ("es", "zu")
    of = Chat(desk(both)).send("Hi")
    in_zulu_only = "These questions are in isiZulu, not in English yet."
    assert of.text.splitlines()[-1] == "Uzizwa kanjani?"
    assert in_zulu_only in of.text.splitlines()
    opened = of.effects[0]
    assert isinstance(opened, Opened)
    assert opened.locale == "zu"
    assert of.send("ngiphephile").said == ["finished"]


# --- during --------------------------------------------------------------------------------------
def test_another_surveys_keyword_parks_the_open_one_and_it_is_offered_afterwards() -> None:
    of = chat().send("Hi").send("3").send("OTHER")
    assert moves(of) == [("pulse", Status.PARKED)]
    assert of.said == ["not_live", "seen"]
    of.send("yes")
    assert of.said == ["finished"]
    assert of.message is not None
    assert of.message.text.endswith("You have not finished: About pulse. Go on now?")
    assert of.send("1").said == ["why"]
    assert moves(of) == [("pulse", Status.ACTIVE)]


def test_a_keyword_that_is_an_answer_to_the_open_question_is_an_answer() -> None:
    named = replace(OTHER, keywords=("UNSAFE",))
    of = Chat(desk(PULSE, named)).send("Hi").send("Unsafe")
    assert of.said == ["why"]
    assert Chat(desk(PULSE, named)).send("unsafe").said == ["not_live", "seen"]


def test_a_keyword_begins_its_survey_where_the_open_one_is_gone() -> None:
    of = chat().send("Hi")
    of.desk = desk(OTHER)
    assert of.send("OTHER").said == ["not_live", "seen"]
    assert moves(of) == [("pulse", Status.EXPIRED)]


def test_the_surveys_own_keyword_asks_its_open_question_again() -> None:
    of = chat().send("PULSE").send("3").send("pulse")
    assert of.said == ["why"]
    assert of.effects[0] not in [e for e in of.effects if isinstance(e, Moved)]


def test_a_tap_on_a_question_answered_before_is_ignored_politely() -> None:
    of = chat().send("Hi")
    old = of.message.question if of.message else None
    of.send("1")
    assert of.tap("2", old).said == ["old_question", "people"]


def test_a_tap_while_nothing_was_ever_open_is_ignored_politely() -> None:
    assert chat().tap("1", "old:safe").said == ["old_question"]


# --- silence -------------------------------------------------------------------------------------
def test_a_day_of_silence_parks_without_a_word() -> None:
    of = parked()
    assert moves(of) == [("pulse", Status.PARKED)]
    assert of.message is None
    assert of.conversation.wake_at == NOW + timedelta(days=14)


def test_silence_counts_from_delivery() -> None:
    of = chat().send("Hi")
    of.heard_at = NOW + timedelta(hours=10)
    of.tick(hours=24)
    assert of.effects == ()
    assert of.conversation.session is not None
    assert of.conversation.wake_at == NOW + timedelta(hours=34)


def test_a_message_that_still_waits_to_be_sent_starts_no_silence() -> None:
    of = chat().send("Hi")
    of.heard_at = None
    of.tick(hours=24)
    assert of.conversation.wake_at == NOW + timedelta(hours=48)


def test_the_next_text_after_a_pause_offers_to_go_on() -> None:
    of = parked().send("2")
    assert isinstance(of.effects[0], Offer)
    assert "You have not finished: About pulse." in of.text
    assert of.send("yes").said == ["why"]


def test_declining_leaves_it_parked_for_later() -> None:
    of = parked().send("Hi").send("no")
    assert of.said == ["resume_no"]
    assert moves(of) == []
    assert of.send("PULSE").said == ["why"]


def test_a_keyword_takes_up_the_parked_survey_where_it_stood() -> None:
    assert parked().send("PULSE").said == ["why"]


def test_neither_yes_nor_no_offers_again() -> None:
    of = parked().send("Hi").send("hm")
    assert isinstance(of.effects[0], Offer)
    assert of.conversation.aside is Aside.RESUME


def test_a_late_tap_on_the_waiting_question_is_its_answer() -> None:
    of = chat().send("Hi")
    open_question = of.message.question if of.message else None
    of.tick(hours=25)
    assert of.tap("1", open_question).said == ["people"]
    assert moves(of) == [("pulse", Status.ACTIVE)]


def test_a_late_tap_on_an_older_question_offers_to_go_on() -> None:
    of = parked().tap("1", "turn00000001:safe")
    assert of.said == ["old_question"]
    assert isinstance(of.effects[-1], Offer)


def test_after_two_weeks_an_unfinished_survey_expires_and_starts_afresh() -> None:
    of = parked().tick(days=14)
    assert moves(of) == [("pulse", Status.EXPIRED)]
    assert of.conversation.parked == ()
    assert of.conversation.wake_at is None
    assert of.send("Hi").said == ["not_live", "safe"]


def test_an_offer_to_go_on_ends_with_what_it_offered() -> None:
    of = parked().send("Hi").tick(days=14)
    assert of.conversation.aside is None
    of = parked().send("DELETE ME").tick(days=14)
    assert of.conversation.aside is Aside.ERASE


def test_only_what_is_old_expires() -> None:
    of = chat().send("Hi").tick(days=2)
    of.send("OTHER").tick(days=2)
    assert [s.survey for s in of.conversation.parked] == ["pulse", "other"]
    of.tick(days=11)
    assert [s.survey for s in of.conversation.parked] == ["other"]


# --- versions ------------------------------------------------------------------------------------
CHANGED = replace(PULSE, version=2, questions=PULSE.questions[1:])


def test_a_session_goes_on_in_the_version_it_began_with() -> None:
    of = chat().send("Hi")
    of.desk = replace(desk(CHANGED, OTHER), pinned={("pulse", 1): PULSE, ("pulse", 2): CHANGED})
    assert of.send("1").said == ["people"]


def test_a_session_whose_version_is_gone_ends_and_the_text_starts_anew() -> None:
    of = chat().send("Hi")
    of.desk = desk(CHANGED, OTHER)
    of.send("Hi")
    assert moves(of) == [("pulse", Status.EXPIRED)]
    assert of.said == ["not_live", "people"]


def test_a_parked_session_whose_version_is_gone_is_closed_with_a_word() -> None:
    of = parked()
    of.desk = desk(CHANGED, OTHER)
    of.send("Hi")
    assert "You have not finished: pulse." in of.text
    of.send("yes")
    assert of.said == ["old_question"]
    assert moves(of) == [("pulse", Status.EXPIRED)]


def test_an_option_is_no_command_where_the_version_is_gone() -> None:
    of = chat().send("Hi")
    of.desk = desk(CHANGED)
    assert of.send("HELP").said[0] == "help"


# --- who is spoken to ----------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["xx", "es", None])
def test_a_language_the_city_does_not_speak_falls_back_to_its_first(code: str | None) -> None:
    of = Chat(desk(PULSE), replace(GATED, locale=code)).send("HELP")
    assert of.text.startswith("In danger call")
    assert of.desk.locale(code) is LOCALES["en"]


# --- an age given in a survey --------------------------------------------------------------------
AGED = survey(SAFE, question("age", "age"), PEOPLE)


def test_an_age_given_in_a_survey_is_remembered() -> None:
    of = Chat(desk(AGED), replace(GATED, age=None, age_on=None)).send("PULSE").send("1").send("41")
    assert of.said == ["people"]
    assert of.conversation.age == 41


def test_a_minor_found_in_a_survey_leaves_nothing() -> None:
    of = Chat(desk(AGED), replace(GATED, age=None, age_on=None)).send("PULSE").send("1").send("12")
    assert of.said == ["too_young_talk"]
    assert of.effects[-1] == Forget("under_age")
