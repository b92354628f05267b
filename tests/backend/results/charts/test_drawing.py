"""Pictures as they are really drawn."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image, ImageChops

from backend.results.charts.distribution import distribution
from backend.results.charts.palette import fill
from backend.results.charts.picture import (
    Bars,
    Kind,
    Line,
    Listing,
    Patch,
    Picture,
    Piece,
    Point,
    Row,
    Shade,
    Surface,
    Table,
    Tone,
)
from backend.results.charts.rendering import (
    LIBRARIES,
    NotDrawnError,
    drawing_process,
    drawn_by,
    installed,
)
from backend.results.charts.shares import Share
from tests.backend.results.charts.test_pictures import SETTING, result, square
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(
    not installed(), reason="pictures need more libraries: pip install 'imbizo[charts]'"
)
LETTERS = "Mañana, café · Ngiphephe ŝ š · ê ô"
SQUARE = ((40.0, 40.0), (120.0, 40.0), (120.0, 120.0), (40.0, 120.0), (40.0, 40.0))
WITHHELD = Shade(Tone.WITHHELD)


def picture(*body: Any, title: str = "Synthetic?", foot: tuple[str, ...] = ()) -> Picture:
    legend = ((WITHHELD, "withheld (fewer than 10)"),)
    table = Table(("Answer",), (("a",),))
    return Picture(Kind.MAP, title, "100 asked", legend, body, foot, table, "In <words> & more.")


def draw(made: Picture) -> tuple[str, Image.Image]:
    from backend.results.charts.drawing import draw

    svg, png = draw(made)
    assert len(png) < 300_000
    image = Image.open(io.BytesIO(png)).convert("L")
    assert image.width == 800
    return svg, image


def dark(image: Image.Image) -> int:
    """Pixels that something is drawn on."""
    return sum(image.histogram()[:128])


def every_kind() -> Iterator[Picture]:
    row = Row("Very unsafe", "20 % (12)", (Piece(0, -20, Shade(Tone.NEGATIVE, 0, 2)),), "20 %", "?")
    yield picture(Bars((row, Row("Safe", "withheld", (Piece(0, 5, WITHHELD),))), -30, 30))
    points = (Point("Jan\n2026", 20, 10, 30, "20 %"), Point("Feb"), Point("Mar", 25, 15, 35))
    yield picture(Line(points, 40))
    yield picture(
        Surface((Patch(((SQUARE,),), WITHHELD, ("W1",), (80, 80)),), 336, 160),
        Listing((("W1  Hill", "withheld"),)),
    )
    yield distribution(result({"safe": 40, "gone": None}), None, Share(), SETTING)


def test_every_kind_is_drawn_hatched_where_withheld_and_no_wider_than_a_telephone() -> None:
    for made in every_kind():
        svg, image = draw(made)
        assert 'fill="url(#imbizo-few)"' in svg
        box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
        assert box is not None
        assert 360 <= int(box[1]) <= 364
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)]
        assert min(sizes) >= 12
        assert dark(image) > 1000


def test_a_picture_has_its_words_for_who_does_not_see_it() -> None:
    svg, _ = draw(next(every_kind()))
    assert svg.startswith("<svg ")
    assert ' role="img"><title>Synthetic?</title>' in svg
    assert "<desc>In &lt;words&gt; &amp; more.</desc>" in svg
    assert svg.count("<script") == svg.count("http://") - svg.count("http://www.w3.org/") == 0


def test_letters_of_our_languages_are_drawn_on_any_machine() -> None:
    """A font without a letter draws an empty box for it, the same for every such letter."""
    _, without = draw(picture(title=""))
    _, with_words = draw(picture(title=LETTERS))
    assert dark(with_words) > dark(without) + 1000
    seen = []
    for letter in "ñéšŝêô":
        _, image = draw(picture(title=letter * 6))
        assert dark(image) > dark(without)
        seen.append(image)
    box = draw(picture(title="\ue000" * 6))[1]  # a letter that no font has
    for n, image in enumerate(seen):
        for other in (box, *seen[:n]):
            assert image.size != other.size or ImageChops.difference(image, other).getbbox()


def test_an_area_fills_its_own_place_whichever_way_its_ring_runs() -> None:
    shade = Shade(Tone.STEP, 0, 2)
    for ring in (SQUARE, tuple(reversed(SQUARE))):
        _, image = draw(picture(Surface((Patch(((ring,),), shade),), 336, 160)))
        area = (80 / 360 * 800) ** 2
        assert 0.9 * area < sum(image.histogram()[:80]) < 1.25 * area, (
            "and not the rest of the globe"
        )


def test_a_small_png_keeps_its_colours() -> None:
    from backend.results.charts.drawing import draw

    shades = [Shade(Tone.STEP, place, 5) for place in range(5)]
    shades += [Shade(Tone.NEGATIVE, 0, 2), Shade(Tone.NEGATIVE, 1, 2), Shade(Tone.PLAIN)]
    rows = tuple(Row(f"Row {n}", "", (Piece(0, 50, shade),)) for n, shade in enumerate(shades))
    _, png = draw(picture(Bars(rows, 0, 100)))
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    found = drawn.getcolors(1 << 24)
    assert found is not None
    for colour in map(fill, shades):
        wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
        near = [
            n
            for n, is_ in found
            if isinstance(is_, tuple)
            and max(abs(a - b) for a, b in zip(is_, wanted, strict=True)) < 3
        ]
        assert sum(near) > 1000, colour


def test_a_map_of_true_shapes() -> None:
    from backend.results.charts.shapes import lay

    laid = lay({"A": square(24, -36), "B": square(25, -36, turned=True)})
    patches = tuple(Patch(laid.polygons[code], Shade(Tone.STEP, 0, 2)) for code in "AB")
    _, image = draw(picture(Surface(patches, laid.width, laid.height)))
    whole = laid.width * laid.height * (800 / 360) ** 2
    assert 0.85 * whole < sum(image.histogram()[:80]) < 1.1 * whole


async def test_a_process_draws_and_ends_with_its_block() -> None:
    async with drawing_process() as process:
        for made in every_kind():
            svg, png = await drawn_by(process, made)
            assert svg.startswith("<svg ")
            assert png.startswith(b"\x89PNG")
        assert process.returncode is None
    assert process.returncode is not None


async def test_a_process_that_dies_is_told() -> None:
    async with drawing_process() as process:
        process.kill()
        with pytest.raises(NotDrawnError, match="process ended"):
            await drawn_by(process, picture())


def test_a_fault_in_one_picture_is_told_in_its_place() -> None:
    from backend.results.charts.drawing import main

    drawn = io.StringIO()
    main(io.StringIO('{"kind": "nonsense"}\n'), drawn)
    assert json.loads(drawn.getvalue()) == {"fault": "ValidationError"}


def test_web_and_worker_load_none_of_it() -> None:
    program = (
        "import sys, backend.app, backend.worker, backend.cli, backend.api;"
        f"print([name for name in {LIBRARIES} if name in sys.modules])"
    )
    asked = [sys.executable, "-c", program]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
