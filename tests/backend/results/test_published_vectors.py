"""The worked examples and test vectors of the statistics facts, by name."""

from dataclasses import asdict

import pytest

from backend.results.intervals import difference, exact, sampling_margin, wilson
from backend.results.presentation import Verdict, present
from backend.results.rates import FORMULAS, Dispositions, rates, self_selected
from dialogue.survey import Status


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (0, 10, 0.000000, 0.277533), (5, 10, 0.236593, 0.763407), (10, 10, 0.722467, 1),
        (15, 50, 0.191036, 0.437504), (50, 200, 0.195082, 0.314341),
        (620, 1000, 0.589511, 0.649571),
    ],
)  # fmt: skip
def test_b1_wilson(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-7)


@pytest.mark.parametrize(("n", "margin"), [(400, 0.0490), (1000, 0.0310)])
def test_b1_margin_of_a_simple_random_sample(n: int, margin: float) -> None:
    assert sampling_margin(0.5, n) == pytest.approx(margin, abs=5e-5)


@pytest.mark.parametrize(("k", "n"), [(-1, 10), (11, 10), (0, 0)])
def test_what_is_no_share_has_no_interval(k: int, n: int) -> None:
    for interval in (wilson, exact):
        with pytest.raises(ValueError, match="needs 0"):
            interval(k, n)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # The rule of three's exact form, 1-(alpha/2)^(1/n), and its mirror; symmetry about a half.
    [(0, 10, 0, 1 - 0.025 ** (1 / 10)), (10, 10, 0.025 ** (1 / 10), 1), (0, 300, 0, 0.012221)],
)
def test_exact_interval_where_it_has_a_closed_form(k: int, n: int, low: float, high: float) -> None:
    found = exact(k, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-7)


@pytest.mark.parametrize("n", [1, 7, 40, 1000])
def test_exact_interval_is_symmetric_and_holds_the_share(n: int) -> None:
    for k in range(0, n + 1, max(1, n // 13)):
        one, other = exact(k, n), exact(n - k, n)
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low), abs=1e-9)
        assert one.low <= k / n <= one.high


def test_b4_rates() -> None:
    d = Dispositions(i=300, p=40, r=60, nc=400, o=10, uh=0, uo=190)
    assert rates(d, 1) == pytest.approx(
        {
            "RR1": 0.30, "RR2": 0.34, "RR3": 0.30, "RR4": 0.34, "COOP1": 0.731707,
            "COOP2": 0.829268, "COOP3": 0.75, "COOP4": 0.85, "REF1": 0.06, "CON1": 0.41,
        },
        abs=5e-7,
    )  # fmt: skip
    none_eligible = rates(d, 0)
    assert (none_eligible["RR3"], none_eligible["RR4"]) == pytest.approx((300 / 810, 340 / 810))
    assert set(rates(Dispositions()).values()) == {None}


@pytest.mark.parametrize(("name", "formula"), FORMULAS.items())
def test_a_formula_as_printed_is_the_one_that_is_computed(name: str, formula: str) -> None:
    d = Dispositions(i=300, p=40, r=60, nc=400, o=10, uh=30, uo=190)
    letters = {letter.upper(): n for letter, n in asdict(d).items()}
    printed = eval(formula.replace("e(", "e*("), letters | {"e": 0.4})
    assert rates(d, 0.4)[name] == pytest.approx(printed)
    assert (rates(d)[name] is None) is (name in ("RR3", "RR4")), "without e"


def test_of_people_who_wrote_by_themselves_only_cooperation_is_known() -> None:
    ended = {Status.COMPLETED: 30, Status.EXPIRED: 6, Status.STOPPED: 3, Status.WITHDRAWN: 1}
    d = self_selected({str(s): n for s, n in {**ended, Status.ACTIVE: 5, Status.PARKED: 2}.items()})
    found = rates(d, 0.5)
    assert {name for name, rate in found.items() if rate is not None} == {
        "COOP1", "COOP2", "COOP3", "COOP4",
    }  # fmt: skip
    assert found["COOP1"] == 0.75


@pytest.mark.parametrize(
    ("p", "n", "verdict"),
    [
        (0.5, 29, Verdict.TOO_FEW),
        (0.5, 40, Verdict.TOO_WIDE),
        (0.02, 100, Verdict.TOO_WIDE_FOR_ITS_SIZE),
        (0.5, 100, Verdict.SHOW),
        (0.01, 2000, Verdict.SHOW),  # narrow, however small the share
    ],
)
def test_b2_presentation_in_its_order(p: float, n: int, verdict: Verdict) -> None:
    found = present(p, n)
    assert found.verdict is verdict
    assert found.shown is (verdict is Verdict.SHOW)


def test_b2_footnotes_reviews_and_effective_size() -> None:
    assert present(0.98, 100).footnote
    assert not present(0.5, 100).footnote
    assert present(0.0, 100).review
    assert present(0.5, 100, freedom=7).review
    assert present(0.0, 100).interval.width == 0
    assert present(0.5, 100, error=0.1).verdict is Verdict.TOO_FEW  # 25 effective answers
    assert present(0.5, 100, error=0.01).interval == present(0.5, 100).interval  # at most n
    with pytest.raises(ValueError, match="share"):
        present(1.1, 10)


def test_difference_of_two_shares() -> None:
    """Newcombe 1998, example (a): 56/70 and 48/80 differ by 0.20, from 0.0524 to 0.3339."""
    found = difference(48, 80, 56, 70)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
