"""How much a channel may send now: GCRA (a leaky bucket kept as one time), by segment."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BURST = timedelta(seconds=1)
"""What a channel that was idle may send at once: a second's worth, but always one message."""


@dataclass(slots=True)
class Allowance:
    """A channel's allowance at one moment. `tat` is when the next segment would be due if all were
    sent evenly; `rate` is in segments a second, None where nothing holds it back."""

    tat: datetime
    rate: float | None
    now: datetime

    def take(self, segments: int) -> bool:
        """Takes them if there is room."""
        if not self.rate:
            return True
        begin = max(self.tat, self.now)
        end = begin + segments * timedelta(seconds=1 / self.rate)
        if begin > self.now and end > self.now + BURST:
            return False
        self.tat = end
        return True

    @property
    def room_at(self) -> datetime:
        """When there is room for a message again. In fast channels half a burst is awaited, so that
        a few go together."""
        if not self.rate:
            return self.now
        half = BURST / 2
        fast = 4 * timedelta(seconds=1 / self.rate) <= half
        return self.tat - half if fast else self.tat
