"""What a conversation can turn to: commands, languages, keywords, surveys."""

from dataclasses import replace

from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from tests.dialogue.samples import AREAS, CITY, LOCALES, OTHER, PULSE, desk


def test_commands_of_every_language_count_in_every_city() -> None:
    commands = desk(languages=("en",)).commands
    for locale in LOCALES.values():
        for command, words in locale.words.commands.items():
            for word in words:
                assert commands[fold(word)] == command


def test_where_two_languages_disagree_the_citys_own_wins_and_stop_over_all() -> None:
    spanish = LOCALES["es"].words
    clash = {**spanish.commands, "skip": ("BACK", "STOP", "UNSUBSCRIBE")}
    locales = {**LOCALES, "es": replace(LOCALES["es"], words=replace(spanish, commands=clash))}
    at = Desk(CITY, locales, ())
    assert at.commands["back"] == "back"
    assert at.commands["stop"] == "stop"
    assert Desk(replace(CITY, languages=("es",)), locales, ()).commands["back"] == "skip"


def test_a_language_is_named_in_every_language_of_ours() -> None:
    names = desk().language_names
    assert {names[name] for name in ("zulu", "isizulu", "sezulu", "zoeloe")} == {"zu"}
    assert names["ingles"] == "en"
    assert "espanol" not in names


def test_a_keyword_belongs_to_the_survey_offered_first() -> None:
    twice = replace(OTHER, keywords=("PULSE", "Más"))
    at = desk(PULSE, twice)
    assert at.keywords["pulse"] is PULSE
    assert at.keywords["mas"] is twice


def test_surveys_are_found_by_slug_and_by_version() -> None:
    old = replace(PULSE, version=0)
    at = Desk(CITY, LOCALES, (PULSE, OTHER), AREAS, {("pulse", 0): old})
    assert at.survey("other") is OTHER
    assert at.survey("none") is None
    assert at.version("pulse", 0) is old
    assert at.version("pulse", 1) is PULSE
    assert at.version("pulse", 2) is None
