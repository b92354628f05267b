"""Charts over the API: the table at once, the picture when it is drawn."""

import re
from datetime import timedelta
from typing import Any

import pytest

from backend import wiring
from backend.auth import Role
from backend.results import publications
from backend.results.charts import rendering
from backend.results.publications import Publication
from backend.store import library
from tests.backend.api.conftest import HERE, Client, Installation, problem
from tests.backend.exports.seed import Way, add, said

CHARTS = f"/api/v1/{HERE}/surveys/street/charts"
SAFE = f"{CHARTS}/distribution?question=safe"
LINKED = f"{SAFE}&language=en"
needs_libraries = pytest.mark.skipif(
    not rendering.installed(), reason="pictures need more libraries: pip install 'imbizo[charts]'"
)


def answers(installed: Installation, begin: int = 100) -> None:
    with library.writing(installed.engine) as connection:
        ways = [("unsafe", 30), ("yes_safe", 25)]
        silent = [Way({"safe": ("refused", None), "place": said("A1")}, contact=None)] * 12
        add(connection, HERE, silent, begin=begin + 5000)
        for n, (name, count) in enumerate(ways):
            given = [Way({"safe": said(name), "place": said("A1")}, contact=None)] * count
            add(connection, HERE, given, begin=begin + 1000 * n)


async def json_of(client: Client, address: str) -> dict[str, Any]:
    answer = await client.get(address, Role.VIEWER)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_table_and_words_come_at_once(client: Client, installed: Installation) -> None:
    answers(installed)
    found = await json_of(client, SAFE)
    assert found["title"] == "safe? en"
    assert found["publication"] == 1
    assert found["table"]["columns"][:2] == ["Answer", "Count"]
    assert [row[0] for row in found["table"]["rows"]][-1] == "No answer"
    shown = {row[0]: row[1] for row in found["table"]["rows"]}
    assert shown["unsafe en"] == "31"
    assert "withheld" in found["alternative"].lower()
    assert len(found["statements"]) == 2
    assert found["picture"]["status"] in ("not_asked_for", "unavailable")
    assert found["picture"]["svg"] == f"{LINKED}&format=svg"


async def test_before_anything_is_public_every_answer_is_there_and_withheld(client: Client) -> None:
    found = await json_of(client, SAFE)
    assert found["publication"] == 0
    assert all("withheld" in row[-1] for row in found["table"]["rows"])


async def test_in_spanish(client: Client, installed: Installation) -> None:
    answers(installed)
    found = await json_of(client, f"{SAFE}&language=es")
    assert found["title"] == "safe? es"
    assert found["table"]["rows"][-1][0] == "Sin respuesta"


@needs_libraries
@pytest.mark.parametrize(
    ("format", "kind", "begins"),
    [("svg", "image/svg+xml", b"<svg "), ("png", "image/png", b"\x89PNG")],
)
async def test_the_first_who_asks_has_it_drawn(
    client: Client, installed: Installation, format: str, kind: str, begins: bytes
) -> None:
    answers(installed)
    address = f"{SAFE}&format={format}"
    for _ in range(2):
        first = await client.get(address, Role.VIEWER)
        assert first.status_code == 202
        assert int(first.headers["retry-after"]) > 0
        assert first.json()["picture"]["status"] == "wanted"
        assert first.json()["table"]["rows"]
    assert await rendering.draw_wanted(installed.engine, wiring.now) == 1
    ready = await client.get(address, Role.VIEWER)
    assert ready.status_code == 200
    assert ready.headers["content-type"] == kind
    assert ready.headers["cache-control"].startswith("private")
    assert ready.content.startswith(begins)
    assert (await json_of(client, SAFE))["picture"]["status"] == "ready"
    known = {**client.bearer(Role.VIEWER), "If-None-Match": ready.headers["etag"]}
    again = await client.http.get(address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    with library.writing(installed.engine) as connection:
        themes = Publication(2, wiring.now(), 200, wiring.now() - timedelta(days=1))
        publications.add(connection, HERE, "street", themes, {})
    assert (await client.get(address, Role.VIEWER)).status_code == 200, "themes alone are newer"
    with library.writing(installed.engine) as connection:
        now = wiring.now()
        publications.add(connection, HERE, "street", Publication(3, now, 200, now), {})
    newer = await client.get(address, Role.VIEWER)
    assert newer.status_code == 202, "of a newer publication"
    assert newer.json()["publication"] == 3


@needs_libraries
async def test_a_picture_tells_no_more_than_its_table(
    client: Client, installed: Installation
) -> None:
    answers(installed)
    await client.get(f"{SAFE}&format=svg", Role.VIEWER)
    await rendering.draw_wanted(installed.engine, wiring.now)
    svg = (await client.get(f"{SAFE}&format=svg", Role.VIEWER)).text
    table = (await json_of(client, SAFE))["table"]["rows"]
    public = {number for row in table for cell in row for number in re.findall(r"\d+", cell)}
    told = re.findall(r"\((\d+)\)</text>", svg)
    assert told
    assert set(told) <= public


async def test_without_the_libraries_the_table_is_complete_and_says_how_to_get_them(
    client: Client, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "LIBRARIES", ("a_library_that_nobody_has",))
    answers(installed)
    found = await json_of(client, SAFE)
    assert found["picture"]["status"] == "unavailable"
    assert "pip install 'imbizo[charts]'" in found["picture"]["detail"]
    assert found["table"]["rows"]
    told = problem(await client.get(f"{SAFE}&format=png"), 501)
    assert "pip install 'imbizo[charts]'" in str(told["detail"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("distribution?question=nothing", 404),
        ("distribution?question=hello", 404),
        ("distribution?question=why", 422),
        ("distribution?question=safe&by=area", 422),
        ("trend?question=safe&by=area", 422),
        ("groups?question=safe&by=month", 422),
        ("groups?question=safe&by=sex", 422),
        ("groups?question=safe&by=area&option=purple", 422),
        ("groups?question=place&by=area", 422),
        ("map?question=age&option=purple", 422),
        ("pie?question=safe", 422),
        ("distribution", 422),
        ("distribution?question=safe&colour=red", 422),
    ],
)
async def test_charts_that_there_are_not(client: Client, address: str, status: int) -> None:
    problem(await client.get(f"{CHARTS}/{address}"), status)


@pytest.mark.parametrize(
    "address",
    [
        "groups?question=safe",
        "groups?question=trust&by=age",
        "groups?question=first&by=channel&option=light",
        "trend?question=safe&by=week",
        "trend?question=wrong&option=gangs",
        "map?question=safe",
        "map?question=place",
        "distribution?question=wrong",
        "distribution?question=age",
        "distribution?question=place",
        "distribution?question=trust",
    ],
)
async def test_charts_that_there_are(client: Client, installed: Installation, address: str) -> None:
    answers(installed)
    found = await json_of(client, f"{CHARTS}/{address}")
    assert found["title"]
    assert found["alternative"]
    if address.startswith("map"):
        assert [row[0] for row in found["table"]["rows"]] == ["A1", "A2"]
