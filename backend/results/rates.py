"""Response, cooperation, refusal and contact rates.

Source: AAPOR, Standard Definitions (statistics facts, B4). Where nobody was sampled (a keyword on a
poster) they do not apply: then counts of participation and the completion rate are all there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

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
"""Each rate as AAPOR writes it; a test holds them against the functions."""


@dataclass(frozen=True, slots=True)
class Dispositions:
    """How many invitations ended how: complete, partial, refusal and break-off, non-contact, other,
    unknown whether a household, unknown other."""

    i: int = 0
    p: int = 0
    r: int = 0
    nc: int = 0
    o: int = 0
    uh: int = 0
    uo: int = 0

    @property
    def interviews(self) -> int:
        """Complete and partial."""
        return self.i + self.p

    @property
    def eligible(self) -> int:
        """All that are known to be of the population."""
        return self.interviews + self.r + self.nc + self.o

    def all(self, e: float = 1.0) -> float:
        """The eligible, and the share `e` of those of whom it is not known."""
        return self.eligible + e * (self.uh + self.uo)


def rr1(d: Dispositions) -> float | None:
    """Response rate 1: I / ((I+P) + (R+NC+O) + (UH+UO))."""
    return _share(d.i, d.all())


def rr2(d: Dispositions) -> float | None:
    """Response rate 2: (I+P) / ((I+P) + (R+NC+O) + (UH+UO))."""
    return _share(d.interviews, d.all())


def rr3(d: Dispositions, e: float) -> float | None:
    """Response rate 3: as 1, with only the share e of the unknown."""
    return _share(d.i, d.all(e))


def rr4(d: Dispositions, e: float) -> float | None:
    """Response rate 4: as 2, with only the share e of the unknown."""
    return _share(d.interviews, d.all(e))


def coop1(d: Dispositions) -> float | None:
    """Cooperation rate 1: I / ((I+P)+R+O)."""
    return _share(d.i, d.interviews + d.r + d.o)


def coop2(d: Dispositions) -> float | None:
    """Cooperation rate 2: (I+P) / ((I+P)+R+O)."""
    return _share(d.interviews, d.interviews + d.r + d.o)


def coop3(d: Dispositions) -> float | None:
    """Cooperation rate 3: I / ((I+P)+R)."""
    return _share(d.i, d.interviews + d.r)


def coop4(d: Dispositions) -> float | None:
    """Cooperation rate 4: (I+P) / ((I+P)+R)."""
    return _share(d.interviews, d.interviews + d.r)


def ref1(d: Dispositions) -> float | None:
    """Refusal rate 1: R / the denominator of response rate 1."""
    return _share(d.r, d.all())


def con1(d: Dispositions) -> float | None:
    """Contact rate 1: ((I+P)+R+O) / the denominator of response rate 1."""
    return _share(d.interviews + d.r + d.o, d.all())


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
