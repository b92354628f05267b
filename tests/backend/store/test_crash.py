"""A process killed within a transaction leaves nothing, and nobody waits for it."""

import subprocess
import sys
from pathlib import Path

from tests.backend.store.conftest import ANNA, NOON, OLD_KEY, World

# Receives a message, queues an answer to it, and never commits.
WRITER = f"""
import sys, time
from datetime import datetime
from backend.privacy import KeyRing
from backend.store import SqlStore, open_engine
from bot.store import Inbound, Outbound
from channels.base import Part, Received
store = SqlStore(open_engine(sys.argv[1]), KeyRing(["{OLD_KEY}"]), None, {{}})
now = datetime.fromisoformat("{NOON.isoformat()}")
inbound = Inbound("east", "sms", Received("SM1", "{ANNA}", text="x"), "a" * 32, now)
with store.write() as unit:
    unit.inbox.receive(inbound)
    contact = unit.contacts.load(inbound).contact
    part = Part("answer", (), None, 1)
    unit.outbox.queue(Outbound("b" * 32, "east", "sms", contact, "{ANNA}", (part,), now, now))
    print("written", flush=True)
    time.sleep(60)
"""


def test_kill_within_a_transaction(world: World, database_url: str) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", WRITER, database_url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        writer.kill()
    for table in ("received", "body", "contact", "urn", "outbound"):
        assert world.one(f"SELECT count(*) FROM {table}") == 0
    with world.store.write() as unit:
        inbound = world.message(provider_id="SM1")
        assert unit.inbox.receive(inbound) is not None
        assert unit.contacts.load(inbound).contact
