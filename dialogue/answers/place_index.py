"""Every spelling under which the areas of a city are found. Built once; a look-up does not go
through the areas."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from dialogue.answers.place_names import (
    PlaceWords,
    bigrams,
    distance,
    is_slip,
    marks,
    sounds,
    stems,
    tokens,
)
from dialogue.answers.places import Area, Found

Words = Sequence[str]

_CODE = re.compile(r"([a-z]{1,4})0*([0-9]{1,6})")
LONGEST_NAME = 8
"""Words of the longest name looked for inside a text."""

LONGEST_MISSPELT = 40
"""Letters of the longest text compared by near spelling."""

MOST_COMPARED = 60
"""Names, those with most letter pairs in common, that a near spelling is compared with."""

SHORTEST_PART = 4
"""Letters of the shortest beginning or word that is looked up as part of a name."""

MEDIUM, LONG = 7, 9
"""Letters from which on a name bears a harmless slip without asking; two slips, or any one."""


class _Kind(Enum):
    """Vowels or the order of letters; one letter of a long name; more; out of reach."""

    HARMLESS = auto()
    SMALL = auto()
    DOUBTFUL = auto()
    BEYOND = auto()


@dataclass(frozen=True, slots=True)
class _Slip:
    """A name near to what was said, `far` letters away."""

    name: str
    far: int
    kind: _Kind


class PlaceIndex:
    """Codes of areas by joined name, by name without articles and kinds, by sound, by word."""

    def __init__(self, areas: Iterable[Area], words: PlaceWords) -> None:
        self._words = words
        self._exact: dict[str, list[str]] = {}
        self._bare: dict[str, list[str]] = {}
        self._sound: dict[str, list[str]] = {}
        self._token: dict[str, list[str]] = {}
        self._marks: dict[str, str] = {}
        self.longest = 1
        for area in areas:
            for key in {fold_code(area.code), "".join(tokens(area.code))}:
                _add(self._exact, key, area.code)
            for name in area.names:
                self._name(tokens(name), area.code)
        self._sorted = sorted({*self._exact, *self._bare})
        self._pairs: dict[str, list[str]] = {}
        for sound in self._sound:
            for pair in sorted(bigrams(sound)):
                self._pairs.setdefault(pair, []).append(sound)

    def _name(self, words: list[str], code: str) -> None:
        bare = self.bare(words)
        self.longest = min(LONGEST_NAME, max(self.longest, len(words)))
        _add(self._exact, "".join(words), code)
        _add(self._bare, "".join(bare), code)
        for word in bare:
            _add(self._token, word, code)
        for form in (bare, words):
            for sound in sounds("".join(form)):
                _add(self._sound, sound, code)
                self._marks[sound] = marks(bare)

    def bare(self, words: Words) -> list[str]:
        """Abbreviations written out, numbers in digits, articles and kinds left out; never
        nothing at all."""
        full = [one for word in words for one in self._words.short.get(word, word).split()]
        kept = [w for w in full if w not in self._words.articles and w not in self._words.kinds]
        return kept or list(words)

    def named(self, words: Words) -> list[str]:
        """Areas with exactly this name, alias or code: as it is, without articles and kinds,
        without a locative, or by number."""
        key = "".join(words)
        found = self._exact.get(key) or self._bare.get("".join(self.bare(words)))
        return found or self.numbered(words) or self._stemmed(key)

    def numbered(self, words: Words) -> list[str]:
        """ "Ward 4" where that is no name but the code W04."""
        number = self._words.short.get(words[-1], words[-1])
        if len(words) != 2 or words[0] not in self._words.numbered or not number.isdigit():
            return []
        initial = words[0].lstrip("iu")[:1]  # "iwadi" has a prefix
        return self._exact.get(initial + (number.lstrip("0") or "0"), [])

    def sounding(self, words: Words) -> list[str]:
        """Areas whose name sounds like this."""
        keys = sounds("".join(self.bare(words)))
        return list(dict.fromkeys(code for key in keys for code in self._sound.get(key, ())))

    def near(self, words: Words) -> Found:
        """Areas nearest in spelling. Sure only if one is clearly nearer than the next, and the
        slip is one that does not make another name."""
        bare = self.bare(words)
        said = {sound for form in (words, bare) for sound in sounds("".join(form))}
        tried = [slip for key in sorted(said) for slip in self._slips(key, marks(bare))]
        inside = [(slip.far, slip.kind.value) for slip in tried if slip.kind is not _Kind.BEYOND]
        if not inside:
            return Found()
        best, kind = min(inside)
        if kind != _Kind.DOUBTFUL.value and not self.familiar(words):
            alone = self._within(tried, best + (best > 1 or kind != _Kind.HARMLESS.value))
            if len(alone) == 1:
                return Found(alone, "near spelling", sure=True)
        return Found(self._within(tried, best + 1), "near spelling")

    def _within(self, slips: Iterable[_Slip], far: int) -> tuple[str, ...]:
        codes = (code for slip in slips if slip.far <= far for code in self._sound[slip.name])
        return tuple(dict.fromkeys(codes))

    def familiar(self, words: Words) -> bool:
        """Whether every word is one of some area's name: then none is misspelt, and a name that is
        not there ("Acacia Bridge" beside "Acacia Ridge" and "Reed Bridge") is another place."""
        return all(word in self._token for word in self.bare(words))

    def _slips(self, key: str, said_marks: str) -> Iterable[_Slip]:
        """Names within reach of a misspelt one, and a step beyond: who is next matters too."""
        reach = _reach(key)
        if not reach or len(key) > LONGEST_MISSPELT:
            return
        common = Counter(s for pair in sorted(bigrams(key)) for s in self._pairs.get(pair, ()))
        for name, _ in common.most_common(MOST_COMPARED):
            far = distance(key, name, reach + 1)
            if far > reach + 1:
                continue
            kind = _kind(key, name, far) if said_marks == self._marks[name] else _Kind.DOUBTFUL
            yield _Slip(name, far, kind if far <= min(reach, _reach(name)) else _Kind.BEYOND)

    def beginning(self, words: Words) -> list[str]:
        """Areas whose name begins with this, or has all of these words."""
        bare = self.bare(words)
        found: dict[str, None] = {}
        for key in {"".join(words): None, "".join(bare): None}:
            at = bisect_left(self._sorted, key) if len(key) >= SHORTEST_PART else len(self._sorted)
            while at < len(self._sorted) and self._sorted[at].startswith(key):
                name = self._sorted[at]
                found |= dict.fromkeys((*self._exact.get(name, ()), *self._bare.get(name, ())))
                at += 1
        if all(len(word) >= SHORTEST_PART for word in bare):
            having = [self._token.get(word, []) for word in bare]
            found |= dict.fromkeys(c for c in having[0] if all(c in codes for codes in having))
        return list(found)

    def _stemmed(self, key: str) -> list[str]:
        stemmed = (self._exact.get(s) or self._bare.get(s) or [] for s in stems(key))
        return next((found for found in stemmed if found), [])


def fold_code(code: str) -> str:
    """A code without spaces and leading zeros: "W 01" is w1."""
    key = "".join(tokens(code))
    parts = _CODE.fullmatch(key)
    return parts[1] + parts[2] if parts else key


def _kind(key: str, name: str, far: int) -> _Kind:
    shorter = min(len(key), len(name))
    if shorter >= MEDIUM and is_slip(key, name):
        return _Kind.HARMLESS
    return _Kind.SMALL if far <= 1 and shorter >= LONG else _Kind.DOUBTFUL


def _reach(key: str) -> int:
    """Slips forgiven: none in a short word."""
    return 0 if len(key) < 5 else 1 if len(key) < LONG else 2


def _add(index: dict[str, list[str]], key: str, code: str) -> None:
    codes = index.setdefault(key, [])
    if code not in codes:
        codes.append(code)
