"""What an export is made of: a survey's responses, all as of one moment."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from backend.exports.rows import Response, responses
from backend.exports.source import Source
from backend.store.rotation import Progress
from backend.store.tables import SESSION

REPORT_EVERY = 500
"""Responses between two reports of progress."""


def silent(done: int, total: int) -> None:
    """Progress that nobody is told."""


@dataclass(frozen=True)
class Snapshot:
    """The connection is in one transaction, so that whatever is read of it fits together."""

    connection: Connection
    source: Source
    progress: Progress = silent

    def responses(self) -> Iterator[Response]:
        """Every response in the order of its id, a batch in memory at a time; tells how far it
        is."""
        total, done = self.total(), 0
        self.progress(done, total)
        for done, response in enumerate(responses(self.connection, self.source), 1):
            yield response
            if done % REPORT_EVERY == 0:
                self.progress(done, total)
        self.progress(done, total)

    def total(self) -> int:
        """How many responses there are."""
        city, survey = self.source.profile.slug, self.source.survey.slug
        counted = select(func.count()).where(SESSION.c.city == city, SESSION.c.survey == survey)
        return int(self.connection.execute(counted).scalar_one())
