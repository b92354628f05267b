"""Which language a text is in, of those we have profiles of: data in, `Guess` out.

langdetect is the engine, with profiles of our own and an exact sum where it draws n-grams by
chance: a text of three words has too few of them to draw from, and a guess must not change from
one day to the next. Its module-level functions are never called: they are neither repeatable nor
safe in threads. The score and its constants were measured on texts of 1–15 words
(`benchmarks/language.py` says how well it does): half a bigram, one trigram, two whole words, each
the logarithm of its smoothed share, divided by a temperature that makes the probabilities honest.

The profiles are counts of n-grams and words (`bot/profiles/`, attribution in NOTICE). Languages
that no city of ours speaks stand among them, so that a text in one of those is not taken for one
of ours.
"""

import json
import math
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from langdetect.detector import Detector
from langdetect.detector_factory import DetectorFactory

from bot.names import without_names
from bot.store import Guesser
from dialogue import languages
from dialogue.answers.normalise import clean
from dialogue.desk import Desk
from dialogue.events import Guess
from dialogue.locale import Words
from dialogue.memory import Conversation

PROFILES = Path(__file__).resolve().parent / "profiles"

LONGEST = 160
"""Characters looked at: more of them change no guess."""

TEMPERATURE = 6.0
SMOOTHING = 0.1
WEIGHTS = (0.5, 1.0, 2.0)
"""Of a bigram, a trigram, a whole word."""

ELSEWHERE = 1e-3
"""Prior of a language that the city does not speak, against 1 for each that it does."""

SPOKEN = 0.9
"""Prior of the language that the conversation is in; the city's others share the rest."""

FIRST = 3.0
"""How much likelier a city's first language is: "my man" is both English and Afrikaans."""

HINT = 3.0
"""How much likelier the language of the channel's hint is: of the app, so not always of its
owner."""

LISTED, LISTED_IN_ENGLISH = 5.0, 2.0
"""What a word adds that a language lists (yes, no, help, hello …), instead of its letters: beside
five other languages one such word alone makes 0.97. What English lists is sent in all of them."""

LISTED_KEYS = ("yes", "no", "dont_know", "refused", "padding", "greetings", "today", "yesterday")

STRANGE_WORDS = 4
STRANGE_SHARE = 0.4
STRANGE_TRIGRAM = -8.0
"""A text of so many words, fewer than this share of them known, whose trigrams are so unlikely in
its best language, is in none of ours: true of 30 in 36 texts in German, Dutch, Italian, Turkish,
Indonesian and Somali, and of none of 197 in ours (`tests/bot/languages`)."""

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_PARTS = re.compile("['-]")
_REPEATED = re.compile(r"(.)\1{2,}")
_NO_WORDS = ("#", "@", "www.")


def words_of(text: str) -> list[str]:
    """Its words in small letters, "heeeelp" as "heelp"; no addresses, tags and numbers."""
    seen = clean(text[:LONGEST]).split()
    kept = (t for t in seen if not ("://" in t or "@" in t or t.startswith(_NO_WORDS)))
    return _WORD.findall(_REPEATED.sub(r"\1\1", " ".join(kept).lower()))


def is_latin(words: Iterable[str]) -> bool:
    """Whether most letters are of the Latin alphabet, the one that all our profiles are in."""
    letters = "".join(words)
    latin = sum(letter < "\u0250" or "\u1e00" <= letter < "\u1f00" for letter in letters)
    return 2 * latin > len(letters)


_Score = tuple[int, float]
"""A language's index and what a feature adds to its score."""
_Entry = tuple[_Score, ...]


# langdetect has no types, so what is made of its classes has none to check either.
class _Factory(DetectorFactory):  # type: ignore[misc]
    """All profiles as one table for each kind of feature: what a feature adds to the score of each
    language that has it, on top of the floor that it adds to any. Equal entries are one object,
    which halves the memory."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: tuple[dict[str, _Entry], ...] = ({}, {}, {})
        self.floors: list[list[float]] = [[], [], []]
        self.listed: dict[str, _Entry] = {}
        self._entries: dict[_Entry, _Entry] = {}
        self._scores: dict[tuple[int, int, int], _Score] = {}
        self._counts: list[list[tuple[Mapping[str, int], int]]] = [[], [], []]

    def add_profile(self, profile: Any, index: int, langsize: int) -> None:
        """langdetect calls it with each profile that it reads."""
        self.langlist.append(profile.name)
        for kind, length in enumerate((2, 3)):
            counts = {gram: n for gram, n in profile.freq.items() if len(gram) == length}
            self._counts[kind].append((counts, profile.n_words[length - 1]))

    def add_words(self, counts: Mapping[str, int], total: int) -> None:
        """The words of the next profile."""
        self._counts[2].append((counts, total))

    def add_listed(self, words: Mapping[str, Set[str]]) -> None:
        """Words that people send, by language."""
        for index, code in enumerate(self.langlist):
            for word in words.get(code, ()):
                score = LISTED_IN_ENGLISH if word in words.get("en", ()) else LISTED
                self.listed[word] = (*self.listed.get(word, ()), (index, score))

    def finish(self) -> None:
        """Makes the tables; nothing changes after it."""
        for kind, (weight, table) in enumerate(zip(WEIGHTS, self.tables, strict=True)):
            for index, (counts, _) in enumerate(self._counts[kind]):
                for feature, count in counts.items():
                    entry = (*table.get(feature, ()), self._score(kind, index, count))
                    table[feature] = self._entries.setdefault(entry, entry)
            for _, total in self._counts[kind]:
                share = SMOOTHING / (total + SMOOTHING * len(table))
                self.floors[kind].append(weight * math.log(share) / TEMPERATURE)
        self._counts, self._entries, self._scores = [], {}, {}

    def _score(self, kind: int, index: int, count: int) -> _Score:
        if (kind, index, count) not in self._scores:
            score = WEIGHTS[kind] * math.log1p(count / SMOOTHING) / TEMPERATURE
            self._scores[kind, index, count] = (index, score)
        return self._scores[kind, index, count]

    def _create_detector(self) -> "_Detector":
        return _Detector(self)


class _Detector(Detector):  # type: ignore[misc]
    """One text. Sums over all its features instead of drawing some."""

    def __init__(self, factory: _Factory) -> None:
        super().__init__(factory)
        self.factory = factory
        self.words: list[str] = []

    def append(self, text: str) -> None:
        self.words += words_of(text)

    def _detect_block(self) -> None:
        scores = [math.log(prior) for prior in self._init_probability()]
        found = [0, 0, 0]
        for word in self.words:
            for index, score in self.factory.listed.get(word, ()):
                scores[index] += score
        for kind, feature in self._features():
            entry = self.factory.tables[kind].get(feature)
            if entry is None:  # in no language: says nothing
                continue
            found[kind] += 1
            for index, score in entry:
                scores[index] += score
        for count, floors in zip(found, self.factory.floors, strict=True):
            for index, floor in enumerate(floors):
                scores[index] += count * floor
        highest = max(scores)
        shares = [math.exp(score - highest) for score in scores]
        total = sum(shares)
        self.langprob = [share / total for share in shares]

    def _features(self) -> Iterator[tuple[int, str]]:
        for word in self.words:
            if word in self.factory.listed:
                continue
            yield 2, word
            for part in _PARTS.split(word):
                edged = f" {part} "
                for start in range(len(edged) - 2):
                    yield 0, edged[start : start + 2]
                    yield 1, edged[start : start + 3]
                yield 0, edged[-2:]

    def is_strange(self, language: str) -> bool:
        """Whether it is in none of our languages after all, this being its best."""
        index = self.langlist.index(language)
        if len(self.words) < STRANGE_WORDS:
            return False
        known = sum(
            word in self.factory.listed or self._has(2, word, index) > 0 for word in self.words
        )
        if known >= STRANGE_SHARE * len(self.words):
            return False
        trigrams = [feature for kind, feature in self._features() if kind == 1]
        gained = sum(self._has(1, trigram, index) for trigram in trigrams)
        mean: float = self.factory.floors[1][index] + gained / len(trigrams)
        return mean * TEMPERATURE < STRANGE_TRIGRAM

    def _has(self, kind: int, feature: str, index: int) -> float:
        entry = self.factory.tables[kind].get(feature, ())
        return dict(entry).get(index, 0.0)


class LanguageGuesser:
    """Guesses languages. The profiles are read when the first text is looked at, once, whichever
    thread it is on; after that nothing changes, so any number of threads may ask.

    `words` are those people send, by language: they count more than the profiles' own. `names` of
    people, folded, tell nothing.
    """

    def __init__(
        self,
        words: Mapping[str, Words],
        folder: Path = PROFILES,
        names: Set[str] = frozenset(),
    ) -> None:
        self._words, self._folder, self._names = words, folder, names
        self._lock = threading.Lock()
        self._factory: _Factory | None = None

    def guess(
        self,
        text: str,
        languages: Sequence[str],
        spoken: str | None = None,
        hint: str | None = None,
    ) -> Guess | None:
        """The likeliest language of a text by someone of a city that speaks `languages`; None where
        it has no words or is in a language that we have no profile of.

        `spoken` is the language that the conversation is in, `hint` what the channel told of its
        reader. The guess may be a language that the city does not speak.
        """
        factory = self._loaded()
        detector = factory.create()
        detector.append(without_names(text[:LONGEST], self._names, factory.listed.keys()))
        if not detector.words or not is_latin(detector.words):
            return None
        detector.set_prior_map(_priors(detector.langlist, languages, spoken, hint))
        best = next(iter(detector.get_probabilities()), None)
        if best is None or detector.is_strange(best.lang):
            return None
        return Guess(best.lang, best.prob)

    def _loaded(self) -> _Factory:
        with self._lock:
            if self._factory is None:
                self._factory = self._load()
            return self._factory

    def _load(self) -> _Factory:
        factory = _Factory()
        paths = sorted(self._folder.glob("*.ngram.json"))
        factory.load_json_profile([path.read_text(encoding="utf-8") for path in paths])
        for code in factory.langlist:
            profile = json.loads((self._folder / f"{code}.words.json").read_text(encoding="utf-8"))
            factory.add_words(profile["words"], profile["total"])
        factory.add_listed({code: _listed(words) for code, words in self._words.items()})
        factory.finish()
        return factory


def guess_of(
    guesser: Guesser | None,
    desk: Desk,
    conversation: Conversation,
    text: str,
    hint: str | None = None,
) -> Guess | None:
    """A guess at what a contact wrote, if it could matter and there is somebody to make one."""
    if guesser is None or not languages.is_telling(desk, conversation, text):
        return None
    spoken = None if conversation.locale_unsure else conversation.locale
    return guesser.guess(text, desk.city.languages, spoken, hint)


def _listed(words: Words) -> set[str]:
    said = [*words.commands.values(), *(words.replies.get(key, ()) for key in LISTED_KEYS)]
    found = (words_of(phrase) for phrases in said for phrase in phrases)
    return {phrase[0] for phrase in found if len(phrase) == 1 and len(phrase[0]) > 1}


def _priors(
    known: Iterable[str], languages: Sequence[str], spoken: str | None, hint: str | None
) -> Mapping[str, float]:
    """How likely each language is before the text is looked at."""
    priors = {code: 1.0 if code in languages else ELSEWHERE for code in known}
    if spoken is None and languages[0] in priors:
        priors[languages[0]] = FIRST
    if spoken in priors and len(languages) > 1:
        others = (1 - SPOKEN) / (len(languages) - 1)
        priors = {code: prior * others for code, prior in priors.items()}
        priors[spoken] = SPOKEN
    if hint in priors:
        priors[hint] *= HINT
    return priors
