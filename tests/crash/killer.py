"""Programs that are killed while they work, and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.crash.marks import Marks

EYE_BLINK = 0.0002
"""Seconds between two looks at the marks."""


class Moment(StrEnum):
    """What a program is killed in the middle of."""

    TURN = "turn"
    SEND = "send"
    ANY = "any"


@dataclass
class Program:
    """One command of `imbizo`, in a process of its own. `cuts` are the kills, by what the dead
    process had been doing: an open turn, a send, neither."""

    command: tuple[str, ...]
    settings: Mapping[str, str]
    folder: Path
    cuts: list[Moment] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._log = self.folder / f"{self.command[0]}.log"
        file = self.folder / f"{self.command[0]}.marks"
        self.marks = Marks(file)
        self._settings = {**self.settings, "CRASH_MARKS": str(file)}
        self._process: subprocess.Popen[bytes] | None = None
        self._read_from = 0

    @property
    def log(self) -> str:
        """All that its lives printed."""
        return self._log.read_text() if self._log.exists() else ""

    def start(self, **more: str) -> None:
        """Starts it; `more` are settings of this life alone."""
        self.marks.clear()
        self._read_from = len(self.log)
        self.starts.append(time.monotonic())
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.program", *self.command],
                cwd=self.folder,
                env={**self._settings, **more},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def is_up(self) -> bool:
        """Whether it says that it is at work."""
        assert self._process is not None
        assert self._process.poll() is None, self.log[self._read_from :]
        with self._log.open() as log:
            log.seek(self._read_from)
            return "Stop with" in log.read()

    def wait_for_death(self, seconds: float) -> int:
        """Waits until it has ended; its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def strike(self, moment: Moment, within: float) -> bool:
        """Waits for the moment and kills it at that instant. False if it did not come in time."""
        until = time.monotonic() + within
        while not self._is_doing(moment):
            if time.monotonic() > until:
                return False
            time.sleep(EYE_BLINK)
        self.kill()
        return True

    def _is_doing(self, moment: Moment) -> bool:
        match moment:
            case Moment.TURN:
                return self.marks.in_a_turn
            case Moment.SEND:
                return self.marks.in_a_send
            case Moment.ANY:
                return True

    def kill(self) -> None:
        """kill -9; notes what it had been doing."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        doing = Moment.TURN if self.marks.in_a_turn else Moment.ANY
        self.cuts.append(Moment.SEND if self.marks.in_a_send else doing)

    def end(self) -> None:
        """Ends it for good."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
