"""Every export of many answers beside the floor (the database's cursor into Python's csv writer),
and what results cost to count and to look at; in a process each, with its peak of memory."""

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

from sqlalchemy import Engine, insert, select

from backend.city_file import CityProfile
from backend.exports import FORMATS, export
from backend.results.browsing import browse
from backend.results.publishing import publish
from backend.store import library, migrate, open_engine
from backend.store.tables import ANSWER, SESSION
from dialogue.survey import Status
from tests.backend.exports.seed import AT, SLUG, city, option, question, survey_file

KEY = "synthetic export key"
AREAS = [{"code": f"W{n:02}", "name": f"Ward {n}"} for n in range(1, 14)]
QUESTIONS = ("safe_day", "safe", "light", "trust", "place", "age", "sex", "again")
FIVE = [option(str(n), f"level_{n}") for n in range(1, 6)]
SURVEY = survey_file(
    question("safe_day", "select_one", *FIVE),
    question("safe", "select_one", *FIVE, indicator='"sdg-16.1.4"'),
    question("light", "select_one", *FIVE),
    question("trust", "select_one", *FIVE),
    question("place", "location"),
    question("age", "age"),
    question("sex", "select_one", option("1", "female"), option("2", "male")),
    question("again", "yes_no"),
)
LOOKS = 20
Databases = Callable[[str], AbstractContextManager[tuple[str, Path]]]


def exports(databases: Databases, sizes: Sequence[int]) -> None:
    """Prints answers a second, the share of the floor's, and MB at the peak, by format and size."""
    print("Exports: answers a second, share of the floor's, peak of memory.")
    for kind in ("sqlite", "postgresql"):
        for size in sizes:
            with databases(kind) as (database, _):
                _plant(database, size)
                floor = _apart(database, "floor")
                _print(kind, size, "floor", floor, floor)
                for name in FORMATS:
                    _print(kind, size, name, _apart(database, name), floor)
                _looked_at(kind, size, _apart(database, "results"))


def _print(
    kind: str, size: int, name: str, found: Mapping[str, float], floor: Mapping[str, float]
) -> None:
    rate, share = size / found["seconds"], floor["seconds"] / found["seconds"]
    print(
        f"{kind:11}{size:10,}  {name:14}{found['seconds']:8.2f} s{rate:11,.0f}/s{share:7.2f}"
        f"{found['memory']:7.0f} MB",
        flush=True,
    )


def _looked_at(kind: str, size: int, found: Mapping[str, float]) -> None:
    print(
        f"{kind:11}{size:10,}  published in {found['seconds']:.2f} s; looked at in"
        f" {found['looking']:.0f} ms, by area in {found['by_area']:.0f} ms, by week in"
        f" {found['by_week']:.0f} ms; {found['memory']:.0f} MB",
        flush=True,
    )


def _profile() -> CityProfile:
    return city("bench", areas=AREAS)


def _plant(database: str, answers: int) -> None:
    """So many synthetic answers, put into the tables as turns leave them."""
    migrate(database)
    engine = open_engine(database)
    with library.writing(engine) as connection:
        library.save_city(connection, _profile())
        library.publish(connection, "bench", SURVEY, AT)
    random = Random(1)
    responses = answers // len(QUESTIONS)
    for start in range(0, responses, 5_000):
        numbers = range(start, min(start + 5_000, responses))
        with library.writing(engine) as connection:
            connection.execute(insert(SESSION), [_session(n) for n in numbers])
            connection.execute(insert(ANSWER), [row for n in numbers for row in _rows(n, random)])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _session(n: int) -> dict[str, Any]:
    at = AT + timedelta(seconds=n)
    return {
        "id": f"{n:08}-0000-4000-8000-000000000000", "city": "bench", "contact": None,
        "survey": SLUG, "version": 1, "status": Status.COMPLETED, "locale": "en",
        "channel": "phone", "started_at": at, "finished_at": at,
    }  # fmt: skip


def _rows(n: int, random: Random) -> Iterator[dict[str, Any]]:
    for name in QUESTIONS:
        silent = random.random() < 0.04
        yield {
            "session": f"{n:08}-0000-4000-8000-000000000000", "question": name, "revision": 1,
            "outcome": "dont_know" if silent else "answered",
            "value": None if silent else json.dumps(_value(name, random)),
            "rule": "code", "at": AT,
        }  # fmt: skip


def _value(name: str, random: Random) -> str | int:
    match name:
        case "place":
            return f"W{random.randint(1, 13):02}"
        case "age":
            return random.randint(16, 90)
        case "sex":
            return random.choice(("female", "male"))
        case "again":
            return random.choice(("yes", "no"))
        case _:
            return f"level_{random.randint(1, 5)}"


# --- in a process of its own ----------------------------------------------------------------------
def _apart(database: str, what: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.exports", database, what]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _once(database: str, what: str) -> dict[str, float]:
    engine = open_engine(database)
    found: dict[str, float] = {}
    begun = time.perf_counter()
    if what == "floor":
        with tempfile.TemporaryFile("w", newline="") as out:
            _floor(engine, out)
    elif what == "results":
        publish(engine, _profile(), SLUG, AT + timedelta(days=9))
    else:
        with tempfile.TemporaryFile() as out:
            export(engine, _profile(), SLUG, what, KEY, out)
    found["seconds"] = time.perf_counter() - begun
    if what == "results":
        found |= _looks(engine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found | {"memory": peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)}


def _floor(engine: Engine, out: IO[str]) -> None:
    writer = csv.writer(out)
    wanted = (
        select(
            SESSION.c.id, SESSION.c.version, SESSION.c.channel, SESSION.c.locale,
            SESSION.c.started_at, SESSION.c.status, ANSWER.c.question, ANSWER.c.value,
        )
        .join(ANSWER, ANSWER.c.session == SESSION.c.id)
        .where(SESSION.c.city == "bench", SESSION.c.survey == SLUG)
    )  # fmt: skip
    statement = str(wanted.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        name = {"name": "floor"} if engine.dialect.name == "postgresql" else {}
        cursor = raw.cursor(**name)
        cursor.execute(statement)
        while rows := cursor.fetchmany(2_000):
            writer.writerows(rows)
        cursor.close()


def _looks(engine: Engine) -> dict[str, float]:
    found = {}
    for name, by in (("looking", None), ("by_area", "area"), ("by_week", "week")):
        with engine.connect() as connection:
            browse(connection, _profile(), SLUG, by)
            begun = time.perf_counter()
            for _ in range(LOOKS):
                browse(connection, _profile(), SLUG, by)
            found[name] = (time.perf_counter() - begun) * 1000 / LOOKS
    return found


if __name__ == "__main__":
    print(json.dumps(_once(*sys.argv[1:])))
