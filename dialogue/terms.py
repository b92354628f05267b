"""The terms on which a broadcast opens a survey."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What a broadcast decides for the sessions that it opens.

    After `closes_at` an answer is late. `may_change`: a vote in a poll may be changed until then.
    `shuffle` is the seed by which options are shuffled, None for the author's order. `comment`: a
    remark in own words is invited after the vote.
    """

    closes_at: datetime | None = None
    may_change: bool = True
    shuffle: str | None = None
    comment: bool = False


NO_TERMS = Terms()
"""Those of a survey that the contact asked for."""
