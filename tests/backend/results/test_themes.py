"""Respondents by theme, as published results count them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from backend.labelling import give
from backend.privacy import KeyRing
from backend.results import SurveyUnknownError
from backend.results.tables import Table
from backend.results.themes import theme_tables
from backend.store import library, open_engine
from tests.backend.exports.seed import AT, REFUSED, SKIPPED, SLUG, WORDS, Way, add, city, plant
from tests.backend.words import apply_scheme, write

TOWN = "smalltown"
KEYS = KeyRing(["o" * 40])


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    plant(engine, city(), [Way({"why": SKIPPED}), Way({"why": REFUSED}, contact="ben")])
    yield engine
    engine.dispose()


def label(engine: Engine, answer: int, *codes: str, coder: str = "ann") -> None:
    with library.writing(engine) as connection:
        give(connection, TOWN, answer, coder, codes, AT)


def counted(engine: Engine) -> Table:
    with engine.connect() as connection:
        return theme_tables(connection, TOWN, SLUG)["why"]


def test_respondents_are_counted_by_theme(engine: Engine) -> None:
    apply_scheme(engine, TOWN)
    a, b, special, disputed, _ = write(engine, KEYS, TOWN, ["one", "two", "three", "four", "five"])
    label(engine, a, "lighting", "gangs")
    label(engine, b, "lighting")
    label(engine, special, "no_answer")
    label(engine, disputed, "gangs")
    label(engine, disputed, "lighting", coder="ben")
    found = counted(engine)
    assert (found.question.name, found.question.kind) == ("why_theme", "select_many")
    assert (found.counted, found.apart, found.base) == ("themes", True, 2)
    assert dict(found.counts) == {"lighting": 2, "gangs": 1}
    assert [(line.name, line.code) for line in found.lines] == [("lighting", "L"), ("gangs", "G")]
    assert found.non_response == {"dont_know": 0, "refused": 1, "skipped": 1, "not_coded": 3}


def test_a_resident_counts_once(engine: Engine) -> None:
    """Of one resident's responses the latest completed one counts, here the second."""
    apply_scheme(engine, TOWN)
    first, _ = write(engine, KEYS, TOWN, ["gangs", "dark"])
    label(engine, first, "gangs")
    with library.writing(engine) as connection:
        add(
            connection,
            TOWN,
            [Way({"why": WORDS}, contact="x"), Way({"why": WORDS}, contact="x")],
            90,
        )
    found = counted(engine)
    assert (found.base, found.non_response["not_coded"]) == (1, 2)


def test_without_a_scheme_there_is_no_table(engine: Engine) -> None:
    with engine.connect() as connection:
        assert theme_tables(connection, TOWN, SLUG) == {}
        with pytest.raises(SurveyUnknownError):
            theme_tables(connection, TOWN, "nosuch")
