"""Replies while a survey is open: to its question, or to begin another by its keyword."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialogue import keywords, many_answers, open_question, parking, steps, surveying
from dialogue.desk import Desk
from dialogue.effects import Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.open_question import is_stale
from dialogue.questions import Reading
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn


def reply(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A reply while a survey is open, to its question."""
    session = conversation.session
    assert session is not None  # noqa: S101 (`converse` comes here only then)
    survey = desk.survey_of(session)
    if survey is None:
        conversation, effects = parking.close(conversation, Status.EXPIRED, now)
        turn = by_keyword(desk, conversation, said, now)
        turn = turn or surveying.idle(desk, conversation, said, now)
        return replace(turn, effects=(*effects, *turn.effects))
    if is_stale(session, said):
        turn = surveying.repeat(desk, conversation, now)
        told = () if session.is_closed(now) else (Say("old_question"),)
        return replace(turn, effects=(*told, *turn.effects))
    # Whoever has not seen the question says with any word that they take part.
    if session.unseen and said.question is None:
        return surveying.repeat(desk, conversation, now)
    listed = many_answers.listed(desk, conversation, said, now)
    return listed or steps.run(desk, conversation, session, survey, said, now)


def is_read(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> bool:
    """Whether the open question knows the reply as one of its answers; free text never is."""
    return _of_the_open(open_question.reads, desk, conversation, said, now)


def takes(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> bool:
    """Whether the reply is an answer to the open question, free text as well."""
    return _of_the_open(open_question.takes, desk, conversation, said, now)


def _of_the_open(
    ask: Callable[[Survey, Session, Reply, Reading], bool],
    desk: Desk,
    conversation: Conversation,
    said: Reply,
    now: datetime,
) -> bool:
    session, survey = conversation.session, desk.survey_of(conversation.session)
    if session is None or survey is None or session.unseen:
        return False
    return ask(survey, session, said, steps.reading(desk, conversation, survey, session, now))


def by_keyword(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn | None:
    """The survey whose keyword the reply is; None if it is none, or if the open question reads the
    same word."""
    keyword, session = keywords.asked_for(desk, conversation, said), conversation.session
    if keyword is None or (session is None and said.question is not None):
        return None
    if session is None:
        return surveying.begin_or_thank(desk, conversation, keyword, said.id, now, asked_for=True)
    survey = desk.survey_of(session)
    if survey is None or is_stale(session, said):
        return None
    if is_read(desk, conversation, said, now):
        return None
    if keyword.slug == survey.slug and not session.is_closed(now):
        return surveying.repeat(desk, conversation, now)
    return surveying.start(desk, conversation, keyword, said.id, now)
