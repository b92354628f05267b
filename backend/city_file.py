"""A city profile: `<slug>/city.toml` with `areas.geojson` beside it (the contract's format)."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from backend.areas import known_shape
from backend.broadcasts.hours import Hours
from backend.city_goals import FLOOR, Movement, Population, Target
from backend.city_hours import QuietHours
from channels.base import Fold
from dialogue.answers.geometry import Shape
from dialogue.answers.places import Area
from dialogue.desk import City, Helpline
from dialogue.faults import Fault

RESERVED = frozenset(
    [
        "api",
        "try",
        "portal",
        "docs",
        "redoc",
        "openapi.json",
        "healthz",
        "readyz",
        "metrics",
        "webhooks",
        "open311",
        "flow-results",
        "static",
        "favicon.ico",
        "robots.txt",
    ]
)
"""Top-level routes, which no city's slug may be."""

REPLIES_AN_HOUR = 5000.0
"""What a channel answers in an hour unless its table says otherwise (0: no limit): a net under
loops between two machines and under SMS pumping. What is over waits, and an operator is told."""


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", value):
        raise ValueError("needs small letters, digits and dashes")
    if value in RESERVED:
        raise ValueError(f"'{value}' is an address of the program")
    return value


@cache
def _timezones() -> frozenset[str]:
    """Looked up on the disk, in some hundred files: once a process, not with every profile."""
    return frozenset(available_timezones())


def _timezone(value: str) -> str:
    if value not in _timezones():
        raise ValueError(f"'{value}' is no IANA time zone, such as Africa/Johannesburg")
    return value


Slug = Annotated[str, AfterValidator(_slug)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Responsible(_Table):
    """Who asks: shown to residents first (POPIA s18)."""

    name: str
    address: str = ""
    regulator: str = ""


FRESH_DAYS = 180
"""Days after which a helpline must be called again, to see that somebody answers."""


class HelplineEntry(_Table):
    """A number for people in need, with its source and the day it was checked."""

    kind: Literal["emergency", "gender_violence", "child", "crisis", "anonymous"]
    number: Annotated[str, Field(pattern=r"^[0-9*#+ ]{2,20}$")]
    hours: str = ""
    source: str = ""
    verified_on: date | None = None

    def stale(self, today: date) -> str:
        """How long ago it was checked, if that is too long; "" if it is not. Numbers change."""
        if self.verified_on is None:
            return "never checked"
        days = (today - self.verified_on).days
        return f"last checked {days} days ago" if days > FRESH_DAYS else ""


SPAN = r"^(0|[1-9][0-9]{0,3}[mhd])$"
Span = Annotated[str, BeforeValidator(str), Field(pattern=SPAN)]
"""A length of time such as 90m, 24h or 3d; 0 for none."""

SILENT_AFTER = "24h"
ASKED_ONCE_IN = "6d"
"""The least time between two broadcasts to one contact: short of a week, so that a weekly one that
is a little early leaves nobody out."""

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def span(text: str) -> timedelta:
    """The length of a `Span`."""
    return int(text[:-1]) * _UNITS[text[-1]] if text != "0" else timedelta()


def _reachable(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*|[^\s@:/,]+@[^\s@:/,]+", value):
        raise ValueError(f"'{value}' is neither an e-mail address nor one of a web hook")
    return value


Reachable = Annotated[str, AfterValidator(_reachable)]


class ChannelEntry(BaseModel):
    """One configured sender. Keys that only its own module knows are kept as they are."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    kind: str
    rate: Annotated[float, Field(gt=0)] = 10.0
    replies_an_hour: Annotated[float, Field(ge=0)] = REPLIES_AN_HOUR
    silent_after: Span = SILENT_AFTER
    sms_fold: Fold = "accents"
    segment_price: Annotated[float, Field(ge=0)] = 0.0
    currency: str = ""

    def cost(self, segments: int) -> float:
        """What so many segments cost, in its currency."""
        return self.segment_price * segments


class AreaEntry(_Table):
    """One area of `areas.geojson`. `geometry` is a (multi)polygon or none."""

    code: str
    name: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    population: Annotated[int, Field(ge=0)] | None = None
    informal: bool = False
    geometry: Mapping[str, Any] | None = None

    @cached_property
    def shape(self) -> Shape | None:
        """What `geometry` draws; results and desks ask for it again and again."""
        return known_shape(self.geometry)


class CityProfile(_Table):
    """A whole profile, as kept in the database."""

    slug: Slug
    name: str
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    timezone: Annotated[str, AfterValidator(_timezone)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    minimum_age: Annotated[int, Field(ge=0, le=30)] = 16
    demo: bool = False
    surveys: tuple[str, ...] = ("safety-pulse", "city-safety")
    approval_above: Annotated[int, Field(ge=0)] = 1000
    asked_once_in: Span = ASKED_ONCE_IN
    safe_word: str = "LEMON"
    disclosures: Literal["quarantine", "drop"] = "quarantine"
    threshold: Annotated[int, Field(ge=1)] = 10
    responsible: Responsible
    quiet_hours: QuietHours = QuietHours()
    helplines: tuple[HelplineEntry, ...]
    channels: Annotated[tuple[ChannelEntry, ...], Field(min_length=1)]
    areas: tuple[AreaEntry, ...] = ()
    alerts: tuple[Reachable, ...] = ()
    population: Population = Population()
    targets: tuple[Target, ...] = ()
    coverage_floor: Annotated[int, Field(ge=1)] = FLOOR
    movement: Movement = Movement()

    @model_validator(mode="after")
    def _whole(self) -> "CityProfile":
        if not any(line.kind == "emergency" for line in self.helplines):
            raise ValueError("helplines: one of kind emergency is required")
        names = [channel.name for channel in self.channels]
        if len(names) != len(set(names)):
            raise ValueError("channels: a name is there twice")
        codes = [area.code for area in self.areas]
        if len(codes) != len(set(codes)):
            raise ValueError("areas: a code is there twice")
        for place, target in enumerate(self.targets):
            groups = {group.removesuffix("+") for group in (*target.number, *target.share)}
            if target.by == "area" and groups - set(codes):
                unknown = ", ".join(sorted(groups - set(codes)))
                raise ValueError(f"targets[{place}]: the city has no area {unknown}")
        if self.demo and any(channel.kind != "simulator" for channel in self.channels):
            raise ValueError("channels: a demo city has channels of kind simulator only")
        try:
            self.hours()
        except ValueError as error:
            raise ValueError(f"quiet_hours: {error}") from error
        return self

    def city(self, text_days: int = 30, picture_days: int = 90) -> City:
        """The part that the dialogue needs, and how many days texts and pictures are kept."""
        return City(
            slug=self.slug,
            name=self.name,
            country=self.country,
            timezone=self.timezone,
            zone=self.zone(),
            languages=self.languages,
            minimum_age=self.minimum_age,
            safe_word=self.safe_word,
            responsible=self.responsible.name,
            regulator=self.responsible.regulator,
            helplines=tuple(Helpline(**line.model_dump()) for line in self.helplines),
            text_days=text_days,
            picture_days=picture_days,
            drop_disclosures=self.disclosures == "drop",
        )

    def places(self) -> tuple[Area, ...]:
        """The areas as the dialogue sees them."""
        return tuple(
            Area(a.code, a.name, a.aliases, a.parent, a.informal, a.shape) for a in self.areas
        )

    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.timezone)

    def hours(self) -> Hours:
        """When it may write of its own accord."""
        return self.quiet_hours.hours(self.country, self.zone())


class CityError(Exception):
    """A profile that cannot be loaded; `faults` says all that is wrong, and where."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def read_city(folder: Path) -> CityProfile:
    """The profile in a folder. Raises CityError with every fault at once."""
    data = _toml(folder / "city.toml")
    areas_file = folder / "areas.geojson"
    if areas_file.exists():
        data["areas"] = _areas(areas_file)
    try:
        return CityProfile.model_validate(data)
    except ValidationError as error:
        raise CityError(tuple(_fault(dict(e)) for e in error.errors())) from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityError((Fault(path.name, "cannot be read"),)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CityError((Fault(path.name, str(error)),)) from error


def _areas(path: Path) -> list[dict[str, Any]]:
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [{**f["properties"], "geometry": f.get("geometry")} for f in features]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CityError((Fault(path.name, "is no GeoJSON FeatureCollection"),)) from error


def _fault(error: dict[str, Any]) -> Fault:
    place = ""
    for part in error["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    what = str(error["msg"]).removeprefix("Value error, ")
    where, _, rest = what.partition(": ") if not place else (place, "", what)
    return Fault(where, rest or what)
