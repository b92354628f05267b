"""Response, cooperation, refusal and contact rates.

Source: AAPOR, Standard Definitions (statistics facts, B4). Where nobody was sampled (a keyword on a
poster) only cooperation is known, of those who began: who never wrote is in no count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dialogue.survey import Status

FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "RR1": "I / ((I+P) + (R+NC+O) + (UH+UO))",
        "RR2": "(I+P) / ((I+P) + (R+NC+O) + (UH+UO))",
        "RR3": "I / ((I+P) + (R+NC+O) + e(UH+UO))",
        "RR4": "(I+P) / ((I+P) + (R+NC+O) + e(UH+UO))",
        "COOP1": "I / ((I+P)+R+O)",
        "COOP2": "(I+P) / ((I+P)+R+O)",
        "COOP3": "I / ((I+P)+R)",
        "COOP4": "(I+P) / ((I+P)+R)",
        "REF1": "R / ((I+P) + (R+NC+O) + (UH+UO))",
        "CON1": "((I+P)+R+O) / ((I+P) + (R+NC+O) + (UH+UO))",
    }
)
"""Each rate as AAPOR writes it; a test holds them against `rates`."""


LETTERS: Mapping[Status, str] = MappingProxyType(
    {
        Status.COMPLETED: "I",
        Status.EXPIRED: "R",  # break-off: went silent
        Status.SAFEGUARDED: "R",  # nothing may show that help was called for
        Status.STOPPED: "R",
        Status.WITHDRAWN: "R",
    }
)
"""AAPOR's letters of how a session ended; those that go on have none yet. There is no partial: all
that end early are break-offs, which count as refusals (statistics facts, B4)."""


@dataclass(frozen=True, slots=True)
class Dispositions:
    """How many cases ended how: complete, partial, refusal and break-off, non-contact, other,
    unknown whether a household, unknown other. None is what cannot be known: how many were never
    reached, where nobody was sampled."""

    i: int = 0
    p: int = 0
    r: int = 0
    nc: int | None = 0
    o: int = 0
    uh: int | None = 0
    uo: int | None = 0

    @property
    def interviews(self) -> int:
        """Complete and partial."""
        return self.i + self.p

    @property
    def contacted(self) -> int:
        """All whom anybody spoke with."""
        return self.interviews + self.r + self.o

    def all(self, e: float | None = 1.0) -> float | None:
        """The eligible, and the share `e` of those of whom it is not known."""
        if self.nc is None or self.uh is None or self.uo is None or e is None:
            return None
        return self.contacted + self.nc + e * (self.uh + self.uo)


def self_selected(by_status: Mapping[str, int]) -> Dispositions:
    """The dispositions of people who wrote by themselves: whoever began was in contact, and how
    many others there are nobody knows."""
    found = {"I": 0, "R": 0}
    for status, n in by_status.items():
        letter = LETTERS.get(Status(status))
        if letter is not None:
            found[letter] += n
    return Dispositions(i=found["I"], r=found["R"], nc=None, uh=None, uo=None)


def rates(d: Dispositions, e: float | None = None) -> dict[str, float | None]:
    """Every rate by its name; None where what it divides by is nought or not known. `e` is the
    share of the unknown that is taken for eligible in RR3 and RR4."""
    whole, estimated = d.all(), d.all(e)
    asked = d.interviews + d.r
    return {
        "RR1": _share(d.i, whole),
        "RR2": _share(d.interviews, whole),
        "RR3": _share(d.i, estimated),
        "RR4": _share(d.interviews, estimated),
        "COOP1": _share(d.i, d.contacted),
        "COOP2": _share(d.interviews, d.contacted),
        "COOP3": _share(d.i, asked),
        "COOP4": _share(d.interviews, asked),
        "REF1": _share(d.r, whole),
        "CON1": _share(d.contacted, whole),
    }


def _share(part: float, whole: float | None) -> float | None:
    return part / whole if whole else None
