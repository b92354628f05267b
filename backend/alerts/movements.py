"""Tells a city's alert addresses of areas whose indicators moved, each once.

One worker at a time (a lease) looks at each survey after a publication, enters what moved in the
table `movement`, and tells of what nobody has been told yet. What was looked at only this process
knows: another looks again, and finds it entered.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from backend import wiring
from backend.alerts.alarm import EVERY_SECONDS, Tell
from backend.alerts.telling import SECONDS, Telling
from backend.results import publications
from backend.results.indicators.moving import moved
from backend.store import leases, library, movements
from backend.store.movements import Moved

LEASE = timedelta(seconds=3 * EVERY_SECONDS)
CAUTION = (
    "look at who answered before you conclude anything; respondents selected themselves, and may be"
    " others than before"
)

log = structlog.get_logger(__name__)


class Movements:
    """Looks and tells; call `tick` each minute, on the event loop."""

    def __init__(self, one: wiring.Installation, tell: Tell, holder: str) -> None:
        self._one, self._tell, self._holder = one, tell, holder
        self._seen: dict[tuple[str, str], int] = {}

    async def tick(self) -> None:
        """One look, and whatever is to be told. Raises what the database raises."""
        now = wiring.now()
        for one in await asyncio.to_thread(self._look, now):
            if await self._told(one):
                await asyncio.to_thread(self._note_told, one, now)

    def _look(self, now: datetime) -> Sequence[Moved]:
        """What is to be told, if it is this process's turn."""
        with library.writing(self._one.engine) as connection:
            if not leases.take(connection, "movements", self._holder, now, now + LEASE):
                return ()
        with self._one.engine.connect() as connection:
            real = set(library.city_slugs(connection)) - set(library.demo_slugs(connection))
            found = [one for city in sorted(real) for one in self._moved(connection, city, now)]
        with library.writing(self._one.engine) as connection:
            movements.note(connection, found, now)
            return movements.untold(connection)

    def _moved(self, connection: Connection, city: str, now: datetime) -> Iterator[Moved]:
        """What moved in the city's surveys with a publication not looked at yet; nothing in a city
        without addresses."""
        profile = library.load_profile(connection, city)
        slugs = {one.survey.slug for one in library.surveys(connection, city)}
        for survey in sorted(slugs) if profile.alerts else ():
            last = publications.last(connection, city, survey)
            if last is None or self._seen.get((city, survey)) == last.number:
                continue
            yield from moved(connection, profile, survey, now)
            self._seen[city, survey] = last.number

    async def _told(self, one: Moved) -> bool:
        """Whether anybody took it; else it is tried again."""
        log.warning("alert", kind="moved", city=one.city)
        telling = words(one)
        targets = self._one.channels.alerts(one.city)
        reached = [await self._reached(target, telling) for target in targets]
        return any(reached) or not targets

    async def _reached(self, target: str, telling: Telling) -> bool:
        try:
            async with asyncio.timeout(2 * SECONDS):
                await self._tell(target, telling)
        except Exception as error:
            kind = "hook" if "://" in target else "mail"
            log.warning("alert_not_sent", kind=kind, error=type(error).__name__)
            return False
        return True

    def _note_told(self, one: Moved, now: datetime) -> None:
        with library.writing(self._one.engine) as connection:
            movements.told(connection, one, now)


def words(one: Moved) -> Telling:
    """A movement as it is told."""
    text = f"Imbizo: {one.city} {one.survey}: {one.detail}. To do: {CAUTION}."
    data = {
        "what": "moved",
        "city": one.city,
        "channel": "",
        "since": one.first.isoformat(),
        "detail": one.detail,
        "ended": None,
        "text": text,
        "survey": one.survey,
        "indicator": one.indicator,
        "area": one.area,
        "period": one.period,
    }
    return Telling(data, text)
