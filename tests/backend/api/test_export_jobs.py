"""Exports in the background, over the API: asked for, made by a worker, fetched, removed."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text, update

from backend import wiring
from backend.auth import Role, make_key
from backend.exporting import Exporter
from backend.exports import FORMATS
from backend.models import Audit
from backend.store import export_jobs, library, purging
from backend.store.export_jobs import MOST_ATTEMPTS, JobStatus
from backend.store.tables import EXPORT_JOB
from tests.backend.api.conftest import HERE, THERE, Client, Installation, problem
from tests.backend.exports.seed import AT, WAYS, Way, add, said

STREET = f"/api/v1/{HERE}/surveys/street"
KEY = "synthetic export key"
READERS = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.OFFICIAL, Role.VIEWER)


async def ask(
    client: Client, format: str = "csv", role: Role = Role.COORDINATOR, key: str | None = KEY
) -> httpx.Response:
    headers = client.bearer(role) | ({"Export-Key": key} if key else {})
    return await client.http.post(f"{STREET}/exports", json={"format": format}, headers=headers)


async def work(installed: Installation) -> int:
    """A worker makes all there is to make; how many."""
    exporter, made = Exporter(installed.engine, installed.keys, installed.vault), 0
    while await exporter.make_one():
        made += 1
    return made


async def status(client: Client, at: str, role: Role = Role.COORDINATOR) -> dict[str, Any]:
    answer = await client.get(at, role)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def change(installed: Installation, **values: object) -> None:
    """Sets columns of every job."""
    with library.writing(installed.engine) as connection:
        connection.execute(update(EXPORT_JOB).values(values))


def count(installed: Installation, table: str) -> int:
    with installed.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def test_the_file_is_the_one_of_the_direct_route(
    client: Client, installed: Installation
) -> None:
    for format, chosen in FORMATS.items():
        asked = await ask(client, format)
        assert asked.status_code == 202
        assert asked.json() | {"id": 0} == {"id": 0, "status": "waiting", "export_key": None}
        at = asked.headers["location"]
        assert at == f"{STREET}/exports/{asked.json()['id']}"
        before = await status(client, at)
        assert (before["status"], before["percent"], before["file"]) == ("waiting", None, None)
        problem(await client.get(f"{at}/file", Role.COORDINATOR), 409)
        assert await work(installed) == 1
        after = await status(client, at)
        assert (after["status"], after["percent"]) == ("done", 100)
        assert after["rows_done"] == (len(WAYS) if chosen.microdata else 0)
        assert after["created_at"] <= after["started_at"] <= after["finished_at"]
        fetched = await client.get(after["file"], Role.COORDINATOR)
        direct = await client.get(f"{STREET}/export?format={format}", Role.COORDINATOR, KEY)
        assert fetched.content == direct.content
        assert len(fetched.content) == after["bytes"] == int(fetched.headers["content-length"])
        for header in ("content-type", "content-disposition", "cache-control"):
            assert fetched.headers[header] == direct.headers[header]


async def test_figures_are_made_public_first_where_that_is_due(
    client: Client, installed: Installation
) -> None:
    with library.writing(installed.engine) as connection:
        for begin, answer in ((100, "yes_safe"), (200, "somewhat"), (300, "unsafe")):
            add(connection, HERE, [Way({"safe": said(answer)}, contact=None)] * 30, begin)
    at = (await ask(client, "summary")).headers["location"]
    await work(installed)
    fetched = await client.get(f"{at}/file", Role.COORDINATOR)
    lines = list(csv.DictReader(io.StringIO(fetched.text, newline="")))
    assert any(one["question"] == "safe" and one["count"] for one in lines)
    direct = await client.get(f"{STREET}/export?format=summary", Role.COORDINATOR)
    assert fetched.content == direct.content


async def test_a_file_of_many_pieces_is_whole(
    client: Client, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.exporting.PIECE_BYTES", 100)
    at = (await ask(client)).headers["location"]
    await work(installed)
    fetched = await client.get(f"{at}/file", Role.COORDINATOR)
    direct = await client.get(f"{STREET}/export?format=csv", Role.COORDINATOR, KEY)
    assert fetched.content == direct.content
    pieces = count(installed, "export_piece")
    assert pieces == -(-len(direct.content) // 100) > 5
    with installed.engine.connect() as connection:
        kept = connection.execute(text("SELECT content FROM export_piece")).scalars().all()
    assert not any("response_id" in content or "csv" in content for content in kept), "sealed"


async def test_a_fresh_key_is_shown_once_and_kept_sealed_until_the_end(
    client: Client, installed: Installation
) -> None:
    asked = await ask(client, key=None)
    secret = asked.json()["export_key"]
    assert asked.headers["export-key"] == secret
    at = asked.headers["location"]
    with installed.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM export_job")).mappings().one()
    assert row["secret"]
    assert secret not in str(dict(row))
    assert secret not in (await client.get(at, Role.COORDINATOR)).text
    await work(installed)
    with installed.engine.connect() as connection:
        assert connection.execute(text("SELECT secret FROM export_job")).scalar_one() is None
    fetched = await client.get(f"{at}/file", Role.COORDINATOR)
    direct = await client.get(f"{STREET}/export?format=csv", Role.COORDINATOR, secret)
    assert fetched.content == direct.content
    assert (await ask(client, "summary", key=None)).json()["export_key"] is None, "it has no ids"


@pytest.mark.parametrize("format", list(FORMATS))
async def test_microdata_is_for_coordinators_and_administrators(
    client: Client, format: str
) -> None:
    takers = (Role.COORDINATOR, Role.ADMINISTRATOR) if FORMATS[format].microdata else READERS
    for role in Role:
        answer = await ask(client, format, role)
        assert answer.status_code == (202 if role in takers else 403), role


async def test_only_who_asked_and_administrators_have_it(
    client: Client, installed: Installation
) -> None:
    with library.writing(installed.engine) as connection:
        other = make_key(
            connection, HERE, Role.COORDINATOR, "", lambda: "another-synthetic-secret", AT
        )
    at = (await ask(client, "summary")).headers["location"]
    await work(installed)
    strangers = [client.bearer(Role.VIEWER), {"Authorization": f"Bearer {other}"}]
    for headers in strangers:
        for path in (at, f"{at}/file"):
            problem(await client.http.get(path, headers=headers), 404)
        problem(await client.http.delete(at, headers=headers), 404)
        listed = await client.http.get(f"{STREET}/exports", headers=headers)
        assert listed.json() == {"items": [], "next": None}
    elsewhere = at.replace(HERE, THERE)
    for path in (elsewhere, f"{elsewhere}/file"):
        headers = client.bearer(Role.ADMINISTRATOR, THERE)
        problem(await client.http.get(path, headers=headers), 404)
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        assert (await client.get(f"{at}/file", role)).status_code == 200
        assert len((await status(client, f"{STREET}/exports", role))["items"]) == 1
    problem(await client.get(at.replace("/street/", "/other/")), 404)


async def test_the_list_has_the_newest_first_in_pages(
    client: Client, installed: Installation
) -> None:
    ids = [(await ask(client, role=role)).json()["id"] for role in READERS[:2] for _ in range(3)]
    ids.reverse()
    first = await status(client, f"{STREET}/exports?limit=4", Role.ADMINISTRATOR)
    rest = await status(
        client, f"{STREET}/exports?limit=4&after={first['next']}", Role.ADMINISTRATOR
    )
    assert [item["id"] for item in first["items"] + rest["items"]] == ids
    assert rest["next"] is None
    own = await status(client, f"{STREET}/exports")
    assert [item["id"] for item in own["items"]] == ids[:3]
    problem(await client.get(f"/api/v1/{HERE}/surveys/nothing/exports"), 404)


async def test_what_cannot_be_asked(client: Client, installed: Installation) -> None:
    headers = client.bearer(Role.COORDINATOR)
    bodies: list[object] = [
        {}, {"format": "pdf"}, {"format": "csv", "odd": 1}, {"format": 1}, [],
    ]  # fmt: skip
    for body in bodies:
        answer = await client.http.post(f"{STREET}/exports", json=body, headers=headers)
        problem(answer, 422)
    problem(await ask(client, key="x" * 15), 422)
    nothing = f"/api/v1/{HERE}/surveys/nothing/exports"
    problem(await client.http.post(nothing, json={"format": "csv"}, headers=headers), 404)
    assert count(installed, "export_job") == 0


async def test_a_key_may_wait_for_ten_at_a_time(client: Client, installed: Installation) -> None:
    for _ in range(10):
        assert (await ask(client)).status_code == 202
    problem(await ask(client), 429)
    assert (await ask(client, role=Role.ADMINISTRATOR)).status_code == 202
    await work(installed)
    assert (await ask(client)).status_code == 202


async def test_asking_fetching_and_removing_are_in_the_audit_log(
    client: Client, installed: Installation
) -> None:
    asked = await ask(client)
    at, id = asked.headers["location"], asked.json()["id"]
    await client.get(f"{at}/file", Role.COORDINATOR)
    await work(installed)
    for _ in range(2):
        await client.get(f"{at}/file", Role.COORDINATOR)
    await client.http.delete(at, headers=client.bearer(Role.ADMINISTRATOR))
    await client.get(f"{at}/file", Role.COORDINATOR)
    who, boss = (
        installed.api_keys[HERE, role].split("_")[1]
        for role in (Role.COORDINATOR, Role.ADMINISTRATOR)
    )
    with installed.engine.connect() as connection:
        rows = connection.execute(select(Audit.city, Audit.who, Audit.what).order_by(Audit.id))  # type: ignore[call-overload]  # SQLModel types a column as its value
        found = [tuple(row) for row in rows]
    assert found == [
        (HERE, who, f"export street csv asked {id}"),
        (HERE, who, f"export street csv fetched {id}"),
        (HERE, who, f"export street csv fetched {id}"),
        (HERE, boss, f"export street csv removed {id}"),
    ]


async def test_one_that_is_called_off_is_not_made(client: Client, installed: Installation) -> None:
    at = (await ask(client)).headers["location"]
    gone = await client.http.delete(at, headers=client.bearer(Role.COORDINATOR))
    assert (gone.status_code, gone.content) == (204, b"")
    assert await work(installed) == 0
    problem(await client.get(at, Role.COORDINATOR), 404)


async def test_a_file_expires_after_a_day(client: Client, installed: Installation) -> None:
    at = (await ask(client)).headers["location"]
    await work(installed)
    ends = (await status(client, at))["expires_at"]
    now = wiring.now()
    assert now + timedelta(hours=23) < datetime.fromisoformat(ends)
    assert purging.expire_exports(installed.engine, now + timedelta(hours=23)) == 0
    change(installed, expires_at=now)
    problem(await client.get(f"{at}/file", Role.COORDINATOR), 410)
    assert purging.expire_exports(installed.engine, now) == 1
    body = await status(client, at)
    assert (body["status"], body["file"], body["percent"]) == ("expired", None, 100)
    problem(await client.get(f"{at}/file", Role.COORDINATOR), 410)
    assert count(installed, "export_piece") == 0
    with installed.engine.connect() as connection:
        logged = connection.execute(text("SELECT what, n FROM purge_log")).all()
    assert [tuple(row) for row in logged] == [("export file", 1)]


async def test_one_that_fails_says_why_in_a_sentence(
    client: Client, installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyreadstat", None)
    at = (await ask(client, "sav")).headers["location"]
    await work(installed)
    body = await status(client, at)
    assert (body["status"], body["file"]) == ("failed", None)
    assert "pip install 'imbizo[statistics]'" in body["problem"]
    problem(await client.get(f"{at}/file", Role.COORDINATOR), 409)


async def test_what_is_begun_three_times_and_never_ends_is_given_up(
    client: Client, installed: Installation
) -> None:
    at = (await ask(client)).headers["location"]
    for n in range(MOST_ATTEMPTS):
        with library.writing(installed.engine) as connection:
            claimed = export_jobs.claim(connection, wiring.now())
        assert claimed is not None
        assert claimed.attempt == n + 1
        change(installed, due_at=wiring.now())  # its worker was killed
    assert await work(installed) == 0
    body = await status(client, at)
    assert (body["status"], body["problem"]) == ("failed", export_jobs.GIVEN_UP)
    with installed.engine.connect() as connection:
        assert connection.execute(text("SELECT secret FROM export_job")).scalar_one() is None


async def test_a_key_that_no_longer_opens(client: Client, installed: Installation) -> None:
    at = (await ask(client)).headers["location"]
    change(installed, secret="00000000.AAAA")
    await work(installed)
    assert "ask for the export again" in (await status(client, at))["problem"]


async def test_progress_is_in_rows_and_never_full_before_the_end(
    client: Client, installed: Installation
) -> None:
    at = (await ask(client)).headers["location"]
    running = {"status": JobStatus.RUNNING, "rows_total": 1000}
    for done, percent in ((0, 0), (999, 99), (1000, 99)):
        change(installed, **running, rows_done=done)
        body = await status(client, at)
        assert (body["rows_done"], body["percent"]) == (done, percent)
        problem(await client.get(f"{at}/file", Role.COORDINATOR), 409)
