"""The same data and key give the same bytes, on either database, whenever."""

import hashlib
import io
import sys
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import Engine

from backend.exports import FORMATS, StatisticsMissingError, export
from backend.store import open_engine
from tests.backend.exports.seed import SLUG, city, plant

KEY = "synthetic export key"


def written(engine: Engine, format: str) -> bytes:
    out = io.BytesIO()
    export(engine, city(), SLUG, format, KEY, out)
    return out.getvalue()


def test_the_same_bytes_on_both_databases_and_years_later(
    sqlite_url: str, postgres_url: str
) -> None:
    engines = [open_engine(sqlite_url), open_engine(postgres_url)]
    for engine in engines:
        plant(engine, city())
    for format in FORMATS:
        first, other = (hashlib.sha256(written(e, format)).hexdigest() for e in engines)
        assert first == other, format
        with time_machine.travel(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)):
            again = hashlib.sha256(written(engines[0], format)).hexdigest()
        assert first == again, format
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("format", ["sav", "parquet"])
def test_without_the_large_libraries_the_error_names_the_command(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    engine = open_engine(sqlite_url)
    plant(engine, city())
    for name in ("pyreadstat", "pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(StatisticsMissingError, match=r"pip install 'imbizo\[statistics\]'"):
        written(engine, format)
    engine.dispose()
