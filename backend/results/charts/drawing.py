"""Draws pictures with altair and vl-convert: the only module that imports them.

A program of its own (`python -m backend.results.charts.drawing`): pictures in JSON, one a line,
come in; for each a line with its SVG and PNG goes out. vl-convert keeps the interpreter to itself
while it draws (1.4 s for the first picture), which in the worker would keep every turn waiting.
"""

import json
import os
import sys
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict
from io import BytesIO
from itertools import groupby
from typing import Any, TextIO
from xml.sax.saxutils import escape

import altair as alt
import vl_convert
from PIL import Image
from pydantic import TypeAdapter

from backend.results.charts.blocks import blocks
from backend.results.charts.elements import INNER, PADDING, Block, Box, Dot, Run, Stroke, Text
from backend.results.charts.lettering import FONTS
from backend.results.charts.palette import INK, OUTLINE, PAPER, PATTERNS, fill
from backend.results.charts.picture import Picture, Shade, Surface, Tone

PICTURE = TypeAdapter(Picture)
CHAT_WIDTH = 800
"""Pixels of a PNG; its proportions are those of the page, so it is as legible on a telephone."""

COLOURS = 256

QUIET = 10
"""How much drawing yields to everything else on the machine (nice)."""

_DATA: Any = alt.Data
"""It takes whatever a mark needs."""


# --- a picture ---------------------------------------------------------------------------------
def draw(picture: Picture) -> tuple[str, bytes]:
    """A picture as SVG and as PNG."""
    chart = alt.vconcat(*map(_block, blocks(picture)), spacing=8)
    plain = chart.configure(font=FONTS, aria=False, view=alt.ViewConfig(stroke=None))
    spec = plain.properties(padding=PADDING, background=PAPER).to_dict()
    svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    svg = _told(svg, picture)
    return svg, _small(vl_convert.svg_to_png(svg, scale=CHAT_WIDTH / _width(svg)))


def _small(png: bytes) -> bytes:
    """The same with a palette and well packed: a tenth of the bytes."""
    with Image.open(BytesIO(png)) as drawn:
        few = drawn.convert("RGB").quantize(
            COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    packed = BytesIO()
    few.save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _width(svg: str) -> float:
    """As drawn: a line at the edge may add a pixel."""
    return float(svg.split('width="', 1)[1].split('"', 1)[0])


def _told(svg: str, picture: Picture) -> str:
    """With its name and words for who does not see it, and its patterns."""
    head, rest = svg.split(">", 1)
    words = f"<title>{escape(picture.title)}</title><desc>{escape(picture.alternative)}</desc>"
    return f'{head} role="img">{words}{PATTERNS}{rest}'


def _block(block: Block) -> Any:
    layers: list[Any] = []
    if block.surface is not None:
        layers.append(_map(block.surface))
    layers += _strokes(block.strokes)
    layers += _bands(block.runs)
    layers += _boxes(block.boxes)
    layers += _dots(block.dots)
    layers += _texts(block.texts)
    return alt.layer(*layers).properties(width=INNER, height=max(block.height, 1))


# --- its parts: everything stands where `blocks` put it, in pixels ------------------------------
def _chart(rows: Sequence[Box | Dot | Text | Stroke | dict[str, Any]]) -> Any:
    values = [row if isinstance(row, dict) else asdict(row) for row in rows]
    return alt.Chart(_DATA(values=values))


def _x(name: str = "x") -> Any:
    return alt.X(f"{name}:Q", scale=None, axis=None)


def _y(name: str = "y") -> Any:
    return alt.Y(f"{name}:Q", scale=None, axis=None)


def _boxes(boxes: Sequence[Box]) -> list[Any]:
    if not boxes:
        return []
    colour = alt.Fill("fill:N", scale=None)
    return [
        _chart(group)
        .mark_rect(stroke=OUTLINE if outlined else None, strokeWidth=1)
        .encode(x=_x(), x2="x2:Q", y=_y(), y2="y2:Q", fill=colour)
        for outlined in (False, True)
        if (group := [box for box in boxes if box.outlined is outlined])
    ]


def _strokes(strokes: Sequence[Stroke]) -> list[Any]:
    if not strokes:
        return []
    colour = alt.Stroke("colour:N", scale=None)
    rule = _chart(strokes).mark_rule(strokeWidth=1)
    return [rule.encode(x=_x(), x2="x2:Q", y=_y(), y2="y2:Q", stroke=colour)]


def _texts(texts: Sequence[Text]) -> list[Any]:
    """A layer for each style; a halo is the same words in the paper's colour underneath."""

    def style(text: Text) -> tuple[str, bool, int]:
        return text.align, text.bold, text.size

    layers = []
    for (align, bold, size), of_style in groupby(sorted(texts, key=style), style):
        words = list(of_style)
        mark = {
            "align": align,
            "baseline": "middle",
            "fontSize": size,
            "fontWeight": "bold" if bold else "normal",
        }
        haloed = [text for text in words if text.halo]
        if haloed:
            under = _chart(haloed).mark_text(**mark, stroke=PAPER, strokeWidth=4, fill=PAPER)
            layers.append(under.encode(x=_x(), y=_y(), text="text:N"))
        colour = alt.Fill("colour:N", scale=None)
        layers.append(
            _chart(words).mark_text(**mark).encode(x=_x(), y=_y(), text="text:N", fill=colour)
        )
    return layers


def _bands(runs: Sequence[Run]) -> list[Any]:
    rows = [
        {"run": n, "x": x, "y": y, "low": low, "high": high}
        for n, run in enumerate(runs)
        for x, y, low, high in run.points
    ]
    if not rows:
        return []
    around = fill(Shade(Tone.POSITIVE, 1, 2))
    alone = [
        {"x": x, "low": low, "high": high}
        for run in runs
        if len(run.points) == 1
        for x, _, low, high in run.points
    ]
    band = _chart(rows).mark_area(color=around, opacity=1, line=False)
    line = _chart(rows).mark_line(color=fill(Shade(Tone.POSITIVE, 0, 2)), strokeWidth=2)
    layers = [
        band.encode(x=_x(), y=_y("low"), y2="high:Q", detail="run:N"),
        line.encode(x=_x(), y=_y(), detail="run:N"),
    ]
    if alone:  # a single point's band has no width of its own
        bar = _chart(alone).mark_rule(color=around, strokeWidth=6)
        layers.insert(0, bar.encode(x=_x(), y=_y("low"), y2="high:Q"))
    return layers


def _dots(dots: Sequence[Dot]) -> list[Any]:
    dark = fill(Shade(Tone.POSITIVE, 0, 2))
    return [
        _chart(group)
        .mark_circle(size=46, fill=PAPER if hollow else dark, stroke=dark, strokeWidth=2, opacity=1)
        .encode(x=_x(), y=_y())
        for hollow in (False, True)
        if (group := [dot for dot in dots if dot.hollow is hollow])
    ]


def _map(surface: Surface) -> Any:
    """Pixels already: nothing is projected, and no ring is taken for the rest of the globe."""
    features = [
        {
            "type": "Feature",
            "properties": {"fill": fill(patch.shade)},
            "geometry": {"type": "MultiPolygon", "coordinates": patch.polygons},
        }
        for patch in surface.patches
    ]
    shapes = alt.Chart(_DATA(values=features)).mark_geoshape(stroke=INK, strokeWidth=1)
    placed = shapes.encode(fill=alt.Fill("properties.fill:N", scale=None))
    return placed.project(type="identity", scale=1, translate=[0, 0])


# --- the program -------------------------------------------------------------------------------
def main(pictures: TextIO, drawn: TextIO) -> None:
    """Draws each picture as it comes; a fault in one is told in its place."""
    for line in pictures:
        try:
            svg, png = draw(PICTURE.validate_json(line))
            answer = {"svg": svg, "png": b64encode(png).decode()}
        except Exception as error:
            answer = {"fault": type(error).__name__}
        drawn.write(json.dumps(answer) + "\n")
        drawn.flush()


if __name__ == "__main__":
    os.nice(QUIET)
    main(sys.stdin, sys.stdout)
