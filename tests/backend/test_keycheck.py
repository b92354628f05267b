"""Who starts with other keys than the database's is stopped, and told what to do."""

import pytest

from backend.privacy import KeyRing, KeysUnusableError
from backend.store import open_engine
from backend.store.keycheck import check_keys
from tests.backend.conftest import KEYS, Town

NEW = "a synthetic key that came later, long enough"


async def test_keys_are_held_against_what_the_database_was_written_under(town: Town) -> None:
    await town.text("+27600004000", "Hi", "SM" + "d" * 32)
    engine = open_engine(town.settings.database_url)
    check_keys(engine, KeyRing(KEYS))
    check_keys(engine, KeyRing([NEW, *KEYS]))
    with pytest.raises(KeysUnusableError, match="another secret key"):
        check_keys(engine, KeyRing([NEW]))
    with pytest.raises(KeysUnusableError, match="newest key alone"):
        check_keys(engine, KeyRing([*KEYS, NEW]))
    engine.dispose()


def test_an_empty_database_takes_any_key(database_url: str) -> None:
    engine = open_engine(database_url)
    check_keys(engine, KeyRing([NEW]))
    engine.dispose()
