"""Takes a turn: one received message becomes stored answers and at most one reply.

Theory of operation. The receipt is stored first, so a repeat ends there. Deciding runs in a
savepoint: a bug undoes itself alone, leaves the receipt FAILED and the sealed body for a person; a
contact locked elsewhere leaves it WAITING for the worker. Either way the commit comes before the
provider is answered, so nothing is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.allowance import next_reply
from bot.language import guess_of
from bot.residence import area_told
from bot.store import ContactBusyError, Inbound, Known, Outbound, ReceiptStatus, Retention, Unit
from channels.base import Carries, Part, Purpose
from channels.rendering import render
from dialogue.conversation import converse
from dialogue.desk import Desk
from dialogue.effects import (
    Ask,
    Consent,
    CountRisk,
    DropText,
    Effect,
    Forget,
    MakeLink,
    Moved,
    Opened,
    OptIn,
    OptOut,
    Quarantine,
    Record,
    Redeem,
    TakeMedia,
)
from dialogue.events import Linked, Reply
from dialogue.memory import Conversation
from dialogue.turn import Turn
from dialogue.wording import compose

REPLY_LIVES = timedelta(hours=24)
"""How long an unsent reply is still worth sending."""

BULK = 10
"""The priority of what answers nobody: it lets replies overtake, and waits in quiet hours."""

OUTBOX = "outbox"
"""The topic told when something was queued."""

WITHHELD = "replies_withheld"
"""The city's counter of replies not given because the contact's budget was used up."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a received message led to: the parts of the reply, whether it was a repeat, the
    language that the conversation is in now."""

    parts: tuple[Part, ...] = ()
    repeat: bool = False
    status: ReceiptStatus = ReceiptStatus.TAKEN
    language: str | None = None


def take_turn(unit: Unit, inbound: Inbound, carries: Carries) -> Taken:
    """Receives and decides, inside the caller's write transaction. Raises only what makes the whole
    transaction void (the database itself)."""
    receipt = unit.inbox.receive(inbound)
    if receipt is None:
        return Taken(repeat=True)
    return decide(unit, inbound, receipt, carries)


def decide(unit: Unit, inbound: Inbound, receipt: int, carries: Carries) -> Taken:
    """The turn of a stored receipt: now, or later when the worker takes it up."""
    try:
        with unit.savepoint():
            return _converse(unit, inbound, receipt, carries)
    except ContactBusyError:
        unit.inbox.mark(receipt, ReceiptStatus.WAITING)
        return Taken(status=ReceiptStatus.WAITING)
    except Exception as error:
        # Its text could hold what the resident wrote: only the kind of error is logged.
        log.error("turn_failed", city=inbound.city, receipt=receipt, error=type(error).__name__)
        unit.inbox.mark(receipt, ReceiptStatus.FAILED)
        return Taken(status=ReceiptStatus.FAILED)


def _converse(unit: Unit, inbound: Inbound, receipt: int, carries: Carries) -> Taken:
    known = unit.contacts.load(inbound)
    if carries.window is not None:
        unit.contacts.open_window(inbound.city, inbound.channel, known.urn, inbound.at)
    desk = unit.desk(inbound.city)
    event = _event(inbound, known, unit, desk)
    turn = converse(desk, known.conversation, event, inbound.at)
    code = next((effect.code for effect in turn.effects if isinstance(effect, Redeem)), None)
    if code is not None:
        joined = unit.contacts.link(inbound.city, known, code, inbound.at)
        known = joined or known
        told = Linked(event, found=joined is not None)
        turn = converse(desk, known.conversation, told, inbound.at)
    _guard_text(unit, inbound, receipt, turn)
    parts = apply(unit, desk, inbound.city, known, turn, inbound.turn, inbound.at, carries)
    for effect in turn.effects:
        if isinstance(effect, TakeMedia):
            unit.media.note(inbound, receipt, known.contact, effect.session, effect.question)
    return Taken(parts, language=desk.locale(turn.conversation.locale).code)


def _guard_text(unit: Unit, inbound: Inbound, receipt: int, turn: Turn) -> None:
    """What was told in danger goes at once or soon, and is counted without it."""
    for effect in turn.effects:
        match effect:
            case DropText():
                unit.inbox.drop_body(receipt)
            case Quarantine():
                unit.inbox.retain(receipt, Retention.QUARANTINED, inbound.at)
            case CountRisk(risk, area):
                unit.count_risk(inbound.city, risk, area, inbound.at)
            case _:
                pass


def apply(
    unit: Unit,
    desk: Desk,
    city: str,
    known: Known,
    turn: Turn,
    id_: str,
    at: datetime,
    carries: Carries,
    purpose: Purpose = Purpose.REPLY,
    expires_at: datetime | None = None,
) -> tuple[Part, ...]:
    """Keeps what a turn noted and queues what it says, of use until `expires_at` (None: for as long
    as a reply); returns the rendered parts. Only replies use up the budget of replies."""
    forget = next((effect for effect in turn.effects if isinstance(effect, Forget)), None)
    parts = _parts(desk, turn.effects, turn.conversation, carries)
    if forget is None:
        if parts and purpose is Purpose.REPLY and not turn.despite_opt_out:
            parts = _within_budget(unit, city, known, parts, at)
        _note(unit, city, known, turn.effects, at)
        area = area_told(desk, known.conversation, turn)
        if area is not None:
            unit.contacts.lives_in(known.contact, area)
        if turn.conversation != known.conversation:
            unit.contacts.save(known.contact, turn.conversation)
    else:
        # First the erasure, which empties the outbox, then the one message that says so.
        unit.contacts.forget(city, known.contact, at, forget.count)
    if parts:
        unit.outbox.queue(
            Outbound(
                turn=id_,
                city=city,
                channel=known.channel,
                contact=None if forget else known.contact,
                urn=known.urn,
                parts=parts,
                at=at,
                expires_at=expires_at or at + REPLY_LIVES,
                language=desk.locale(turn.conversation.locale).code,
                purpose=purpose,
                priority=0 if purpose is Purpose.REPLY else BULK,
                despite_opt_out=turn.despite_opt_out,
                forget=forget is not None,
                supersedes=any(isinstance(effect, Ask) for effect in turn.effects),
            )
        )
        unit.tell(OUTBOX)
    return parts


def _within_budget(
    unit: Unit, city: str, known: Known, parts: tuple[Part, ...], at: datetime
) -> tuple[Part, ...]:
    """The parts, or none where the contact is answered too often: it may be a machine. What it
    says is still taken; STOP, HELP and the safe word are always answered."""
    used = next_reply(known.reply_tat, at)
    if used is None:
        log.warning("reply_withheld", city=city)
        unit.count(city, WITHHELD)
        return ()
    unit.contacts.replied(known.contact, used)
    return parts


def _note(unit: Unit, city: str, known: Known, effects: Iterable[Effect], at: datetime) -> None:
    records: list[Record] = []
    for effect in effects:
        match effect:
            case Record():
                records.append(effect)
            case Opened(session, locale):
                unit.sessions.open(city, known.contact, session, locale, known.channel)
            case Moved(session):
                unit.sessions.move(session, at)
            case Consent():
                unit.contacts.consent(city, known.contact, effect, at)
            case OptOut():
                unit.contacts.opt_out(city, known.contact, at)
            case MakeLink(code, until):
                unit.contacts.offer_link(city, known.contact, code, until)
            case OptIn():
                unit.contacts.opt_in(city, known.contact)
            case _:
                pass
    if records:
        unit.sessions.record(records, at)


def _parts(
    desk: Desk, effects: Iterable[Effect], conversation: Conversation, carries: Carries
) -> tuple[Part, ...]:
    message = compose(desk, effects, conversation.locale)
    return render(message, carries) if message else ()


def _event(inbound: Inbound, known: Known, unit: Unit, desk: Desk) -> Reply:
    received = inbound.received
    text = received.text if received.choice is None else ""
    sent, heard = received.sent_at, known.heard_at
    question = received.question
    if received.in_reply_to and question is None and received.choice is None:
        question = unit.outbox.question_of(inbound.city, inbound.channel, received.in_reply_to)
    return Reply(
        id=inbound.turn,
        text=received.text,
        choice=received.choice,
        question=question,
        location=received.location,
        media=len(received.media),
        command=received.command,
        answered=received.answered,
        message_id=received.provider_id,
        channel=inbound.channel,
        language=received.language,
        edited=received.edited,
        late=sent is not None and heard is not None and sent < heard,
        guess=guess_of(unit.guesser, desk, known.conversation, text, received.language),
    )
