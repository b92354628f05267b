"""What a city wants to reach and to be told of: its population, targets, and when an area moved."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FLOOR = 30
"""Respondents below which a group is a gap (NCHS: no proportion of fewer is presented)."""

Group = Annotated[str, Field(pattern=r"^[A-Za-z0-9+_-]{1,64}$")]
Share = Annotated[float, Field(gt=0, lt=1)]
ROUNDING = 0.02


def _whole(shares: Mapping[str, float]) -> Mapping[str, float]:
    if shares and abs(sum(shares.values()) - 1) > ROUNDING:
        raise ValueError(f"the shares come to {sum(shares.values()):.2f}, not to 1")
    return shares


Shares = Annotated[Mapping[Group, Share], AfterValidator(_whole)]


class _Goal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Population(_Goal):
    """Shares of the population by group, from a census: `sex` by the names of the options, `age`
    by band (0-24, 25-34, 35-44, 45-54, 55-64, 65+). Areas have theirs in `areas.geojson`."""

    source: str = ""
    sex: Shares = {}
    age: Annotated[
        Mapping[Literal["0-24", "25-34", "35-44", "45-54", "55-64", "65+"], Share],
        AfterValidator(_whole),
    ] = {}


class Target(_Goal):
    """How many (`number`) or which share of a survey's respondents (`share`) a city wants to have
    heard of each group; without `survey`, in every survey that asks for it."""

    by: Literal["area", "sex", "age", "disability", "channel", "language"]
    survey: str | None = None
    until: date | None = None
    number: Mapping[Group, Annotated[int, Field(ge=1)]] = {}
    share: Mapping[Group, Annotated[float, Field(gt=0, le=1)]] = {}

    @model_validator(mode="after")
    def _one(self) -> "Target":
        if bool(self.number) == bool(self.share):
            raise ValueError("needs groups either in 'number' or in 'share'")
        return self


class Movement(_Goal):
    """When the alert addresses are told of an area: its indicator moved by so many `points` at
    least since the period before, with a corrected p below `level`. `level` is strict because the
    running period is looked at again with every publication."""

    period: Literal["month", "quarter"] = "month"
    points: Annotated[float, Field(gt=0, le=100)] = 10.0
    level: Annotated[float, Field(gt=0, lt=1)] = 0.01
