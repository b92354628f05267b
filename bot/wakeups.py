"""Turns that no message starts: wake-ups that came due, and receipts left waiting."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.store import ContactBusyError, Due, ReceiptStatus, Unit
from bot.turns import apply, decide
from channels.base import Carries, Purpose
from dialogue.conversation import converse
from dialogue.events import Tick

AT_ONCE = 200
"""Contacts woken in one transaction."""

AFTER_A_FAULT = timedelta(hours=1)
AFTER_A_WAIT = timedelta(minutes=1)

log = structlog.get_logger(__name__)

Kinds = Mapping[tuple[str, str], Carries]
"""What the channels carry, by city and name."""


def wake_contacts(
    unit: Unit,
    now: datetime,
    fresh_id: Callable[[], str],
    kinds: Kinds,
    city: str | None = None,
) -> int:
    """Ticks every contact (of one city, if it is given) whose time has come; how many there
    were."""
    due = unit.contacts.due(now, AT_ONCE, city)
    for one in due:
        try:
            with unit.savepoint():
                _wake(unit, one, now, fresh_id(), kinds)
        except ContactBusyError:
            put_off = replace(one.known.conversation, wake_at=now + AFTER_A_WAIT)
            unit.contacts.save(one.known.contact, put_off)
        except Exception as error:
            # Not to be tried again at once for ever, nor to hold up the others.
            log.error("wake_up_failed", city=one.city, error=type(error).__name__)
            put_off = replace(one.known.conversation, wake_at=now + AFTER_A_FAULT)
            unit.contacts.save(one.known.contact, put_off)
    return len(due)


def _wake(unit: Unit, one: Due, now: datetime, id_: str, kinds: Kinds) -> None:
    desk = unit.desk(one.city)
    turn = converse(desk, one.known.conversation, Tick(id_, one.heard_at), now)
    carries = kinds[one.city, one.known.channel]
    apply(unit, desk, one.city, one.known, turn, id_, now, carries, Purpose.REMINDER)


def take_waiting(unit: Unit, kinds: Kinds) -> int:
    """Takes the turns of receipts whose contact was locked when they came; how many were
    taken (of each contact the oldest: call again while there are any). One whose channel is
    gone becomes FAILED, so that it does not hold up what the contact wrote since."""
    waiting = unit.inbox.waiting(AT_ONCE)
    taken = 0
    for receipt, inbound in waiting:
        carries = kinds.get((inbound.city, inbound.channel))
        if carries is None:
            log.error("channel_gone", city=inbound.city, receipt=receipt)
            unit.inbox.mark(receipt, ReceiptStatus.FAILED)
            taken += 1
            continue
        done = decide(unit, inbound, receipt, carries)
        if done.status is ReceiptStatus.TAKEN:
            unit.inbox.mark(receipt, ReceiptStatus.TAKEN)
        taken += done.status is not ReceiptStatus.WAITING
    return taken
