"""A contact's conversation with a city: `converse(desk, conversation, event, now)`.

What takes a reply is decided in `routing`, one table of precedence.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialogue import languages, surveying
from dialogue.commands import linked
from dialogue.desk import Desk
from dialogue.effects import Effect, Opened
from dialogue.events import Event, Invite, Linked, Reply, Tick
from dialogue.media import with_media
from dialogue.memory import Conversation, Gate
from dialogue.routing import BEHIND_GATE, take
from dialogue.safeguarding import NOT_LIVE
from dialogue.turn import Turn


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
    route, turn = take(desk, conversation, reply, now)
    return with_media(_no_emergency_service(turn), reply, now) if route in BEHIND_GATE else turn


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
        if isinstance(effect, Opened) and NOT_LIVE not in turn.effects:
            effects.append(NOT_LIVE)
    return replace(turn, effects=tuple(effects))
