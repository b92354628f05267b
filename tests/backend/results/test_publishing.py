"""When tables are made public anew, and what of them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from backend.results import publications
from backend.results.browsing import Results, browse
from backend.results.publishing import publish, publish_due
from backend.results.report import QuestionResult, shown
from backend.store import library, open_engine
from backend.store.tables import SESSION, SURVEY_VERSION
from tests.backend.exports.seed import AT, SLUG, Way, add, city, plant, said

DAY = timedelta(days=1)
AREAS = [
    {"code": "W1", "name": "Hill"},
    {"code": "W2", "name": "River"},
    {"code": "S3", "name": "Camp", "parent": "W2", "informal": True},
]


def ways(n: int, safe: str = "unsafe", place: Any = "W1", **more: Any) -> list[Way]:
    answer = ("refused", None) if safe == "refused" else said(safe)
    where = place if isinstance(place, tuple) else said(place)
    return [Way({"safe": answer, "place": where, "age": said(30)}, contact=None, **more)] * n


NOWHERE = ("skipped", None)
MANY = [
    *[one for place in ("W1", "W2") for one in (
        *ways(30, "yes_safe", place),
        *ways(25, "somewhat", place, locale="es"),
        *ways(40, "unsafe", place),
        *ways(12, "refused", place, locale="es"),
    )],
    *ways(4, "unsafe", "S3"),
    *ways(15, "somewhat", None),
    *ways(14, "unsafe", NOWHERE, locale="es"),
]  # fmt: skip
"""247 people: of the camp only four."""


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def more(engine: Engine, added: Sequence[Way], begin: int, at: datetime) -> None:
    """Responses that began and ended at a later time."""
    with library.writing(engine) as connection:
        add(connection, "smalltown", added, begin)
        names = [f"smalltown-session-{n}" for n in range(begin, begin + len(added))]
        connection.execute(
            update(SESSION).where(SESSION.c.id.in_(names)).values(started_at=at, finished_at=at)
        )


def seen(engine: Engine, **asked: Any) -> Results:
    with engine.connect() as connection:
        return browse(connection, city(areas=AREAS), SLUG, **asked)


def safe(questions: Sequence[QuestionResult]) -> tuple[Any, list[Any]]:
    found = next(question for question in questions if question.question == "safe")
    return shown(found.n), [shown(cell.count) for cell in found.cells]


def number(engine: Engine, at: datetime) -> int | None:
    made = publish(engine, city(areas=AREAS), SLUG, at)
    return made.number if made else None


def test_nothing_is_public_before_enough_have_answered(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), ways(9))
    assert number(engine, AT + DAY) is None
    assert seen(engine).published is None
    assert safe(seen(engine).questions) == (None, [None, None, None])
    more(engine, ways(1), 100, AT + DAY)
    assert number(engine, AT + 2 * DAY) == 1
    published = seen(engine).published
    assert published is not None
    assert (published.responses, published.at) == (10, AT + 2 * DAY)


def test_it_is_renewed_after_as_many_new_responses_and_not_before(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    assert number(engine, AT + DAY) == 1
    assert safe(seen(engine).questions) == (247, [60, 65, 98])
    more(engine, ways(9, "yes_safe"), 500, AT + 2 * DAY)
    assert number(engine, AT + 9 * DAY) is None
    assert safe(seen(engine).questions) == (247, [60, 65, 98])
    more(engine, ways(3, "yes_safe"), 600, AT + 2 * DAY)
    assert number(engine, AT + 10 * DAY) == 2


def test_what_changed_by_few_stays_as_it_was_with_its_day(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    publish(engine, city(areas=AREAS), SLUG, AT + DAY)
    more(
        engine, [*ways(25, "yes_safe"), *ways(2, "unsafe"), *ways(3, "somewhat")], 500, AT + 2 * DAY
    )
    publish(engine, city(areas=AREAS), SLUG, AT + 4 * DAY)
    found = next(question for question in seen(engine).questions if question.question == "safe")
    assert shown(found.n) == 277
    days = {cell.name: (shown(cell.count), cell.base, cell.as_of) for cell in found.cells}
    old, new = "2026-11-03", "2026-11-06"
    assert days["unsafe"] == (98, 247, old)
    assert days["somewhat"] == (65, 247, old)
    assert days["yes_safe"][2] in (old, new)


def test_an_area_is_shown_with_what_lies_in_it_where_that_is_too_small(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    publish(engine, city(areas=AREAS), SLUG, AT + DAY)
    groups = {group.group: group for group in seen(engine, by="area").groups or ()}
    assert list(groups) == ["W1", "W2", "S3", "W2+"]
    assert groups["W2+"].of == ["W2", "S3"]
    assert groups["W2+"].name == "River"
    assert safe(groups["W2+"].questions)[0] == 111
    assert safe(groups["W2"].questions)[0] is None, "it would tell of the camp"
    assert safe(groups["S3"].questions) == (None, [None, None, None])
    assert safe(groups["W1"].questions)[0] == 107
    kinds = {group.group: group for group in seen(engine, by="settlement").groups or ()}
    assert safe(kinds["informal"].questions)[0] is None


def test_groups_of_language_sum_to_all(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    publish(engine, city(areas=AREAS), SLUG, AT + DAY)
    groups = {group.group: group for group in seen(engine, by="language").groups or ()}
    assert safe(groups["en"].questions)[0] == 159
    assert safe(groups["es"].questions)[0] == 88


def test_weeks_are_differences_of_publications(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    publish(engine, city(areas=AREAS), SLUG, AT + DAY)
    fresh = [
        *[one for place in ("W1", "W2") for one in (
            *ways(20, "yes_safe", place), *ways(15, "somewhat", place), *ways(18, "unsafe", place),
            *ways(11, "refused", place),
        )],
        *ways(10, "refused", None), *ways(10, "refused", NOWHERE),
    ]  # fmt: skip
    more(engine, fresh, 500, AT + 8 * DAY)
    publish(engine, city(areas=AREAS), SLUG, AT + 9 * DAY)
    weeks = seen(engine, by="week").groups or []
    assert [week.group for week in weeks] == ["2026-11-02", "2026-11-09"]
    assert safe(weeks[0].questions) == (247, [60, 65, 98])
    assert safe(weeks[1].questions) == (148, [40, 30, 36])
    assert (weeks[1].since, weeks[1].until) == (AT + DAY, AT + 9 * DAY)
    between = seen(engine, since=AT + 2 * DAY, until=AT + 20 * DAY)
    assert safe(between.questions) == (148, [40, 30, 36])
    early = seen(engine, until=AT + 2 * DAY)
    assert safe(early.questions) == (247, [60, 65, 98])
    later = seen(engine, since=AT + 10 * DAY)
    assert safe(later.questions) == (None, [None, None, None])
    by_area = seen(engine, by="area", since=AT + 2 * DAY).groups or []
    assert {group.group: safe(group.questions)[0] for group in by_area}["W1"] == 64


def test_of_two_at_once_one_publishes(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: number(engine, AT + DAY), range(4)))
    assert sorted(made, key=str) == [1, None, None, None]
    with engine.connect() as connection:
        assert len(publications.every(connection, "smalltown", SLUG)) == 1


def test_all_that_is_due_is_published_in_every_city(engine: Engine) -> None:
    plant(engine, city(areas=AREAS), MANY)
    plant(engine, city("demotown", demo=True), ways(12))
    assert publish_due(engine, AT + DAY, demo=False) == 1
    assert publish_due(engine, AT + DAY) == 1
    assert publish_due(engine, AT + DAY) == 0


def test_a_city_whose_surveys_cannot_be_read_keeps_no_other_waiting(engine: Engine) -> None:
    plant(engine, city("anytown"), ways(12))
    plant(engine, city(areas=AREAS), MANY)
    with library.writing(engine) as connection:
        connection.execute(
            update(SURVEY_VERSION)
            .where(SURVEY_VERSION.c.city == "anytown")
            .values(source="slug = 1")
        )
    assert publish_due(engine, AT + DAY) == 1
