"""Who asks to be left alone is, in whatever words; who only uses such words is not."""

from dataclasses import replace

import pytest

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
        *("no more", "No more messages please", "stop sending me messages", "ok stop"),
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
        *("sotp", "stpo", "tsop", "Sotp!", "unsubscibe", "pls sotp"),
    ],
)
def test_a_plain_wish_to_be_left_alone_is_stop(text: str, city: str, code: str) -> None:
    assert is_stop(text, city, code)


@pytest.mark.parametrize(("city", "code"), PLACES)
@pytest.mark.parametrize(
    "text",
    [
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
            "stop " * 20,
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
    assert OptOut() in chat.send(text).effects  # in free words it is none


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


@pytest.mark.parametrize("code", LOCALES)
def test_every_language_has_sentences_and_what_may_stand_around_them(code: str) -> None:
    assert LOCALES[code].words.opt_out
    assert LOCALES[code].words.around_opt_out
