"""What each phrase may mean for one question: its options' labels and synonyms, then the words of
the languages.

The session's language goes first; a word of another language counts only where the session's says
nothing with it and no two others disagree (answer interpretation §10).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Protocol

from dialogue.answers.normalise import clean, fold_word, without_ending
from dialogue.answers.tokens import word_tokens
from dialogue.locale import Locale, Words

LONGEST_PHRASE = 12
"""Words of the longest phrase looked up."""

JOINABLE = 5
"""Letters from which on a label may be written joined or split."""

Phrase = tuple[str, ...]

_ENDING = re.compile(r"(\w+)(?:\((\w{1,2})\)|/(\w{1,2}))(?!\w)")


class Labelled(Protocol):
    """An option, as far as matching sees it."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> Mapping[str, str]: ...
    @property
    def synonyms(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def role(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """The options a phrase names, and by which rule."""

    names: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one question in some languages, the session's first. What is derived from them
    is kept."""

    options: tuple[Labelled, ...]
    languages: tuple[Locale, ...]
    phrases: Mapping[Phrase, Entry]
    joined: Mapping[str, Entry]
    stems: tuple[tuple[tuple[str, ...], Mapping[Phrase, Entry]], ...]

    def option(self, words: Phrase) -> Entry | None:
        """The options that these words name: as written, joined or split, or inflected."""
        found = self.phrases.get(words)
        if found is not None:
            return found
        together = "".join(words)
        if len(together) >= JOINABLE and together in self.joined:
            return self.joined[together]
        if words in self.languages[0].words.marks:
            return None
        for endings, stems in self.stems:
            found = stems.get(_stemmed(words, endings))
            if found is not None and not {"yes", "no"} & set(found.names):
                return found  # "si quieres" is no "si quiero"
        return None

    @cached_property
    def respellable(self) -> Mapping[Phrase, tuple[str, ...]]:
        """The names by phrase among which a slip of spelling is looked for: not the phrases that
        any language has for a yes or a no, which are alike ("ga ke itse", "ga ke ise")."""
        return {
            phrase: entry.names
            for phrase, entry in self.phrases.items()
            if len(phrase) == 1
            or not any(words.marks.get(phrase) in ("yes", "no") for words in self.words)
        }

    def kind(self, words: Phrase) -> str | None:
        """The list of words (`locale.MARK_KEYS`) that these are in."""
        session, *others = self.languages
        own = session.words.marks.get(words)
        if own is not None:
            return own
        kinds = {lo.words.marks[words] for lo in others if words in lo.words.marks}
        return kinds.pop() if len(kinds) == 1 else None

    def knows(self, word: str) -> bool:
        """Whether the word by itself means something here."""
        return word in self._single or self.kind((word,)) is not None

    @cached_property
    def _single(self) -> frozenset[str]:
        return frozenset(word for phrase in self.phrases for word in phrase)

    def stem(self, word: str) -> str:
        """The word without its ending of gender and number, in the session's language."""
        return without_ending(word, self.languages[0].words.replies.get("endings", ()))

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """The words of each language."""
        return tuple(locale.words for locale in self.languages)

    def listed(self, key: str) -> tuple[str, ...]:
        """What every language lists under `key`, folded."""
        if key not in self._listed:
            found = (w for words in self.words for w in words.replies.get(key, ()))
            self._listed[key] = tuple(map(fold_word, found))
        return self._listed[key]

    @cached_property
    def _listed(self) -> dict[str, tuple[str, ...]]:
        return {}


@dataclass(frozen=True, slots=True)
class Asked:
    """Options and languages, told apart as objects (whatever is kept for them keeps them too): what
    comes again with every reply is worked out once."""

    key: tuple[int, ...]
    options: tuple[Labelled, ...] = field(compare=False)
    languages: tuple[Locale, ...] = field(compare=False)

    @classmethod
    def of(cls, options: Sequence[Labelled], languages: Sequence[Locale]) -> "Asked":
        """These options in these languages."""
        key = (*map(id, options), 0, *map(id, languages))
        return cls(key, tuple(options), tuple(languages))


def lexicon(options: Sequence[Labelled], languages: Sequence[Locale]) -> Lexicon:
    """The phrases of these options in these languages; kept, since they come with every reply."""
    return _lexicon(Asked.of(options, languages))


@lru_cache(maxsize=1000)
def _lexicon(asked: Asked) -> Lexicon:
    options, languages = asked.options, asked.languages
    session, *others = languages
    phrases = _phrases(options, session.code)
    own = frozenset(phrases) | frozenset(session.words.marks)
    stems = [(session, dict(phrases))]
    for locale in others:
        theirs = _phrases(options, locale.code)
        stems.append((locale, theirs))
        for phrase, entry in theirs.items():
            if phrase not in own:
                for name in entry.names:
                    _also(phrases, phrase, name, entry.rule)
    joined: dict[str, Entry] = {}
    for phrase, entry in phrases.items():
        joined.setdefault("".join(phrase), entry)
    inflected = tuple(
        (endings, _stems(said, endings))
        for locale, said in stems
        if (endings := locale.words.replies.get("endings", ()))
    )
    return Lexicon(options, languages, phrases, joined, inflected)


def _phrases(options: Sequence[Labelled], code: str) -> dict[Phrase, Entry]:
    """Labels before synonyms: a synonym that is another option's label is not one."""
    labels: dict[Phrase, Entry] = {}
    synonyms: dict[Phrase, Entry] = {}
    for option in options:
        for phrase in _forms(option.label.get(code, "")):
            _also(labels, phrase, option.name, "label")
        for word in option.synonyms.get(code, ()):
            for phrase in _forms(word):
                _also(synonyms, phrase, option.name, "synonym")
    return synonyms | labels


def _also(phrases: dict[Phrase, Entry], phrase: Phrase, name: str, rule: str) -> None:
    there = phrases.get(phrase)
    if there is None:
        phrases[phrase] = Entry((name,), rule)
    elif name not in there.names:
        phrases[phrase] = Entry((*there.names, name), rule)


@lru_cache(maxsize=20_000)
def _forms(label: str) -> tuple[Phrase, ...]:
    """The words of a label; "Seguro(a)" and "solo/a" are also both of what they stand for, and an
    apostrophe may be left out ("dont")."""
    seen = clean(label)
    written = (label, *_written_out(seen), seen.replace("'", ""))
    return tuple(dict.fromkeys(words for words in map(word_tokens, written) if words))


def _written_out(label: str) -> Iterator[str]:
    if _ENDING.search(label):
        yield _ENDING.sub(r"\1", label)
        yield _ENDING.sub(lambda m: _replaced(m[1], m[2] or m[3]), label)


def _replaced(word: str, ending: str) -> str:
    """ "seguro" with "a" is "segura", "doctor" with "a" is "doctora"."""
    vowel = word[-1:].lower() in "aeiou"
    return (word[:-1] if vowel else word) + ending


def _stems(phrases: Mapping[Phrase, Entry], endings: tuple[str, ...]) -> dict[Phrase, Entry]:
    found: dict[Phrase, Entry] = {}
    for phrase, entry in phrases.items():
        for name in entry.names:
            _also(found, _stemmed(phrase, endings), name, "inflection")
    return found


def _stemmed(words: Phrase, endings: tuple[str, ...]) -> Phrase:
    return tuple(without_ending(word, endings) for word in words)
