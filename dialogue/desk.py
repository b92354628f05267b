"""What a conversation can turn to: the city, its languages, its surveys."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo

from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.normalise import fold, fold_word
from dialogue.answers.places import Area
from dialogue.danger import DangerList, Weights
from dialogue.leaving import Leaving
from dialogue.locale import Locale
from dialogue.shuffling import as_shown
from dialogue.survey import Session, Survey


@dataclass(frozen=True, slots=True)
class Helpline:
    """A number people can call, with where it was found and when it was last checked."""

    kind: str
    number: str
    hours: str = ""
    source: str = ""
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class City:
    """What the dialogue needs to know of a city. `zone` is its `timezone`, read from the system's
    data where the city is made. `drop_disclosures`: what people tell of violence is deleted at
    once instead of after a short time."""

    slug: str
    name: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    minimum_age: int
    safe_word: str
    responsible: str
    regulator: str
    helplines: tuple[Helpline, ...]
    text_days: int = 30
    picture_days: int = 90
    drop_disclosures: bool = False
    zone: tzinfo = UTC

    def today(self, now: datetime) -> date:
        """The date of its residents."""
        return now.astimezone(self.zone).date()

    def is_safe_word(self, text: str) -> bool:
        """Whether the whole message is the city's safe word."""
        return bool(self.safe_word) and fold(text) == fold_word(self.safe_word)

    def helpline(self, *kinds: str) -> str | None:
        """The number of the first of these kinds that the city has a helpline of."""
        found = {helpline.kind: helpline.number for helpline in reversed(self.helplines)}
        return next((found[kind] for kind in kinds if kind in found), None)

    def number(self, kind: str) -> str:
        """The first helpline of a kind; the emergency number where the city has none."""
        for helpline in self.helplines:
            if helpline.kind == kind:
                return helpline.number
        return self.number("emergency") if kind != "emergency" else "112"


@dataclass(frozen=True, slots=True)
class Desk:
    """A city at one moment. `surveys` are the current ones in the order offered (the first to a
    stranger); `pinned` are those and all earlier versions that a session may still run on. Without
    `weights` a text that no list knows is not looked at again."""

    city: City
    locales: Mapping[str, Locale]
    surveys: tuple[Survey, ...]
    areas: tuple[Area, ...] = ()
    pinned: Mapping[tuple[str, int], Survey] = field(default_factory=dict)
    commands: Mapping[str, str] = field(init=False)
    polite: tuple[str, ...] = field(init=False)
    leaving: Leaving = field(init=False)
    around_leaving: tuple[str, ...] = field(init=False)
    language_names: Mapping[str, str] = field(init=False)
    keywords: Mapping[str, Survey] = field(init=False)
    gazetteer: Gazetteer = field(init=False)
    takes_concerns: bool = False
    dangers: tuple[DangerList, ...] = field(init=False)
    weights: Weights | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "commands", _commands(self.city, self.locales))
        object.__setattr__(self, "polite", _polite(self.locales))
        spoken = [locale.words for locale in self.locales.values()]
        object.__setattr__(self, "leaving", Leaving.of(spoken))
        around = {fold(word) for words in spoken for word in words.around_opt_out}
        object.__setattr__(self, "around_leaving", _longest_first({*around, *self.polite}))
        object.__setattr__(self, "language_names", _language_names(self.city, self.locales))
        keywords = {fold_word(word): s for s in reversed(self.surveys) for word in s.keywords}
        object.__setattr__(self, "keywords", keywords)
        lists = [self.locales[code].words.places for code in self.city.languages]
        object.__setattr__(self, "gazetteer", Gazetteer(self.areas, self.city.name, lists))
        dangers = (locale.danger for locale in self.locales.values())
        object.__setattr__(self, "dangers", tuple(one for one in dangers if one is not None))

    def locale(self, code: str | None) -> Locale:
        """The locale of that code if the city speaks it, else the city's first."""
        known = code if code in self.city.languages else self.city.languages[0]
        return self.locales[known]

    def others(self, locale: Locale) -> tuple[Locale, ...]:
        """The languages a reply in this one may be in as well: the city's others, and English."""
        codes = dict.fromkeys((*self.city.languages, *(c for c in ("en",) if c in self.locales)))
        return tuple(self.locales[code] for code in codes if code != locale.code)

    def survey_locale(self, survey: Survey, code: str | None) -> Locale:
        """The language a survey is held in: the contact's, else one of the city's."""
        return self.locales[survey.locale_for(self.locale(code).code, *self.city.languages)]

    def survey(self, slug: str) -> Survey | None:
        """The current version of a survey."""
        return next((s for s in self.surveys if s.slug == slug), None)

    def version(self, slug: str, version: int) -> Survey | None:
        """The version a session is pinned to."""
        return self.pinned.get((slug, version)) or next(
            (s for s in self.surveys if (s.slug, s.version) == (slug, version)), None
        )

    def survey_of(self, session: Session | None) -> Survey | None:
        """The version that a session is pinned to, its options as they were shown."""
        survey = self.version(session.survey, session.version) if session else None
        return as_shown(survey, session) if survey and session else None


def _commands(city: City, locales: Mapping[str, Locale]) -> dict[str, str]:
    """Folded word to command. Words of every locale count (STOP is STOP everywhere); where two
    locales disagree, which `checks` reports, the city's own languages win, and STOP over all."""
    order = sorted(locales, key=lambda code: code in city.languages)
    found = {
        fold_word(word): command
        for code in order
        for command, words in locales[code].words.commands.items()
        for word in words
    }
    stops = {fold_word(w): "stop" for lo in locales.values() for w in lo.words.commands["stop"]}
    return found | stops


def _polite(locales: Mapping[str, Locale]) -> tuple[str, ...]:
    """Words that may stand around a command, folded, the longest first."""
    words = {
        fold_word(word) for locale in locales.values() for word in locale.words.around_commands
    }
    return _longest_first(words)


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _language_names(city: City, locales: Mapping[str, Locale]) -> dict[str, str]:
    names: dict[str, str] = {}
    for code in city.languages:
        own = locales[code].words
        others = [lo.words.also_called.get(code, ()) for lo in locales.values()]
        for word in (*own.names, own.name, *(w for words in others for w in words)):
            names.setdefault(fold_word(word), code)
    return names
