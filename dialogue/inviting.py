"""What we begin by ourselves: an invitation, a reminder, an announcement; and what stands against
it.

Nobody is written to who sent STOP, has not agreed, or has to be left alone (safeguarding D1), and
nobody in the middle of a survey is interrupted.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from dialogue import surveying
from dialogue.desk import Desk
from dialogue.effects import Effect, Opened, Say, Tell
from dialogue.events import Announce, Invite, Remind
from dialogue.memory import Conversation, Gate
from dialogue.survey import Session, Survey
from dialogue.turn import Turn

SILENCE = timedelta(hours=1)
"""Who answered since is in the middle of it and not reminded."""

Initiative = Invite | Remind | Announce


class Obstacle(StrEnum):
    """Why a contact is not written to."""

    OPTED_OUT = "opted_out"
    NOT_AGREED = "not_agreed"
    QUIET = "quiet"
    NO_SURVEY = "no_survey"
    CLOSED = "closed"
    ENDED = "ended"
    DECLINED = "declined"
    IN_SURVEY = "in_survey"
    ANSWERING = "answering"

    @property
    def passes(self) -> bool:
        """Whether it is gone within a day by itself, so that trying later makes sense."""
        return self in (Obstacle.IN_SURVEY, Obstacle.ANSWERING)


def obstacle(
    desk: Desk, conversation: Conversation, event: Initiative, now: datetime
) -> Obstacle | None:
    """What stands against it now; None if nothing does, and then `begin` says something."""
    if conversation.opted_out:
        return Obstacle.OPTED_OUT
    if conversation.gate is not Gate.OPEN:
        return Obstacle.NOT_AGREED
    if surveying.is_quiet(conversation, now):
        return Obstacle.QUIET
    match event:
        case Invite():
            return _against_invitation(desk, conversation, event, now)
        case Remind(session=id_):
            return _against_reminder(desk, conversation, id_, now)
        case Announce():
            return Obstacle.IN_SURVEY if _in_survey(conversation, now) else None
        case _:
            assert_never(event)


def begin(desk: Desk, conversation: Conversation, event: Initiative, now: datetime) -> Turn:
    """The turn that the event asks for; the conversation as it was, without effects, where an
    obstacle stands against it."""
    if obstacle(desk, conversation, event, now) is not None:
        return Turn(conversation)
    conversation = replace(conversation, aside=None)
    match event:
        case Invite():
            return _invite(desk, conversation, event, now)
        case Remind():
            return _remind(desk, conversation, event, now)
        case Announce(texts=texts, attachment=attachment):
            return Turn(conversation, (Say("announcement"), Tell(texts, attachment)))
        case _:
            assert_never(event)


def _in_survey(conversation: Conversation, now: datetime) -> bool:
    session = conversation.session
    return session is not None and not session.is_closed(now)


# --- invitations ---------------------------------------------------------------------------------
def _against_invitation(
    desk: Desk, conversation: Conversation, invite: Invite, now: datetime
) -> Obstacle | None:
    if _invited_to(desk, invite) is None:
        return Obstacle.NO_SURVEY
    if invite.terms.closes_at is not None and invite.terms.closes_at <= now:
        return Obstacle.CLOSED
    return Obstacle.IN_SURVEY if _in_survey(conversation, now) else None


def _invited_to(desk: Desk, invite: Invite) -> Survey | None:
    if invite.version is None:
        return desk.survey(invite.survey)
    return desk.version(invite.survey, invite.version)


def _invite(desk: Desk, conversation: Conversation, invite: Invite, now: datetime) -> Turn:
    """Opens the survey; its first words say who asks, that STOP ends, and who helps in danger."""
    survey = _invited_to(desk, invite)
    assert survey is not None  # noqa: S101 (an obstacle otherwise)
    turn = surveying.invite(desk, conversation, survey, invite, now)
    effects: list[Effect] = []
    for effect in turn.effects:
        effects.append(effect)
        if isinstance(effect, Opened):
            effects.append(_ours(desk, conversation, effect.session, "invitation"))
    return replace(_unseen(turn, invite), effects=tuple(effects))


# --- reminders -----------------------------------------------------------------------------------
def _against_reminder(
    desk: Desk, conversation: Conversation, id_: str, now: datetime
) -> Obstacle | None:
    session = _unfinished(conversation, id_)
    if session is None or desk.version(session.survey, session.version) is None:
        return Obstacle.ENDED
    if session.is_closed(now):
        return Obstacle.CLOSED
    if session.declined:
        return Obstacle.DECLINED
    if session is not conversation.session and _in_survey(conversation, now):
        return Obstacle.IN_SURVEY
    silent_since = session.asked_at or session.started_at
    return Obstacle.ANSWERING if now - silent_since < SILENCE else None


def _unfinished(conversation: Conversation, id_: str) -> Session | None:
    open_ = (*((conversation.session,) if conversation.session else ()), *conversation.parked)
    return next((session for session in open_ if session.id == id_), None)


def _remind(desk: Desk, conversation: Conversation, event: Remind, now: datetime) -> Turn:
    """Asks the open question again, of a parked session as well."""
    session = _unfinished(conversation, event.session)
    assert session is not None  # noqa: S101 (an obstacle otherwise)
    if session is conversation.session:
        turn = surveying.repeat(desk, conversation, now)
    else:
        turn = surveying.take_up(desk, conversation, session, now)
    said = _ours(desk, conversation, session, "reminder")
    return replace(_unseen(turn, event), effects=(said, *turn.effects))


def _ours(desk: Desk, conversation: Conversation, session: Session, phrase: str) -> Say:
    """Who asks, in the contact's language, whatever the survey is held in."""
    mine = desk.locale(conversation.locale).code
    return Say(phrase, (), mine if session.locale is not None else None)


def _unseen(turn: Turn, event: Invite | Remind) -> Turn:
    """The turn, its question marked as one that does not reach the contact by itself."""
    session = turn.conversation.session
    if not event.unseen or session is None:
        return turn
    conversation = replace(turn.conversation, session=replace(session, unseen=True))
    return replace(turn, conversation=conversation)
