"""What a trend or a map shows the share of: an indicator's answers, a side, or one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.results.charts.scales import sides
from backend.results.charts.shares import Figures, Share, of_class, of_options
from backend.results.charts.wording import Words
from backend.results.frames import CLASS, INSIDE, OPTION, FigureKey
from backend.results.indicators import catalogue
from backend.results.tables import Line
from dialogue.questions import Question
from dialogue.questions.choice import Choosing, SelectMany


@dataclass(frozen=True, slots=True)
class Measure:
    """Answers of a question taken as one, with the words for them."""

    question: str
    names: tuple[str, ...]
    label: str
    whole: str = ""
    """The indicator's class that they are, if they are one."""
    prefix: str = OPTION
    """Of their rows."""

    def rows(self) -> tuple[str, ...]:
        """The rows of a table that it is read from."""
        if self.whole:
            return (CLASS + self.whole,)
        return tuple(self.prefix + name for name in self.names)

    def share(self, figures: Figures, by: str = "", group: str = "") -> Share:
        """Of all, or of a group."""
        if self.whole:
            found = of_class(figures, self.question, self.whole, by, group)
            if found.count is not None:
                return found
        return of_options(figures, self.question, self.names, by, group)


def measure(
    question: Question, lines: Sequence[Line], figures: Figures, option: str, words: Words
) -> Measure | None:
    """One answer if it is asked for; else what the question's indicator counts, the positive side
    of its scale, or the answer given most. None where there is no such answer."""
    labels = {line.name: words.best(line.label, line.name) for line in lines}
    if option:
        known = option in labels
        return _of(question, (option,), labels, words) if known else None
    if not labels:
        return None
    indicator = catalogue().get(question.indicator or "")
    single = isinstance(question, Choosing) and not isinstance(question, SelectMany)
    if indicator is not None and single:
        codes = {line.name: line.code for line in lines}
        names = tuple(name for name in labels if indicator.counts(codes[name]) == "positive")
        if names:
            return _of(question, names, labels, words, "positive")
    ordered = sides(question)
    if ordered is not None:
        return _of(question, ordered.positive, labels, words)
    return _of(question, (_most_given(question, lines, figures),), labels, words)


def _of(
    question: Question,
    names: tuple[str, ...],
    labels: dict[str, str],
    words: Words,
    whole: str = "",
) -> Measure:
    said = words.say("or").join(labels.get(name, name) for name in names)
    prefix = INSIDE if isinstance(question, SelectMany) else OPTION
    return Measure(question.name, names, said, whole, prefix)


def _most_given(question: Question, lines: Sequence[Line], figures: Figures) -> str:
    """Of those that have been made public; the first of equals."""

    def count(line: Line) -> int:
        for row in (OPTION, INSIDE):
            released = figures.get(FigureKey(question.name, row + line.name))
            if released is not None:
                return released.n
        return -1

    return max(lines, key=count).name
