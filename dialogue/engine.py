"""One contact's way through one survey: `advance(survey, session, event, now, reading)`.

Questions come in order, each with an optional condition; only BACK goes back, at most three times,
so every session ends. The step never raises, whatever the resident sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from dialogue import recording
from dialogue.effects import Ask, Effect, Moved, Record, Say
from dialogue.events import Reply, Start
from dialogue.open_question import list_mark, plainer, read, tag
from dialogue.outcomes import (
    Again,
    Ambiguous,
    Final,
    NotUnderstood,
    Remark,
    Skipped,
    Value,
)
from dialogue.questions import Question, Reading
from dialogue.recording import with_answer, with_revision
from dialogue.survey import (
    BACK_LIMIT,
    REMARK_LIMIT,
    RETRY_LIMIT,
    Session,
    Status,
    Survey,
)


@dataclass(frozen=True, slots=True)
class Back:
    """BACK: ask the question before once more."""


@dataclass(frozen=True, slots=True)
class Skip:
    """SKIP: pass on this question."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Ask the open question again, as it stands."""


VOID = "not_applicable"
"""Outcome of an answer whose question applies no longer, since BACK changed what led to it."""

EngineEvent = Start | Reply | Back | Skip | Resume


@dataclass(frozen=True, slots=True)
class Step:
    """What a session became, and what is to be said and noted."""

    session: Session
    effects: tuple[Effect, ...]


def advance(
    survey: Survey,
    session: Session,
    event: EngineEvent,
    now: datetime,
    reading: Reading,
    known: Mapping[str, Value] = MappingProxyType({}),
) -> Step:
    """The next step of an open session; the last one where its closing time is over.

    `known` holds values the contact has given already, by question type (an age asked at the gate
    is not asked again).
    """
    if session.is_closed(now):
        return _closed(survey, session, event, reading)
    match event:
        case Start():
            return _onward(survey, session, now, (), known)
        case Resume():
            return _ask(survey, replace(session, status=Status.ACTIVE), now, ())
        case Back():
            return _back(survey, session, now, known)
        case Skip():
            return _settle(survey, session, Skipped(), None, now, reading, known)
        case Reply():
            return _reply(survey, session, event, now, reading, known)
        case _:
            assert_never(event)


def _closed(survey: Survey, session: Session, event: EngineEvent, reading: Reading) -> Step:
    """The end of a session past its closing time: whatever is written to the open question is kept
    as a late answer, and nothing is asked again."""
    status, phrase = Status.EXPIRED, "old_question"
    noted: tuple[Record, ...] = ()
    if isinstance(event, Reply):
        outcome = read(survey, session, event, reading)
        if isinstance(outcome, Remark):
            noted = (recording.remark(session, outcome.kind, event.said, reading),)
        else:
            status, phrase = Status.LATE, "late_answer"
            noted = (recording.late(survey, session, outcome, event, reading),)
        session = with_revision(session, noted[0])
    ended = session.with_status(status)
    return Step(ended, (*noted, Moved(ended), Say(phrase)))


def _reply(
    survey: Survey,
    session: Session,
    reply: Reply,
    now: datetime,
    reading: Reading,
    known: Mapping[str, Value],
) -> Step:
    outcome = read(survey, session, reply, reading)
    if isinstance(outcome, Remark):
        if session.remarks < REMARK_LIMIT:
            return _note(survey, session, outcome, reply, now, reading)
        outcome = NotUnderstood()
    if not isinstance(outcome, Again) or session.tries >= RETRY_LIMIT:
        return _settle(survey, session, outcome, reply, now, reading, known)
    if session.tries:
        outcome = plainer(survey, session, outcome)
    candidates = outcome.candidates if isinstance(outcome, Ambiguous) else ()
    session = replace(session, tries=session.tries + 1, candidates=candidates, asked_at=now)
    return Step(session, (_question(survey, session, outcome),))


def _note(
    survey: Survey, session: Session, said: Remark, reply: Reply, now: datetime, reading: Reading
) -> Step:
    """Keeps a remark for a person and asks the question again; no try is used up."""
    noted = recording.remark(session, said.kind, reply.said, reading)
    session = replace(
        with_revision(session, noted), remarks=session.remarks + 1, candidates=(), asked_at=now
    )
    return Step(session, (noted, _question(survey, session, said)))


def _settle(
    survey: Survey,
    session: Session,
    outcome: Final | Again,
    reply: Reply | None,
    now: datetime,
    reading: Reading,
    known: Mapping[str, Value],
) -> Step:
    """Records what became of the open question and goes on."""
    record = recording.record(survey, session, outcome, reply, reading)
    session = replace(with_answer(session, record), tries=0, remarks=0, candidates=())
    effects: tuple[Effect, ...] = (record,)
    if isinstance(outcome, Again):
        effects += (Say("moving_on"),)
    return _onward(survey, session, now, effects, known)


def _onward(
    survey: Survey,
    session: Session,
    now: datetime,
    effects: tuple[Effect, ...],
    known: Mapping[str, Value],
) -> Step:
    """On to the next question that applies, past notes and what is known; or to the end."""
    for question in _after(survey, session):
        if question.only_if is not None and not question.only_if.holds(session.values()):
            if _stands(session, question.name):
                session, record = _take_back(session, question.name)
                effects += (record,)
            continue
        session = replace(session, question=question.name)
        if not question.asks:
            effects += (_question(survey, session),)
            continue
        if question.kind in known:
            if not _answered(session, question.name):
                session, record = _take_known(session, question, known[question.kind])
                effects += (record,)
            continue
        return _ask(survey, session, now, effects)
    session = session.with_status(Status.COMPLETED)
    return Step(session, (*effects, Moved(session)))


def _take_back(session: Session, name: str) -> tuple[Session, Record]:
    """Voids an answer given before BACK changed what led to its question."""
    record = Record(session.id, name, session.revisions[name] + 1, VOID, None, "back")
    return with_answer(session, record), record


def _take_known(session: Session, question: Question, value: Value) -> tuple[Session, Record]:
    revision = session.revisions.get(question.name, 0) + 1
    record = Record(session.id, question.name, revision, "answered", value, "known")
    return with_answer(session, record), record


def _answered(session: Session, name: str) -> bool:
    """Whether an answer to it counts now."""
    return name in session.answers and session.answers[name].outcome != VOID


def _stands(session: Session, name: str) -> bool:
    """Whether an answer to it was recorded and never voided (BACK alone voids nothing)."""
    answer = session.answers.get(name)
    return name in session.revisions and (answer is None or answer.outcome != VOID)


def _after(survey: Survey, session: Session) -> tuple[Question, ...]:
    """The questions behind the open one; all of them at the start."""
    if session.question is None:
        return survey.questions
    names = [question.name for question in survey.questions]
    return survey.questions[names.index(session.question) + 1 :]


def _ask(survey: Survey, session: Session, now: datetime, effects: tuple[Effect, ...]) -> Step:
    session = replace(session, tries=0, remarks=0, candidates=(), asked_at=now)
    return Step(session, (*effects, _question(survey, session)))


def _question(survey: Survey, session: Session, problem: Again | Remark | None = None) -> Ask:
    name, mark = session.question or "", tag(session)
    if session.candidates and survey.question(name).numbers_move:
        mark += "~" + list_mark(session.candidates)
    return Ask(survey, name, mark, problem, session.locale)


def _back(survey: Survey, session: Session, now: datetime, known: Mapping[str, Value]) -> Step:
    """To the question answered last by the resident; its answer is open again."""
    earlier = [
        q.name for q in survey.questions if _answered(session, q.name) and q.kind not in known
    ]
    if not earlier or session.backs >= BACK_LIMIT:
        phrase = "back_limit" if earlier else "back_none"
        step = _ask(survey, session, now, ())
        return Step(step.session, (Say(phrase), *step.effects))
    name = earlier[-1]
    answers = {k: v for k, v in session.answers.items() if k != name}
    session = replace(session, question=name, answers=answers, backs=session.backs + 1)
    return _ask(survey, session, now, ())
