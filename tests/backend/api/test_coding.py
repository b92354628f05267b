"""Coding schemes and the coding desk by API."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, update

from backend.auth import Role, make_key
from backend.models import Audit
from backend.store import library
from backend.store.tables import ANSWER, RAW
from tests.backend.api.conftest import HERE, THERE, Client, Installation, problem
from tests.backend.exports.seed import AT
from tests.backend.words import LATER_SCHEME, SCHEME, write

SCHEMES = f"/api/v1/{HERE}/schemes"
WHY = f"/api/v1/{HERE}/surveys/street/questions/why"
TOML = "application/toml"
SAID = "ja well no fine"


@pytest.fixture
def installed(installed: Installation) -> Installation:
    """What residents wrote is sealed as the program seals it; a second coordinator is there."""
    with library.writing(installed.engine) as connection:
        sealed = installed.keys.seal(SAID, RAW)
        connection.execute(update(ANSWER).where(ANSWER.c.raw.is_not(None)).values(raw=sealed))
        fresh = iter(("synthetic-second-prefix", "synthetic-second-secret"))
        made = make_key(connection, HERE, Role.COORDINATOR, "", lambda: next(fresh), AT)
    installed.api_keys["second", Role.COORDINATOR] = made
    return installed


async def put(client: Client, path: str, role: Role = Role.COORDINATOR, **body: Any) -> Any:
    return await client.http.put(path, json=body, headers=client.bearer(role))


async def give(
    client: Client, id_: int, *codes: str, what: str = "labels", who: str = HERE
) -> httpx.Response:
    path = f"/api/v1/{HERE}/answers/{id_}/{what}"
    return await client.http.post(
        path, json={"codes": codes}, headers=client.bearer(Role.COORDINATOR, who)
    )


async def seen(client: Client, state: str = "open", who: str = HERE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        path = f"{WHY}/coding?state={state}&limit=2&after={after}"
        answer = await client.http.get(path, headers=client.bearer(Role.COORDINATOR, who))
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        after = answer.json()["next"]
    return found


@pytest.fixture
async def applied(client: Client) -> Client:
    """The scheme published and applied."""
    await client.post(SCHEMES, content=SCHEME, kind=TOML)
    assert (await put(client, f"{WHY}/scheme", scheme="why-unsafe")).status_code == 200
    return client


# --- schemes ------------------------------------------------------------------------------------
async def test_a_scheme_is_published_listed_and_shown(client: Client) -> None:
    made = await client.post(SCHEMES, content=SCHEME, kind=TOML)
    assert (made.status_code, made.json()) == (201, {"slug": "why-unsafe", "version": 1})
    again = await client.post(SCHEMES, content=SCHEME, kind=TOML)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    later = await client.post(SCHEMES, content=LATER_SCHEME, kind=TOML)
    assert (later.status_code, later.json()["version"]) == (201, 2)
    [brief] = (await client.get(SCHEMES)).json()["items"]
    assert (brief["slug"], brief["version"], brief["codes"]) == ("why-unsafe", 2, 3)
    detail = (await client.get(f"{SCHEMES}/why-unsafe", Role.COORDINATOR)).json()
    assert detail["versions"] == [1, 2]
    assert detail["source"] == LATER_SCHEME
    assert detail["codes"][0] == {
        "name": "lighting", "code": "L", "label": {"en": "Street lighting", "es": "Alumbrado"},
        "match": {"en": ["street light", "dark"], "es": ["alumbrado"]}, "kind": "theme",
        "dimension": "personal",
    }  # fmt: skip
    problem(await client.get(f"{SCHEMES}/nosuch"), 404)


FAULTY: Mapping[str, tuple[str, str]] = {
    "a fault of form": (SCHEME.replace('code = "L"', 'code = "Lighting"'), "codes[0].code"),
    "a language of another city": (SCHEME.replace("es = [", "zu = ["), "codes[0].match.zu"),
    "no TOML": ("slug =", "file"),
    "nothing": ("", "slug"),
}


@pytest.mark.parametrize("case", FAULTY)
async def test_all_faults_of_a_scheme_are_told(case: str, client: Client) -> None:
    text, where = FAULTY[case]
    told = problem(await client.post(SCHEMES, content=text, kind=TOML), 422)
    assert told["title"] == "The scheme has faults"
    errors = told["errors"]
    assert isinstance(errors, list)
    assert errors[0]["where"] == where
    problem(await client.post(SCHEMES, content=text, kind="image/png"), 415)


async def test_a_scheme_is_applied_to_an_open_question(client: Client) -> None:
    problem(await client.get(f"{WHY}/scheme"), 404)
    problem(await put(client, f"{WHY}/scheme", scheme="why-unsafe"), 422)
    await client.post(SCHEMES, content=SCHEME, kind=TOML)
    wanted: dict[str, Any] = {"scheme": "why-unsafe", "coders": 1, "twice_percent": 20}
    made = await put(client, f"{WHY}/scheme", **wanted)
    assert made.json() == {"survey": "street", "question": "why", "version": 1, **wanted}
    assert (await client.get(f"{WHY}/scheme")).json() == made.json()
    [brief] = (await client.get(SCHEMES)).json()["items"]
    assert brief["applied_to"] == [made.json()]
    closed = WHY.replace("why", "safe")
    problem(await put(client, f"{closed}/scheme", scheme="why-unsafe"), 422)
    problem(await put(client, f"{WHY}x/scheme", scheme="why-unsafe"), 404)
    problem(
        await put(client, f"{WHY.replace('street', 'nosuch')}/scheme", scheme="why-unsafe"), 404
    )
    problem(await put(client, f"{WHY}/scheme", scheme="why-unsafe", coders=0), 422)


# --- the desk -----------------------------------------------------------------------------------
async def test_the_desk_shows_words_and_suggestions_and_keeps_labels(
    applied: Client, installed: Installation
) -> None:
    [first] = await seen(applied)
    assert (first["said"], first["suggested"], first["outcome"]) == (SAID, [], "answered")
    [dark] = write(installed.engine, installed.keys, HERE, ["DARK, no street light"])
    item = (await seen(applied))[-1]
    assert item == {
        "id": dark, "outcome": "answered", "state": "open", "version": 2, "language": "en",
        "answered_on": "2026-11-02", "said": "DARK, no street light",
        "suggested": [{"code": "lighting", "because": "street light", "inflected": False}],
        "coders_needed": 1,
        "own": None, "labels": None, "codes": None, "settled_by": None, "settler_coded": None,
    }  # fmt: skip
    made = await give(applied, dark, "lighting")
    assert (made.status_code, made.json()) == (
        201,
        {"id": dark, "state": "coded", "codes": ["lighting"]},
    )
    [item] = await seen(applied, "coded")
    assert (item["own"], item["codes"]) == (["lighting"], ["lighting"])
    assert [item["id"] for item in await seen(applied)] == [first["id"]]
    back = await give(applied, dark)
    assert back.json() == {"id": dark, "state": "open", "codes": None}


async def test_two_code_blind_and_a_third_settles(applied: Client, installed: Installation) -> None:
    await put(applied, f"{WHY}/scheme", scheme="why-unsafe", coders=2)
    [answer] = write(installed.engine, installed.keys, HERE, ["dark gangs"])
    one = await give(applied, answer, "gangs", "lighting")
    assert one.json() == {"id": answer, "state": "waiting", "codes": None}
    problem(await give(applied, answer, "gangs", what="settlement"), 409)
    item = (await seen(applied, who="second"))[-1]
    assert (item["id"], item["labels"], item["codes"]) == (answer, None, None)
    history = f"/api/v1/{HERE}/answers/{answer}/labels"
    bearer = applied.bearer(Role.COORDINATOR, "second")
    assert (await applied.http.get(history, headers=bearer)).json() == []
    two = await give(applied, answer, "gangs", who="second")
    assert two.json()["state"] == "disputed"
    [item] = await seen(applied, "disputed", who="second")
    assert sorted(label["codes"] for label in item["labels"]) == [["gangs"], ["lighting", "gangs"]]
    settled = await give(applied, answer, "lighting", what="settlement", who="second")
    assert settled.json() == {"id": answer, "state": "settled", "codes": ["lighting"]}
    [item] = await seen(applied, "settled")
    second = installed.api_keys["second", Role.COORDINATOR].split("_")[1]
    assert (item["settled_by"], item["settler_coded"], item["codes"]) == (
        second,
        True,
        ["lighting"],
    )
    rows = (await applied.get(history, Role.COORDINATOR)).json()
    assert [(row["codes"], row["settles"]) for row in rows] == [
        (["lighting", "gangs"], False), (["gangs"], False), (["lighting"], True),
    ]  # fmt: skip
    report = (await applied.get(f"{WHY}/agreement")).json()
    assert report["progress"] == {"open": 1, "coded": 0, "disputed": 0, "settled": 1, "gone": 0}
    assert report["all_codes"] == {
        "units": 1, "coders": 2, "percent": 0.0, "kappa": 0.0, "alpha": 0.0,
    }  # fmt: skip
    assert [one["code"] for one in report["by_code"]] == ["lighting", "gangs", "no_answer"]
    assert report["by_code"][1]["agreement"]["percent"] == 100.0


async def test_who_did_not_code_it_does_not_see_what_an_only_coder_gave(
    applied: Client, installed: Installation
) -> None:
    [answer] = write(installed.engine, installed.keys, HERE, ["dark"])
    await give(applied, answer, "lighting")
    [item] = await seen(applied, "coded", who="second")
    assert (item["labels"], item["own"], item["codes"]) == (None, None, None)


async def test_what_was_no_answer_is_found_there_for_any_question(client: Client) -> None:
    """Without any scheme: remarks, and replies to closed questions that nobody could read."""
    closed = f"/api/v1/{HERE}/surveys/street/questions"
    [remark] = (await client.get(f"{closed}/safe/coding?state=remark")).json()["items"]
    assert (remark["outcome"], remark["state"], remark["said"]) == ("remark", "remark", SAID)
    [unread] = (await client.get(f"{closed}/since/coding?state=not_coded")).json()["items"]
    assert (unread["outcome"], unread["said"], unread["own"]) == ("not_coded", SAID, None)
    problem(await client.get(f"{closed}/since/coding"), 404)
    problem(await client.get(f"{closed}/nosuch/coding?state=remark"), 404)
    problem(await client.get(f"{closed}/since/coding?state=odd"), 422)


async def test_codes_that_are_none_and_answers_that_are_not_there(applied: Client) -> None:
    [answer] = [item["id"] for item in await seen(applied)]
    told = problem(await give(applied, answer, "nosuch"), 422)
    assert told["errors"] == [
        {"where": "body.codes", "what": "has one that is none of lighting, gangs, no_answer"}
    ]
    problem(await give(applied, answer, "no_answer", "gangs"), 422)
    problem(await give(applied, answer, what="settlement"), 422)
    problem(await give(applied, answer), 409)
    problem(await give(applied, 10**9, "gangs"), 404)
    problem(await applied.get(f"/api/v1/{HERE}/answers/{10**9}/labels"), 404)
    bad = await applied.http.post(
        f"/api/v1/{HERE}/answers/{answer}/labels",
        json={"codes": ["gangs"], "note": "for me"},
        headers=applied.bearer(Role.COORDINATOR),
    )
    problem(bad, 422)


async def test_other_roles_and_cities_see_and_change_nothing(
    applied: Client, installed: Installation
) -> None:
    [answer] = [item["id"] for item in await seen(applied)]
    for role in (Role.OFFICIAL, Role.VIEWER, Role.PARTNER):
        for path in (SCHEMES, f"{SCHEMES}/why-unsafe", f"{WHY}/coding", f"{WHY}/agreement"):
            problem(await applied.get(path, role), 403)
        problem(await put(applied, f"{WHY}/scheme", role, scheme="why-unsafe"), 403)
    bearer = applied.bearer(Role.COORDINATOR, THERE)
    there = f"/api/v1/{THERE}/answers/{answer}"
    for what in ("labels", "settlement"):
        made = await applied.http.post(f"{there}/{what}", json={"codes": ["gangs"]}, headers=bearer)
        problem(made, 404)
    problem(await applied.http.get(f"{there}/labels", headers=bearer), 404)
    theirs = await applied.http.get(SCHEMES.replace(HERE, THERE), headers=bearer)
    assert theirs.json() == {"items": [], "next": None}


async def test_every_look_and_label_is_in_the_audit_log(
    applied: Client, installed: Installation
) -> None:
    [answer] = [item["id"] for item in await seen(applied)]
    await give(applied, answer, "gangs")
    await give(applied, answer, "lighting", what="settlement")
    await applied.get(f"/api/v1/{HERE}/answers/{answer}/labels", Role.COORDINATOR)
    await give(applied, answer, "nosuch")
    with installed.engine.connect() as connection:
        lines = connection.execute(
            select(Audit.who, Audit.what).order_by(Audit.id)  # type: ignore[call-overload]
        ).all()
    prefix = installed.api_keys[HERE, Role.COORDINATOR].split("_")[1]
    assert [tuple(line) for line in lines] == [
        (prefix, "answers street"), (prefix, f"label {answer}"), (prefix, f"settlement {answer}"),
        (prefix, f"labels {answer}"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", [f"{WHY}/coding", f"/api/v1/{HERE}/surveys/street/answers"])
async def test_while_words_are_read_others_may_write(
    path: str, applied: Client, installed: Installation
) -> None:
    """Whenever residents' words are fetched, a second connection gets the write lock at once."""
    if installed.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite has one writer")
    file = str(installed.engine.url.database)
    other = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    had: list[str] = []

    def write_beside(*given: Any) -> None:
        if ".raw" in given[2]:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            had.append(given[2])

    event.listen(installed.engine, "before_cursor_execute", write_beside)
    assert (await applied.get(path, Role.COORDINATOR)).json()["items"]
    event.remove(installed.engine, "before_cursor_execute", write_beside)
    other.close()
    assert had
