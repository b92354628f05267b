"""One thread that writes: work waits in line and shares commits.

Durable commits cost far more than statements, so whatever waits when a transaction opens goes into
it (group commit). If anything in a group fails, the group is undone and its works are done one by
one, each in its own transaction: a work must therefore change nothing but the database.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.store import ContactBusyError, Store, Unit

T = TypeVar("T")

MOST_TRIES = 3
"""Times that a work is tried which does not get a lock."""

LARGEST_GROUP = 64
"""Works that share one commit; more would only make the first ones wait."""


class _Promise:
    """What waits in an event loop for a work: a Future without its locks, of which each turn would
    pay for three. `waiter` belongs to the loop; the writer's thread only looks whether it is
    there still, and does so for the last time when the work begins."""

    __slots__ = ("_begun", "_error", "_post", "_result", "waiter")

    def __init__(self, waiter: "asyncio.Future[Any]", post: "_Post") -> None:
        self.waiter, self._post, self._begun = waiter, post, False
        self._result: Any = None
        self._error: BaseException | None = None

    def running(self) -> bool:
        """Whether it has begun."""
        return self._begun

    def set_running_or_notify_cancel(self) -> bool:
        """Begins, unless nobody waits any more."""
        self._begun = not self.waiter.cancelled()
        return self._begun

    def set_result(self, result: Any) -> None:
        """It was committed."""
        self._result = result
        self._post.put(self)

    def set_exception(self, error: BaseException) -> None:
        """It was not."""
        self._error = error
        self._post.put(self)

    def bring(self) -> None:
        """In the loop's thread: tells who waits."""
        if self.waiter.done():
            return
        if self._error is None:
            self.waiter.set_result(self._result)
        else:
            self.waiter.set_exception(self._error)


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Unit], Any]
    key: str
    done: "Future[Any] | _Promise"


class _Post:
    """Brings what is done from the writer's thread to those who wait in an event loop: all of a
    group with one call, since each call wakes the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._bag: list[_Promise] = []

    def put(self, done: _Promise) -> None:
        """From any thread."""
        with self._lock:
            self._bag.append(done)
            if len(self._bag) > 1:
                return  # the loop was called already and has not emptied the bag yet
        with suppress(RuntimeError):  # the loop has ended, and with it who waited
            self.loop.call_soon_threadsafe(self._bring)

    def _bring(self) -> None:
        with self._lock:
            bag, self._bag = self._bag, []
        for done in bag:
            done.bring()


class Writer:
    """Runs works in write transactions on a thread of its own.

    `key` orders works within a group (addresses), so that processes which lock several contacts do
    so in the same order and cannot wait for one another in a circle.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._post: _Post | None = None
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes what waits, then ends the thread."""
        self._waiting.put(None)
        self._thread.join()

    def submit(self, work: Callable[[Unit], T], key: str = "") -> "Future[T]":
        """Puts a work in line; the future is set after its commit."""
        done: Future[T] = Future()
        self._waiting.put(_Job(work, key, done))
        return done

    async def run(self, work: Callable[[Unit], T], key: str = "") -> T:
        """Waits until the work is committed; raises what it raised."""
        loop = asyncio.get_running_loop()
        if self._post is None or self._post.loop is not loop:
            self._post = _Post(loop)
        waiter: asyncio.Future[T] = loop.create_future()
        self._waiting.put(_Job(work, key, _Promise(waiter, self._post)))
        return await waiter

    def _loop(self) -> None:
        while (group := self._group()) is not None:
            self._commit(group)

    def _group(self) -> list[_Job] | None:
        """The next works; None at the end. The end is put back if it came behind works."""
        first = self._waiting.get()
        if first is None:
            return None
        group = [first]
        while len(group) < LARGEST_GROUP:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._waiting.put(None)
                break
            group.append(job)
        return sorted(group, key=lambda job: job.key)

    def _commit(self, group: list[_Job], tries: int = 1) -> None:
        # From here on a waiter can no longer call its work off: it is done, or fails.
        group = [
            job for job in group if job.done.running() or job.done.set_running_or_notify_cancel()
        ]
        if not group:
            return
        try:
            with self._store.write() as unit:
                results = [job.work(unit) for job in group]
        except BaseException as error:  # whatever it is, someone waits for it, and others for us
            if len(group) == 1:
                self._try_again(group[0], error, tries)
                return
            for job in group:
                self._commit([job])
            return
        for job, result in zip(group, results, strict=True):
            job.done.set_result(result)

    def _try_again(self, job: _Job, error: BaseException, tries: int) -> None:
        """A lock that was not had is worth another try: a work changes nothing but the database."""
        if isinstance(error, ContactBusyError) and tries < MOST_TRIES:
            self._commit([job], tries + 1)
        else:
            job.done.set_exception(error)
