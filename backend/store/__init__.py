"""Keeps what `bot` decides: `bot.store`'s Protocols over SQLAlchemy Core, on SQLite and PostgreSQL.

Rule 1: statements are built once, at import; what comes back is plain data.
Rule 2: only `bot` (and a command) opens a transaction, by `SqlStore.write`.
Rule 3: states in a statement's WHERE are literals, or no partial index is used.
"""

from backend.store.engine import open_engine
from backend.store.schema import migrate
from backend.store.unit import BuildDesk, SqlStore, SqlUnit

__all__ = ["BuildDesk", "SqlStore", "SqlUnit", "migrate", "open_engine"]
