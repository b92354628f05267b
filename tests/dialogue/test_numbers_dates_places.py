"""Numbers, dates and places as people write them."""

from datetime import date

import pytest

from dialogue.answers.dates import read_date
from dialogue.answers.normalise import fold
from dialogue.answers.numbers import number
from tests.dialogue.samples import LOCALES, TODAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("-3", -3),
        ("0", 0),
        ("007", 7),
        ("2.5", 2.5),
        ("2,50", 2.5),
        ("-0,5", -0.5),
        ("999999999999999", 999_999_999_999_999),
        ("1,000", None),
        ("1.000", None),
        ("1 000", None),
        ("9999999999999999", None),
        ("9" * 5000, None),
        ("three", None),
        ("3 or 4", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_a_number_is_digits_with_one_meaning(text: str, expected: float | None) -> None:
    found = number(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("2026-11-24", "ZA", date(2026, 11, 24)),
        ("2026/3/1", "ZA", date(2026, 3, 1)),
        ("2026.03.01", "US", date(2026, 3, 1)),
        ("1/3/2026", "ZA", date(2026, 3, 1)),
        ("1/3/2026", "US", date(2026, 1, 3)),
        ("01-03-26", "MX", date(2026, 3, 1)),
        ("1.3.36", "ZA", date(2036, 3, 1)),
        ("1.3.37", "ZA", date(1937, 3, 1)),
        ("24 November 2026", "ZA", date(2026, 11, 24)),
        ("24th Nov. 2026", "ZA", date(2026, 11, 24)),
        ("24 nov, 2026", "US", date(2026, 11, 24)),
        ("Today", "ZA", date(2026, 11, 24)),
        ("yesterday!", "ZA", date(2026, 11, 23)),
        ("31/2/2026", "ZA", None),
        ("2026-13-01", "ZA", None),
        ("0000-01-01", "ZA", None),
        ("24 nonsense 2026", "ZA", None),
        ("24 ju 2026", "ZA", None),
        ("november 2026", "ZA", None),
        ("2026", "ZA", None),
        ("tomorrow", "ZA", None),
    ],
)
def test_a_date_is_read_in_the_order_of_the_country(
    text: str, country: str, expected: date | None
) -> None:
    assert read_date(fold(text), LOCALES["en"].words, country, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("24 de noviembre de 2026", "es", date(2026, 11, 24)),
        ("1 ago 2026", "es", date(2026, 8, 1)),
        ("hoy", "es", date(2026, 11, 24)),
        ("izolo", "zu", date(2026, 11, 23)),
        ("1 ma 2026", "zu", None),
    ],
)
def test_months_and_days_are_named_in_the_language(
    text: str, code: str, expected: date | None
) -> None:
    assert read_date(fold(text), LOCALES[code].words, "MX", TODAY) == expected
