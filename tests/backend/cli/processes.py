"""Commands that go on until they are told to end, each in a process of its own."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.backend.conftest import KEYS
from tests.backend.provider import ACCOUNT, ROOT, TOKEN, message
from tests.conftest import ROOT as REPOSITORY

ENDS_WITHIN = 15
"""Seconds after which a process that was told to end has ended."""


def environment(database_url: str, cities: Path | None = None, **more: str) -> dict[str, str]:
    """What an operator sets, and nothing of the machine's but where programs are."""
    values = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(REPOSITORY),
        "IMBIZO_DATABASE_URL": database_url,
        "IMBIZO_SECRET_KEYS": ",".join(key.replace(",", "") for key in KEYS),
        "IMBIZO_PUBLIC_URL": ROOT,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
    }
    if cities is not None:
        values["IMBIZO_CITIES"] = str(cities)
    return values | more


@dataclass
class Running:
    """A command at work. `printed` and `logged` grow until it has ended."""

    process: Process
    printed: list[str] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where its web part listens, as it printed it."""
        [line] = [line for line in self.printed if line.rstrip().endswith("/docs")]
        return line.split()[-1].removesuffix("/docs")

    @property
    def log(self) -> str:
        """All that went to standard error."""
        return "".join(self.logged)

    async def until(self, printed: str) -> None:
        """Waits until it has printed this, or ended."""
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            while not any(printed in line for line in self.printed):
                line = await self.process.stdout.readline()
                assert line, f"it ended: {self.log}"
                self.printed.append(line.decode())

    async def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Tells it to end; its exit code."""
        self.process.send_signal(by)
        async with asyncio.timeout(ENDS_WITHIN):
            return await self.process.wait()

    async def text(self, number: str, text: str, sid: str, city: str = "test-za") -> httpx.Response:
        """A resident texts; what its webhook answered."""
        signed = message(number, text, sid, city)
        async with httpx.AsyncClient(base_url=self.address, trust_env=False) as http:
            return await http.post(
                signed.url.path,
                content=signed.read(),
                headers={
                    name: signed.headers[name] for name in ("X-Twilio-Signature", "Content-Type")
                },
            )


@asynccontextmanager
async def running(
    *arguments: str, settings: Mapping[str, str], folder: Path
) -> AsyncIterator[Running]:
    """`imbizo …` in the folder; killed at the end if it has not ended by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend", *arguments,
        cwd=folder, env=settings, stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    one = Running(process)

    async def read_log() -> None:
        assert process.stderr is not None
        while line := await process.stderr.readline():
            one.logged.append(line.decode())

    reading = asyncio.create_task(read_log())
    try:
        yield one
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await reading
