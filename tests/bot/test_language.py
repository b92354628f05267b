"""The language of a text: how often the guess is right, and that it costs and changes nothing where
it could not matter."""

import threading
import unicodedata
from pathlib import Path

import pytest

from backend.catalogues import load_locales
from backend.desks import build_desk
from backend.privacy import KeyRing
from backend.store import SqlStore
from backend.wiring import guesser
from bot.language import LONGEST, LanguageGuesser, guess_of, words_of
from bot.names import without_names
from dialogue.events import Guess
from dialogue.memory import Conversation, Gate
from tests.backend.conftest import KEYS
from tests.bot.conftest import ANNA, BEN, Bot
from tests.bot.sentences import LENGTHS, of_length, others, ours
from tests.dialogue.samples import LOCALES
from tests.dialogue.shipped import shipped_desk

GUESSER = guesser()
OURS = tuple(ours())
ALL = [(code, text) for code, texts in ours().items() for text in texts]
ZA = ("en", "zu", "xh", "af", "st", "tn")


def guess(text: str, *languages: str, **more: str) -> Guess | None:
    return GUESSER.guess(text, languages or OURS, **more)


def language(text: str, *languages: str, **more: str) -> str | None:
    found = guess(text, *languages, **more)
    return found.language if found else None


# --- how well ------------------------------------------------------------------------------------
def test_there_are_forty_texts_of_each_language_that_ships_and_of_every_length() -> None:
    assert set(ours()) == set(LOCALES)
    for code, texts in ours().items():
        assert len(texts) >= 40, code
        assert sum(len(of_length(texts, *length)) for length in LENGTHS) == len(texts), code


@pytest.mark.parametrize("code", OURS)
@pytest.mark.parametrize(("length", "least"), [*zip(LENGTHS, (0.85, 0.97, 1.0), strict=True)])
def test_most_texts_are_taken_for_what_they_are(
    code: str, length: tuple[int, int], least: float
) -> None:
    texts = of_length(ours()[code], *length)
    right = sum(language(text) == code for text in texts)
    assert right >= least * len(texts)


def test_a_guess_that_would_be_acted_upon_is_right_in_97_of_100() -> None:
    sure = [
        (code, found) for code, text in ALL if (found := guess(text)) and found.probability > 0.8
    ]
    assert len(sure) > 0.85 * len(ALL)
    assert sum(found.language != code for code, found in sure) <= 0.03 * len(sure)


def test_with_the_language_of_the_conversation_known_nearly_all_are_right() -> None:
    right = sum(language(text, spoken=code) == code for code, text in ALL)
    assert right >= 0.99 * len(ALL)


@pytest.mark.parametrize("code", OURS)
def test_capitals_change_nothing_and_missing_accents_little(code: str) -> None:
    for text in ours()[code]:
        assert language(text.upper()) == language(text)
    plain = [
        unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        for text in ours()[code]
    ]
    assert sum(language(text) == code for text in plain) >= 0.9 * len(plain)


@pytest.mark.parametrize("code", sorted(set(others()) - {"de", "nl"}))
def test_a_text_in_no_language_of_the_city_is_not_taken_for_one(code: str) -> None:
    for text in others()[code]:
        found = guess(text, *ZA)
        assert found is None or found.language not in ZA or found.probability < 0.8


@pytest.mark.parametrize(
    ("code", "cousin"), [("de", "af"), ("nl", "af"), ("it", "es"), ("pt", "es")]
)
def test_a_text_in_a_language_of_the_same_family_passes_for_that_at_worst(
    code: str, cousin: str
) -> None:
    guessed = {language(text, cousin, "zu") for text in others()[code]}
    assert guessed & {*OURS} <= {cousin}


@pytest.mark.parametrize(
    "text", ["", " ", "34", "2 !", "👍🏽", "١٢", "https://example.org/abc", "#tag @me"]
)
def test_without_a_word_there_is_no_guess(text: str) -> None:
    assert guess(text) is None


@pytest.mark.parametrize("text", ["مرحبا بكم جميعا", "Здравствуйте", "नमस्ते", "안녕하세요", "שלום"])
def test_other_alphabets_are_none_of_ours(text: str) -> None:
    assert guess(text) is None


# --- what else tells -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "code"),
    [("Sawubona", "zu"), ("Molo", "xh"), ("Hallo", "af"), ("tjhe", "st"), ("nnyaa", "tn")],
)
def test_one_word_is_enough_if_one_language_alone_lists_it(text: str, code: str) -> None:
    found = guess(text, *ZA)
    assert found is not None
    assert found.language == code
    assert found.probability > 0.95


@pytest.mark.parametrize("text", ["Hi", "ok", "yes", "no", "Hola", "dumela", "THUSO", "hayi"])
def test_one_word_that_several_languages_know_is_not(text: str) -> None:
    found = guess(text, *ZA)
    assert found is None or found.probability < 0.95


def test_the_citys_languages_the_hint_and_the_conversation_count() -> None:
    assert language("me llamo Ana", "es", "en") == "es"
    first = guess("water is off", *ZA)
    assert first is not None
    assert (ZA[0], first.language) == ("en", "en")
    zulu_first = ("zu", *(code for code in ZA if code != "zu"))
    doubtful = guess("water is off", *zulu_first)
    hinted = guess("water is off", *zulu_first, hint="en")
    spoken = guess("water is off", *zulu_first, spoken="en")
    assert doubtful is not None
    assert (doubtful.language, hinted and hinted.language) == ("af", "en")
    assert spoken is not None
    assert spoken.language == "en"
    assert spoken.probability > 0.9
    assert guess("water is off", *zulu_first, spoken="xx", hint="xx") is not None


def test_a_plain_text_outweighs_the_conversations_language() -> None:
    text = "Azikho izibani emgwaqweni wethu"
    for code in ZA:
        found = guess(text, *ZA, spoken=code)
        assert found is not None
        assert found.language == "zu"
        assert found.probability > 0.95 or code == "xh"  # the two are close


# --- names ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        *("Sipho", "Sipho Dlamini", "sipho dlamini", "SIPHO DLAMINI", "Thandiwe Nkosi", "Lerato"),
        *("Johan van der Merwe", "johan van der merwe", "Juan Pérez", "María López", "Peter Smith"),
    ],
)
@pytest.mark.parametrize("languages", [ZA, ("es", "en")])
def test_a_name_alone_is_in_no_language(text: str, languages: tuple[str, ...]) -> None:
    assert guess(text, *languages) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sipho Dlamini sells drugs", "en"),
        ("Johan van der Merwe sells drugs", "en"),
        ("Sipho uthengisa izidakamizwa", "zu"),
        ("Ek is Johan van der Merwe", "af"),
        ("Sawubona Sipho", "zu"),
    ],
)
def test_what_is_said_beside_a_name_tells_the_language(text: str, code: str) -> None:
    assert language(text, *ZA) == code


def test_a_word_that_people_send_is_no_name() -> None:
    names = frozenset({"sipho", "siyabonga", "perez"})
    assert without_names("Siyabonga, Sipho Zungu!", names, {"siyabonga"}) == "Siyabonga,"
    assert without_names("Siyabonga Sipho", names, set()) == ""
    assert without_names("mi vecino Pérez de Anda y yo", names, set()) == "mi vecino yo"
    assert without_names("van der", names, set()) == "van der"


# --- how -----------------------------------------------------------------------------------------
def test_words_are_cleaned() -> None:
    said = "HEEEELP!! don’t write to me@example.org, see www.example.org or https://x.org #now 24h"
    assert words_of(said) == ["heelp", "don't", "write", "to", "see", "or", "h"]


def test_of_a_long_text_the_beginning_is_enough() -> None:
    text = " ".join(ours()["xh"])
    assert len(text) > LONGEST
    assert guess(text[:LONGEST]) == guess(text)
    assert sum(map(len, words_of("xy" * 100_000))) == LONGEST


def test_any_number_of_threads_may_ask_first_and_all_hear_the_same() -> None:
    fresh, heard = guesser(), []
    begin = threading.Barrier(8)

    def ask() -> None:
        begin.wait()
        heard.append([fresh.guess(text, ZA) for _, text in ALL[::9]])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == 8 * [[guess(text, *ZA) for _, text in ALL[::9]]]


def test_nothing_is_read_before_the_first_text(tmp_path: Path) -> None:
    lazy = LanguageGuesser({}, tmp_path)
    with pytest.raises(Exception, match="profiles"):
        lazy.guess("Molo", ZA)


def test_every_language_that_ships_has_its_profile_and_its_greetings() -> None:
    for code, locale in load_locales().items():
        assert locale.words.replies["greetings"], code
        assert language(" ".join(ours()[code][-3:]), code, "xx") == code


# --- in a turn -----------------------------------------------------------------------------------
SAID = {
    *(text for _, text in ALL),
    *(word for one in LOCALES.values() for key in ("yes", "no") for word in one.words.replies[key]),
}
SHORT = ["1", "34", "2 2 2 2", *sorted(text for text in SAID if len(text.split()) < 3)]


@pytest.mark.parametrize("locale", [None, *ZA])
def test_a_short_reply_is_not_even_looked_at(locale: str | None) -> None:
    desk = shipped_desk("demo-za")
    talking = Conversation(locale, gate=Gate.OPEN)
    assert len(SHORT) > 80
    assert {guess_of(GUESSER, desk, talking, text) for text in SHORT} == {None}


def test_without_a_guesser_there_is_no_guess() -> None:
    assert guess_of(None, shipped_desk("demo-za"), Conversation(), "Molweni nonke") is None


def test_an_unsure_language_does_not_weigh_as_the_conversations() -> None:
    desk, text = shipped_desk("demo-za"), "my house burnt down"
    unsure = Conversation("af", locale_unsure=True, gate=Gate.OPEN)
    sure = Conversation("af", gate=Gate.OPEN)
    weak, strong = guess_of(GUESSER, desk, unsure, text), guess_of(GUESSER, desk, sure, text)
    assert weak is not None
    assert strong is not None
    assert weak.language == "en"
    assert strong.language == "af" or strong.probability < weak.probability


@pytest.fixture
def guessing(bot: Bot) -> Bot:
    """The bot with a guesser."""
    bot.store = SqlStore(bot.store.engine, KeyRing(KEYS), build_desk, bot.limits, GUESSER)
    return bot


def test_a_strangers_first_text_is_answered_in_its_language(guessing: Bot) -> None:
    assert "Uyavuma?" in guessing.say(ANNA, "Azikho izibani emgwaqweni wethu")
    assert guessing.known(ANNA).conversation.locale == "zu"
    assert "Do you agree?" in guessing.say(BEN, "Hi")
    assert guessing.known(BEN).conversation.locale is None


def test_a_tap_is_no_text(guessing: Bot) -> None:
    inbound = guessing.inbound(ANNA, "Ngiyavuma kakhulu bangani", choice="1", question="x")
    guessing.take(inbound)
    assert guessing.known(ANNA).conversation.locale is None


def test_the_switch_is_offered_and_taken(guessing: Bot) -> None:
    guessing.say(ANNA, "Hi", "1", "34", "3", "3")
    offered = guessing.say(ANNA, "Daar is geen ligte in ons straat nie")
    assert offered.startswith("In Afrikaans: stuur Afrikaans.\n")
    assert guessing.known(ANNA).conversation.locale is None
    assert guessing.say(ANNA, "Afrikaans").startswith("Van nou af skryf ons in Afrikaans.")
    assert guessing.known(ANNA).conversation.locale == "af"
