"""Delivery reports, in whatever order they come, and what faults teach us about addresses."""

from datetime import datetime

import structlog
from pydantic import ValidationError
from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from backend.models.base import UTCDateTime
from backend.privacy import SealBrokenError
from backend.store import spend
from backend.store.claiming import SENDING_JSON
from backend.store.optouts import opt_out, opt_out_address
from backend.store.tables import (
    CONTACT,
    DELIVERY_REPORT,
    OUTBOUND,
    SENDING,
    URN,
    in_state,
    reports_of,
    second_lane,
)
from backend.store.transaction import Transaction
from bot.store import DeliveryState, Undelivered
from channels.base import Fault, Status, StatusUpdate

log = structlog.get_logger(__name__)

_KEEP = (
    postgresql.insert(DELIVERY_REPORT)
    .values(
        {
            name: bindparam(name)
            for name in (
                "city",
                "channel",
                "provider_id",
                "status",
                "fault_kind",
                "fault_code",
                "at",
            )
        }
    )
    .on_conflict_do_nothing(index_elements=["city", "channel", "provider_id", "status"])
    .returning(DELIVERY_REPORT.c.id)
)
_IS_IT = (
    (OUTBOUND.c.city == bindparam("of_city"))
    & (OUTBOUND.c.channel == bindparam("of_channel"))
    & (OUTBOUND.c.provider_id == bindparam("its_id"))
)
_AT = bindparam("at", type_=UTCDateTime())
_DELIVERED = bindparam("to", type_=Integer()) >= literal(int(Status.DELIVERED))
_ARRIVED_AFTER_ALL = and_(_DELIVERED, in_state(DeliveryState.QUEUED))
_RAISE = (
    update(OUTBOUND)
    .where(_IS_IT, OUTBOUND.c.status < bindparam("to"))
    .values(
        status=bindparam("to"),
        delivered_at=case((_DELIVERED, func.coalesce(OUTBOUND.c.delivered_at, _AT)), else_=null()),
        # Delivered after undelivered is believed.
        fault_kind=bindparam("kind"),
        fault_code=bindparam("code"),
        # It was to go out once more, and has arrived after all.
        state=case((_ARRIVED_AFTER_ALL, DeliveryState.SENT), else_=OUTBOUND.c.state),
        settled_at=case((_ARRIVED_AFTER_ALL, _AT), else_=OUTBOUND.c.settled_at),
    )
    .returning(
        OUTBOUND.c.id,
        OUTBOUND.c.sending,
        OUTBOUND.c.contact,
        OUTBOUND.c.turn,
        OUTBOUND.c.sends,
        OUTBOUND.c.expires_at,
    )
)
_NEWER = select(
    exists().where(
        OUTBOUND.c.contact == bindparam("of_contact"),
        OUTBOUND.c.id > bindparam("of_part"),
        OUTBOUND.c.turn != bindparam("of_turn"),
        OUTBOUND.c.state != DeliveryState.CANCELLED,
    )
)
_SEND_AGAIN = (
    update(OUTBOUND)
    .where(OUTBOUND.c.id == bindparam("of_part"), in_state(DeliveryState.SENT))
    .values(
        state=DeliveryState.QUEUED,
        due_at=bindparam("again_at"),
        lane=second_lane(),
        settled_at=None,
        sent_at=None,
        unknown_since=None,
    )
)
# The part will have another id, and nothing would lead from it to these. A report that it arrived
# after all may still come: it goes by the id, and the status that is reached stays.
_ITS_REPORTS = delete(DELIVERY_REPORT).where(reports_of(OUTBOUND.c.id == bindparam("of_part")))
_KEPT = (
    select(
        DELIVERY_REPORT.c.status,
        DELIVERY_REPORT.c.fault_kind,
        DELIVERY_REPORT.c.fault_code,
        DELIVERY_REPORT.c.at,
    )
    .where(
        DELIVERY_REPORT.c.city == bindparam("of_city"),
        DELIVERY_REPORT.c.channel == bindparam("of_channel"),
        DELIVERY_REPORT.c.provider_id == bindparam("its_id"),
    )
    .order_by(DELIVERY_REPORT.c.status)
)
_CONTACT = select(URN.c.contact).where(
    URN.c.city == bindparam("of_city"), URN.c.hash == bindparam("of_hash")
)
_LOCK_CONTACT = (
    select(CONTACT.c.id).where(CONTACT.c.id == bindparam("of_contact")).with_for_update()
)
_DEAD = (
    update(URN)
    .where(URN.c.city == bindparam("of_city"), URN.c.hash == bindparam("of_hash"))
    .values(dead=bindparam("at_scheme"))
)


def report(
    transaction: Transaction, city: str, channel: str, update: StatusUpdate, at: datetime
) -> Undelivered | None:
    """Keeps a report and raises its message's status. A repeat changes nothing; one whose message
    is not known (yet) waits for it."""
    fault = update.fault
    row = {
        "city": city,
        "channel": channel,
        "provider_id": update.provider_id,
        "status": int(update.status),
        "fault_kind": fault.kind if fault else None,
        "fault_code": fault.code if fault else None,
        "at": at,
    }
    if transaction.connection.execute(_KEEP, row).scalar() is None:
        return None
    return _raise(transaction, city, channel, update, at)


def catch_up(
    transaction: Transaction, city: str, channel: str, provider_id: str
) -> Undelivered | None:
    """Applies the reports that came before their message was settled. Of a fault only kind and code
    were kept: one more try is what it then allows."""
    undelivered = None
    row = {"of_city": city, "of_channel": channel, "its_id": provider_id}
    for kept in transaction.connection.execute(_KEPT, row).all():
        fault = Fault(kept.fault_kind, kept.fault_code or "", 1) if kept.fault_kind else None
        update = StatusUpdate(provider_id, Status(kept.status), fault)
        raised = _raise(transaction, city, channel, update, kept.at)
        undelivered = raised if fault else undelivered
    return undelivered


def send_again(transaction: Transaction, part: int, due_at: datetime) -> None:
    """Queues it once more, in a lane of its own: order is lost already."""
    spend.keep_sending(transaction.connection, part)
    transaction.connection.execute(_ITS_REPORTS, {"of_part": part})
    transaction.connection.execute(_SEND_AGAIN, {"of_part": part, "again_at": due_at})


def learn_opt_out(transaction: Transaction, city: str, urn: str, at: datetime) -> None:
    """A provider says that an address opted out: its contact did, with all addresses."""
    hashed = transaction.keys.index(city, urn)
    contact = _contact(transaction, city, hashed)
    if contact is not None:
        # As a turn does: the contact's row first, or the two would wait for one another.
        transaction.connection.execute(_LOCK_CONTACT, {"of_contact": contact})
    if contact is None:
        opt_out_address(transaction, city, hashed, urn, at)
    else:
        opt_out(transaction, city, contact, at)


def learn_dead(transaction: Transaction, city: str, urn: str) -> None:
    """A provider says that nobody is at the address. A number without WhatsApp may still text."""
    hashed, scheme = transaction.keys.index(city, urn), urn.partition(":")[0]
    row = {"of_city": city, "of_hash": hashed, "at_scheme": scheme}
    transaction.connection.execute(_DEAD, row)


def _raise(
    transaction: Transaction, city: str, channel: str, update: StatusUpdate, at: datetime
) -> Undelivered | None:
    fault = update.fault
    row = {
        "of_city": city,
        "of_channel": channel,
        "its_id": update.provider_id,
        "to": int(update.status),
        "at": at,
        "kind": fault.kind if fault else None,
        "code": fault.code if fault else None,
    }
    raised = transaction.connection.execute(_RAISE, row).first()
    if raised is None or fault is None or raised.sending is None:
        return None  # nothing new, or it arrived, or it is wiped already
    try:
        sending = SENDING_JSON.validate_json(transaction.keys.unseal(raised.sending, SENDING))
    except (SealBrokenError, ValidationError) as error:
        log.error("part_unreadable", city=city, part=raised.id, error=type(error).__name__)
        return None
    later = {"of_contact": raised.contact, "of_part": raised.id, "of_turn": raised.turn}
    return Undelivered(
        raised.id,
        city,
        channel,
        sending.urn,
        fault,
        sends=raised.sends,
        expires_at=raised.expires_at,
        newest=not transaction.connection.execute(_NEWER, later).scalar(),
    )


def _contact(transaction: Transaction, city: str, hashed: str) -> str | None:
    row = {"of_city": city, "of_hash": hashed}
    found: str | None = transaction.connection.execute(_CONTACT, row).scalar()
    return found
