"""Which figures of linked tables are withheld."""

from hypothesis import given
from hypothesis import strategies as some

from backend.results.protection import Equation, Key, Linked, determined, protect

TEN = 10


def key(*name: str) -> Key:
    return name


def line(whole: str, *parts: str, loose: bool = False) -> Equation:
    return Equation(key(whole), tuple(map(key, parts)), loose)


def gone(counts: dict[str, int], *equations: Equation, secondary: bool = True) -> set[str]:
    by_key = {key(name): n for name, n in counts.items()}
    found = protect(Linked(by_key, equations), by_key, TEN, secondary=secondary)
    return {name for (name,) in found}


def test_a_table_without_small_figures_stays_whole() -> None:
    assert gone({"all": 60, "a": 20, "b": 40}, line("all", "a", "b")) == set()


def test_a_small_figure_takes_the_next_smallest_with_it() -> None:
    counts = {"all": 64, "a": 4, "b": 20, "c": 40}
    assert gone(counts, line("all", "a", "b", "c")) == {"a", "b"}
    assert gone(counts, line("all", "a", "b", "c"), secondary=False) == {"a"}


def test_two_that_are_small_together_take_a_third() -> None:
    counts = {"all": 67, "a": 4, "b": 3, "c": 20, "d": 40}
    assert gone(counts, line("all", "a", "b", "c", "d")) == {"a", "b", "c"}


def test_of_equals_the_last_goes() -> None:
    assert gone({"all": 44, "a": 20, "b": 4, "c": 20}, line("all", "a", "b", "c")) == {"b", "c"}


def test_a_part_of_what_is_withheld_leaves_little_of_it_hidden() -> None:
    # "none" goes with "a"; with "none:x" shown, it would be known to be 12 or more
    counts = {"all": 60, "a": 2, "b": 46, "none": 12, "x": 12, "y": 0}
    found = gone(counts, line("all", "a", "b", "none"), line("none", "x", "y"))
    assert {"a", "none", "x", "y"} <= found


def test_a_whole_that_is_small_hides_a_part() -> None:
    assert gone({"all": 9, "a": 21, "b": -12}, line("all", "a", "b")) == {"all", "b"}


def test_what_only_nearly_sums_up_tells_of_its_parts_and_not_they_of_it() -> None:
    few = {"asked": 3, "a": 30, "b": 40}
    assert gone(few, line("asked", "a", "b", loose=True)) == {"asked"}
    many = {"asked": 33, "a": 4, "b": 30}
    assert gone(many, line("asked", "a", "b", loose=True)) == {"a", "b"}


def test_what_several_equations_fix_together_is_found() -> None:
    # two tables crossing: each line has two withheld, yet all four are linked only in a chain
    equations = [line("r1", "a", "b"), line("r2", "c", "d"), line("c1", "a", "c")]
    linked = Linked([key(name) for name in ("r1", "r2", "c1", *"abcd")], equations)
    fixed = determined(linked, {key(name) for name in ("a", "b", "c")})
    assert sorted(fixed) == [("a",), ("b",), ("c",)]
    assert determined(linked, {key(name) for name in ("a", "b", "c", "d")}) == []


CELLS = some.lists(some.integers(0, 30), min_size=12, max_size=12)


@given(CELLS)
def test_no_withheld_figure_of_a_random_table_is_fixed_or_small_figure_shown(
    cells: list[int],
) -> None:
    counts: dict[Key, int] = {(f"r{n // 4}", f"c{n % 4}"): value for n, value in enumerate(cells)}
    equations = []
    for side, names in ((0, ("r0", "r1", "r2")), (1, ("c0", "c1", "c2", "c3"))):
        for name in names:
            parts = tuple(spot for spot in counts if len(spot) == 2 and spot[side] == name)
            counts[("sum", name)] = sum(counts[spot] for spot in parts)
            equations.append(Equation(("sum", name), parts))
    linked = Linked(counts, equations)
    hidden = protect(linked, counts, TEN)
    assert determined(linked, hidden) == []
    assert all(n >= TEN for spot, n in counts.items() if spot not in hidden)
    assert hidden == protect(linked, counts, TEN)
