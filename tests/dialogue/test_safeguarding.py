"""What is done when a resident tells of danger, line by line of safeguarding D1."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dialogue.danger import Risk, Weights
from dialogue.desk import Desk, Helpline
from dialogue.effects import (
    CountRisk,
    DropText,
    Effect,
    Forget,
    Moved,
    Quarantine,
    Record,
    TakeMedia,
)
from dialogue.memory import Conversation, Gate
from dialogue.survey import Status
from tests.dialogue.samples import CITY, GATED, NOW, PULSE, SAFE, WHY, Chat, desk, question, survey

DANGER = "he is outside my door with a knife"
VIOLENCE = "my husband beats me"
SELF_HARM = "I want to die"
CHILD = "my teacher touched me down there"
ACCUSED = "Sipho Dlamini sells drugs"
KNOWN = "I know who killed the shop owner"
OF_ONESELF = [
    (DANGER, Risk.DANGER),
    (VIOLENCE, Risk.VIOLENCE),
    (SELF_HARM, Risk.SELF_HARM),
    (CHILD, Risk.CHILD),
]
OF_OTHERS = [(ACCUSED, Risk.ACCUSATION), (KNOWN, Risk.INTELLIGENCE)]
ALL = OF_ONESELF + OF_OTHERS
PLACE = question("location", "home")
OPEN = survey(SAFE, PLACE, WHY)


def chat(at: Desk | None = None, conversation: Conversation = GATED) -> Chat:
    return Chat(at or desk(OPEN), conversation)


def in_the_middle(at: Desk | None = None) -> Chat:
    """The open question waits."""
    return chat(at).send("Hi").send("unsafe").send("Ward 1")


def noted(of: Chat) -> list[Effect]:
    kinds = (Record, TakeMedia, DropText, Quarantine, CountRisk, Forget)
    return [effect for effect in of.effects if isinstance(effect, kinds)]


# --- rules 3 and 4: numbers at once, nothing asked, nothing recorded -----------------------------
@pytest.mark.parametrize(("text", "risk"), OF_ONESELF)
def test_the_survey_waits_and_nothing_is_asked_or_recorded(text: str, risk: Risk) -> None:
    of = in_the_middle().send(text)
    kept = DropText() if risk is Risk.DANGER else Quarantine()
    assert noted(of) == [kept, CountRisk(risk, "W1")]
    moved = [effect for effect in of.effects if isinstance(effect, Moved)]
    assert [effect.session.status for effect in moved] == [Status.PARKED]
    assert of.message is not None
    assert of.message.choices == ()
    assert "?" not in of.text
    assert of.said == ["danger_now" if risk is Risk.DANGER else "listen"]


@pytest.mark.parametrize(("text", "risk"), OF_ONESELF)
def test_for_thirty_days_no_survey_comes_by_itself_and_no_invitation(text: str, risk: Risk) -> None:
    of = chat().send(text)
    assert of.conversation.quiet_until == NOW + timedelta(days=30)
    assert of.invite("pulse").message is None
    assert of.send("hello").said == ["remark_noted"]
    of.now += timedelta(days=31)
    assert of.send("hello").said == ["not_live", "safe"]


def test_what_they_write_next_is_asked_about_and_goes_on_at_the_same_question() -> None:
    of = in_the_middle().send(VIOLENCE).send("hello")
    assert of.said == []
    assert "Go on now?" in of.text
    assert of.send("1").said == ["why"]
    assert of.send("no lights").said == ["finished"]


def test_the_right_numbers_are_said_in_words_that_name_nothing() -> None:
    assert in_the_middle().send(DANGER).text.startswith("Call 10111 now")
    text = in_the_middle().send(VIOLENCE).text
    assert "0800 428 428" in text
    for word in ("violence", "abuse", "rape", "husband", "report", "police"):
        assert word not in text.casefold()
    assert "116" in in_the_middle().send(CHILD).text


def test_the_hours_are_said_where_a_number_is_not_always_answered() -> None:
    lines = (Helpline("emergency", "112", "24h"), Helpline("crisis", "0800 1", "08:00-17:00"))
    text = chat(desk(OPEN, helplines=lines)).send(SELF_HARM).text
    assert "0800 1 (08:00-17:00)" in text
    assert "112." in text


def test_without_a_helpline_of_the_kind_the_next_kind_and_then_the_emergency_number() -> None:
    emergency, crisis = Helpline("emergency", "112"), Helpline("crisis", "0800 1")
    assert "someone: 0800 1." in chat(desk(OPEN, helplines=(emergency, crisis))).send(CHILD).text
    assert "someone: 112." in chat(desk(OPEN, helplines=(emergency,))).send(CHILD).text


def test_a_city_may_have_it_deleted_at_once() -> None:
    of = in_the_middle(desk(OPEN, drop_disclosures=True)).send(VIOLENCE)
    assert noted(of) == [DropText(), CountRisk(Risk.VIOLENCE, "W1")]


# --- classes d and e: about others ---------------------------------------------------------------
@pytest.mark.parametrize(("text", "risk"), OF_OTHERS)
def test_about_others_where_to_report_is_said_and_the_question_again(text: str, risk: Risk) -> None:
    of = in_the_middle().send(text)
    kept = DropText() if risk is Risk.INTELLIGENCE else Quarantine()
    assert noted(of) == [kept, CountRisk(risk, "W1")]
    assert of.said == ["report", "why"]
    assert "10111" in of.text
    assert of.conversation.quiet_until is None
    assert of.send("no lights").said == ["finished"]


def test_where_tips_are_taken_without_a_name_that_number_is_said() -> None:
    lines = (*CITY.helplines, Helpline("anonymous", "089"))
    of = chat(desk(OPEN, helplines=lines)).send(KNOWN)
    assert of.said == ["report_nameless"]
    assert "089" in of.text
    assert "10111" not in of.text


def test_it_is_no_attempt_at_the_question() -> None:
    of = in_the_middle()
    for _ in range(5):
        assert of.send(ACCUSED).said == ["report", "why"]


# --- rule 6, and before anybody agreed -----------------------------------------------------------
@pytest.mark.parametrize("before", [[], ["Hi"], ["Hi", "1"]])
def test_a_minor_who_tells_of_it_leaves_nothing_but_counts(before: list[str]) -> None:
    of = chat(conversation=Conversation())
    for text in before:
        of.send(text)
    of.send("I am 13 and my stepfather touches me")
    assert noted(of) == [DropText(), CountRisk(Risk.CHILD), Forget("under_age")]
    assert of.said == ["listen_young"]
    assert "116" in of.text
    assert of.despite_opt_out


@pytest.mark.parametrize("before", [[], ["Hi"], ["Hi", "1"]])
@pytest.mark.parametrize(("text", "risk"), ALL)
def test_before_agreement_and_age_nothing_of_the_text_is_kept(
    text: str, risk: Risk, before: list[str]
) -> None:
    of = chat(conversation=Conversation())
    for said in before:
        of.send(said)
    gate = of.conversation.gate
    assert noted(of.send(text)) == [DropText(), CountRisk(risk)]
    assert of.said[0] in ("danger_now", "listen", "report")
    assert len(of.said) == 1
    about_others = (text, risk) in OF_OTHERS
    assert of.conversation.gate is (gate if about_others else Gate.NEW)


# --- where it is looked for ----------------------------------------------------------------------
@pytest.mark.parametrize(("text", "risk"), OF_ONESELF)
def test_after_stop_who_is_in_need_is_answered(text: str, risk: Risk) -> None:
    of = chat().send("STOP").send(text)
    assert CountRisk(risk) in of.effects
    assert of.message is not None
    assert of.despite_opt_out
    assert of.conversation.opted_out


@pytest.mark.parametrize(("text", "risk"), OF_OTHERS)
def test_after_stop_nothing_is_said_about_others(text: str, risk: Risk) -> None:
    of = chat().send("STOP").send(text)
    assert noted(of) == [DropText(), CountRisk(risk)]
    assert of.message is None


def test_it_goes_before_a_question_of_ours_on_top_and_ends_it() -> None:
    for command in ("DELETE ME", "LANGUAGE"):
        of = in_the_middle().send(command).send(VIOLENCE)
        assert of.said == ["listen"]
        assert of.conversation.aside is None
        assert chat().send(command).send(KNOWN).conversation.aside is None


def test_it_goes_before_an_edit_and_counts_in_a_caption_whose_picture_is_not_taken() -> None:
    assert in_the_middle().send(VIOLENCE, edited=True).said == ["listen"]
    of = in_the_middle().send(VIOLENCE, media=1)
    assert noted(of) == [Quarantine(), CountRisk(Risk.VIOLENCE, "W1")]


def test_commands_and_the_safe_word_go_first() -> None:
    assert in_the_middle().send("STOP").said == ["stopped"]
    assert in_the_middle().send("lemon").said == ["safe"]
    assert in_the_middle().send("HELP").said[0] == "help"


def test_a_tap_is_never_read_and_neither_is_what_the_question_offers() -> None:
    option = replace(SAFE.options[0], label={"en": VIOLENCE})
    offers = survey(replace(SAFE, options=(option, *SAFE.options[1:])), WHY)
    assert chat(desk(offers)).send("Hi").send(VIOLENCE).said == ["finished"]
    assert chat(desk(offers)).send("Hi").tap("1").said == ["finished"]


def test_any_language_of_the_program_is_understood() -> None:
    assert in_the_middle().send("mi esposo me pega").said == ["listen"]
    assert in_the_middle().send("umyeni wam uyandibetha").said == ["listen"]


def test_an_area_is_counted_only_if_the_session_knows_one() -> None:
    assert CountRisk(Risk.VIOLENCE, "") in chat().send("Hi").send(VIOLENCE).effects
    assert CountRisk(Risk.VIOLENCE, "") in chat().send(VIOLENCE).effects
    somewhere = chat().send("Hi").send("unsafe").send("Nowhere Hills").send("Nowhere Hills")
    somewhere.send("Nowhere Hills").send(VIOLENCE)
    assert CountRisk(Risk.VIOLENCE, "") in somewhere.effects
    gone = in_the_middle()
    gone.desk = desk(PULSE)
    assert CountRisk(Risk.VIOLENCE, "") in gone.send(VIOLENCE).effects


@pytest.mark.parametrize(
    "text",
    [
        "robbery and drugs",
        "they killed someone last year in my street",
        "this traffic is killing me",
        "I am afraid at night, gangs shoot",
    ],
)
def test_crime_in_general_is_an_answer_like_any_other(text: str) -> None:
    of = in_the_middle().send(text)
    records = [effect for effect in of.effects if isinstance(effect, Record)]
    assert [record.raw for record in records] == [text]


# --- rule 1 --------------------------------------------------------------------------------------
def test_who_helps_in_danger_is_said_first_at_every_start_and_at_the_end() -> None:
    of = chat(conversation=Conversation()).send("Hi")
    assert "10111" in of.text
    of.send("1").send("30").send("unsafe").send("Ward 1")
    assert "10111" in of.send("no lights").text
    assert "10111" in of.send("HELP").text
    assert "10111" in chat().invite("pulse").text.splitlines()[0]
    assert "10111" in chat().invite("pulse").text


# --- the second look -----------------------------------------------------------------------------
DOUBTED, FEARED = "the shadows came closer today", "the shadows are closing in"
WEIGHTS = Weights("", -10, 0, 10, {"=closer": 130, "=closing": 300})
BESIDE = ["not_live", "safe"]


def looking(**of_the_city: object) -> Desk:
    """A city that looks twice."""
    return replace(desk(OPEN, **of_the_city), weights=WEIGHTS)


def test_in_doubt_the_numbers_are_said_and_the_answer_counts_like_any_other() -> None:
    of = in_the_middle(looking()).send(DOUBTED)
    records = [effect for effect in of.effects if isinstance(effect, Record)]
    assert [record.raw for record in records] == [DOUBTED]
    assert of.said == [*BESIDE, "finished"]
    assert "10111" in of.text
    assert "0800 428 428, 116" in of.text
    assert of.conversation.quiet_until is None
    assert not {*map(type, of.effects)} & {CountRisk, DropText, Quarantine}


def test_in_doubt_no_line_is_said_twice_and_none_for_numbers_that_the_city_lacks() -> None:
    assert chat(looking()).send(DOUBTED).said == [*BESIDE, "safe"]
    lines = (Helpline("emergency", "10111"),)
    assert chat(looking(helplines=lines)).send(DOUBTED).said == ["not_live", "safe"]


def test_what_a_question_does_not_read_is_asked_again_below_the_numbers() -> None:
    of = chat(looking()).send("Hi").send(DOUBTED)
    assert of.said == [*BESIDE, "safe"]
    assert noted(of) == []


@pytest.mark.parametrize("before", [[], ["Hi"], ["Hi", "1"]])
def test_in_doubt_a_stranger_gets_the_numbers_and_the_same_question(before: list[str]) -> None:
    of = chat(looking(), Conversation())
    for text in before:
        of.send(text)
    assert of.send(DOUBTED).said[:2] == BESIDE
    assert of.message is not None
    assert len(of.said) > 2 or of.message.choices


def test_what_sounds_like_danger_is_danger_with_all_numbers() -> None:
    of = in_the_middle(looking()).send(FEARED)
    assert noted(of) == [DropText(), CountRisk(Risk.DANGER, "W1")]
    assert of.said == ["danger_now"]
    assert "10111, 0800 428 428, 116" in of.text
    assert of.conversation.session is None
    assert of.conversation.quiet_until == NOW + timedelta(days=30)
    young = chat(looking(), Conversation()).send(f"I am 13 and {FEARED}")
    assert noted(young) == [DropText(), CountRisk(Risk.DANGER), Forget("under_age")]


def test_what_the_open_question_reads_is_no_danger_but_has_the_numbers_beside() -> None:
    of = chat(looking()).send("Hi").send(f"unsafe because {FEARED}")
    assert of.said == [*BESIDE, "home"]
    assert [effect.value for effect in of.effects if isinstance(effect, Record)] == ["unsafe"]


def test_a_list_goes_before_the_second_look() -> None:
    assert in_the_middle(looking()).send(f"{VIOLENCE} {FEARED}").said == ["listen"]


def test_an_answer_that_only_a_list_knows_stays_one_and_has_the_numbers_beside() -> None:
    of = in_the_middle(looking()).send(DANGER)
    records = [effect for effect in of.effects if isinstance(effect, Record)]
    assert [record.raw for record in records] == [DANGER]
    assert of.said == [*BESIDE, "finished"]
    assert not {*map(type, of.effects)} & {CountRisk, DropText, Quarantine}


def test_what_a_list_knows_and_no_question_takes_is_danger() -> None:
    assert chat(looking()).send(DANGER).said == ["danger_now"]
    assert chat(looking()).send("Hi").send(DANGER).said == ["danger_now"]
    assert chat(looking(), Conversation()).send("Hi").send(DANGER).said == ["danger_now"]


def test_commands_taps_and_options_get_no_second_look() -> None:
    at = replace(looking(), weights=replace(WEIGHTS, begin=1, danger=1))
    assert (
        in_the_middle(at).send("delete my data").said == in_the_middle().send("delete my data").said
    )
    option = replace(SAFE.options[0], label={"en": FEARED})
    offers = replace(at, surveys=(survey(replace(SAFE, options=(option, *SAFE.options[1:]))),))
    assert Chat(offers, GATED).send("Hi").send(FEARED).said == ["finished"]
    assert Chat(offers, GATED).send("Hi").tap("1").said == ["finished"]


def test_after_stop_doubt_is_silent_and_danger_is_answered() -> None:
    assert chat(looking()).send("STOP").send(DOUBTED).message is None
    of = chat(looking()).send("STOP").send(FEARED)
    assert of.said == ["danger_now"]
    assert of.despite_opt_out
