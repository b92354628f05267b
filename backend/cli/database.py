"""The database of a command."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from backend.city_file import CityError
from backend.settings import Settings, read_settings
from backend.store import open_engine
from backend.store.library import CityUnknownError
from backend.survey_source import SurveyError
from dialogue.faults import Fault


@contextmanager
def database() -> Iterator[tuple[Settings, Engine]]:
    """Settings and an engine, closed at the end; faults of a city or survey become one error."""
    settings = read_settings()
    engine = open_engine(settings.database_url)
    try:
        yield settings, engine
    except CityUnknownError as error:
        raise CityError((Fault("city", f"there is no city '{error}' in the database"),)) from error
    except SurveyError as error:
        raise CityError(error.faults) from error
    finally:
        engine.dispose()
