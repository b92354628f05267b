"""Everything the core can want done: said (worded by `wording`) or noted (kept by `bot.turns`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialogue.danger import Risk
from dialogue.outcomes import Again, Remark, Value
from dialogue.survey import Session, Survey


# --- to be said --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Say:
    """One of our phrases by name. Values are filled in as they are. `locale` is for the few lines
    that are about another language than the one we speak."""

    phrase: str
    values: tuple[tuple[str, object], ...] = ()
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A question of ours about the conversation itself, with its choices as phrase names.

    `tag` comes back with a tap.
    """

    tag: str
    phrase: str
    choices: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class OfferLanguages:
    """The menu of the city's languages, each in its own words; of only those of a survey (`codes`)
    that is not complete in the contact's."""

    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A survey's question; `tag` marks its choices, `problem` says why it is asked again, `locale`
    as in `Session`."""

    survey: Survey
    question: str
    tag: str
    problem: Again | Remark | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """A text of the city's, by locale, as in `events.Announce`."""

    texts: Mapping[str, str]
    attachment: str | None = None


# --- to be noted -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Record:
    """A question is settled. `outcome` is answered, dont_know, refused, skipped, not_coded or,
    where BACK voided it, not_applicable; or it is a remark or late, which settle nothing and are no
    answers. `raw` is the resident's own text, to be kept sealed; `words` says by which version of
    the words and rules it was read. `afterwards`: the session had ended, so a person may have added
    revisions meanwhile, and this is the next one of all."""

    session: str
    question: str
    revision: int
    outcome: str
    value: Value | None
    rule: str
    raw: str | None = None
    words: str = ""
    afterwards: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A session began, in this language."""

    session: Session
    locale: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A session changed its status: parked, taken up again, or final."""

    session: Session


class Agreement(StrEnum):
    """What a resident said to our notice."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """A line of the consent ledger (POPIA s11: the burden of proof is ours).

    `wording` is the notice as it was shown, in `locale`; the store keeps each wording once.
    """

    purpose: str
    agreement: Agreement
    wording: str
    locale: str
    message_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class OptOut:
    """No message may reach this contact's addresses in this city any more."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """The contact came back by START."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Erase the contact: everything but unlinkable codes. `count` names the counter that goes up
    (a minor leaves nothing but that)."""

    count: str


@dataclass(frozen=True, slots=True)
class TakeMedia:
    """The pictures and recordings of this message are wanted: as (part of) the answer to a
    session's question, or by themselves."""

    session: str | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True)
class DropText:
    """What was just received must not be kept."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What was just received is kept for a short time only, and shown nowhere."""


@dataclass(frozen=True, slots=True)
class CountRisk:
    """Somebody told of this, in this area where a session knew it ("" elsewhere). Neither the text
    nor who it was goes with it."""

    risk: Risk
    area: str = ""


@dataclass(frozen=True, slots=True)
class OpenConcern:
    """What was just received begins a concern."""


@dataclass(frozen=True, slots=True)
class AddToConcern:
    """What was just received belongs to the case of this reference."""

    reference: str


@dataclass(frozen=True, slots=True)
class MakeLink:
    """Until then, whoever sends this code is this contact too."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Redeem:
    """Look the code up and make the two contacts one; the event `Linked` says how it went."""

    code: str


Spoken = Say | Offer | OfferLanguages | Ask | Tell
Noted = (
    Record | Opened | Moved | Consent | OptOut | OptIn | Forget | TakeMedia | DropText | MakeLink
    | Redeem | Quarantine | CountRisk | OpenConcern | AddToConcern
)  # fmt: skip
Effect = Spoken | Noted
