"""A language as data: its phrases and the words people send in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dialogue.answers.normalise import fold
from dialogue.answers.number_words import Numerals
from dialogue.answers.tokens import word_tokens
from dialogue.danger import DangerList
from dialogue.danger.patterns import Pattern

COMMAND_KEYS = (
    "stop", "start", "help", "language", "back", "skip", "my_data", "delete_me", "link",
)  # fmt: skip
"""Commands whose words a locale lists; the key in capitals is the placeholder in phrases."""

POLITE = ("padding", "before_number", "units")
"""Lists of replies whose words may stand around a number."""

MARK_KEYS = (
    *(
        "dont_know",
        "refused",
        "neither",
        "weak_negators",
        "hedges",
        "but",
        "except",
        "only",
        "because",
    ),
    *("no", "yes", "elsewhere", "all", "none"),
    *("negators", "between", "or", "question", "greeting", "thanks", "noise"),
    *("very", "position", "last", "or_more", "or_less", "over", "under", "and", "to", "units"),
    *("padding", "filler", "before_number"),
)
"""Lists of words by which a reply is told apart; a phrase in two of them belongs to the first.
`filler` says as little as `padding`, but does not stand around numbers and places."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words people send in one language, as listed in `locales/<code>/words.toml`.

    Every tuple keeps the file's order: the first command word is the one we print. `opt_out` are
    sentences that ask to be left alone (`dialogue.opting_out`), `opt_out_idle` those that do so
    only while nothing is asked, `around_opt_out` what may stand around one.
    """

    version: str
    name: str
    names: tuple[str, ...]
    also_called: Mapping[str, tuple[str, ...]]
    commands: Mapping[str, tuple[str, ...]]
    start_when_out: tuple[str, ...]
    around_commands: tuple[str, ...]
    replies: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numerals: Numerals = field(default_factory=Numerals)
    opt_out: tuple[Pattern, ...] = ()
    opt_out_idle: tuple[Pattern, ...] = ()
    around_opt_out: tuple[str, ...] = ()
    folded: Mapping[str, frozenset[str]] = field(init=False)
    polite: frozenset[str] = field(init=False)
    marks: Mapping[tuple[str, ...], str] = field(init=False)

    def __post_init__(self) -> None:
        folded = {key: frozenset(map(fold, words)) for key, words in self.replies.items()}
        object.__setattr__(self, "folded", folded)
        around = (word for key in POLITE for words in folded.get(key, ()) for word in words.split())
        object.__setattr__(self, "polite", frozenset(around))
        object.__setattr__(self, "marks", _marks(self.replies))

    def says(self, key: str, folded_text: str) -> bool:
        """Whether the whole folded text is one of the replies listed under `key`."""
        return folded_text in self.folded.get(key, frozenset())


def _marks(replies: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The list that a phrase (as its words) is in."""
    found: dict[tuple[str, ...], str] = {}
    for key in MARK_KEYS:
        for phrase in replies.get(key, ()):
            found.setdefault(word_tokens(phrase), "padding" if key == "filler" else key)
    found.pop((), None)
    return found


@dataclass(frozen=True, slots=True)
class Locale:
    """One language: `phrases` by name (see `phrases.PHRASES`), its words.

    `drafts` names the phrases that no native speaker has reviewed yet. `danger` lists what people
    write in danger.
    """

    code: str
    phrases: Mapping[str, str]
    words: Words
    drafts: frozenset[str] = frozenset()
    danger: DangerList | None = None

    def say(self, phrase: str, **values: object) -> str:
        """The phrase in this language, its placeholders and command words filled in."""
        commands = {key.upper(): words[0] for key, words in self.words.commands.items()}
        return self.phrases[phrase].format_map({**commands, **values})
