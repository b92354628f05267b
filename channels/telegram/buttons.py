"""Choices as buttons, and what a tapped button sends back."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from dialogue.messages import Choice

LONGEST_DATA = 64
"""Bytes that a button can send back. Source: Bot API, `InlineKeyboardButton.callback_data`."""

SHORT = 16
"""Characters of a label that fit on half the width of a phone."""

_BAR = "|"


def keyboard(choices: Sequence[Choice], question: str | None) -> InlineKeyboardMarkup | None:
    """The choices in their order: two in a row where all labels are short, else one."""
    buttons = [InlineKeyboardButton(c.label, callback_data=data(c, question)) for c in choices]
    if not buttons:
        return None
    across = 2 if all(len(choice.label) <= SHORT for choice in choices) else 1
    return InlineKeyboardMarkup([buttons[n : n + across] for n in range(0, len(buttons), across)])


def data(choice: Choice, question: str | None) -> str:
    """What a button sends back: "number|question". Both fit: a number has six digits at most, and
    a tag (`dialogue.open_question.tag`) is shorter than the rest. Half a tag would make every tap
    look outdated, and one without it would count as typed."""
    return f"{choice.number}{_BAR}{question or ''}"


def read_data(sent: str) -> tuple[str, str | None]:
    """Number and question of a tapped button. A question's tag has no bar in it."""
    number, bar, question = sent.rpartition(_BAR)
    return (number, question or None) if bar else (sent, None)
