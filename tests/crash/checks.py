"""What must hold once everything is drained, whatever was killed meanwhile."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from backend.privacy import KeyRing
from backend.store import open_engine
from backend.store.tables import RAW
from tests.backend.conftest import KEYS
from tests.crash.provider import Provider
from tests.crash.residents import Resident

CITY = "test-za"

_ANSWERS = """
SELECT urn.hash, answer.question, answer.value, answer.raw
FROM answer JOIN session ON session.id = answer.session JOIN urn ON urn.contact = session.contact
ORDER BY answer.id
"""


@dataclass(frozen=True)
class Found:
    """What is wrong, each in a few words, and what was sent more than once. `claimed_again` is how
    many parts a kill cut off between claim and settlement."""

    wrong: Sequence[str]
    repeated: int
    claimed_again: int

    def of(self, kind: str) -> list[str]:
        """What is wrong of one kind, the first word of each."""
        return [one for one in self.wrong if one.startswith(kind)]


def key_ring() -> KeyRing:
    """The keys of the programs that were killed."""
    return KeyRing([key.replace(",", "") for key in KEYS])


def check(url: str, residents: Sequence[Resident], provider: Provider) -> Found:
    """Compares what the residents texted with what the database and the provider have."""
    with reading(url) as connection:
        wrong = [
            *_receipts(connection, residents),
            *_unsent(connection),
            *_answers(connection, residents),
            *_replies(residents, provider),
        ]
        again = "SELECT coalesce(sum(attempts - 1), 0) FROM outbound WHERE attempts > 1"
        claimed_again = int(connection.execute(text(again)).scalar_one())
    sent = Counter((one.number, one.body) for one in provider.taken)
    return Found(wrong, sent.total() - len(sent), claimed_again)


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """A connection to look with."""
    engine = open_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def is_drained(url: str) -> bool:
    """Whether nothing waits any more: no part to be sent, no receipt to be taken up."""
    with reading(url) as connection:
        parts = "SELECT count(*) FROM outbound WHERE state IN ('queued', 'claimed', 'unknown')"
        waiting = "SELECT count(*) FROM received WHERE status = 'waiting'"
        return not any(connection.execute(text(one)).scalar() for one in (parts, waiting))


def _receipts(connection: Connection, residents: Sequence[Resident]) -> Iterator[str]:
    """Every message has one receipt, and its turn was taken."""
    rows = connection.execute(text("SELECT provider_id, status FROM received")).all()
    there = Counter(provider_id for provider_id, _ in rows)
    for sid in (one.sid for resident in residents for one in resident.texts):
        if there[sid] != 1:
            yield f"receipt: {sid} has {there[sid]}"
    yield from (f"receipt: {sid} is {status}" for sid, status in rows if status != "taken")
    count = sum(len(resident.texts) for resident in residents)
    if len(rows) != count:
        yield f"receipt: {len(rows)} for {count} messages"


def _unsent(connection: Connection) -> Iterator[str]:
    """Every part is sent."""
    rows = connection.execute(text("SELECT id, state FROM outbound WHERE state <> 'sent'"))
    yield from (f"part: {part} is {state}" for part, state in rows)


def _answers(connection: Connection, residents: Sequence[Resident]) -> Iterator[str]:
    """Every resident's answers are what they texted: none lost, none twice, none of another."""
    keys = key_ring()
    found: dict[str, list[tuple[str, object]]] = {}
    for hashed, question, value, raw in connection.execute(text(_ANSWERS)):
        said = json.loads(value) if raw is None else keys.unseal(raw, RAW)
        found.setdefault(hashed, []).append((question, said))
    for resident in residents:
        theirs = found.pop(keys.index(CITY, f"tel:{resident.number}"), [])
        if sorted(theirs, key=str) != sorted(resident.answers.items(), key=str):
            yield f"answers: {resident.number} gave {resident.answers}, kept are {theirs}"
    yield from (f"answers: of nobody: {answers}" for answers in found.values())


def _replies(residents: Sequence[Resident], provider: Provider) -> Iterator[str]:
    """Every reply arrived, in the order of the first resident, who was left in peace."""
    model = provider.bodies(residents[0].number)
    came: dict[str, Mapping[str, None]] = {}
    for one in provider.taken:
        came[one.number] = {**came.get(one.number, {}), one.body: None}
    for resident in residents:
        bodies = list(came.get(resident.number, {}))
        if bodies != model:
            yield f"replies: {resident.number} got {len(bodies)} of {len(model)}, or in disorder"
        for text_ in resident.texts[len(bodies) :]:
            if text_.sid in provider.accepted:
                yield f"lost: {text_.sid} was answered with 200 and never replied to"
