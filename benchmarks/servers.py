"""The programs that are measured, each as it would run in a city: processes of their own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.residents import ACCOUNT, SENDER, TOKEN

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
replies_an_hour = 0
"""


@dataclass(frozen=True, slots=True)
class Program:
    """What is measured: so many web processes, so many workers (none: the web does both)."""

    name: str
    webs: int = 1
    workers: int = 0

    @property
    def is_floor(self) -> bool:
        """Whether it is the floor, and not Imbizo."""
        return self.name.startswith("floor")


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of a program, by id."""

    pids: tuple[int, ...]

    def cpu(self) -> float:
        """Seconds of CPU used so far by all of them."""
        return sum(map(_cpu, self.pids))

    def memory(self) -> float:
        """Resident memory of the largest of them, in MB."""
        return max(map(_memory, self.pids))


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    program: Program, database: str, folder: Path, ports: list[int], url: str, sink: str
) -> Iterator[Running]:
    """The program's processes within the block, once all of them listen or work."""
    keys = {"IMBIZO_SECRET_KEYS": "k" * 43} if database.startswith("postgresql") else {}
    environment = {
        "IMBIZO_DATABASE_URL": database,
        "IMBIZO_CITIES": str(folder / "cities"),
        "IMBIZO_PUBLIC_URL": url.partition("/webhooks")[0],
        **keys,
    }
    city = folder / "cities" / "bench"
    if not program.is_floor and not city.exists():
        city.mkdir(parents=True)
    if not program.is_floor:
        text = PROFILE.format(sender=SENDER, account=ACCOUNT, token=TOKEN, sink=sink)
        (city / "city.toml").write_text(text)
        _imbizo(environment, "city", "load", str(city), "--replace")
    command = "web" if program.workers else "run"
    with ExitStack() as stack:
        started = []
        for port in ports:
            line = (
                [sys.executable, "-m", "benchmarks.floor", database, str(port), url, sink]
                if program.is_floor
                else [sys.executable, "-m", "backend", command, "--port", str(port)]
            )
            started.append(stack.enter_context(_process(line, environment)))
        for _ in range(program.workers):
            line = [sys.executable, "-m", "backend", "worker"]
            started.append(stack.enter_context(_process(line, environment)))
        for port, process in zip(ports, started, strict=False):
            _wait_for(port, process)
        yield Running(tuple(process.pid for process in started))


def _imbizo(environment: dict[str, str], *arguments: str) -> None:
    for line in (["db", "upgrade"], [*arguments]):
        subprocess.run(
            [sys.executable, "-m", "backend", *line],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )


@contextmanager
def _process(
    command: list[str], environment: dict[str, str]
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        time.sleep(0.1)
    raise SystemExit(f"{process.args!r} does not listen")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / HZ


def _memory(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
