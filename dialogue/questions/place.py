"""The question for a place: an area of the city, or the resident's own words."""

from dataclasses import dataclass, replace
from typing import ClassVar

from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.maps import coordinates, has_link, without_links
from dialogue.answers.normalise import fold
from dialogue.answers.places import Found
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import Ambiguous, Answered, NotUnderstood, Outcome
from dialogue.questions.base import Question, Reading

MIN_PLACE = 2
"""Letters of the shortest place name taken in words: a "1" was meant for another question."""

MOST_OFFERED = 8
"""Areas offered by number; of more we ask more of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location(Question):
    """A place: the code of the one area that a name, a shared pin or a pasted map link certainly
    means. Where it may be one of a few, they are offered by number; a spot described in words is
    kept as it is written, sealed, with the code of its area if that is certain. Coordinates are
    kept, sealed, only where they lie in no area.

    `offered` are codes of the areas offered before, in the order of their numbers.
    """

    kind: ClassVar[str] = "location"
    takes_place: ClassVar[bool] = True
    numbers_move: ClassVar[bool] = True
    offered: tuple[str, ...] = ()

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        if self.offered and reply.location is None:
            chosen = self._from_offered(reply.said, reading)
            if chosen is not None:
                return chosen
        point = reply.location or coordinates(reply.said)
        if point is not None:
            return _pinned(reply, point, reading.gazetteer)
        return _worded(reply.said.strip(), reading)

    def narrowed(self, candidates: tuple[str, ...]) -> Question:
        return replace(self, offered=candidates)

    def meant(
        self, candidates: tuple[str, ...], locale: Locale, gazetteer: Gazetteer
    ) -> tuple[Choice, ...]:
        """The areas as numbered choices, and the way out behind them."""
        labels = [gazetteer.label(code, candidates) for code in candidates]
        return tuple(
            Choice(str(n), label)
            for n, label in enumerate((*labels, locale.say("another_place")), 1)
        )

    def _from_offered(self, text: str, reading: Reading) -> Outcome | None:
        """A reply to the list of areas; None where it is something else."""
        said, gazetteer = fold(text), reading.gazetteer
        known = [code for code in self.offered if code in gazetteer.areas]
        worded = gazetteer.choose(text, known)
        numbers = dict(zip(map(str, range(1, MOST_OFFERED + 2)), (*self.offered, ""), strict=False))
        if said in numbers:
            # "2" beside the areas Ward 2 and Ward 1 could be either.
            code = numbers[said]
            agree = code in known and worded in (None, code)
            return Answered(code, "area chosen") if agree else NotUnderstood("reply_place")
        number, _, rest = said.partition(" ")
        code = numbers.get(number.rstrip(".):"), "")
        if code in known and gazetteer.choose(rest, known) == code:
            return Answered(code, "area chosen")
        if len(known) == 1 and reading.says("yes", said):
            return Answered(known[0], "area chosen")
        found = gazetteer.find(text, reading.within)
        meant = [code for code in found.codes if code in known]
        if found.codes and not found.sure and found.rule == "area name" and len(meant) == 1:
            return Answered(meant[0], "area chosen")
        return Answered(worded, "area chosen") if worded and not found.sure else None


def _pinned(reply: Reply, point: tuple[float, float], gazetteer: Gazetteer) -> Outcome:
    """A point becomes its area and is forgotten; outside all areas it is kept, sealed."""
    found = gazetteer.locate(*point)
    if found.sure:
        return Answered(found.codes[0], found.rule)
    if found.codes:
        return _asked(found)
    words = without_links(reply.said) if reply.location is not None else ""
    near = f"{point[0]:.3f},{point[1]:.3f}"  # about 100 m: nobody's house
    return Answered(f"{words} {near}".strip(), "pin outside", sealed=True)


def _worded(text: str, reading: Reading) -> Outcome:
    words = without_links(text)
    found = reading.gazetteer.find(words, reading.within)
    if found.sure:
        return Answered(found.codes[0], found.rule, words=words if found.in_words else None)
    if found.codes and not found.in_words:
        return _asked(found)
    if found.codes:
        return Answered(words, "place in words", sealed=True)
    if has_link(text):
        return NotUnderstood("place_link")
    said = fold(words)
    nothing = said.replace(" ", "").isdigit() or len(said) < MIN_PLACE
    if nothing or reading.says("yes", said) or reading.says("no", said):
        return NotUnderstood("reply_place")
    return Answered(words, "place in words", sealed=True)


def _asked(found: Found) -> Outcome:
    many = len(found.codes) > MOST_OFFERED
    return NotUnderstood("place_more") if many else Ambiguous(found.codes)
