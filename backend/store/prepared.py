"""Statements that run in every turn, compiled once and given straight to the driver.

SQLAlchemy's way from a statement to the driver costs three times what the database then takes for
it. Here only its compiler and its types are used: the SQL, how values are bound and how results are
read stay its business.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    order: tuple[str, ...]  # of the names, where the driver wants that
    fixed: Mapping[str, Any]  # values that are part of the statement, bound already
    binders: tuple[tuple[str, Callable[[Any], Any]], ...]  # of the others
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]  # of results, by place
    record: Callable[[Any], Any]  # makes a row with names

    def bound(self, row: Mapping[str, Any]) -> Any:
        """The row as the driver takes it. Raises KeyError for a value that is missing."""
        values = {**row, **self.fixed}
        for name, binder in self.binders:
            values[name] = binder(values[name])
        return [values[name] for name in self.order] if self.order else values

    def read(self, found: Sequence[Any]) -> Any:
        """A row as SQLAlchemy would give it."""
        values = list(found)
        for place, reader in self.readers:
            values[place] = reader(values[place])
        return self.record(values)


class Prepared:
    """A statement whose parameters are bindparams or, in an INSERT, the keys of its rows (always
    the same ones)."""

    def __init__(self, statement: Insert | Update | Delete | Select[Any]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, row: Mapping[str, Any]) -> None:
        """Executes it. Raises DBAPIError as SQLAlchemy does."""
        compiled = self._for(connection.dialect, row)
        _guarded(connection, "execute", compiled.sql, compiled.bound(row))

    def all(self, connection: Connection, row: Mapping[str, Any]) -> list[Any]:
        """The rows it returns, their values by name. Raises as `run`."""
        compiled = self._for(connection.dialect, row)
        found = _guarded(connection, "execute", compiled.sql, compiled.bound(row)).fetchall()
        return [compiled.read(one) for one in found]

    def first(self, connection: Connection, row: Mapping[str, Any]) -> Any:
        """The first row it returns; None without one. Raises as `run`."""
        return next(iter(self.all(connection, row)), None)

    def run_all(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Executes it for each row (at least one). Raises as `run`."""
        if len(rows) == 1:
            self.run(connection, rows[0])
            return
        compiled = self._for(connection.dialect, rows[0])
        values = [compiled.bound(row) for row in rows]
        _guarded(connection, "executemany", compiled.sql, values)

    def _for(self, dialect: Dialect, row: Mapping[str, Any]) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            keys = list(row) if isinstance(self._statement, Insert) else None
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect, keys)
        return compiled


def _compile(statement: Any, dialect: Dialect, keys: list[str] | None) -> _Compiled:
    made = statement.compile(dialect=dialect, column_keys=keys)
    if made.isinsert and made.insert_prefetch:
        raise ValueError(f"no value for {made.insert_prefetch}")
    binders = {
        name: binder
        for name, bind in made.binds.items()
        if (binder := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    fixed = {
        name: binders[name](bind.value) if name in binders else bind.value
        for name, bind in made.binds.items()
        if not bind.required
    }
    results = _results(statement)
    readers = [c.type.dialect_impl(dialect).result_processor(dialect, None) for c in results]
    names = [column.key or "" for column in results]
    # Names are known only now; one that cannot be an attribute's is a place.
    record = namedtuple("record", names, rename=True)  # type: ignore[misc]
    return _Compiled(
        str(made),
        tuple(made.positiontup or ()),
        fixed,
        tuple((name, binder) for name, binder in binders.items() if name not in fixed),
        tuple((place, reader) for place, reader in enumerate(readers) if reader is not None),
        record._make,
    )


def _results(statement: Any) -> list[Any]:
    """The columns that come back."""
    if isinstance(statement, Select):
        return list(statement.selected_columns)
    return list(statement.exported_columns)


def _guarded(connection: Connection, how: str, sql: str, values: Any) -> Any:
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        getattr(cursor, how)(sql, values)
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, driver, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql,
            None,
            error,
            connection.dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=lost,
            dialect=connection.dialect,
        ) from error
    return cursor
