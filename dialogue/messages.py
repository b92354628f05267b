"""What we want to say, before any channel renders it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick: `number` is printed beside it and is what a tap sends back."""

    number: str
    label: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one resident: text, then choices.

    `question` tags the choices, so that a tap on an old message can be told from a fresh one.
    `attachment` names a picture that goes with it (`events.Announce`).
    """

    text: str
    choices: tuple[Choice, ...] = ()
    question: str | None = None
    attachment: str | None = None
