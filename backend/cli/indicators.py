"""`indicators`: what a city's indicators say, as a table, CSV or JSON."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Literal, get_args

import click
from sqlalchemy import Connection

from backend import wiring
from backend.city_file import CityError, CityProfile
from backend.cli.database import database
from backend.exports.neutral import cell
from backend.results.indicators.browsing import IndicatorUnknownError, browse, listed
from backend.results.indicators.shown import (
    IndicatorGroup,
    IndicatorPeriod,
    IndicatorResult,
    IndicatorValue,
)
from backend.results.periods import Length
from backend.results.publishing import publish_small
from backend.store import library
from dialogue.faults import Fault

By = Literal["area", "sex", "age", "disability", "channel", "language", "settlement"]
COLUMNS = (
    "indicator", "survey", "group", "name", "period", "since", "value", "n", "low", "high",
    "change", "p", "verdict",
)  # fmt: skip
Row = Sequence[str | int | float | None]


@click.command()
@click.argument("city")
@click.argument("code", required=False)
@click.option("--by", type=click.Choice(get_args(By)), help="Groups, of one indicator.")
@click.option("--period", type=click.Choice(get_args(Length)), default="month", show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table",
    show_default=True,
)  # fmt: skip
def indicators(city: str, code: str | None, by: str | None, period: Length, form: str) -> None:
    """The indicators of CITY, or one by its CODE, by period. An empty value is
    withheld; without `since` a period begins with the survey."""
    if by and not code:
        raise click.UsageError("--by needs the code of an indicator; without it they are listed.")
    with database() as (_, engine):
        with engine.connect() as connection:
            profile = library.load_profile(connection, city)
        publish_small(engine, profile, wiring.now())
        with engine.connect() as connection:
            found = _found(connection, profile, code, by, period)
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False))
        return
    rows = [row for one in found for row in _rows(one)]
    click.echo(_csv(rows) if form == "csv" else _table(rows), nl=False)
    for sentence in found[0].statements if found else ():
        click.echo(sentence, err=True)


def _found(
    connection: Connection, profile: CityProfile, code: str | None, by: str | None, period: Length
) -> list[IndicatorResult]:
    if code is None:
        items = listed(connection, profile, period).items
        codes = dict.fromkeys(item.indicator.code for item in items)
    else:
        codes = {code: None}
    try:
        return [browse(connection, profile, one, by, period) for one in codes]
    except IndicatorUnknownError:
        known = "`imbizo indicators " + profile.slug + "` lists those that the city asks"
        raise CityError((Fault("indicator", f"there is no '{code}'; {known}"),)) from None


def _rows(found: IndicatorResult) -> Iterator[Row]:
    for series in found.series:
        for group in series.groups:
            for period in group.periods:
                yield _row(found.indicator.code, series.survey, group, period)


def _row(code: str, survey: str, group: IndicatorGroup, period: IndicatorPeriod) -> Row:
    value, change = period.value, period.change
    shown: Row = (None,) * 4
    if isinstance(value, IndicatorValue):
        shown = (value.value, value.n, value.low, value.high)
    moved: Row = (change.points, change.p, change.verdict) if change else (None,) * 3
    at = (period.first, period.since)
    return (code, survey, group.group, group.name, *at, *shown, *moved)


def _csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(one) for one in row] for row in rows)
    return out.getvalue()


def _table(rows: Sequence[Row]) -> str:
    cells = [COLUMNS, *([("" if one is None else str(one)) for one in row] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(COLUMNS))]
    lines = ("  ".join(one.ljust(w) for one, w in zip(row, widths, strict=True)) for row in cells)
    return "".join(f"{line.rstrip()}\n" for line in lines)
