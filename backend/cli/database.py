"""The database of a command."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from backend.city_file import CityError
from backend.scheme_source import SchemeError
from backend.settings import Settings, SettingsError, read_settings
from backend.store import open_engine
from backend.store.engine import SERVING
from backend.store.library import CityUnknownError
from backend.survey_source import SurveyError
from dialogue.faults import Fault

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :serving"
)


@contextmanager
def sole_process(settings: Settings) -> Iterator[None]:
    """Keeps a SQLite database to one long-lived process within the block. Raises SettingsError.
    On PostgreSQL any number may run (see `quiet_database`)."""
    if settings.sqlite_file is None:
        yield
        return
    path = settings.sqlite_file.with_name(settings.sqlite_file.name + "-running")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"`imbizo run` is using {settings.sqlite_file.name}: stop it first"
            ) from None
        yield


def quiet_database(engine: Engine) -> None:
    """Raises SettingsError while web or worker have a PostgreSQL database open: what they hold in
    memory would no longer be true."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        others = connection.execute(_OTHERS, {"serving": SERVING}).scalar_one()
    if others:
        raise SettingsError("Web or worker are running on this database: stop them first")


@contextmanager
def database() -> Iterator[tuple[Settings, Engine]]:
    """Settings and an engine, closed at the end; faults of what is loaded become one error."""
    settings = read_settings()
    engine = open_engine(settings.database_url)
    try:
        yield settings, engine
    except CityUnknownError as error:
        raise CityError((Fault("city", f"there is no city '{error}' in the database"),)) from error
    except (SurveyError, SchemeError) as error:
        raise CityError(error.faults) from error
    finally:
        engine.dispose()
