"""What is to be sent, in the same transaction as what it answers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql

from backend.store import claiming, reports, resting, simulated, windows
from backend.store.claiming import SENDING_JSON
from backend.store.prepared import Prepared
from backend.store.spend import drop_forgotten
from backend.store.tables import (
    CHANNEL_RATE,
    DELIVERY_REPORT,
    OUTBOUND,
    SECOND_LANE,
    SENDING,
    in_state,
    pending,
    unsent,
    wiped_if_forgotten,
)
from backend.store.transaction import Transaction
from bot.store import Claimed, DeliveryState, Outbound, Settlement, Undelivered
from channels.base import Kind, Part, Sending, Status, StatusUpdate

_QUEUE = Prepared(insert(OUTBOUND).inline())
_SUPERSEDE = Prepared(
    update(OUTBOUND)
    .where(
        OUTBOUND.c.lane.in_([bindparam("of_lane"), bindparam("of_second_lane")]),
        in_state(DeliveryState.QUEUED),
        OUTBOUND.c.is_question,
    )
    .values(state=DeliveryState.CANCELLED, settled_at=bindparam("at"), **wiped_if_forgotten())
)
_CHANNEL = postgresql.insert(CHANNEL_RATE).on_conflict_do_nothing(
    index_elements=["city", "channel"]
)

_HELD = (
    update(OUTBOUND)
    .where(
        OUTBOUND.c.id == bindparam("row"),
        OUTBOUND.c.token == bindparam("held_token"),
        in_state(DeliveryState.CLAIMED),
    )
    .values(token=None, fault_kind=bindparam("kind"), fault_code=bindparam("code"))
)
_AGAIN = _HELD.values(
    state=DeliveryState.QUEUED,
    due_at=bindparam("retry_at"),
    unknown_since=None,
    attempts=OUTBOUND.c.attempts - bindparam("uncounted"),
)
_UNKNOWN = _HELD.values(
    state=DeliveryState.UNKNOWN,
    due_at=bindparam("retry_at"),
    unknown_since=func.coalesce(OUTBOUND.c.unknown_since, OUTBOUND.c.claimed_at),
)
_END = _HELD.values(state=bindparam("to"), settled_at=bindparam("at"), **wiped_if_forgotten())
_ENDED = _END.returning(OUTBOUND.c.forget)
_BEHIND = OUTBOUND.alias("behind")
_LANE_WAITS = Prepared(
    select(
        exists().where(
            OUTBOUND.c.id == bindparam("of_part"),
            _BEHIND.c.lane == OUTBOUND.c.lane,
            _BEHIND.c.id != OUTBOUND.c.id,
            pending("behind"),
        )
    )
)
_CANCEL_BEHIND = (
    update(OUTBOUND)
    .where(
        exists().where(
            _BEHIND.c.id == bindparam("of_part"),
            in_state(DeliveryState.SENT, of="behind"),
            _BEHIND.c.lane == OUTBOUND.c.lane,
            _BEHIND.c.channel == OUTBOUND.c.channel,
            _BEHIND.c.hash == OUTBOUND.c.hash,
            # What was queued since answers somebody who has written meanwhile.
            or_(OUTBOUND.c.turn == _BEHIND.c.turn, OUTBOUND.c.queued_at < _BEHIND.c.claimed_at),
        ),
        ~OUTBOUND.c.despite_opt_out,
        unsent(),
    )
    .values(state=DeliveryState.CANCELLED, settled_at=bindparam("at"), **wiped_if_forgotten())
)
_SENDING_OF = select(OUTBOUND.c.sending).where(
    OUTBOUND.c.provider_id == bindparam("its_id"),
    OUTBOUND.c.city == bindparam("of_city"),
    OUTBOUND.c.channel == bindparam("of_channel"),
)
_TAKEN = select(OUTBOUND.c.id).where(
    OUTBOUND.c.provider_id == bindparam("its_id"),
    OUTBOUND.c.city == bindparam("of_city"),
    OUTBOUND.c.channel == bindparam("of_channel"),
)
# A report may have overtaken the answer to our sending.
_REPORTED = exists().where(
    DELIVERY_REPORT.c.city == bindparam("of_city"),
    DELIVERY_REPORT.c.channel == bindparam("of_channel"),
    DELIVERY_REPORT.c.provider_id == bindparam("its_id"),
)
_SENT = Prepared(
    _END.values(
        provider_id=bindparam("its_id"),
        sent_at=bindparam("at"),
        status=int(Status.SENT),
        sends=OUTBOUND.c.sends + 1,
    ).returning(_REPORTED.label("reported"), OUTBOUND.c.forget)
)
# On PostgreSQL a report and the settling of its message could miss one another: both lock this.
_LOCK = Prepared(select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger()))))


class SqlOutbox:
    """See `bot.store.Outbox`."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def queue(self, outbound: Outbound) -> None:
        """Queues every part; a second one of the same turn and part is refused with
        sqlalchemy.exc.IntegrityError."""
        hashed = self._transaction.keys.index(outbound.city, outbound.urn)
        lane = outbound.contact or hashed
        connection = self._transaction.connection
        if outbound.supersedes:
            lanes = {"of_lane": lane, "of_second_lane": SECOND_LANE + lane}
            _SUPERSEDE.run(connection, {**lanes, "at": outbound.at})
        self._see_channel(outbound)
        rows = [
            self._row(outbound, number, part, hashed, lane)
            for number, part in enumerate(outbound.parts)
        ]
        if rows:
            _QUEUE.run_all(connection, rows)

    def claim(self, now: datetime, token: str, limit: int) -> Sequence[Claimed]:
        """Claims due parts for 60 s (see `claiming`)."""
        return claiming.claim(self._transaction, now, token, limit)

    def settle(self, claimed: Claimed, settlement: Settlement, now: datetime) -> Undelivered | None:
        """Keeps what became of it, if the token still holds; what its fault taught us about the
        address, in any case. What a report that came before us says was not delivered."""
        late: Undelivered | None = None
        fault = settlement.fault
        row: dict[str, Any] = {
            "row": claimed.id,
            "held_token": claimed.token,
            "kind": fault.kind if fault else None,
            "code": fault.code if fault else None,
        }
        match settlement.state:
            case DeliveryState.SENT:
                late = self._sent(claimed, settlement, row | {"to": DeliveryState.SENT, "at": now})
            case DeliveryState.QUEUED:
                uncounted = int(not settlement.counted)
                retry_at = settlement.retry_at or now
                self._run(_AGAIN, row | {"retry_at": retry_at, "uncounted": uncounted})
            case DeliveryState.UNKNOWN:
                self._run(_UNKNOWN, row | {"retry_at": settlement.retry_at or now})
            case DeliveryState.FAILED | DeliveryState.EXPIRED | DeliveryState.CANCELLED as end:
                self._end(row | {"to": end, "at": now})
            case DeliveryState.CLAIMED:
                raise ValueError("a part is not settled by being claimed")
        if settlement.learnt is not None:
            urn = claimed.sending.urn
            self.learn(claimed.city, claimed.channel, urn, settlement.learnt, now)
        return late

    def settle_at_once(self, turn: str, at: datetime) -> None:
        """Settles what a turn queued as sent (see `simulated`)."""
        simulated.settle_at_once(self._transaction, turn, at)

    def report(
        self, city: str, channel: str, update: StatusUpdate, at: datetime
    ) -> Undelivered | None:
        """Keeps a delivery report (see `reports`)."""
        self._serialise(city, channel, update.provider_id)
        return reports.report(self._transaction, city, channel, update, at)

    def lane_waits(self, part: int) -> bool:
        """Whether something waits behind that part, for the same contact."""
        return bool(_LANE_WAITS.first(self._transaction.connection, {"of_part": part})[0])

    def cancel_behind(self, part: int, at: datetime) -> None:
        """Cancels what waits behind that part, for the same contact."""
        row = {"of_part": part, "at": at}
        self._transaction.connection.execute(_CANCEL_BEHIND, row)
        drop_forgotten(self._transaction.connection)

    def question_of(self, city: str, channel: str, provider_id: str) -> str | None:
        """The tag of the question that a sent part asked; None if it asked none or is gone."""
        where = {"of_city": city, "of_channel": channel, "its_id": provider_id}
        sealed = self._transaction.connection.execute(_SENDING_OF, where).scalar()
        if sealed is None:
            return None
        return SENDING_JSON.validate_json(self._transaction.keys.unseal(sealed, SENDING)).question

    def send_again(self, part: int, due_at: datetime) -> None:
        """Queues a part that was not delivered once more, in a lane of its own."""
        reports.send_again(self._transaction, part, due_at)

    def learn(self, city: str, channel: str, urn: str, kind: Kind, at: datetime) -> None:
        """What a provider says of an address."""
        match kind:
            case Kind.OPT_OUT:
                reports.learn_opt_out(self._transaction, city, urn, at)
            case Kind.DEAD:
                reports.learn_dead(self._transaction, city, urn)
            case Kind.WINDOW:
                windows.close(self._transaction, city, channel, urn)
            case _:
                pass

    def channel_failed(self, city: str, channel: str, known: int | None) -> int | None:
        """Counts a failure of the channel itself (see `resting`)."""
        return resting.count_failure(self._transaction, city, channel, known)

    def channel_works(self, city: str, channel: str, known: int) -> None:
        """No failures, no rest, unless it failed since."""
        resting.wake(self._transaction, city, channel, known)

    def is_taken(self, city: str, channel: str, provider_id: str) -> bool:
        """Whether a provider's id is another part's already."""
        where = {"of_city": city, "of_channel": channel, "its_id": provider_id}
        return self._transaction.connection.execute(_TAKEN, where).first() is not None

    def rest(self, city: str, channel: str, until: datetime, code: str) -> None:
        """Nothing of the channel is claimed until then."""
        resting.rest(self._transaction, city, channel, until, code)

    def next_due(self, now: datetime) -> datetime | None:
        """When the outbox next has something to do; None if it is empty."""
        return claiming.next_due(self._transaction, now)

    def _sent(
        self, claimed: Claimed, settlement: Settlement, row: dict[str, Any]
    ) -> Undelivered | None:
        if settlement.provider_id is None:
            self._end(row)
            return None
        self._serialise(claimed.city, claimed.channel, settlement.provider_id)
        row |= {
            "its_id": settlement.provider_id,
            "of_city": claimed.city,
            "of_channel": claimed.channel,
        }
        sent = _SENT.first(self._transaction.connection, row)
        if sent is None:
            return None
        reported, forget = sent
        if forget:
            drop_forgotten(self._transaction.connection)
        elif reported:
            where = (claimed.city, claimed.channel, settlement.provider_id)
            return reports.catch_up(self._transaction, *where)
        return None

    def _end(self, row: dict[str, Any]) -> None:
        if self._transaction.connection.execute(_ENDED, row).scalar():
            drop_forgotten(self._transaction.connection)

    def _run(self, statement: Any, row: dict[str, Any]) -> None:
        self._transaction.connection.execute(statement, row)

    def _serialise(self, city: str, channel: str, provider_id: str) -> None:
        if self._transaction.postgres:
            name = f"{city}\0{channel}\0{provider_id}".encode()
            key = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
            _LOCK.run(self._transaction.connection, {"key": key})

    def _see_channel(self, outbound: Outbound) -> None:
        """Claims go by the channels that ever had something to send."""
        channel = (outbound.city, outbound.channel)
        if channel not in self._transaction.seen_channels:
            row = {"city": outbound.city, "channel": outbound.channel, "tat": outbound.at}
            self._transaction.connection.execute(_CHANNEL, row)
            self._transaction.seen_channels |= {channel}

    def _row(
        self, outbound: Outbound, number: int, part: Part, hashed: str, lane: str
    ) -> dict[str, Any]:
        sending = Sending(
            outbound.urn,
            part.text,
            part.choices,
            part.question,
            language=outbound.language,
            purpose=outbound.purpose,
        )
        text = SENDING_JSON.dump_json(sending, exclude_defaults=True).decode()
        return {
            "turn": outbound.turn,
            "part": number,
            "city": outbound.city,
            "channel": outbound.channel,
            "contact": outbound.contact,
            "hash": hashed,
            "lane": lane,
            "sending": self._transaction.keys.seal(text, SENDING),
            "segments": part.segments,
            "priority": outbound.priority,
            "is_question": outbound.supersedes,
            "despite_opt_out": outbound.despite_opt_out,
            "forget": outbound.forget,
            "state": DeliveryState.QUEUED,
            "status": 0,
            "due_at": outbound.at,
            "expires_at": outbound.expires_at,
            "attempts": 0,
            "sends": 0,
            "queued_at": outbound.at,
        }
