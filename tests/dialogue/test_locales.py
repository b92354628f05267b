"""Every language says all we say, at a price we know, and lists the words people send."""

import re
import tomllib
from gettext import c2py
from string import Formatter

import pytest
from babel import Locale as Cldr

from channels.rendering import CARRIES, render
from dialogue.answers.normalise import fold
from dialogue.effects import Ask, Offer, Say
from dialogue.gate import CONSENT_CHOICES, CONSENT_TAG
from dialogue.locale import COMMAND_KEYS, MARK_KEYS
from dialogue.messages import Message
from dialogue.phrases import PHRASES
from dialogue.safeguarding import numbers
from dialogue.wording import compose
from tests.conftest import ROOT
from tests.dialogue.samples import LOCALES
from tests.dialogue.shipped import CITIES, shipped_desk

KEYS = ("yes", "no", "dont_know", "refused", "skip")
LANGUAGES = ["en", "af", "es", "st", "tn", "xh", "zu"]
LONG = {"notice", "help", "my_data"}
TABLE = ROOT / "tests" / "dialogue" / "segments.txt"


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_languages_that_ship() -> None:
    assert list(LOCALES) == LANGUAGES


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_says_every_phrase_with_the_same_placeholders(code: str) -> None:
    phrases = LOCALES[code].phrases
    assert set(phrases) == set(PHRASES)
    for name, english in PHRASES.items():
        assert phrases[name].strip()
        assert placeholders(phrases[name]) == placeholders(english), name
        if code != "en" and len(english) > 20:
            assert phrases[name] != english, f"{name} is not translated"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_has_a_word_for_every_command_and_for_yes_and_no(code: str) -> None:
    words = LOCALES[code].words
    assert set(words.commands) == set(COMMAND_KEYS)
    for key, spoken in {**words.commands, "names": words.names}.items():
        assert spoken, key
        assert all(map(fold, spoken)), key
    for key in (*MARK_KEYS, "skip", "today", "yesterday"):
        assert words.replies[key], key
        assert all(map(fold, words.replies[key])), key
    assert len(words.replies["months"]) == 12
    assert len({fold(month) for month in words.replies["months"]}) == 12


@pytest.mark.parametrize("code", LANGUAGES)
def test_yes_no_skip_dont_know_and_refused_share_no_word_within_a_language(code: str) -> None:
    folded = LOCALES[code].words.folded
    special = [(word, key) for key in KEYS for word in folded[key]]
    assert len({word for word, _ in special}) == len(special)


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_words_for_agreeing_and_declining_are_read_as_such(code: str) -> None:
    locale = LOCALES[code]
    assert not locale.words.says("no", fold(locale.say("agree")))
    assert not locale.words.says("yes", fold(locale.say("decline")))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_plural_forms_are_those_of_cldr_in_both_files(code: str) -> None:
    folder = ROOT / "locales" / code
    plural = tomllib.loads((folder / "words.toml").read_text(encoding="utf-8"))["plural"]
    assert f'"Plural-Forms: {plural}\\n"' in (folder / "phrases.po").read_text(encoding="utf-8")
    forms = re.fullmatch(r"nplurals=2; plural=(\(.+\));", plural)
    assert forms is not None
    form = c2py(forms[1])
    # Spanish has a third one in CLDR, for whole millions, which gettext does not.
    categories = [Cldr.parse(code).plural_form(count) for count in range(1000)]
    assert [form(count) for count in range(1000)] == [int(c != "one") for c in categories]


# --- what every sentence costs by SMS ------------------------------------------------------------
VALUES: dict[str, object] = {
    "low": 1, "high": 120, "most": 3, "least": 2, "option": "None of these", "days": 30,
    "picture_days": 90,
    "example": "2026-11-24", "agreed": "2026-11-24", "answers": 12, "title": "About safety",
    "keyword": "PULSE", "keywords": "PULSE, CITY", "taken": "34, Old Harbour",
    "number": 12, "options": "1, 2, 3", "code": "1234 5678", "minutes": 15,
}  # fmt: skip


def rows() -> list[str]:
    """A line for each sentence and question of each city, with its segments by language."""
    made = []
    for folder in CITIES:
        desk = shipped_desk(folder.name)
        codes = desk.city.languages
        made.append(f"{folder.name:32}{' '.join(f'{code:>3}' for code in codes)}")
        for name in PHRASES:
            costs = [_cost(Message(_phrase(folder.name, name, code))) for code in codes]
            made.append(f"{name:32}{' '.join(f'{cost:3}' for cost in costs)}")
        consent = Offer(CONSENT_TAG, "agree_question", CONSENT_CHOICES)
        whole: dict[str, list[Say | Offer | Ask]] = {
            "the first message": [Say("notice"), Say("notice_languages"), consent],
            "the whole help": [Say("help"), Say("help_complaint", _values(folder.name, "en"))],
        }
        for survey in desk.surveys:
            for question in survey.questions:
                whole[f"{survey.slug}.{question.name}"] = [Ask(survey, question.name, "tag")]
        for name, effects in whole.items():
            costs = []
            for code in codes:
                message = compose(desk, effects, code)
                assert message is not None
                costs.append(_cost(message))
            made.append(f"{name:32}{' '.join(f'{cost:3}' for cost in costs)}")
    return made


def _cost(message: Message) -> int:
    return sum(part.segments for part in render(message, CARRIES["sms"]))


def _values(city: str, code: str) -> tuple[tuple[str, object], ...]:
    desk = shipped_desk(city)
    own = {
        "numbers": numbers(desk.city),
        "regulator": desk.city.regulator,
        "language": desk.locales[code].words.name,
    }
    return tuple({**VALUES, **own}.items())


def _phrase(city: str, name: str, code: str) -> str:
    message = compose(shipped_desk(city), [Say(name, _values(city, code))], code)
    assert message is not None
    return message.text


def test_the_price_of_every_sentence_is_listed(request: pytest.FixtureRequest) -> None:
    table = "\n".join(["# Segments of what we say by SMS: pytest --update", *rows()]) + "\n"
    if request.config.getoption("--update"):
        TABLE.write_text(table, encoding="utf-8")
    else:
        assert table == TABLE.read_text(encoding="utf-8")


def test_no_sentence_but_the_notice_help_and_my_data_costs_more_than_two_segments() -> None:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        name = line[:32].strip()
        if name in PHRASES and name not in LONG:
            assert max(map(int, re.findall(r"\d+", line[32:]))) <= 2, line
