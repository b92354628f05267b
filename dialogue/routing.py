"""Where a resident's message goes: ROUTES is the one table of precedence.

The first line that takes a message answers it; what stands lower never sees it. Sources: the
opt-out rules of the carriers (STOP first), safeguarding D1 (danger before any question), design §3.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dialogue import answering, gate, languages, parking, polls, safeguarding, surveying
from dialogue.commands import COMMANDS, aside_reply, command_of, edited, late
from dialogue.danger import HEEDED, Look, Risk, is_ordinary_answer
from dialogue.desk import Desk
from dialogue.effects import AddToConcern, OpenConcern, Say
from dialogue.events import Reply
from dialogue.media import rest_of_album
from dialogue.memory import THREAD, Conversation, Gate
from dialogue.questions.base import remark_in
from dialogue.turn import Turn

RIGHTS = frozenset({"help", "my_data", "delete_me"})
"""Commands that are answered after STOP as well."""

LEAST_WORDS = 3
"""Fewer are hardly a report."""


class Route(StrEnum):
    """What a message is taken as."""

    STOP = "stop"
    START = "start"
    SAFE_WORD = "safe word"
    DISCLOSURE = "disclosure"
    AFTER_STOP = "after stop"
    COMMAND = "command"
    EDIT = "edit"
    LATE = "late"
    ASIDE = "reply to a question of ours"
    GATE = "gate"
    ALBUM = "rest of an album"
    THREAD = "reply in a thread"
    POLL = "tap on a poll"
    KEYWORD = "keyword"
    ANSWER = "answer"
    AWAITED = "reply that a thread waits for"
    VOTE = "another vote"
    NOISE = "noise"
    REMARK = "remark"
    COMMENT = "comment on a vote"
    REPORT = "new report"
    NEXT = "what is next"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A reply with what decides where it goes. `command` is what the whole message is, if it is
    one; `risk` and `look` what the lists of danger and the second look say of it."""

    desk: Desk
    conversation: Conversation
    reply: Reply
    now: datetime
    command: str | None
    risk: Risk | None = None
    look: Look = Look.UNSEEN


Taker = Callable[[Incoming], Turn | None]


def read(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Incoming:
    """The reply, with what decides where it goes. A whole-message command tells of no danger."""
    command = command_of(desk, conversation, reply)
    if command == "start" and reply.late and conversation.opted_out:
        command = None  # sent before the STOP that we know of
    if command is not None:
        return Incoming(desk, conversation, reply, now, command)
    risk, look = safeguarding.signs_in(desk, conversation, reply)
    return Incoming(desk, conversation, reply, now, command, risk, look)


def take(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> tuple[Route, Turn]:
    """The route a reply goes, and its turn."""
    incoming = read(desk, conversation, reply, now)
    for route, taker in ROUTES[:-1]:
        if route is Route.GATE and conversation.aside is not None:
            # A question of ours on top, and no reply to it: it is over.
            conversation = replace(conversation, aside=None)
            incoming = replace(incoming, conversation=conversation)
        turn = taker(incoming)
        if turn is not None:
            return route, _looked_at(incoming, route, turn)
    return Route.NEXT, _looked_at(incoming, Route.NEXT, _next(incoming))


def _looked_at(one: Incoming, route: Route, turn: Turn) -> Turn:
    """The turn, with numbers beside where a list or the second look has doubts. A command and who
    sent STOP get nothing but what they asked for."""
    doubtful = one.risk is not None or one.look in HEEDED
    if route in UNDOUBTED or not doubtful:
        return turn
    return safeguarding.beside(one.desk, turn)


# --- the takers, in the order of the table -------------------------------------------------------
def _stop(one: Incoming) -> Turn | None:
    return _command(one) if one.command == "stop" else None


def _start(one: Incoming) -> Turn | None:
    return _command(one) if one.command == "start" else None


def _safe_word(one: Incoming) -> Turn | None:
    if not one.desk.city.is_safe_word(one.reply.said):
        return None
    return safeguarding.safe(one.desk, one.conversation, one.now)


def _disclosure(one: Incoming) -> Turn | None:
    at = (one.desk, one.conversation, one.reply)
    if one.risk is None:
        if one.look is not Look.DANGER or answering.is_read(*at, one.now):
            return None
        return safeguarding.answer_unsure(*at, one.now)
    if is_ordinary_answer(one.risk, one.look) and answering.takes(*at, one.now):
        return None
    return safeguarding.answer(*at, one.risk, one.now)


def _after_stop(one: Incoming) -> Turn | None:
    """Only what the resident asks for in so many words is answered; all else meets silence."""
    if not one.conversation.opted_out:
        return None
    turn: Turn | None = None
    if one.command in RIGHTS:
        turn = _command(one)
    elif one.conversation.aside is not None and not (one.reply.edited or one.reply.late):
        turn = aside_reply(one.desk, one.conversation, one.reply, one.now)
    return replace(turn or Turn(one.conversation), despite_opt_out=True)


def _command(one: Incoming) -> Turn | None:
    """An edited or late BACK or SKIP was not meant for the question that is open now."""
    stale = one.reply.edited or one.reply.late
    if one.command is None or (stale and one.command in ("back", "skip")):
        return None
    return COMMANDS[one.command](one.desk, one.conversation, one.reply, one.now)


def _edit(one: Incoming) -> Turn | None:
    if not one.reply.edited:
        return None
    return edited(one.desk, one.conversation, one.reply, one.now)


def _late(one: Incoming) -> Turn | None:
    return late(one.desk, one.conversation, one.reply, one.now) if one.reply.late else None


def _aside(one: Incoming) -> Turn | None:
    if one.conversation.aside is None:
        return None
    return aside_reply(one.desk, one.conversation, one.reply, one.now)


def _gate(one: Incoming) -> Turn | None:
    if one.conversation.gate is Gate.OPEN:
        return None
    return gate.pass_through(one.desk, one.conversation, one.reply, one.now)


def _album(one: Incoming) -> Turn | None:
    return rest_of_album(one.desk, one.conversation, one.reply, one.now)


def _thread(one: Incoming) -> Turn | None:
    """A reply to what staff wrote, or a tap on it: it goes there whatever else is open."""
    tag = one.reply.question or ""
    if not tag.startswith(THREAD):
        return None
    return _added(one, tag.removeprefix(THREAD))


def _poll(one: Incoming) -> Turn | None:
    """A tap on a poll that was voted in or has closed, or a reply that quotes it: it goes there
    whatever else is open."""
    return polls.tapped(one.desk, one.conversation, one.reply, one.now)


def _keyword(one: Incoming) -> Turn | None:
    """Unless the open question reads the same word."""
    return answering.by_keyword(one.desk, one.conversation, one.reply, one.now)


def _answer(one: Incoming) -> Turn | None:
    """To the open question: what it cannot read is asked back, and remarks are kept (`engine`)."""
    if one.conversation.session is None:
        return None
    return answering.reply(one.desk, one.conversation, one.reply, one.now)


def _awaited(one: Incoming) -> Turn | None:
    """Nothing is open, and staff wait for word from this resident."""
    thread = one.conversation.thread
    return None if thread is None or one.reply.question is not None else _added(one, thread)


def _added(one: Incoming, reference: str) -> Turn:
    conversation = replace(one.conversation, thread=None)
    return Turn(conversation, (AddToConcern(reference), Say("passed_on")))


def _vote(one: Incoming) -> Turn | None:
    """Plainly an answer to the poll asked last, while nothing else waits for one."""
    return polls.another(one.desk, one.conversation, one.reply, one.now)


def _noise(one: Incoming) -> Turn | None:
    """Thanks and pictures of moods open nothing; what was left unfinished is still offered."""
    unfinished = parking.waiting(one.conversation, one.now)
    if unfinished or _remark_kind(one) not in ("thanks", "noise"):
        return None
    return surveying.thank(one.desk, one.conversation, one.now)


def _remark(one: Incoming) -> Turn | None:
    """A question to us, while nothing is open."""
    if _remark_kind(one) != "question":
        return None
    return COMMANDS["help"](one.desk, one.conversation, one.reply, one.now)


def _remark_kind(one: Incoming) -> str | None:
    if one.reply.question is not None:
        return None
    found = remark_in(one.reply, languages.reading(one.desk, one.conversation))
    return found.kind if found else None


def _comment(one: Incoming) -> Turn | None:
    """Own words behind a vote, where they were invited."""
    return polls.comment(one.desk, one.conversation, one.reply, one.now)


def _report(one: Incoming) -> Turn | None:
    """Words that are nothing else, in a city that takes reports."""
    words = one.reply.text.split() if one.reply.question is None else ()
    if not one.desk.takes_concerns or len(words) < LEAST_WORDS:
        return None
    return Turn(one.conversation, (OpenConcern(), Say("passed_on")))


def _next(one: Incoming) -> Turn:
    """What is left: the survey that waits, or the next one."""
    return surveying.idle(one.desk, one.conversation, one.reply, one.now)


ROUTES: tuple[tuple[Route, Taker], ...] = (
    (Route.STOP, _stop),
    (Route.START, _start),
    (Route.SAFE_WORD, _safe_word),
    (Route.DISCLOSURE, _disclosure),
    (Route.AFTER_STOP, _after_stop),
    (Route.COMMAND, _command),
    (Route.EDIT, _edit),
    (Route.LATE, _late),
    (Route.ASIDE, _aside),
    (Route.GATE, _gate),
    (Route.ALBUM, _album),
    (Route.THREAD, _thread),
    (Route.POLL, _poll),
    (Route.KEYWORD, _keyword),
    (Route.ANSWER, _answer),
    (Route.AWAITED, _awaited),
    (Route.VOTE, _vote),
    (Route.NOISE, _noise),
    (Route.REMARK, _remark),
    (Route.COMMENT, _comment),
    (Route.REPORT, _report),
    (Route.NEXT, _next),
)

UNDOUBTED = frozenset(
    {
        *(Route.STOP, Route.START, Route.SAFE_WORD, Route.DISCLOSURE, Route.AFTER_STOP),
        Route.COMMAND,
    }
)
"""Routes on which the second look has no say."""

BEHIND_GATE = frozenset(
    {
        *(Route.THREAD, Route.POLL, Route.KEYWORD, Route.ANSWER, Route.AWAITED, Route.VOTE),
        *(Route.NOISE, Route.REMARK, Route.COMMENT, Route.REPORT, Route.NEXT),
    }
)
"""Routes of those who agreed, on which pictures are taken."""
