"""Synthetic answers in words, sealed as the program seals them, and a scheme to code them by."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine, select, update

from backend.privacy import KeyRing
from backend.store import library, schemes
from backend.store.schemes import Applied, Use
from backend.store.tables import ANSWER, RAW
from tests.backend.exports.seed import AT, SLUG, WORDS, Way, add

SCHEME = """
slug = "why-unsafe"
title = { en = "Why people feel unsafe" }
[[codes]]
name = "lighting"
code = "L"
label = { en = "Street lighting", es = "Alumbrado" }
match = { en = ["street light", "dark"], es = ["alumbrado"] }
dimension = "personal"
[[codes]]
name = "gangs"
code = "G"
label = { en = "Gangs", es = "Pandillas" }
match = ["gang", "gangs"]
dimension = "community"
[[codes]]
name = "no_answer"
code = "NA"
kind = "special"
label = { en = "No answer" }
"""
LATER_SCHEME = SCHEME.replace('name = "gangs"\ncode = "G"', 'name = "transport"\ncode = "G"')


def write(
    engine: Engine, keys: KeyRing, city: str, texts: Sequence[str], way: Way | None = None
) -> list[int]:
    """Residents, one each, who answered the question `why` in these words; the answers' ids."""
    with library.writing(engine) as connection:
        begin = 1000 + len(connection.execute(select(ANSWER.c.id)).all())
        ways = [
            replace(way or Way(), answers={"why": WORDS}, contact=f"r{begin + n}")
            for n in range(len(texts))
        ]
        add(connection, city, ways, begin)
        ids = []
        for n, text in enumerate(texts, begin):
            answer = connection.execute(
                select(ANSWER.c.id).where(ANSWER.c.session == f"{city}-session-{n}")
            ).scalar_one()
            sealed = keys.seal(text, RAW)
            connection.execute(update(ANSWER).where(ANSWER.c.id == answer).values(raw=sealed))
            ids.append(answer)
    return ids


def apply_scheme(
    engine: Engine, city: str, coders: int = 1, twice: int = 0, source: str = SCHEME
) -> Applied:
    """The scheme published and applied to the question `why`."""
    with library.writing(engine) as connection:
        schemes.publish(connection, city, source, AT)
        schemes.apply(connection, Use(city, SLUG, "why", "why-unsafe", coders, twice))
        return schemes.applied(connection, city, SLUG)["why"]
