"""What this process noted of its channels, until the next tick writes it down.

In memory, because a flood of forged requests must cost no more than counting.
"""

from collections.abc import Mapping
from datetime import datetime

from backend.store.watch import Address, Noted


class Watch:
    """For the event loop's thread only."""

    def __init__(self) -> None:
        self._noted: dict[Address, Noted] = {}

    def heard(self, address: Address, at: datetime) -> None:
        """Something came from a resident."""
        one = self._noted.get(address, Noted())
        self._noted[address] = Noted(at, one.refused, one.refused_at)

    def refused(self, address: Address, at: datetime, times: int = 1) -> None:
        """A request was refused for its signature."""
        one = self._noted.get(address, Noted())
        self._noted[address] = Noted(one.heard_at, one.refused + times, at)

    def take(self) -> Mapping[Address, Noted]:
        """All of it, to be written down."""
        noted, self._noted = self._noted, {}
        return noted

    def put_back(self, noted: Mapping[Address, Noted]) -> None:
        """What could not be written down."""
        for address, one in noted.items():
            now = self._noted.get(address, Noted())
            heard, at = now.heard_at or one.heard_at, now.refused_at or one.refused_at
            self._noted[address] = Noted(heard, one.refused + now.refused, at)
