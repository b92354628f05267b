"""That somebody took microdata away is noted before the first row leaves."""

from datetime import datetime

from sqlalchemy import Connection, insert

from backend.models import metadata

AUDIT = metadata.tables["audit"]


def note_export(
    connection: Connection, city: str, who: str, slug: str, format: str, at: datetime
) -> None:
    """Adds a line to the audit log. `who` is a staff id or a key's prefix."""
    _note(connection, city, who, f"export {slug} {format}", at)


def note_job(
    connection: Connection, city: str, who: str, what: str, job: int, slug: str, at: datetime
) -> None:
    """The same of an export that is made in the background: asked for, fetched, removed."""
    _note(connection, city, who, f"export {slug} {what} {job}", at)


def note_look(connection: Connection, city: str, who: str, medium: int, at: datetime) -> None:
    """The same of a look at a picture or recording."""
    _note(connection, city, who, f"media {medium}", at)


def note_reading(connection: Connection, city: str, who: str, slug: str, at: datetime) -> None:
    """The same of a look at residents' own words."""
    _note(connection, city, who, f"answers {slug}", at)


def note_flow_results(connection: Connection, city: str, who: str, what: str, at: datetime) -> None:
    """The same of what is read over the API of Flow Results."""
    _note(connection, city, who, f"flow results {what}", at)


def note_coding(connection: Connection, city: str, who: str, answer: int, at: datetime) -> None:
    """That somebody read an answer anew."""
    _note(connection, city, who, f"coding {answer}", at)


def note_label(
    connection: Connection, city: str, who: str, answer: int, at: datetime, *, settles: bool
) -> None:
    """That somebody labelled an answer, or settled what coders disagreed on."""
    _note(connection, city, who, f"{'settlement' if settles else 'label'} {answer}", at)


def note_history(connection: Connection, city: str, who: str, answer: int, at: datetime) -> None:
    """That somebody looked at the labels of an answer."""
    _note(connection, city, who, f"labels {answer}", at)


def note_broadcast(
    connection: Connection, city: str, who: str, what: str, number: int, at: datetime
) -> None:
    """That somebody ordered, approved, paused, resumed or cancelled a broadcast."""
    _note(connection, city, who, f"broadcast {number} {what}", at)


def _note(connection: Connection, city: str, who: str, what: str, at: datetime) -> None:
    connection.execute(insert(AUDIT).values({"city": city, "who": who, "what": what, "at": at}))
