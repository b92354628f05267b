"""Themes in exports: beside a question in words stands one with the codes that people gave to it,
for as far as coders agree or a person has settled it. The words never leave."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from backend.store import labels
from backend.store.schemes import Applied
from backend.store.tables import ANSWER
from dialogue.scheme import in_order

LABELLED = "labelled by people"
"""The rule of a theme."""


def given_codes(
    connection: Connection, applied: Mapping[str, Applied], sessions: Sequence[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The codes that count, by session and question, of answers in words in these sessions."""
    return {
        (row.session, name): in_order(one.codes, stands.codes)
        for name, one in applied.items()
        for row, stands in labels.standings(connection, one, ANSWER.c.session.in_(sessions))
        if stands.codes is not None
    }
