"""A contact's conversation with a city: `converse(desk, conversation, event, now)`.

What takes a reply is decided in `routing`, one table of precedence.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from dialogue import inviting, languages, parking
from dialogue.commands import linked
from dialogue.desk import Desk
from dialogue.effects import Effect, Opened
from dialogue.events import Announce, Event, Invite, Linked, Remind, Reply, Tick
from dialogue.media import with_media
from dialogue.memory import Conversation
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
        case Invite() | Remind() | Announce():
            return inviting.begin(desk, conversation, event, now)
        case Tick():
            return parking.tick(conversation, event, now)
        case Linked():
            return linked(desk, conversation, event, now)
        case _:
            assert_never(event)


def _reply(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    route, turn = take(desk, conversation, reply, now)
    return with_media(_no_emergency_service(turn), reply, now) if route in BEHIND_GATE else turn


def _no_emergency_service(turn: Turn) -> Turn:
    """The turn; where it opens a survey it says first who helps in danger (safeguarding D1, rule
    1). After the gate it does not: the notice has just said so."""
    effects: list[Effect] = []
    for effect in turn.effects:
        effects.append(effect)
        if isinstance(effect, Opened) and NOT_LIVE not in turn.effects:
            effects.append(NOT_LIVE)
    return replace(turn, effects=tuple(effects))
