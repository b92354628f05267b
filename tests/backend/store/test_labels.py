"""Schemes and labels as kept, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import Connection, Engine, event, func, select, update

from backend.labelling import CodesFaultyError, LabelError, give
from backend.privacy import KeyRing
from backend.results.coding import coding_report
from backend.store import labels, library, open_engine, readings, schemes
from backend.store.erasure import erase
from backend.store.labels import BATCH
from backend.store.purging import purge
from backend.store.schemes import Applied
from backend.store.tables import ANSWER, LABEL, SESSION
from dialogue.labels import Standing, View, coders_needed
from dialogue.survey import Status
from tests.backend.exports.seed import AT, SECOND_VERSION, SLUG, Way, city
from tests.backend.words import LATER_SCHEME, SCHEME, apply_scheme, write

TOWN = "smalltown"


@dataclass
class Desk:
    """A town whose residents wrote, and short ways to code what they did."""

    engine: Engine
    keys: KeyRing
    applied: Applied

    def write(self, *texts: str, way: Way | None = None) -> list[int]:
        return write(self.engine, self.keys, TOWN, texts, way)

    def give(self, coder: str, answer: int, *codes: str, settles: bool = False) -> Standing:
        with library.writing(self.engine) as connection:
            return give(connection, TOWN, answer, coder, codes, AT, settles=settles)[1]

    def seen(self, coder: str, view: View, limit: int = 10_000) -> list[labels.DeskAnswer]:
        with self.engine.connect() as connection:
            found = labels.queue(connection, self.keys, self.applied, coder, view, 0, limit)
            return list(found)

    def ids(self, coder: str, view: View) -> list[int]:
        return [one.id for one in self.seen(coder, view)]

    def number(self) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(LABEL)).scalar_one())


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    engine = open_engine(database_url)
    with library.writing(engine) as connection:
        library.save_city(connection, city())
        library.publish(connection, TOWN, SECOND_VERSION, AT)
    yield Desk(engine, KeyRing(["o" * 40]), apply_scheme(engine, TOWN))
    engine.dispose()


def again(desk: Desk, coders: int = 1, twice: int = 0, source: str = SCHEME) -> None:
    """The scheme applied anew."""
    desk.applied = apply_scheme(desk.engine, TOWN, coders, twice, source)


def test_the_queue_moves_on(desk: Desk) -> None:
    first, second = desk.write("it is dark", "Gangs and no street light")
    assert desk.ids("ann", "open") == [first, second]
    [_, two] = desk.seen("ann", "open")
    assert two.said == "Gangs and no street light"
    assert [(hint.code, hint.because) for hint in two.suggested] == [
        ("lighting", "street light"), ("gangs", "gangs"),
    ]  # fmt: skip
    assert desk.number() == 0, "a suggestion is no label"
    desk.give("ann", first, "lighting")
    assert (desk.ids("ann", "open"), desk.ids("ben", "open")) == ([second], [second])
    assert desk.ids("ben", "coded") == [first]
    desk.give("ann", first)
    assert desk.ids("ben", "open") == [first, second]
    assert desk.number() == 2, "what was taken back is kept"


def test_the_second_coder_codes_blind(desk: Desk) -> None:
    again(desk, coders=2)
    [answer] = desk.write("dark, and gangs")
    desk.give("ann", answer, "gangs", "lighting")
    assert (desk.ids("ann", "open"), desk.ids("ann", "waiting")) == ([], [answer])
    [seen] = desk.seen("ben", "open")
    assert (seen.labels, seen.own, seen.needed) == (None, None, 2)
    desk.give("ben", answer, "gangs")
    [seen] = desk.seen("ben", "disputed")
    assert seen.labels is not None
    assert [(one.coder, one.codes) for one in seen.labels] == [
        ("ann", ("lighting", "gangs")), ("ben", ("gangs",)),
    ]  # fmt: skip
    desk.give("ben", answer, "lighting", "gangs")
    assert desk.ids("cay", "coded") == [answer]


def test_a_person_settles_and_all_is_kept(desk: Desk) -> None:
    again(desk, coders=2)
    [answer] = desk.write("dark, and gangs")
    desk.give("ann", answer, "lighting")
    with pytest.raises(LabelError, match="waits for coders"):
        desk.give("cay", answer, "lighting", settles=True)
    desk.give("ben", answer, "gangs")
    assert desk.give("ben", answer, "gangs", "lighting", settles=True).codes == (
        "lighting",
        "gangs",
    )
    [seen] = desk.seen("dan", "settled")
    assert seen.standing.settlement is not None
    assert (seen.standing.settlement.coder, list(seen.standing.by_coder)) == ("ben", ["ann", "ben"])
    assert desk.give("cay", answer, "lighting", settles=True).codes == ("lighting",)
    assert desk.number() == 4


def test_a_share_is_coded_twice(desk: Desk) -> None:
    answers = desk.write(*["dark"] * 40)
    again(desk, twice=50)
    for answer in answers:
        desk.give("ann", answer, "lighting")
    twice = [answer for answer in answers if coders_needed(answer, 1, 50) == 2]
    assert 0 < len(twice) < 40
    assert desk.ids("ann", "waiting") == twice
    assert desk.ids("ben", "open") == twice


def test_what_is_not_for_coders(desk: Desk) -> None:
    """Who is still at it, who ended in danger, and other revisions than the last."""
    for status in (Status.ACTIVE, Status.PARKED, Status.SAFEGUARDED):
        [answer] = desk.write("dark", way=Way(status=status))
        with pytest.raises(LabelError, match="no such answer"):
            desk.give("ann", answer, "lighting")
    assert desk.ids("ann", "open") == []
    [answer] = desk.write("dark")
    with library.writing(desk.engine) as connection:
        readings.code(connection, answer, "refused", None, "ann", AT)
    assert desk.ids("ann", "open") == []
    with pytest.raises(LabelError, match="no such answer"):
        desk.give("ann", answer, "lighting")


@pytest.mark.parametrize(
    "codes", [("nosuch",), ("lighting", "lighting"), ("lighting", "no_answer")]
)
def test_codes_that_are_none(codes: tuple[str, ...], desk: Desk) -> None:
    [answer] = desk.write("dark")
    for settles in (False, True):
        with pytest.raises(CodesFaultyError):
            desk.give("ann", answer, *codes, settles=settles)
    with pytest.raises(LabelError, match="nothing that could be taken back"):
        desk.give("ann", answer)
    with pytest.raises(CodesFaultyError, match="needs a code"):
        desk.give("ann", answer, settles=True)
    assert desk.number() == 0


def test_labels_by_an_earlier_version_stay(desk: Desk) -> None:
    answers = desk.write("gangs", "the bus", "dark")
    desk.give("ann", answers[0], "gangs")
    again(desk, source=LATER_SCHEME)
    assert (desk.applied.scheme.version, len(desk.applied.versions)) == (2, 2)
    desk.give("ann", answers[1], "transport")
    with pytest.raises(CodesFaultyError):
        desk.give("ann", answers[2], "gangs")
    assert [one.standing.codes for one in desk.seen("ann", "coded")] == [
        ("gangs",), ("transport",),
    ]  # fmt: skip
    assert [(one.name, one.code) for one in desk.applied.codes] == [
        ("lighting", "L"), ("transport", "G"), ("no_answer", "NA"), ("gangs", "gangs"),
    ]  # fmt: skip


def test_the_same_text_is_no_new_version(desk: Desk) -> None:
    with library.writing(desk.engine) as connection:
        assert schemes.publish(connection, TOWN, SCHEME, AT) == 1
        assert schemes.publish(connection, TOWN, LATER_SCHEME, AT) == 2
        assert schemes.publish(connection, TOWN, SCHEME, AT) == 3
        found = schemes.schemes(connection, TOWN)
        assert [one.scheme.version for one in found] == [1, 2, 3]
        assert schemes.schemes(connection, "othertown") == []
        assert schemes.uses(connection, "othertown") == []


def test_another_scheme_and_back(desk: Desk) -> None:
    [answer] = desk.write("dark")
    desk.give("ann", answer, "lighting")
    other = SCHEME.replace("why-unsafe", "another")
    with library.writing(desk.engine) as connection:
        schemes.publish(connection, TOWN, other, AT)
        schemes.apply(connection, schemes.Use(TOWN, SLUG, "why", "another"))
        desk.applied = schemes.applied(connection, TOWN, SLUG)["why"]
    assert desk.ids("ann", "open") == [answer]
    again(desk)
    assert desk.ids("ann", "coded") == [answer]


def test_erasure_leaves_the_codes_and_nobody(desk: Desk) -> None:
    answers = desk.write("dark", "gangs")
    for answer in answers:
        desk.give("ann", answer, "lighting")
    with library.writing(desk.engine) as connection:
        connection.execute(update(LABEL).values(at=AT + timedelta(minutes=7)))
        contact = connection.execute(
            select(SESSION.c.contact).join(ANSWER).where(ANSWER.c.id == answers[0])
        ).scalar_one()
        erase(connection, contact)
    first, second = desk.seen("ann", "coded")
    assert (first.said, first.own) == (None, ("lighting",))
    assert second.said == "gangs"
    with desk.engine.connect() as connection:
        times = connection.execute(select(LABEL.c.at).order_by(LABEL.c.id)).scalars().all()
    assert times == [AT.replace(hour=0, minute=0), AT + timedelta(minutes=7)]


def test_of_a_minor_no_label_stays(desk: Desk) -> None:
    answers = desk.write("dark", "gangs")
    for answer in answers:
        desk.give("ann", answer, "lighting")
    with library.writing(desk.engine) as connection:
        contact = connection.execute(
            select(SESSION.c.contact).join(ANSWER).where(ANSWER.c.id == answers[0])
        ).scalar_one()
        erase(connection, contact, without_trace=True)
    assert desk.ids("ann", "coded") == [answers[1]]
    assert desk.number() == 1


def test_labels_outlive_the_words(desk: Desk) -> None:
    again(desk, coders=2)
    coded, half, _ = desk.write("dark", "gangs", "dark")
    for coder in ("ann", "ben"):
        desk.give(coder, coded, "lighting")
    desk.give("ann", half, "gangs")
    purge(desk.engine, AT + timedelta(days=366))
    [seen] = desk.seen("ann", "coded")
    assert (seen.said, seen.suggested, seen.own) == (None, (), ("lighting",))
    assert desk.ids("ben", "open") == []
    with pytest.raises(LabelError, match="words are deleted"):
        desk.give("ben", half, "gangs")
    desk.give("ann", half)  # taking back reads no words
    with desk.engine.connect() as connection:
        progress = coding_report(connection, desk.applied).progress
    assert progress == {"open": 0, "coded": 1, "disputed": 0, "settled": 0, "gone": 2}


def test_a_long_queue_is_walked_in_pieces(desk: Desk) -> None:
    answers = desk.write(*["dark"] * (BATCH + 3))
    for answer in answers[:BATCH]:
        desk.give("ann", answer, "lighting")
    assert desk.ids("ann", "open") == answers[BATCH:]
    assert [one.id for one in desk.seen("ann", "open", 2)] == answers[BATCH : BATCH + 2]
    assert desk.ids("ben", "coded") == answers[:BATCH]


def test_what_is_left_is_counted_for_each_coder(desk: Desk) -> None:
    answers = desk.write(*["dark"] * (BATCH + 5))
    again(desk, twice=50)
    for answer in answers[:20]:
        desk.give("ann", answer, "lighting")
    twice = sum(coders_needed(answer, 1, 50) == 2 for answer in answers[:20])
    with desk.engine.connect() as connection:
        for coder, view, n in (
            ("ann", "open", BATCH - 15), ("ben", "open", BATCH - 15 + twice),
            ("ann", "waiting", twice), ("ben", "coded", 20 - twice), ("ben", "disputed", 0),
        ):  # fmt: skip
            assert labels.left(connection, desk.applied, coder, cast(View, view)) == n


def test_agreement_is_that_of_blind_labels(desk: Desk) -> None:
    again(desk, coders=2)
    answers = desk.write("a", "b", "c", "d")
    for answer, ann, ben in zip(
        answers, ("lighting", "gangs", "lighting", "gangs"), ("lighting", "gangs", "gangs", ""),
        strict=True,
    ):  # fmt: skip
        desk.give("ann", answer, ann)
        if ben:
            desk.give("ben", answer, ben)
    desk.give("ben", answers[2], "lighting")  # after seeing what ann gave
    with desk.engine.connect() as connection:
        report = coding_report(connection, desk.applied)
    assert report.progress == {"open": 1, "coded": 3, "disputed": 0, "settled": 0, "gone": 0}
    assert (report.all_codes.units, report.all_codes.percent) == (3, 66.7)
    assert report.all_codes.kappa == pytest.approx(0.4)
    assert report.by_code["no_answer"].kappa is None
    assert report.by_code["gangs"].percent == 66.7


def test_who_has_seen_the_others_labels_improves_no_agreement(desk: Desk) -> None:
    """Not by changing one's mind, nor by taking back and labelling again."""
    again(desk, coders=2)
    changed, anew, slip = desk.write("a", "b", "c")
    for answer in (changed, anew, slip):
        desk.give("ann", answer, "lighting")
    desk.give("ben", changed, "gangs")
    desk.give("ben", changed, "lighting")
    desk.give("ben", anew, "gangs")
    desk.give("ben", anew)
    desk.give("ben", anew, "lighting")
    desk.give("ann", slip)  # before anybody else gave anything
    desk.give("ann", slip, "gangs")
    desk.give("ben", slip, "gangs")
    with desk.engine.connect() as connection:
        report = coding_report(connection, desk.applied)
    assert report.progress["coded"] == 3
    assert (report.all_codes.units, report.all_codes.percent) == (3, 33.3)


def test_more_coders_needed_make_nothing_blind_that_was_not(desk: Desk) -> None:
    again(desk, coders=2)
    [answer] = desk.write("a")
    for coder, code in (("ann", "lighting"), ("ben", "gangs"), ("cay", "lighting")):
        desk.give(coder, answer, code)
    again(desk, coders=4)
    desk.give("cay", answer, "gangs")
    with desk.engine.connect() as connection:
        report = coding_report(connection, desk.applied)
    assert (report.all_codes.coders, report.all_codes.percent) == (2, 0.0)


def test_new_labels_are_found_without_looking_at_others(desk: Desk) -> None:
    first, second = desk.write("a", "b")
    desk.give("ann", first, "lighting")
    desk.give("ben", first, "lighting")
    desk.give("ann", second, "gangs")
    plans: list[str] = []

    def plan(connection: Connection, _clause: object, *_more: object) -> None:
        statement = str(_clause.compile(connection, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]  # a select
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
        plans.extend(row.detail for row in rows)

    with desk.engine.connect() as connection:
        assert labels.new_since(connection, TOWN, SLUG, None) == 2
        assert labels.new_since(connection, TOWN, SLUG, AT) == 0
        assert labels.new_since(connection, TOWN, SLUG, AT - timedelta(seconds=1)) == 2
        assert labels.new_since(connection, TOWN, "another", None) == 0
        assert labels.new_since(connection, "othertown", SLUG, None) == 0
        if desk.engine.dialect.name == "sqlite":
            event.listen(connection, "before_execute", plan)
            labels.new_since(connection, TOWN, SLUG, AT)
            [line] = [one for one in plans if "label" in one]
            assert "ix_label_lately (city=? AND survey=? AND at>?)" in line
