"""Questions with options: one, several, an order, yes or no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import ClassVar

from dialogue.answers.choices import match
from dialogue.answers.found import NOTHING, Match, same_code
from dialogue.answers.lexicon import Asked, lexicon
from dialogue.answers.normalise import fold
from dialogue.answers.several import Several, several
from dialogue.answers.tokens import tokens
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import Ambiguous, Answered, NotUnderstood, Outcome, OutOfRange
from dialogue.questions.base import Option, Question, Reading, polite

WHOLE = frozenset({"code", "label", "synonym", "polite", "position", "code and label", "band"})
"""Rules by which an option goes before a don't know or a refusal in the words of a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing(Question):
    """Reads one option; the base of all questions with options. `rest` are those not offered now,
    while others are asked back: whoever plainly means one of them still does."""

    rest: tuple[Option, ...] = ()

    kind: ClassVar[str] = ""

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        found = self.seek(reply.said, reading)
        if found.sure and found.rule in WHOLE:
            return None
        outcome = super(Choosing, self).special(reply, reading)
        # "no estoy seguro" is not sure, or not safe: where a label is in it, who knows.
        return None if self.names_in(reply.said, reading) else outcome

    def names_in(self, text: str, reading: Reading) -> bool:
        """Whether one of the words is by itself the label of an option that is no special one."""
        known = lexicon(self.options, reading.languages)
        plain = {o.name for o in self.options if o.role is None}
        entries = (known.option((word,)) for word in tokens(fold(text)).words)
        return any(entry is not None and plain & set(entry.names) for entry in entries)

    def by_role(self, role: str) -> Outcome | None:
        named = [o for o in self.options if o.role == role]
        return Answered(self.value(named[:1]), role) if named else None

    def value(self, chosen: Sequence[Option]) -> str | tuple[str, ...]:
        """The answer's value for what was chosen."""
        return chosen[0].name

    def seek(self, text: str, reading: Reading) -> Match:
        """What a reply comes to among the options, as sure as it is."""
        if self.rest:
            every = with_yes_and_no((*self.options, *self.rest), reading)
            found = match(text, every, reading.languages)
            if found.sure and found.rule == "label":
                return found
        return match(text, with_yes_and_no(self.options, reading), reading.languages)

    def find(self, text: str, reading: Reading) -> tuple[tuple[str, ...], str]:
        """Names of the options the text may mean, and the rule: one name is sure, several are
        candidates, none is nothing or nothing sure."""
        found = self.seek(text, reading)
        return (found.names, found.rule) if found.sure or len(found.names) > 1 else ((), "")

    def tapped(self, reply: Reply) -> Match:
        """The option whose button was tapped."""
        codes = [o.name for o in self.options if same_code(o.code, reply.choice or "")]
        return Match(tuple(codes), "code", sure=True) if len(codes) == 1 else NOTHING

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        found = self.tapped(reply)
        found = found if found.sure else self.seek(reply.said, reading)
        if found.sure:
            return Answered(found.names[0], found.rule)
        if found.number is not None:
            return OutOfRange("no_such_number", (("number", found.number),))
        names = found.names
        if len(names) == 1 and {"yes", "no"} == {o.name for o in self.options if o.role is None}:
            names = ("yes", "no")  # "Did you mean No?" is answered by yes and by no
        return Ambiguous(self.codes(names)) if names else NotUnderstood()

    def codes(self, names: Sequence[str]) -> tuple[str, ...]:
        """The printed numbers of options, in the order printed."""
        return tuple(o.code for o in self.options if o.name in names)

    def confirmed(self, reply: Reply, reading: Reading) -> Outcome | None:
        every = with_yes_and_no((*self.options, *self.rest), reading)
        own = match(reply.said, every, reading.languages)
        if own.sure and own.rule in ("label", "synonym"):
            return None  # one of the question's own answers: "no" where that is an option
        said = polite(reply.said, reading)
        if reading.says("yes", said):
            return Answered(self.value(self.options), "confirmed")
        return NotUnderstood() if reading.says("no", said) else None

    def narrowed(self, candidates: tuple[str, ...]) -> Question:
        kept = tuple(o for o in self.options if o.code in candidates)
        rest = tuple(o for o in self.options if o not in kept)
        return replace(self, options=kept, rest=rest) if kept else self


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectOne(Choosing):
    """One option. The answer's value is its name."""

    kind: ClassVar[str] = "select_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class YesNo(Choosing):
    """Yes or no, as options named `yes` and `no`; the survey file need not list them."""

    kind: ClassVar[str] = "yes_no"

    def choices(self, locale: Locale) -> tuple[Choice, ...]:
        return tuple(
            Choice(o.code, o.label.get(locale.code) or locale.say(o.name)) for o in self.options
        )


def with_yes_and_no(options: Sequence[Option], reading: Reading) -> tuple[Option, ...]:
    """The options; a plain yes and a plain no among them with every word of the languages."""
    return _with_yes_and_no(OptionsAsked(tuple(options), Asked.of(options, reading.languages)))


@dataclass(frozen=True, slots=True)
class OptionsAsked:
    """Options as such, beside what tells them apart."""

    options: tuple[Option, ...] = field(compare=False)
    asked: Asked


@lru_cache(maxsize=1000)
def _with_yes_and_no(of: OptionsAsked) -> tuple[Option, ...]:
    options, languages = of.options, of.asked.languages
    plain = {key: _plain(options, key, languages[0]) for key in ("yes", "no")}
    if not (plain["yes"] and plain["no"]):
        return options
    return tuple(
        _also_said(option, key, languages)
        if (key := next((k for k, name in plain.items() if name == option.name), None))
        else option
        for option in options
    )


def _plain(options: Sequence[Option], key: str, locale: Locale) -> str | None:
    """The name of the one option that is a plain yes (or no), by its name or its label."""
    named = [o.name for o in options if o.name == key]
    names = named or [o.name for o in options if _is_plain(o, key, locale)]
    return names[0] if len(names) == 1 else None


def _is_plain(option: Option, key: str, locale: Locale) -> bool:
    label = option.label.get(locale.code, "")
    return bool(label) and locale.words.says(key, fold(label))


def _also_said(option: Option, key: str, languages: Sequence[Locale]) -> Option:
    synonyms: Mapping[str, tuple[str, ...]] = {
        lo.code: (*option.synonyms.get(lo.code, ()), *lo.words.replies.get(key, ()))
        for lo in languages
    }
    labels = {lo.code: lo.say(key) for lo in languages} | {
        k: v for k, v in option.label.items() if v
    }
    return replace(option, label=labels, synonyms={**option.synonyms, **synonyms})


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectMany(Choosing):
    """Several options. The value is the tuple of their names in the order printed."""

    kind: ClassVar[str] = "select_many"
    ordered: ClassVar[bool] = False

    def hint(self) -> str | None:
        return "several_hint"

    def value(self, chosen: Sequence[Option]) -> tuple[str, ...]:
        return tuple(option.name for option in chosen)

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        if self.several(reply, reading).sure:
            return None
        return Question.special(self, reply, reading)

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        found = self.several(reply, reading)
        if not found.sure:
            # Asking only for the doubtful part would lose what else was chosen.
            understood = ", ".join(self.codes(found.names))
            if found.number is not None:
                return OutOfRange("no_such_number", (("number", found.number),))
            if understood:
                return NotUnderstood("several_unclear", (("options", understood),))
            return NotUnderstood()
        chosen = [self.option(name) for name in found.names]
        if not self.ordered:
            chosen.sort(key=self.options.index)
        return self.limits(chosen, reading) or Answered(self.value(chosen), found.rule)

    def several(self, reply: Reply, reading: Reading) -> Several:
        """The options that a reply lists."""
        tapped = self.tapped(reply)
        if tapped.sure:
            return Several(tapped.names, "codes", sure=True)
        return several(reply.said, self.options, reading.languages, ordered=self.ordered)

    def option(self, name: str) -> Option:
        """The option of that name."""
        return next(o for o in self.options if o.name == name)

    def limits(self, chosen: Sequence[Option], reading: Reading) -> Outcome | None:
        """Why this selection is not allowed, if it is not."""
        lone = [o for o in chosen if o.role in ("none", "dont_know", "refused")]
        if lone and len(chosen) > 1:
            label = lone[0].label.get(reading.locale.code, lone[0].name)
            return OutOfRange("not_with_others", (("option", label),))
        if self.maximum is not None and len(chosen) > self.maximum:
            return OutOfRange("too_many", (("most", int(self.maximum)),))
        least = self.least()
        if len(chosen) < least and not lone:
            return OutOfRange("too_few", (("least", least),))
        return None

    def least(self) -> int:
        """The fewest options that count as an answer."""
        return int(self.minimum or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank(SelectMany):
    """All options (or at least `minimum`) in the resident's order."""

    kind: ClassVar[str] = "rank"
    ordered: ClassVar[bool] = True

    def hint(self) -> str | None:
        return "rank_hint"

    def least(self) -> int:
        ranked = [o for o in self.options if o.role is None]
        return int(self.minimum or len(ranked))
