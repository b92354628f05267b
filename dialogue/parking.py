"""Silence: what is open is set aside, can be taken up at the same question, and ends at last."""

from dataclasses import replace
from datetime import datetime

from dialogue.effects import Effect, Moved
from dialogue.events import Tick
from dialogue.memory import Aside, Conversation, Done
from dialogue.survey import Session, Status
from dialogue.turn import Turn, later

PARK_HOURS = 24
"""Silence, counted from delivery, after which an open survey is set aside."""

EXPIRE_DAYS = 14
"""Days that an unfinished survey can still be taken up, and one that closed be answered late."""

Noted = tuple[Conversation, tuple[Effect, ...]]
"""The conversation, and what is to be noted of its sessions."""


def park(conversation: Conversation, now: datetime) -> Noted:
    """Sets the open survey aside, to be taken up at the same question."""
    if conversation.session is None:
        return conversation, ()
    session = conversation.session.with_status(Status.PARKED)
    parked = (*conversation.parked, session)
    conversation = replace(conversation, session=None, parked=parked)
    return replace(conversation, wake_at=wake(conversation, now)), (Moved(session),)


def close(conversation: Conversation, status: Status, now: datetime) -> Noted:
    """Ends everything open or parked with a final status."""
    open_ = (*conversation.parked, *((conversation.session,) if conversation.session else ()))
    ended = tuple(session.with_status(status) for session in open_)
    done = (*conversation.done, *(done_of(session, now) for session in ended))
    closed = replace(conversation, session=None, parked=(), done=done, wake_at=None)
    return closed, tuple(Moved(session) for session in ended)


def end(conversation: Conversation, session: Session, status: Status, now: datetime) -> Noted:
    """Ends one session, open or parked."""
    ended = session.with_status(status)
    conversation = without(conversation, session)
    done = (*conversation.done, done_of(ended, now))
    conversation = replace(conversation, done=done)
    return replace(conversation, wake_at=wake(conversation, now)), (Moved(ended),)


def without(conversation: Conversation, session: Session) -> Conversation:
    """The conversation without this session, open or parked."""
    current = conversation.session
    if current is not None and current.id == session.id:
        current = None
    parked = tuple(one for one in conversation.parked if one.id != session.id)
    return replace(conversation, session=current, parked=parked)


def waiting(conversation: Conversation, now: datetime) -> tuple[Session, ...]:
    """The parked sessions that can be gone on with: those not closed meanwhile."""
    return tuple(session for session in conversation.parked if not session.is_closed(now))


def tick(conversation: Conversation, event: Tick, now: datetime) -> Turn:
    """A wake-up: parks a survey left silent, lets a parked one go. Nothing is said."""
    session = conversation.session
    effects: tuple[Effect, ...] = ()
    if session is not None:
        since = max(event.heard_at or now, session.asked_at or session.started_at)
        if later(since, hours=PARK_HOURS) <= now:
            conversation, effects = park(conversation, now)
        else:
            return Turn(replace(conversation, wake_at=later(since, hours=PARK_HOURS)))
    for old in conversation.parked:
        if expires(old) <= now:
            conversation, ended = end(conversation, old, Status.EXPIRED, now)
            effects += ended
    conversation = replace(conversation, wake_at=wake(conversation, now))
    if conversation.aside is Aside.RESUME and not waiting(conversation, now):
        conversation = replace(conversation, aside=None)
    return Turn(conversation, effects)


def done_of(session: Session, now: datetime) -> Done:
    """What is remembered of a session that ended."""
    return Done(session.survey, session.status is Status.COMPLETED, len(session.answers), now)


def wake(conversation: Conversation, now: datetime) -> datetime | None:
    """When the conversation is next to be looked at."""
    if conversation.session is not None:
        return later(now, hours=PARK_HOURS)
    return min((expires(session) for session in conversation.parked), default=None)


def expires(session: Session) -> datetime:
    """Until when an answer to it is still taken."""
    asked = session.asked_at or session.started_at
    return later(max(asked, session.terms.closes_at or asked), days=EXPIRE_DAYS)
