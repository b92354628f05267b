"""What labels on one answer come to."""

from datetime import UTC, datetime

import pytest

from dialogue.labels import Label, Stage, coders_needed, could_see, standing

AT = datetime(2026, 11, 28, tzinfo=UTC)
Given = tuple[str, str]


def labels(*given: Given) -> list[Label]:
    """Labels of coders by their letter; a capital settles. Codes are letters too."""
    return [
        Label(n, coder.lower(), 1, tuple(codes), coder.isupper(), AT)
        for n, (coder, codes) in enumerate(given)
    ]


@pytest.mark.parametrize(
    ("given", "needed", "stage", "codes"),
    [
        ([], 1, Stage.OPEN, None),
        ([("a", "x")], 1, Stage.CODED, "x"),
        ([("a", "x")], 2, Stage.OPEN, None),
        ([("a", "x"), ("a", "y")], 1, Stage.CODED, "y"),
        ([("a", "x"), ("a", "")], 1, Stage.OPEN, None),
        ([("a", "x"), ("a", ""), ("a", "z")], 1, Stage.CODED, "z"),
        ([("a", "x"), ("b", "x")], 2, Stage.CODED, "x"),
        ([("a", "x"), ("b", "xy")], 2, Stage.DISPUTED, None),
        ([("a", "yx"), ("b", "xy")], 2, Stage.CODED, "xy"),
        ([("a", "x"), ("b", "y")], 1, Stage.DISPUTED, None),
        ([("a", "x"), ("b", "y")], 3, Stage.OPEN, None),
        ([("a", "x"), ("b", "y"), ("b", "x")], 2, Stage.CODED, "x"),
        ([("a", "x"), ("b", "y"), ("C", "xy")], 2, Stage.SETTLED, "xy"),
        ([("a", "x"), ("b", "y"), ("A", "x"), ("b", "z")], 2, Stage.SETTLED, "x"),
        ([("a", "x"), ("A", "x"), ("C", "y")], 1, Stage.SETTLED, "y"),
    ],
)
def test_where_an_answer_stands(
    given: list[Given], needed: int, stage: Stage, codes: str | None
) -> None:
    found = standing(labels(*given), needed)
    assert found.stage is stage
    assert found.codes == (None if codes is None else tuple(codes))
    assert (found.settlement is not None) is (stage is Stage.SETTLED)


def test_who_codes_second_codes_blind() -> None:
    once = standing(labels(("a", "x")), 2)
    assert (once.hidden_from("a"), once.hidden_from("b")) == (False, True)
    coded = standing(labels(("a", "x")), 1)
    assert coded.hidden_from("b")
    back = standing(labels(("a", "x"), ("b", "y"), ("b", "")), 2)
    assert back.hidden_from("b")
    for settled in ([("a", "x"), ("b", "y")], [("a", "x"), ("b", "y"), ("C", "x")]):
        assert not standing(labels(*settled), 2).hidden_from("c")


def test_a_share_is_coded_twice_and_always_the_same() -> None:
    twice = [n for n in range(10_000) if coders_needed(n, 1, 20) == 2]
    assert twice == [n for n in range(10_000) if coders_needed(n, 1, 20) == 2]
    assert 1_850 < len(twice) < 2_150  # 3.75 standard deviations around 2,000
    assert set(twice) < {n for n in range(10_000) if coders_needed(n, 1, 30) == 2}
    assert {coders_needed(n, 1, 0) for n in range(100)} == {1}
    assert {coders_needed(n, 1, 100) for n in range(100)} == {2}
    assert {coders_needed(n, 3, 100) for n in range(100)} == {3}


@pytest.mark.parametrize(
    ("given", "needed", "seen"),
    [
        ([], 2, False), ([("b", "x")], 2, False), ([("b", "x")], 1, False),
        ([("a", "x")], 2, False),  # there is nobody else's to see
        ([("a", "x"), ("a", ""), ("b", "x")], 2, False),  # a slip, undone before
        ([("a", "x"), ("b", "x")], 2, True),
        ([("b", "x"), ("a", "x"), ("a", "")], 2, True),  # taken back after seeing
        ([("b", "x"), ("b", ""), ("a", "x")], 2, True),  # what was taken back is seen as well
        ([("b", "x"), ("c", "y"), ("c", "x")], 2, True),  # disputed for a while
        ([("b", "x"), ("c", "y")], 3, False),
        ([("b", "x"), ("C", "y")], 3, True),
        ([("A", "y")], 1, False),
    ],
)  # fmt: skip
def test_who_could_have_seen_what_others_gave(given: list[Given], needed: int, seen: bool) -> None:
    assert could_see(labels(*given), "a", needed) is seen


@pytest.mark.parametrize(
    ("given", "needed", "view"),
    [
        ([], 1, "open"), ([("b", "x")], 2, "open"), ([("a", "x")], 2, "waiting"),
        ([("a", "x"), ("a", "")], 2, "open"), ([("b", "x")], 1, "coded"),
        ([("a", "x"), ("b", "y")], 2, "disputed"), ([("a", "x"), ("B", "y")], 2, "settled"),
    ],
)  # fmt: skip
def test_who_has_labelled_it_does_not_see_it_as_open(
    given: list[Given], needed: int, view: str
) -> None:
    assert standing(labels(*given), needed).view("a") == view
