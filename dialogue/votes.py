"""What is remembered of the polls that a contact voted in, so that a vote can be changed."""

from dataclasses import replace
from datetime import datetime

from dialogue.effects import Effect, Say
from dialogue.memory import Conversation
from dialogue.parking import expires
from dialogue.survey import Session, Survey

MOST = 5
"""Polls remembered of one contact."""

VOTED = frozenset({"answered", "dont_know", "refused"})
"""Outcomes that are a vote: who passed, or was not understood, has none yet."""


def remember(
    conversation: Conversation, survey: Survey, session: Session, now: datetime
) -> Conversation:
    """The conversation with a session that has just ended, if it is a poll's; what can be changed
    no more, and an earlier vote in the same poll, are forgotten."""
    if survey.vote is None:
        return conversation
    kept = (v for v in conversation.votes if v.survey != survey.slug and expires(v) > now)
    votes = (*kept, replace(session, asked_at=now))[-MOST:]
    return replace(conversation, votes=votes)


def has_voted(survey: Survey, session: Session) -> bool:
    """Whether an answer to its question counts."""
    vote = survey.vote
    answer = session.answers.get(vote.name) if vote is not None else None
    return answer is not None and answer.outcome in VOTED


def thanks(survey: Survey, session: Session, *, more: bool) -> tuple[Effect, ...]:
    """What is said at the end of a survey; after a vote, and where nothing else is offered
    (`more`), that it can be changed and that a remark is welcome."""
    if not has_voted(survey, session):
        return (Say("finished"),)
    said: tuple[Effect, ...] = (Say("voted"),)
    if more:
        return said
    if session.terms.may_change:
        said += (Say("vote_may_change"),)
    return (*said, Say("comment_invited")) if session.terms.comment else said
