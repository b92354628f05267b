"""How answers were read, and reading them anew."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.auth import Role
from backend.models import Audit
from backend.results.counts import by_answer
from backend.store import library
from backend.store.tables import ANSWER, RAW
from tests.backend.api.conftest import HERE, THERE, Client, Installation, problem

LIST = f"/api/v1/{HERE}/surveys/street/answers"
SAID = "ja well no fine"


@pytest.fixture
def installed(installed: Installation) -> Installation:
    """What residents wrote is sealed as the program seals it."""
    with library.writing(installed.engine) as connection:
        sealed = installed.keys.seal(SAID, RAW)
        connection.execute(update(ANSWER).where(ANSWER.c.raw.is_not(None)).values(raw=sealed))
    return installed


def path(id_: int, city: str = HERE) -> str:
    return f"/api/v1/{city}/answers/{id_}/coding"


async def give(client: Client, id_: int, role: Role = Role.COORDINATOR, **body: Any) -> Any:
    return await client.post(path(id_), role, content=json.dumps(body), kind="application/json")


async def items(client: Client, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        more = "&".join(f"{k}={v}" for k, v in {**query, "after": after, "limit": "7"}.items())
        page = (await client.get(f"{LIST}?{more}", Role.COORDINATOR)).json()
        found += page["items"]
        after = page["next"]
    return found


async def one(client: Client, **query: str) -> dict[str, Any]:
    return (await items(client, **query))[0]


async def test_only_last_revisions_are_listed_with_what_was_said(client: Client) -> None:
    found = await items(client)
    assert len(found) == len({item["id"] for item in found})
    safe = [item for item in found if item["question"] == "safe" and item["revision"] == 2]
    assert [item["value"] for item in safe] == ["unsafe"]
    assert (await one(client, outcome="not_coded"))["said"] == SAID
    assert {item["question"] for item in await items(client, question="age")} == {"age"}
    assert set(found[0]) == {
        "id", "survey", "version", "question", "revision", "language", "answered_on", "outcome",
        "value", "rule", "words", "coder", "said",
    }  # fmt: skip


async def test_remarks_are_listed_by_themselves_and_leave_the_answer_to_be_coded(
    client: Client,
) -> None:
    remark = await one(client, outcome="remark")
    assert (remark["question"], remark["revision"], remark["said"]) == ("safe", 3, SAID)
    late = await one(client, outcome="late")
    assert (late["revision"], late["value"]) == (4, "somewhat")
    assert not {"remark", "late"} & {item["outcome"] for item in await items(client)}
    assert (await give(client, remark["id"], value="unsafe")).status_code == 404
    answers = await items(client, question="safe", outcome="answered")
    answer = next(i for i in answers if i["revision"] == 2)
    made = await give(client, answer["id"], value="somewhat")
    assert made.status_code == 201
    after = next(i for i in await items(client, question="safe") if i["id"] == made.json()["id"])
    assert (after["revision"], after["value"]) == (5, "somewhat")


async def test_a_coder_reads_it_anew_and_both_readings_are_kept(
    client: Client, installed: Installation
) -> None:
    before = await one(client, outcome="not_coded", question="since")
    made = await give(client, before["id"], value="2024-03-01")
    assert made.status_code == 201
    assert made.json()["revision_of"] == before["id"]
    after = next(i for i in await items(client, question="since") if i["id"] == made.json()["id"])
    assert (after["outcome"], after["value"]) == ("answered", "2024-03-01")
    assert after["rule"] == "coded by a person"
    assert installed.api_keys[HERE, Role.COORDINATOR].split("_")[1] == after["coder"]
    assert after["said"] == SAID
    with installed.engine.connect() as connection:
        rows = connection.execute(
            select(ANSWER.c.outcome, ANSWER.c.raw.is_not(None)).where(
                ANSWER.c.question == "since", ANSWER.c.id.in_([before["id"], after["id"]])
            )
        ).all()
        assert sorted(map(tuple, rows)) == [("answered", 0), ("not_coded", 1)]
        counted = by_answer(connection, HERE, "street")
        whats = connection.execute(select(Audit.what)).scalars().all()  # type: ignore[call-overload]  # SQLModel types a column as its value
    assert counted
    assert f"coding {before['id']}" in whats
    assert "answers street" in whats


async def test_an_option_that_means_dont_know_is_that_outcome(client: Client) -> None:
    answer = await one(client, question="safe", outcome="dont_know")
    again = await give(client, answer["id"], value="unsure")
    assert again.status_code == 201
    found = [i for i in await items(client, question="safe") if i["id"] == again.json()["id"]]
    assert [(i["outcome"], i["value"]) for i in found] == [("dont_know", "unsure")]


FAULTS = [
    ("safe", {"value": "no such option"}),
    ("safe", {}),
    ("safe", {"outcome": "refused", "value": "unsafe"}),
    ("wrong", {"value": "dark"}),
    ("wrong", {"value": []}),
    ("wrong", {"value": ["dark", "dark"]}),
    ("wrong", {"value": ["dark", "no such"]}),
    ("first", {"value": ["light", "no such"]}),
    ("trust", {"value": 8}),
    ("age", {"value": "old"}),
    ("age", {"value": 34.5}),
    ("age", {"value": True}),
    ("age", {"value": 900}),
    ("since", {"value": "1 March"}),
    ("place", {"value": "nowhere"}),
    ("why", {"value": "because"}),
    ("safe", {"outcome": "skipped"}),
]


@pytest.mark.parametrize(("question", "body"), FAULTS)
async def test_what_the_question_does_not_take_is_refused(
    question: str, body: dict[str, Any], client: Client
) -> None:
    answer = await one(client, question=question)
    problem(await give(client, answer["id"], **body), 422)
    assert await one(client, question=question) == answer


async def test_a_survey_still_going_on_and_an_old_revision_are_left_alone(
    client: Client, installed: Installation
) -> None:
    assert not [i for i in await items(client, question="wrong") if i["value"] == ["nothing"]]
    with installed.engine.connect() as connection:
        parked = connection.execute(
            select(ANSWER.c.id).where(
                ANSWER.c.value == '["nothing"]', ANSWER.c.session.startswith(HERE)
            )
        ).scalar_one()
    problem(await give(client, parked, value=["dark"]), 409)
    with installed.engine.connect() as connection:
        old = (
            connection.execute(
                select(ANSWER.c.id).where(ANSWER.c.question == "safe", ANSWER.c.revision == 1)
            )
            .scalars()
            .all()
        )
        newer = select(ANSWER.c.session).where(ANSWER.c.question == "safe", ANSWER.c.revision == 2)
        first = connection.execute(
            select(ANSWER.c.id).where(
                ANSWER.c.session.in_(newer), ANSWER.c.question == "safe", ANSWER.c.revision == 1,
                ANSWER.c.session.startswith(HERE),
            )
        ).scalar_one()  # fmt: skip
    assert first in old
    problem(await give(client, first, value="unsafe"), 409)


async def test_another_city_and_other_roles_see_and_change_nothing(client: Client) -> None:
    answer = await one(client, question="safe")
    problem(await client.get(LIST, Role.OFFICIAL), 403)
    problem(await client.get(LIST, Role.VIEWER), 403)
    problem(await give(client, answer["id"], Role.OFFICIAL, value="unsafe"), 403)
    there = await client.http.post(
        path(answer["id"], THERE),
        headers=client.bearer(Role.COORDINATOR, THERE),
        json={"value": "unsafe"},
    )
    problem(there, 404)
    problem(await give(client, 10**9, value="unsafe"), 404)
    problem(await client.get(LIST.replace("street", "nosuch"), Role.COORDINATOR), 404)
