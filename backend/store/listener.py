"""Hears what other processes tell, on PostgreSQL."""

import threading
from collections.abc import Callable
from types import TracebackType

import psycopg
import structlog

from backend.store.engine import plain_url
from backend.store.unit import TELL

RECONNECT_SECONDS = 1.0
STOP_SECONDS = 0.5
"""How long leaving the block may take."""

log = structlog.get_logger(__name__)


class Listener:
    """Calls `told` with every topic told in the database, on a thread of its own, while in the
    block. It has a connection outside the pool (a pooler between transactions would lose LISTEN);
    after a lost connection it tells the topics `missed` once, in case."""

    def __init__(
        self, url: str, told: Callable[[str], None], missed: tuple[str, ...] = ("outbox",)
    ) -> None:
        self._url = plain_url(url)
        self._told = told
        self._missed = missed
        self._ended = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="listener", daemon=True)

    def __enter__(self) -> "Listener":
        self._thread.start()
        self._ready.wait(5)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _loop(self) -> None:
        again = False
        while not self._ended.is_set():
            try:
                self._listen(again)
            except psycopg.Error as error:
                log.warning("listener_lost", error=type(error).__name__)
                again = True
                self._ended.wait(RECONNECT_SECONDS)

    def _listen(self, again: bool) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(f'LISTEN "{TELL}"')
            self._ready.set()
            if again:
                for topic in self._missed:
                    self._told(topic)
            while not self._ended.is_set():
                for notice in connection.notifies(timeout=STOP_SECONDS):
                    self._told(notice.payload)
