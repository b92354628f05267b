"""Two contacts that turned out to be one person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, update

from backend.store.tables import CONSENT, CONTACT, LINK_CODE, MEDIA, OUTBOUND, SESSION, URN
from dialogue import memory
from dialogue.memory import Conversation, Gate
from dialogue.survey import Session, Status


@dataclass(frozen=True, slots=True)
class Merged:
    """The contact that remains, and what it now remembers."""

    contact: str
    conversation: Conversation
    opted_out: bool


_CHANGES = (
    *(
        update(table).where(table.c.contact == bindparam("old")).values(contact=bindparam("kept"))
        for table in (URN, SESSION, CONSENT, MEDIA, LINK_CODE)
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
    .values(conversation=bindparam("talk"), wake_at=bindparam("wake"))
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
