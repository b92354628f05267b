"""`imbizo` as it is, but that it says what it is doing, for whoever wants to kill it then.

`CRASH_MARKS` names the file of its `marks`. Told to, it also has a planted bug (`CRASH_PLANTED`),
ends itself at a step (`CRASH_AT`), or leaves a claimed part alone for so many seconds
(`CRASH_LEASE`), where a test has no minute to wait.
"""

import functools
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import bot.turns
from backend.store import SqlStore, claiming, line
from backend.store.unit import SqlUnit
from bot.store import Inbound, Unit
from bot.turns import Taken
from channels.base import Carries, Sending, Sent
from channels.twilio import Sms
from tests.crash.marks import Marks
from tests.crash.planted import PLANTED

TakeTurn = Callable[[Unit, Inbound, Carries], Taken]
BEFORE_SEND, AFTER_SEND = "before send", "after send"


def mark_turns(marks: Marks, take_turn: TakeTurn) -> TakeTurn:
    """The same turn, marked from its beginning on."""

    def marked(unit: Unit, inbound: Inbound, carries: Carries) -> Taken:
        marks.turn(True)
        return take_turn(unit, inbound, carries)

    return marked


def mark_commits(marks: Marks, write: Callable[[SqlStore], Any]) -> Callable[[SqlStore], Any]:
    """The same transaction, after whose end no turn is open."""

    @contextmanager
    def marked(store: SqlStore) -> Iterator[SqlUnit]:
        try:
            with write(store) as unit:
                yield unit
        finally:
            marks.turn(False)

    return marked


def mark_sends(
    marks: Marks, send: Callable[[Sms, Sending], Awaitable[Sent]], ends_at: str
) -> Callable[[Sms, Sending], Awaitable[Sent]]:
    """The same sending, marked."""

    @functools.wraps(send)
    async def marked(channel: Sms, sending: Sending) -> Sent:
        marks.send(1)
        try:
            end_at(BEFORE_SEND, ends_at)
            sent = await send(channel, sending)
            end_at(AFTER_SEND, ends_at)
            return sent
        finally:
            marks.send(-1)

    return marked


def end_at(step: str, told: str) -> None:
    """Ends this process at once, where this is the step."""
    if step == told:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Wraps what is marked, then runs the command line."""
    marks = Marks(Path(os.environ["CRASH_MARKS"]))
    if seconds := float(os.environ.get("CRASH_LEASE", "0")):
        for module in (claiming, line):
            setattr(module, "LEASE", timedelta(seconds=seconds))  # noqa: B010 (it is a constant)
    planted = PLANTED[os.environ.get("CRASH_PLANTED", "")]
    wrapped: tuple[tuple[object, str, object], ...] = (
        (bot.turns, "take_turn", mark_turns(marks, planted(bot.turns.take_turn))),
        (SqlStore, "write", mark_commits(marks, SqlStore.write)),
        (Sms, "send", mark_sends(marks, Sms.send, os.environ.get("CRASH_AT", ""))),
    )
    for owner, name, wrapper in wrapped:
        setattr(owner, name, wrapper)

    # Only now: it takes the names above from their modules.
    from backend.cli import main as imbizo

    imbizo()


if __name__ == "__main__":
    main()
