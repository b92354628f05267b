"""Messages become parts; parts cost segments."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Carries, Part
from channels.gsm7 import encoding, segments
from channels.rendering import CARRIES, WHATSAPP_PLAIN, render
from dialogue.messages import Choice, Message

SMS, WHATSAPP, TELEGRAM = CARRIES["sms"], CARRIES["whatsapp"], CARRIES["telegram"]
SAFETY = (
    "How safe do you feel walking alone in your area/neighbourhood after dark?",
    ("Very safe", "Safe", "Unsafe", "Very unsafe", "I never go out alone at night"),
    "Don't know",
)
SEGURIDAD = (
    "¿Qué tan seguro/a se siente al caminar solo/a en su zona/barrio cuando ya es de noche?",
    ("Muy seguro", "Seguro", "Inseguro", "Muy inseguro", "Nunca salgo solo/a"),
    "No sé",
)


def asked(text: str, labels: tuple[str, ...], dont_know: str) -> Message:
    choices = [Choice(str(n), label) for n, label in enumerate(labels, start=1)]
    return Message(text, (*choices, Choice("9", dont_know)), "safe_dark")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- segments: a table ---------------------------------------------------------------------------
VECTORS = [
    ("", "GSM-7", 1),
    ("a" * 160, "GSM-7", 1),
    ("a" * 161, "GSM-7", 2),
    ("a" * 306, "GSM-7", 2),
    ("a" * 307, "GSM-7", 3),
    ("€" * 80, "GSM-7", 1),
    ("€" * 81, "GSM-7", 2),
    ("€" * 152, "GSM-7", 2),  # 76 to a part: the 77th is not split over the border of 153
    ("€" * 153, "GSM-7", 3),
    ("a" + "€" * 152, "GSM-7", 2),  # 1 + 2 · 76 = 153
    ("^{}\\[~]|€", "GSM-7", 1),
    ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", "GSM-7", 1),
    ("á" * 70, "UCS-2", 1),
    ("á" * 71, "UCS-2", 2),
    ("á" * 134, "UCS-2", 2),
    ("á" * 135, "UCS-2", 3),
    ("😀" * 35, "UCS-2", 1),
    ("😀" * 36, "UCS-2", 2),
    ("😀" * 66, "UCS-2", 2),  # 33 to a part: a pair is not split over the border of 67
    ("😀" * 67, "UCS-2", 3),
    *((letter, "UCS-2", 1) for letter in "áíóúêôçšïëâãõ`\t\u00a0“”‘’–—…•"),
]


@pytest.mark.parametrize(("text", "written", "count"), VECTORS)
def test_segments(text: str, written: str, count: int) -> None:
    assert (encoding(text), segments(text)) == (written, count)


@pytest.mark.parametrize(("message", "length", "count"), [(SAFETY, 160, 1), (SEGURIDAD, 163, 2)])
def test_a_survey_question_costs_what_its_author_was_told(
    message: tuple[str, tuple[str, ...], str], length: int, count: int
) -> None:
    (part,) = render(asked(*message), SMS)
    assert (encoding(part.text), len(part.text), part.segments) == ("GSM-7", length, count)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_segments_are_sane(text: str) -> None:
    each = 153 if encoding(text) == "GSM-7" else 67
    cost = units(text) + sum(text.count(c) for c in "\f^{}\\[~]|€") * (each == 153)
    assert max(1, cost / (each + 7)) <= segments(text) <= 1 + cost / (each - 1)
    assert segments(text) <= segments(text + "a")


# --- choices -------------------------------------------------------------------------------------
def test_choices_are_numbered_lines_where_there_are_no_buttons() -> None:
    (part,) = render(asked("Safe?", ("Yes", "No"), "Don't know"), SMS)
    assert part == Part("Safe?\n1 Yes\n2 No\n9 Don't know", (), "safe_dark", 1)


def test_choices_are_buttons_where_there_are_enough() -> None:
    message = asked("Safe?", ("Yes", "No"), "Don't know")
    for carries in (WHATSAPP, TELEGRAM):
        assert render(message, carries) == (Part("Safe?", message.choices, "safe_dark", 1),)


def test_too_many_choices_are_numbered_lines() -> None:
    message = asked("Safe?", tuple(map(str, range(10))), "Don't know")
    (part,) = render(message, WHATSAPP)
    assert part.choices == ()
    assert part.text.endswith("\n10 9\n9 Don't know")
    assert render(replace(message, choices=message.choices[1:]), WHATSAPP)[0].text == "Safe?"


def test_without_templates_whatsapp_has_numbered_lines_only() -> None:
    message = asked("Safe?", ("Yes",), "Don't know")
    (part,) = render(message, WHATSAPP_PLAIN)
    assert (part.text, part.choices) == ("Safe?\n1 Yes\n9 Don't know", ())


def test_a_long_label_is_clipped_on_its_button_and_whole_in_the_text() -> None:
    choices = (Choice("1", "In the last twelve  months"), Choice("2", "Before"))
    (part,) = render(Message("When?", choices), WHATSAPP)
    assert part.choices == (Choice("1", "In the last twelve…"), Choice("2", "Before"))
    assert part.text == "When?\n1 In the last twelve months"


def test_a_label_is_not_clipped_inside_a_flag() -> None:
    (part,) = render(Message("Where?", (Choice("1", "x" * 16 + "🇿🇦🇲🇽"),)), WHATSAPP)
    assert part.choices == (Choice("1", "x" * 16 + "…"),)


def test_labels_that_clip_alike_are_numbered_lines() -> None:
    labels = ("I was never asked by anyone", "I was never asked by them")
    (part,) = render(Message("Why?", tuple(map(Choice, "12", labels))), WHATSAPP)
    assert part == Part(f"Why?\n1 {labels[0]}\n2 {labels[1]}", (), None, 1)


def test_a_label_and_one_that_goes_on_behind_it_are_numbered_lines() -> None:
    choices = (Choice("3", "Ga ke a sireletsega"), Choice("4", "Ga ke a sireletsega gotlhelele"))
    [part] = render(Message("O ikutlwa jang?", choices), CARRIES["whatsapp"])
    assert part.choices == ()
    assert part.text.splitlines()[1:] == [f"{one.number} {one.label}" for one in choices]


@pytest.mark.parametrize("text", ["", " \n"])
def test_choices_without_a_text_or_a_label_are_numbered_lines(text: str) -> None:
    assert [p.text for p in render(Message(text, (Choice("1", "Yes"),)), WHATSAPP)] == ["1 Yes"]
    assert [p.text for p in render(Message("Q", (Choice("1", ""),)), WHATSAPP)] == ["Q\n1"]


def test_nothing_to_say_is_no_part() -> None:
    assert render(Message(" \n "), SMS) == ()


# --- splitting -----------------------------------------------------------------------------------
SHORT = Carries(buttons=2, button_label=6, longest=20, segments=True)
SPLITS = [
    ("one\ntwo", ["one\ntwo"]),
    ("first line of it\nsecond line of it", ["first line of it", "second line of it"]),
    ("a line that is much longer than a part", ["a line that is much", "longer than a part"]),
    ("x" * 45, ["x" * 20, "x" * 20, "x" * 5]),
    ("exactly twenty chars and more", ["exactly twenty chars", "and more"]),
    ("\n\nblank\n\n\nlines\n\n", ["blank\n\n\nlines"]),
    ("👨‍👩‍👧" * 4, ["👨‍👩‍👧👨‍👩‍👧", "👨‍👩‍👧👨‍👩‍👧"]),
    ("🇿🇦" * 6, ["🇿🇦" * 5, "🇿🇦"]),
    ("e\u0301" * 11, ["e\u0301" * 10, "e\u0301"]),
    ("x" + "\u0301" * 25, ["x" + "\u0301" * 19, "\u0301" * 6]),
]


@pytest.mark.parametrize(("text", "parts"), SPLITS)
def test_split(text: str, parts: list[str]) -> None:
    assert [part.text for part in render(Message(text), SHORT)] == parts


def test_buttons_are_on_the_last_part() -> None:
    choices = (Choice("1", "Yes"), Choice("2", "No"))
    first, last = render(Message("first line of it\nsecond line of it", choices, "q"), SHORT)
    assert (first.choices, last.choices) == ((), choices)
    assert first.question == last.question == "q"


def test_a_choice_is_never_cut_in_half() -> None:
    choices = (
        Choice("1", "Yes I do"),
        Choice("2", "No I do not"),
        Choice("3", "It is far too long for this"),
    )
    texts = [part.text for part in render(Message("Do you?", choices), SHORT)]
    assert texts == ["Do you?\n1 Yes I do", "2 No I do not", "3 It is far too lon…"]


WORDS = st.text(
    st.one_of(
        st.sampled_from("ab 1\n €á😀👍🏽\u0301\u200d🇿🇦"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    )
)
LABELS = st.text(st.sampled_from("ab cá😀🏽🇿🇦"), max_size=12)
CHOICES = st.lists(LABELS, max_size=5).map(
    lambda labels: tuple(Choice(str(n), label) for n, label in enumerate(labels, start=1))
)
CARRY = st.builds(
    Carries,
    buttons=st.integers(0, 5),
    button_label=st.integers(2, 20),
    longest=st.integers(30, 80),
    segments=st.booleans(),
)


def packed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(WORDS, CHOICES, CARRY)
def test_no_text_is_lost_and_no_part_is_too_long(
    text: str, choices: tuple[Choice, ...], carries: Carries
) -> None:
    parts = render(Message(text, choices, "q"), carries)
    buttons = [choice for part in parts for choice in part.choices]
    shown = {choice.label for choice in buttons}
    numbered = (c for c in choices if " ".join(c.label.split()) not in shown)
    lines = "".join(f"{c.number}{c.label}" for c in numbered)
    assert packed("".join(part.text for part in parts)) == packed(text + lines)
    assert all(part.text.strip() and units(part.text) <= carries.longest for part in parts)
    assert all(part.segments == (segments(part.text) if carries.segments else 1) for part in parts)


@given(WORDS, CHOICES, CARRY)
def test_buttons_are_few_short_and_different(
    text: str, choices: tuple[Choice, ...], carries: Carries
) -> None:
    buttons = [
        choice for part in render(Message(text, choices), carries) for choice in part.choices
    ]
    assert buttons == [] or [b.number for b in buttons] == [c.number for c in choices]
    assert len({b.label for b in buttons}) == len(buttons) <= carries.buttons
    assert all(0 < units(b.label) <= carries.button_label for b in buttons)


WHOLE = ("a", "b", " ", "\n", "é", "e\u0301", "😀", "👍🏽", "🇿🇦", "👨‍👩‍👧", "✊🏿", "☀️")


@given(st.lists(st.sampled_from(WHOLE), min_size=20, max_size=200), st.integers(20, 80))
def test_no_character_is_cut(characters: list[str], longest: int) -> None:
    for part in render(Message("".join(characters)), Carries(0, 0, longest, segments=True)):
        assert re.fullmatch(f"(?:{'|'.join(WHOLE)})*", part.text)


@given(CHOICES, CARRY)
def test_every_choice_has_a_line_of_its_own(choices: tuple[Choice, ...], carries: Carries) -> None:
    parts = render(Message("Where do you live in town?", choices), carries)
    if not any(part.choices for part in parts):
        lines = [line for part in parts for line in part.text.split("\n")][1:]
        assert lines == [f"{c.number} {' '.join(c.label.split())}".rstrip() for c in choices]
