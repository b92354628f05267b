"""Exports read by the validators of their formats: libhxl and frictionless."""

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.exports import export
from backend.store import library, open_engine
from tests.backend.exports.hostile import plant_hostile
from tests.backend.exports.seed import SLUG, city, plant

pytestmark = pytest.mark.conformance

HXL = """
import sys, hxl
found = hxl.validate(hxl.data(sys.argv[1], hxl.InputOptions(allow_local=True)))
faults = [issue for issue in found["issues"] if issue["severity"] == "error"]
sys.exit(str(faults) if faults else 0)
"""
PACKAGE = """
import sys, frictionless
found = frictionless.validate(sys.argv[1], type="package")
sys.exit(0 if found.valid else str(found.flatten(["title", "message"])))
"""
TABLE = PACKAGE.replace(', type="package"', "")


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """Both synthetic cities."""
    engine = open_engine(sqlite_url)
    plant(engine, city())
    plant_hostile(engine)
    yield engine
    engine.dispose()


def profiles(engine: Engine) -> list[CityProfile]:
    with engine.connect() as connection:
        return [library.load_profile(connection, slug) for slug in ("smalltown", "oddtown")]


def written(engine: Engine, format: str, profile: CityProfile) -> bytes:
    out = io.BytesIO()
    export(engine, profile, SLUG, format, "synthetic export key", out)
    return out.getvalue()


def check(peers: Path, program: str, path: Path) -> None:
    done = subprocess.run(
        [peers / "python", "-c", program, path.name],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_libhxl_finds_no_error_in_an_hxl_export(
    engine: Engine, peers: Path, tmp_path: Path
) -> None:
    """It warns of the tab in an area's name, and of codes that once were words."""
    for profile in profiles(engine):
        path = tmp_path / f"{profile.slug}.csv"
        path.write_bytes(written(engine, "hxl", profile))
        check(peers, HXL, path)


def test_frictionless_finds_a_flow_results_package_valid(
    engine: Engine, peers: Path, tmp_path: Path
) -> None:
    """A Flow Results package is a data package; its own profile's name no general tool knows."""
    for profile in profiles(engine):
        folder = tmp_path / profile.slug
        with zipfile.ZipFile(io.BytesIO(written(engine, "flow-results", profile))) as package:
            package.extractall(folder)
        descriptor = folder / "datapackage.json"
        content = json.loads(descriptor.read_text())
        assert content.pop("profile") == "flow-results-package"
        descriptor.write_text(json.dumps(content))
        check(peers, PACKAGE, descriptor)


@pytest.mark.parametrize("format", ["csv", "long", "summary"])
def test_frictionless_finds_a_table_valid(
    engine: Engine, peers: Path, tmp_path: Path, format: str
) -> None:
    for profile in profiles(engine):
        path = tmp_path / f"{profile.slug}.csv"
        path.write_bytes(written(engine, format, profile))
        check(peers, TABLE, path)
