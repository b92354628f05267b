"""What a caller asks of a package's rows, and the links that go on from there."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query

from backend.exports.flow_pages import PagedSource, Place, Rows, Wanted, place_of
from backend.flow_results.packages import Package
from backend.json_api import FAULTY
from backend.problems import Problem
from dialogue.faults import Fault

LARGEST_PAGE = 1000
NO_CURSOR = "is no row's id in this package: begin again without it"
NO_TIME = "is no date and time as 2026-11-28T09:30:00+00:00"
EARLIEST, LATEST = 1900, 9000
"""Years that days can be counted in."""


def _parameter(name: str, description: str, longest: int = 40) -> Any:
    return Query(alias=name, max_length=longest, description=description)


START, END = "filter[start-timestamp]", "filter[end-timestamp]"
MIN, MAX = "filter[min-version]", "filter[max-version]"
SIZE, AFTER, BEFORE = "page[size]", "page[afterCursor]", "page[beforeCursor]"
Text = str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of the specification."""

    start: Annotated[Text, _parameter(START, "Rows after this time only.")] = None
    end: Annotated[Text, _parameter(END, "Rows of up to this time only.")] = None
    least: Annotated[Text, _parameter(MIN, "Rows of this version or a later one.")] = None
    most: Annotated[Text, _parameter(MAX, "Rows of this version or an earlier one.")] = None
    size: Annotated[
        int, Query(alias=SIZE, ge=1, le=LARGEST_PAGE, description="Rows of a page.")
    ] = 100
    after: Annotated[Text, _parameter(AFTER, "Behind the row of this id.", 400)] = None
    before: Annotated[Text, _parameter(BEFORE, "In front of the row of this id.", 400)] = None

    def filters(self) -> dict[str, str]:
        """Those that are given."""
        named = {START: self.start, END: self.end, MIN: self.least, MAX: self.most}
        return {name: value for name, value in named.items() if value is not None}


def wanted_of(source: PagedSource, asked: Asked) -> Wanted:
    """Which rows. A row's time is the beginning of its day (UTC): it is after a time from the next
    day on, and up to a time also on its very day. Raises Problem with every fault."""
    bad = [name for name, value in asked.filters().items() if _time(value) is None]
    faults = [Fault(name, NO_TIME) for name in bad]
    after, before = _place(source, asked.after), _place(source, asked.before)
    faults += [Fault(AFTER, NO_CURSOR)] if asked.after is not None and after is None else []
    faults += [Fault(BEFORE, NO_CURSOR)] if asked.before is not None and before is None else []
    if asked.after is not None and asked.before is not None:
        faults.append(Fault(BEFORE, f"goes not together with {AFTER}"))
    if faults:
        raise Problem(400, FAULTY, faults=faults)
    start, end = _time(asked.start), _time(asked.end)
    since = None if start is None else start.date() + timedelta(days=1)
    return Wanted(asked.size, after, before, since, None if end is None else end.date())


def _place(source: PagedSource, cursor: str | None) -> Place | None:
    return None if cursor is None else place_of(source, cursor)


def has_version(package: Package, asked: Asked) -> bool:
    """Whether the one version that the package has is wanted."""
    least, most = _time(asked.least), _time(asked.most)
    early = least is not None and package.modified < least
    return not early and (most is None or package.modified <= most)


def _time(text: str | None) -> datetime | None:
    """RFC 3339, in UTC; None if it is none. A plus sign that was sent as it is arrives as a
    space."""
    try:
        found = datetime.fromisoformat(re.sub(r" (\d\d:\d\d)$", r"+\1", text or ""))
    except ValueError:
        return None
    if found.tzinfo is None or not EARLIEST <= found.year <= LATEST:
        return None
    return found.astimezone(UTC)


def links(url: str, asked: Asked, wanted: Wanted, rows: Rows) -> dict[str, str | None]:
    """This page, the one behind it and the one in front of it. At the end there is no next one;
    none is in front of the first one."""

    def link(name: str, cursor: str | None) -> str:
        more = {name: cursor} if cursor else {}
        return f"{url}?{urlencode({**asked.filters(), SIZE: asked.size, **more})}"

    first = rows.rows[0][1] if rows.rows else asked.after
    last = rows.rows[-1][1] if rows.rows else asked.before
    behind = rows.on if not wanted.back else last
    front = rows.on if wanted.back else (first if asked.after else None)
    return {
        "self": link(BEFORE, asked.before) if wanted.back else link(AFTER, asked.after),
        "next": link(AFTER, behind) if behind else None,
        "previous": link(BEFORE, front) if front else None,
    }
