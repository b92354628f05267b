"""The codebook of an export, as CSV: a line an option (or a question without options) of every
version, with the wording in every language, the code, and who is in the denominator."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.exports.neutral import Scalar
from backend.exports.source import Source, load
from backend.exports.tabular import columns, write_table
from backend.results.tables import labels
from backend.store.engine import one_moment
from dialogue.questions import Option, Question

HEADER = (
    "version", "question", "column", "type", "indicator", "only_if", "denominator", "code", "name",
    "role", "dimension",
)  # fmt: skip
DENOMINATOR = (
    "all who were asked (results, each respondent once; a file has every response); don't know,"
    " refused, skipped and not coded are rows of their own"
)


THEMES = "who has a code: coders agree on it, or it was settled; all others are counted apart"


def codebook(engine: Engine, profile: CityProfile, slug: str, out: BinaryIO) -> None:
    """Writes the codebook of a survey to `out`. Raises SurveyUnknownError."""
    with one_moment(engine) as connection:
        source = load(connection, profile, slug)
    write_table(source, codebook_header(source), codebook_lines(source), out)


def codebook_header(source: Source) -> tuple[str, ...]:
    """The codebook's header: a text and a label in every language."""
    locales = languages(source)
    return (*HEADER, *(f"text_{code}" for code in locales), *(f"label_{c}" for c in locales))


def languages(source: Source) -> Sequence[str]:
    """Every language in which any version has a question."""
    worded = (code for s in source.versions.values() for q in s.questions for code in q.text)
    return tuple(dict.fromkeys(worded))


def codebook_lines(source: Source) -> Iterator[list[Scalar]]:
    """The codebook's lines."""
    locales = languages(source)
    for number, survey in source.versions.items():
        for question in survey.questions:
            for option in question.options or (None,):
                about: list[Scalar] = [number, *_about(source, question, option)]
                texts = [question.text.get(code) for code in locales]
                words = labels(question, option) if option else {}
                yield [*about, *texts, *(words.get(code) for code in locales)]


def _about(source: Source, question: Question, option: Option | None) -> list[Scalar]:
    return [
        question.name,
        _column(source, question, option),
        question.kind,
        question.indicator,
        question.only_if.source if question.only_if else None,
        _denominator(source, question),
        source.codes.get((question.name, option.name), option.code) if option else None,
        option.name if option else None,
        option.role if option else None,
        source.dimensions.get((question.name, option.name)) if option else None,
    ]


def _denominator(source: Source, question: Question) -> str | None:
    if question.name in source.themes.values():
        return THEMES
    return DENOMINATOR if question.asks else None


def _column(source: Source, question: Question, option: Option | None) -> str | None:
    """The column of the wide table in which it is found."""
    for column in columns(source.survey):
        if column.question.name == question.name and (
            column.option is None or (option is not None and column.option.name == option.name)
        ):
            return column.header
    return None
