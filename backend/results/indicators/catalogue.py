"""The indicators that ship, from `catalogue.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("catalogue.toml")

Security = Literal[
    "economic", "food", "health", "environmental", "personal", "community", "political"
]
"""The seven dimensions of human security (UNDP, Human Development Report 1994)."""

Class = Literal["positive", "negative", "left_out"]


class Indicator(BaseModel):
    """A figure that a published source defines; the fields are told in `catalogue.toml`.
    `numerator` and `denominator` are the rule in words, `positive`, `left_out` and `base` the same
    as data; `better` says which way is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title: dict[str, str]
    source: str
    dimension: Security
    also: tuple[Security, ...] = ()
    numerator: str
    denominator: str
    measure: Literal["share", "points", "mean", "prevalence"] = "share"
    positive: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    base: Literal["asked", "answered"] = "answered"
    most: int = 1
    mean_of: tuple[str, ...] = ()
    variant_of: str | None = None
    better: Literal["higher", "lower", "neither"]
    note: str = ""

    def counts(self, code: str) -> Class:
        """What an answer with this code counts as."""
        if code in self.left_out:
            return "left_out"
        return "positive" if code in self.positive else "negative"

    @property
    def asked_as(self) -> str:
        """What a question names as its indicator for this one to be computed of it."""
        return self.variant_of or self.code


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Every indicator by its code, in the order of the file."""
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["indicators"]
    every = (Indicator.model_validate(one) for entry in entries for one in _each(entry))
    return {one.code: one for one in every}


def _each(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries that one stands for."""
    members = entry.pop("each", None)
    if members is None:
        yield entry
        return
    for member in members:
        yield {
            **entry,
            "code": f"{entry['code']}-{member['code']}",
            "title": {
                locale: words.replace("{}", member[locale])
                for locale, words in entry["title"].items()
            },
            "dimension": entry["dimension"].replace("{}", member["code"]),
        }
