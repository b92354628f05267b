"""Work that one process at a time may do: taken, prolonged, given back, outlived."""

from datetime import timedelta

from backend.store import leases, library
from tests.backend.store.conftest import NOON, World

MINUTE = timedelta(minutes=1)


def take(world: World, holder: str, minutes: int = 0, name: str = "work") -> bool:
    now = NOON + minutes * MINUTE
    with world.store.write() as unit:
        return unit.lease(name, holder, now, now + 5 * MINUTE)


def test_a_lease_is_one_holders_until_it_ends_or_is_given_back(world: World) -> None:
    assert take(world, "one")
    assert not take(world, "two", 4)
    assert take(world, "one", 4)
    assert not take(world, "two", 8)
    assert take(world, "two", 9)
    with world.store.write() as unit:
        assert not unit.lease("work", "two", NOON, NOON)
    assert take(world, "three", 9)


def test_all_of_a_holder_or_of_everybody_are_given_back(world: World) -> None:
    for name, holder in (("a", "one"), ("b", "one"), ("c", "two")):
        assert take(world, holder, name=name)
    with library.writing(world.store.engine) as connection:
        leases.release_all(connection, "one")
    assert take(world, "three", name="a")
    assert not take(world, "three", name="c")
    with library.writing(world.store.engine) as connection:
        leases.release_all(connection)
    assert take(world, "three", name="c")
