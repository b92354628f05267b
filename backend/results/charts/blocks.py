"""A picture as rectangles, lines, shapes and words in pixels: what is left is to draw them."""

from collections.abc import Iterator, Sequence

from backend.results.charts.elements import INNER, Block, Box, Stroke, Text, tick_text, ticks
from backend.results.charts.lettering import BODY, SMALL, TITLE, clipped, flowing, width, wrapped
from backend.results.charts.palette import (
    GRID,
    OUTLINE,
    PAPER,
    QUIET_INK,
    fill,
    ink_on,
)
from backend.results.charts.picture import (
    Bars,
    Body,
    Line,
    Listing,
    Picture,
    Row,
    Shade,
    Surface,
    Tone,
)
from backend.results.charts.timeline import timeline


def blocks(picture: Picture) -> Iterator[Block]:
    """A picture from top to bottom, without what is empty."""
    every = (_head(picture), _legend(picture.legend), *map(_body, picture.body), _foot(picture))
    yield from (block for block in every if block.height)


def _body(body: Body) -> Block:
    match body:
        case Bars():
            return _bars(body)
        case Line():
            return timeline(body)
        case Surface():
            return _surface(body)
        case Listing():
            return _listing(body)


# --- words around ------------------------------------------------------------------------------
def _head(picture: Picture) -> Block:
    block = Block()
    for line in wrapped(picture.title, INNER, TITLE, bold=True):
        block.texts.append(Text(0, block.height + 10, line, TITLE, bold=True))
        block.height += 20
    _paragraph(block, picture.subtitle)
    return block


def _foot(picture: Picture) -> Block:
    block = Block()
    for line in picture.foot:
        _paragraph(block, line)
    return block


def _paragraph(block: Block, text: str) -> None:
    for line in wrapped(text, INNER, SMALL):
        block.texts.append(Text(0, block.height + 9, line, SMALL, QUIET_INK))
        block.height += 16


SWATCH, GAP, ENTRY = 16, 12, 18


def _legend(entries: Sequence[tuple[Shade, str]]) -> Block:
    texts = [clipped(text, INNER - SWATCH - 6, SMALL) for _, text in entries]
    widths = [SWATCH + 5 + width(text, SMALL) for text in texts]
    block = Block()
    for (shade, _), text, (x, line) in zip(
        entries, texts, flowing(widths, INNER, GAP), strict=True
    ):
        y = line * ENTRY
        block.boxes.append(Box(x, y + 3, x + SWATCH, y + 15, fill(shade), outlined=True))
        block.texts.append(Text(x + SWATCH + 5, y + 9, text))
        block.height = y + ENTRY
    return block


# --- bars --------------------------------------------------------------------------------------
ROW, BAR = 40, 15
"""Heights of a row, and of the bar in it under its words."""

ENDS = 44
"""Room for the numbers beside a bar."""

AXIS = 20


def _bars(bars: Bars) -> Block:
    ends = ENDS if any(row.left or row.right for row in bars.rows) else 0
    span = (bars.high - bars.low) or 1.0

    def x(share: float) -> float:
        return round(ends + (share - bars.low) / span * (INNER - 2 * ends), 1)

    block = Block(height=len(bars.rows) * ROW + AXIS)
    bottom = len(bars.rows) * ROW
    for tick in ticks(bars.low, bars.high):
        colour = OUTLINE if tick == 0 else GRID
        block.strokes.append(Stroke(x(tick), 0, x(tick), bottom, colour))
        block.texts.append(tick_text(x(tick), bottom + 10, tick))
    for n, row in enumerate(bars.rows):
        _row(block, row, n * ROW)
        for piece in row.pieces:
            left, right = sorted((x(piece.start), x(piece.end)))
            top = n * ROW + 20
            shape = Box(left, top, right, top + BAR, fill(piece.shade), outlined=True)
            block.boxes.append(shape)
    return block


def _row(block: Block, row: Row, y: float) -> None:
    room = INNER - width(row.value, SMALL) - 8
    label = clipped(row.label, room, BODY)
    block.texts.append(Text(0, y + 11, label, BODY, halo=True))
    block.texts.append(Text(INNER, y + 11, row.value, SMALL, align="right", halo=True))
    middle = y + 20 + BAR / 2
    if row.left:
        block.texts.append(Text(ENDS - 6, middle, row.left, SMALL, align="right"))
    if row.right:
        block.texts.append(Text(INNER - ENDS + 6, middle, row.right, SMALL))


# --- a map -------------------------------------------------------------------------------------
def _surface(surface: Surface) -> Block:
    block = Block(height=surface.height, surface=surface)
    for patch in surface.patches:
        colour = ink_on(patch.shade)
        patterned = patch.shade.tone in (Tone.WITHHELD, Tone.UNSURE)
        x, y = patch.at
        for n, mark in enumerate(patch.marks):
            line = y + (n - (len(patch.marks) - 1) / 2) * 15
            if patterned:
                half = width(mark, SMALL) / 2 + 2
                block.boxes.append(Box(x - half, line - 8, x + half, line + 8, PAPER))
            block.texts.append(Text(x, line, mark, SMALL, colour, "center"))
    return block


def _listing(listing: Listing) -> Block:
    block = Block()
    for left, right in listing.lines:
        room = INNER - width(right, SMALL) - 8
        block.texts.append(Text(0, block.height + 9, clipped(left, room, SMALL), SMALL))
        block.texts.append(Text(INNER, block.height + 9, right, SMALL, align="right"))
        block.height += 18
    return block
