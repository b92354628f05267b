"""One file that holds a database, SQLite's or PostgreSQL's, and fits into either."""

from backend.store.backup.file import BackupError
from backend.store.backup.reading import restore
from backend.store.backup.writing import write_backup

__all__ = ["BackupError", "restore", "write_backup"]
