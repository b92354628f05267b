"""Dates as people write them: whole and certain days only. Today is Tuesday 2026-11-24."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.answers.dates import Calendar, Day, Lack, read_date
from dialogue.answers.rules import RULES
from dialogue.outcomes import Answered, NotUnderstood, OutOfRange
from tests.dialogue.samples import LOCALES, TODAY, question, reading, reply

PARTIAL, UNCLEAR = Lack.PARTIAL, Lack.UNCLEAR


def found(
    text: str, *codes: str, country: str = "ZA", today: date = TODAY, past: bool = False
) -> date | Lack | None:
    """The day, what it lacks, or None."""
    languages = [LOCALES[code].words for code in codes or ("en", "af", "zu")]
    read = read_date(text, Calendar(languages, country, today, past))
    if isinstance(read, Day):
        assert read.rule in RULES
        return read.date
    return read


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("2026-11-24", "ZA", date(2026, 11, 24)),
        ("2026/3/1", "ZA", date(2026, 3, 1)),
        ("2026.03.01", "US", date(2026, 3, 1)),
        ("1/3/2026", "ZA", date(2026, 3, 1)),
        ("1/3/2026", "US", date(2026, 1, 3)),
        ("11/24/2026", "ZA", date(2026, 11, 24)),
        ("24/11/2026", "US", date(2026, 11, 24)),
        ("1/3/2026", "", UNCLEAR),
        ("3/3/2026", "", date(2026, 3, 3)),
        ("01-03-26", "MX", date(2026, 3, 1)),
        ("1.3.36", "ZA", date(2036, 3, 1)),
        ("1.3.37", "ZA", date(1937, 3, 1)),
        ("1 / 3 / 2026", "ZA", date(2026, 3, 1)),
        ("31/2/2026", "ZA", None),
        ("13/13/2026", "ZA", None),
        ("2026-13-01", "ZA", None),
        ("0000-01-01", "ZA", None),
        ("24", "ZA", PARTIAL),
        ("2026", "ZA", PARTIAL),
        ("123", "ZA", None),
        ("24/11", "ZA", PARTIAL),
        ("31/2", "ZA", None),
        ("0821234567", "ZA", None),
    ],
)
def test_digits_in_the_order_of_the_country(
    text: str, country: str, expected: date | Lack | None
) -> None:
    assert found(text, country=country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24 November 2026", date(2026, 11, 24)),
        ("24th Nov. 2026", date(2026, 11, 24)),
        ("the 24th of November, 2026", date(2026, 11, 24)),
        ("it was on the 24 nov 2026", date(2026, 11, 24)),
        ("November 24, 2026", date(2026, 11, 24)),
        ("2026 November 24", date(2026, 11, 24)),
        ("Tuesday 24 November 2026", date(2026, 11, 24)),
        ("Monday 24 November 2026", UNCLEAR),
        ("first of March 2026", date(2026, 3, 1)),
        ("24 Nov 26", date(2026, 11, 24)),
        ("24 novemb 2026", date(2026, 11, 24)),
        ("24 Nov 2026 at 10:30", date(2026, 11, 24)),
        ("24 Nov 2026 at 5pm please", None),
        ("24 Nov 2026 please", date(2026, 11, 24)),
        ("31 February 2026", None),
        ("24 nonsense 2026", None),
        ("24 ju 2026", None),
        ("forty March 2026", None),
        ("24 March April 2026", UNCLEAR),
        ("24 25 March 2026", None),
        ("1234 March 2026", None),
        ("123 March 26", None),
        ("24 March 123", None),
        ("Monday Tuesday March 2026", None),
        ("march", PARTIAL),
        ("march 2026", PARTIAL),
        ("24 march", PARTIAL),
        ("31 february", None),
        ("march 24", UNCLEAR),
        ("2026-11-24?", None),
        ("24 Nov 2026 & 25", None),
        ("x" * 300, None),
        ("soon", None),
        ("", None),
    ],
)
def test_named_months(text: str, expected: date | Lack | None) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Today", date(2026, 11, 24)),
        ("yesterday!", date(2026, 11, 23)),
        ("it happened yesterday", date(2026, 11, 23)),
        ("the day before yesterday", date(2026, 11, 22)),
        ("tomorrow", date(2026, 11, 25)),
        ("3 days ago", date(2026, 11, 21)),
        ("three days back", date(2026, 11, 21)),
        ("2 weeks ago", UNCLEAR),
        ("days ago", UNCLEAR),
        ("some days ago", UNCLEAR),
        ("3 ago", None),
        ("999999999 days ago", None),
        ("last Friday", date(2026, 11, 20)),
        ("last Monday", UNCLEAR),
        ("last Tuesday", UNCLEAR),
        ("on Monday", UNCLEAR),
    ],
)
def test_days_beside_today(text: str, expected: date | Lack | None) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Monday", date(2026, 11, 23)),
        ("Friday", date(2026, 11, 20)),
        ("Tuesday", UNCLEAR),
        ("24 March", date(2026, 3, 24)),
        ("25 December", date(2025, 12, 25)),
        ("29 February", None),
        ("24/11", date(2026, 11, 24)),
    ],
)
def test_a_day_that_has_passed_is_the_last_of_its_name(
    text: str, expected: date | Lack | None
) -> None:
    assert found(text, past=True) == expected


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("24 de noviembre de 2026", "es", date(2026, 11, 24)),
        ("1 ago 2026", "es", date(2026, 8, 1)),
        ("primero de marzo de 2026", "es", date(2026, 3, 1)),
        ("hoy", "es", date(2026, 11, 24)),
        ("antier", "es", date(2026, 11, 22)),
        ("hace 3 días", "es", date(2026, 11, 21)),
        ("el viernes pasado", "es", date(2026, 11, 20)),
        ("izolo", "zu", date(2026, 11, 23)),
        ("24 ngoNovemba 2026", "zu", date(2026, 11, 24)),
        ("1 ma 2026", "zu", None),
        ("eergister", "af", date(2026, 11, 22)),
        ("3 dae gelede", "af", date(2026, 11, 21)),
        ("24 Pudungwana 2026", "st", date(2026, 11, 24)),
    ],
)
def test_months_and_days_are_named_in_the_language(
    text: str, code: str, expected: date | None
) -> None:
    assert found(text, code, country="MX") == expected


def test_a_date_is_kept_as_iso() -> None:
    day = question("date", "day")
    example = (("example", "2026-11-24"),)
    assert day.read(reply("1/3/2026"), reading()) == Answered("2026-03-01", "date")
    assert day.read(reply("soon"), reading()) == NotUnderstood("reply_date", example)
    assert day.read(reply("march"), reading()) == NotUnderstood("reply_whole_date", example)
    assert day.read(reply("tomorrow"), reading()) == Answered("2026-11-25", "relative day")


def test_a_day_to_come_is_refused_where_the_author_asks_for_one_that_has_passed() -> None:
    day = question("date", "day", past=True)
    assert day.read(reply("tomorrow"), reading()) == OutOfRange("date_to_come")
    assert day.read(reply("today"), reading()) == Answered("2026-11-24", "relative day")


def test_the_first_days_of_the_calendar_are_no_fault() -> None:
    assert found("2 days ago", today=date.min) is None
    assert found("tomorrow", today=date.max) is None
    assert replace(reading(), today=date.min).today == date.min


@given(
    st.text(max_size=80) | st.text(alphabet="0123456789/-. marchlstfriday", max_size=40),
    st.booleans(),
)
def test_whatever_is_sent_it_is_a_day_or_none(text: str, past: bool) -> None:
    found(text, past=past)
