"""The first text decides the language, later ones only offer; a survey is held in one language."""

from dataclasses import replace

import pytest

from dialogue import languages
from dialogue.effects import Ask, Moved, OfferLanguages, Opened, Say
from dialogue.events import Guess
from dialogue.memory import Aside, Conversation, Gate
from dialogue.questions import Question
from dialogue.survey import Status, Survey
from tests.dialogue.samples import GATED, OTHER, PULSE, SAFE, WHY, Chat, desk, survey
from tests.dialogue.shipped import shipped_desk

ZULU = "Azikho izibani emgwaqweni"


def worded(asked: Question, *codes: str) -> Question:
    options = tuple(
        replace(one, label=dict.fromkeys(codes, one.name.title()), synonyms={})
        for one in asked.options
    )
    return replace(asked, text={code: f"{asked.name} {code}?" for code in codes}, options=options)


def spoken(*codes: str, slug: str = "pulse") -> Survey:
    """A survey that is complete in these languages."""
    made = survey(
        worded(SAFE, *codes), worded(WHY, *codes), slug=slug, title=dict.fromkeys(codes, "Area")
    )
    assert set(made.locales) == set(codes)
    return made


EVERYWHERE = spoken("en", "zu", "af")


def stranger(*surveys: Survey) -> Chat:
    return Chat(desk(*(surveys or (EVERYWHERE,))), Conversation())


def known(code: str | None = "en", **more: object) -> Chat:
    """Somebody who agreed, with the first question of a survey open."""
    start = replace(GATED, locale=code, **more)  # type: ignore[arg-type]  # the test's own names
    return Chat(desk(EVERYWHERE, OTHER), start).send("Hi")


# --- whether to guess ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "telling"),
    [("Molo", True), ("Azikho izibani", True), ("1", False), ("", False), ("34 !", False)]
    + [(word, False) for word in ("STOP", "pulse", "isizulu", "English")],
)
def test_of_a_stranger_every_text_with_a_word_tells_but_for_keywords_and_commands(
    text: str, telling: bool
) -> None:
    assert languages.is_telling(desk(EVERYWHERE), Conversation(), text) is telling


@pytest.mark.parametrize(
    ("text", "telling"), [(ZULU, True), ("not safe", False), ("2", False), ("1 2 3 4 a b", False)]
)
def test_later_only_texts_of_three_words_tell(text: str, telling: bool) -> None:
    assert languages.is_telling(desk(EVERYWHERE), GATED, text) is telling


def test_nothing_tells_in_a_city_of_one_language_after_stop_or_after_two_offers() -> None:
    one = desk(spoken("en"), languages=("en",))
    assert not languages.is_telling(one, Conversation(), ZULU)
    at = desk(EVERYWHERE)
    assert not languages.is_telling(at, replace(GATED, opted_out=True), ZULU)
    assert not languages.is_telling(at, replace(GATED, locale="en", language_offers=2), ZULU)


# --- the first text ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "guess", "code", "unsure"),
    [
        ("Azikho izibani", Guess("zu", 0.8), "zu", False),
        ("Azikho izibani", Guess("zu", 0.79), "zu", True),
        ("Azikho izibani", Guess("zu", 0.49), None, False),
        ("Sawubona", Guess("zu", 0.95), "zu", False),
        ("Izibani", Guess("zu", 0.94), None, False),
        ("Hakuna taa", Guess("sw", 0.99), None, False),
        ("Hi", None, None, False),
    ],
)
def test_a_first_text_decides_if_it_is_plain(
    text: str, guess: Guess | None, code: str | None, unsure: bool
) -> None:
    chat = stranger().send(text, guess=guess)
    assert (chat.conversation.locale, chat.conversation.locale_unsure) == (code, unsure)
    assert chat.said[-2:] == ["notice", "notice_languages"]


def test_the_word_of_a_command_decides_if_only_one_language_has_it_and_english_never() -> None:
    assert stranger().send("USIZO").conversation.locale == "zu"
    assert stranger().send("HULP", language="en").conversation.locale == "af"
    assert stranger().send("HELP").conversation.locale is None
    assert stranger().send("LINK").conversation.locale is None  # three have it


@pytest.mark.parametrize(
    ("city", "text", "code"),
    [
        *(("demo-za", "Dumelang", "st"), ("demo-za", "dumela!", "st"), ("demo-za", "Unjani", "zu")),
        *(
            ("demo-za", "Molweni", "xh"),
            ("demo-za", "Goeie Môre", "af"),
            ("demo-za", "Hello", None),
        ),
        *(
            ("demo-za", "Hola", None),
            ("demo-za", "Sawubona please", "zu"),
            ("demo-za", "hi hi", None),
        ),
        *(
            ("demo-mx", "Hi", None),
            ("demo-mx", "Hello", "en"),
            ("demo-mx", "hi there", "en"),
            ("demo-mx", "Hola", "es"),
        ),
        *(("demo-mx", "Sawubona", None), ("demo-mx", "hello this is urgent", None)),
    ],
)
def test_a_greeting_alone_tells_a_language_that_lists_it_unless_the_citys_first_does(
    city: str, text: str, code: str | None
) -> None:
    chat = Chat(shipped_desk(city), Conversation()).send(text, guess=Guess("en", 0.4))
    assert chat.conversation.locale == code
    assert chat.conversation.locale_unsure is (code is not None)


def test_of_several_languages_with_one_greeting_the_channels_hint_tells_which() -> None:
    dumelang = Chat(shipped_desk("demo-za"), Conversation()).send("Dumelang", language="tn")
    assert dumelang.conversation.locale == "tn"
    hinted = Chat(shipped_desk("demo-za"), Conversation()).send("Dumelang", language="en")
    assert hinted.conversation.locale == "st"


def test_a_plain_text_beats_the_channels_hint_and_the_hint_a_doubtful_one() -> None:
    said = {"guess": Guess("zu", 0.9), "language": "en"}
    assert stranger().send("Azikho izibani", **said).conversation.locale == "zu"
    said["guess"] = Guess("zu", 0.4)
    assert stranger().send("Azikho izibani", **said).conversation.locale == "en"


def test_the_safe_word_decides_nothing() -> None:
    chat = stranger().send("LEMON", guess=Guess("zu", 0.99), language="af")
    assert chat.conversation.locale is None


def test_an_unsure_language_gives_way_to_a_plain_text_before_the_notice_was_answered_only() -> None:
    chat = stranger().send("HELP", language="af")
    assert chat.conversation.locale_unsure
    assert chat.send(ZULU, guess=Guess("zu", 0.9)).conversation.locale == "zu"
    chat = stranger().send("Hi", language="af").send(ZULU, guess=Guess("zu", 0.9))
    assert chat.conversation.locale == "af"


# --- offers --------------------------------------------------------------------------------------
def test_a_plain_text_in_another_language_is_offered_that_and_nothing_changes_by_itself() -> None:
    chat = known().send("unsafe").send(ZULU, guess=Guess("zu", 0.95))
    assert chat.effects[-2] == Say("finished")
    assert chat.effects[-1] == Say("language_offer", (), "zu")
    assert chat.text.endswith("\nNgesiZulu: thumela isiZulu.")
    assert chat.conversation.locale == "en"
    assert chat.conversation.language_offers == 1


def test_an_offer_stands_before_the_question() -> None:
    chat = known().send(ZULU, guess=Guess("zu", 0.95))
    assert chat.said == ["language_offer", "safe"]
    assert chat.text.startswith("NgesiZulu: thumela isiZulu.\nSorry")
    assert chat.send("isiZulu").said == ["language_set", "safe"]
    assert chat.conversation.language_offers == 0


def test_two_offers_in_vain_are_all() -> None:
    chat = known()
    for offered in (True, True, False):
        chat.send(ZULU, guess=Guess("zu", 0.99)).send("BACK")
        assert chat.conversation.language_offers == 2 or offered
    assert [e for e in chat.all if e == Say("language_offer", (), "zu")] == 2 * [
        Say("language_offer", (), "zu")
    ]


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        (ZULU, Guess("zu", 0.94)),  # chosen was English
        ("Azikho izibani", Guess("zu", 0.99)),  # short
        (ZULU, Guess("sw", 0.99)),
        ("no street lights", Guess("en", 0.99)),
        (ZULU, None),
    ],
)
def test_no_offer_in_doubt(text: str, guess: Guess | None) -> None:
    assert known().send(text, guess=guess).said == ["safe"]


@pytest.mark.parametrize("start", [{"code": None}, {"code": "en", "locale_unsure": True}])
def test_while_no_language_was_chosen_it_takes_as_much(start: dict[str, object]) -> None:
    chat = known(**start)  # type: ignore[arg-type]  # as above
    assert chat.send(ZULU, guess=Guess("zu", 0.94)).said == ["safe"]
    assert chat.send(ZULU, guess=Guess("zu", 0.95)).said == ["language_offer", "safe"]


@pytest.mark.parametrize("text", ["STOP", "LEMON", "LANGUAGE", "LINK 1234 5678"])
def test_no_offer_beside_what_is_more_important(text: str) -> None:
    assert "language_offer" not in known().send(text, guess=Guess("zu", 0.99)).said


def test_no_offer_beside_the_end_of_everything() -> None:
    chat = known().send("DELETE ME").send("1", guess=Guess("zu", 0.99))
    assert chat.said == ["deleted"]


def test_who_talks_with_nothing_open_gets_the_offer_behind_our_thanks() -> None:
    chat = known().send("safe").send("OTHER").send("yes")
    assert chat.said == ["finished"]
    assert chat.send(ZULU, guess=Guess("zu", 0.99)).said == ["already_done", "language_offer"]


# --- half-translated surveys ---------------------------------------------------------------------
HALF = spoken("en", "af")


def in_zulu(*surveys: Survey) -> Chat:
    return Chat(desk(*surveys), replace(GATED, locale="zu"))


def test_a_survey_not_complete_in_the_contacts_language_asks_for_another_first() -> None:
    chat = in_zulu(HALF).send("Hi")
    assert chat.effects == (OfferLanguages(("en", "af")),)
    assert chat.text == "Le mibuzo ayikabi ngesiZulu. Khetha ulimi:"
    assert chat.message is not None
    assert [choice.label for choice in chat.message.choices] == ["English", "Afrikaans"]
    assert chat.conversation.session is None


@pytest.mark.parametrize("text", ["2", "afrikaans", "Afrikaans!"])
def test_the_survey_is_then_held_in_the_language_chosen_and_the_conversation_keeps_its_own(
    text: str,
) -> None:
    chat = in_zulu(HALF).send("Hi").send(text)
    opened = chat.effects[0]
    assert isinstance(opened, Opened)
    assert opened.locale == "af"
    assert chat.text == "safe af?"
    assert chat.conversation.locale == "zu"
    assert chat.conversation.aside is None
    assert chat.send("unsafe").text == "why af? (OORSLAAN om verby te gaan)"
    assert chat.send("Meer ligte asseblief hier", guess=Guess("af", 0.99)).said == ["finished"]
    assert chat.text.startswith("Siyabonga.")


def test_a_tap_chooses_too_and_one_on_an_older_message_does_not() -> None:
    assert in_zulu(HALF).send("Hi").tap("2").text == "safe af?"
    chat = in_zulu(HALF).send("Hi").send(choice="2", question="old:safe")
    assert chat.said == ["old_question"]


def test_what_is_no_language_asks_again_twice_then_lets_it_be() -> None:
    chat = in_zulu(HALF).send("Hi")
    for _ in range(2):
        assert chat.send("angazi").effects == (
            Say("not_understood"),
            OfferLanguages(("en", "af")),
        )
    assert chat.send("angazi").said == ["nothing_open"]
    assert chat.conversation.aside is None
    assert chat.conversation.wants is None


def test_another_keyword_instead_of_a_language_starts_that_survey() -> None:
    other = spoken("zu", slug="other")
    assert in_zulu(HALF, other).send("Hi").send("OTHER").text.splitlines()[1:] == ["safe zu?"]


def test_the_survey_asked_for_by_its_keyword_begins_not_the_citys_first() -> None:
    chat = in_zulu(EVERYWHERE, spoken("en", "af", slug="other")).send("OTHER")
    chat.send("angazi").send("English")
    assert chat.conversation.session is not None
    assert chat.conversation.session.survey == "other"
    assert chat.text == "safe en?"


def test_a_survey_withdrawn_meanwhile_begins_no_more() -> None:
    chat = in_zulu(HALF).send("Hi")
    chat.desk = desk(spoken("zu", slug="other"))
    assert chat.send("2").text.splitlines()[1:] == ["safe zu?"]
    chat = in_zulu(HALF).send("Hi")
    chat.desk = desk(spoken("zu", slug="other"))
    assert chat.send("English").said == ["language_set"]


def test_a_language_the_survey_is_not_in_becomes_the_conversations_and_the_menu_comes_again() -> (
    None
):
    half = spoken("en", "af")
    chat = Chat(desk(half, languages=("en", "zu", "af", "xh")), replace(GATED, locale="zu"))
    chat.send("Hi").send("isiXhosa")
    assert chat.conversation.locale == "xh"
    assert chat.effects == (Say("language_set", (), "xh"), OfferLanguages(("en", "af")))
    assert chat.send("2").text == "safe af?"


def test_the_only_language_needs_no_choice_but_a_line_in_the_contacts_own() -> None:
    chat = in_zulu(PULSE).send("Hi")
    assert chat.text.splitlines()[1:] == [
        "Ulimi lwale mibuzo: English. Ayikabi ngesiZulu.",
        "The text of safe?",
    ]
    assert chat.send("cheese").text == "Sorry, we did not understand.\nThe text of safe?"


def test_of_a_survey_in_none_of_the_citys_languages_its_own_first_is_taken() -> None:
    chat = Chat(desk(spoken("es", "st")), replace(GATED, locale="zu")).send("Hi")
    assert chat.text.endswith("\nsafe es?")


def test_choosing_a_language_the_open_survey_is_not_in_leaves_it_where_it_was() -> None:
    chat = Chat(desk(HALF), replace(GATED, locale="af")).send("Hi").send("isiZulu")
    assert chat.said == ["language_set", "survey_only_in", "safe"]
    assert chat.text.endswith("\nsafe af?")
    assert chat.send("English").text == "From now on we write in English.\nsafe en?"
    assert chat.conversation.session is not None
    assert chat.conversation.session.locale is None


def test_a_parked_survey_goes_on_in_the_language_it_was_held_in() -> None:
    chat = in_zulu(HALF, spoken("zu", slug="other")).send("Hi").send("2").send("unsafe")
    assert chat.send("OTHER").effects[0] == Moved(
        replace(chat.conversation.parked[0], status=Status.PARKED)
    )
    chat.send("safe").send("1")
    assert chat.text == "why af? (OORSLAAN om verby te gaan)"
    assert [e.locale for e in chat.effects if isinstance(e, Ask)] == ["af"]


def test_a_parked_survey_taken_up_after_a_change_of_language_says_what_it_is_in() -> None:
    other = spoken("zu", "af", slug="other")
    chat = Chat(desk(HALF, other), replace(GATED, locale="af")).send("Hi").send("OTHER")
    chat.send("isiZulu").send("safe")
    assert chat.send("1").said == ["survey_only_in", "safe"]


def test_a_half_translated_survey_of_ones_own_choice_is_the_menu() -> None:
    chat = in_zulu(HALF).send("PULSE")
    assert chat.effects == (OfferLanguages(("en", "af")),)
    assert chat.conversation.aside is Aside.SURVEY_LANGUAGE
    assert chat.send("HELP").said == ["help", "help_complaint"]
    assert chat.send("1").text == "safe en?"


def test_the_menu_comes_behind_the_gate() -> None:
    chat = Chat(desk(HALF), Conversation("zu")).send("Sawubona").send("1").send("34")
    assert chat.effects == (OfferLanguages(("en", "af")),)
    assert chat.conversation.gate is Gate.OPEN
