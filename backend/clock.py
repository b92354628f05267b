"""Whether the machine's clock was set while we ran."""

from datetime import datetime, timedelta


class Clock:
    """Compares the time with a clock that nobody sets."""

    def __init__(self, now: datetime, ticking: float) -> None:
        self._now, self._ticking = now, ticking

    def jump(self, now: datetime, ticking: float) -> timedelta:
        """How far the time went ahead (or back, below zero) since the last call, beyond what
        passed. A machine that slept counts as one whose clock went ahead."""
        off = (now - self._now) - timedelta(seconds=ticking - self._ticking)
        self._now, self._ticking = now, ticking
        return off
