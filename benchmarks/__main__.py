"""`make bench`: turns a second and latency of `imbizo run` on SQLite, beside the floor."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.residents import ACCOUNT, SCRIPT, SENDER, TOKEN, City, Figures

RESIDENTS = int(os.environ.get("BENCH_RESIDENTS", "64"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "4"))
ROOT = Path(__file__).resolve().parent.parent
HZ = os.sysconf("SC_CLK_TCK")

PROFILE = """
slug = "bench"
name = "Bench"
country = "ZA"
timezone = "Africa/Johannesburg"
languages = ["en"]
surveys = ["safety-pulse"]
[responsible]
name = "Bench Council"
[[helplines]]
kind = "emergency"
number = "112"
[[channels]]
name = "sms"
kind = "sms"
sender = "{sender}"
account_sid = "{account}"
auth_token = ["{token}"]
api_base = "{sink}"
rate = 1000000
"""


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A server process within the block; gives its process id once it listens."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise SystemExit(f"{command} ended with {process.returncode}")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def cpu(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / HZ


def memory(pid: int) -> float:
    """Resident memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(name: str, folder: Path) -> tuple[Figures, Figures, float, float]:
    """Closed loop, then an open one at a quarter of its rate; CPU per turn in ms; memory."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/webhooks/bench/sms"
    city = City(port, url)
    server = await city.sink()
    sink = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    if name == "floor":
        command = [
            sys.executable,
            "-m",
            "benchmarks.floor",
            str(folder / "floor.db"),
            str(port),
            url,
            sink,
        ]
        environment = {}
    else:
        profile = folder / "cities" / "bench"
        profile.mkdir(parents=True)
        text = PROFILE.format(sender=SENDER, account=ACCOUNT, token=TOKEN, sink=sink)
        (profile / "city.toml").write_text(text)
        command = [sys.executable, "-m", "backend", "run", "--port", str(port)]
        environment = {
            "IMBIZO_DATABASE_URL": f"sqlite:///{folder / 'imbizo.db'}",
            "IMBIZO_CITIES": str(folder / "cities"),
            "IMBIZO_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
    with serving(command, port, environment) as pid:
        await warm_up(city)
        scripts = [(who, city.requests(who, SCRIPT)) for who in numbers(1, RESIDENTS * ROUNDS)]
        before = cpu(pid)
        closed = await in_rounds(city, scripts)
        used = (cpu(pid) - before) * 1000 / len(closed.latencies)
        city.figures = Figures()
        calm = [(who, city.requests(who, SCRIPT)) for who in numbers(50_000, RESIDENTS * 2)]
        opened = await city.open_loop(calm, closed.rate / 4)
        resident = memory(pid)
    server.close()
    return closed, opened, used, resident


async def warm_up(city: City) -> None:
    """Fills every cache; not counted."""
    for who in numbers(90_000, 8):
        await city.closed_loop([(who, city.requests(who, SCRIPT))])
    city.figures = Figures()


async def in_rounds(city: City, scripts: list[tuple[str, list[bytes]]]) -> Figures:
    """Always RESIDENTS of them at once, each followed by the next."""
    line = iter(scripts)

    async def seat() -> None:
        for who, texts in line:
            await city.converse(who, texts)

    begun = time.perf_counter()
    await asyncio.gather(*(seat() for _ in range(RESIDENTS)))
    city.figures.seconds = time.perf_counter() - begun
    return city.figures


def numbers(first: int, count: int) -> list[str]:
    """Synthetic phone numbers."""
    return [f"+2760{n:07d}" for n in range(first, first + count)]


def main() -> None:
    """Prints a table."""
    print(
        "Turns: signed SMS webhook in, turn durable, reply at a local sink. 2 programs, 1 loader."
    )
    print(f"{'':10}{'turns/s':>9}{'CPU ms':>8}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'MB':>6}")
    rates = {}
    for name in ("floor", "imbizo"):
        with tempfile.TemporaryDirectory() as folder:
            closed, opened, used, resident = asyncio.run(measure(name, Path(folder)))
        rates[name] = closed.rate
        print(
            f"{name:10}{closed.rate:9.0f}{used:8.2f}"
            f"{opened.at(0.5):8.1f}{opened.at(0.95):8.1f}{opened.at(0.99):8.1f}{resident:6.0f}"
        )
    print("Latency: open loop at a quarter of each one's own capacity.")
    print(f"imbizo / floor: {rates['imbizo'] / rates['floor']:.2f}")


if __name__ == "__main__":
    main()
