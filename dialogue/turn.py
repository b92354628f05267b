"""What one turn of a conversation yields."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dialogue.effects import Effect
from dialogue.memory import Conversation


@dataclass(frozen=True, slots=True)
class Turn:
    """The conversation after it, and its effects in order: what is noted, what is said.

    `despite_opt_out` lets the one message of this turn reach a contact who sent STOP.
    """

    conversation: Conversation
    effects: tuple[Effect, ...] = ()
    despite_opt_out: bool = False


def later(now: datetime, days: float = 0, hours: float = 0) -> datetime:
    """A time after `now`."""
    return now + timedelta(days=days, hours=hours)
