"""A poll after its vote: another vote, a late one, a comment.

One vote a contact. Another one changes it (a new revision of the same answer) where the broadcast's
terms say so and until it closes; after that it is kept as late. Only what plainly is a vote counts
as another: a tap on the poll or a reply that quotes it, or the number or label of an option while
nothing else waits for an answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from dialogue import recording, steps, surveying, votes
from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.effects import Forget, Record, Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.open_question import is_exact, is_stale, read
from dialogue.outcomes import Answered, DontKnow, Final, Outcome, Refused
from dialogue.parking import expires, waiting
from dialogue.questions import Reading
from dialogue.recording import with_answer, with_revision
from dialogue.survey import REMARK_LIMIT, Session, Status, Survey
from dialogue.turn import Turn

COMMENT = "comment"
"""The rule of a remark that was invited behind a vote."""

COMMENT_TIME = timedelta(hours=24)
"""How long after a vote own words are a comment on it."""


def tapped(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """A reply that bears the mark of a poll voted in, or of a parked survey that has closed."""
    if reply.question is None:
        return None
    for session in _answerable(desk, conversation, now):
        if not is_stale(session, reply):
            turn = _answer(desk, conversation, session, reply, now)
            return None if turn is None else _with_open_question(desk, turn, now)
    return None


def another(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """A reply without a mark that is an answer in so many words, to what was asked last."""
    busy = conversation.session is not None or waiting(conversation, now)
    last = _last(_answerable(desk, conversation, now))
    if busy or reply.question is not None or last is None:
        return None
    outcome = _read(desk, conversation, last, reply, now)
    plain = isinstance(outcome, Answered) and is_exact(outcome)
    return _answer(desk, conversation, last, reply, now) if plain else None


def comment(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """Own words behind the last vote, where they were invited."""
    busy = conversation.session is not None or waiting(conversation, now)
    last = _last(_votes(desk, conversation, now))
    if busy or reply.question is not None or last is None:
        return None
    return _comment(desk, conversation, last, reply, now)


def _answerable(desk: Desk, conversation: Conversation, now: datetime) -> Iterator[Session]:
    """Whatever an answer may still come to though it is not open."""
    yield from _votes(desk, conversation, now)
    for session in conversation.parked:
        if session.is_closed(now) and desk.survey_of(session) is not None:
            yield session


def _votes(desk: Desk, conversation: Conversation, now: datetime) -> Iterator[Session]:
    """The polls voted in, each at its question again."""
    for session in conversation.votes:
        survey = desk.survey_of(session)
        if survey is not None and survey.vote is not None and now < expires(session):
            yield replace(session, question=survey.vote.name)


def _last(sessions: Iterable[Session]) -> Session | None:
    """The one asked last."""
    return max(reversed([*sessions]), key=_asked_at, default=None)


def _asked_at(session: Session) -> datetime:
    return session.asked_at or session.started_at


def _survey(desk: Desk, session: Session) -> Survey:
    survey = desk.survey_of(session)
    assert survey is not None  # noqa: S101 (`_answerable` gives no other)
    return survey


def _read(
    desk: Desk, conversation: Conversation, session: Session, reply: Reply, now: datetime
) -> Outcome:
    return read(_survey(desk, session), session, reply, _how(desk, conversation, session, now))


def _how(desk: Desk, conversation: Conversation, session: Session, now: datetime) -> Reading:
    return steps.reading(desk, conversation, _survey(desk, session), session, now)


def _answer(
    desk: Desk, conversation: Conversation, session: Session, reply: Reply, now: datetime
) -> Turn | None:
    """What comes of an answer to a parked survey that closed, or to a poll voted in."""
    if session.status is not Status.COMPLETED:
        return steps.run(desk, conversation, session, _survey(desk, session), reply, now)
    outcome = _read(desk, conversation, session, reply, now)
    if isinstance(outcome, Answered | DontKnow | Refused):
        return _vote(desk, conversation, session, reply, outcome, now)
    return _comment(desk, conversation, session, reply, now)


def _vote(
    desk: Desk,
    conversation: Conversation,
    session: Session,
    reply: Reply,
    outcome: Final,
    now: datetime,
) -> Turn:
    """Another vote: late, the same, not to be changed, or the new one."""
    survey, how = _survey(desk, session), _how(desk, conversation, session, now)
    if session.is_closed(now):
        noted = _afterwards(recording.late(survey, session, outcome, reply, how))
        kept = _kept(conversation, with_revision(session, noted))
        return Turn(kept, (noted, Say("late_answer")))
    noted = _afterwards(recording.record(survey, session, outcome, reply, how))
    if _is_same(session, noted):
        return Turn(conversation, (Say("already_done"),))
    if votes.has_voted(survey, session) and not session.terms.may_change:
        return Turn(conversation, (Say("vote_stands"),))
    kept = _kept(conversation, with_answer(session, noted))
    return Turn(kept, (noted, _changed(desk, conversation, session, noted)))


def _is_same(session: Session, noted: Record) -> bool:
    before = session.answers.get(noted.question)
    worded = noted.outcome == "answered" and noted.value is None
    same = before is not None and (before.outcome, before.value) == (noted.outcome, noted.value)
    return same and not worded


def _changed(desk: Desk, conversation: Conversation, session: Session, noted: Record) -> Say:
    """Says which option counts now, so that a slip shows; of what is sensitive only that it does,
    since others may see the phone."""
    survey = _survey(desk, session)
    question = survey.question(noted.question)
    locale = steps.locale_of(desk, conversation, session, survey)
    chosen = noted.value if isinstance(noted.value, tuple) else (noted.value,)
    choices = zip(question.options, question.choices(locale), strict=False)
    labels = [choice.label for option, choice in choices if option.name in chosen]
    if question.sensitive or not labels:
        return Say("vote_changed", (), session.locale)
    return Say("vote_changed_to", (("option", ", ".join(labels)),), session.locale)


def _comment(
    desk: Desk, conversation: Conversation, session: Session, reply: Reply, now: datetime
) -> Turn | None:
    invited = session.terms.comment and session.remarks < REMARK_LIMIT
    fresh = now - _asked_at(session) <= COMMENT_TIME
    words = reply.choice is None and fold(reply.text)
    if not (invited and fresh and words):
        return None
    how = _how(desk, conversation, session, now)
    noted = _afterwards(recording.remark(session, COMMENT, reply.text, how))
    session = replace(with_revision(session, noted), remarks=session.remarks + 1)
    return Turn(_kept(conversation, session), (noted, Say("remark_noted")))


def _afterwards(noted: Record) -> Record:
    return replace(noted, afterwards=True)


def _kept(conversation: Conversation, session: Session) -> Conversation:
    """The conversation with what a poll became, closed again."""
    closed = replace(session, question=None)
    kept = tuple(closed if vote.id == closed.id else vote for vote in conversation.votes)
    return replace(conversation, votes=kept)


def _with_open_question(desk: Desk, turn: Turn, now: datetime) -> Turn:
    """The turn, and the question of whatever else is open once more."""
    if any(isinstance(effect, Forget) for effect in turn.effects):
        return turn
    again = surveying.repeat(desk, turn.conversation, now)
    return replace(again, effects=(*turn.effects, *again.effects))
