"""`make bench`: how well replies and misspelt places are read, languages guessed; turns a
second, CPU, latency, memory beside the floor, on both databases; what a turn costs with millions of
contacts there; exports and results of a million answers; what a release costs."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend.store import open_engine
from benchmarks.crowd import fill
from benchmarks.danger import danger
from benchmarks.exports import exports
from benchmarks.hostile import hostile
from benchmarks.language import language
from benchmarks.places import places
from benchmarks.releases import releases
from benchmarks.replies import replies
from benchmarks.residents import SCRIPT, City, Figures
from benchmarks.servers import Program, Running, free_port, running
from tests.postgres import at, running_server

RESIDENTS = int(os.environ.get("BENCH_RESIDENTS", "64"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "4"))
ANSWERS = [int(n) for n in os.environ.get("BENCH_ANSWERS", "10000,1000000").split(",")]
CROWDS = [int(n) for n in os.environ.get("BENCH_CROWDS", "10000,1000000,5000000").split(",")]

ON_SQLITE = (Program("floor"), Program("imbizo run"))
ON_POSTGRESQL = (
    Program("floor"),
    Program("floor, 2 processes", webs=2),
    Program("imbizo run"),
    Program("imbizo 1 web, 1 worker", webs=1, workers=1),
    Program("imbizo 2 web, 2 worker", webs=2, workers=2),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Turns a second at full load, latency at a quarter of it; CPU in ms a turn; memory in MB."""

    closed: Figures
    opened: Figures
    cpu: float
    memory: float


async def measure(program: Program, database: str, folder: Path) -> Measured:
    """A closed loop, then an open one at a quarter of its rate."""
    ports = [free_port() for _ in range(program.webs)]
    url = f"http://127.0.0.1:{ports[0]}/webhooks/bench/sms"
    city = City(ports, url)
    server = await city.sink()
    sink = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with running(program, database, folder, ports, url, sink) as processes:
        await _warm_up(city)
        closed, cpu = await _full_load(city, processes)
        calm = [(who, city.requests(who, SCRIPT)) for who in _numbers(RESIDENTS * 2)]
        opened = await city.open_loop(calm, closed.rate / 4)
        measured = Measured(closed, opened, cpu, processes.memory())
    server.close()
    return measured


async def _full_load(city: City, processes: Running) -> tuple[Figures, float]:
    """Always RESIDENTS of them at once; their figures, and CPU a turn in ms."""
    scripts = [(who, city.requests(who, SCRIPT)) for who in _numbers(RESIDENTS * ROUNDS)]
    line = iter(scripts)

    async def seat() -> None:
        for who, texts in line:
            await city.converse(who, texts)

    before, begun = processes.cpu(), time.perf_counter()
    await asyncio.gather(*(seat() for _ in range(RESIDENTS)))
    closed = city.take_figures(time.perf_counter() - begun)
    return closed, (processes.cpu() - before) * 1000 / len(closed.latencies)


async def _warm_up(city: City) -> None:
    """Fills every cache; not counted."""
    for who in _numbers(8 * len(city.ports)):
        await city.closed_loop([(who, city.requests(who, SCRIPT))])
    city.take_figures(1)


_next_number = iter(range(1, 10_000_000))


def _numbers(count: int) -> list[str]:
    """Synthetic phone numbers, never one twice."""
    return [f"+2760{next(_next_number):07d}" for _ in range(count)]


@contextmanager
def _databases(kind: str) -> Iterator[tuple[str, Path]]:
    """The address of a fresh, durable database, and a folder for its program."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'bench.db'}", folder
        else:
            durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
            more = {"shared_buffers": "1GB", "max_wal_size": "8GB"}
            yield at(stack.enter_context(running_server(**durable, **more)), "postgres"), folder


def _line(name: str, measured: Measured) -> str:
    opened = measured.opened
    return (
        f"{name:34}{measured.closed.rate:8.0f}{measured.cpu:8.2f}{opened.at(0.5):8.1f}"
        f"{opened.at(0.95):8.1f}{opened.at(0.99):8.1f}{measured.memory:6.0f}"
    )


def speed() -> None:
    """Every program, beside the floor of the same database."""
    print("Turns: signed SMS webhook in, turn durable, reply at a local sink; one loader beside.")
    print(f"{'':34}{'turns/s':>8}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'MB':>6}")
    for kind, programs in (("sqlite", ON_SQLITE), ("postgresql", ON_POSTGRESQL)):
        floor = 0.0
        for program in programs:
            with _databases(kind) as (database, folder):
                measured = asyncio.run(measure(program, database, folder))
            floor = max(floor, measured.closed.rate) if program.is_floor else floor
            share = "" if program.is_floor else f"  {measured.closed.rate / floor:.2f} of the floor"
            print(_line(f"{kind}: {program.name}", measured) + share, flush=True)
    print("Latency: open loop at a quarter of each one's own capacity. CPU: of the program's own")
    print("processes, without the database server's. Memory: of the largest process.")


def crowds(sizes: Sequence[int]) -> None:
    """What a turn costs beside so many contacts."""
    for kind in ("sqlite", "postgresql"):
        with _databases(kind) as (database, folder):
            first, there = 0.0, 0
            for size in sizes:
                measured, there = _beside(size, there, database, folder), size
                first = first or measured.cpu
                ratio = f"  {measured.cpu / first:.2f} of the first's CPU"
                print(_line(f"{kind}: {size:,} contacts", measured) + ratio, flush=True)


def _beside(size: int, there: int, database: str, folder: Path) -> Measured:
    program = Program("imbizo run")
    if not there:  # makes tables and city
        asyncio.run(measure(program, database, folder))
    engine = open_engine(database)
    with engine.begin() as connection:
        fill(connection, there, size)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return asyncio.run(measure(program, database, folder))


if __name__ == "__main__":
    wanted = sys.argv[1:] or [
        "replies",
        "places",
        "language",
        "danger",
        "hostile",
        "speed",
        "exports",
        "crowds",
    ]
    if "replies" in wanted:
        replies()
    if "places" in wanted:
        places()
    if "language" in wanted:
        language()
    if "danger" in wanted:
        danger()
        releases()
    if "hostile" in wanted:
        hostile()
    if "speed" in wanted:
        speed()
    if "exports" in wanted:
        exports(_databases, ANSWERS)
    if "crowds" in wanted:
        crowds(CROWDS)
