"""What is released of a synthetic year, looked at from outside: by an attacker with a solver, and
by libraries of statistics that count the microdata again (make conformance: it takes minutes)."""

import io
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pandas
import pytest
from statsmodels.stats.proportion import proportion_confint

from backend.city_file import CityProfile
from backend.exports import export
from backend.results import publications
from backend.results.frames import FigureKey
from backend.results.measuring import Measured, measure
from backend.results.protection import Equation
from backend.results.report import results, shown
from backend.store import library
from tests.backend.demo_year.conftest import NOW, Demo, demo_in
from tests.backend.results.attacker import Attacker

pytestmark = pytest.mark.conformance

CITY, SURVEY = "demo-za", "safety-pulse"
RESIDENTS = 900
TRIED = 25
"""Withheld figures that are attacked of each question by each dimension."""


@pytest.fixture(scope="module")
def demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("year")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'imbizo.db')}"
    with demo_in(url, folder) as made:
        made.make(made.plan(residents=RESIDENTS, city=CITY))
        yield made


def profile_of(demo: Demo) -> CityProfile:
    with demo.one.engine.connect() as connection:
        return library.load_profile(connection, CITY)


def measured(demo: Demo) -> Measured:
    with demo.one.engine.connect() as connection:
        found = measure(connection, profile_of(demo), SURVEY)
        return Measured(found.responses, found.everybody, found.dimensions, list(found.grouped))


def released(demo: Demo) -> Sequence[Mapping[FigureKey, int]]:
    """What was renewed, by publication."""
    groups = ("", "area", "region", "settlement", "age", "sex", "channel", "language")
    with demo.one.engine.connect() as connection:
        every = publications.every(connection, CITY, SURVEY)
        known: list[dict[FigureKey, int]] = [{} for _ in every]
        names = {key.question for key in publications.current(connection, CITY, SURVEY)}
        for name in sorted(names):
            found = publications.history(connection, CITY, SURVEY, name, *groups)
            for key, figures in found.items():
                for one in figures:
                    known[one.publication - 1][key] = one.n
    return known


def wanted(
    equations: Sequence[Equation], known: Sequence[Mapping[FigureKey, int]], random: Random
) -> Iterator[tuple[FigureKey, int, int]]:
    """Figures that were never made public, and changes within a month, at random."""
    keys = list(dict.fromkeys(FigureKey(*k) for e in equations for k in (e.whole, *e.parts)))
    never = [key for key in keys if not any(key in one for one in known)]
    last = len(known) - 1
    for key in random.sample(never, min(TRIED, len(never))):
        yield key, 0, last
    for key in random.sample(keys, min(TRIED, len(keys))):
        month = random.randint(1, last)
        yield key, month, month


def test_no_small_figure_of_any_month_can_be_derived(demo: Demo) -> None:
    known, figures = released(demo), measured(demo)
    threshold = profile_of(demo).threshold
    assert len(known) >= 6
    random, tried, derived = Random(1), 0, []
    frames = [figures.everybody, *(one.frame for one in figures.grouped)]
    for frame in frames:
        equations = [*frame.equations]
        attacker = Attacker(equations, known)
        for one in wanted(equations, known, random):
            n = attacker.derives([one])
            tried += 1
            whole = one[1] == 0
            if n is not None and (n < threshold if whole else 0 < n < threshold):
                derived.append((one, n))
    assert tried > 500
    assert derived == []


def test_the_same_figures_come_out_of_the_microdata_by_another_library(demo: Demo) -> None:
    profile, out = profile_of(demo), io.BytesIO()
    export(demo.one.engine, profile, SURVEY, "csv", "synthetic export key", out)
    rows = pandas.read_csv(io.BytesIO(out.getvalue()), dtype=str, comment="#")
    answered = rows.columns[list(rows.columns).index("disposition") + 1 :]
    rows["said"] = rows[answered].notna().any(axis=1)
    rows["whole"] = rows["disposition"] == "completed"
    rows = rows.sort_values(["said", "whole", "started_at"], kind="stable")
    people = rows.groupby("respondent_id").tail(1)
    with demo.one.engine.connect() as connection:
        found = results(connection, profile, SURVEY)
    counts, compared = measured(demo).everybody.counts, 0
    for question in found.questions:
        if question.question not in ("safe_day", "safe_dark", "sex", "area"):
            continue
        for cell in (cell for cell in question.cells if cell.code):
            given = int((people[question.question] == cell.code).sum())
            assert given == counts.get(FigureKey(question.question, f"option:{cell.name}"), 0)
            compared += given > 0
            if cell.base:
                low, high = proportion_confint(shown(cell.count), cell.base, method="wilson")
                assert cell.low == pytest.approx(100 * low, abs=0.051)
                assert cell.high == pytest.approx(100 * high, abs=0.051)
    assert compared >= 20


def test_the_year_was_released_month_by_month(demo: Demo) -> None:
    with demo.one.engine.connect() as connection:
        every = publications.every(connection, CITY, SURVEY)
    gaps = [after.at - before.at for before, after in pairwise(every)]
    assert all(timedelta(days=20) < gap for gap in gaps[:-1])
    assert every[-1].at < NOW
