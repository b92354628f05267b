"""What somebody under the city's minimum age is told; nothing of them is kept (safeguarding D1,
rule 6)."""

from dialogue.desk import City
from dialogue.effects import Effect, Forget, Say

TALK = ("child", "crisis")
"""Kinds of helplines to talk to for a minor who told nothing: the first that the city has. The
emergency number stands in the same message anyway."""


def too_young(city: City) -> tuple[Effect, ...]:
    """All is forgotten at once, after a slip of the finger too: asking back would keep what a minor
    wrote. Who mistyped writes again, as a stranger."""
    talk = city.helpline(*TALK)
    said = Say("too_young_talk", (("numbers", talk),)) if talk else Say("too_young")
    return (said, Forget("under_age"))
