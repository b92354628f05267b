"""The indicators that ship, from `catalogue.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).with_name("catalogue.toml")


class Indicator(BaseModel):
    """A share of those who were asked a question. `positive` and `left_out` are option codes;
    `dimension` is one of the seven of human security (UNDP 1994); `better` says which way is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    title: dict[str, str]
    source: str
    dimension: Literal[
        "economic", "food", "health", "environmental", "personal", "community", "political"
    ]
    positive: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    base: Literal["asked", "answered"]
    better: Literal["higher", "lower"]

    def counts(self, code: str) -> Literal["positive", "negative", "left_out"]:
        """What an answer with this code counts as."""
        if code in self.left_out:
            return "left_out"
        return "positive" if code in self.positive else "negative"


@cache
def catalogue() -> Mapping[str, Indicator]:
    """Every indicator by its code."""
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["indicators"]
    return {entry["code"]: Indicator.model_validate(entry) for entry in entries}
