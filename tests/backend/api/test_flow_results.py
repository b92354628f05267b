"""The API of FLOIP Flow Results 1.1, asked as its specification says and as its client asks."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.core.result import Ok
from sqlalchemy import insert, select, update

from backend import flow_results, problems
from backend.auth import Role, make_key
from backend.exports import export
from backend.models import Answer, Audit, Session
from backend.privacy import KeyRing
from backend.settings import Settings
from backend.store import library
from tests.backend.api.conftest import HERE, THERE, Installation
from tests.backend.api.test_openapi import send_at_random
from tests.backend.exports.seed import AT, FIRST_VERSION, SLUG, Way, add, city, said

PACKAGES = "/flow-results/packages"
KIND = "application/vnd.api+json"
Row = list[Any]


@pytest.fixture(scope="module")
def bare_floip() -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.include_router(flow_results.router)
    return app


@pytest.fixture
def floip(bare_floip: FastAPI, installed: Installation) -> FastAPI:
    bare_floip.state.installation = installed
    bare_floip.state.packages = flow_results.Packages()
    return bare_floip


class Reader:
    """A program that reads packages with one key."""

    def __init__(self, http: httpx.AsyncClient, key: str, scheme: str = "Token") -> None:
        self.http = http
        self.headers = {"Authorization": f"{scheme} {key}", "Accept": KIND}

    async def ask(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers, **more)

    async def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        """A document of JSON:API."""
        answer = await self.ask(path, params=parameters or None)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == KIND
        assert answer.headers["cache-control"] == "no-store"
        body: dict[str, Any] = answer.json()
        assert body["data"] is not None
        return body

    async def responses(self) -> str:
        """Where the rows of its first package are."""
        [package] = (await self.get(PACKAGES))["data"]
        return f"{PACKAGES}/{package['id']}/responses"

    async def walk(self, size: int, **filters: str) -> list[Row]:
        """All rows, from page to page."""
        rows: list[Row] = []
        following: str | None = await self.responses()
        parameters: dict[str, Any] | None = {"page[size]": size, **filters}
        pages = 0
        while following is not None:
            pages += 1
            assert pages < 300, "it goes round in a circle"
            answer = await self.ask(following, params=parameters)
            data, parameters = answer.json()["data"], None
            assert len(data["attributes"]["responses"]) <= size
            rows += data["attributes"]["responses"]
            following = data["relationships"]["links"]["next"]
        return rows


def reader_of(
    installed: Installation, http: httpx.AsyncClient, role: Role = Role.COORDINATOR
) -> Reader:
    return Reader(http, installed.api_keys[HERE, role])


@pytest.fixture
async def http(floip: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(floip)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


@pytest.fixture
def reader(installed: Installation, http: httpx.AsyncClient) -> Reader:
    return reader_of(installed, http)


def told(answer: httpx.Response, status: int) -> list[dict[str, Any]]:
    """The errors of an answer."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == KIND
    body = answer.json()
    assert list(body) == ["errors"]
    assert all(one["status"] == str(status) and one["title"] for one in body["errors"])
    found: list[dict[str, Any]] = body["errors"]
    return found


def more_answers(installed: Installation, n: int, begin: int, answer: str = "unsafe") -> None:
    with library.writing(installed.engine) as connection:
        ways = [Way({"safe": said(answer), "place": said("A1")}, contact=None)] * n
        add(connection, HERE, ways, begin)


# --- packages ----------------------------------------------------------------------------------
async def test_the_list_is_as_the_specification_shows_it(reader: Reader) -> None:
    body = await reader.get(PACKAGES)
    address = f"http://test{PACKAGES}"
    assert body["links"] == {"self": address, "next": None, "previous": None}
    [package] = body["data"]
    assert package == {
        "type": "packages",
        "id": package["id"],
        "attributes": {
            "title": "Street en",
            "name": SLUG,
            "created": AT.isoformat(),
            "modified": AT.isoformat(),
        },
        "links": {"self": f"{address}/{package['id']}"},
    }


async def test_the_descriptor_is_the_export_s_but_for_where_the_rows_are(
    reader: Reader, installed: Installation
) -> None:
    [listed] = (await reader.get(PACKAGES))["data"]
    body = await reader.get(listed["links"]["self"])
    here = f"http://test{PACKAGES}/{listed['id']}"
    assert body["links"] == {"self": here}
    data = body["data"]
    assert (data["type"], data["id"]) == ("packages", listed["id"])
    related = {"responses": {"links": {"related": f"{here}/responses"}}}
    assert data["relationships"] == related
    exported, _ = in_zip(installed)
    described = data["attributes"]
    assert described["id"] == listed["id"] != exported["id"], "another key"
    [resource], [file] = described.pop("resources"), exported.pop("resources")
    assert described | {"id": ""} == exported | {"id": ""}
    assert resource["access_method"] == "api"
    assert resource["api_data_url"] == resource["api-data-url"] == f"{here}/responses"
    assert "path" not in resource
    for name in ("name", "profile", "mediatype", "encoding", "schema"):
        assert resource[name] == file[name]


def in_zip(installed: Installation) -> tuple[dict[str, Any], list[Row]]:
    """Descriptor and rows of the export."""
    out = io.BytesIO()
    export(installed.engine, city(HERE), SLUG, "flow-results", "synthetic export key", out)
    with zipfile.ZipFile(out) as package:
        described: dict[str, Any] = json.loads(package.read("datapackage.json"))
        [resource] = described["resources"]
        rows: list[Row] = json.loads(package.read(resource["path"]))
    return described, rows


def without_ids(rows: Sequence[Row]) -> Counter[tuple[Any, ...]]:
    """What people answered, told by response and by contact, whatever their ids are."""
    by_response: dict[str, list[Any]] = {}
    by_contact: dict[str, list[Any]] = {}
    for time, row_id, contact, session, question, response, more in rows:
        assert row_id == f"{session}-{question}"
        by_response.setdefault(session, []).append((time, question, str(response), str(more)))
        by_contact.setdefault(contact, []).append((question, str(response)))
    told = [(1, *sorted(answers)) for answers in by_response.values()]
    return Counter(told + [(2, *sorted(answers)) for answers in by_contact.values()])


async def test_the_rows_are_the_export_s(reader: Reader, installed: Installation) -> None:
    _, exported = in_zip(installed)
    rows = await reader.walk(1000)
    assert without_ids(rows) == without_ids(exported)
    assert len({row[1] for row in rows}) == len(rows) == len(exported) > 10
    assert not {row[2] for row in rows} & {row[2] for row in exported}, "another key"


# --- pages -------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
async def test_pages_of_any_size_hold_each_row_once(reader: Reader, size: int) -> None:
    whole = await reader.walk(1000)
    assert await reader.walk(size) == whole


@pytest.mark.parametrize("batch", [1, 3])
async def test_however_many_sessions_are_looked_at(
    reader: Reader, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = await reader.walk(1000)
    monkeypatch.setattr("backend.exports.flow_pages.WINDOW", batch)
    monkeypatch.setattr("backend.exports.flow_pages.BATCH", batch)
    assert await reader.walk(4) == whole
    monkeypatch.setattr("backend.exports.flow_pages.MOST_LOOKED_AT", 2 * batch)
    assert await reader.walk(4) == whole, "pages are shorter, and there are more of them"


@pytest.mark.parametrize("looked_at", [1, 5000])
async def test_back_again(reader: Reader, looked_at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await reader.walk(1000)
    monkeypatch.setattr("backend.exports.flow_pages.WINDOW", 2)
    monkeypatch.setattr("backend.exports.flow_pages.MOST_LOOKED_AT", looked_at)
    at = await reader.responses()
    rows: list[Row] = []
    body = await reader.get(at, **{"page[size]": 4, "page[beforeCursor]": whole[-1][1]})
    for _ in range(100):
        rows = body["data"]["attributes"]["responses"] + rows
        previous = body["data"]["relationships"]["links"]["previous"]
        if previous is None:
            break
        body = await reader.get(previous)
    assert rows == whole[:-1]


async def test_the_links_of_a_page(reader: Reader) -> None:
    at, whole = await reader.responses(), await reader.walk(1000)
    size = quote("page[size]")

    def address(cursor: str = "", row: Row | None = None) -> str:
        more = f"&{quote(cursor)}={row[1]}" if row else ""
        return f"http://test{at}?{size}=5{more}"

    first = await reader.get(f"{at}?page[size]=5")
    after, before = "page[afterCursor]", "page[beforeCursor]"
    assert first["data"]["type"] == "responses"
    assert first["data"]["relationships"] == {
        "descriptor": {"links": {"self": f"http://test{at.removesuffix('/responses')}"}},
        "links": {"self": address(), "next": address(after, whole[4]), "previous": None},
    }
    second = await reader.get(first["links"]["next"])
    assert second["data"]["attributes"]["responses"] == whole[5:10]
    assert second["links"]["self"] == address(after, whole[4])
    assert second["links"]["previous"] == address(before, whole[5])
    back = await reader.get(second["links"]["previous"])
    assert back["data"]["attributes"]["responses"] == whole[:5]
    assert back["links"]["self"] == address(before, whole[5])
    assert back["links"]["next"] == address(after, whole[4])
    assert back["links"]["previous"] is None
    end = await reader.get(at, **{"page[size]": 5, after: whole[-1][1]})
    assert end["data"]["attributes"]["responses"] == []
    assert end["links"]["next"] is None


async def test_a_row_s_id_is_its_cursor_and_parameters_may_come_twice(reader: Reader) -> None:
    """Flow Results' own client adds the parameters of the first page to each link again."""
    at, whole = await reader.responses(), await reader.walk(1000)
    some = await reader.get(at, **{"page[afterCursor]": whole[6][1], "page[size]": 3})
    assert some["data"]["attributes"]["responses"] == whole[7:10]
    again = await reader.get(some["links"]["next"] + "&page[size]=3")
    assert again["data"]["attributes"]["responses"] == whole[10:13]


async def test_each_row_comes_once_while_answers_come_in(
    reader: Reader, installed: Installation
) -> None:
    more_answers(installed, 40, 1000)
    before = {row[1]: row for row in await reader.walk(1000)}
    seen: list[Row] = []
    following, page = f"{await reader.responses()}?page[size]=7", 0
    while following:
        body = await reader.get(following)
        seen += body["data"]["attributes"]["responses"]
        following, page = body["data"]["relationships"]["links"]["next"], page + 1
        if page > 12:
            continue
        more_answers(installed, 3, 2000 + 10 * page)
        with library.writing(installed.engine) as connection:
            connection.execute(insert(Answer), [revised(1000 + page, 2), revised(1, 2 + page)])
            gone = update(Session).where(Session.id == f"{HERE}-session-{1000 + page}")  # type: ignore[arg-type]  # SQLModel types a column as its value
            connection.execute(gone.values(contact=None, started_at=AT - timedelta(days=1)))
    assert page > 10
    ids = [row[1] for row in seen]
    assert len(set(ids)) == len(ids), "no row twice"
    assert before.keys() <= set(ids), "no row left out"


def revised(session: int, revision: int) -> dict[str, Any]:
    return {
        "session": f"{HERE}-session-{session}", "question": "safe", "revision": revision,
        "outcome": "answered", "value": '"somewhat"', "rule": "code", "raw": None,
        "at": AT + timedelta(days=3),
    }  # fmt: skip


# --- filters -----------------------------------------------------------------------------------
async def test_filters_compare_with_the_times_that_are_shown(
    reader: Reader, installed: Installation
) -> None:
    whole = await reader.walk(1000)
    day = AT.date().isoformat()
    assert {row[0] for row in whole} == {f"{day}T00:00:00+00:00"}
    with library.writing(installed.engine) as connection:
        connection.execute(insert(Answer), [revised(0, 9)])
    later = await reader.walk(5, **{"filter[start-timestamp]": f"{day}T00:00:00+00:00"})
    assert [(row[0], row[4], row[5]) for row in later] == [
        ("2026-11-05T00:00:00+00:00", "safe", "somewhat")
    ]
    start, end = "filter[start-timestamp]", "filter[end-timestamp]"
    both = await reader.walk(1000)
    assert len(both) == len(whole)
    for time, wanted in (
        (f"{day}T00:00:00Z", len(whole) - 1),
        (f"{day}T23:59:59Z", len(whole) - 1),
        (f"{day} 00:00:00+00:00", len(whole) - 1),
        (f"{day}T01:00:00+02:00", 0),
        ("2026-11-05T00:00:00Z", len(whole)),
    ):
        rows = await reader.walk(3, **{end: time})
        assert len(rows) == wanted, time
        rest = await reader.walk(3, **{start: time})
        assert sorted(rows + rest) == sorted(both), "each row is before or after"
    between = {start: "2026-11-03T00:00:00Z", end: "2026-11-04T23:00:00Z"}
    assert await reader.walk(3, **between) == []


async def test_a_package_has_one_version(reader: Reader) -> None:
    whole = await reader.walk(1000)
    late, early = (AT + timedelta(seconds=1)).isoformat(), (AT - timedelta(seconds=1)).isoformat()
    least, most = "filter[min-version]", "filter[max-version]"
    assert await reader.walk(9, **{least: AT.isoformat(), most: AT.isoformat()}) == whole
    assert await reader.walk(9, **{least: early, most: late}) == whole
    assert await reader.walk(9, **{least: late}) == []
    assert await reader.walk(9, **{most: early}) == []


async def test_links_keep_the_filters(reader: Reader) -> None:
    at, day = await reader.responses(), "2026-11-01T00:00:00+02:00"
    body = await reader.get(f"{at}?page[size]=2&filter[start-timestamp]={day}")  # a bare plus sign
    again = await reader.get(body["links"]["next"])
    assert again["links"]["self"] == body["links"]["next"]
    assert "start-timestamp" in again["links"]["next"]


# --- who, and what is noted ----------------------------------------------------------------------
async def test_only_coordinators_and_administrators_read(
    installed: Installation, http: httpx.AsyncClient
) -> None:
    at = await reader_of(installed, http).responses()
    for path in (PACKAGES, at.removesuffix("/responses"), at):
        for role in Role:
            for scheme in ("Token", "Bearer", "token"):
                answer = await Reader(http, installed.api_keys[HERE, role], scheme).ask(path)
                if role in (Role.COORDINATOR, Role.ADMINISTRATOR):
                    assert answer.status_code in (200, 404), "ids are the key's own"
                else:
                    told(answer, 403)
        for header in ({}, {"Authorization": "Token"}, {"Authorization": "Token imb_x"}):
            answer = await http.get(path, headers=header)
            told(answer, 401)
            assert answer.headers["www-authenticate"] == "Token"
        key = installed.api_keys[HERE, Role.COORDINATOR]
        told(await Reader(http, key, "Basic").ask(path), 401)


async def test_a_key_reads_its_own_city_only_and_ids_are_its_own(
    installed: Installation, http: httpx.AsyncClient
) -> None:
    with library.writing(installed.engine) as connection:
        other = make_key(
            connection, HERE, Role.COORDINATOR, "", lambda: "another-synthetic-secret", AT
        )
    readers = [
        reader_of(installed, http),
        Reader(http, other),
        Reader(http, installed.api_keys[THERE, Role.COORDINATOR]),
    ]
    own = [await one.responses() for one in readers]
    assert len(set(own)) == 3
    for one in readers:
        for at in own:
            answer = await one.ask(at)
            assert answer.status_code == (200 if at == await one.responses() else 404)
    first, second = [await one.walk(1000) for one in readers[:2]]
    assert without_ids(first) == without_ids(second)
    for column in (1, 2, 3):
        assert not {row[column] for row in first} & {row[column] for row in second}
    cursor = await readers[1].ask(own[1], params={"page[afterCursor]": first[0][1]})
    told(cursor, 400)


async def test_ids_stay_the_same_when_a_new_secret_key_is_put_in_front(
    reader: Reader, installed: Installation
) -> None:
    before = await reader.walk(1000)
    installed.keys = KeyRing(["n" * 40, "o" * 40])
    assert await reader.walk(1000) == before


async def test_every_access_is_noted(reader: Reader, installed: Installation) -> None:
    at = await reader.responses()
    await reader.get(at.removesuffix("/responses"))
    await reader.get(at)
    await reader.ask(f"{PACKAGES}/nothing")
    with installed.engine.connect() as connection:
        rows = connection.execute(select(Audit.city, Audit.who, Audit.what).order_by(Audit.id))  # type: ignore[call-overload]  # SQLModel types a column as its value
        found = [tuple(row) for row in rows]
    who = installed.api_keys[HERE, Role.COORDINATOR].split("_")[1]
    assert found == [
        (HERE, who, "flow results packages"),
        (HERE, who, "flow results street descriptor"),
        (HERE, who, "flow results street rows"),
    ]


async def test_links_begin_with_the_address_the_world_sees(
    reader: Reader, installed: Installation
) -> None:
    installed.settings = Settings(public_url="https://imbizo.example.org")
    body = await reader.get(PACKAGES)
    assert body["links"]["self"] == f"https://imbizo.example.org{PACKAGES}"


# --- errors ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("page[size]=0", ["page[size]"]),
        ("page[size]=1001", ["page[size]"]),
        ("page[size]=x", ["page[size]"]),
        ("page[afterCursor]=x", ["page[afterCursor]"]),
        ("page[afterCursor]=", ["page[afterCursor]"]),
        ("page[beforeCursor]=AAAA-safe", ["page[beforeCursor]"]),
        ("page[beforeCursor]=%C3%A9-safe", ["page[beforeCursor]"]),
        ("filter[start-timestamp]=yesterday", ["filter[start-timestamp]"]),
        ("filter[start-timestamp]=2026-11-01", ["filter[start-timestamp]"]),
        ("filter[end-timestamp]=0001-01-01T00:00:00Z", ["filter[end-timestamp]"]),
        ("filter[end-timestamp]=9999-12-31T00:00:00Z", ["filter[end-timestamp]"]),
        (
            "filter[min-version]=&filter[max-version]=1",
            ["filter[min-version]", "filter[max-version]"],
        ),
        ("sort=timestamp&include=descriptor", ["sort", "include"]),
    ],
)
async def test_every_fault_of_the_parameters_is_told(
    reader: Reader, query: str, parameters: list[str]
) -> None:
    errors = told(await reader.ask(f"{await reader.responses()}?{query}"), 400)
    assert [one["source"]["parameter"] for one in errors] == parameters
    assert all(one["detail"] for one in errors)


async def test_both_cursors_at_once(reader: Reader) -> None:
    at, [row, *_] = await reader.responses(), await reader.walk(1)
    both = {"page[afterCursor]": row[1], "page[beforeCursor]": row[1]}
    [error] = told(await reader.ask(at, params=both), 400)
    assert error["source"] == {"parameter": "page[beforeCursor]"}


async def test_a_package_that_is_not_there(reader: Reader, installed: Installation) -> None:
    at = await reader.responses()
    for path in (f"{PACKAGES}/x", f"{PACKAGES}/{'0' * 36}/responses"):
        told(await reader.ask(path), 404)
    with library.writing(installed.engine) as connection:
        library.publish(connection, HERE, FIRST_VERSION, AT + timedelta(days=1))
    [error] = told(await reader.ask(at), 404)
    assert "published anew" in error["detail"]
    assert await reader.responses() != at


async def test_nothing_is_written_here(reader: Reader) -> None:
    at = await reader.responses()
    for path in (PACKAGES, at.removesuffix("/responses"), at):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = await reader.http.request(method, path, headers=reader.headers, json={})
            [error] = told(answer, 405)
            assert "read here only" in error["title"]
            assert answer.headers["allow"] == "GET"


@pytest.mark.filterwarnings("ignore")
def test_nothing_sent_at_random_is_a_server_error(floip: FastAPI, installed: Installation) -> None:
    headers = {"Authorization": f"Token {installed.api_keys[HERE, Role.ADMINISTRATOR]}"}
    operations = list(schemathesis.openapi.from_asgi("/openapi.json", floip).get_all_operations())
    assert len(operations) == 3
    for result in operations:
        assert isinstance(result, Ok)
        send_at_random(result.ok(), headers)


def test_the_operations_are_described(floip: FastAPI) -> None:
    for path, methods in floip.openapi()["paths"].items():
        assert list(methods) == ["get"], path
        assert methods["get"]["security"] == [{"token": []}]
        assert methods["get"]["description"]
        for answer in methods["get"]["responses"].values():
            assert KIND in answer["content"]
