"""A coding scheme: the codes that people give to answers in words, and what hints at each.

A hint is a match value found in the words. It only suggests: nobody's answer is coded by it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dialogue.answers.normalise import fold, without_ending
from dialogue.faults import Fault
from dialogue.form import Form, at
from dialogue.survey_file import NAME, SLUG

CODE = re.compile(r"[A-Za-z0-9]{1,6}")
KEPT = frozenset({"s", "u", "q"})
"""Codes that the coding desk of the command line takes for words of its own."""

KINDS = ("theme", "special")
DIMENSIONS = (
    "economic", "food", "health", "environmental", "personal", "community", "political",
)  # fmt: skip
"""The seven of human security (UNDP, Human Development Report 1994)."""

EVERY = ""
"""Stands for all languages among match values."""

MOST_CODES = 200
"""Each becomes a column of exports."""

SCHEME_KEYS = ("slug", "title", "codes", "source", "needs_review")
CODE_KEYS = ("name", "code", "label", "match", "kind", "dimension")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Code:
    """One code. Labels of answers keep `name`; `code` is what a coder types and exports write. A
    `special` one tells why there is no theme (no answer, another question's …) and stands alone.
    `match` has the match values by language, those for all languages under `EVERY`."""

    name: str
    code: str
    label: Mapping[str, str]
    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    special: bool = False
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One published version of a scheme."""

    slug: str
    version: int
    title: Mapping[str, str]
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that may fit, and the match value that was found in the words; `inflected` where only
    a word with another ending was ("lamps" for "lamp")."""

    code: str
    because: str
    inflected: bool = False


def read_scheme(data: Mapping[str, object]) -> tuple[Scheme | None, tuple[Fault, ...]]:
    """The scheme (version 0: unpublished) if nothing is wrong with the data, and all faults."""
    reader = _Reader()
    scheme = reader.scheme(data)
    reader.faults += _twice(scheme.codes)
    return (None if reader.faults else scheme), tuple(reader.faults)


def language_faults(scheme: Scheme, languages: Sequence[str]) -> Sequence[Fault]:
    """Match values in languages that a city with these does not speak: a slip, or of no use."""
    return [
        Fault(f"codes[{n}].match.{locale}", f"the city speaks {', '.join(languages)}")
        for n, code in enumerate(scheme.codes)
        for locale in code.match
        if locale not in (EVERY, *languages)
    ]


def every_code(versions: Sequence[Scheme]) -> tuple[Code, ...]:
    """The codes of the latest version (the last given), then those that only earlier ones had,
    later versions first. Where the code of a dropped one means another by now, its name stands in
    its place, as with the options of a survey."""
    codes = {code.name: code for code in versions[-1].codes}
    taken = {code.code for code in codes.values()}
    for scheme in reversed(versions[:-1]):
        for code in scheme.codes:
            if code.name not in codes:
                printed = code.name if code.code in taken else code.code
                codes[code.name] = replace(code, code=printed)
                taken.add(printed)
    return tuple(codes.values())


def suggestions(
    codes: Sequence[Code], text: str, locale: str, endings: Sequence[str] = ()
) -> tuple[Suggestion, ...]:
    """The codes of which a match value is in the text as whole words, whatever case and accents, in
    the order of the scheme; else with other `endings` of gender and number, as the text's language
    has them. Values of that language count, and those for all languages."""
    words, stems = _plain(text), _stemmed(text, endings)
    found = (
        _hint(code, locale, lambda value: _plain(value) in words)
        or _hint(code, locale, lambda value: _stemmed(value, endings) in stems, inflected=True)
        for code in codes
    )
    return tuple(one for one in found if one is not None)


def given_faults(codes: Sequence[Code], given: Sequence[str]) -> Sequence[str]:
    """Why a coder may not give these codes (by name) to one answer."""
    special = {code.name: code.special for code in codes}
    unknown = [name for name in given if name not in special]
    if unknown:
        return [f"has one that is none of {', '.join(special)}"]
    if len(set(given)) < len(given):
        return ["has a code twice"]
    alone = [name for name in given if special[name]]
    return [f"{alone[0]} stands alone"] if alone and len(given) > 1 else []


def in_order(codes: Sequence[Code], given: Sequence[str]) -> tuple[str, ...]:
    """Given codes in the order of the scheme."""
    return tuple(code.name for code in codes if code.name in given)


class _Reader(Form):
    """Reads a scheme."""

    def scheme(self, data: Mapping[str, object]) -> Scheme:
        self.known(data, SCHEME_KEYS, "")
        slug = self.text(data, "slug", "")
        if not SLUG.fullmatch(slug):
            self.fault("slug", "needs small letters, digits and dashes")
        title = self.texts(data, "title", "")
        tables = self.tables(data, "codes", "")
        if not tables:
            self.fault("codes", "there is none")
        if len(tables) > MOST_CODES:
            self.fault("codes", f"are more than {MOST_CODES}")
        codes = tuple(self.code(one, f"codes[{n}]") for n, one in enumerate(tables[:MOST_CODES]))
        return Scheme(slug, 0, title, codes)

    def code(self, data: Mapping[str, object], where: str) -> Code:
        self.known(data, CODE_KEYS, where)
        name = self.text(data, "name", where)
        if not NAME.fullmatch(name):
            self.fault(f"{where}.name", "needs small letters, digits and _, a letter first")
        code = self.text(data, "code", where)
        if not CODE.fullmatch(code):
            self.fault(f"{where}.code", "needs one to six letters or digits: a coder types it")
        elif code.casefold() in KEPT:
            self.fault(f"{where}.code", "is a word of the coding desk (skip, undo, quit)")
        kind = self.text(data, "kind", where, "theme")
        if kind not in KINDS:
            self.fault(f"{where}.kind", f"'{kind}' is none of {', '.join(KINDS)}")
        dimension = self.text(data, "dimension", where, "") or None
        if dimension is not None and dimension not in DIMENSIONS:
            self.fault(f"{where}.dimension", f"'{dimension}' is none of {', '.join(DIMENSIONS)}")
        return Code(
            name=name,
            code=code,
            label=self.texts(data, "label", where),
            match=self.match(data, where),
            special=kind == "special",
            dimension=dimension,
        )

    def match(self, data: Mapping[str, object], where: str) -> dict[str, tuple[str, ...]]:
        """Match values: a list for all languages, or a list for each."""
        given = data.get("match", [])
        lists: dict[str, tuple[str, ...]] = {}
        if isinstance(given, Mapping):
            lists = {
                str(locale): self.strings(given, str(locale), at(where, "match"))
                for locale in given
            }
        else:
            lists = {EVERY: self.strings(data, "match", where)}
        for locale, values in lists.items():
            for n, value in enumerate(values):
                if not _plain(value).strip():
                    self.fault(f"{_match(where, locale)}[{n}]", "has no letter and no digit")
        return {locale: values for locale, values in lists.items() if values}


def _twice(codes: Sequence[Code]) -> Iterator[Fault]:
    """What may be in a scheme once only."""
    names: dict[str, int] = {}
    printed: dict[str, int] = {}
    hints: dict[str, list[tuple[str, int]]] = {}
    for n, code in enumerate(codes):
        for what, key, seen in (
            ("name", code.name, names),
            ("code", code.code.casefold(), printed),
        ):
            if key and seen.setdefault(key, n) != n:
                yield Fault(f"codes[{n}].{what}", f"is that of codes[{seen[key]}] too")
        for locale, value in _values(code):
            here = hints.setdefault(_plain(value), [])
            for other in (first for of, first in here if first != n and _meet(of, locale)):
                yield Fault(_match(f"codes[{n}]", locale), f"'{value}' hints at codes[{other}]")
            here.append((locale, n))


def _match(where: str, locale: str) -> str:
    """The place of a code's match values in a language."""
    return at(f"{where}.match", locale) if locale else f"{where}.match"


def _meet(one: str, other: str) -> bool:
    """Whether match values of these languages may both be looked for in one text."""
    return one == other or EVERY in (one, other)


def _hint(
    code: Code, locale: str, is_there: Callable[[str], bool], *, inflected: bool = False
) -> Suggestion | None:
    for language, value in _values(code):
        if language in (EVERY, locale) and is_there(value):
            return Suggestion(code.name, value, inflected)
    return None


def _values(code: Code) -> Iterator[tuple[str, str]]:
    return ((locale, value) for locale, values in code.match.items() for value in values)


def _plain(text: str) -> str:
    """The words of a text, folded, with a space around each."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _stemmed(text: str, endings: Sequence[str]) -> str:
    """The same without their endings."""
    return f" {' '.join(without_ending(word, endings) for word in _WORD.findall(fold(text)))} "
