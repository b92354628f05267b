"""Bugs on purpose: what the crash test is there to find. Planted by `program` alone."""

import os
from collections.abc import Callable, Mapping

import httpx
from sqlalchemy import text

from backend.store.unit import SqlUnit
from bot.store import Inbound, Unit
from bot.turns import Taken, decide
from channels.base import Carries
from tests.backend.provider import ACCOUNT, SENDER

EARLY_COMMIT, SEND_BEFORE_COMMIT = "early commit", "send before commit"

TakeTurn = Callable[[Unit, Inbound, Carries], Taken]


def _as_it_is(take_turn: TakeTurn) -> TakeTurn:
    return take_turn


def _early_commit(_: TakeTurn) -> TakeTurn:
    """The receipt is committed in a transaction of its own: a repeat then ends at a turn that was
    never taken."""

    def planted(unit: Unit, inbound: Inbound, carries: Carries) -> Taken:
        receipt = unit.inbox.receive(inbound)
        if receipt is None:
            return Taken(repeat=True)
        assert isinstance(unit, SqlUnit)
        unit.transaction.connection.exec_driver_sql("COMMIT")
        unit.transaction.connection.exec_driver_sql("BEGIN")
        return decide(unit, inbound, receipt, carries)

    return planted


def _send_before_commit(take_turn: TakeTurn) -> TakeTurn:
    """The reply is handed to the provider before the commit: a turn undone is answered twice."""

    def planted(unit: Unit, inbound: Inbound, carries: Carries) -> Taken:
        taken = take_turn(unit, inbound, carries)
        assert isinstance(unit, SqlUnit)
        for part in taken.parts:
            to = inbound.received.urn.removeprefix("tel:")
            httpx.post(
                f"{os.environ['CRASH_SINK']}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
                data={"To": to, "From": SENDER, "Body": part.text},
                trust_env=False,
            )
        sent = text("UPDATE outbound SET state = 'sent' WHERE turn = :turn")
        unit.transaction.connection.execute(sent, {"turn": inbound.turn})
        return taken

    return planted


PLANTED: Mapping[str, Callable[[TakeTurn], TakeTurn]] = {
    "": _as_it_is,
    EARLY_COMMIT: _early_commit,
    SEND_BEFORE_COMMIT: _send_before_commit,
}
