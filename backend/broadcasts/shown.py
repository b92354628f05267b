"""Counts of people as officials see them: under the city's threshold only that they are."""

from collections.abc import Mapping
from typing import TypeVar

Count = int | str
"""A number, or that it is under the threshold, as "<10"."""

T = TypeVar("T")


def shown(n: int, threshold: int, *, narrow: bool = True) -> Count:
    """The count; hidden where it is small and of people chosen by something told of them."""
    return f"<{threshold}" if narrow and 0 < n < threshold else n


def shown_by(groups: Mapping[T, int], threshold: int) -> Mapping[T, Count]:
    """Counts by group, of which the sum is known: where only one is hidden it could be found by
    subtraction, so the smallest of the others is hidden too."""
    hidden = {group for group, n in groups.items() if 0 < n < threshold}
    if len(hidden) == 1:
        others = [group for group, n in groups.items() if n and group not in hidden]
        hidden |= {min(others, key=lambda group: groups[group])} if others else set()
    return {group: "hidden" if group in hidden else n for group, n in groups.items()} | {
        group: f"<{threshold}" for group in hidden if groups[group] < threshold
    }
