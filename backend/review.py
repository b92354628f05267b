"""What waits for a native speaker, as one PO file a language that any translator's tool opens.

Phrases, the lists of `locales/<code>/*.toml` and the texts of surveys: English as the source, the
draft beside it and flagged fuzzy, notes on length and placeholders. Lists stand one word a line.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from string import Formatter
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from backend.catalogues import load_wording
from channels.gsm7 import fold
from channels.rendering import CARRIES, render
from dialogue.locale import Locale
from dialogue.messages import Message
from dialogue.phrases import PHRASES
from dialogue.questions import Question
from dialogue.survey import Survey
from dialogue.survey_file import read_survey

NEEDS_REVIEW = "needs-review"
NO_ENGLISH = "(English has no such list)"
ABOUT_THE_FILE = frozenset({"version", "status", "plural"})
"""Keys of a word file that say nothing to residents."""

MEANINGS: Mapping[str, tuple[str, str]] = {
    "responsible": ("who asks, such as a city council", "Demo City Council"),
    "emergency": ("the emergency number", "112"),
    "numbers": ("the helplines", "112, 10111, 0800 428 428, 116"),
    "regulator": ("where to complain about privacy", "Information Regulator"),
    "languages": ("names of languages", "English, isiZulu, isiXhosa"),
    "language": ("name of a language", "English"),
    "age": ("an age in years", "16"),
    "days": ("how many days", "30"),
    "picture_days": ("how many days", "90"),
    "minutes": ("how many minutes", "15"),
    "answers": ("how many answers", "12"),
    "taken": ("answers as they were read", "34, Old Harbour"),
    "agreed": ("a date", "2026-11-24"),
    "example": ("a date", "2026-11-24"),
    "code": ("a code of eight digits", "1234 5678"),
    "low": ("the least number", "1"),
    "high": ("the greatest number", "120"),
    "most": ("how many at most", "3"),
    "least": ("how many at least", "2"),
    "option": ("the words of a choice", "None of these"),
    "title": ("the title of a survey", "About safety"),
    "keyword": ("the word that starts a survey", "PULSE"),
    "keywords": ("the words that start surveys", "PULSE, CITY"),
}
"""What a placeholder of a phrase stands for, with a value of usual length."""


HEADER = """\
# Imbizo in {language}: drafts that wait for a native speaker.
# An entry is reviewed once it is not fuzzy any more ("needs work" in some tools)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One entry to review. `kind` is one of KINDS; `context` is unlike any other entry's."""

    kind: str
    context: str
    source: str
    text: str
    notes: tuple[str, ...] = ()


KINDS = ("phrases", "word lists", "survey texts")


def drafts(code: str, locales: Path, surveys: Iterable[Path]) -> tuple[Draft, ...]:
    """Everything of a language that waits for review. `locales` is the folder of all languages,
    with English; `surveys` are survey files. Raises ValueError for a file that cannot be read."""
    english, own = load_wording(locales / "en"), load_wording(locales / code)
    found = [*_phrases(own), *_word_lists(locales, code)]
    for path in surveys:
        found += _survey(path, english, own)
    return tuple(found)


def write(code: str, found: Iterable[Draft], locales: Path, at: datetime, file: IO[bytes]) -> None:
    """The PO file of a language, with the plural forms of its word file: Babel knows not all."""
    words = _toml(locales / code / "words.toml")
    catalogue = Catalog(
        code,
        header_comment=HEADER.format(language=words["name"]),
        project="imbizo",
        version=str(words["version"]),
        msgid_bugs_address="",
        last_translator="",
        language_team=str(words["name"]),
        creation_date=at,
        revision_date=at,
        fuzzy=False,
    )
    plural = str(words["plural"]).rstrip(";")
    catalogue.mime_headers = [*catalogue.mime_headers, ("Plural-Forms", plural)]
    for one in found:
        catalogue.add(
            one.source,
            one.text,
            context=one.context,
            flags=["fuzzy"],
            auto_comments=list(one.notes),
        )
    write_po(file, catalogue, width=0)


def placeholders(text: str) -> frozenset[str]:
    """The names in braces. Raises ValueError for braces that do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


# --- phrases -------------------------------------------------------------------------------------
def _phrases(own: Locale) -> Iterator[Draft]:
    commands = {key.upper(): words[0] for key, words in own.words.commands.items()}
    for name, english in PHRASES.items():
        if name in own.drafts:
            text = own.phrases[name]
            notes = [_length(_filled(english, {}), _filled(text, commands)), *_as_sms(text)]
            for place in sorted(placeholders(english)):
                meaning, _ = MEANINGS.get(place, ("a value", place))
                if place in commands:
                    meaning = f"the command word, now {commands[place]}"
                notes.append(f"{{{place}}} stays as it is: {meaning}")
            yield Draft("phrases", f"phrase {name}", english, text, tuple(notes))


def _filled(text: str, commands: Mapping[str, str]) -> str:
    """A phrase with values of usual length."""
    values = {name: MEANINGS.get(name, ("", name))[1] for name in placeholders(text)}
    return text.format_map({**values, **commands})


def _as_sms(text: str) -> tuple[str, ...]:
    """What SMS makes of a text, where that is not the same."""
    (folded,) = fold([text], CARRIES["sms"].fold)
    return (f"by SMS: {folded}",) if folded != text else ()


def _length(english: str, text: str) -> str:
    costs = f"English {_cost(Message(english))}, this {_cost(Message(text))}"
    return f"SMS segments: {costs}; no more than English, if it can be"


# --- word lists ----------------------------------------------------------------------------------
def _word_lists(locales: Path, code: str) -> Iterator[Draft]:
    for path in sorted((locales / code).glob("*.toml")):
        own = _toml(path)
        if own.get("status") != NEEDS_REVIEW:
            continue
        source = locales / "en" / path.name
        english = dict(_lists(_toml(source))) if source.exists() else {}
        for place, words in _lists(own):
            notes = ("one word or phrase a line; the first is the one we print, if we print any",)
            said = "\n".join(english.get(place, ())) or NO_ENGLISH
            context = f"{path.name} {place}"
            yield Draft("word lists", context, said, "\n".join(words), notes)


def _lists(data: object, place: str = "") -> Iterator[tuple[str, Sequence[str]]]:
    """Every text and list of texts at any depth of a TOML file, with its place."""
    match data:
        case str() if place not in ABOUT_THE_FILE:
            yield place, (data,)
        case list() if data and all(isinstance(item, str) for item in data):
            yield place, data
        case list():
            for n, item in enumerate(data):
                yield from _lists(item, f"{place}[{n}]")
        case dict():
            for key, value in data.items():
                yield from _lists(value, f"{place}.{key}" if place else str(key))
        case _:  # a number, a date
            pass


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name}: {error}") from error


# --- surveys -------------------------------------------------------------------------------------
def _survey(path: Path, english: Locale, own: Locale) -> Iterator[Draft]:
    data = _toml(path)
    if own.code not in data.get("needs_review", ()):
        return
    survey, faults = read_survey(data)
    if survey is None:
        raise ValueError(f"{path.name}: {faults[0]}")
    same: dict[tuple[str, str], list[Draft]] = {}
    for one in _survey_texts(survey, data, english, own):
        same.setdefault((one.source, one.text), []).append(one)
    for first, *others in same.values():
        also = ", ".join(one.context.removeprefix(f"{survey.slug} ") for one in others)
        yield replace(first, notes=(*first.notes, f"also {also}")) if also else first


def _survey_texts(
    survey: Survey, data: Mapping[str, Any], english: Locale, own: Locale
) -> Iterator[Draft]:
    def draft(place: str, source: str, text: str, *notes: str) -> Draft:
        return Draft("survey texts", f"{survey.slug} {place}", source, text, notes)

    def said(texts: Mapping[str, str]) -> tuple[str, str]:
        return texts.get(english.code, NO_ENGLISH), texts.get(own.code, "")

    yield draft("title", *said(survey.title))
    for question, table in zip(survey.questions, data["questions"], strict=True):
        cost = (
            f"SMS segments with its choices: English {_cost(_asked(question, english))},"
            f" this {_cost(_asked(question, own))}"
        )
        origin = f"{table.get('wording', 'draft')}: {table.get('source', '')}".rstrip(": ")
        source, text = said(question.text)
        yield draft(f"{question.name} text", source, text, cost, *_as_sms(text), origin)
        for option in question.options:
            place = f"{question.name} {option.name}"
            if option.label.get(own.code):
                yield draft(f"{place} label", *said(option.label), "a choice; on a button 20 fit")
            spoken = option.synonyms.get(own.code, ())
            if spoken:
                words = "\n".join(option.synonyms.get(english.code, ())) or NO_ENGLISH
                yield draft(
                    f"{place} synonyms", words, "\n".join(spoken), "also read as it; one a line"
                )


def _asked(question: Question, locale: Locale) -> Message:
    return Message(question.text.get(locale.code, ""), question.choices(locale))


def _cost(message: Message) -> int:
    return sum(part.segments for part in render(message, CARRIES["sms"]))
