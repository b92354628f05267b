"""That somebody took microdata away is noted before the first row leaves."""

from datetime import datetime

from sqlalchemy import Connection, insert

from backend.models import metadata

AUDIT = metadata.tables["audit"]


def note_export(
    connection: Connection, city: str, who: str, slug: str, format: str, at: datetime
) -> None:
    """Adds a line to the audit log. `who` is a staff id or a key's prefix."""
    line = {"city": city, "who": who, "what": f"export {slug} {format}", "at": at}
    connection.execute(insert(AUDIT).values(line))
