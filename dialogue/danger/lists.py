"""A language's lists of what people write in danger, made ready to be looked for.

Theory of operation. Every alternative of every pattern is an *atom*. A token of the text is first
turned into the atoms it stands for; then each pattern whose first atom is there is walked along the
tokens, holding the set of places it may have come to. Gaps are short, so the work is linear in the
length of the text. What the ordinary patterns cover cancels what they overlap: an idiom, a denial,
a fear, something long ago.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from dialogue.danger.misspelt import Misspelt
from dialogue.danger.patterns import ANY, NAME, NUMBER, Pattern, Step
from dialogue.danger.stems import Stems


class Risk(StrEnum):
    """What a text tells of, the most urgent first (safeguarding D1 rule 2; violence and child are
    its class b)."""

    DANGER = "danger"
    SELF_HARM = "self_harm"
    CHILD = "child"
    VIOLENCE = "violence"
    ACCUSATION = "accusation"
    INTELLIGENCE = "intelligence"


Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DangerList:
    """What people write in one language. `risks` are looked for; `ordinary` cancels. `names` are
    given names as people type them, `not_names` words with a capital that are none."""

    version: str
    reviewed: bool
    risks: Mapping[Risk, tuple[Pattern, ...]]
    ordinary: tuple[Pattern, ...]
    names: frozenset[str]
    not_names: frozenset[str]
    _patterns: tuple[tuple[Risk | None, Pattern], ...] = field(init=False)
    _starts: Mapping[str, frozenset[int]] = field(init=False)
    _exact: frozenset[str] = field(init=False)
    _stems: Stems = field(init=False)
    _misspelt: Misspelt = field(init=False)

    def __post_init__(self) -> None:
        kinds: list[tuple[Risk | None, Pattern]] = [(None, one) for one in self.ordinary]
        kinds += [(risk, one) for risk, patterns in self.risks.items() for one in patterns]
        starts: dict[str, set[int]] = {}
        atoms: set[str] = set()
        for number, (_, pattern) in enumerate(kinds):
            for step in pattern.steps:
                atoms.update(step.words, step.but)
            for atom in pattern.steps[0].words:
                starts.setdefault(atom, set()).add(number)
        object.__setattr__(self, "_patterns", tuple(kinds))
        object.__setattr__(self, "_starts", {a: frozenset(found) for a, found in starts.items()})
        object.__setattr__(self, "_exact", frozenset(atoms))
        object.__setattr__(self, "_stems", Stems.of(atoms))
        whole = (atom for atom in atoms if "*" not in atom)
        object.__setattr__(self, "_misspelt", Misspelt.of(whole))

    def find(
        self, words: Sequence[str], names: frozenset[str]
    ) -> Iterable[tuple[Risk | None, Span]]:
        """Every place that a pattern fits; None is an ordinary one. `names` are those of the words
        that name somebody."""
        known = {word: self._atoms(word, names) for word in set(words)}
        atoms = [known[word] for word in words]
        starts = self._possible(frozenset[str]().union(*atoms))
        for start, here in enumerate(atoms):
            for number in {number for atom in here for number in starts.get(atom, ())}:
                risk, pattern = self._patterns[number]
                end = walk(pattern.steps, atoms, start)
                if end is not None:
                    yield risk, (start, end)

    def _possible(self, present: frozenset[str]) -> dict[str, frozenset[int]]:
        """Where patterns start, those only for which the text has a word of every step: most
        patterns begin with a common word."""
        begun = {atom: self._starts[atom] for atom in present if atom in self._starts}
        possible = {
            number
            for number in frozenset[int]().union(*begun.values())
            if all(
                step.optional or step.gap or not step.words.isdisjoint(present)
                for step in self._patterns[number][1].steps
            )
        }
        return {atom: numbers & possible for atom, numbers in begun.items()}

    def _atoms(self, word: str, names: frozenset[str]) -> frozenset[str]:
        """What of the lists a word stands for. One that they know has no letter wrong."""
        found = {word, ANY}
        if any(c.isdecimal() for c in word):
            found.add(NUMBER)
        if word in names:
            found.add(NAME)
        found.update(self._stems.fitting(word))
        if word not in self._exact:
            found.update(self._misspelt.meant(word))
        return frozenset(found)


def walk(steps: Sequence[Step], atoms: Sequence[frozenset[str]], start: int) -> int | None:
    """Where the pattern ends that begins at `start`; None if it does not fit."""
    places = {start}
    for step in steps:
        if step.gap:
            places = {p + n for p in places for n in range(step.gap + 1)}
            continue
        met = {p + 1 for p in places if p < len(atoms) and _meets(step, atoms[p])}
        places = places | met if step.optional else met
        if not places:
            return None
    return max(places)


def _meets(step: Step, atoms: frozenset[str]) -> bool:
    return not step.words.isdisjoint(atoms) and step.but.isdisjoint(atoms)
