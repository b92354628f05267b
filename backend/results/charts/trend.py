"""A share over weeks, months or quarters with its interval; a gap where nothing is public."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from backend.results.charts.frame import FEW_HATCH, Setting, alternative, foot, remarks, subtitle
from backend.results.charts.measure import Measure
from backend.results.charts.picture import Kind, Line, Picture, Point, Shade, Table, Tone
from backend.results.charts.shares import WITHHELD, Share, columns
from backend.results.charts.wording import Words
from backend.results.periods import Length, first_day

FEW_POINTS = 6
"""So many points all carry their number; of more the first, the last and the extremes do."""

MOST_PERIODS = 60
"""Older ones are left to the table."""

ROOM = 20.0
"""Per cent that the axis holds at least."""


def trend(
    shares: Mapping[date, Share], length: Length, title: str, measured: Measure, setting: Setting
) -> Picture:
    """The picture of a share by periods, from the first to the last that has one."""
    words = setting.words
    whole = [(day, shares.get(day, WITHHELD)) for day in span(shares, length)]
    drawn = whole[-MOST_PERIODS:]
    about = words.say("share_of", what=measured.label)
    days = [share.day for _, share in whole]
    asked = [share.base for _, share in whole if share.base is not None]
    grouped_by = words.say("by", by=words.known(length))
    under = f"{grouped_by} · {subtitle(setting, sum(asked) if asked else None, days)}"
    points = tuple(_points(drawn, length, words))
    notes = [(Shade(Tone.POSITIVE, 1, 2), words.say("band"))] if any(asked) else []
    known = [share for _, share in drawn]
    hollow = [] if all(share.sure for share in known) else [words.say("hollow")]
    named = [(day.isoformat(), share) for day, share in whole]
    return Picture(
        kind=Kind.TREND,
        title=title,
        subtitle=under,
        legend=(*notes, *(note for note in remarks(known, setting) if note[0] == FEW_HATCH)),
        body=(Line(points, _top(drawn)),),
        foot=foot(setting, about, words.say("since"), *hollow),
        table=Table(
            (words.say("column_period"), *columns(words)),
            tuple((day, *share.texts(words, setting.threshold)) for day, share in named),
        ),
        alternative=alternative(
            setting, Kind.TREND, title, f"{under}. {about}", named, latest=True
        ),
    )


def span(shares: Mapping[date, Share], length: Length) -> Iterator[date]:
    """The first days of all periods from the first to the last, those between without a share
    too."""
    if not shares:
        return
    day, last = min(shares), max(shares)
    longest = {"week": 7, "month": 31, "quarter": 92}[length]
    while day <= last:
        yield day
        day = first_day(day + timedelta(days=longest), length)


def _points(whole: Sequence[tuple[date, Share]], length: Length, words: Words) -> Iterator[Point]:
    marked = _marked([share for _, share in whole])
    dated = _dated([day for day, _ in whole], length)
    for place, (day, share) in enumerate(whole):
        label = _label(day, length, words) + (f"\n{day.year}" if place in dated else "")
        if share.percent is None:
            yield Point(label)
            continue
        mark = words.percent(share.percent) if share.sure and place in marked else ""
        yield Point(label, share.percent, share.low, share.high, mark, share.sure)


def _marked(shares: Sequence[Share]) -> set[int]:
    known = [
        (share.percent, place) for place, share in enumerate(shares) if share.percent is not None
    ]
    if len(known) <= FEW_POINTS:
        return {place for _, place in known}
    return {known[0][1], known[-1][1], max(known)[1], min(known)[1]}


YEAR_APART = 0.15
"""Of the whole axis: nearer to each other two years would overlap."""


def _dated(days: Sequence[date], length: Length) -> set[int]:
    """The periods under which the year is said: where it begins, and the first unless that is
    near."""
    begins = {
        place
        for place, day in enumerate(days)
        if day.month == 1 and (length != "week" or day.day <= 7)
    }
    near = begins and min(begins) < YEAR_APART * len(days)
    return begins if near else begins | {0}


def _label(day: date, length: Length, words: Words) -> str:
    if length == "quarter":
        return f"{words.say('quarter_short')}{(day.month + 2) // 3}"
    month = words.say("months").split()[day.month - 1]
    return f"{day.day} {month}" if length == "week" else month


def _top(whole: Sequence[tuple[date, Share]]) -> float:
    """The axis ends at the next ten per cent above the highest band."""
    highest = max([ROOM, *(share.high for _, share in whole if share.high is not None)])
    return min(100.0, -(-highest // 10) * 10)
