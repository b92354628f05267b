"""A contact's conversation with a city: `converse(desk, conversation, event, now)`.

Order of precedence, the same everywhere: STOP, then START while opted out; the safe word; other
whole-message commands; a question of ours on top (language, erase, resume); the gate (agreement,
age); the open survey; a keyword; what is left unfinished; the city's first survey.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialogue import gate, languages, surveying
from dialogue.commands import COMMANDS, aside_reply, command_of, edited, late, linked
from dialogue.desk import Desk
from dialogue.effects import DropText, Effect, Say
from dialogue.events import Event, Invite, Linked, Reply, Tick
from dialogue.media import rest_of_album, with_media
from dialogue.memory import Conversation, Gate
from dialogue.safeguarding import is_safe_word, numbers
from dialogue.survey import Status
from dialogue.turn import Turn, later

QUIET_DAYS = 30
"""Days without a reminder after the safe word (safeguarding D1, rule 4)."""

RIGHTS = frozenset({"help", "my_data", "delete_me"})
"""Commands that are answered after STOP as well."""


def converse(desk: Desk, conversation: Conversation, event: Event, now: datetime) -> Turn:
    """What the conversation becomes and what is to be done. Never raises on a resident's doing."""
    match event:
        case Reply():
            started = languages.at_first(desk, conversation, event)
            turn = _reply(desk, started, event, now)
            return languages.with_offer(desk, started, event, turn)
        case Invite():
            return _invite(desk, conversation, event, now)
        case Tick():
            return surveying.tick(desk, conversation, event, now)
        case Linked():
            return linked(desk, conversation, event, now)
        case _:
            assert_never(event)


def _reply(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    command = command_of(desk, conversation, reply)
    if command == "start" and reply.late and conversation.opted_out:
        command = None  # sent before the STOP that we know of
    if command in ("stop", "start"):
        return COMMANDS[command](desk, conversation, reply, now)
    if is_safe_word(reply.said, desk.city):
        return _safe(desk, conversation, now)
    if conversation.opted_out:
        return _after_stop(desk, conversation, command, reply, now)
    if command is not None:
        return COMMANDS[command](desk, conversation, reply, now)
    if reply.edited:
        return edited(desk, conversation, reply, now)
    if reply.late:
        return late(desk, conversation, reply, now)
    if conversation.aside is not None:
        turn = aside_reply(desk, conversation, reply, now)
        if turn is not None:
            return turn
        conversation = replace(conversation, aside=None)
    if conversation.gate is not Gate.OPEN:
        return gate.pass_through(desk, conversation, reply, now)
    album = rest_of_album(desk, conversation, reply, now)
    if album is not None:
        return album
    if conversation.session is not None:
        return with_media(surveying.reply(desk, conversation, reply, now), reply)
    return with_media(surveying.idle(desk, conversation, reply, now), reply)


def _after_stop(
    desk: Desk, conversation: Conversation, command: str | None, reply: Reply, now: datetime
) -> Turn:
    """Only what the resident asks for in so many words is answered; all else meets silence."""
    turn: Turn | None = None
    if command in RIGHTS:
        turn = COMMANDS[command](desk, conversation, reply, now)
    elif conversation.aside is not None:
        turn = aside_reply(desk, conversation, reply, now)
    return replace(turn or Turn(conversation), despite_opt_out=True)


def _invite(desk: Desk, conversation: Conversation, invite: Invite, now: datetime) -> Turn:
    """Opens the survey for whoever agreed earlier and is not in the middle of another."""
    survey = desk.survey(invite.survey)
    free = conversation.gate is Gate.OPEN and conversation.session is None
    quiet = conversation.opted_out or surveying.is_quiet(conversation, now)
    if survey is None or quiet or not free:
        return Turn(conversation)
    return surveying.start(desk, replace(conversation, aside=None), survey, invite.id, now)


def _safe(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Helplines, then silence: what was open closes, the text is dropped, no reminder follows."""
    conversation, effects = surveying.close(conversation, Status.SAFEGUARDED, now)
    gate_ = conversation.gate if conversation.gate is Gate.OPEN else Gate.NEW
    quiet = later(now, QUIET_DAYS)
    conversation = replace(
        conversation, aside=None, wants=None, gate=gate_, tries=0, quiet_until=quiet
    )
    said: tuple[Effect, ...] = (DropText(), Say("safe", (("numbers", numbers(desk.city)),)))
    return Turn(conversation, (*effects, *said), despite_opt_out=True)
