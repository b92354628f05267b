"""Whole numbers in digits and words, in every language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from text_to_num import text2num

from dialogue.answers.normalise import fold
from dialogue.answers.number_words import Numerals
from dialogue.answers.numerals import apart, cardinal, near, ordinal, value
from tests.dialogue.samples import LOCALES

LANGUAGES = list(LOCALES)


def words(*codes: str) -> list[Numerals]:
    return [LOCALES[code].words.numerals for code in codes]


@pytest.mark.parametrize(
    ("code", "text", "number"),
    [
        ("en", "34", 34),
        ("en", "thirty-four", 34),
        ("en", "thirtyfour", 34),
        ("en", "fourty two", 42),
        ("en", "a hundred and five", 105),
        ("en", "two thousand three hundred", 2300),
        ("es", "Treinta y cinco", 35),
        ("es", "treintaycinco", 35),
        ("es", "veintitrés", 23),
        ("es", "veinte y uno", 21),
        ("es", "diez y seis", 16),
        ("es", "dos mil quinientos", 2500),
        ("af", "vyf-en-twintig", 25),
        ("af", "eenentwintig", 21),
        ("af", "honderd vyf en twintig", 125),
        ("af", "tweehonderd", 200),
        ("af", "drie duisend vier honderd", 3400),
        ("af", "nul", 0),
        ("zu", "amashumi amabili nanye", 21),
        ("zu", "ishuminanhlanu", 15),
        ("zu", "ikhulu namashumi amahlanu", 150),
        ("zu", "izinkulungwane ezimbili", 2000),
        ("xh", "amashumi amathathu anesihlanu", 35),
        ("xh", "ishumi elinesine", 14),
        ("st", "mashome a mararo a metso e mehlano", 35),
        ("st", "leshome le motso o mong", 11),
    ],
)
def test_a_number_in_words(code: str, text: str, number: int) -> None:
    assert cardinal(fold(text), [LOCALES[code].words]) == number


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", ""),
        ("en", "five six"),
        ("en", "five and"),
        ("en", "and five"),
        ("en", "red hundred"),
        ("en", "zero five"),
        ("en", "someone"),
        ("en", "five " * 30),
        ("en", "9" * 16),
        ("af", "vyf en ses"),
        ("af", "twintig en vyf"),
        ("af", "duisend duisend"),
        ("af", "vyf nul"),
        ("af", "nul honderd nul"),
        ("zu", "amashumi"),
        ("zu", "amashumi nje"),
        ("zu", "amashumi kunye"),
        ("zu", "nanye amashumi amabili"),
        ("zu", "ishumi iqanda"),
        ("st", "tse pedi"),
    ],
)
def test_what_is_no_one_number(code: str, text: str) -> None:
    assert cardinal(fold(text), [LOCALES[code].words]) is None


def test_the_first_language_that_knows_a_word_reads_it() -> None:
    en, es = LOCALES["en"].words, LOCALES["es"].words
    assert cardinal("once", [es, en]) == 11
    assert cardinal("once", [en, es]) == 1


@given(st.integers(0, 99_999))
def test_what_we_make_of_a_number_in_english_is_what_text2num_makes_of_it(number: int) -> None:
    """Said as plain tens, hundreds and thousands, from our own table."""
    (numerals,) = words("en")
    assert value(said(number, numerals), numerals) == number
    if number:
        assert text2num(" ".join(said(number, numerals)), "en") == number


def said(number: int, numerals: Numerals) -> list[str]:
    if number >= 1000:
        rest = said(number % 1000, numerals) if number % 1000 else []
        return [*said(number // 1000, numerals), "thousand", *rest]
    if number >= 100:
        rest = said(number % 100, numerals) if number % 100 else []
        return [numerals.usual[number // 100], "hundred", *rest]
    if number in numerals.usual:
        return [numerals.usual[number]]
    return [numerals.usual[number - number % 10], numerals.usual[number % 10]]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_number_below_a_hundred_has_its_own_words(code: str) -> None:
    """Each word of the table stands for one number, and tens combine with units."""
    (numerals,) = words(code)
    for number in range(1, 100):
        spelt = below_hundred(number, numerals)
        assert value(spelt, numerals) == number, spelt


def below_hundred(number: int, numerals: Numerals) -> list[str]:
    tens, units = number // 10 * 10, number % 10
    if number in numerals.usual:
        return [fold(numerals.usual[number])]
    last = [fold(numerals.usual[units])] if units else []
    if numerals.scale_first and tens == 10:
        return [fold(numerals.usual[10]), *last]
    if numerals.scale_first:
        return [fold(numerals.scales["10"][0]), fold(numerals.usual[tens // 10]), *last]
    both = [*last, fold(numerals.joiners[0]), fold(numerals.usual[tens])]
    return both if numerals.units_first else both[::-1]


@pytest.mark.parametrize(
    ("code", "text", "place"),
    [
        ("en", "3rd", 3),
        ("en", "third", 3),
        ("en", "twenty-first", 21),
        ("en", "3", None),
        ("en", "3xx", None),
        ("en", "five second", None),
        ("en", "twenty twentieth", None),
        ("en", "red first", None),
        ("es", "tercera", 3),
        ("es", "3ra", 3),
        ("es", "1ª", 1),
        ("af", "derde", 3),
        ("zu", "yesithathu", 3),
        ("st", "ya boraro", 3),
    ],
)
def test_a_place_in_an_order(code: str, text: str, place: int | None) -> None:
    assert ordinal(fold(text), [LOCALES[code].words]) == place


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("fivve", {5}),
        ("sixtee", {16}),
        ("foury", {4, 40}),
        ("fine", set()),
        ("right", set()),
        ("nein", {9}),
        ("fiv", set()),
        ("x" * 100, set()),
    ],
)
def test_a_slip_is_near_to_numbers_that_begin_alike(word: str, numbers: set[int]) -> None:
    assert near(word, [LOCALES["en"].words]) == numbers


@pytest.mark.parametrize("word", ["often", "none", "someone", "sixsix", "x" * 61, "and"])
def test_a_word_that_holds_a_number_is_none(word: str) -> None:
    assert apart(word, *words("en")) == []


def test_a_joined_word_is_taken_apart_one_way() -> None:
    made = Numerals(scale_first=True, cardinals={"20": ("aaa",), "1": ("aaaaaa",)})
    assert apart("aaaaaaaaa", made) == ["aaa", "aaaaaa"]


@given(st.text(alphabet="andyfivesixtwohundredthousand -", max_size=80))
def test_any_words_are_a_number_or_none(text: str) -> None:
    found = cardinal(fold(text), [LOCALES[code].words for code in LANGUAGES])
    assert found is None or found >= 0
