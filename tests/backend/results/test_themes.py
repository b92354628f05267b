"""Respondents by theme, as published results count them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from backend.labelling import give
from backend.privacy import KeyRing
from backend.results import SurveyUnknownError, publications, results
from backend.results.frames import FigureKey
from backend.results.publishing import publish
from backend.results.report import shown
from backend.results.tables import Table
from backend.results.themes import disclosed, theme_tables
from backend.store import library, open_engine
from backend.store.tables import ANSWER, SESSION
from dialogue.questions.words import Open
from tests.backend.exports.seed import (
    AT,
    REFUSED,
    SKIPPED,
    SLUG,
    WORDS,
    Way,
    add,
    city,
    plant,
    said,
)
from tests.backend.words import apply_scheme, write

TOWN = "smalltown"
KEYS = KeyRing(["o" * 40])
CLOSED = {"safe": said("unsafe")}


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
    assert (found.question.name, found.question.kind) == ("why@theme", "select_many")
    assert (found.counted, found.apart, found.base) == ("themes", True, 2)
    assert dict(found.counts) == {"lighting": 2, "gangs": 1}
    assert [(line.name, line.code) for line in found.lines] == [("lighting", "L"), ("gangs", "G")]
    assert found.non_response == {"dont_know": 0, "refused": 1, "skipped": 1, "not_coded": 3}


@pytest.mark.parametrize(("coded", "base"), [(12, 12), (13, 13), (14, 23), (21, 23)])
def test_how_few_have_no_theme_cannot_be_worked_out(engine: Engine, coded: int, base: int) -> None:
    """Of 23 who were asked two did not answer. What those who were asked and the base of themes
    differ by is nought or at least the threshold, however far coding is."""
    apply_scheme(engine, TOWN)
    for answer in write(engine, KEYS, TOWN, [f"words {n}" for n in range(21)])[:coded]:
        label(engine, answer, "gangs")
    publish(engine, city(), SLUG, AT + timedelta(days=30))
    assert public(engine) == {"why": 23, "why@theme": base}


def test_by_how_few_those_without_a_theme_changed_cannot_be_worked_out() -> None:
    themes = Table(Open(name="why@theme", text={}), "themes", 48, [], {}, {}, apart=True)
    assert disclosed(themes, 62, None, 10) is themes
    assert disclosed(themes, 62, 12, 10) is None
    assert disclosed(themes, 62, 24, 10) is themes
    assert disclosed(themes, 62, 0, 10) is themes, "fewer than ten of whom nothing was told"
    assert disclosed(themes, 47, None, 10) is None, "more than were asked in public"
    assert disclosed(themes, None, None, 10) is None


def test_themes_do_not_tell_of_newcomers_who_wait(engine: Engine) -> None:
    """Nine newcomers, five of whom wrote something that has a theme already."""
    apply_scheme(engine, TOWN)
    answers = write(engine, KEYS, TOWN, [f"words {n}" for n in range(40)])
    first = AT + timedelta(days=30)
    publish(engine, city(), SLUG, first)
    new = came(engine, 9, first + timedelta(days=1), {"why": WORDS})
    with library.writing(engine) as connection:
        for answer in (*answers, *new[:5]):
            give(connection, TOWN, answer, "ann", ["gangs"], first + timedelta(days=2))
    assert publish(engine, city(), SLUG, first + timedelta(days=3)) is not None
    assert public(engine) == {"why": 42, "why@theme": 42}
    with engine.connect() as connection:
        current = publications.current(connection, TOWN, SLUG)
        before = theme_tables(connection, TOWN, SLUG, first)["why"]
    assert current.keys().isdisjoint({FigureKey("why@theme", "out:gangs")})
    assert (before.base, before.counts["gangs"]) == (40, 40)


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


def test_themes_are_made_public_once_they_are_labelled(engine: Engine) -> None:
    apply_scheme(engine, TOWN)
    answers = write(engine, KEYS, TOWN, [f"words {n}" for n in range(40)])
    at = AT + timedelta(days=30)
    assert publish(engine, city(), SLUG, at) is not None
    assert publish(engine, city(), SLUG, at + timedelta(days=1)) is None
    with library.writing(engine) as connection:
        for n, answer in enumerate(answers[:30]):
            codes = ["lighting"] if n < 14 else ["gangs"]
            give(connection, TOWN, answer, "ann", codes, at + timedelta(days=2))
    assert publish(engine, city(), SLUG, at + timedelta(days=3)) is not None
    with engine.connect() as connection:
        found = {one.question: one for one in results(connection, city(), SLUG).questions}
    themes = found["why@theme"]
    assert {cell.name: shown(cell.count) for cell in themes.cells} == {"lighting": 14, "gangs": 16}
    assert [cell.percent for cell in themes.cells] == [46.7, 53.3], "of the 30 that have one"


def test_labels_alone_make_nothing_public_but_themes(engine: Engine) -> None:
    """Nine new respondents and twelve new labels: the nine wait, and are not forgotten."""
    apply_scheme(engine, TOWN)
    answers = write(engine, KEYS, TOWN, [f"words {n}" for n in range(40)])
    first, labelled, tenth = (AT + timedelta(days=days) for days in (30, 33, 35))
    publish(engine, city(), SLUG, first)
    came(engine, 9, first + timedelta(days=1))
    with library.writing(engine) as connection:
        for answer in answers[:12]:
            give(connection, TOWN, answer, "ann", ["gangs"], first + timedelta(days=2))
    made = publish(engine, city(), SLUG, labelled)
    assert made is not None
    assert (made.number, made.at, made.answers_at, made.responses) == (2, labelled, first, 42)
    with engine.connect() as connection:
        renewed = publications.current(connection, TOWN, SLUG)
        by_second = {key.question for key, one in renewed.items() if one.publication == 2}
    assert by_second == {found_name(engine)}
    assert publish(engine, city(), SLUG, tenth) is None
    came(engine, 1, labelled + timedelta(days=1))
    made = publish(engine, city(), SLUG, tenth)
    assert made is not None
    assert (made.number, made.answers_at, made.responses) == (3, tenth, 52)


def test_publications_of_themes_push_none_of_answers_out_of_what_is_remembered(
    engine: Engine,
) -> None:
    apply_scheme(engine, TOWN)
    answers = write(engine, KEYS, TOWN, [f"words {n}" for n in range(40)])
    at = AT + timedelta(days=30)
    publish(engine, city(), SLUG, at)
    for batch in range(3):
        with library.writing(engine) as connection:
            for answer in answers[10 * batch : 10 * batch + 10]:
                give(connection, TOWN, answer, "ann", ["gangs"], at + timedelta(days=2 * batch + 1))
        publish(engine, city(), SLUG, at + timedelta(days=2 * batch + 2))
    with engine.connect() as connection:
        past = publications.past(connection, TOWN, SLUG, remembered=1)
        assert [one.themes_only for one in publications.every(connection, TOWN, SLUG)] == [
            False, True, True, True,
        ]  # fmt: skip
    assert {number for of in past.values() for number in of} == {1, 2, 3, 4}


def public(engine: Engine) -> dict[str, int]:
    """How many each question of words and of their themes was put to, as made public."""
    with engine.connect() as connection:
        current = publications.current(connection, TOWN, SLUG)
    return {
        key.question: one.n
        for key, one in current.items()
        if key.question.startswith("why") and key.row == "reached"
    }


def came(
    engine: Engine, n: int, at: datetime, answers: Mapping[str, Any] = CLOSED
) -> Sequence[int]:
    """So many new respondents who answered then; the ids of their answers."""
    with library.writing(engine) as connection:
        begin = len(connection.execute(select(SESSION.c.id)).all()) + 7000
        ways = [Way(answers, contact=f"new {begin + i}") for i in range(n)]
        add(connection, TOWN, ways, begin)
        names = [f"{TOWN}-session-{begin + i}" for i in range(n)]
        later = update(SESSION).where(SESSION.c.id.in_(names))
        connection.execute(later.values(started_at=at, finished_at=at))
        mine = ANSWER.c.session.in_(names)
        connection.execute(update(ANSWER).where(mine).values(at=at))
        return connection.execute(select(ANSWER.c.id).where(mine)).scalars().all()


def found_name(engine: Engine) -> str:
    """The name of the question of themes."""
    with engine.connect() as connection:
        return theme_tables(connection, TOWN, SLUG)["why"].question.name
