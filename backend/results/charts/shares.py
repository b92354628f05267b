"""A figure as a share of those asked, and whether it is sure enough to be said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.results.charts.wording import Words
from backend.results.frames import CLASS, INSIDE, NONE, OPTION, FigureKey
from backend.results.intervals import wilson
from backend.results.presentation import Verdict, present
from backend.results.publications import Released
from backend.results.report import Cell, shown

Figures = Mapping[FigureKey, Released]


@dataclass(frozen=True, slots=True)
class Share:
    """Of how many (`base`) how many (`count`) said it, in per cent with a 95 % Wilson interval. All
    None where it is withheld; the share where its base is not known together with it."""

    count: int | None = None
    base: int | None = None
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    sure: bool = True
    day: str | None = None

    def texts(self, words: Words, threshold: int) -> tuple[str, ...]:
        """As the last cells of a table's row: count, asked, per cent, interval, day, remark."""
        if self.count is None:
            return ("", "", "", "", "", words.say("withheld", threshold=threshold))
        share = "" if self.percent is None else f"{self.percent:.1f}"
        around = ""
        if self.low is not None and self.high is not None:
            around = words.say("to", low=f"{self.low:.1f}", high=f"{self.high:.1f}")
        return (
            str(self.count),
            "" if self.base is None else str(self.base),
            share,
            around,
            self.day or "",
            "" if self.sure else words.say("unsure"),
        )

    def short(self, words: Words) -> str:
        """In a few words, for a picture. A share that is unsure is told as the count it is of."""
        if self.count is None:
            return words.say("few")
        if self.percent is None or not self.sure:
            return counted(words, self.count, self.base)
        return f"{words.percent(self.percent)} ({words.number(self.count)})"


WITHHELD = Share()


def columns(words: Words) -> tuple[str, ...]:
    """Over `Share.texts`."""
    names = ("count", "asked", "share", "interval", "as_of", "remark")
    return tuple(words.say(f"column_{name}") for name in names)


def counted(words: Words, count: int, base: int | None) -> str:
    """So many, of so many where that is known."""
    return words.number(count) + ("" if base is None else f" / {words.number(base)}")


def of_cell(cell: Cell) -> Share:
    """A cell's share."""
    sure = cell.presentation in (None, Verdict.SHOW.value)
    count = shown(cell.count)
    return Share(count, cell.base, cell.percent, cell.low, cell.high, sure, cell.as_of)


def of_released(released: Released | None) -> Share:
    """A figure's share."""
    if released is None:
        return WITHHELD
    n, base, day = released.n, released.base, released.at.date().isoformat()
    if not base or not 0 <= n <= base:
        return Share(n, day=day)
    around = wilson(n, base)
    sure = present(n / base, base).shown
    return Share(n, base, 100 * n / base, 100 * around.low, 100 * around.high, sure, day)


def silent(figures: Figures, question: str, by: str = "", group: str = "") -> Share:
    """Those who were asked and gave no answer."""
    return of_released(figures.get(FigureKey(question, NONE, by, group)))


def of_options(
    figures: Figures, question: str, names: Sequence[str], by: str = "", group: str = ""
) -> Share:
    """Those who gave one of these answers: an indicator's class where that is what it counts, else
    the sum, if all were made public together."""
    return of_released(_together(figures, question, names, by, group))


def _together(
    figures: Figures, question: str, names: Sequence[str], by: str, group: str
) -> Released | None:
    def find(row: str) -> Released | None:
        return figures.get(FigureKey(question, row, by, group))

    if len(names) == 1:
        return find(OPTION + names[0]) or find(INSIDE + names[0])
    found = [find(OPTION + name) for name in names]
    parts = [one for one in found if one is not None]
    if not names or len(parts) < len(found):
        return None
    if len({(one.publication, one.base) for one in parts}) > 1:
        return None
    first = parts[0]
    return Released(sum(one.n for one in parts), first.base, first.publication, first.at)


def of_class(figures: Figures, question: str, name: str, by: str = "", group: str = "") -> Share:
    """Those who gave an answer of an indicator's class."""
    return of_released(figures.get(FigureKey(question, CLASS + name, by, group)))
