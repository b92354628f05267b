"""What is shown of an indicator, and how its values come into that form."""

from dataclasses import dataclass

from backend.city_file import CityProfile
from backend.results.coverage import CoverageGroup
from backend.results.indicators.catalogue import Indicator
from backend.results.indicators.series import Change, Span
from backend.results.indicators.values import Value
from backend.results.periods import last_day
from backend.results.presentation import present
from backend.results.suppression import Withheld


@dataclass(frozen=True, slots=True)
class Definition:
    """An indicator as its source has it."""

    code: str
    title: dict[str, str]
    source: str
    dimension: str
    also: list[str]
    numerator: str
    denominator: str
    better: str
    note: str


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """`value` and its 95 % interval are per cent (or 0 to 100). `n` are those it is of, of several
    questions the fewest; `positive` those counted, null where it is a mean. `presentation` is the
    verdict of the NCHS standards for proportions."""

    value: float
    positive: int | None
    n: int
    low: float
    high: float
    presentation: str | None


@dataclass(frozen=True, slots=True)
class IndicatorChange:
    """In percentage points since the period that began on `since`, with a 95 % interval; `p` is
    corrected for the groups looked at together (Holm)."""

    since: str
    points: float
    low: float
    high: float
    p: float
    verdict: str


@dataclass(frozen=True, slots=True)
class IndicatorPeriod:
    """Who answered in a week, month, quarter or year that began on `first`: made public from
    `since` (null: the beginning) up to `until`, the last day that is in it."""

    first: str
    since: str | None
    until: str
    value: IndicatorValue | Withheld
    change: IndicatorChange | None


@dataclass(frozen=True, slots=True)
class IndicatorSummary:
    """What a survey says of an indicator: of all who ever answered, and of the latest period."""

    indicator: Definition
    survey: str
    so_far: IndicatorValue | Withheld
    as_of: str | None
    latest: IndicatorPeriod | None


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """One group (`by` and `group` are "" for everybody), oldest period first."""

    by: str
    group: str
    name: str
    of: list[str]
    so_far: IndicatorValue | Withheld
    as_of: str | None
    periods: list[IndicatorPeriod]


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """One survey's. `why` says why there are no groups, where there are none."""

    survey: str
    groups: list[IndicatorGroup]
    why: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """All indicators that the city's surveys ask the questions of. `gaps` are the groups that are
    not heard enough."""

    city: str
    synthetic: bool
    period: str
    items: list[IndicatorSummary]
    gaps: list[CoverageGroup]
    statements: list[str]


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """One indicator; a series for every survey that asks it."""

    city: str
    synthetic: bool
    period: str
    indicator: Definition
    series: list[IndicatorSeries]
    statements: list[str]


def defined(one: Indicator) -> Definition:
    """An indicator as its source has it."""
    return Definition(
        one.code, dict(one.title), one.source, one.dimension, list(one.also), one.numerator,
        one.denominator, one.better, one.note,
    )  # fmt: skip


def period_shown(span: Span, profile: CityProfile) -> IndicatorPeriod:
    """A period, with days in the city's time."""
    zone = profile.zone()
    return IndicatorPeriod(
        span.first.isoformat(),
        span.since.astimezone(zone).date().isoformat() if span.since else None,
        last_day(span.until, zone).isoformat(),
        value_shown(span.value, profile),
        change_shown(span.change),
    )


def value_shown(value: Value | None, profile: CityProfile) -> IndicatorValue | Withheld:
    """A value, or why there is none."""
    if value is None:
        return Withheld(
            f"fewer than {profile.threshold} in a figure it needs, or in one that would tell them,"
            " or not all were made public on one day"
        )
    verdict = None
    if value.positive is not None:
        verdict = str(present(value.share, value.n).verdict)
    low, high = value.around.low, value.around.high
    return IndicatorValue(
        percent(value.share), value.positive, value.n, percent(low), percent(high), verdict
    )


def change_shown(change: Change | None) -> IndicatorChange | None:
    """A change, if it was tested."""
    if change is None:
        return None
    around = change.difference.around
    return IndicatorChange(
        change.since.isoformat(),
        percent(change.difference.by),
        percent(around.low),
        percent(around.high),
        round(change.p, 6),
        change.verdict,
    )


def percent(share: float) -> float:
    """A share as per cent, with one decimal; never minus nought."""
    return round(100 * share, 1) + 0.0
