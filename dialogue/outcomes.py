"""What a reply was read as: every reply to a question is exactly one of these.

Terms and their meaning: design §3.4 and the research on answer interpretation. Don't know, refused
and skip are three different research outcomes and stay apart (item non-response).
"""

from dataclasses import dataclass

Value = str | int | float | tuple[str, ...]
"""An answer's value: an option's stable name, a number, an ISO date, an area code or a text;
a tuple of option names where several may be chosen (in order, where the order is asked)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Read. `rule` says how (code, label, synonym, digits …); `sealed` marks free text that must
    stay sealed until a person has coded it. `words` are the resident's own, where they say more
    than the value: kept sealed beside it."""

    value: Value
    rule: str
    sealed: bool = False
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several readings; `candidates` are numbers of the choices that were meant, maybe."""

    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """Understood, but not allowed: `phrase` with its `values` says the limit."""

    phrase: str
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Text, but no reading. `phrase` names what would be understood, if that helps."""

    phrase: str | None = None
    values: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing usable: blank, a sticker, a picture where words are asked."""

    media: bool = False


@dataclass(frozen=True, slots=True)
class DontKnow:
    """The resident does not know."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The resident prefers not to say."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """The resident passed on."""


@dataclass(frozen=True, slots=True)
class Remark:
    """No answer, but something said to us: `kind` is question, greeting, thanks or noise. Kept for
    a person; it uses up no try, and the question is asked again."""

    kind: str


REMARK = "remark"
"""What a remark is recorded as: it settles nothing, supersedes nothing and never counts."""

LATE = "late"
"""What an answer after the closing time is recorded as: its value is kept, but it settles nothing,
supersedes nothing and never counts."""

UNCOUNTED = (REMARK, LATE)
"""Outcomes that are no answer in any result."""

Final = Answered | DontKnow | Refused | Skipped
"""Outcomes that settle a question."""

Again = Ambiguous | OutOfRange | NotUnderstood | Empty
"""Outcomes after which we ask once more."""

Outcome = Final | Again | Remark
