"""One row a group: both sides of an ordered question, or the share of one answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.results.charts.distribution import longest
from backend.results.charts.frame import (
    FEW_HATCH,
    STUB,
    UNSURE_DOTS,
    Setting,
    alternative,
    foot,
    remarks,
    subtitle,
)
from backend.results.charts.measure import Measure
from backend.results.charts.picture import Bars, Kind, Picture, Piece, Row, Shade, Table, Tone
from backend.results.charts.scales import Sides
from backend.results.charts.shares import Share, columns
from backend.results.charts.wording import Words


@dataclass(frozen=True, slots=True)
class Column:
    """A group: its name, its shares by answer, those of no answer, and how many were asked. Where
    not the whole scale is drawn, `one` is the share that is."""

    name: str
    shares: dict[str, Share]
    silent: Share
    asked: int | None
    one: Share


@dataclass(frozen=True, slots=True)
class Heading:
    """What is asked, and by what it is grouped; the labels of the answers."""

    title: str
    by: str
    labels: dict[str, str]
    asked: int | None


def groups(
    columns_: Sequence[Column],
    heading: Heading,
    ordered: Sides | None,
    measured: Measure,
    setting: Setting,
) -> Picture:
    """The picture of a question by groups: with `ordered` both sides, else one share a group."""
    words = setting.words
    grouped_by = words.say("by", by=words.known(heading.by))
    days = [share.day for column in columns_ for share in (*column.shares.values(), column.one)]
    under = f"{grouped_by} · {subtitle(setting, heading.asked, days)}"
    named = [(column.name, column.one) for column in columns_]
    notes: list[tuple[Shade, str]]
    if ordered:
        bars, notes = _two_sided(columns_, ordered, setting), _legend(heading, ordered)
        drawn = [
            column.shares.get(name, Share()) for column in columns_ for name in _facing(ordered)
        ]
        notes += [note for note in remarks(drawn, setting) if note[0] == FEW_HATCH]
    else:
        bars, notes = _single(columns_, setting), remarks((c.one for c in columns_), setting)
    about = words.say("share_of", what=measured.label)
    table = _table(columns_, heading, setting) if ordered else _short(columns_, setting)
    return Picture(
        kind=Kind.GROUPS,
        title=heading.title,
        subtitle=under,
        legend=tuple(notes),
        body=(bars,),
        foot=foot(setting, *(() if ordered else (about,))),
        table=table,
        alternative=alternative(setting, Kind.GROUPS, heading.title, f"{under}. {about}", named),
    )


def _facing(ordered: Sides) -> tuple[str, ...]:
    return (*ordered.negative, *reversed(ordered.positive))


def _legend(heading: Heading, ordered: Sides) -> list[tuple[Shade, str]]:
    """From left to right, as the bars are."""
    entries = [
        (Shade(Tone.NEGATIVE, place, len(ordered.negative)), name)
        for place, name in enumerate(ordered.negative)
    ]
    entries += [
        (Shade(Tone.POSITIVE, place, len(ordered.positive)), name)
        for place, name in reversed(list(enumerate(ordered.positive)))
    ]
    return [(shade, heading.labels.get(name, name)) for shade, name in entries]


def _two_sided(columns_: Sequence[Column], ordered: Sides, setting: Setting) -> Bars:
    sums = [_sum(c, side) for c in columns_ for side in (ordered.negative, ordered.positive)]
    half = longest(Share(percent=total) for total, _ in sums) * (1 + STUB)
    stub = STUB / 2 * half
    rows = []
    for column in columns_:
        left = _side(column, ordered.negative, Tone.NEGATIVE, -1, stub)
        right = _side(column, ordered.positive, Tone.POSITIVE, 1, stub)
        rows.append(
            Row(
                column.name,
                _beside(column, ordered, setting),
                (*left, *right),
                _end(column, ordered.negative, setting.words),
                _end(column, ordered.positive, setting.words),
            )
        )
    return Bars(tuple(rows), -half, half)


def _side(column: Column, names: Sequence[str], tone: Tone, way: int, stub: float) -> list[Piece]:
    """From the middle outward, innermost first; what is withheld is hatched in its place."""
    at, pieces = 0.0, []
    for place, name in reversed(list(enumerate(names))):
        percent = column.shares.get(name, Share()).percent
        end = at + way * (stub if percent is None else percent)
        shade = FEW_HATCH if percent is None else Shade(tone, place, len(names))
        pieces.append(Piece(at, end, shade))
        at = end
    return pieces


def _sum(column: Column, names: Sequence[str]) -> tuple[float, bool]:
    """What is known of a side, in per cent, and whether something of it is not."""
    found = [column.shares.get(name, Share()).percent for name in names]
    known = [percent for percent in found if percent is not None]
    return sum(known), len(known) < len(found)


def _end(column: Column, names: Sequence[str], words: Words) -> str:
    """A side's sum; with a plus if there is more that is withheld."""
    total, more = _sum(column, names)
    if not total:
        return "?" if more else words.percent(0)
    return words.percent(total) + ("+" if more else "")


def _beside(column: Column, ordered: Sides, setting: Setting) -> str:
    """How many were asked, and how many of them are on neither side, where all of that is known."""
    words = setting.words
    if column.asked is None:
        return words.say("few")
    said = words.say("asked", n=words.number(column.asked))
    apart = [column.shares.get(name, Share()).percent for name in ordered.apart]
    known = [one for one in (*apart, column.silent.percent) if one is not None]
    if len(known) < len(apart) + 1:
        return said
    return f"{words.say('neither', share=words.percent(sum(known)))} · {said}"


def _single(columns_: Sequence[Column], setting: Setting) -> Bars:
    high = longest(column.one for column in columns_)
    rows = []
    for column in columns_:
        share = column.one
        value = share.short(setting.words)
        if share.count is None:
            pieces: tuple[Piece, ...] = (Piece(0, STUB * high, FEW_HATCH),)
        elif share.percent is None:
            pieces = ()
        else:
            shade = Shade(Tone.PLAIN) if share.sure else UNSURE_DOTS
            pieces = (Piece(0, share.percent, shade),)
        rows.append(Row(column.name, value, pieces))
    return Bars(tuple(rows), 0, high)


def _table(columns_: Sequence[Column], heading: Heading, setting: Setting) -> Table:
    words = setting.words
    rows = [
        (column.name, label, *share.texts(words, setting.threshold))
        for column in columns_
        for label, share in (
            *((heading.labels.get(name, name), share) for name, share in column.shares.items()),
            (words.say("no_answer"), column.silent),
        )
    ]
    head = (words.say("column_group"), words.say("column_answer"), *columns(words))
    return Table(head, tuple(rows))


def _short(columns_: Sequence[Column], setting: Setting) -> Table:
    words = setting.words
    return Table(
        (words.say("column_group"), *columns(words)),
        tuple((c.name, *c.one.texts(words, setting.threshold)) for c in columns_),
    )
