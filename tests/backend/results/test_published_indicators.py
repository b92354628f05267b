"""The worked examples of the indicators' sources, by name; the same figures from statsmodels."""

from collections.abc import Mapping

import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from backend.results.indicators import catalogue
from backend.results.indicators.change import below, between, holm, verdict
from backend.results.indicators.values import Part, Value, asked, mean, measured, parts
from backend.results.intervals import difference, exact, wilson
from dialogue.questions import Question
from dialogue.questions.base import Option
from dialogue.questions.choice import SelectOne
from dialogue.questions.number import Scale
from dialogue.survey import Survey, SurveyKind
from tests.dialogue.shipped import survey_files


def made(*questions: Question) -> Survey:
    return Survey("made", 1, SurveyKind.SURVEY, {}, questions)


def survey(**indicators: str) -> Survey:
    """One question for each, with these option codes (one character each)."""
    questions = tuple(
        SelectOne(
            name=name.replace("_", "-"),
            indicator=name.replace("__", ".").replace("_", "-"),
            options=tuple(Option(code, f"o{code}", {}) for code in codes),
        )
        for name, codes in indicators.items()
    )
    return made(*questions)


def value_of(code: str, of: Survey, *rows: Mapping[str, int]) -> Value | None:
    """The indicator from these rows, one a question."""
    found = [
        measured(part, row) for part, row in zip(parts(catalogue()[code], of), rows, strict=True)
    ]
    known = [one for one in found if one is not None]
    return mean(known) if len(known) == len(rows) else None


def classes(positive: int, negative: int, none: int = 0, **more: int) -> dict[str, int]:
    rows = {"class:positive": positive, "class:negative": negative, "none": none}
    options = {f"option:{name}": n for name, n in more.items()}
    return {**rows, **options, "reached": positive + negative + none}


def percent(value: Value | None) -> float:
    assert value is not None
    return 100 * value.share


def test_sdg_16_1_4_divides_by_all_respondents() -> None:
    """Codes 5 and 99 stay in the denominator; without them it is another, labelled figure."""
    pulse = survey(sdg_16__1__4="12345")
    rows = classes(450, 450, 100, o5=80)  # 80 never go out, 100 do not know
    assert percent(value_of("sdg-16.1.4", pulse, rows)) == pytest.approx(45)
    without = value_of("sdg-16.1.4-without-5-99", pulse, rows)
    assert percent(without) == pytest.approx(100 * 450 / 820)
    assert without is not None
    assert without.n == 820
    assert "Not the SDG indicator" in catalogue()["sdg-16.1.4-without-5-99"].note


def test_sdg_16_7_2_averages_70_and_54_to_62() -> None:
    asks = survey(sdg_16__7__2_say="12345", sdg_16__7__2_influence="12345")
    found = value_of("sdg-16.7.2", asks, classes(700, 300), classes(540, 460))
    assert percent(found) == pytest.approx(62)


def test_sdg_16_7_2_with_65_of_1000_who_do_not_know_has_a_base_of_935() -> None:
    asks = survey(sdg_16__7__2_say="12345")
    found = value_of("sdg-16.7.2-say", asks, classes(561, 374, 65))
    assert found is not None
    assert found.n == 935
    assert percent(found) == pytest.approx(60)


def test_sdg_16_6_2_averages_five_attributes_to_56_and_satisfies_60() -> None:
    attributes = ("access", "cost", "equal", "process", "time")
    codes: dict[str, str] = {f"municipal_response_{name}": "0123" for name in attributes}
    asks = survey(**codes, municipal_response_satisfied="0123")
    rows = [classes(p * 10, 1000 - p * 10) for p in (50, 60, 73, 55, 42)]
    assert percent(value_of("municipal-response-attributes", asks, *rows)) == pytest.approx(56)
    satisfied = value_of("municipal-response-satisfied", asks, classes(230 + 370, 400))
    assert percent(satisfied) == pytest.approx(60)
    for one in catalogue().values():
        if one.code.startswith(("municipal-response", "police-response")):
            assert "not 16.6.2" in one.note


def test_ensu_1_1_is_the_share_of_unsafe_of_all() -> None:
    """September 2024: 58.6 % in all, 64.0 % of women and 52.2 % of men."""
    asks = survey(ensu_1__1="12")
    for unsafe in (586, 640, 522):
        found = value_of("ensu-1.1", asks, classes(unsafe, 990 - unsafe, 10))
        assert percent(found) == pytest.approx(unsafe / 10)
    assert catalogue()["ensu-1.1"].better == "lower"


def test_ensu_1_2_leaves_out_whom_a_place_does_not_concern() -> None:
    asks = survey(ensu_1__2_school="128")
    rows = {"class:positive": 60, "class:negative": 140, "class:left_out": 500, "reached": 710}
    assert percent(value_of("ensu-1.2-school", asks, rows)) == pytest.approx(30)


def test_washington_group_is_of_those_of_whom_it_is_known() -> None:
    six = tuple(SelectOne(name=f"wg{n}", indicator="washington-group") for n in range(6))
    asks = made(*six)
    [part] = parts(catalogue()["washington-group"], asks)
    assert part.question == "@disability"
    found = measured(part, {"option:with": 40, "option:without": 360, "option:@": 50})
    assert percent(found) == pytest.approx(10)
    five = made(*six[:5])
    assert not parts(catalogue()["washington-group"], five)


def test_safety_walk_is_the_mean_of_eight_items_from_0_to_100() -> None:
    items = catalogue()["safety-walk"].mean_of
    questions = tuple(
        Scale(name=f"item{n}", indicator=code, minimum=0, maximum=3) for n, code in enumerate(items)
    )
    asks = made(*questions)
    even = {f"option:{n}": 25 for n in range(4)}  # a mean of 1.5
    best = {"option:0": 0, "option:1": 0, "option:2": 0, "option:3": 100}
    assert percent(value_of("safety-walk", asks, *[even] * 8)) == pytest.approx(50)
    found = value_of("safety-walk", asks, *[even] * 4, *[best] * 4)
    assert percent(found) == pytest.approx(75)
    assert found is not None
    assert found.positive is None
    assert found.error == pytest.approx((4 * (1.25**0.5 / 3 / 10) + 4 * 0) / 8)
    assert len(items) == 8
    assert "safety-walk-feeling" not in items, "how it feels is apart"


def test_pulse_is_over_the_seven_dimensions_once_each() -> None:
    seven = [catalogue()[code].dimension for code in catalogue()["pulse"].mean_of]
    assert sorted(seven) == [
        "community", "economic", "environmental", "food", "health", "personal", "political",
    ]  # fmt: skip


def test_every_indicator_says_what_it_is_of() -> None:
    every = catalogue()
    for one in every.values():
        assert set(one.title) == {"en", "es"}
        assert all((one.source, one.numerator, one.denominator))
        assert "https://" in one.source or "http://" in one.source
        assert set(one.mean_of) <= every.keys()
        assert bool(one.mean_of) == (one.measure == "mean") != bool(one.positive)
        if one.variant_of:
            assert every[one.variant_of].positive == one.positive


def test_what_ships_asks_indicators_of_the_catalogue() -> None:
    for one, _ in survey_files().values():
        assert one is not None
        named = {question.indicator for question in one.questions if question.indicator}
        assert named <= catalogue().keys()
        assert {indicator.asked_as for indicator in asked(one)} == named


def test_what_was_not_released_together_has_no_value() -> None:
    part = Part("q", {"class:positive": 1.0}, ("reached",))
    assert measured(part, {"class:positive": 10}) is None
    assert measured(part, {"class:positive": 10, "reached": 9}) is None, "answers read anew"
    assert measured(part, {"class:positive": 0, "reached": 0}) is None


# --- against statsmodels ---
PAIRS = [(48, 80, 56, 70), (450, 1000, 380, 1000), (30, 100, 31, 100), (12, 40, 33, 45)]


def share(k: int, n: int) -> Value:
    return Value(k / n, k, n, wilson(k, n), (k / n * (1 - k / n) / n) ** 0.5)


@pytest.mark.parametrize(("k", "n"), [(15, 50), (561, 935), (10, 10), (0, 30)])
def test_intervals_are_those_of_statsmodels(k: int, n: int) -> None:
    for ours, method in ((wilson(k, n), "wilson"), (exact(k, n), "beta")):
        theirs = proportion_confint(k, n, method=method)
        assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-8)


@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), PAIRS)
def test_change_is_that_of_statsmodels(k1: int, n1: int, k2: int, n2: int) -> None:
    found = between(share(k1, n1), share(k2, n2))
    _, p = proportions_ztest([k2, k1], [n2, n1])
    assert found.p == pytest.approx(p, abs=1e-10)
    newcombe = confint_proportions_2indep(k2, n2, k1, n1, method="newcomb", compare="diff")
    ours = difference(k1, n1, k2, n2)
    assert (ours.low, ours.high) == pytest.approx(newcombe, abs=1e-8)
    assert found.around == ours


@pytest.mark.parametrize(("k", "n", "expected"), [(40, 100, 0.5), (5, 200, 0.04), (60, 100, 0.5)])
def test_below_is_that_of_statsmodels(k: int, n: int, expected: float) -> None:
    _, p = proportions_ztest(k, n, expected, alternative="smaller", prop_var=expected)
    assert below(k, n, expected) == pytest.approx(p, abs=1e-10)


@pytest.mark.parametrize("p", [[], [0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.02, 0.02, 1.0]])
def test_holm_is_that_of_statsmodels(p: list[float]) -> None:
    theirs = list(multipletests(p, method="holm")[1]) if p else []
    assert holm(p) == pytest.approx(theirs)


def test_only_what_is_significant_is_called_a_change() -> None:
    assert verdict(0.2, 0.05) == "no change that could not be chance"
    assert verdict(0.2, 0.049) == "up"
    assert verdict(-0.2, 0.049) == "down"
    same = between(share(0, 30), share(0, 40))
    assert (same.by, same.p) == (0, 1), "nothing varies"


def test_means_are_compared_by_their_errors() -> None:
    earlier = mean([share(40, 100), share(60, 100)])
    later = mean([share(60, 100), share(80, 100)])
    found = between(earlier, later)
    assert found.by == pytest.approx(0.2)
    assert found.around.low < 0.2 < found.around.high
    # never surer than the surest of its questions
    assert found.p >= min(
        between(share(40, 100), share(60, 100)).p, between(share(60, 100), share(80, 100)).p
    )
