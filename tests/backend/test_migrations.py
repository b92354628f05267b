"""The migrations make the tables that the program knows, on both databases."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, Engine, Enum, inspect, text
from sqlalchemy.exc import IntegrityError

from backend.models import metadata
from backend.store import migrate, open_engine
from backend.store.engine import UnknownDatabaseError, driver_url
from backend.store.schema import ForeignKeysBrokenError, alembic_config, upgrade


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """On a database that is migrated already; foreign keys are off, as migrations need."""
    engine = open_engine(database_url, foreign_keys=False)
    yield engine
    engine.dispose()


def test_nothing_is_missing_or_left_over(engine: Engine) -> None:
    with engine.begin() as connection:
        command.check(alembic_config(connection))


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)


def test_down_to_nothing_and_up_again(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    threads = 4
    start = threading.Barrier(threads)

    def up(_: int) -> None:
        start.wait()
        migrate(database_url)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(up, range(threads)))
    with engine.begin() as connection:
        command.check(alembic_config(connection))


LABELS: Sequence[tuple[str, Sequence[tuple[str, bool, bool]]]] = (
    ("of a coder the first", [("a", False, True), ("b", False, True), ("b", False, False)]),
    ("two others", [("a", False, True), ("b", False, True), ("c", False, False)]),
    ("one other twice", [("a", False, True), ("a", False, False), ("c", False, True)]),
    ("a settlement", [("a", False, True), ("b", True, False), ("c", False, False)]),
    ("a settlement alone", [("b", True, False), ("c", False, False)]),
)
"""Coder, whether it settles, and whether it is sure to have been given blind."""


@pytest.mark.parametrize("labels", [of for _, of in LABELS], ids=[name for name, _ in LABELS])
def test_labels_of_before_get_their_survey_and_only_sure_ones_are_blind(
    engine: Engine, labels: Sequence[tuple[str, bool, bool]]
) -> None:
    at = "2026-11-24 12:00:00+00:00"
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0011")
        _plant(connection, "city", slug="east", profile="{}", demo=False, revision=1)
        _plant(
            connection, "session", id="s1", city="east", survey="pulse", version=1,
            status="completed", locale="en", channel="sms", started_at=at,
        )  # fmt: skip
        _plant(
            connection, "answer", id=1, session="s1", question="why", revision=1,
            outcome="answered", rule="text", at=at,
        )  # fmt: skip
        for n, (coder, settles, _) in enumerate(labels):
            _plant(
                connection, "label", id=n, city="east", answer=1, scheme="x", version=1,
                coder=coder, codes=f'["{coder}"]', settles=settles, at=at,
            )  # fmt: skip
        command.upgrade(alembic_config(connection), "head")
        rows = connection.execute(text("SELECT survey, blind FROM label ORDER BY id")).all()
    assert [survey for survey, _ in rows] == ["pulse"] * len(labels)
    assert [bool(blind) for _, blind in rows] == [blind for _, _, blind in labels]


def test_a_publication_of_themes_stays_one_down_and_up_again(engine: Engine) -> None:
    """The second is of themes, the third renewed nothing, the fourth is of answers."""
    days = [f"2026-11-2{n} 12:00:00+00:00" for n in range(1, 5)]
    shown = [(1, "why"), (1, "why@theme"), (2, "why@theme"), (4, "why"), (4, "why@theme")]
    with engine.begin() as connection:
        _plant(connection, "city", slug="east", profile="{}", demo=False, revision=1)
        _plant(
            connection, "survey_version", city="east", slug="pulse", version=1,
            source='[[questions]]\nname = "why"\n', published_at=days[0], retired=False,
        )  # fmt: skip
        _plant(
            connection, "scheme_use", city="east", survey="pulse", question="why", scheme="x",
            coders=1, twice=0,
        )  # fmt: skip
        for number, at in enumerate(days, 1):
            _plant(
                connection, "publication", city="east", survey="pulse", number=number,
                responses=20, at=at, answers_at=at if number in (1, 4) else days[0],
            )  # fmt: skip
        for number, question in shown:
            _plant(
                connection, "published_figure", city="east", survey="pulse", publication=number,
                question=question, row="reached", group_by="", group_name="", n=10, latest=True,
            )  # fmt: skip
        kept = text("SELECT number, at, answers_at FROM publication ORDER BY number")
        before = connection.execute(kept).all()
        command.downgrade(alembic_config(connection), "0011")
        command.upgrade(alembic_config(connection), "head")
        assert connection.execute(kept).all() == before


@pytest.mark.parametrize(("own", "themes"), [("", "why_theme"), ("why_theme", "why_theme_")])
def test_themes_get_a_name_that_no_question_has(engine: Engine, own: str, themes: str) -> None:
    at = "2026-11-24 12:00:00+00:00"
    source = "".join(f'[[questions]]\nname = "{name}"\n' for name in filter(None, ("why", own)))
    with engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0011")
        _plant(connection, "city", slug="east", profile="{}", demo=False, revision=1)
        _plant(
            connection, "survey_version", city="east", slug="pulse", version=1, source=source,
            published_at=at, retired=False,
        )  # fmt: skip
        _plant(
            connection, "scheme_use", city="east", survey="pulse", question="why", scheme="x",
            coders=1, twice=0,
        )  # fmt: skip
        for question in ("why", *filter(None, (own,)), themes):
            _plant(
                connection, "published_figure", city="east", survey="pulse", publication=1,
                question=question, row="reached", group_by="", group_name="", n=10, latest=True,
            )  # fmt: skip
        command.upgrade(alembic_config(connection), "head")
        named = text("SELECT question FROM published_figure ORDER BY id")
        assert connection.execute(named).scalars().all() == [
            "why",
            *filter(None, (own,)),
            "why@theme",
        ]
        command.downgrade(alembic_config(connection), "0011")
        assert connection.execute(named).scalars().all() == ["why", *filter(None, (own,)), themes]
        command.upgrade(alembic_config(connection), "head")


def _plant(connection: Connection, table: str, **row: object) -> None:
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def test_there_is_one_line_of_migrations(engine: Engine) -> None:
    with engine.begin() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert len(scripts.get_heads()) == 1
    assert all(script.doc for script in scripts.walk_revisions())


ENUMS = [
    (table.name, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Enum)
]


@pytest.mark.parametrize(("table", "column"), ENUMS)
def test_the_database_takes_every_member_and_nothing_else(
    engine: Engine, table: str, column: str
) -> None:
    kind = metadata.tables[table].columns[column].type
    assert isinstance(kind, Enum)
    for value in kind.enums:
        with engine.begin() as connection:
            insert_row(connection, table, column, value)
            connection.rollback()
    with pytest.raises(IntegrityError) as caught, engine.begin() as connection:
        insert_row(connection, table, column, "nonsense")
    assert f"ck_{table}_" in str(caught.value)


def insert_row(connection: Connection, table: str, column: str, value: str) -> None:
    """A row that is right but for what it refers to, and perhaps this column."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))  # no foreign keys
    row = {}
    for one in metadata.tables[table].columns:
        if not one.nullable:
            row[one.name] = "{}" if isinstance(one.type, JSON) else _something(one.type.python_type)
        if isinstance(one.type, Enum):
            row[one.name] = one.type.enums[0]
    row[column] = value
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def _something(kind: type) -> object:
    return {int: 1, bool: True, str: "x"}.get(kind, "2026-11-24 12:00:00")


def test_a_migration_that_leaves_orphans_is_undone(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url, foreign_keys=False)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO counter (city, name, n) VALUES ('nowhere', 'x', 1)"))
    with pytest.raises(ForeignKeysBrokenError):
        upgrade(engine)
    engine.dispose()


def test_a_sqlite_file_is_opened_as_the_design_says(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_a_folder_with_spaces_and_percent_signs(tmp_path: Path) -> None:
    folder = tmp_path / "a folder 100%"
    folder.mkdir()
    migrate(f"sqlite:///{folder}/imbizo.db")


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///imbizo.db", "sqlite:///imbizo.db"),
        ("postgresql://a@b/c?host=/tmp", "postgresql+psycopg://a@b/c?host=/tmp"),
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_addresses_get_our_driver(given: str, driver: str) -> None:
    assert driver_url(given) == driver


def test_other_databases_are_refused() -> None:
    with pytest.raises(UnknownDatabaseError):
        driver_url("mysql://secret@host/db")
