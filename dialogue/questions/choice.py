"""Questions with options: one, several, an order, yes or no."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from dialogue.answers.choices import is_doubtful, match, strip_padding
from dialogue.answers.normalise import clean, fold, fold_word
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.messages import Choice
from dialogue.outcomes import Ambiguous, Answered, NotUnderstood, Outcome, OutOfRange
from dialogue.questions.base import Option, Question, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing(Question):
    """Reads one option; the base of all questions with options."""

    kind: ClassVar[str] = ""

    def special(self, reply: Reply, reading: Reading) -> Outcome | None:
        if self.find(reply.said, reading)[0]:
            return None
        return super(Choosing, self).special(reply, reading)

    def by_role(self, role: str) -> Outcome | None:
        named = [o for o in self.options if o.role == role]
        return Answered(self.value(named[:1]), role) if named else None

    def value(self, chosen: Sequence[Option]) -> str | tuple[str, ...]:
        """The answer's value for what was chosen."""
        return chosen[0].name

    def find(self, text: str, reading: Reading) -> tuple[tuple[str, ...], str]:
        """Names of the options the text may mean, and the rule."""
        locales = (reading.locale.code, *(o.code for o in reading.others))
        padding = reading.locale.words.replies.get("padding", ())
        return match(text, self.options, locales, padding)

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        names, rule = self.find(reply.said, reading)
        if len(names) == 1:
            return Answered(names[0], rule)
        return Ambiguous(self.codes(names)) if names else NotUnderstood()

    def codes(self, names: Sequence[str]) -> tuple[str, ...]:
        """The printed numbers of options, in the order printed."""
        return tuple(o.code for o in self.options if o.name in names)

    def narrowed(self, candidates: tuple[str, ...]) -> Question:
        kept = tuple(o for o in self.options if o.code in candidates)
        return replace(self, options=kept) if kept else self


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

    def find(self, text: str, reading: Reading) -> tuple[tuple[str, ...], str]:
        if is_doubtful(text):
            return (), ""
        said = fold(text)
        for name in ("yes", "no"):
            if reading.says(name, said):
                return (name,), "yes or no"
        return super(YesNo, self).find(text, reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectMany(Choosing):
    """Several options. The value is the tuple of their names in the order printed."""

    kind: ClassVar[str] = "select_many"
    ordered: ClassVar[bool] = False

    def hint(self) -> str | None:
        return "several_hint"

    def value(self, chosen: Sequence[Option]) -> tuple[str, ...]:
        return tuple(option.name for option in chosen)

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        names: list[str] = []
        for piece in self.pieces(reply.said, reading):
            found, _ = self.find(piece, reading)
            if len(found) != 1:
                # Asking only for this piece would lose what else was chosen.
                return NotUnderstood()
            names += [name for name in found if name not in names]
        chosen = [self.option(name) for name in names]
        if not self.ordered:
            chosen.sort(key=self.options.index)
        return self.limits(chosen, reading) or Answered(self.value(chosen), "list")

    def option(self, name: str) -> Option:
        """The option of that name."""
        return next(o for o in self.options if o.name == name)

    def pieces(self, text: str, reading: Reading) -> list[str]:
        """The single answers of a list, split as far as only one reading is possible."""
        text = strip_padding(fold(text), reading.locale.words.replies.get("padding", ()))
        if self.find(text, reading)[0]:
            return [text]
        words = reading.locale.words.replies.get("and", ())
        ands = "|".join(re.escape(fold_word(word)) for word in words)
        parts = re.split(rf"[,;/+&]|\b(?:{ands})\b" if ands else r"[,;/+&]", text)
        parts = [part for part in map(clean, parts) if part]
        return [word for part in parts for word in self.words_of(part, reading)]

    def words_of(self, part: str, reading: Reading) -> list[str]:
        """A part as one label, as words each an option, or as glued single digits ("13")."""
        words = part.split()
        if len(words) > 1 and not self.find(part, reading)[0]:
            return words
        known = {o.code for o in self.options}
        glued = part.isdigit() and part not in known and len(set(part)) == len(part)
        return list(part) if glued and set(part) <= known else [part]

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
