"""What would confuse a resident or lose an answer is found before anybody is asked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from backend.city_file import read_city
from dialogue import checks
from dialogue.locale import Locale, Words
from dialogue.survey import Survey, SurveyKind
from tests.dialogue.samples import CITY, LOCALES, OTHER, PULSE, SAFE, WHY, option, question, survey
from tests.dialogue.shipped import CITIES, survey_files, surveys


def found(of: Survey, locales: Mapping[str, Locale] = LOCALES) -> set[str]:
    return set(map(str, checks.faults(of, locales)))


def words(locale: str, **changes: object) -> dict[str, Locale]:
    """All locales, one of them with other words."""
    one = LOCALES[locale]
    return {**LOCALES, locale: replace(one, words=replace(one.words, **changes))}  # type: ignore[arg-type]  # names and types are the test's


# --- one survey ----------------------------------------------------------------------------------
def test_a_good_survey_has_no_faults() -> None:
    assert found(PULSE) == set()
    assert found(OTHER) == set()


def test_every_text_is_wanted_in_every_language_of_the_title() -> None:
    two = survey(replace(SAFE, options=SAFE.options[:1]), title={"en": "A", "zu": "B", "xx": "C"})
    assert found(two) == {
        "title.xx: there is no locale 'xx'",
        "questions[0].text.zu: is missing",
        "questions[0].text.xx: is missing",
        "questions[0].options[0].label.zu: is missing",
        "questions[0].options[0].label.xx: is missing",
    }
    none = survey(replace(SAFE, text={}), title={"en": "A"})
    assert "title: no language has every text" in found(none)


def test_a_survey_asks_something_and_names_each_question_once() -> None:
    assert found(survey(question("note", "hello"))) == {"questions: none of them asks anything"}
    age = question("age", "child_age")
    assert found(survey(question("age", "age"), age)) == {
        "questions[1].type: asks the resident's own age again; use numeric"
    }
    assert found(survey(SAFE, SAFE)) == {"questions[1].name: 'safe' is there twice"}


def test_a_poll_asks_one_question() -> None:
    hello, age = question("note", "hello"), question("age", "age")
    assert found(survey(hello, SAFE, kind=SurveyKind.POLL)) == set()
    for questions in ((SAFE, WHY), (age,)):
        poll = survey(*questions, kind=SurveyKind.POLL)
        assert found(poll) == {"questions: a poll asks one question, and none for an age"}


@pytest.mark.parametrize(
    ("keyword", "what"),
    [
        ("TWO WORDS", "needs one word of 2 to 20 letters or digits"),
        ("X", "needs one word of 2 to 20 letters or digits"),
        ("HELP", "'HELP' is a command"),
        ("ayuda", "'ayuda' is a command"),
        ("isiZulu", "'isiZulu' is the name of a language"),
        ("Yebo", "'Yebo' is a reply to any question"),
        ("idk", "'idk' is a reply to any question"),
        ("unsafe", "'unsafe' is an answer of this survey"),
        ("fine", "'fine' is an answer of this survey"),
        ("12", "'12' is an answer of this survey"),
    ],
)
def test_a_keyword_means_one_thing_only(keyword: str, what: str) -> None:
    assert found(replace(PULSE, keywords=("GOOD", keyword))) == {f"keywords[1]: {what}"}


def test_a_question_fits_one_message_and_its_type() -> None:
    long = replace(SAFE, text={"en": "x" * 1001}, minimum=3, maximum=2)
    empty = question("rank", "empty")
    odd = question("open", "odd", option("1", "a"))
    assert found(survey(long, empty, odd, question("scale", "plain"))) == {
        "questions[0].text.en: has 1001 characters, 1000 are the most",
        "questions[0].minimum: is greater than maximum",
        "questions[1].options: there is none",
        "questions[2].options: a question of type open has none",
    }


def test_how_many_may_be_chosen_is_whole_and_possible() -> None:
    odd = question("select_many", "odd", option("1", "a"), option("2", "b"), maximum=2.5)
    all_ = question("rank", "all", option("1", "a"), option("2", "b"), minimum=9)
    assert found(survey(odd, all_)) == {
        "questions[0].maximum: needs a whole number",
        "questions[1].minimum: is more than there are options",
    }


def test_a_yes_or_no_has_both_and_words_for_anything_more() -> None:
    more = option("3", "maybe", "")
    more = replace(more, label={})
    yes, no = replace(option("1", "yes"), label={}), replace(option("2", "no"), label={})
    assert found(survey(question("yes_no", "q", yes, no))) == set()
    assert "questions[0].options[2].label.en: is missing" in found(
        survey(question("yes_no", "q", yes, no, more))
    )
    assert found(survey(question("yes_no", "q", yes, option("2", "never")))) == {
        "questions[0].options: needs one named yes and one named no"
    }


def test_options_are_told_apart_and_stop_nothing() -> None:
    twins = question(
        "select_one", "q", option("1", "a", "Lights"), option("1", "a", "Police", "LIGHTS!"),
        option("2", "b", "Stop"), option("3", "c", "Yima"),
    )  # fmt: skip
    assert found(survey(twins)) == {
        "questions[0].options: code '1' is there twice",
        "questions[0].options: name 'a' is there twice",
        "questions[0].options[1].label.en: 'lights' reads like options[0]",
        "questions[0].options[2].label.en: 'stop' is a STOP word, which always wins",
        "questions[0].options[3].label.en: 'yima' is a STOP word, which always wins",
    }


def test_a_synonym_of_two_options_may_be_meant_to_be_asked_back() -> None:
    both = question(
        "select_one", "q", option("1", "a", "Wet", "rain?"), option("2", "b", "Damp", "rain?"),
        option("3", "c", "Dry", "rain"),
    )  # fmt: skip
    assert found(survey(both)) == {
        "questions[0].options[2].label.en: 'rain' reads like options[0]",
        "questions[0].options[2].label.en: 'rain' reads like options[1]",
    }


def test_a_condition_looks_at_earlier_questions_and_their_options() -> None:
    many = survey(
        question("open", "first", only_if="safe == 'safe'"),
        SAFE,
        question("open", "third", only_if="safe in ('safe', 'save') and third == 'x'"),
        question("open", "fourth", only_if="first == 'anything' or safe != 3"),
    )
    assert found(many) == {
        "questions[0].only_if: 'safe' is no earlier question",
        "questions[2].only_if: 'third' is no earlier question",
        "questions[2].only_if: 'save' is no option of safe",
    }


# --- a city --------------------------------------------------------------------------------------
def city_found(*of: Survey, **changes: object) -> set[str]:
    city = replace(CITY, **changes)  # type: ignore[arg-type]  # names and types are the test's
    return set(map(str, checks.city_faults(city, of, LOCALES)))


def test_a_citys_surveys_languages_and_safe_word_do_not_clash() -> None:
    assert city_found(PULSE, OTHER) == set()
    assert city_found(PULSE, replace(OTHER, keywords=("PULSE",)), languages=("en", "xx")) == {
        "languages: there is no locale 'xx'",
        "surveys.other: 'pulse' is a keyword of pulse",
    }
    assert city_found(PULSE, languages=("zu",)) == {
        "surveys.pulse: is complete in no language of the city"
    }
    assert city_found(PULSE, OTHER, safe_word="Other") == {
        "surveys.other: uses the city's safe word"
    }
    assert city_found(PULSE, safe_word="unsafe") == {"surveys.pulse: uses the city's safe word"}
    assert city_found(PULSE, safe_word="Ayuda") == {"safe_word: is a command"}
    assert city_found(PULSE, safe_word="") == set()


@pytest.mark.parametrize("slug", sorted(survey_files()))
def test_a_survey_that_ships_has_no_faults(slug: str) -> None:
    shipped, faults = survey_files()[slug]
    assert faults == ()
    assert shipped is not None
    assert checks.faults(shipped, LOCALES) == ()
    assert set(shipped.locales) == set(LOCALES)


@pytest.mark.parametrize("folder", CITIES, ids=lambda folder: folder.name)
def test_a_city_that_ships_has_no_faults(folder: object) -> None:
    profile = read_city(next(city for city in CITIES if city == folder))
    assert checks.city_faults(profile.city(), surveys(profile), LOCALES) == ()
    assert len(surveys(profile)) == len(profile.surveys)


# --- languages -----------------------------------------------------------------------------------
def test_no_command_word_means_two_things() -> None:
    assert checks.locale_faults(LOCALES) == ()


def test_a_command_word_of_two_meanings_is_found() -> None:
    commands = {**LOCALES["zu"].words.commands, "back": ("STOP", "EMUVA")}
    assert "zu.commands.back: 'stop' is stop in en" in map(
        str, checks.locale_faults(words("zu", commands=commands))
    )


def test_a_yes_or_no_that_is_a_command_is_found() -> None:
    replies = {**LOCALES["zu"].words.replies, "no": ("cha", "Usizo")}
    spoken: Words = words("zu", replies=replies)["zu"].words
    assert spoken.says("no", "usizo")
    assert [*map(str, checks.locale_faults(words("zu", replies=replies)))] == [
        "zu.replies.no: 'usizo' is a command"
    ]
