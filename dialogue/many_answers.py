"""Several answers in one message ("34, woman, Old Harbour"): what is plainly for the open question
and for those right behind it.

A part counts only as the very words of one option, area or age, never as a number of an option or
a yes or a no; for a question not yet seen only if no other of the survey could take it, so that
"safe" does not answer what nobody has asked. What was taken is said back, but for answers to
sensitive questions (others may read the telephone), and so is that something was not taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from dialogue.answers.numbers import is_bare
from dialogue.desk import Desk
from dialogue.effects import Ask, Effect, OfferLanguages, Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.open_question import reads
from dialogue.outcomes import Answered
from dialogue.questions import Question, Reading
from dialogue.questions.number import spoken
from dialogue.steps import reading, run
from dialogue.survey import Session, Survey
from dialogue.turn import Turn

MOST_PARTS = 6
"""More of them are a story."""

KINDS = frozenset({"select_one", "location", "age"})
RULES = frozenset({"label", "synonym", "area name", "digits"})
"""How a part must have been read: as the whole words of something."""

_BETWEEN = re.compile(r"[,;\n|]|\.\s|\s/\s")


def parts_of(reply: Reply) -> tuple[str, ...]:
    """The parts of a reply that lists something; none of any other."""
    if reply.choice is not None or reply.location is not None or reply.media:
        return ()
    split = (part.strip() for part in _BETWEEN.split(reply.text.strip(" .\n")))
    found = tuple(part for part in split if part)
    return found if 1 < len(found) <= MOST_PARTS and len(set(found)) == len(found) else ()


def takes(question: Question, part: str, reading: Reading) -> bool:
    """Whether a part of a reply, by itself, is plainly an answer to this question."""
    if question.kind not in KINDS:
        return False
    read = question.read(Reply("", part), reading)
    if not isinstance(read, Answered) or read.sealed or read.rule not in RULES:
        return False
    plain = all(option.role is None for option in question.options if option.name == read.value)
    return plain and (question.kind != "age" or is_bare(part, spoken(reading), reading.country))


def for_open(question: Question, parts: Sequence[str], reading: Reading) -> str | None:
    """The one part that is for the question asked."""
    taken = [part for part in parts if takes(question, part, reading)]
    return taken[0] if len(taken) == 1 else None


def for_unseen(
    survey: Survey, question: Question, parts: Sequence[str], reading: Reading
) -> str | None:
    """The one part that is for a question not yet seen, and for no other of its survey."""
    part = for_open(question, parts, reading)
    if part is None or sum(takes(one, part, reading) for one in survey.questions) > 1:
        return None
    return part


def are_answers(desk: Desk, parts: Iterable[str], reading: Reading) -> bool:
    """Whether each part is an answer to some question of the city's surveys."""
    asked = [question for survey in desk.surveys for question in survey.questions]
    return all(any(takes(question, part, reading) for question in asked) for part in parts)


def told(question: Question, part: str, reading: Reading) -> str:
    """What a part was taken as, in our words."""
    read = question.read(Reply("", part), reading)
    value = read.value if isinstance(read, Answered) else part
    label = next((o.label for o in question.options if o.name == value), None)
    if label is not None:
        return label.get(reading.locale.code, part)
    if value in reading.gazetteer.areas:
        return reading.gazetteer.areas[str(value)].name
    return str(value)


def with_noted(
    effects: Iterable[Effect], taken: Sequence[str], *, left: bool
) -> tuple[Effect, ...]:
    """The effects, with what was taken (in our words, if there is any to say) before all else."""
    said: tuple[Effect, ...] = (Say("noted", (("taken", ", ".join(taken)),)),) if taken else ()
    if left:
        said += (Say("one_at_a_time"),)
    made = tuple(effects)
    place = next(
        (n for n, e in enumerate(made) if isinstance(e, Say | Ask | OfferLanguages)), len(made)
    )
    return (*made[:place], *said, *made[place:])


def unasked(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """The effects without a question that has its answer already."""
    return tuple(effect for effect in effects if not isinstance(effect, Ask))


def by_itself(reply: Reply, part: str) -> Reply:
    """The reply as if it had said this part alone."""
    return replace(reply, text=part)


# --- in a conversation ---------------------------------------------------------------------------
def listed(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn | None:
    """A reply that answers the open question and those behind it, each in a part of its own; None
    where any part is left over, or the whole is an answer."""
    parts = parts_of(said)
    session, survey = _open(desk, conversation)
    if not parts or session is None or survey is None or session.candidates:
        return None
    if reads(survey, session, said, reading(desk, conversation, survey, session, now)):
        return None
    turn, taken, left = _each(desk, Turn(conversation), said, parts, now, seen=True)
    if left:
        return None
    return replace(turn, effects=with_noted(turn.effects, taken, left=False))


def carry_on(
    desk: Desk, turn: Turn, said: Reply, parts: Sequence[str], now: datetime, first: str
) -> Turn:
    """Goes on with the parts of a reply that are for the questions that follow the answer they came
    with (`first`, in our words); the rest is left, and that is said."""
    turn, taken, left = _each(desk, turn, said, parts, now, seen=False)
    noted = with_noted(turn.effects, (first, *taken), left=bool(left))
    return replace(turn, effects=noted)


def _each(
    desk: Desk, turn: Turn, said: Reply, parts: Sequence[str], now: datetime, *, seen: bool
) -> tuple[Turn, tuple[str, ...], tuple[str, ...]]:
    """The turn after each part that is for the question then open, what was taken and may be said
    back, and the parts left over. `seen`: the first question was asked."""
    taken: list[str] = []
    left = list(parts)
    while left:
        session, survey = _open(desk, turn.conversation)
        if session is None or survey is None:
            break
        question = survey.question(session.question or "")
        how = reading(desk, turn.conversation, survey, session, now)
        if seen and len(left) == len(parts):
            part = for_open(question, left, how)
        else:
            part = for_unseen(survey, question, left, how)
        if part is None:
            break
        reply_ = by_itself(said, part)
        more = run(desk, turn.conversation, session, survey, reply_, now)
        turn = Turn(more.conversation, (*unasked(turn.effects), *more.effects))
        if not question.sensitive:
            taken.append(told(question, part, how))
        left.remove(part)
    return turn, tuple(taken), tuple(left)


def _open(desk: Desk, conversation: Conversation) -> tuple[Session | None, Survey | None]:
    session = conversation.session
    return session, desk.survey_of(session)
