"""What is recorded of a reply: its outcome, its value, and the words where they say more."""

from dataclasses import replace

from dialogue.answers import rules
from dialogue.answers.normalise import fold
from dialogue.effects import Record
from dialogue.events import Reply
from dialogue.open_question import is_exact
from dialogue.outcomes import (
    LATE,
    REMARK,
    Again,
    Answered,
    DontKnow,
    Final,
    Refused,
    Skipped,
    Value,
)
from dialogue.questions import Question, Reading
from dialogue.survey import Answer, Session, Survey


def words_of(reading: Reading) -> str:
    """Which words and rules a reply was read by."""
    return f"{reading.locale.code} {reading.locale.words.version}, rules {rules.VERSION}"


def record(
    survey: Survey,
    session: Session,
    outcome: Final | Again,
    reply: Reply | None,
    reading: Reading,
) -> Record:
    """The record of the open question, settled by this outcome (of this reply, if it is one)."""
    name = session.question or ""
    revision = session.revisions.get(name, 0) + 1
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
    return Record(session.id, name, revision, kind, value, rule, raw, words_of(reading))


def late(
    survey: Survey, session: Session, outcome: Final | Again, reply: Reply, reading: Reading
) -> Record:
    """The same after the closing time: kept with its value, but it does not count. What it would
    have been is its rule."""
    found = record(survey, session, outcome, reply, reading)
    return replace(found, outcome=LATE, rule=found.rule or found.outcome)


def remark(session: Session, kind: str, text: str, reading: Reading) -> Record:
    """The record of something said beside the open question, kept for a person."""
    name = session.question or ""
    revision = session.revisions.get(name, 0) + 1
    return Record(session.id, name, revision, REMARK, None, kind, text, words_of(reading))


def with_revision(session: Session, noted: Record) -> Session:
    """The session knowing of a record that answers nothing."""
    return replace(session, revisions={**session.revisions, noted.question: noted.revision})


def _says_no_more(answer: Answered, reply: Reply | None) -> bool:
    """Whether the reply's words hold nothing that the value does not: a tap, a number by itself, a
    label."""
    if reply is None or reply.choice is not None or is_exact(answer):
        return True
    return fold(reply.text).isdigit()


def _role(question: Question, value: Value) -> str:
    return next((o.role or "" for o in question.options if value in (o.name, (o.name,))), "")


def with_answer(session: Session, record: Record) -> Session:
    """The session remembering what was just recorded, as its latest."""
    name, answer = record.question, Answer(record.outcome, record.value, record.revision)
    answers = {k: v for k, v in session.answers.items() if k != name} | {name: answer}
    revisions = {**session.revisions, name: record.revision}
    return replace(session, answers=answers, revisions=revisions)
