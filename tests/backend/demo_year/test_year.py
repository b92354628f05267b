"""A small year, made by turns of the bot."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, select

from backend.city_file import CityError
from backend.demo_year.loading import AT_ONCE, load
from backend.demo_year.releasing import hold
from backend.demo_year.visits import play
from backend.results import publications
from backend.results.publishing import publish
from backend.store import library
from backend.store.tables import OUTBOUND, RECEIVED, SESSION
from bot.store import Inbound
from channels.base import Received
from tests.backend.demo_year.conftest import NOW, Demo, demo_in
from tests.conftest import ROOT

FEW = 30
FIRST, END = datetime(2025, 11, 24, 22, tzinfo=UTC), datetime(2026, 11, 23, 22, tzinfo=UTC)
"""The 52 weeks up to yesterday, in the city's time."""


def times(demo: Demo, *columns: Column[datetime]) -> Sequence[datetime]:
    with demo.one.engine.connect() as connection:
        return [
            at
            for column in columns
            for at in connection.execute(select(column).where(column.is_not(None))).scalars()
        ]


def test_every_session_came_from_a_text(demo: Demo) -> None:
    texts = demo.make(demo.plan(FEW))
    assert demo.count("session") > FEW / 2
    assert demo.count("answer") > 2 * FEW
    assert demo.count("received") == texts
    assert demo.rows("SELECT DISTINCT status FROM received") == [("taken",)]
    ids = [str(id_) for (id_,) in demo.rows("SELECT provider_id FROM received")]
    turns = {hashlib.sha256(f"demo-za\0{id_}".encode()).hexdigest()[:32] for id_ in ids}
    assert {id_ for (id_,) in demo.rows("SELECT id FROM session")} <= turns
    assert {turn for (turn,) in demo.rows("SELECT turn FROM outbound")} <= turns


def test_all_of_it_happened_in_the_year(demo: Demo) -> None:
    demo.make(demo.plan(FEW))
    found = times(
        demo, RECEIVED.c.at, SESSION.c.started_at, SESSION.c.finished_at, OUTBOUND.c.sent_at
    )
    assert len(found) > 10 * FEW
    assert FIRST <= min(found) < FIRST + timedelta(days=60)
    assert END - timedelta(days=60) < max(found) < END


def test_nothing_is_left_to_be_sent(demo: Demo) -> None:
    demo.make(demo.plan(FEW))
    assert demo.rows("SELECT DISTINCT state FROM outbound") == [("sent",)]
    assert demo.rows("SELECT DISTINCT scheme FROM urn") == [("try",)]
    health = demo.one.store.outbox_health(NOW)
    assert (health.queued, health.waiting, health.failed_receipts) == (0, 0, 0)


def test_what_was_left_open_expires_in_its_time(demo: Demo) -> None:
    demo.make(demo.plan(60))
    assert demo.count("session WHERE status = 'expired'") > 0
    with demo.one.engine.connect() as connection:
        open_ = connection.execute(
            select(SESSION.c.started_at).where(SESSION.c.status.in_(["active", "parked"]))
        ).scalars()
        # What the worker is still to look after: begun, or come back to, in the last weeks.
        assert all(started > END - timedelta(days=24) for started in open_)


def test_a_seed_gives_the_same_year_again(
    demo: Demo, sqlite_template: Path, tmp_path: Path
) -> None:
    demo.make(demo.plan(FEW, seed=7))
    shutil.copy(sqlite_template, tmp_path / "again.db")
    with demo_in(f"sqlite:///{tmp_path / 'again.db'}", tmp_path / "again") as again:
        again.make(again.plan(FEW, seed=7))
        mine = [answer[:-1] for answer in demo.answers()]
        assert mine == [answer[:-1] for answer in again.answers()]
    shutil.copy(sqlite_template, tmp_path / "other.db")
    with demo_in(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other") as other:
        other.make(other.plan(FEW, seed=8))
        assert mine != [answer[:-1] for answer in other.answers()]


def test_the_bot_reads_what_residents_mean(demo_on_sqlite: Demo) -> None:
    """They answer what they were asked: their area and sex are what they are, but for slips."""
    demo = demo_on_sqlite
    planned = demo.plan(200)
    demo.make(planned)
    rows = demo.rows(
        "SELECT s.contact, a.question, a.value FROM answer a JOIN session s ON s.id = a.session"
        " WHERE a.question IN ('area', 'sex') AND a.outcome = 'answered'"
    )
    people = {
        demo.one.store.find_contact("demo-za", visit.resident.urn): visit.resident
        for visit in planned.left
    }
    right = [
        json.loads(str(value)) == (people[contact].sex if q == "sex" else people[contact].area.code)
        for contact, q, value in rows
        if isinstance(contact, str)
    ]
    assert len(right) > 100
    assert sum(right) > 0.95 * len(right)
    asked = demo.count("answer WHERE question = 'safe_dark' AND outcome <> 'remark'")
    read = demo.count("answer WHERE question = 'safe_dark' AND outcome IN ('answered','dont_know')")
    assert read > 0.9 * asked > 50


def test_not_all_who_begin_come_to_the_end(demo_on_sqlite: Demo) -> None:
    demo = demo_on_sqlite
    demo.make(demo.plan(200))
    begun, ended = demo.count("session"), demo.count("session WHERE status = 'completed'")
    assert 0.35 < ended / begun < 0.65
    assert 0 < demo.count("opt_out") < 20
    assert demo.count("contact") > begun - ended  # many never agree to anything


def test_an_interrupted_year_goes_on_where_it_stopped(
    demo: Demo, sqlite_template: Path, tmp_path: Path
) -> None:
    planned = demo.plan(FEW)

    def interrupt(made: int) -> None:
        if made >= 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(demo.one, planned.left, interrupt)
    tomorrow = NOW + timedelta(days=1)
    left = demo.plan(now=tomorrow)
    made = planned.total - len(left.left)
    assert 12 <= made < 12 + AT_ONCE
    assert [v.visit for v in left.left] == [v.visit for v in planned.left[made:]]
    demo.make(left)
    assert demo.plan(now=tomorrow).left == []
    shutil.copy(sqlite_template, tmp_path / "whole.db")
    with demo_in(f"sqlite:///{tmp_path / 'whole.db'}", tmp_path / "whole") as whole:
        whole.make(whole.plan(FEW))
        assert [a[:-1] for a in demo.answers()] == [a[:-1] for a in whole.answers()]


def test_other_surveys_are_answered_too(demo_on_sqlite: Demo) -> None:
    """Of every type, and not in every language of the city; each is asked for by its keyword."""
    demo = demo_on_sqlite
    own = sorted((ROOT / "tests" / "dialogue" / "instruments").glob("*.toml"))
    with library.writing(demo.one.engine) as connection:
        for path in own:
            library.publish(connection, "demo-za", path.read_text(encoding="utf-8"), NOW)
    demo.make(demo.plan(150))
    assert demo.rows("SELECT DISTINCT status FROM received") == [("taken",)]
    ended = demo.rows("SELECT DISTINCT survey FROM session WHERE status = 'completed'")
    assert {(path.stem,) for path in own} <= set(ended)


def test_results_are_released_month_by_month(demo: Demo) -> None:
    """As a worker would have done: so there is something to compare. Today's clock releases nothing
    of a city whose year is being made."""
    planned = demo.plan(90)
    with demo.one.engine.connect() as connection:
        profile = library.load_profile(connection, "demo-za")
    with demo.one.store.write() as unit:
        hold(unit, ["demo-za"], NOW)
    load_some = planned.left[:40]
    with demo.one.store.write() as unit:
        for one in load_some:
            play(unit, one.stage, one.resident, one.visit)
    assert publish(demo.one.engine, profile, "safety-pulse", NOW) is None
    demo.make(planned)
    with demo.one.engine.connect() as connection:
        found = publications.every(connection, "demo-za", "safety-pulse")
    assert len(found) >= 3
    local = [one.at.astimezone(profile.zone()) for one in found]
    assert {(at.hour, at.minute) for at in local} == {(0, 0)}
    assert {at.day for at in local[:-1]} == {1}
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert found[-1].at <= END
    assert demo.count("lease") == 0


def test_a_visit_made_before_changes_nothing(demo: Demo) -> None:
    planned = demo.plan(5)
    demo.make(planned)
    before = (demo.answers(), demo.count("received"), demo.count("outbound"))
    assert demo.make(planned) == 0
    assert before == (demo.answers(), demo.count("received"), demo.count("outbound"))


def test_the_first_night_takes_the_words_and_nothing_is_made_again(demo: Demo) -> None:
    demo.make(demo.plan(FEW))
    before = demo.count("session"), demo.answers()
    gone = demo.one.store.purge(NOW)
    assert gone["ordinary"] > FEW
    assert gone["stranger"] > 0
    assert (demo.count("session"), demo.answers()) == before
    assert demo.plan().left == []


def test_a_year_is_gone_on_with_under_its_own_name_only(demo_on_sqlite: Demo) -> None:
    demo = demo_on_sqlite
    demo.make(demo.plan(3, seed=5))
    assert demo.plan(3, seed=5).left == []
    for residents, seed in ((4, None), (None, 6)):
        with pytest.raises(CityError, match="3 residents with seed 5"):
            demo.plan(residents, seed)


def test_a_real_city_has_no_made_up_year(demo: Demo) -> None:
    with pytest.raises(CityError, match="test-za: is no demo city"):
        demo.plan(3, city="test-za")
    assert demo.count("received") == 0


def test_other_contacts_are_left_alone(demo: Demo) -> None:
    """A wake-up of a real city that came due long ago is none of this."""
    inbound = Inbound("test-za", "sms", Received("SM1", "tel:+27600000001"), "e" * 32, FIRST)
    with demo.one.store.write() as unit:
        unit.inbox.receive(inbound)
        known = unit.contacts.load(inbound)
        unit.contacts.save(known.contact, replace(known.conversation, wake_at=FIRST))
    demo.make(demo.plan(FEW))
    assert demo.count("session WHERE status = 'expired'") > 0
    assert demo.count("contact WHERE city = 'test-za' AND wake_at IS NOT NULL") == 1
