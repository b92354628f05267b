"""One thread that writes: works share commits, and one that fails undoes only itself."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest

from bot.recipients import Recipients
from bot.shelf import MediaShelf
from bot.store import Contacts, Guesser, Inbox, Outbox, Places, Sessions, Unit
from bot.writer import LARGEST_GROUP, Writer
from dialogue.danger import Risk
from dialogue.desk import Desk

SOON = 10
"""Seconds after which a work that is never done fails its test instead of hanging it."""


class BrokenError(Exception):
    """What a work, or a commit, raises here."""


class FakeUnit:
    """A transaction over a list: `tell` notes something; a writer asks for nothing else."""

    inbox: Inbox
    contacts: Contacts
    sessions: Sessions
    outbox: Outbox
    places: Places
    media: MediaShelf
    recipients: Recipients
    guesser: Guesser | None

    def __init__(self) -> None:
        self.notes: list[str] = []

    def savepoint(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def desk(self, city: str) -> Desk:
        raise NotImplementedError

    def lease(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        raise NotImplementedError

    def count(self, city: str, name: str) -> None:
        raise NotImplementedError

    def count_risk(self, city: str, risk: Risk, area: str, at: datetime) -> None:
        raise NotImplementedError

    def tell(self, topic: str) -> None:
        self.notes.append(topic)


class FakeStore:
    """Keeps each commit as the list of what was noted in it. `full_at` notes break a commit."""

    def __init__(self, full_at: int = 1000) -> None:
        self.commits: list[list[str]] = []
        self.threads: set[int] = set()
        self._full_at = full_at

    @contextmanager
    def write(self) -> Iterator[Unit]:
        self.threads.add(threading.get_ident())
        unit = FakeUnit()
        yield unit
        if len(unit.notes) >= self._full_at:
            raise BrokenError("no room")
        self.commits.append(unit.notes)


def note(topic: str) -> Callable[[Unit], str]:
    def work(unit: Unit) -> str:
        unit.tell(topic)
        return topic.upper()

    return work


def broken(unit: Unit) -> str:
    unit.tell("half done")
    raise BrokenError("a bug")


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


def test_what_waits_when_a_transaction_opens_shares_its_commit(store: FakeStore) -> None:
    writer = Writer(store)
    done = [writer.submit(note(topic)) for topic in "abc"]
    writer.start()
    writer.stop()
    assert store.commits == [["a", "b", "c"]]
    assert [future.result(0) for future in done] == ["A", "B", "C"]


def test_a_group_has_a_limit_and_nothing_is_left_behind(store: FakeStore) -> None:
    writer = Writer(store)
    topics = [str(n) for n in range(LARGEST_GROUP + 2)]
    for topic in topics:
        writer.submit(note(topic))
    writer.start()
    writer.stop()
    assert store.commits == [topics[:LARGEST_GROUP], topics[LARGEST_GROUP:]]


def test_works_of_a_group_run_in_the_order_of_their_keys_and_of_arrival_within_one(
    store: FakeStore,
) -> None:
    writer = Writer(store)
    for key, topic in [("b", "b1"), ("a", "a1"), ("b", "b2"), ("", "no key"), ("a", "a2")]:
        writer.submit(note(topic), key)
    writer.start()
    writer.stop()
    assert store.commits == [["no key", "a1", "a2", "b1", "b2"]]


def test_a_work_that_fails_undoes_only_itself(store: FakeStore) -> None:
    writer = Writer(store)
    before, failing, behind = (writer.submit(work) for work in (note("a"), broken, note("b")))
    writer.start()
    writer.stop()
    assert store.commits == [["a"], ["b"]]
    assert (before.result(0), behind.result(0)) == ("A", "B")
    with pytest.raises(BrokenError, match="a bug"):
        failing.result(0)


def test_a_single_work_that_fails_is_tried_once() -> None:
    tries: list[str] = []

    def work(unit: Unit) -> None:
        tries.append("try")
        raise BrokenError

    writer = Writer(FakeStore())
    failing = writer.submit(work)
    writer.start()
    writer.stop()
    assert tries == ["try"]
    assert isinstance(failing.exception(0), BrokenError)


def test_nobody_is_answered_when_the_commit_fails() -> None:
    store = FakeStore(full_at=1)
    writer = Writer(store)
    done = [writer.submit(note(topic)) for topic in "ab"]
    writer.start()
    writer.stop()
    assert store.commits == []
    assert all(isinstance(future.exception(0), BrokenError) for future in done)


def test_where_a_group_is_too_much_for_one_commit_each_work_gets_its_own() -> None:
    store = FakeStore(full_at=2)
    writer = Writer(store)
    done = [writer.submit(note(topic)) for topic in "ab"]
    writer.start()
    writer.stop()
    assert store.commits == [["a"], ["b"]]
    assert [future.result(0) for future in done] == ["A", "B"]


def test_the_writer_goes_on_after_a_failure(store: FakeStore) -> None:
    writer = Writer(store)
    writer.start()
    assert isinstance(writer.submit(broken).exception(SOON), BrokenError)
    assert writer.submit(note("a")).result(SOON) == "A"
    writer.stop()


def test_all_works_of_many_threads_are_done_once_on_one_thread(store: FakeStore) -> None:
    writer = Writer(store)
    writer.start()
    topics = [[f"{thread}-{n}" for n in range(50)] for thread in range(8)]

    def send(own: list[str]) -> None:
        for topic in own:
            writer.submit(note(topic))

    threads = [threading.Thread(target=send, args=(own,)) for own in topics]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.stop()
    noted = [topic for commit in store.commits for topic in commit]
    assert sorted(noted) == sorted(topic for own in topics for topic in own)
    for own in topics:
        assert [topic for topic in noted if topic in own] == own
    assert len(store.threads) == 1
    assert threading.get_ident() not in store.threads


async def test_run_returns_after_the_commit_and_raises_what_the_work_raised(
    store: FakeStore,
) -> None:
    writer = Writer(store)
    writer.start()
    assert await writer.run(note("a"), "key") == "A"
    assert store.commits == [["a"]]
    with pytest.raises(BrokenError, match="a bug"):
        await writer.run(broken)
    await asyncio.to_thread(writer.stop)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_the_writer_survives_who_stops_waiting(store: FakeStore) -> None:
    writer = Writer(store)
    impatient = asyncio.ensure_future(writer.run(note("a")))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    patient = writer.submit(note("b"))
    writer.start()
    await asyncio.to_thread(writer.stop)
    assert patient.result(0) == "B"
    assert store.commits == [["b"]]


async def test_a_work_that_has_begun_is_done_though_nobody_waits_any_more(store: FakeStore) -> None:
    writer, begun, go_on = Writer(store), threading.Event(), threading.Event()

    def slow(unit: Unit) -> None:
        begun.set()
        go_on.wait(SOON)
        unit.tell("slow")

    writer.start()
    impatient = asyncio.ensure_future(writer.run(slow))
    await asyncio.to_thread(begun.wait, SOON)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    go_on.set()
    assert await writer.run(note("next")) == "NEXT"
    await asyncio.to_thread(writer.stop)
    assert [topic for commit in store.commits for topic in commit] == ["slow", "next"]
