"""A contact's conversation with a city: `converse(desk, conversation, event, now)`.

Order of precedence, the same everywhere: STOP, then START while opted out; the safe word; other
whole-message commands; what tells of danger; a question of ours on top (language, erase, resume);
the gate (agreement, age); the open survey; a keyword; what is left unfinished; the city's first
survey.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialogue import gate, languages, safeguarding, surveying
from dialogue.commands import COMMANDS, aside_reply, command_of, edited, late, linked
from dialogue.desk import Desk
from dialogue.effects import Effect, Opened, Say
from dialogue.events import Event, Invite, Linked, Reply, Tick
from dialogue.media import rest_of_album, with_media
from dialogue.memory import Conversation, Gate
from dialogue.turn import Turn

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
    if safeguarding.is_safe_word(reply.said, desk.city):
        return safeguarding.safe(desk, conversation, now)
    risk = safeguarding.risk_of(desk, conversation, reply) if command is None else None
    if risk is not None:
        return safeguarding.answer(desk, conversation, reply, risk, now)
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
        turn = surveying.reply(desk, conversation, reply, now)
    else:
        turn = surveying.idle(desk, conversation, reply, now)
    return with_media(_no_emergency_service(turn), reply)


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
    turn = surveying.start(desk, replace(conversation, aside=None), survey, invite.id, now)
    return _no_emergency_service(turn)


def _no_emergency_service(turn: Turn) -> Turn:
    """The turn; where it opens a survey it says first who helps in danger (safeguarding D1, rule
    1). After the gate it does not: the notice has just said so."""
    effects: list[Effect] = []
    for effect in turn.effects:
        effects.append(effect)
        if isinstance(effect, Opened):
            effects.append(Say("not_live"))
    return replace(turn, effects=tuple(effects))
