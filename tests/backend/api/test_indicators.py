"""Indicators and coverage over the API."""

from datetime import UTC, datetime

from backend.auth import Role
from tests.backend.api.conftest import HERE, THERE, Client, Installation, problem
from tests.backend.exports.seed import SECRET, city
from tests.backend.results.growing import wave
from tests.backend.results.test_indicators import people

AT = datetime(2026, 11, 20, tzinfo=UTC)
BASE = f"/api/v1/{HERE}"


async def test_a_viewer_sees_the_list_and_a_series(client: Client, installed: Installation) -> None:
    wave(installed.engine, city(HERE), people(60, 40), AT)
    found = (await client.get(f"{BASE}/indicators", Role.VIEWER)).json()
    first = found["items"][0]
    assert first["indicator"]["code"] == "sdg-16.1.4"
    assert first["indicator"]["denominator"].startswith("all who were asked")
    assert first["latest"]["change"] is None
    assert first["survey"] == "street"
    assert {gap["standing"] for gap in found["gaps"]} >= {"too few to say"}
    one = (await client.get(f"{BASE}/indicators/sdg-16.1.4?period=year", Role.VIEWER)).json()
    [series] = one["series"]
    [everybody] = series["groups"]
    assert [period["first"] for period in everybody["periods"]] == ["2026-01-01"]
    assert everybody["so_far"]["value"] > 50
    assert SECRET not in str((found, one))


async def test_a_series_by_area_names_every_area(client: Client) -> None:
    path = f"{BASE}/indicators/sdg-16.1.4?by=area&period=quarter"
    [series] = (await client.get(path, Role.OFFICIAL)).json()["series"]
    assert [group["group"] for group in series["groups"]] == ["A1", "A2"]
    assert all(group["so_far"]["withheld"] for group in series["groups"])


async def test_what_is_not_known_is_said(client: Client) -> None:
    problem(await client.get(f"{BASE}/indicators/sdg-0"), 404)
    problem(await client.get(f"{BASE}/indicators/sdg-16.1.4?by=shoe"), 422)
    problem(await client.get(f"{BASE}/indicators?period=day"), 422)
    problem(await client.get(f"/api/v1/{THERE}/indicators"), 403)
    problem(await client.get(f"/api/v1/{THERE}/coverage"), 403)
    problem(await client.get(f"{BASE}/indicators", Role.PARTNER), 403)


async def test_coverage_has_every_group_of_a_survey(client: Client) -> None:
    found = (await client.get(f"{BASE}/coverage?survey=street", Role.VIEWER)).json()
    assert found["floor"] == 30
    kinds = {group["by"] for group in found["groups"]}
    assert kinds == {"area", "age", "channel", "language"}
    assert found["targets"] == found["unknown"] == []
    nothing = (await client.get(f"{BASE}/coverage?survey=other", Role.VIEWER)).json()
    assert nothing["groups"] == []
