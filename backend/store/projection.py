"""What is repeated of a conversation in columns of its contact, so that broadcasts can choose among
all contacts in one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam

from dialogue.memory import Conversation, Gate

COLUMNS: Mapping[str, Any] = {
    name: bindparam(f"seen_{name}") for name in ("locale", "agreed", "busy", "age", "quiet_until")
}
"""Values of an UPDATE of `contact`, with the parameters that `of` gives."""


def of(conversation: Conversation) -> dict[str, Any]:
    """The parameters for a conversation."""
    return {
        "seen_locale": conversation.locale,
        "seen_agreed": conversation.gate is Gate.OPEN,
        "seen_busy": conversation.session is not None,
        "seen_age": conversation.age,
        "seen_quiet_until": conversation.quiet_until,
    }
