"""What is told in one process is heard in another, once it is committed."""

import queue
from contextlib import suppress

import psycopg
import pytest

from backend.store.listener import Listener
from tests.backend.store.conftest import World


def test_topics_are_heard_after_the_commit_only(postgres_world: World, postgres_url: str) -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    with Listener(postgres_url, heard.put):
        with suppress(ZeroDivisionError), postgres_world.store.write() as unit:
            unit.tell("undone")
            raise ZeroDivisionError
        with postgres_world.store.write() as unit:
            unit.tell("outbox")
            with pytest.raises(queue.Empty):
                heard.get(timeout=0.1)
        assert heard.get(timeout=5) == "outbox"
    assert heard.empty()


def test_a_lost_connection_is_made_again_and_tells_what_may_be_missed(
    postgres_world: World, postgres_url: str
) -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    with Listener(postgres_url, heard.put), psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        assert heard.get(timeout=10) == "outbox"
