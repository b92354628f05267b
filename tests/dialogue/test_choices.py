"""Replies to options: code, label and synonym as the whole reply, and never a guess."""

import pytest

from dialogue.answers.choices import match, strip_padding
from dialogue.questions import Option

OPTIONS = (
    Option("1", "always", {"en": "Always", "es": "Siempre"}, {"en": ("all the time",)}),
    Option("02", "often", {"en": "Often", "es": "A menudo"}),
    Option("3", "sometimes", {"en": "Sometimes"}, {"es": ("a veces", "siempre")}),
    Option("10", "never", {"en": "Never", "es": "Nunca"}),
)
PADDING = ("please", "i think", "it's", "option", "thank you")


def find(text: str, *locales: str) -> tuple[tuple[str, ...], str]:
    return match(text, OPTIONS, locales or ("en", "es"), PADDING)


@pytest.mark.parametrize(
    ("text", "name", "rule"),
    [
        ("1", "always", "code"),
        ("1.", "always", "code"),
        ("(3)", "sometimes", "code"),
        ("#3", "sometimes", "code"),
        ("2", "often", "code"),
        ("0002", "often", "code"),
        ("10", "never", "code"),
        ("option 3", "sometimes", "code"),
        ("OFTEN!", "often", "label"),
        ("I think it's often, please", "often", "label"),
        ("all the time", "always", "synonym"),
        ("a menudo", "often", "label"),
        ("A veces", "sometimes", "synonym"),
        ("3 sometimes", "sometimes", "code and label"),
        ("3) sometimes", "sometimes", "code and label"),
        ("2 - a menudo", "often", "code and label"),
    ],
)
def test_a_plain_reply_is_one_option(text: str, name: str, rule: str) -> None:
    assert find(text) == ((name,), rule)


@pytest.mark.parametrize(
    "text",
    [
        *["", "...", "0", "4", "1 or 2", "12", "a", "o", "please", "9" * 4000],
        *["not often", "oftentimes", "often always", "99 often", "1 cheese"],
    ],
)
def test_anything_else_is_no_option(text: str) -> None:
    assert find(text) == ((), "")


def test_a_code_against_a_label_leaves_both() -> None:
    assert find("1 often") == (("always", "often"), "code against label")


def test_the_language_of_the_session_goes_first() -> None:
    assert find("siempre", "es", "en") == (("always",), "label")
    twice = (Option("1", "a", {"en": "So"}), Option("2", "b", {"en": "No", "es": "So"}))
    assert match("so", twice, ("en", "es"), ()) == (("a",), "label")
    assert match("so", twice, ("es", "en"), ()) == (("b",), "label")


def test_an_option_without_a_label_in_a_language_is_not_meant_by_silence() -> None:
    assert match("-", OPTIONS, ("zu",), ()) == ((), "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("please often, thank you", "often"),
        ("please", "please"),
        ("i think it's", "it's"),
        ("please please 2 please", "2"),
        ("pleased", "pleased"),
    ],
)
def test_polite_words_around_an_answer_fall_away_but_never_all(text: str, expected: str) -> None:
    assert strip_padding(text, PADDING) == expected


def test_padding_without_words_is_no_padding() -> None:
    assert strip_padding("often", ("", "!")) == "often"
