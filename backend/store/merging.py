"""Two contacts that turned out to be one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    true,
    update,
)

from backend.store import projection
from backend.store.tables import (
    CONSENT,
    CONTACT,
    CONTACT_GROUP,
    LINK_CODE,
    MEDIA,
    OUTBOUND,
    RECIPIENT,
    SESSION,
    URN,
)
from bot.recipients import Reason, RecipientState
from dialogue import memory
from dialogue.memory import Conversation, Gate
from dialogue.survey import Session, Status


@dataclass(frozen=True, slots=True)
class Merged:
    """The contact that remains, and what it now remembers."""

    contact: str
    conversation: Conversation
    opted_out: bool


_OTHER = CONTACT.alias("other")
_TWIN = RECIPIENT.alias("twin")
_GROUPS = CONTACT_GROUP.alias("groups")
_INVITED = select(_OTHER.c.invited_at).where(_OTHER.c.id == bindparam("old")).scalar_subquery()


def _same_person(of: str, twin: str, *, also: ColumnElement[bool]) -> Executable:
    """Waiting recipients of one of the two, where the other is in the same broadcast too."""
    both = exists().where(
        _TWIN.c.broadcast == RECIPIENT.c.broadcast, _TWIN.c.contact == bindparam(twin), also
    )
    waits = RECIPIENT.c.state == RecipientState.WAITING
    skipped = {"state": RecipientState.SKIPPED, "reason": Reason.SAME_PERSON, "due_at": None}
    return (
        update(RECIPIENT).where(RECIPIENT.c.contact == bindparam(of), waits, both).values(skipped)
    )


_CHANGES: tuple[Executable, ...] = (
    # Nobody is invited twice: of two recipients that are one person, one is left.
    _same_person("kept", "old", also=_TWIN.c.state == RecipientState.INVITED),
    _same_person("old", "kept", also=true()),
    update(RECIPIENT)
    .where(
        RECIPIENT.c.contact == bindparam("old"),
        exists().where(
            _TWIN.c.broadcast == RECIPIENT.c.broadcast, _TWIN.c.contact == bindparam("kept")
        ),
    )
    .values(contact=None, due_at=None),
    delete(CONTACT_GROUP).where(
        CONTACT_GROUP.c.contact == bindparam("old"),
        exists().where(
            _GROUPS.c.city == CONTACT_GROUP.c.city,
            _GROUPS.c.name == CONTACT_GROUP.c.name,
            _GROUPS.c.contact == bindparam("kept"),
        ),
    ),
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("kept"))
    .values(
        area=func.coalesce(
            CONTACT.c.area,
            select(_OTHER.c.area).where(_OTHER.c.id == bindparam("old")).scalar_subquery(),
        ),
        invited_at=func.coalesce(
            case((CONTACT.c.invited_at >= _INVITED, CONTACT.c.invited_at)),
            _INVITED,
            CONTACT.c.invited_at,
        ),
    ),
    *(
        update(table).where(table.c.contact == bindparam("old")).values(contact=bindparam("kept"))
        for table in (URN, SESSION, CONSENT, MEDIA, LINK_CODE, RECIPIENT, CONTACT_GROUP)
    ),
    update(OUTBOUND)
    .where(OUTBOUND.c.contact == bindparam("old"))
    .values(
        contact=bindparam("kept"),
        # What is sent once more has a lane of its own that is made of the contact's.
        lane=func.replace(OUTBOUND.c.lane, bindparam("old"), bindparam("kept")),
    ),
    delete(CONTACT).where(CONTACT.c.id == bindparam("old")),
)
_SAVE = (
    update(CONTACT)
    .where(CONTACT.c.id == bindparam("kept"))
    .values(conversation=bindparam("talk"), wake_at=bindparam("wake"), **projection.COLUMNS)
)
_PARK = (
    update(SESSION)
    .where(SESSION.c.id == bindparam("session"))
    .values(status=bindparam("to"), finished_at=bindparam("finished"))
)


def merge(connection: Connection, rows: Sequence[Any], at: datetime) -> Merged:
    """Merges locked contacts (`addresses` rows, at least one) into the oldest."""
    people = {row.id: row for row in sorted(rows, key=lambda row: (row.created_at, row.id))}
    oldest, *others = people.values()
    conversation = memory.load(oldest.conversation)
    out = any(row.opted_out for row in others) or oldest.opted_out
    if not others:
        return Merged(oldest.id, conversation, out)
    for row in others:
        conversation, parked, left = join(conversation, memory.load(row.conversation))
        _keep_status(connection, parked, Status.PARKED, None)
        _keep_status(connection, left, Status.EXPIRED, at)
        for change in _CHANGES:
            connection.execute(change, {"old": row.id, "kept": oldest.id})
    talk = {"talk": memory.dump(conversation), "wake": conversation.wake_at}
    talk |= projection.of(conversation)
    connection.execute(_SAVE, {"kept": oldest.id, **talk})
    return Merged(oldest.id, conversation, out)


def join(
    older: Conversation, younger: Conversation
) -> tuple[Conversation, Sequence[Session], Sequence[Session]]:
    """One conversation of two, the younger one's sessions that are now parked, and those left off
    because the same survey is open in the other. The one further ahead leads."""
    ahead = younger.gate is Gate.OPEN and older.gate is not Gate.OPEN
    first, second = (younger, older) if ahead else (older, younger)
    have = {session.survey for session in _open(first)}
    parked = [s.with_status(Status.PARKED) for s in _open(second) if s.survey not in have]
    left = [session for session in _open(second) if session.survey in have]
    joined = replace(
        first,
        locale=first.locale or second.locale,
        parked=(*first.parked, *parked),
        done=tuple(sorted((*first.done, *second.done), key=lambda done: done.at)),
        votes=(*first.votes, *second.votes),
        wake_at=min(_given(first.wake_at, second.wake_at), default=None),
        quiet_until=max(_given(first.quiet_until, second.quiet_until), default=None),
    )
    return joined, parked, left


def _open(conversation: Conversation) -> Sequence[Session]:
    current = [conversation.session] if conversation.session else []
    return [*current, *conversation.parked]


def _given(*times: datetime | None) -> Iterable[datetime]:
    return [time for time in times if time is not None]


def _keep_status(
    connection: Connection, sessions: Iterable[Session], status: Status, finished: datetime | None
) -> None:
    for session in sessions:
        row = {"session": session.id, "to": status, "finished": finished}
        connection.execute(_PARK, row)
