"""Areas of a city, and which one a reply names."""

from collections.abc import Sequence
from dataclasses import dataclass

from dialogue.answers.normalise import fold, fold_word


@dataclass(frozen=True, slots=True)
class Area:
    """A ward, colonia or neighbourhood; `aliases` are other names people use."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    informal: bool = False


def find_area(text: str, areas: Sequence[Area]) -> Area | None:
    """The one area whose code, name or alias is the whole reply; None if none or several are."""
    said = fold(text)
    found = [a for a in areas if said in map(fold_word, (a.code, a.name, *a.aliases))]
    return found[0] if len(found) == 1 else None
