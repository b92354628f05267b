"""Pictures and recordings that come with a message: which of them are taken.

Taken are those that answer a question, and those that a contact who agreed sends unasked; never
those before agreement, with a command, or where we say that we cannot open them.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.effects import Ask, Forget, Record, TakeMedia
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.survey import Session, Survey
from dialogue.turn import Turn

ALBUM = timedelta(minutes=2)
"""How long after a picture further ones belong to it: a phone sends each as a message."""


def with_media(turn: Turn, reply: Reply, now: datetime) -> Turn:
    """The turn of an open gate, with a note of the reply's media if they are taken: after the safe
    word or a disclosure, for as long as we are quiet, only those that answer a question."""
    taken = _taken(turn) if reply.media else None
    quiet = turn.conversation.quiet_until
    if taken is not None and taken.question is None and quiet is not None and now < quiet:
        taken = None
    return turn if taken is None else replace(turn, effects=(*turn.effects, taken))


def _taken(turn: Turn) -> TakeMedia | None:
    """Media of a reply that was not understood, or that erased its contact, are not taken."""
    for effect in turn.effects:
        match effect:
            case Forget():
                return None
            case Ask(problem=problem) if problem is not None:
                return None
            case Record(rule="known" | "back"):  # not by this reply
                pass
            case Record(session, question, outcome=outcome):
                return TakeMedia(session, question) if outcome == "answered" else None
            case _:
                pass
    return TakeMedia()


def rest_of_album(
    desk: Desk, conversation: Conversation, reply: Reply, now: datetime
) -> Turn | None:
    """The turn of a further picture of an album whose first one has just answered a question:
    taken in silence. None for any other reply."""
    quiet = conversation.quiet_until
    if not reply.media or fold(reply.said) or (quiet is not None and now < quiet):
        return None
    session = conversation.session
    if session is not None:
        survey = desk.version(session.survey, session.version)
        just_sent = survey and _just_sent(survey, session, now)
        return Turn(conversation, (TakeMedia(session.id, just_sent),)) if just_sent else None
    if not conversation.done:
        return None
    done = conversation.done[-1]
    survey = desk.survey(done.survey)
    ended = survey is not None and survey.questions[-1].takes_media
    fresh = done.completed and now - done.at <= ALBUM
    return Turn(conversation, (TakeMedia(),)) if ended and fresh else None


def _just_sent(survey: Survey, session: Session, now: datetime) -> str | None:
    """The question that a picture has just answered, unless the open one takes one too."""
    last = [*session.answers][-1] if session.answers else None
    if last is None or now - (session.asked_at or session.started_at) > ALBUM:
        return None
    if survey.question(session.question or "").takes_media:
        return None
    sent = survey.question(last).takes_media and session.answers[last].outcome == "answered"
    return last if sent else None
