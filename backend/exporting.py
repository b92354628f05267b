"""Makes the exports that were asked for, one at a time in each worker.

Theory of operation. A job is claimed with a lease and written, whole, to a nameless temporary file
in a thread, by the function that also answers `…/export`; then it is put away in pieces. Meanwhile
this loop prolongs the lease and notes how far the thread is, once a second at most. If the job is
no longer ours (called off, or another worker took it), the thread is told to stop. A worker that is
killed leaves a lease that runs out, and another begins anew.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

import structlog
from sqlalchemy import Engine

from backend import wiring
from backend.exports import FORMATS, StatisticsMissingError, export
from backend.privacy import KeyRing, SealBrokenError
from backend.results import SurveyUnknownError
from backend.results.publishing import publish
from backend.store import export_jobs, library, purging
from backend.store.export_jobs import LEASE, Claimed
from backend.store.library import CityUnknownError
from backend.store.tables import EXPORT_CONTENT, EXPORT_KEY
from backend.vault import SealingVault

LOOK_SECONDS = 5.0
"""Between two looks whether there is something to do."""

NOTE_SECONDS = 1.0
"""Between two notes of how far it is."""

HOLD_EVERY = LEASE / 4
"""Between two prolongings of the lease, whether or not there is anything to note."""

EXPIRE_EVERY = timedelta(minutes=5)

PIECE_BYTES = 1_000_000
"""Of a file, in one row or object: what is in memory at once."""

UNKNOWN = "There is no such survey any more"
KEY_LOST = "The key for its ids cannot be opened any more: ask for the export again"

log = structlog.get_logger(__name__)


class StoppedError(Exception):
    """The job is no longer this worker's."""


@dataclass(slots=True)
class Way:
    """How far the thread is, and whether it is to stop. The thread writes the first two, the loop
    the last."""

    done: int = 0
    total: int = 0
    stop: bool = False

    def progress(self, done: int, total: int) -> None:
        """Called by the export. Raises StoppedError."""
        self.done, self.total = done, total
        self.check()

    def check(self) -> None:
        """Raises StoppedError if it is to stop."""
        if self.stop:
            raise StoppedError


class Exporter:
    """One worker's hand in it."""

    def __init__(self, engine: Engine, keys: KeyRing, vault: SealingVault) -> None:
        self._engine, self._keys, self._vault = engine, keys, vault
        self._expired_at: datetime | None = None

    async def run(self) -> None:
        """Until it is cancelled. A fault is logged, and the next look tries again."""
        while True:
            worked = False
            try:
                await self._expire()
                worked = await self.make_one()
            except Exception as error:
                log.error("job_failed", job="exports", error=type(error).__name__)
            if not worked:
                await asyncio.sleep(LOOK_SECONDS)

    async def make_one(self) -> bool:
        """Makes the next export; whether there was one."""
        claimed = await asyncio.to_thread(self._claim)
        if claimed is None:
            return False
        way = Way()
        work = asyncio.create_task(asyncio.to_thread(self._work, claimed, way))
        try:
            await self._accompany(work, claimed, way)
        except asyncio.CancelledError:
            way.stop = True
            await asyncio.wait([work])
            await asyncio.to_thread(self._give_back, claimed)
            raise
        return True

    async def _accompany(self, work: "asyncio.Task[None]", claimed: Claimed, way: Way) -> None:
        noted, held_at = (0, 0), wiring.now()
        while not (await asyncio.wait([work], timeout=NOTE_SECONDS))[0]:
            now = wiring.now()
            here = (way.done, way.total)
            if here == noted and now - held_at < HOLD_EVERY:
                continue
            try:
                held = await asyncio.to_thread(self._hold, claimed, here)
            except Exception as error:  # a busy database: the lease lasts for some more of these
                log.warning("export_not_held", export=claimed.id, error=type(error).__name__)
                continue
            noted, held_at, way.stop = here, now, not held
        work.result()

    # --- in a thread ---------------------------------------------------------------------------
    def _claim(self) -> Claimed | None:
        with library.writing(self._engine) as connection:
            return export_jobs.claim(connection, wiring.now())

    def _hold(self, claimed: Claimed, here: tuple[int, int]) -> bool:
        with library.writing(self._engine) as connection:
            return export_jobs.hold(connection, claimed, *here, wiring.now())

    def _give_back(self, claimed: Claimed) -> None:
        with library.writing(self._engine) as connection:
            export_jobs.give_back(connection, claimed, wiring.now())

    def _work(self, claimed: Claimed, way: Way) -> None:
        """Makes it, and settles whatever comes of it."""
        problem = None
        try:
            with tempfile.TemporaryFile() as file:
                self._write(claimed, way, file)
                self._put_away(claimed, way, file)
            return
        except StoppedError:
            return
        except (SurveyUnknownError, CityUnknownError):
            problem = UNKNOWN
        except StatisticsMissingError as error:
            problem = str(error)
        except SealBrokenError:
            problem = KEY_LOST
        except Exception as error:
            log.error("export_failed", export=claimed.id, error=type(error).__name__)
        with library.writing(self._engine) as connection:
            if problem is None:
                export_jobs.try_later(connection, claimed, wiring.now())
            else:
                export_jobs.fail(connection, claimed, problem, wiring.now())

    def _write(self, claimed: Claimed, way: Way, file: BinaryIO) -> None:
        secret = self._keys.unseal(claimed.secret, EXPORT_KEY)
        with self._engine.connect() as connection:
            profile = library.load_profile(connection, claimed.city)
        if not FORMATS[claimed.format].microdata:
            publish(self._engine, profile, claimed.survey, wiring.now())
        export(self._engine, profile, claimed.survey, claimed.format, secret, file, way.progress)

    def _put_away(self, claimed: Claimed, way: Way, file: BinaryIO) -> None:
        """Puts the file away piece by piece; with the last one it is there. Raises StoppedError."""
        size = file.seek(0, 2)
        file.seek(0)
        for number in range(-(-size // PIECE_BYTES)):
            way.check()
            self._put_piece(claimed, number, file.read(PIECE_BYTES))
        with library.writing(self._engine) as connection:
            export_jobs.finish(connection, claimed, way.done, size, wiring.now())

    def _put_piece(self, claimed: Claimed, number: int, content: bytes) -> None:
        key = self._vault.fresh_key()
        with library.writing(self._engine) as connection:
            if not export_jobs.reserve(connection, claimed, number, key, wiring.now()):
                raise StoppedError
        stored = self._vault.put(content, key, EXPORT_CONTENT)
        with library.writing(self._engine) as connection:
            if not export_jobs.keep(connection, claimed, number, stored):
                raise StoppedError

    # --- what is old ---------------------------------------------------------------------------
    async def _expire(self) -> None:
        now = wiring.now()
        if self._expired_at is None or abs(now - self._expired_at) >= EXPIRE_EVERY:
            self._expired_at = now
            await asyncio.to_thread(purging.expire_exports, self._engine, now)
