"""Text made comparable: what counts as the same."""

import pytest

from dialogue.answers.normalise import LONGEST, clean, fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¡Sí!", "si"),
        ("  NO  SÉ\n", "no se"),
        ("Niño", "nino"),
        ("Straße", "strasse"),
        ("don’t  know…", "don't know"),
        ("*Safe*", "safe"),
        ("_3_", "3"),
        ("(2)", "2"),
        ("#4.", "4"),
        ("1️⃣", "1"),
        ("③", "3"),
        ("３", "3"),
        ("٣", "3"),
        ("۳", "3"),
        ("३", "3"),
        ("২", "2"),
        ("s\u200bafe", "safe"),
        ("\u202e3\u202c", "3"),
        ("a\0b", "ab"),
        ("ﬁne", "fine"),
        ("opt-out", "opt-out"),
        ("🙂", "🙂"),
        ("👍🏾", "👍"),
        ("🅰 🅑", "a b"),
        ("🔟 ⑳ ❿", "10 20 10"),
        ("1️⃣ 3️⃣", "1 3"),
        ("½", "1⁄2"),
        ("very_*safe*", "very safe"),
        ("كتـاب", "كتاب"),
        ("...", ""),
        ("", ""),
    ],
)
def test_case_accents_marks_and_ends_do_not_count(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert fold("a" * 10_000) == "a" * LONGEST


def test_clean_keeps_case_and_accents() -> None:
    assert clean("  Sí,\t“señora”  ") == 'Sí, "señora"'


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Y E S", "yes"), ("s.i.", "s.i"), ("S T O P!", "stop"), ("a b", "a b"), ("1 2 3", "1 2 3")],
)
def test_a_word_whose_letters_are_set_apart_is_the_word(text: str, folded: str) -> None:
    assert fold(text) == folded
