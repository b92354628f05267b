"""Areas of a city, as the dialogue sees them."""

from dataclasses import dataclass

from dialogue.answers.geometry import Shape


@dataclass(frozen=True, slots=True)
class Area:
    """A ward, colonia or neighbourhood; `aliases` are other names people use, `parent` is the code
    (or plain name) of what it belongs to. An informal settlement may have no `shape`."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    informal: bool = False
    shape: Shape | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Its name, then its aliases."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Found:
    """Codes of the areas that a text or a point may mean, and the rule. `sure`: it is the one, and
    need not be asked; `in_words`: the text describes a spot, more than the area's name."""

    codes: tuple[str, ...] = ()
    rule: str = ""
    sure: bool = False
    in_words: bool = False
