"""Results and exports over the API."""

import csv
import io
import sys

import pytest
from sqlalchemy import select

from backend.auth import Role
from backend.exports import FORMATS
from backend.models import Audit
from backend.store import library
from tests.backend.api.conftest import HERE, THERE, Client, Installation, problem
from tests.backend.exports.seed import SECRET, WAYS, Way, add, said

STREET = f"/api/v1/{HERE}/surveys/street"
KEY = "synthetic export key"


def audit(installed: Installation) -> list[tuple[str, str, str]]:
    with installed.engine.connect() as connection:
        rows = connection.execute(select(Audit.city, Audit.who, Audit.what))  # type: ignore[call-overload]  # SQLModel types a column as its value
        return [tuple(row) for row in rows]


async def test_results_are_suppressed_and_say_so(client: Client) -> None:
    body = (await client.get(f"{STREET}/results", Role.VIEWER)).json()
    assert body["participation"]["started"] == len(WAYS) - 2, "anna counts once"
    safe = body["questions"][0]
    assert safe["n"] == {"withheld": True, "reason": "fewer than 10, or to protect so few"}
    assert safe["cells"][0] == {
        "name": "yes_safe",
        "code": "1",
        "label": {"en": "yes safe en", "es": "yes safe es"},
        "count": {"withheld": True, "reason": "fewer than 10, or to protect so few"},
        "base": None,
        "percent": None,
        "low": None,
        "high": None,
        "presentation": None,
        "as_of": None,
    }
    assert len(body["statements"]) == 2


async def test_results_of_many_are_shown(client: Client, installed: Installation) -> None:
    with library.writing(installed.engine) as connection:
        add(connection, HERE, [Way({"safe": said("unsafe")}, contact=None)] * 30, begin=100)
        add(connection, HERE, [Way({"safe": said("yes_safe")}, contact=None)] * 10, begin=200)
    safe = (await client.get(f"{STREET}/results", Role.VIEWER)).json()["questions"][0]
    assert safe["n"] == 44
    counts = {cell["name"]: cell["count"] for cell in safe["cells"]}
    few = {"withheld": True, "reason": "fewer than 10, or to protect so few"}
    assert counts == {"yes_safe": few, "somewhat": few, "unsafe": few}, "for company"


async def test_an_export_with_a_key_of_ones_own(client: Client) -> None:
    for format, chosen in FORMATS.items():
        path = f"{STREET}/export?format={format}"
        answer = await client.get(path, Role.COORDINATOR, KEY)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == chosen.media_type
        named = f'filename="street-{format}.{chosen.suffix}"'
        assert named in answer.headers["content-disposition"]
        assert "export-key" not in answer.headers
        again = await client.get(path, Role.COORDINATOR, KEY)
        assert again.content == answer.content
        assert SECRET.encode() not in answer.content


async def test_microdata_is_for_coordinators_and_figures_for_all_who_see_results(
    client: Client, installed: Installation
) -> None:
    takers = {Role.COORDINATOR, Role.ADMINISTRATOR}
    noted = []
    for format, chosen in FORMATS.items():
        for role in Role:
            readers = takers if chosen.microdata else takers | {Role.OFFICIAL, Role.VIEWER}
            answer = await client.get(f"{STREET}/export?format={format}", role)
            if role in readers:
                assert answer.status_code == 200, (format, role)
                assert ("export-key" in answer.headers) == chosen.microdata
                noted.append(f"export street {format}")
            else:
                problem(answer, 403)
    assert [what for _, _, what in audit(installed)] == noted


async def test_a_format_whose_libraries_are_missing(
    client: Client, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    told = problem(await client.get(f"{STREET}/export?format=sav"), 501)
    assert "pip install 'imbizo[statistics]'" in str(told["detail"])
    assert audit(installed) == []


async def test_codebook_and_methodology_note_of_a_survey(client: Client) -> None:
    book = await client.get(f"{STREET}/codebook", Role.VIEWER)
    lines = list(csv.DictReader(io.StringIO(book.text, newline="")))
    assert lines[0]["text_es"] == "safe? es"
    note = (await client.get(f"{STREET}/methodology", Role.VIEWER)).json()
    assert note["sponsor"] == "Smalltown Council"
    assert "COOP1" in note["rates"]["formulas"]
    for what in ("codebook", "methodology"):
        problem(await client.get(f"/api/v1/{HERE}/surveys/nothing/{what}"), 404)
        problem(await client.get(f"{STREET}/{what}", Role.PARTNER), 403)


async def test_without_a_key_a_fresh_one_comes_back(client: Client) -> None:
    first = await client.get(f"{STREET}/export?format=csv")
    key = first.headers["export-key"]
    assert len(key) >= 32
    assert (await client.get(f"{STREET}/export?format=csv")).headers["export-key"] != key
    again = await client.get(f"{STREET}/export?format=csv", export_key=key)
    assert again.content == first.content
    rows = list(csv.DictReader(io.StringIO(first.text, newline="")))
    assert len(rows) == len(WAYS)


@pytest.mark.parametrize("query", ["", "?format=", "?format=pdf", "?format=csv%0A"])
async def test_a_format_that_is_none(client: Client, query: str) -> None:
    problem(await client.get(f"{STREET}/export{query}"), 422)


async def test_a_key_that_is_too_short(client: Client, installed: Installation) -> None:
    answer = await client.get(f"{STREET}/export?format=csv", export_key="x" * 15)
    assert "at least 16" in str(problem(answer, 422)["errors"])
    assert audit(installed) == []


async def test_every_export_is_noted_and_nothing_else(
    client: Client, installed: Installation
) -> None:
    who = installed.api_keys[HERE, Role.COORDINATOR].split("_")[1]
    await client.get(f"{STREET}/export?format=long", Role.COORDINATOR)
    await client.get(f"{STREET}/export?format=csv", Role.OFFICIAL)
    await client.get(f"/api/v1/{THERE}/surveys/street/export?format=csv", Role.COORDINATOR)
    await client.get(f"/api/v1/{HERE}/surveys/nothing/export?format=csv", Role.COORDINATOR)
    await client.get(f"{STREET}/results", Role.COORDINATOR)
    assert audit(installed) == [(HERE, who, "export street long")]
