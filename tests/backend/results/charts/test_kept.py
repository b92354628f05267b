"""Pictures asked for, drawn by the worker, kept, and gone again; on both databases."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from structlog.testing import capture_logs

from backend.models import ChartState
from backend.results.charts import kept, rendering
from backend.results.charts.kept import AGAIN, KEPT_DAYS, LEASE, MOST_ATTEMPTS, REST, Claimed, Kept
from backend.results.charts.making import Wish
from backend.results.charts.picture import Kind
from backend.results.publishing import publish
from backend.store import library, open_engine
from backend.store.tables import CHART
from tests.backend.exports.seed import AT, SLUG, Way, add, city, plant, said

WISH = Wish(SLUG, Kind.DISTRIBUTION, "safe")
TOWN = city()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A town whose survey has been published once."""
    engine = open_engine(database_url)
    plant(engine, TOWN)
    with library.writing(engine) as connection:
        add(connection, TOWN.slug, [Way({"safe": said("unsafe")}, contact=None)] * 40, begin=100)
        add(connection, TOWN.slug, [Way({"safe": said("yes_safe")}, contact=None)] * 30, begin=200)
    assert publish(engine, TOWN, SLUG, AT) is not None
    yield engine
    engine.dispose()


def want(engine: Engine, now: datetime, publication: int = 1, digest: str = "d") -> None:
    with library.writing(engine) as connection:
        kept.want(connection, TOWN.slug, WISH, publication, digest, now)


def find(engine: Engine, publication: int = 1) -> Kept | None:
    with engine.connect() as connection:
        return kept.find(connection, TOWN.slug, WISH, publication)


def claim(engine: Engine, now: datetime) -> Claimed:
    claimed = kept.claim(engine, now)
    assert claimed is not None
    return claimed


def keep(engine: Engine, claimed: Claimed, svg: str = "<svg/>") -> None:
    kept.keep(engine, claimed, "d", "In words.", svg, b"\x89PNG")


def test_one_claim_holds_until_its_lease_is_over(engine: Engine) -> None:
    want(engine, AT)
    want(engine, AT)
    first = claim(engine, AT)
    assert (first.wish, first.publication, first.attempt) == (WISH, 1, 1)
    assert kept.claim(engine, AT + MINUTE) is None
    late = claim(engine, AT + LEASE)
    keep(engine, first, "<late/>")
    assert find(engine) == replace(_wanted(AT + 2 * LEASE)), "the first claim is over"
    keep(engine, late)
    ready = find(engine)
    assert ready is not None
    assert (ready.svg, ready.png, ready.alternative) == ("<svg/>", b"\x89PNG", "In words.")
    assert ready.shows("d")
    assert not ready.shows("other")
    assert kept.claim(engine, AT + 9 * LEASE) is None


def _wanted(due: datetime) -> Kept:
    return Kept(ChartState.WANTED, due, None, None, None, None)


def test_after_three_attempts_it_has_failed_and_a_line_says_so_without_words(
    engine: Engine,
) -> None:
    want(engine, AT)
    now = AT
    with capture_logs() as lines:
        for _ in range(MOST_ATTEMPTS):
            kept.postpone(engine, claim(engine, now), "Fault", now)
            assert kept.claim(engine, now) is None
            now += AGAIN
    assert lines == [
        {
            "event": "chart_failed", "log_level": "error", "city": TOWN.slug, "survey": SLUG,
            "kind": "distribution", "error": "Fault",
        }
    ]  # fmt: skip
    failed = find(engine)
    assert failed is not None
    assert failed.state.value == "failed"
    want(engine, now)
    assert kept.claim(engine, now) is None, "not again at once"
    want(engine, now + REST)
    assert claim(engine, now + REST).attempt == 1


def test_one_that_nobody_settles_is_given_up(engine: Engine) -> None:
    """Whoever draws it dies of it, each time."""
    want(engine, AT)
    for n in range(MOST_ATTEMPTS):
        claim(engine, AT + n * LEASE)
    with capture_logs() as lines:
        assert kept.claim(engine, AT + MOST_ATTEMPTS * LEASE) is None
    assert [line["error"] for line in lines] == ["unsettled"]


def test_what_shows_something_else_by_now_is_drawn_anew(engine: Engine) -> None:
    want(engine, AT)
    keep(engine, claim(engine, AT))
    want(engine, AT + MINUTE, digest="d")
    assert kept.claim(engine, AT + MINUTE) is None
    want(engine, AT + MINUTE, digest="new words")
    assert claim(engine, AT + MINUTE).attempt == 1


def test_the_picture_of_an_earlier_publication_goes_when_the_newer_is_ready(
    engine: Engine,
) -> None:
    want(engine, AT)
    keep(engine, claim(engine, AT))
    want(engine, AT + MINUTE, 2)
    newer = claim(engine, AT + MINUTE)
    assert find(engine, 1) is not None
    keep(engine, newer)
    assert find(engine, 1) is None
    assert find(engine, 2) is not None


def test_what_was_asked_for_long_ago_goes(engine: Engine) -> None:
    want(engine, AT)
    assert kept.forget_old(engine, AT + KEPT_DAYS - MINUTE) == 0
    assert kept.forget_old(engine, AT + KEPT_DAYS) == 1
    assert find(engine) is None


@pytest.mark.skipif(not rendering.installed(), reason="needs pip install 'imbizo[charts]'")
async def test_the_worker_has_it_drawn(engine: Engine) -> None:
    assert await rendering.draw_wanted(engine, lambda: AT) == 0
    want(engine, AT)
    assert await rendering.draw_wanted(engine, lambda: AT) == 1
    ready = find(engine)
    assert ready is not None
    assert ready.svg is not None
    assert "safe? en" in ready.svg
    assert ready.alternative is not None
    assert ready.alternative in ready.svg
    assert ready.png is not None
    assert ready.png.startswith(b"\x89PNG")


@pytest.mark.skipif(not rendering.installed(), reason="needs pip install 'imbizo[charts]'")
async def test_one_that_cannot_be_drawn_any_more_is_dropped(engine: Engine) -> None:
    want(engine, AT, publication=7)
    assert await rendering.draw_wanted(engine, lambda: AT) == 0
    with engine.connect() as connection:
        assert connection.execute(select(CHART.c.id)).all() == []


async def test_a_process_that_does_not_draw_costs_an_attempt(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not rendering.installed():
        pytest.skip("needs pip install 'imbizo[charts]'")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    want(engine, AT)
    assert await rendering.draw_wanted(engine, lambda: AT) == 0
    assert find(engine) == _wanted(AT + AGAIN)


async def test_without_the_libraries_it_waits(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "LIBRARIES", ("a_library_that_nobody_has",))
    want(engine, AT)
    assert await rendering.draw_wanted(engine, lambda: AT) == 0
    assert find(engine) == _wanted(AT)
