"""Counts of people that officials may see."""

import pytest

from backend.broadcasts.shown import shown, shown_by


@pytest.mark.parametrize(("n", "seen"), [(0, 0), (1, "<10"), (9, "<10"), (10, 10)])
def test_a_small_count_is_only_said_to_be_so(n: int, seen: int | str) -> None:
    assert shown(n, 10) == seen
    assert shown(n, 10, narrow=False) == n


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        ({}, {}),
        ({"a": 20, "b": 10}, {"a": 20, "b": 10}),
        ({"a": 20, "b": 10, "c": 0}, {"a": 20, "b": 10, "c": 0}),
        ({"a": 20, "b": 15, "c": 3}, {"a": 20, "b": "hidden", "c": "<10"}),
        ({"a": 20, "b": 4, "c": 3}, {"a": 20, "b": "<10", "c": "<10"}),
        ({"a": 3, "b": 0}, {"a": "<10", "b": 0}),
    ],
    ids=str,
)
def test_what_is_hidden_is_not_found_by_subtraction(
    groups: dict[str, int], seen: dict[str, int | str]
) -> None:
    assert shown_by(groups, 10) == seen
