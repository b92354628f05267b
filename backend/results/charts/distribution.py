"""The answers to one question: a bar an answer, to both sides where they are ordered."""

from collections.abc import Iterable, Iterator, Sequence

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
from backend.results.charts.picture import Bars, Kind, Picture, Piece, Row, Shade, Table, Tone
from backend.results.charts.scales import Sides
from backend.results.charts.shares import Share, columns, of_cell
from backend.results.report import QuestionResult, shown
from backend.results.tables import IN_WORDS, UNLISTED

Entry = tuple[str, str, Share, Shade]
"""Name, label, share, and the shade of its bar."""

LEAST_SPAN = 10.0
"""Per cent that an axis spans at least: a few per cent do not fill the picture."""


def distribution(
    result: QuestionResult, ordered: Sides | None, no_answer: Share | None, setting: Setting
) -> Picture:
    """The picture of a question's answers in all. Where it is not known who gave `no_answer`
    (None), the cells are themes, and `n` counts those who have one."""
    words = setting.words
    entries = list(_entries(result, setting))
    silent = [("", words.say("no_answer"), no_answer, Shade(Tone.SILENT))] if no_answer else []
    every = [*entries, *silent]
    shares = [share for _, _, share, _ in every]
    title = words.best(result.text, result.question)
    of = "asked" if silent else "themed"
    under = subtitle(setting, shown(result.n), (share.day for share in shares), of)
    body = _two_sided(entries, ordered, silent, setting) if ordered else _plain(every, setting)
    named = [(label, share) for _, label, share, _ in every]
    return Picture(
        kind=Kind.DISTRIBUTION,
        title=title,
        subtitle=under,
        legend=tuple(remarks(shares, setting)),
        body=body,
        foot=foot(setting),
        table=Table(
            (words.say("column_answer"), *columns(words)),
            tuple((label, *share.texts(words, setting.threshold)) for label, share in named),
        ),
        alternative=alternative(
            setting,
            Kind.DISTRIBUTION,
            title,
            under,
            named[: len(entries)],
            last=named[-1] if silent else None,
        ),
    )


def _entries(result: QuestionResult, setting: Setting) -> Iterator[Entry]:
    special = {IN_WORDS: setting.words.say("in_words"), UNLISTED: setting.words.say("unlisted")}
    for cell in result.cells:
        label = setting.words.best(cell.label, special.get(cell.name, cell.name))
        yield cell.name, label, of_cell(cell), Shade(Tone.PLAIN)


def _plain(entries: Sequence[Entry], setting: Setting) -> tuple[Bars, ...]:
    high = longest(share for _, _, share, _ in entries)
    rows = (_row(label, share, shade, 0, high, 1, setting) for _, label, share, shade in entries)
    return (Bars(tuple(rows), 0, high),)


def _two_sided(
    entries: Sequence[Entry], ordered: Sides, silent: Sequence[Entry], setting: Setting
) -> tuple[Bars, ...]:
    """From the most negative to the most positive around one middle line; the others below, from
    the left, on an axis of the same measure."""
    known = {name: (label, share) for name, label, share, _ in entries}
    facing = (*ordered.negative, *reversed(ordered.positive))
    high = longest(known[name][1] for name in facing if name in known)
    rows = []
    for name in facing:
        if name not in known:
            continue
        label, share = known[name]
        left = name in ordered.negative
        side, tone = (
            (ordered.negative, Tone.NEGATIVE) if left else (ordered.positive, Tone.POSITIVE)
        )
        shade = Shade(tone, side.index(name), len(side))
        rows.append(_row(label, share, shade, 0, 2 * high, -1 if left else 1, setting))
    apart = [
        _row(label, share, Shade(Tone.NEUTRAL), 0, 2 * high, 1, setting)
        for name, label, share, _ in entries
        if name not in facing
    ]
    apart += [
        _row(label, share, shade, 0, 2 * high, 1, setting) for _, label, share, shade in silent
    ]
    beside = [share for name, _, share, _ in (*entries, *silent) if name not in facing]
    furthest = max(2 * high, longest(beside))
    half = furthest / 2
    return Bars(tuple(rows), -half, half), Bars(tuple(apart), 0, furthest)


def _row(
    label: str, share: Share, shade: Shade, start: float, span: float, way: int, setting: Setting
) -> Row:
    value = share.short(setting.words)
    if share.count is None:
        piece = Piece(start, start + way * STUB * span, FEW_HATCH)
    elif share.percent is None:
        return Row(label, value, ())
    else:
        piece = Piece(start, start + way * share.percent, shade if share.sure else UNSURE_DOTS)
    return Row(label, value, (piece,))


def longest(shares: Iterable[Share]) -> float:
    """The largest share, in per cent: what an axis must hold."""
    return max([LEAST_SPAN, *(share.percent for share in shares if share.percent is not None)])
