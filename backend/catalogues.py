"""Reads `locales/<code>/`: phrases as gettext PO, the words and numbers people send as TOML."""

import gc
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from backend.danger_lists import FILE, WEIGHTS, load_danger, load_weights
from dialogue.answers.number_words import Numerals
from dialogue.danger.patterns import Pattern, expand, parse
from dialogue.danger.weights import Weights
from dialogue.locale import COMMAND_KEYS, MARK_KEYS, Locale, Words
from dialogue.phrases import PHRASES

LOCALES = Path(__file__).resolve().parent.parent / "locales"
REPLY_KEYS = (
    *MARK_KEYS,
    *("agree", "skip", "greetings", "endings", "negative_prefixes", "negative_prefixes_of_words"),
    *("laughter", "determiners", "farewells", "address", "oneself", "not_an_age"),
    *("today", "yesterday", "months"),
)
PLACE_KEYS = (
    "live_in", "articles", "kinds", "parts", "numbered", "inside", "doubt", "against", "directions",
    "heads_behind", "heads_before", "short",
)  # fmt: skip
"""See `dialogue.answers.place_names.PlaceWords`."""


@cache
def load_locales(folder: Path = LOCALES) -> Mapping[str, Locale]:
    """Every locale in the folder by code, English first. Files are read once a process.

    Raises ValueError naming the file and what it lacks.
    """
    found = (path.parent.name for path in folder.glob("*/words.toml"))
    codes = sorted(found, key=_english_first)
    with _no_collecting():
        return {code: load_locale(folder / code) for code in codes}


@cache
def danger_weights() -> Weights:
    """What the second look at a text weighs. Raises ValueError naming the line that is wrong."""
    return load_weights(LOCALES / WEIGHTS)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """What is loaded stays. To have the collector go through it again and again, and through all
    else that is there, took half of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def load_locale(folder: Path) -> Locale:
    """One language. Raises ValueError naming the file and what it lacks."""
    listed = folder / FILE
    worded = load_wording(folder)
    return replace(worded, danger=load_danger(listed)) if listed.exists() else worded


def load_wording(folder: Path) -> Locale:
    """One language without its lists of danger, which take longer than all else. A phrase without
    a translation stands in English and counts as a draft. Raises ValueError as `load_locale`."""
    words = _words(folder / "words.toml")
    path = folder / "phrases.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=None)
    phrases: dict[str, str] = {}
    drafts: set[str] = set()
    for name, english in PHRASES.items():
        message = catalogue.get(english, context=name)
        translated = str(message.string) if message and message.string else ""
        if message is None or message.fuzzy or not translated:
            drafts.add(name)
        phrases[name] = translated or english
    return Locale(folder.name, phrases, words, frozenset(drafts))


def _words(path: Path) -> Words:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    commands = {key: tuple(data["commands"].get(key, ())) for key in COMMAND_KEYS}
    lacking = [key for key, words in commands.items() if not words]
    if lacking:
        raise ValueError(f"{path}: no word for {', '.join(lacking)}")
    numbers = tomllib.loads(path.with_name("numbers.toml").read_text(encoding="utf-8"))
    return Words(
        version=max(data["version"], numbers["version"]),
        name=data["name"],
        names=tuple(data["names"]),
        also_called={code: tuple(names) for code, names in data["also_called"].items()},
        commands=commands,
        start_when_out=tuple(data["commands"].get("start_when_out", ())),
        around_commands=tuple(data["commands"].get("around", ())),
        replies={key: tuple(data["replies"].get(key, ())) for key in REPLY_KEYS},
        places={
            **{key: tuple(data["places"].get(key, ())) for key in PLACE_KEYS},
            "padding": tuple(data["replies"].get("padding", ())),
        },
        numerals=_numerals(path.with_name("numbers.toml"), numbers),
        opt_out=_opt_out(path, data.get("opt_out", {}), "patterns"),
        opt_out_idle=_opt_out(path, data.get("opt_out", {}), "idle"),
        around_opt_out=tuple(data.get("opt_out", {}).get("around", ())),
    )


def _opt_out(path: Path, data: Mapping[str, Any], key: str) -> tuple[Pattern, ...]:
    """Sentences of one kind that ask to be left alone, written as the patterns of danger are."""
    try:
        sets = expand(data.get("sets", {}))
        return tuple(parse(line, sets) for line in data.get(key, ()))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _numerals(path: Path, data: Mapping[str, Any]) -> Numerals:
    told = {key: value for key, value in data.items() if key not in ("version", "status")}
    unknown = told.keys() - {one.name for one in fields(Numerals) if one.init}
    if unknown:
        raise ValueError(f"{path}: {', '.join(sorted(unknown))} is not known here")
    return Numerals(**{key: _frozen(value) for key, value in told.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _english_first(code: str) -> tuple[bool, str]:
    return code != "en", code
