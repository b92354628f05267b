"""Replies to questions for a number: what is read, and what is asked back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.answers.digits import literal
from dialogue.answers.numbers import read_number
from dialogue.answers.rules import RULES
from dialogue.locale import Words
from dialogue.outcomes import Answered, NotUnderstood, OutOfRange
from dialogue.questions import Question
from tests.dialogue.samples import LOCALES, question, reading, reply

ZA = ("en", "zu", "xh", "af", "st")
PEOPLE = question("numeric", "people", text={"en": "How many people live here?"}, maximum=30)
TIMES = question(
    "numeric", "times", text={"en": "How many times in the last 12 months?"}, maximum=100
)
WEEKS = question("numeric", "weeks", text={"en": "For how many weeks?"}, maximum=500)
MONTHS = question("numeric", "months", text={"en": "For how many months?"}, maximum=500)
FARE = question("numeric", "fare", text={"en": "What do you pay in a month?"}, decimal=True)
BORN = question("numeric", "born", text={"en": "In which year?"}, minimum=1900, maximum=2026)
AGE = question("age", "age")
STARS = question("scale", "stars")


def answer(asked: Question, text: str, code: str = "en", country: str = "ZA") -> object:
    """The value that is recorded; None where we ask back."""
    spoken = ZA if country == "ZA" else ("es", "en")
    others = (other for other in spoken if other != code)
    outcome = asked.read(reply(text), reading(code, *others, country=country))
    if not isinstance(outcome, Answered):
        return None
    assert outcome.rule in (*RULES, "code")
    return outcome.value


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("5", "ZA", 5),
        ("007", "ZA", 7),
        ("2,50", "ZA", 2.5),
        ("2.5", "MX", 2.5),
        ("2,5", "MX", None),
        ("1,000", "ZA", None),
        ("1.000", "ZA", None),
        ("1,000", "MX", 1000),
        ("1.000", "MX", None),
        ("0,125", "ZA", 0.125),
        ("1234,567", "ZA", 1234.567),
        ("1 234", "ZA", 1234),
        ("1 234,50", "ZA", 1234.5),
        ("1,234.56", "ZA", 1234.56),
        ("1.234,56", "ZA", 1234.56),
        ("1,23.56", "ZA", None),
        ("1,234,567", "ZA", 1234567),
        ("1,23,567", "ZA", None),
        ("1.2.3,4,5", "ZA", None),
        ("50.00", "ZA", 50),
        ("5:30", "ZA", None),
        ("012 345", "ZA", None),
        ("9" * 16, "ZA", None),
        ("9" * 16 + ",5", "ZA", None),
    ],
)
def test_digits_with_points_and_commas(text: str, country: str, number: float | None) -> None:
    found = literal(text, country)
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("there are five of us", 5),
        ("we are 5", 5),
        ("5 (five)", 5),
        ("fiiiive people", 5),
        ("5people", 5),
        ("twenty-five people in the house", 25),
        ("a dozen", 12),
        ("half a dozen", 6),
        ("half dozen", 6),
        ("two dozen", 24),
        ("a couple", 2),
        ("thre", 3),
        ("fivve", 5),
        ("no one", 0),
        ("nobody lives here", 0),
        ("2O", 20),
        ("1O people", 10),
        ("５", 5),
        ("5️⃣", 5),
        ("me and my family are 5", 5),
        ("nobody knows", None),
        ("-3", None),
        ("me -3", None),
        ("we are - 5", 5),
        ("we-5", 5),
        ("minus five", None),
        ("3 or 4", None),
        ("3-4", None),
        ("five six", None),
        ("5 5", None),
        ("five five", None),
        ("more than 5", None),
        ("5+", None),
        ("5ish", None),
        ("about 5", None),
        ("5?", None),
        ("5:30", None),
        ("at 5", None),
        ("ward 7", None),
        ("not 5", None),
        ("5 rooms", None),
        ("5 rand", None),
        ("2 much", None),
        ("gr8", None),
        ("3rd", None),
        ("second one", None),
        ("5 May", None),
        ("me and my 3 kids", None),
        ("one of us", None),
        ("the one", None),
        ("dozens", None),
        ("half", None),
        ("half of 6", None),
        ("half a", None),
        ("3 and a half", None),
        ("5 and", None),
        ("3/4", None),
        ("5 months", None),
        ("2 times", None),
        ("5.5", None),
        ("2019", None),
        ("0821234", None),
        ("5551234", None),
        ("082 123 4567", None),
        ("me@example.org 5", None),
        ("'90", None),
        ("2Ol9", None),
        ("lO", None),
        ("foury", None),
        ("word", None),
        ("two words more", None),
        ("5 " * 300, None),
    ],
)
def test_how_many(text: str, value: int | None) -> None:
    assert answer(PEOPLE, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("twice", 2),
        ("x3", 3),
        ("they robbed me 3 times", 3),
        ("never", 0),
        ("I was never robbed", 0),
        ("3 people", None),
        ("3 times this year", None),
        ("once a month", None),
        ("never 2", None),
    ],
)
def test_how_often(text: str, value: int | None) -> None:
    robbed = replace(TIMES, text={"en": "How many times were you robbed in the last 12 months?"})
    assert answer(robbed, text) == value


@pytest.mark.parametrize(
    ("asked", "text", "value"),
    [
        (WEEKS, "5 weeks", 5),
        (WEEKS, "14 days", 2),
        (WEEKS, "10 days", None),
        (WEEKS, "2 months", None),
        (WEEKS, "2 weeks or 14 days", None),
        (WEEKS, "2 days and a week", None),
        (MONTHS, "2 years", 24),
        (MONTHS, "36 years / month", None),
        (FARE, "R1 234,56", 1234.56),
        (FARE, "R1500/month", 1500),
        (FARE, "R1500/taxi", None),
        (FARE, "1.5k", 1500),
        (FARE, "3 and a half", 3.5),
        (FARE, "half", 0.5),
        (FARE, "2000", 2000),
        (FARE, "$20", None),
        (FARE, "20 dollars", None),
        (FARE, "R20 per day", None),
        (BORN, "1990", 1990),
    ],
)
def test_units_and_money(asked: Question, text: str, value: float | None) -> None:
    assert answer(asked, text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("34", 34),
        ("34yrs", 34),
        ("34 y/o", 34),
        ("I'm thirty-four years old", 34),
        ("408 months", 34),
        ("10 months", None),
        ("R34", None),
        ("30s", None),
        ("in my thirties", None),
        ("my son is 12", None),
        ("kids 12", None),
        ("u18", None),
        ("17-", None),
    ],
)
def test_how_old(text: str, value: int | None) -> None:
    assert answer(AGE, text) == value
    if value is None:
        assert AGE.read(reply(text), reading()) == NotUnderstood("reply_age")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *(("en", text) for text in ("about 40", "abt 40", "about 40 yrs", "I'm around 40 years")),
        *(("es", text) for text in ("como 40", "tengo como 40 años", "más o menos 40")),
        *(("af", "ongeveer 40 jaar"), ("zu", "ngokulinganisela 40"), ("xh", "malunga ne 40")),
        *(("st", "ke na le dilemo tse e ka bang 40"), ("tn", "dingwaga di ka nna 40")),
    ],
)
def test_an_age_told_roughly_is_one_and_its_rule_says_so(code: str, text: str) -> None:
    assert AGE.read(reply(text), reading(code)) == Answered(40, "about")


@pytest.mark.parametrize(
    "text",
    [
        *("about 16", "about 20", "about 1990", "about 30 or 40", "about 40 here", "about 40+"),
        *("nearly 40", "almost 40", "over 40", "about", "about my son 40", "about 40, not 50"),
    ],
)
def test_what_may_lie_on_either_side_of_a_limit_is_no_rough_age(text: str) -> None:
    assert isinstance(AGE.read(reply(text), reading()), NotUnderstood)


def test_only_an_age_may_be_told_roughly() -> None:
    assert PEOPLE.read(reply("about 5"), reading()) == NotUnderstood("reply_number")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *(("en", text) for text in ("1990", "born 1990", "I was born in 1990", "born in may 1990")),
        *(("es", "nací en 1990"), ("af", "gebore 1990"), ("zu", "ngazalwa ngo 1990")),
        *(("xh", "ndazalwa ngo 1990"), ("st", "ke hlahile ka 1990")),
        ("tn", "ke tshotswe ka 1990"),
    ],
)
def test_a_year_of_birth_is_two_ages_and_both_are_named(code: str, text: str) -> None:
    both = NotUnderstood("age_of_year", (("low", 35), ("high", 36)))
    assert AGE.read(reply(text), reading(code)) == both


@pytest.mark.parametrize(
    "text",
    [
        *("2023", "2025", "born 2099", "here since 1990", "1990 and 1991", "born '90"),
        *("1990?", "robbed in 1990 by a gang", "R1990", "born 90"),
    ],
)
def test_a_year_that_is_no_residents_birth_names_no_age(text: str) -> None:
    assert AGE.read(reply(text), reading()) == NotUnderstood("reply_age")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", 4),
        ("4/5", 4),
        ("4/10", None),
        ("four out of five", 4),
        ("I give it 4 out of 5 stars", 4),
        ("4 stars", 4),
        ("4 people", None),
        ("4 rooms out of 5", None),
        ("4 then 5", None),
        ("R4", None),
        ("4 months", None),
        ("3.5", None),
    ],
)
def test_a_point_alone_or_out_of_all(text: str, value: int | None) -> None:
    assert answer(STARS, text) == value


@pytest.mark.parametrize(
    ("code", "text", "value"),
    [
        ("af", "ons is vyf mense", 5),
        ("af", "meer as vyf", None),
        ("af", "ek en my 3 kinders", None),
        ("zu", "sibahlanu", 5),
        ("zu", "kabili ngenyanga", None),
        ("zu", "singu-5", 5),
        ("zu", "bangaphezu kuka 5", None),
        ("zu", "nezingane ezintathu", None),
        ("xh", "abantu aba-4", 4),
        ("st", "batho ba bahlano", 5),
        ("es", "somos 4 en una casa", 4),
        ("es", "una persona", 1),
        ("es", "treinta y tantos", None),
        ("es", "unas 5", None),
        ("es", "tres y media", None),
        ("es", "un par", 2),
    ],
)
def test_in_other_languages(code: str, text: str, value: int | None) -> None:
    asked = replace(PEOPLE, text={code: "?"})
    assert answer(asked, text, code, "MX" if code == "es" else "ZA") == value


def test_an_article_stands_in_the_way_of_no_share() -> None:
    assert answer(STARS, "le doy una calificación de 4 de 5", "es", "MX") == 4


def test_a_dollar_is_a_peso_in_mexico() -> None:
    assert answer(FARE, "$1,500", "es", "MX") == 1500
    assert answer(FARE, "$1,500", "es", "ZA") is None


def test_a_currency_is_not_judged_where_we_do_not_know_the_country_s() -> None:
    assert read_number("20 dollars", [LOCALES["en"].words]) is not None


def test_a_look_alike_counts_only_within_the_limits() -> None:
    assert PEOPLE.read(reply("4O"), reading()) == NotUnderstood("reply_number")
    limits = (("low", 0), ("high", 30))
    assert PEOPLE.read(reply("40"), reading()) == OutOfRange("out_of_range", limits)


def test_a_word_of_the_session_is_no_number_of_another_language() -> None:
    assert answer(PEOPLE, "bone") is None
    assert answer(PEOPLE, "bone", "st") == 4


@given(st.text(max_size=120) | st.text(alphabet="0123456789ol.,:/-' fiveRx$", max_size=60))
def test_whatever_is_sent_it_is_a_number_or_none(text: str) -> None:
    languages: list[Words] = [LOCALES[code].words for code in ZA]
    found = read_number(text, languages, "ZA")
    assert found is None or found.rule in RULES
