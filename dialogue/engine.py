"""One contact's way through one survey: `advance(survey, session, event, now, reading)`.

Questions come in order, each with an optional condition; only BACK goes back, at most three times,
so every session ends. The step never raises, whatever the resident sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

from dialogue.answers import rules
from dialogue.answers.normalise import fold
from dialogue.effects import Ask, Effect, Moved, Record, Say
from dialogue.events import Reply, Start
from dialogue.open_question import is_exact, list_mark, plainer, read, tag
from dialogue.outcomes import (
    REMARK,
    Again,
    Ambiguous,
    Answered,
    DontKnow,
    Final,
    NotUnderstood,
    Refused,
    Remark,
    Skipped,
    Value,
)
from dialogue.questions import Question, Reading
from dialogue.survey import (
    BACK_LIMIT,
    REMARK_LIMIT,
    RETRY_LIMIT,
    Answer,
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
    """The next step of an open session.

    `known` holds values the contact has given already, by question type (an age asked at the gate
    is not asked again).
    """
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
    name = session.question or ""
    revision = session.revisions.get(name, 0) + 1
    words = _words(reading)
    record = Record(session.id, name, revision, REMARK, None, said.kind, reply.said, words)
    revisions = {**session.revisions, name: revision}
    session = replace(
        session, revisions=revisions, remarks=session.remarks + 1, candidates=(), asked_at=now
    )
    return Step(session, (record, _question(survey, session, said)))


def _words(reading: Reading) -> str:
    """Which words and rules a reply was read by."""
    return f"{reading.locale.code} {reading.locale.words.version}, rules {rules.VERSION}"


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
    record = replace(_record(survey, session, outcome, reply), words=_words(reading))
    session = replace(_with(session, record), tries=0, remarks=0, candidates=())
    effects: tuple[Effect, ...] = (record,)
    if isinstance(outcome, Again):
        effects += (Say("moving_on"),)
    return _onward(survey, session, now, effects, known)


def _record(
    survey: Survey, session: Session, outcome: Final | Again, reply: Reply | None
) -> Record:
    name = session.question or ""
    kind, value, rule, raw = "not_coded", None, "", reply.said if reply else None
    match outcome:
        case Answered(found, how, sealed, words):
            kind, rule = "answered", how
            said = words or (None if _says_no_more(outcome, reply) else raw)
            value, raw = (None, str(found)) if sealed else (found, said)
            role = _role(survey.question(name), found)
            kind = role if role in ("dont_know", "refused") else kind
        case DontKnow():
            kind, raw = "dont_know", None
        case Refused():
            kind, raw = "refused", None
        case Skipped():
            kind, raw = "skipped", None
        case _:
            pass
    return Record(session.id, name, session.revisions.get(name, 0) + 1, kind, value, rule, raw)


def _says_no_more(answer: Answered, reply: Reply | None) -> bool:
    """Whether the reply's words hold nothing that the value does not: a tap, a number by itself, a
    label."""
    if reply is None or reply.choice is not None or is_exact(answer):
        return True
    return fold(reply.text).isdigit()


def _role(question: Question, value: Value) -> str:
    return next((o.role or "" for o in question.options if value in (o.name, (o.name,))), "")


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
    return _with(session, record), record


def _take_known(session: Session, question: Question, value: Value) -> tuple[Session, Record]:
    revision = session.revisions.get(question.name, 0) + 1
    record = Record(session.id, question.name, revision, "answered", value, "known")
    return _with(session, record), record


def _with(session: Session, record: Record) -> Session:
    """The session remembering what was just recorded, as its latest."""
    name, answer = record.question, Answer(record.outcome, record.value, record.revision)
    answers = {k: v for k, v in session.answers.items() if k != name} | {name: answer}
    revisions = {**session.revisions, name: record.revision}
    return replace(session, answers=answers, revisions=revisions)


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
