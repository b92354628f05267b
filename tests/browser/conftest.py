"""Fixtures of the tests of pages."""

from pathlib import Path

import pytest

from tests.browser.demo import make_cities


@pytest.fixture(scope="session")
def cities(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of the demo cities and a real one."""
    folder = tmp_path_factory.mktemp("cities")
    make_cities(sqlite_template, folder)
    return folder
