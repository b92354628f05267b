"""What is drawn, by values: no library is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from backend.results.charts import by_group, ward_map
from backend.results.charts.blocks import blocks
from backend.results.charts.distribution import distribution
from backend.results.charts.elements import INNER, ticks
from backend.results.charts.frame import Setting
from backend.results.charts.lettering import BODY, SMALL, width, wrapped
from backend.results.charts.measure import Measure, measure
from backend.results.charts.palette import fill, ink_on, lightness
from backend.results.charts.picture import Bars, Kind, Line, Picture, Shade, Surface, Tone
from backend.results.charts.scales import Sides, sides
from backend.results.charts.shapes import lay, room, signed_area
from backend.results.charts.shares import Share, of_options, of_released
from backend.results.charts.trend import trend
from backend.results.charts.ward_map import Place, Steps
from backend.results.charts.wording import LANGUAGES, SPOKEN, Words
from backend.results.frames import CLASS, OPTION, FigureKey
from backend.results.publications import Released
from backend.results.report import Cell, QuestionResult
from backend.results.suppression import Figure, withheld
from backend.results.tables import Line as TableLine
from dialogue.answers.geometry import Shape, shape
from dialogue.questions.base import Option
from dialogue.questions.choice import SelectMany, SelectOne
from dialogue.questions.number import Scale

AT = datetime(2026, 11, 2, tzinfo=UTC)
SETTING = Setting(Words("en"), 10, synthetic=True)
NAMES = ("very_safe", "safe", "unsafe", "very_unsafe", "never_out")


def released(n: int, base: int | None = 100, publication: int = 1) -> Released:
    return Released(n, base, publication, AT)


def question(*names: str, indicator: str | None = None) -> SelectOne:
    options = [
        Option(str(n), name, {"en": name.replace("_", " ")}) for n, name in enumerate(names, 1)
    ]
    silent = Option("9", "dont_know", {"en": "Don't know"}, role="dont_know")
    return SelectOne(name="dark", options=(*options, silent), indicator=indicator)


def cell(name: str, n: int | None, base: int = 100) -> Cell:
    label = {"en": name.replace("_", " ")}
    if n is None:
        return Cell(name, "", label, withheld(10))
    share = of_released(released(n, base))
    return Cell(
        name, "", label, n, base, share.percent, share.low, share.high,
        "show" if share.sure else "too few answers", share.day,
    )  # fmt: skip


def result(counts: Mapping[str, int | None], base: int = 100) -> QuestionResult:
    n: Figure = base
    return QuestionResult(
        question="dark",
        type="select_one",
        text={"en": "How safe after dark?"},
        indicator=None,
        counted="options",
        n=n,
        as_of="2026-11-02",
        cells=[cell(name, count, base) for name, count in counts.items()],
        no_answer=0,
        no_answer_as_of=None,
        non_response={},
        non_response_as_of={},
    )


def ends(bars: Bars, row: int) -> list[tuple[float, float, Tone]]:
    return [(piece.start, piece.end, piece.shade.tone) for piece in bars.rows[row].pieces]


def words_of(picture: Picture) -> str:
    return " ".join(text.text for block in blocks(picture) for text in block.texts)


# --- scales ------------------------------------------------------------------------------------
def test_a_scale_has_sides_and_what_is_neither() -> None:
    found = sides(question(*NAMES))
    assert found == Sides(("very_unsafe", "unsafe"), ("very_safe", "safe"), ("never_out",))
    assert sides(question("safe", "unsafe")) == Sides(("unsafe",), ("safe",))
    assert sides(question("safe", "unsafe", "purple")) is None, "one more answer: not that scale"
    assert sides(question("safe", "very_safe")) is None, "one side only"
    many = SelectMany(name="m", options=question(*NAMES).options)
    assert sides(many) is None


def test_points_are_low_to_the_left_and_the_middle_one_apart() -> None:
    assert sides(Scale(name="s", minimum=1, maximum=5)) == Sides(("1", "2"), ("5", "4"), ("3",))
    assert sides(Scale(name="s", minimum=1, maximum=4)) == Sides(("1", "2"), ("4", "3"))
    assert sides(Scale(name="s", minimum=0, maximum=100)) is None


# --- one question ------------------------------------------------------------------------------
def test_negative_is_left_positive_right_and_the_rest_apart() -> None:
    counts = {"very_safe": 12, "safe": 30, "unsafe": 33, "very_unsafe": 11, "never_out": 10}
    made = distribution(result(counts), sides(question(*NAMES)), Share(4, 100, 4.0), SETTING)
    facing, apart = made.body
    assert isinstance(facing, Bars)
    assert isinstance(apart, Bars)
    assert [row.label for row in facing.rows] == ["very unsafe", "unsafe", "safe", "very safe"]
    assert ends(facing, 0) == [(0, -11, Tone.NEGATIVE)]
    assert ends(facing, 2) == [(0, 30, Tone.POSITIVE)]
    assert (facing.low, facing.high) == (-33, 33)
    assert [row.label for row in apart.rows] == ["never out", "No answer"]
    assert apart.high - apart.low == facing.high - facing.low, "the same measure"
    assert made.legend == ()
    assert "Highest: unsafe 33\N{NO-BREAK SPACE}% (33)." in made.alternative
    assert "Nothing is withheld." in made.alternative
    assert made.subtitle == "100 asked · as of 2026-11-02"
    assert "Synthetic data" in made.alternative


def test_what_is_withheld_is_hatched_and_keeps_its_row_everywhere() -> None:
    counts = {"very_safe": None, "safe": 40, "unsafe": 44, "very_unsafe": None, "never_out": None}
    for ordered in (sides(question(*NAMES)), None):
        made = distribution(result(counts), ordered, Share(), SETTING)
        rows = [row for body in made.body if isinstance(body, Bars) for row in body.rows]
        assert len(rows) == len(counts) + 1
        hatched = [row for row in rows if row.pieces[0].shade.tone is Tone.WITHHELD]
        assert [row.value for row in hatched] == ["withheld"] * 4
        assert "fewer than 10, or to protect so few" in made.legend[0][1]
        assert len(made.table.rows) == len(counts) + 1
        assert sum("withheld" in row[-1] for row in made.table.rows) == 4
        assert "very safe, very unsafe, never out, No answer" in made.alternative


def test_of_themes_nobody_gave_no_answer() -> None:
    made = distribution(result({"lighting": 40, "gangs": None}), None, None, SETTING)
    assert made.subtitle.startswith("100 with a theme")
    assert [row[0] for row in made.table.rows] == ["lighting", "gangs"]
    assert "No answer" not in words_of(made) + made.alternative


def test_a_share_that_is_unsure_is_told_as_a_count() -> None:
    made = distribution(result({"yes": 12, "no": 13}, base=25), None, Share(0, 25, 0.0), SETTING)
    bars = made.body[0]
    assert isinstance(bars, Bars)
    assert bars.rows[0].value == "12 / 25"
    assert bars.rows[0].pieces[0].shade.tone is Tone.UNSURE
    assert Shade(Tone.UNSURE) in [shade for shade, _ in made.legend]


def test_no_number_on_an_axis_has_a_sign() -> None:
    made = distribution(
        result({"safe": 40, "unsafe": 60}), sides(question("safe", "unsafe")), Share(), SETTING
    )
    said = words_of(made)
    assert "50\N{NO-BREAK SPACE}%" in said
    assert not {"-5", "−5", "-2", "−2"} & {word[:2] for word in said.split()}
    assert ticks(-60, 60) == [-50, 0, 50]
    assert ticks(0, 33) == [0, 10, 20, 30]


# --- groups ------------------------------------------------------------------------------------
def column(name: str, counts: Sequence[int | None], asked: int | None = 100) -> by_group.Column:
    shares = {
        option: of_released(None if n is None else released(n))
        for option, n in zip(NAMES, counts, strict=True)
    }
    return by_group.Column(name, shares, of_released(released(4)), asked, shares["safe"])


def test_groups_stack_outward_and_hatch_a_gap_where_it_is() -> None:
    ordered = sides(question(*NAMES))
    columns = [
        column("North", [10, 20, 30, 15, 21]),
        column("South", [12, None, 30, 15, None]),
        column("West", [None] * 5, asked=None),
    ]
    heading = by_group.Heading("How safe?", "area", {}, 300)
    made = by_group.groups(columns, heading, ordered, Measure("dark", ("safe",), "safe"), SETTING)
    bars = made.body[0]
    assert isinstance(bars, Bars)
    assert ends(bars, 0) == [
        (0, -30, Tone.NEGATIVE), (-30, -45, Tone.NEGATIVE),
        (0, 20, Tone.POSITIVE), (20, 30, Tone.POSITIVE),
    ]  # fmt: skip
    north, south, west = bars.rows
    assert (north.left, north.right) == ("45\N{NO-BREAK SPACE}%", "30\N{NO-BREAK SPACE}%")
    assert north.value == "25\N{NO-BREAK SPACE}% neither · 100 asked"
    assert south.right == "12\N{NO-BREAK SPACE}%+"
    assert [piece.shade.tone for piece in south.pieces[2:]] == [Tone.WITHHELD, Tone.POSITIVE]
    assert (west.left, west.right, west.value) == ("?", "?", "withheld")
    assert {piece.shade.tone for piece in west.pieces} == {Tone.WITHHELD}
    assert all(bars.low <= p.start <= bars.high for row in bars.rows for p in row.pieces)
    assert len(made.table.rows) == 3 * 6
    assert [label for _, label in made.legend][:4] == ["very_unsafe", "unsafe", "safe", "very_safe"]


def test_groups_of_one_answer() -> None:
    columns = [column("North", [10, 20, 30, 15, 21]), column("South", [None] * 5)]
    heading = by_group.Heading("How safe?", "sex", {}, 200)
    made = by_group.groups(columns, heading, None, Measure("dark", ("safe",), "Safe"), SETTING)
    bars = made.body[0]
    assert isinstance(bars, Bars)
    assert ends(bars, 0) == [(0, 20, Tone.PLAIN)]
    assert ends(bars, 1)[0][2] is Tone.WITHHELD
    assert "Safe: per cent of all who were asked" in made.foot


# --- over time ---------------------------------------------------------------------------------
def test_a_trend_has_a_gap_where_nothing_was_released() -> None:
    shares = {
        date(2026, 8, 1): of_released(released(40)),
        date(2026, 9, 1): of_released(None),
        date(2026, 11, 1): of_released(released(20)),
    }
    made = trend(shares, "month", "How safe?", Measure("dark", ("safe",), "Safe"), SETTING)
    line = made.body[0]
    assert isinstance(line, Line)
    assert [point.label.split("\n")[0] for point in line.points] == ["Aug", "Sep", "Oct", "Nov"]
    assert [point.share for point in line.points] == [40, None, None, 20]
    first = line.points[0]
    assert first.low is not None
    assert first.high is not None
    assert (round(first.low, 1), round(first.high, 1)) == (30.9, 49.8), "Wilson, 40 of 100"
    assert line.high == 50
    drawn = next(block for block in blocks(made) if block.dots)
    assert [len(run.points) for run in drawn.runs] == [1, 1], "no line over the gap"
    gap = [(box.x, box.x2) for box in drawn.boxes if "few" in box.fill]
    assert gap == [(40 + 74 + 1, 40 + 3 * 74 - 1)], "one gap of two months"
    assert "Latest: 2026-11-01 20\N{NO-BREAK SPACE}% (20)." in made.alternative
    assert "2026-09-01, 2026-10-01" in made.alternative
    assert len(made.table.rows) == 4


@pytest.mark.parametrize(("length", "labels"), [("week", ["28 Dec", "4 Jan"]), ("quarter", ["Q4"])])
def test_weeks_and_quarters(length: str, labels: list[str]) -> None:
    days = [date(2026, 12, 28), date(2027, 1, 4)] if length == "week" else [date(2026, 10, 1)]
    shares = {day: of_released(released(40)) for day in days}
    made = trend(shares, length, "?", Measure("d", ("safe",), "Safe"), SETTING)  # type: ignore[arg-type]  # a Literal
    line = made.body[0]
    assert isinstance(line, Line)
    assert [point.label.split("\n")[0] for point in line.points] == labels
    assert any("\n202" in point.label for point in line.points)


def test_an_unsure_point_is_hollow_and_has_no_number() -> None:
    shares = {date(2026, 8, 1): of_released(released(12, 24))}
    made = trend(shares, "month", "?", Measure("d", ("safe",), "Safe"), SETTING)
    line = made.body[0]
    assert isinstance(line, Line)
    assert (line.points[0].sure, line.points[0].mark) == (False, "")
    assert "Hollow: too few for a sure share" in made.foot
    assert Tone.UNSURE not in [shade.tone for shade, _ in made.legend]


def test_a_trend_of_nothing_is_a_picture_too() -> None:
    made = trend({}, "week", "How safe?", Measure("dark", ("safe",), "Safe"), SETTING)
    assert "nothing made public yet" in made.subtitle
    assert list(blocks(made))


# --- what share --------------------------------------------------------------------------------
def test_the_share_is_the_indicators_the_sides_or_the_answer_given_most() -> None:
    figures = {
        FigureKey("dark", OPTION + "a"): released(20),
        FigureKey("dark", OPTION + "b"): released(30),
        FigureKey("dark", CLASS + "positive"): released(44),
    }
    lines = [TableLine(name, str(n), {"en": name}) for n, name in enumerate(NAMES, 1)]
    words = Words("en")
    by_indicator = measure(question(*NAMES, indicator="sdg-16.1.4"), lines, figures, "", words)
    assert by_indicator is not None
    assert by_indicator.names == ("very_safe", "safe")
    assert by_indicator.share(figures).count == 44, "the class, though its options are withheld"
    by_side = measure(question(*NAMES), lines, figures, "", words)
    assert by_side is not None
    assert (by_side.label, by_side.whole) == ("very_safe or safe", "")
    plain = [TableLine(name, "", {"en": name}) for name in ("a", "b", "c")]
    most = measure(question("a", "b", "c"), plain, figures, "", words)
    assert most is not None
    assert most.names == ("b",)
    assert measure(question("a", "b"), plain, figures, "z", words) is None
    assert measure(question("a", "b"), [], figures, "", words) is None


def test_a_sum_is_of_what_was_released_together() -> None:
    figures = {
        FigureKey("dark", OPTION + "a"): released(20),
        FigureKey("dark", OPTION + "b"): released(30),
        FigureKey("dark", OPTION + "late"): released(30, 110, 2),
    }
    assert of_options(figures, "dark", ["a", "b"]).count == 50
    assert of_options(figures, "dark", ["a", "late"]).count is None
    assert of_options(figures, "dark", ["a", "gone"]).count is None
    assert of_options(figures, "dark", ["late"]).base == 110


# --- a map -------------------------------------------------------------------------------------
def square(x: float, y: float, size: float = 1.0, *, turned: bool = False) -> Shape:
    ring = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    found = shape(((tuple(reversed(ring) if turned else ring),),))
    assert found is not None
    return found


HEADING = ward_map.Heading("How safe?", "Safe: per cent", counts=False, asked=400)


def mapped(*places: Place, heading: ward_map.Heading = HEADING) -> Picture:
    return ward_map.ward_map(places, heading, SETTING)


def known(n: int) -> Share:
    return of_released(released(n))


def test_no_area_vanishes() -> None:
    made = mapped(
        Place("A", "Hill", known(40), square(0, 0)),
        Place("B", "Vale", Share(), square(1, 0)),
        Place("C", "Dunes", known(20), None),
        Place("D", "Reeds", of_released(released(5, 12)), square(0, 1)),
    )
    surface, listing = made.body
    assert isinstance(surface, Surface)
    tones = [patch.shade.tone for patch in surface.patches]
    assert sorted(tones) == [Tone.STEP, Tone.UNSURE, Tone.WITHHELD]
    assert not isinstance(listing, Bars | Line | Surface)
    assert [left for left, _ in listing.lines] == ["A  Hill", "C  Dunes", "D  Reeds", "B  Vale"]
    assert "Without a shape on the map: Dunes" in made.foot
    assert {"fewer than 10, or to protect so few" in text for _, text in made.legend} == {
        True,
        False,
    }
    assert [row[0] for row in made.table.rows] == ["A", "B", "C", "D"]
    assert "Vale (B)" in made.alternative


def test_of_a_map_without_any_shape_the_areas_are_listed() -> None:
    made = mapped(Place("A", "Hill", known(40), None), Place("B", "Vale", Share(), None))
    assert [body.type for body in made.body] == ["listing"]


def test_an_area_with_its_settlements_stands_for_one_that_is_withheld() -> None:
    def places(own: Share, inside: Share) -> Picture:
        whole = shape((*square(0, 0, 2).polygons, *square(0.5, 0.5, 0.5).polygons))
        return mapped(
            Place("A", "Hill", own, square(0, 0, 2)),
            Place("B", "Camp", inside, square(0.5, 0.5, 0.5)),
            Place("A+", "Hill", known(30), whole, ("A", "B")),
        )

    hidden = places(Share(), Share()).body[0]
    assert isinstance(hidden, Surface)
    assert [patch.marks[:1] for patch in hidden.patches] == [("A+",), ("B",)], "B lies on A+"
    assert hidden.patches[1].shade.tone is Tone.WITHHELD
    apart = places(known(40), known(20))
    assert isinstance(apart.body[0], Surface)
    assert [patch.marks[:1] for patch in apart.body[0].patches] == [("A",), ("B",)]
    assert "A+" not in [row[0] for row in apart.table.rows], "it tells nothing more"
    partly = places(known(40), Share())
    assert isinstance(partly.body[0], Surface)
    assert [patch.marks[:1] for patch in partly.body[0].patches] == [("A",), ("B",)]


@pytest.mark.parametrize("turned", [False, True])
def test_every_point_is_in_the_frame_whichever_way_a_ring_runs(turned: bool) -> None:
    hole = square(0.3, 0.3, 0.4, turned=turned).polygons[0][0]
    holed = shape(((square(0, 0, turned=turned).polygons[0][0], hole),))
    assert holed is not None
    speck = square(30.0, 20.0, 0.001, turned=turned)
    laid = lay({"A": holed, "B": square(24.0, -9.0, 3, turned=not turned), "C": speck})
    assert len(laid.polygons["A"][0]) == 2
    for polygons in laid.polygons.values():
        for polygon in polygons:
            assert signed_area(polygon[0]) > 0
            assert all(signed_area(ring) < 0 for ring in polygon[1:])
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert all(0 <= x <= laid.width and 0 <= y <= laid.height for x, y in ring)
    assert laid.width == INNER


def test_north_is_up_and_words_stand_inside() -> None:
    laid = lay({"south": square(0, -36), "north": square(0, -35)})
    assert laid.polygons["north"][0][0][0][1] < laid.polygons["south"][0][0][0][1]
    corner = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (8.0, 9.0), (8.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    bent = shape(((corner,),))
    assert bent is not None
    (x, y), wide = room(lay({"L": bent}).polygons["L"])
    inside = shape(lay({"L": bent}).polygons["L"])
    assert inside is not None
    assert inside.holds((x, y))
    assert wide > 20


@pytest.mark.parametrize(
    "values", [[3.0], [0.0, 100.0], [12.0, 47.5, 33.0], [99.5, 100.0], [7.0, 2300.0, 51.0]]
)
def test_steps_are_few_round_and_hold_every_value(values: list[float]) -> None:
    steps = Steps(values)
    assert 1 <= steps.n <= 5
    for value in values:
        low, high = steps.bounds(steps.place(value))
        assert low <= value <= high
    assert Steps([56.0, 62.3], 5, 100).bounds(0) == (55, 60)
    shades = [lightness(fill(steps.shade(step))) for step in range(steps.n)]
    assert all(lower > higher for lower, higher in pairwise(shades)), "the highest is darkest"


def test_counts_on_a_map_are_sure() -> None:
    heading = replace(HEADING, counts=True, about="How many")
    made = mapped(
        Place("A", "Hill", of_released(released(12, 400)), square(0, 0)),
        Place("B", "Vale", Share(), square(1, 0)),
        heading=heading,
    )
    surface = made.body[0]
    assert isinstance(surface, Surface)
    assert surface.patches[0].marks == ("A", "12")
    assert Tone.UNSURE not in [shade.tone for shade, _ in made.legend]


# --- words, colours, room ----------------------------------------------------------------------
def test_both_languages_say_the_same_things() -> None:
    assert set(SPOKEN) == set(LANGUAGES)
    assert SPOKEN["en"].keys() == SPOKEN["es"].keys()
    for name, text in SPOKEN["en"].items():
        blanks = [part.split("}")[0] for part in text.split("{")[1:]]
        assert sorted(blanks) == sorted(
            part.split("}")[0] for part in SPOKEN["es"][name].split("{")[1:]
        ), name


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""

    def luminance(colour: str) -> float:
        parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("of", [2, 3, 4, 5])
def test_words_on_every_step_can_be_read_and_shades_differ_in_grey(of: int) -> None:
    for tone in (Tone.STEP, Tone.NEGATIVE, Tone.POSITIVE):
        shades = [Shade(tone, place, of) for place in range(of)]
        greys = [lightness(fill(shade)) for shade in shades]
        assert all(lighter - darker > 0.08 for darker, lighter in pairwise(greys))
        if tone is Tone.STEP:
            assert all(contrast(ink_on(shade), fill(shade)) >= 4.5 for shade in shades)


def test_lines_break_within_their_room() -> None:
    text = "How safe do you feel walking alone in your area/neighbourhood after dark? " * 3
    for line in wrapped(text, INNER, BODY, most=3):
        assert width(line, BODY) <= INNER
    assert wrapped("a" * 500, INNER, SMALL)[0].endswith("…")


def test_no_letter_is_smaller_than_twelve_pixels() -> None:
    counts = {"very_safe": 12, "safe": 30, "unsafe": 33, "very_unsafe": 11, "never_out": None}
    made = distribution(result(counts), sides(question(*NAMES)), Share(), SETTING)
    assert min(text.size for block in blocks(made) for text in block.texts) >= 12


def test_the_digest_is_of_what_is_seen() -> None:
    made = distribution(result({"a": 20}), None, Share(), SETTING)
    again = distribution(result({"a": 20}), None, Share(), SETTING)
    other = distribution(result({"a": 21}), None, Share(), SETTING)
    assert made.digest() == again.digest() != other.digest()
    assert made.kind is Kind.DISTRIBUTION
