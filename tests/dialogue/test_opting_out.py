"""Who asks to be left alone is, in whatever words; who only uses such words is not."""

from dataclasses import replace

import pytest

from dialogue.checks import city_faults
from dialogue.commands import command_of
from dialogue.danger.patterns import parse
from dialogue.effects import OptOut, Record
from dialogue.leaving import Leaving, is_slip
from tests.dialogue.samples import GATED, LOCALES, Chat, desk, option, question, reply, survey
from tests.dialogue.shipped import shipped_desk

PLACES = (("demo-za", "en"), ("demo-mx", "es"))


def is_stop(text: str, city: str = "demo-za", code: str = "en") -> bool:
    said = command_of(shipped_desk(city), replace(GATED, locale=code), reply(text))
    return said == "stop"


@pytest.mark.parametrize(("city", "code"), PLACES)
@pytest.mark.parametrize(
    "text",
    [
        *("nomore sms pls", "No more messages please", "stop sending me messages", "ok stop"),
        *("Dont text me again!", "do not message me anymore", "please stop texting me now"),
        *("Can you stop sending me these messages", "stop the survey", "no more sms"),
        *("I don't want to receive any more messages from you", "i dont want your messages"),
        *("take me off your list", "remove me from this list", "I want to opt out"),
        *("I'd like to unsubscribe", "unsubcribe", "leave me alone", "stop asking me this"),
        *("ya no me manden mensajes", "No quiero más mensajes", "déjenme en paz por favor"),
        *("dejen de mandarme mensajes", "ya no quiero recibir mensajes", "quiero darme de baja"),
        *("moenie vir my boodskappe stuur nie", "hou op om my te pla", "laat my met rus"),
        *("ek wil nie meer boodskappe kry nie", "geen boodskappe meer nie"),
        *("yekani ukungithumelela imiyalezo", "ningasangithumeleli imiyalezo", "ngiyekeni"),
        *("angisafuni imiyalezo yenu", "musani ukundithumelela imiyalezo", "ndiyekeni"),
        *("andisafuni imiyalezo", "emisang ho nthomella melaetsa", "ha ke sa batla melaetsa"),
        *("le se ke la nthomella melaetsa hape", "emisang go nthomela melaetsa"),
        *("lo se nthomele melaetsa gape", "ga ke sa tlhole ke batla melaetsa"),
        *("Stop. Dont text me again", "STOP, please don't text me", "stop \U0001f6d1", "S.T.O.P"),
        *("Stop sending me messages. Stop.", "BAJA por favor ya no me escriban", "hou asb op"),
        *("Yeka. Ningasangithumeleli imiyalezo", "Stop. Moenie my SMS nie", "los my asb uit"),
        *("please stop sending sms to this number", "hou op om vir my boodskappe te stuur"),
        *("yima ungangithumelela imiyalezo", "andifuni miyalezo", "STOP STOP please stop"),
        *("stop, my husband is reading my phone", "STOP \u2013 remove me from your list"),
        *("sotp", "stpo", "tsop", "Sotp!", "unsubscibe", "pls sotp"),
    ],
)
def test_a_plain_wish_to_be_left_alone_is_stop(text: str, city: str, code: str) -> None:
    assert is_stop(text, city, code)


@pytest.mark.parametrize(("city", "code"), PLACES)
@pytest.mark.parametrize(
    "text",
    [
        *("no more", "no more thanks", "no more questions", "geen vrae", "i dont like this survey"),
        *("stop, he is stabbing me", "please, thanks", ", ."),
        *("stop the crime", "they must stop robbing us", "no more water", "no more crime"),
        *("stop it from happening", "stop killing me", "stop the gangs", "stop sending police"),
        *("do send me messages", "i do want messages", "get me out", "take me out of here"),
        *("no more messages from the gang at night", "they text me to leave them alone"),
        *("leave us alone", "I want it to stop", "never", "dont ask me", "no more than 3"),
        *("dejen de robar", "no me escriban multas", "basta de robos", "alot"),
        *("yekani ukungibamba inkunzi", "lo nthomele melaetsa", "moet my sms", "ndifuna imiyalezo"),
        *(
            "spot",
            "shop",
            "step",
            "quiet",
            "cancer",
            "exist",
            "the end",
            "go away " * 20,
            "please " * 30 + "sotp",
        ),
    ],
)
def test_such_words_about_something_else_are_none(text: str, city: str, code: str) -> None:
    assert not is_stop(text, city, code)


def test_who_asks_in_other_words_gets_the_one_confirmation() -> None:
    chat = Chat(shipped_desk("demo-za")).send("Hi").send("stop sending me messages")
    assert OptOut() in chat.effects
    assert chat.said == ["stopped"]
    assert chat.conversation.opted_out
    assert chat.send("stop sending me messages").message is None


ASKED = {
    "open": question("open", "why", text={"en": "What else?"}),
    "numeric": question("numeric", "n", text={"en": "How many more times?"}),
    "options": question(
        "select_one", "trend", option("1", "more", "More crime"), option("2", "less", "Less crime")
    ),
}


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize("text", ["no more", "no more thanks", "no more texts", "go away"])
def test_what_may_answer_the_open_question_is_no_stop(text: str, kind: str) -> None:
    chat = Chat(desk(survey(ASKED[kind]))).send("Hi").send(text)
    assert not chat.conversation.opted_out


@pytest.mark.parametrize("kind", ASKED)
@pytest.mark.parametrize(
    "text", ["stop sending me messages", "Stop. No more texts", "stop, i am busy", "sotp"]
)
def test_what_says_me_or_begins_with_stop_is_one_inside_a_question_too(
    text: str, kind: str
) -> None:
    assert Chat(desk(survey(ASKED[kind]))).send("Hi").send(text).said == ["stopped"]


def test_a_place_is_no_stop_mistyped() -> None:
    spanish = desk(survey(question("location", "area")), languages=("es",))
    chat = Chat(spanish).send("Hola").send("Parra")
    assert not chat.conversation.opted_out
    assert Chat(spanish).send("Hola").send("parar").conversation.opted_out


def test_a_sentence_in_a_reply_to_staff_is_to_them() -> None:
    shipped, waiting = shipped_desk("demo-za"), replace(GATED, thread="C-1")
    for text in ("no more", "no more texts", "stop calling me"):
        assert command_of(shipped, waiting, reply(text)) is None
        assert command_of(shipped, GATED, reply(text, question="case:C-1")) is None
    for text in ("STOP", "Stop. Dont text me again", "stop, thanks"):
        assert command_of(shipped, waiting, reply(text)) == "stop"


def test_the_safe_word_is_no_stop_and_none_that_would_be_is_allowed() -> None:
    words = desk(safe_word="GO AWAY")
    assert Chat(words, GATED).send("go away").said == ["safe"]
    faults = city_faults(words.city, words.surveys, LOCALES)
    assert "asks to be left alone" in str(faults[0])


OFFERED = survey(
    question(
        "select_one",
        "police",
        option("1", "more", "More police"),
        option("2", "no_more", "No more"),
        option("3", "tsop", "Tsop"),
    ),
    question("open", "why"),
)


@pytest.mark.parametrize(("text", "value"), [("no more", "no_more"), ("tsop", "tsop")])
def test_what_the_open_question_reads_is_an_answer(text: str, value: str) -> None:
    chat = Chat(desk(OFFERED)).send("Hi").send(text)
    assert [e.value for e in chat.effects if isinstance(e, Record)] == [value]
    assert chat.send("stop texting me").effects[0] == OptOut()  # the next question reads none


def test_a_misspelling_counts_in_the_conversations_language_and_in_english_only() -> None:
    assert is_stop("lato", "demo-mx", "es")
    assert not is_stop("lato")
    assert not Chat(desk(OFFERED)).send("Hi").send("lato").conversation.opted_out
    spanish = desk(OFFERED, languages=("es",))
    assert command_of(spanish, GATED, reply("sotp")) == "stop"


@pytest.mark.parametrize(
    ("word", "slip"),
    [
        *(("sotp", True), ("unsubscrib", True), ("unsubscribee", True), ("stop", False)),
        *(("stp", False), ("stob", False), ("ptos", False), ("sot p", False), ("tosp", False)),
        *(("dne", False), ("unsubsc", False), ("so2p", False)),
    ],
)
def test_a_short_word_may_have_two_letters_swapped_a_long_one_any_wrong(
    word: str, slip: bool
) -> None:
    assert is_slip(word, {"stop", "end", "unsubscribe"}) is slip


def test_a_pattern_is_the_whole_message() -> None:
    leaving = Leaving([parse("leave my* phone? alone", {})])
    for text in ("leave my alone", "Leave myself alone", "leave my phone alone"):
        assert leaving.is_asked(text)
    for text in ("please leave my alone", "leave my alone now", "leave my", "", "leave " * 13):
        assert not leaving.is_asked(text)


def test_some_patterns_count_only_while_nothing_is_asked() -> None:
    leaving = Leaving([parse("leave me", {})], [parse("no texts", {})])
    assert leaving.is_asked("no texts")
    assert not leaving.is_asked("no texts", idle=False)
    assert leaving.is_asked("leave me", idle=False)


@pytest.mark.parametrize("code", LOCALES)
def test_every_language_has_sentences_and_what_may_stand_around_them(code: str) -> None:
    assert LOCALES[code].words.opt_out
    assert LOCALES[code].words.opt_out_idle
    assert LOCALES[code].words.around_opt_out
