"""What stands in place of a figure that is not shown (rules: `backend.results.protection`)."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Withheld:
    """In place of a figure. It looks the same whether the figure is small or protects another."""

    reason: str
    withheld: Literal[True] = True


Figure = int | Withheld


def withheld(threshold: int) -> Withheld:
    """What stands in a withheld cell."""
    return Withheld(f"fewer than {threshold}, or to protect so few")
