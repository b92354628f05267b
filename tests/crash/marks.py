"""Bytes in a file that two processes map: what the program is doing at this instant.

A killed program leaves them as they were, so that afterwards we know what the kill cut off.
"""

import mmap
from pathlib import Path

TURN, SENDS = 0, 1
"""Where it stands whether a turn is open, and how many sends are under way."""


class Marks:
    """The bytes of one process."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(2))
        with file.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 2)

    @property
    def in_a_turn(self) -> bool:
        """Whether a turn's transaction is open."""
        return self._bytes[TURN] > 0

    @property
    def in_a_send(self) -> bool:
        """Whether a part is on its way to the provider."""
        return self._bytes[SENDS] > 0

    def turn(self, is_open: bool) -> None:
        """A turn begins, or its transaction has ended."""
        self._bytes[TURN] = is_open

    def send(self, change: int) -> None:
        """A send begins (1) or has ended (-1)."""
        self._bytes[SENDS] += change

    def clear(self) -> None:
        """A new process does nothing yet."""
        self._bytes[:] = bytes(2)
