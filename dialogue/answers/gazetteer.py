"""Which area of a city a text or a point means.

Exact name first, then spelling, then a name inside a text (the longest first), then part of a name.
Whatever is not certain comes back as candidates, to be asked: a wrong place is worse than one more
message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dialogue.answers.geometry import Point
from dialogue.answers.normalise import fold_word
from dialogue.answers.place_index import PlaceIndex
from dialogue.answers.place_names import place_words, stems, tokens
from dialogue.answers.places import Area, Found

MOST_WORDS = 60
"""A longer text is kept as words: nobody answers "where" with an essay."""

NEAR_METRES = 300.0
"""A point outside all areas belongs to one this near: phones are often that far off."""

SHORTEST_INSIDE = 4
"""Letters of the shortest one-word name found inside a text."""

DESCRIBED = 3
"""Words beside a name from which on a text describes a spot rather than names a place."""

_NOTHING = Found()


@dataclass(frozen=True, slots=True)
class _Span:
    """Words of a text, from `start` to before `end`, that name areas."""

    start: int
    end: int
    codes: tuple[str, ...]


class Gazetteer:
    """The areas of a city by every way to name them. `city` is its name, which people add to
    that of an area; `lists` are the `[places]` words of its languages. Does not change."""

    def __init__(
        self,
        areas: Iterable[Area] = (),
        city: str = "",
        lists: Sequence[Mapping[str, tuple[str, ...]]] = (),
    ) -> None:
        self.areas = {area.code: area for area in areas}
        self._city = tuple(tokens(city))
        self._words = place_words(lists)
        live_in = (word for phrase in self._words.live_in for word in phrase)
        small = (self._words.articles, self._words.kinds, self._city, live_in)
        self._around = {word for words in small for word in words}
        self._index = PlaceIndex(self.areas.values(), self._words)
        self._shapes = [(a.shape, a.code) for a in self.areas.values() if a.shape is not None]
        self._digits = {code for code in self.areas if code.isdigit()}

    def find(self, text: str, within: Sequence[str] = ()) -> Found:
        """What a text names. `within` are places named earlier, which tell twins apart."""
        words = tokens(text)
        if not words or len(words) > MOST_WORDS:
            return _NOTHING
        core = self._core(words)
        if "".join(core).isdigit():
            return self._figure(core)
        found = self._whole(words, core)
        if not found.codes:
            found = self._figure(core)
        if not found.codes:
            near = self._index.near(core)
            near = near if near.codes else self._index.near(self._without_part(core))
            found = near if near.sure else self._with(self._inside(words), near)
        if not found.codes:
            found = Found(tuple(self._index.beginning(core)), "part of a name")
        return self._narrow(found, text, within)

    def locate(self, latitude: float, longitude: float) -> Found:
        """The area around a point, the smallest where one lies in another; or a near one."""
        point: Point = (longitude, latitude)
        around = [(shape.size, code) for shape, code in self._shapes if shape.holds(point)]
        if around:
            inner = self._innermost([code for _, code in sorted(around)])
            return Found(tuple(inner), "pin", len(inner) == 1)
        away = [(shape.metres_to(point, NEAR_METRES), code) for shape, code in self._shapes]
        near = sorted((metres, code) for metres, code in away if metres is not None)
        return Found((near[0][1],), "pin nearby", True) if near else _NOTHING

    def choose(self, text: str, codes: Sequence[str]) -> str | None:
        """The one of a few areas whose label, or another name of it, has all these words."""
        said = set(self._index.bare(tokens(text)))
        fitting = [
            c for c in codes if any(said and said <= set(tokens(n)) for n in self._labels(c, codes))
        ]
        return fitting[0] if len(fitting) == 1 else None

    def _labels(self, code: str, among: Sequence[str]) -> tuple[str, ...]:
        return (self.label(code, among), *self.areas[code].aliases)

    def label(self, code: str, among: Sequence[str]) -> str:
        """An area's name, with what it belongs to where another of these has the same name."""
        area = self.areas[code]
        twins = [c for c in among if fold_word(self.areas[c].name) == fold_word(area.name)]
        if len(twins) == 1:
            return area.name
        parent = self.areas.get(area.parent or "")
        return f"{area.name} ({parent.name if parent else area.parent or code})"

    # --- the whole text ---------------------------------------------------------------------------
    def _whole(self, words: list[str], core: list[str]) -> Found:
        forms = [words, core, self._without_part(core)]
        for form in forms:
            codes = self._index.named(form)
            if codes:
                return Found(tuple(codes), "area name", len(codes) == 1)
        for form in forms:
            codes = self._index.sounding(form)
            if codes and not self._index.familiar(form):
                return Found(tuple(codes), "area spelling", len(codes) == 1)
        return _NOTHING

    def _figure(self, core: list[str]) -> Found:
        """A code that is a number, after "ward" or alone: not sure, since a number may be meant for
        another question."""
        number = core[1:] if core[0] in self._words.numbered else core
        code = "".join(self._words.short.get(word, word) for word in number)
        return Found((code,), "area code") if code in self._digits else _NOTHING

    def _core(self, words: list[str]) -> list[str]:
        """Without "I live in" in front and the city behind; never nothing at all."""
        core = list(words)
        for phrase in self._words.live_in * 2:
            if tuple(core[: len(phrase)]) == phrase and len(core) > len(phrase):
                core = core[len(phrase) :]
        while core and core[0] in self._words.articles and len(core) > 1:
            core = core[1:]
        city = self._city
        if city and len(core) > len(city) and tuple(core[-len(city) :]) == city:
            core = core[: -len(city)]
        for phrase in self._words.live_in:
            if tuple(core[-len(phrase) :]) == phrase and len(core) > len(phrase):
                core = core[: -len(phrase)]
        return core

    def _without_part(self, core: list[str]) -> list[str]:
        """Without "section 4" or "ext 2" at the end."""
        numbered = len(core) > 2 and core[-2] in self._words.parts and len(core[-1]) <= 3
        return core[:-2] if numbered else core

    # --- inside a longer text ---------------------------------------------------------------------
    def _inside(self, words: list[str]) -> Found:
        """Areas named in a text. Sure only if one is meant and nothing speaks against it."""
        spans = self._spans(words)
        if not spans:
            return _NOTHING
        codes = self._meant(spans)
        rest = self._rest(words, spans)
        if not rest:
            return Found(codes, "area name", len(codes) == 1)
        described = len(rest) >= DESCRIBED
        enough = described or (
            self._is_address(rest) and all(self._is_placed(words, span) for span in spans)
        )
        sure = len(codes) == 1 and enough and self._is_certain(words, rest, spans, codes[0])
        return Found(codes, "area in words", sure, in_words=described or sure)

    def _spans(self, words: list[str]) -> list[_Span]:
        spans: list[_Span] = []
        at = 0
        while at < len(words):
            span = self._longest_at(words, at)
            if span is not None:
                spans.append(span)
            at = span.end if span is not None else at + 1
        return spans

    def _longest_at(self, words: list[str], start: int) -> _Span | None:
        known = self._words
        if words[start] in known.articles | known.doubt | known.against:
            return None
        for end in range(min(len(words), start + self._index.longest), start, -1):
            part = words[start:end]
            long_enough = len("".join(part)) >= SHORTEST_INSIDE or not part[-1].isalpha()
            codes = self._index.named(part) if long_enough and not part[0].isdigit() else []
            if codes:
                return _Span(start, end, tuple(codes))
        return None

    def _meant(self, spans: list[_Span]) -> tuple[str, ...]:
        """Those that lie in another area named, else those that every name can mean, else all."""
        named = list(dict.fromkeys(code for span in spans for code in span.codes))
        parts = [c for c in named if self.areas[c].parent in named]
        if parts:
            return tuple(parts)
        shared = [c for c in named if all(c in span.codes for span in spans)]
        return tuple(shared or named)

    def _rest(self, words: list[str], spans: list[_Span]) -> list[str]:
        """What a text says beside names of areas and the words that go with them."""
        inside = {n for span in spans for n in range(span.start, span.end)}
        rest = self._without_part(self._core([w for n, w in enumerate(words) if n not in inside]))
        return [word for word in rest if word not in self._around]

    def _is_address(self, rest: list[str]) -> bool:
        """Whether the few words beside a name are all known and say where in it: the number of a
        house, "near" a building; not "gangs", "5 km" or "school" by itself."""
        known = self._words
        heads = known.heads_behind | known.heads_before
        beside = not (known.doubt.isdisjoint(rest) or heads.isdisjoint(rest))
        leads = beside or any(map(str.isdigit, rest))
        return leads and all(w.isdigit() or w in heads | known.doubt for w in rest)

    def _is_certain(self, words: list[str], rest: list[str], spans: list[_Span], code: str) -> bool:
        """Whether words around a name leave no doubt that it is the place: not "near Hilltop" (but
        "near the clinic in Hilltop"), "Hilltop East", "Hilltop clinic", and no short alias that may
        be an ordinary word."""
        known = self._words
        before = {self._before(words, s) for s in spans}
        behind = {words[s.end] for s in spans if s.end < len(words)}
        beside = {words[s.start - 1] for s in spans if s.start} | behind
        if known.against & (beside | set(rest)) or known.directions & beside:
            return False
        if known.heads_behind & behind or known.heads_before & before:
            return False
        kept = {words[s.start - 1] for s in spans if s.start and words[s.start] not in known.kinds}
        if any(word.isdigit() for word in kept | behind):
            return False
        placed = all(self._is_inside(words, span) for span in spans)
        if not placed and known.doubt & (beside | set(rest)):
            return False
        name = "".join(tokens(self.areas[code].name))
        said = ["".join(words[s.start : s.end]) for s in spans]
        official = any(name in (one, *stems(one)) for one in said)
        return official or any(s.end - s.start > 1 for s in spans)

    def _before(self, words: list[str], span: _Span) -> str:
        """The word that leads to a name: before its article and kind."""
        small = self._words.articles | self._words.kinds
        before = (word for word in reversed(words[: span.start]) if word not in small)
        return next(before, "")

    def _is_inside(self, words: list[str], span: _Span) -> bool:
        """Whether the text says "in" of a name, by a word or by a locative."""
        code = span.codes[0]
        said = "".join(words[span.start : span.end])
        located = "".join(tokens(self.areas[code].name)) in stems(said)
        return located or self._before(words, span) in self._words.inside

    def _is_placed(self, words: list[str], span: _Span) -> bool:
        """Whether the text says "in" of a name, and the name ends where it seems to."""
        behind = words[span.end : span.end + 1]
        ends = self._around | self._words.doubt | self._words.inside
        return self._is_inside(words, span) and ends.issuperset(behind)

    # --- candidates -------------------------------------------------------------------------------
    def _with(self, found: Found, near: Found) -> Found:
        """A name inside a text and a name it nearly spells: either may be meant."""
        if not near.codes or found.codes == near.codes:
            return found if found.codes else near
        codes = tuple(dict.fromkeys((*near.codes, *found.codes)))
        return Found(codes, near.rule, sure=False)

    def _narrow(self, found: Found, text: str, within: Sequence[str]) -> Found:
        """Of several, the one whose label is the whole text; else those in a place named earlier,
        sure if it is one."""
        if len(found.codes) < 2:
            return found
        chosen = self.choose(text, found.codes) if found.rule == "area in words" else None
        if chosen is not None:
            return Found((chosen,), "area name", sure=True)
        inside = tuple(c for c in found.codes if self.areas[c].parent in within)
        if not inside:
            return found
        sure = len(inside) == 1 and found.rule == "area name"
        return Found(inside, found.rule, sure, found.in_words)

    def _innermost(self, codes: list[str]) -> list[str]:
        """Of areas around one point, those that hold no other of them as their part."""
        parents = {self.areas[code].parent for code in codes}
        return [code for code in codes if code not in parents]
