"""A city's areas on a map: a share of each, or how many. An area of too few answers is hatched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.results.charts.frame import Setting, alternative, foot, remarks, subtitle
from backend.results.charts.picture import (
    Body,
    Kind,
    Listing,
    Patch,
    Picture,
    Shade,
    Surface,
    Table,
    Tone,
)
from backend.results.charts.shapes import Laid, lay, room, surface
from backend.results.charts.shares import Share, columns
from backend.results.charts.wording import Words
from dialogue.answers.geometry import Shape

MOST_STEPS = 5
LEAST_STEP = 5
"""Per cent that a shade spans at least: less would show differences that are none."""

MOST_LISTED = 30
"""Areas named under the map; of more there is only the table."""

LETTER, LINE = 7.0, 15.0
"""Pixels that a letter and a line take."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area; or one with the settlements in it, which are then in `of`: its code ends in +."""

    code: str
    name: str
    share: Share
    shape: Shape | None
    of: tuple[str, ...] = ()

    @property
    def own(self) -> str:
        """Its code without the mark."""
        return self.code.removesuffix("+") if self.of else self.code


@dataclass(frozen=True, slots=True)
class Heading:
    """What the map shows: counts, or shares of an answer (`about`)."""

    title: str
    about: str
    counts: bool
    asked: int | None


def ward_map(places: Sequence[Place], heading: Heading, setting: Setting) -> Picture:
    """The picture. Every place is in it: as a patch, or by name under it."""
    words = setting.words
    shown = _shown(places)
    values = {p.code: v for p in shown if (v := _value(p.share, heading.counts)) is not None}
    counts = heading.counts
    steps = Steps(values.values()) if counts else Steps(values.values(), LEAST_STEP, 100)
    laid = lay({place.code: place.shape for place in shown if place.shape is not None})
    without = [place for place in shown if place.shape is None]
    drawn = _by_size(_uncovered(shown), laid)
    patches = tuple(_patch(place, values, steps, laid, heading, setting) for place in drawn)
    body: list[Body] = [Surface(patches, laid.width, laid.height)] if patches else []
    if len(shown) <= MOST_LISTED:
        body.append(Listing(tuple(_lines(shown, values, heading, setting))))
    elif without:
        body.append(Listing(tuple(_lines(without, values, heading, setting))))
    named = [(f"{place.name} ({place.code})", place.share) for place in shown]
    under = subtitle(setting, heading.asked, (place.share.day for place in shown))
    counted = [share for _, share in named]
    notes = [
        *_legend(steps, values, words, counts=heading.counts),
        *_notes(counted, heading, setting),
    ]
    return Picture(
        kind=Kind.MAP,
        title=heading.title,
        subtitle=under,
        legend=tuple(notes),
        body=tuple(body),
        foot=foot(setting, heading.about, *_remarks(shown, without, words)),
        table=Table(
            ("", words.say("column_area"), *columns(words)),
            tuple(
                (place.code, place.name, *place.share.texts(words, setting.threshold))
                for place in shown
            ),
        ),
        alternative=alternative(
            setting, Kind.MAP, heading.title, f"{under}. {heading.about}", named
        ),
    )


def _shown(places: Sequence[Place]) -> list[Place]:
    """All areas; those with their settlements only where that tells more than they do."""
    hidden = {place.code for place in places if place.share.count is None}
    return [p for p in places if not p.of or (p.code not in hidden and hidden & set(p.of))]


def _uncovered(shown: Sequence[Place]) -> list[Place]:
    """Those that are drawn: in place of an area that is withheld the whole that it is part of, if
    there is a figure of that; the settlements in it are seen on it."""
    wholes = {place.own for place in shown if place.of}
    hidden = {place.code for place in shown if place.share.count is None}
    return [
        place
        for place in shown
        if place.shape is not None
        and (place.own in hidden if place.of else place.code not in wholes & hidden)
    ]


class Steps:
    """Even, round steps that values fall into: at most MOST_STEPS."""

    def __init__(
        self, values: Iterable[float], least: float = 1, most: float | None = None
    ) -> None:
        found = list(values)
        self.low, self.width, self.n = 0.0, 1.0, 1
        if not found:
            return
        for width in (width for width in _round_widths() if width >= least):
            low = min(found) // width * width
            n = int((max(found) - low) // width) + 1
            if most is not None and low + n * width > most and n > 1 and max(found) == most:
                n -= 1  # what is at the very end belongs to the last step
            if n <= MOST_STEPS:
                self.low, self.width, self.n = low, width, n
                return

    def place(self, value: float) -> int:
        """The step of a value, from 0."""
        return min(self.n - 1, int((value - self.low) // self.width))

    def shade(self, step: int) -> Shade:
        """The highest is the darkest."""
        return Shade(Tone.STEP, self.n - 1 - step, max(self.n, 2))

    def bounds(self, step: int) -> tuple[int, int]:
        """The whole numbers it goes from and to."""
        low = int(self.low + step * self.width)
        return low, int(self.low + (step + 1) * self.width)


def _round_widths() -> Sequence[float]:
    return [1, 2, 5, *(n * 10.0**power for power in range(1, 9) for n in (1, 2, 5))]


def _value(share: Share, counts: bool) -> float | None:
    """What the shade tells; None where there is nothing sure to tell."""
    if share.count is None:
        return None
    if counts:
        return float(share.count)
    return share.percent if share.sure else None


def _by_size(places: Sequence[Place], laid: Laid) -> list[Place]:
    """The largest first, so that what lies in another is seen; a whole before its part."""
    return sorted(places, key=lambda p: (-round(surface(laid.polygons[p.code])), not p.of))


def _patch(
    place: Place,
    values: Mapping[str, float],
    steps: Steps,
    laid: Laid,
    heading: Heading,
    setting: Setting,
) -> Patch:
    polygons = laid.polygons[place.code]
    at, wide = room(laid.polygons.get(place.own, polygons))
    ys = [y for polygon in polygons for _, y in polygon[0]]
    short = _short(place, values, heading, setting)
    marks = tuple(mark for mark in (place.code, short) if mark and len(mark) * LETTER <= wide)
    if place.code not in marks or max(ys) - min(ys) < LINE * len(marks):
        marks = ()
    if place.code in values:
        shade = steps.shade(steps.place(values[place.code]))
    else:
        shade = Shade(Tone.WITHHELD if place.share.count is None else Tone.UNSURE)
    return Patch(polygons, shade, marks, at)


def _short(place: Place, values: Mapping[str, float], heading: Heading, setting: Setting) -> str:
    words = setting.words
    if place.code not in values:
        return ""
    value = values[place.code]
    return words.number(int(value)) if heading.counts else words.percent(value)


def _lines(
    places: Sequence[Place], values: Mapping[str, float], heading: Heading, setting: Setting
) -> list[tuple[str, str]]:
    """The highest first; those without a value last, but there."""
    words = setting.words
    ranked = sorted(
        places, key=lambda p: (p.code not in values, p.share.count is None, -values.get(p.code, 0))
    )
    lines = []
    for place in ranked:
        share = place.share
        told = share.short(words)
        if heading.counts and share.count is not None:
            told = words.number(share.count)
        lines.append((f"{place.code}  {place.name}", told))
    return lines


def _legend(
    steps: Steps, values: Mapping[str, float], words: Words, *, counts: bool
) -> list[tuple[Shade, str]]:
    found = []
    for step in range(steps.n if values else 0):
        low, high = steps.bounds(step)
        last = low if high - 1 == low else high - 1
        text = words.say("to", low=words.number(low), high=words.number(last if counts else high))
        if counts and last == low:
            text = words.number(low)
        found.append((steps.shade(step), text if counts else f"{text}\N{NO-BREAK SPACE}%"))
    return found


def _notes(shares: Sequence[Share], heading: Heading, setting: Setting) -> list[tuple[Shade, str]]:
    """A count is sure, whatever share it is."""
    if heading.counts:
        shares = [share for share in shares if share.count is None]
    return remarks(shares, setting)


def _remarks(shown: Sequence[Place], without: Sequence[Place], words: Words) -> list[str]:
    said = []
    if without:
        said.append(words.say("no_shape", names=", ".join(place.name for place in without)))
    if any(place.of for place in shown):
        said.append(words.say("together"))
    return said
