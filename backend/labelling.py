"""Giving codes to an answer in words, by API and in the terminal alike: what may be given is
checked, kept and noted in the audit log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from backend.exports.audit import note_label
from backend.store import labels, schemes
from backend.store.labels import ToLabel
from backend.store.schemes import Applied
from dialogue.labels import Stage, Standing
from dialogue.scheme import given_faults

UNKNOWN = "There is no such answer in words"
NO_SCHEME = "No scheme is applied to the question"
NO_WORDS = "The words are deleted: nobody can read them any more"
WAITS = "The answer waits for coders: it is settled once enough of them have labelled it"
NOTHING_GIVEN = "You have given nothing that could be taken back"


class LabelError(Exception):
    """A label that cannot be given; the message says why."""


class AnswerUnknownError(LabelError):
    """There is no such answer in words to a question that a scheme is applied to."""


class CodesFaultyError(LabelError):
    """These codes cannot be given; the message says what is wrong with them."""


def give(
    connection: Connection,
    city: str,
    answer: int,
    coder: str,
    codes: Sequence[str],
    at: datetime,
    *,
    settles: bool = False,
) -> tuple[Applied, Standing]:
    """Keeps a coder's codes (none take back what the coder gave), or those that settle; what the
    answer's labels come to. Raises LabelError."""
    found, applied = labelled_by(connection, city, answer)
    if codes or settles:
        if not found.has_words:
            raise LabelError(NO_WORDS)
        faults = given_faults(applied.scheme.codes, codes) if codes else ["needs a code"]
        if faults:
            raise CodesFaultyError("; ".join(faults))
        if settles and labels.stands(connection, applied, answer).stage is Stage.OPEN:
            raise LabelError(WAITS)
    elif coder not in labels.stands(connection, applied, answer).by_coder:
        raise LabelError(NOTHING_GIVEN)
    standing = labels.add(connection, applied, answer, coder, codes, at, settles=settles)
    note_label(connection, city, coder, answer, at, settles=settles)
    return applied, standing


def labelled_by(connection: Connection, city: str, answer: int) -> tuple[ToLabel, Applied]:
    """An answer in words, and the scheme by which it is labelled. Raises AnswerUnknownError."""
    found = labels.find(connection, city, answer)
    if found is None:
        raise AnswerUnknownError(UNKNOWN)
    applied = schemes.applied(connection, city, found.survey).get(found.question)
    if applied is None:
        raise AnswerUnknownError(NO_SCHEME)
    return found, applied
