"""What we remember of a contact between turns, and its JSON form."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import TypeAdapter

from dialogue.survey import Session

THREAD = "case:"
"""Begins the tag of what staff wrote in a case; its reference follows."""


class Gate(StrEnum):
    """What still stands between a contact and any survey."""

    NEW = "new"
    CONSENT = "consent"
    AGE = "age"
    OPEN = "open"


class Aside(StrEnum):
    """A question of ours put on top of whatever is going on."""

    LANGUAGE = "language"
    SURVEY_LANGUAGE = "survey_language"
    ERASE = "erase"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Done:
    """A session that ended, in brief: enough for MY DATA and for not asking twice."""

    survey: str
    completed: bool
    answers: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversation:
    """One contact's conversation with a city.

    `wants` is the survey to start once the gate is passed, or once its language is chosen. `locale`
    is None until there was reason for one; `locale_unsure` says that it was little reason.
    `language_offers` is how often another one was offered in vain (`dialogue.languages`).
    `opted_out` is filled in from the opt-out list at load, never from here. `wake_at` is when a
    tick is next due; the store projects it to a column. `quiet_until` forbids reminders and
    invitations (safeguarding). `thread` is the reference of a case in which staff wait for word.
    `votes` are the polls the contact has voted in, while a vote can still be changed or be late.
    `wrong_codes` is how many LINK codes were wrong, the last one at `wrong_code_at`.
    """

    locale: str | None = None
    locale_unsure: bool = False
    language_offers: int = 0
    gate: Gate = Gate.NEW
    tries: int = 0
    wants: str | None = None
    aside: Aside | None = None
    session: Session | None = None
    parked: tuple[Session, ...] = ()
    done: tuple[Done, ...] = ()
    votes: tuple[Session, ...] = ()
    age: int | None = None
    age_on: date | None = None
    agreed_on: date | None = None
    opted_out: bool = False
    wake_at: datetime | None = None
    quiet_until: datetime | None = None
    thread: str | None = None
    wrong_codes: int = 0
    wrong_code_at: datetime | None = None


_JSON = TypeAdapter(Conversation)


def dump(conversation: Conversation) -> str:
    """The conversation as JSON text; `load` reads it back equal."""
    return _JSON.dump_json(conversation, exclude_defaults=True).decode()


def load(text: str) -> Conversation:
    """A conversation from what `dump` wrote. Raises pydantic.ValidationError."""
    return _JSON.validate_json(text)
