"""Brings a database to the newest tables, by Alembic without an ini file."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from backend.store.engine import for_writing, open_engine

# Alembic takes as long to import as the rest of a command, and most commands never migrate.
if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent.parent / "migrations"

_LOCK = 0x696D62697A6F  # "imbizo"


class ForeignKeysBrokenError(Exception):
    """A migration left rows that point nowhere; it was undone."""


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings for our migrations on an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def migrate(url: str) -> None:
    """Migrates to the newest tables, in one transaction; several processes may call it at once."""
    engine = open_engine(url, foreign_keys=False)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrates on an engine made with foreign keys off: SQLite rebuilds a table to change it, and
    would take the rows that point to it along."""
    from alembic import command

    with for_writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(alembic_config(connection), revision)
        if (
            engine.dialect.name == "sqlite"
            and connection.execute(text("PRAGMA foreign_key_check")).first()
        ):
            raise ForeignKeysBrokenError
