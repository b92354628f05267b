"""The worker's part: has what is wanted drawn, by a process that lives as long as there is work."""

import asyncio
import os
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec

from pydantic import TypeAdapter
from sqlalchemy import Engine

from backend.results.charts import kept
from backend.results.charts.kept import Claimed
from backend.results.charts.making import ChartUnfitError, QuestionUnknownError, picture, published
from backend.results.charts.picture import Picture
from backend.results.merging import SurveyUnknownError
from backend.store import library

MOST_SECONDS = 60.0
"""For one picture, the start of the process included: two or three are usual."""

LONGEST_LINE = 2**25
"""Bytes of an answer."""

LIBRARIES = ("altair", "vl_convert")
MISSING = "Pictures need more libraries: pip install 'imbizo[charts]'. The table is complete."

PICTURE = TypeAdapter(Picture)


class NotDrawnError(Exception):
    """The drawing failed; `kind` says in a word how, and says nothing of what was drawn."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Drawn:
    """What comes back for a picture, or the kind of fault."""

    svg: str = ""
    png: str = ""
    fault: str = ""


DRAWN = TypeAdapter(Drawn)


def installed() -> bool:
    """Whether the libraries are there; importing them is left to who draws."""
    return all(find_spec(name) is not None for name in LIBRARIES)


async def draw_wanted(engine: Engine, now: Callable[[], datetime]) -> int:
    """Draws all that waits; how many were drawn. Without the libraries they wait on."""
    if not installed() or not await asyncio.to_thread(_anything_due, engine, now()):
        return 0
    drawn = 0
    async with drawing_process() as process:
        while (claimed := await asyncio.to_thread(kept.claim, engine, now())) is not None:
            try:
                drawn += await _draw_one(engine, process, claimed)
            except Exception as error:
                fault = error.kind if isinstance(error, NotDrawnError) else type(error).__name__
                await asyncio.to_thread(kept.postpone, engine, claimed, fault, now())
                if process.returncode is not None or isinstance(error, TimeoutError):
                    break  # the next tick starts another process
    return drawn


def _anything_due(engine: Engine, now: datetime) -> bool:
    with engine.connect() as connection:
        return kept.anything_due(connection, now)


async def _draw_one(engine: Engine, process: asyncio.subprocess.Process, claimed: Claimed) -> bool:
    """Whether it was drawn. Raises NotDrawnError, TimeoutError and what reading figures does."""
    made = await asyncio.to_thread(_made, engine, claimed)
    if made is None:
        await asyncio.to_thread(kept.drop, engine, claimed)
        return False
    async with asyncio.timeout(MOST_SECONDS):
        svg, png = await drawn_by(process, made)
    words = made.alternative
    await asyncio.to_thread(kept.keep, engine, claimed, made.digest(), words, svg, png)
    return True


def _made(engine: Engine, claimed: Claimed) -> Picture | None:
    """The picture to draw; None where it is no more to be had as it was asked for."""
    with engine.connect() as connection:
        profile = library.load_profile(connection, claimed.city)
        last = published(connection, claimed.city, claimed.wish)
        if (last.number if last else 0) != claimed.publication:
            return None
        try:
            return picture(connection, profile, claimed.wish)
        except (SurveyUnknownError, QuestionUnknownError, ChartUnfitError):
            return None


@asynccontextmanager
async def drawing_process() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that draws (see `drawing`), ended with the block. It is given no settings: it needs
    none, and no secret is where it is."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "backend.results.charts.drawing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
        limit=LONGEST_LINE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def drawn_by(process: asyncio.subprocess.Process, made: Picture) -> tuple[str, bytes]:
    """A picture as SVG and PNG. Raises NotDrawnError."""
    if process.stdin is None or process.stdout is None:
        raise NotDrawnError("no pipe")
    try:
        process.stdin.write(PICTURE.dump_json(made) + b"\n")
        await process.stdin.drain()
        line = await process.stdout.readline()
    except OSError:
        line = b""
    if not line:
        await process.wait()
        raise NotDrawnError("process ended")
    answer = DRAWN.validate_json(line)
    if answer.fault:
        raise NotDrawnError(answer.fault)
    return answer.svg, b64decode(answer.png)
