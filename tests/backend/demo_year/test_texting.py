"""How made-up residents put it, and that the bank of sentences is harmless."""

import pytest

from backend.catalogues import load_locales
from backend.city_file import read_city
from backend.demo import CITIES
from backend.demo_year import texting
from backend.demo_year.dice import Dice
from backend.demo_year.people import LANGUAGES
from channels.base import Part
from dialogue import safeguarding
from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.events import Reply
from dialogue.memory import Conversation, Gate
from dialogue.messages import Choice

CODES = sorted({code for shares in LANGUAGES.values() for code in shares})


def desk(city: str) -> Desk:
    profile = read_city(CITIES / city)
    return Desk(profile.city(), load_locales(), (), profile.places())


@pytest.mark.parametrize("city", ["demo-za", "demo-mx"])
def test_no_sentence_tells_of_danger(city: str) -> None:
    """It would be dropped, and counted as a call for help."""
    at_desk = desk(city)
    for code, themes in texting.sentences().items():
        for words in (word for several in themes.values() for word in several):
            talk = Conversation(locale=code, gate=Gate.OPEN)
            assert safeguarding.signs_in(at_desk, talk, Reply("t", words))[0] is None, words


def test_every_language_has_its_sentences_and_greetings() -> None:
    assert sorted(texting.sentences()) == CODES == sorted(texting.GREETINGS)
    for themes in texting.sentences().values():
        assert set(themes) == set(texting.THEMES)
        assert all(themes.values())


@pytest.mark.parametrize("code", CODES)
def test_a_greeting_is_no_command(code: str) -> None:
    at_desk = desk("demo-mx" if code == "es" else "demo-za")
    for words in texting.GREETINGS[code]:
        assert fold(words) not in at_desk.commands


def test_a_slip_changes_one_long_word_a_little() -> None:
    seen = {texting.slip("Very unsafe", Dice(n)) for n in range(50)}
    assert len(seen) > 5
    assert all(said.startswith("Very ") and abs(len(said) - 11) <= 1 for said in seen)
    assert texting.slip("No 12", Dice(1)) == "No 12"


def test_a_choice_is_found_by_its_label() -> None:
    printed = Part("Which one do you mean?\n1 Centro Viejo\n2 Ampliacion Girasol", (), None, 1)
    assert texting.number_beside(printed, "Ampliación Girasol") == "2"
    assert texting.number_beside(printed, "Nueva Aurora") is None
    buttons = Part("Which?", (Choice("7", "Ampliación Girasol"),), "q", 1)
    assert texting.number_beside(buttons, "ampliación girasol") == "7"
