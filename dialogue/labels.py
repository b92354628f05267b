"""What people's labels on one answer in words come to.

A labelling is never changed: each is a row of its own, and the latest of a coder counts for that
coder. One without codes takes back what the coder gave.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal


class Stage(StrEnum):
    """Where an answer stands. It is open until as many coders have labelled it as it needs, then
    coded if they agree and disputed if not, until a person settles it."""

    OPEN = "open"
    CODED = "coded"
    DISPUTED = "disputed"
    SETTLED = "settled"


View = Literal["open", "waiting", "coded", "disputed", "settled"]
"""What a coder looks at: `open` waits for this coder, `waiting` for another one."""

_SEEN: Mapping[Stage, View] = MappingProxyType(
    {Stage.CODED: "coded", Stage.DISPUTED: "disputed", Stage.SETTLED: "settled"}
)


@dataclass(frozen=True, slots=True)
class Label:
    """One labelling. `coder` is the prefix of a key, `codes` are names in the scheme's order. One
    that `settles` decides for all coders; one that is `blind` was given before its coder could see
    what others had given."""

    id: int
    coder: str
    version: int
    codes: tuple[str, ...]
    settles: bool
    at: datetime
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the labels of an answer come to: `by_coder` is what counts of each, `codes` what counts
    of the answer, None while it is open or disputed. `labels` are all there are, oldest first."""

    stage: Stage
    labels: Sequence[Label]
    by_coder: Mapping[str, Label]
    settlement: Label | None = None
    codes: tuple[str, ...] | None = None

    def view(self, coder: str) -> "View":
        """Where it stands for a coder: who has labelled it does not see it as open any more."""
        if self.stage is Stage.OPEN:
            return "waiting" if coder in self.by_coder else "open"
        return _SEEN[self.stage]

    def hidden_from(self, coder: str) -> bool:
        """Whether a coder who has not labelled the answer may not see the others' labels: so that
        who codes it second codes it blind. Who settles a dispute must see them."""
        seen = self.stage in (Stage.DISPUTED, Stage.SETTLED)
        return not seen and coder not in self.by_coder


def standing(labels: Sequence[Label], needed: int) -> Standing:
    """What labels (oldest first) of an answer come to that needs so many coders."""
    latest = {label.coder: label for label in labels if not label.settles}
    by_coder = {coder: label for coder, label in latest.items() if label.codes}
    settlements = [label for label in labels if label.settles]
    if settlements:
        last = settlements[-1]
        return Standing(Stage.SETTLED, labels, by_coder, last, last.codes)
    if len(by_coder) < needed:
        return Standing(Stage.OPEN, labels, by_coder)
    given = [label.codes for label in by_coder.values()]
    if len({frozenset(codes) for codes in given}) > 1:  # an earlier version had another order
        return Standing(Stage.DISPUTED, labels, by_coder)
    return Standing(Stage.CODED, labels, by_coder, codes=given[-1])


def coders_needed(answer: int, coders: int, twice: int) -> int:
    """How many coders an answer needs: `coders`, but at least two for `twice` percent of answers,
    always the same ones."""
    digest = hashlib.sha256(f"twice:{answer}".encode()).digest()
    drawn = int.from_bytes(digest[:4]) * 100 < twice * 2**32
    return max(coders, 2) if drawn else coders


def could_see(labels: Sequence[Label], coder: str, needed: int) -> bool:
    """Whether these labels (oldest first), all there are, were at any moment such that the coder
    could see what another one had given. What the coder gives from then on is not blind, even if
    everything were taken back since; agreement is measured on what was."""
    return any(
        not standing(labels[:n], needed).hidden_from(coder)
        for n in range(1, len(labels) + 1)
        if any(label.coder != coder for label in labels[:n])
    )
