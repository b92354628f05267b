"""`chat` by pipe: what is typed comes out as a transcript."""

import pytest

from tests.backend.cli.conftest import Desk


def test_a_conversation_comes_out_as_a_transcript(bare: Desk) -> None:
    shown = bare.well("chat", typed="Hi\n1\n34\nSafe\n\nnot read any more\n")
    lines = shown.splitlines()
    assert [line for line in lines if line.startswith("> ")] == ["> Hi", "> 1", "> 34", "> Safe"]
    assert all(line[:2] in ("> ", "< ", "  ") for line in lines)
    assert "How old are you" in shown
    assert "after dark" in shown


def test_time_can_pass(bare: Desk) -> None:
    shown = bare.well("chat", typed="Hi\n1\n34\n@ +25h\nHi\n")
    assert "@ +25h" in shown
    assert "You have not finished" in shown.partition("@ +25h")[2]


@pytest.mark.parametrize(("channel", "button"), [("sms", False), ("whatsapp", True)])
def test_buttons_are_shown_where_the_channel_has_them(
    bare: Desk, channel: str, button: bool
) -> None:
    shown = bare.well("chat", "--channel", channel, typed="Hi\n")
    assert ("[I agree]" in shown) is button


def test_city_and_language_can_be_chosen(bare: Desk) -> None:
    assert "Acepta" in bare.well("chat", "--city", "demo-mx", typed="ok\n")
    english = bare.well("chat", "--city", "demo-mx", "--locale", "en", typed="Hi\n")
    assert "Do you agree" in english


@pytest.mark.parametrize("absolute", [True, False])
def test_a_city_in_a_folder_can_be_tried(bare: Desk, absolute: bool) -> None:
    folder = bare.city()
    name = folder if absolute else "cities/test-za"
    assert "Test Council" in bare.well("chat", "--city", name, typed="Hi\n")


def test_a_city_with_a_survey_that_does_not_ship_can_be_tried(bare: Desk) -> None:
    folder = bare.city()
    bare.change("test-za", '["safety-pulse", "city-safety"]', '["safety-pulse", "ours"]')
    assert "Test Council" in bare.well("chat", "--city", folder, typed="Hi\n")


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        (("--city", "nowhere"), "Hi\n"),
        (("--locale", "tlh"), "Hi\n"),
        (("--channel", "pigeon"), "Hi\n"),
        ((), "@ tomorrow\n"),
    ],
)
def test_what_there_is_not_is_said_in_a_sentence(
    bare: Desk, arguments: tuple[str, ...], typed: str
) -> None:
    said = bare.refused("chat", *arguments, typed=typed)
    assert "went wrong" not in said


def test_nothing_is_said_and_nothing_written_when_nobody_speaks(bare: Desk) -> None:
    assert bare.well("chat", typed="") == ""
    assert list(bare.folder.glob("*.db")) == []
