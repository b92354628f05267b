"""The question for a place: an area of the city, or the resident's own words."""

from dataclasses import dataclass, replace
from typing import ClassVar

from dialogue.answers.found import SILENT
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.maps import coordinates, has_link, without_links
from dialogue.answers.normalise import clean, fold
from dialogue.answers.places import Found
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import Ambiguous, Answered, Empty, NotUnderstood, Outcome, Remark
from dialogue.questions.base import Question, Reading, marks_in, plainly_asks, remark_in

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

    def read(self, reply: Reply, reading: Reading) -> Outcome:
        known = tuple(code for code in self.offered if code in reading.gazetteer.areas)
        outcome = Question.read(self, reply, reading)
        beside = isinstance(outcome, Remark | Empty) or outcome == NotUnderstood()
        # "woman" and "thanks" are no names while areas are offered: the list is shown again.
        return Ambiguous(known) if known and beside else outcome

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        if self.offered and reply.location is None:
            chosen = self._from_offered(reply.said, reading)
            if chosen is not None:
                return chosen
        point = reply.location or coordinates(reply.said)
        if point is not None:
            return _pinned(reply, point, reading.gazetteer)
        found = _named(reply.said.strip(), reading)
        if found is not None and not _is_question(reply, found):
            return found
        said = remark_in(reply, reading)
        if said is not None and (said.kind != "question" or plainly_asks(reply, reading)):
            return said
        offered = any(code in reading.gazetteer.areas for code in self.offered)
        return _unlisted(reply.said.strip(), reading, offered=offered)

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
        words = _telling(text, reading)
        worded = gazetteer.choose(text, known) or gazetteer.choose(" ".join(words.said), known)
        if words.declines or said in {fold(lo.say("another_place")) for lo in reading.languages}:
            return NotUnderstood("reply_place")
        numbers = dict(zip(map(str, range(1, MOST_OFFERED + 2)), (*self.offered, ""), strict=False))
        if said in numbers:
            # "2" beside the areas Ward 2 and Ward 1 could be either.
            code = numbers[said]
            agree = code in known and worded in (None, code)
            return Answered(code, "area chosen") if agree else NotUnderstood("reply_place")
        if words.place is not None:
            chosen = known[words.place] if words.place < len(known) else ""
            agree = chosen != "" and worded in (None, chosen)
            return Answered(chosen, "area chosen") if agree else NotUnderstood("reply_place")
        number, _, rest = said.partition(" ")
        code = numbers.get(number.rstrip(".):"), "")
        if code in known and gazetteer.choose(rest, known) == code:
            return Answered(code, "area chosen")
        if len(known) == 1 and (words.agrees or reading.says("yes", said)):
            return Answered(known[0], "area chosen")
        found = gazetteer.find(text, reading.within)
        meant = [code for code in found.codes if code in known]
        if found.codes and not found.sure and found.rule == "area name" and len(meant) == 1:
            return Answered(meant[0], "area chosen")
        return Answered(worded, "area chosen") if worded and not found.sure else None


def _is_question(reply: Reply, found: Outcome) -> bool:
    """Whether a place is only asked about in so many words: "is it safe in Hilltop?"."""
    return isinstance(found, Answered) and bool(found.words) and clean(reply.said).endswith("?")


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


@dataclass(frozen=True, slots=True)
class _Telling:
    """What a reply to a list of areas says but for polite words: its words; `place` is a place in
    the list, from 0 on or -1 for the last; whether it only agrees, or wants none of them."""

    said: tuple[str, ...]
    place: int | None
    agrees: bool
    declines: bool


def _telling(text: str, reading: Reading) -> _Telling:
    row = marks_in(text, reading)
    kept = [m for m in row if m.kind not in SILENT]
    kinds = {mark.kind for mark in kept}
    spelt = [m for m in kept if m.kind == "number" and not m.words[0].isdigit()]
    place: int | None = None
    if len(kept) == 1:
        counted = kept[0].number > 0 and (kept[0].kind == "ordinal" or bool(spelt))
        place = kept[0].number - 1 if counted else -1 if kept[0].kind == "last" else None
    said = tuple(w for m in kept if m not in spelt or m.number != 1 for w in m.words)
    agrees = not kept and any(mark.kind == "yes" for mark in row)
    return _Telling(said, place, agrees, bool(kinds) and kinds <= {"none", "neither"})


def _named(text: str, reading: Reading) -> Outcome | None:
    """The area that a text names, or those it may; None where it names none."""
    words = without_links(text)
    found = reading.gazetteer.find(words, reading.within)
    if found.sure:
        return Answered(found.codes[0], found.rule, words=words if found.in_words else None)
    if found.codes and not found.in_words:
        return _asked(found)
    return Answered(words, "place in words", sealed=True) if found.codes else None


def _unlisted(text: str, reading: Reading, *, offered: bool) -> Outcome:
    """A text that names no area: kept as it is written, unless it is plainly no place, or areas
    were `offered`."""
    words = without_links(text)
    if has_link(text):
        return NotUnderstood("place_link")
    said = fold(words)
    nothing = said.replace(" ", "").isdigit() or len(said) < MIN_PLACE
    if offered and not reading.says("no", said):
        return NotUnderstood()
    if nothing or reading.says("yes", said) or reading.says("no", said) or _is_email(words):
        return NotUnderstood("reply_place")
    return Answered(words, "place in words", sealed=True)


def _is_email(text: str) -> bool:
    """Whether a word of it is an address for e-mail."""
    parted = (word.partition("@") for word in text.split())
    return any(name and "." in host for name, _, host in parted)


def _asked(found: Found) -> Outcome:
    many = len(found.codes) > MOST_OFFERED
    return NotUnderstood("place_more") if many else Ambiguous(found.codes)
