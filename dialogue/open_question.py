"""The open question and a reply: whether it belongs to it, what it means among what was asked."""

from hashlib import sha256

from dialogue.answers import rules
from dialogue.events import Reply
from dialogue.outcomes import (
    Again,
    Ambiguous,
    Answered,
    Empty,
    NotUnderstood,
    Outcome,
    OutOfRange,
    Remark,
)
from dialogue.questions import Question, Reading
from dialogue.survey import Session, Survey

LONGEST_NAME = 40
"""Characters of a question's name that a tag has room for; longer ones are hashed."""


def is_stale(session: Session, reply: Reply) -> bool:
    """Whether a tap belongs to a question that is no longer the open one."""
    if reply.question is None:
        return False
    asked, _, listed = reply.question.partition("~")
    return asked != tag(session) or listed not in ("", list_mark(session.candidates))


def tag(session: Session) -> str:
    """What marks the choices of the open question, for taps to bring back. At most 53 bytes, so
    that with a choice's number it fits where a channel has room for 64 behind a button."""
    name = session.question or ""
    if len(name) > LONGEST_NAME:
        name = sha256(name.encode()).hexdigest()[:LONGEST_NAME]
    return f"{session.id[:12]}:{name}"


def list_mark(candidates: tuple[str, ...]) -> str:
    """What tells one list of candidates from another under the same question."""
    return sha256("\n".join(candidates).encode()).hexdigest()[:4]


def reads(survey: Survey, session: Session, reply: Reply, reading: Reading) -> bool:
    """Whether the open question knows this reply; free text, which takes everything, does not."""
    match _current(survey, session).read(reply, reading):
        case Ambiguous() | OutOfRange() | NotUnderstood() | Empty() | Remark():
            return False
        case Answered(sealed=sealed):
            return not sealed
        case _:
            return True


def takes(survey: Survey, session: Session, reply: Reply, reading: Reading) -> bool:
    """Whether the open question has an answer in this reply, of its own or in free words."""
    return isinstance(_current(survey, session).read(reply, reading), Answered)


NUMBERED = frozenset({"code", "codes", "position"})
"""Rules by which a number typed in reply to candidates would be an option that was not offered: it
may be the place of a candidate just as well."""


def _current(survey: Survey, session: Session) -> Question:
    question = survey.question(session.question or "")
    return question.narrowed(session.candidates) if session.candidates else question


def read(survey: Survey, session: Session, reply: Reply, reading: Reading) -> Outcome:
    """The reply read among the candidates that were asked back, then, if it is none, among all."""
    question = survey.question(session.question or "")
    if not session.candidates:
        return question.read(reply, reading)
    narrow = question.narrowed(session.candidates)
    if len(session.candidates) == 1:
        confirmed = narrow.confirmed(reply, reading)
        if confirmed is not None:
            return confirmed
    outcome = narrow.read(reply, reading)
    if isinstance(outcome, Answered | Remark) or question.numbers_move:
        return outcome  # a place is read among all others already
    whole = question.read(reply, reading)
    typed = isinstance(whole, Answered) and whole.rule in NUMBERED and reply.choice is None
    return outcome if typed or isinstance(whole, NotUnderstood | OutOfRange) else whole


def is_exact(answer: Answered) -> bool:
    """Whether the rule that read it is."""
    return rules.confidence(answer.rule) is rules.Confidence.EXACT


def plainer(survey: Survey, session: Session, outcome: Again) -> Again:
    """The second time: all options again with an example, whatever the reply might have meant."""
    options = survey.question(session.question or "").options
    vague = isinstance(outcome, Ambiguous) or outcome == NotUnderstood()
    if not (options and vague):
        return outcome
    return NotUnderstood("reply_choice", (("example", options[0].code),))
