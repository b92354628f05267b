"""Broadcasts by API: foreseen, ordered once, approved by somebody else, looked at, stopped."""

from typing import Any

import httpx
import pytest
from sqlalchemy import insert, select, update

from backend import wiring
from backend.auth import Role
from backend.broadcasts.running import start_due
from backend.exports.audit import AUDIT
from backend.store import library
from backend.store.tables import BROADCAST, CONTACT, OUTBOUND, RECIPIENT, SESSION, URN
from bot.recipients import RecipientState
from bot.store import DeliveryState
from channels.base import Kind, Status
from dialogue.survey import Status as SessionStatus
from tests.backend.api.conftest import HERE, Client, Installation, problem
from tests.backend.exports.seed import AT, SLUG

ROOT = f"/api/v1/{HERE}"
OFFICIAL = Role.OFFICIAL


def resident(installed: Installation, n: int, **more: Any) -> str:
    """Somebody who agreed and can be reached."""
    row = {
        "id": f"{n:032x}", "city": HERE, "conversation": "{}", "created_at": AT, "agreed": True,
        "last_heard_at": AT, "heard_channel": "phone", "age": 30, "locale": "en", "area": "A1",
    } | more  # fmt: skip
    urn = {
        "city": HERE, "scheme": "try", "hash": f"h{n}", "address": "x", "contact": row["id"],
        "last_heard_at": AT, "channel": "phone",
    }  # fmt: skip
    with library.writing(installed.engine) as connection:
        connection.execute(insert(CONTACT).values(row))
        made = connection.execute(insert(URN).values(urn).returning(URN.c.id)).scalar_one()
        mine = update(CONTACT).where(CONTACT.c.id == row["id"])
        connection.execute(mine.values(heard_urn=made))
    return str(row["id"])


@pytest.fixture
def residents(installed: Installation) -> list[str]:
    """Fifteen who are reached, one who left."""
    resident(installed, 99, opted_out=True)
    return [resident(installed, n, area="A2" if n > 12 else "A1") for n in range(1, 16)]


async def send(
    client: Client, path: str, body: Any = None, role: Role = OFFICIAL, key: str | None = None
) -> httpx.Response:
    given = client.bearer(role) | ({} if key is None else {"Idempotency-Key": key})
    return await client.http.post(ROOT + path, json=body, headers=given)


async def order(client: Client, key: str = "k1", **body: Any) -> httpx.Response:
    wanted = {"survey": SLUG, **body}
    return await send(client, "/broadcasts", wanted, key=key)


async def look(client: Client, id_: object) -> dict[str, Any]:
    found = await client.http.get(f"{ROOT}/broadcasts/{id_}", headers=client.bearer(OFFICIAL))
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


async def test_a_preview_says_who_what_and_when(client: Client, residents: list[str]) -> None:
    answer = await send(client, "/broadcasts/preview", {"survey": SLUG, "spread": "2h"})
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    # The city's own contacts of the seed never agreed.
    assert seen["recipients"] == seen["eligible"] == 15
    assert seen["exclusions"]["opted_out"] == 1
    assert seen["by_area"] == {"A1": "hidden", "A2": "<10"}
    [message] = seen["messages"]
    assert (message["channel"], message["language"], message["recipients"]) == ("phone", "en", 15)
    assert "Smalltown Council" in message["text"]
    assert "safe? en" in message["text"]
    assert message["segments"] == seen["segments"] == 15 * message["segments_each"]
    assert seen["finishes_at"] > seen["starts_at"]
    assert seen["needs_approval"] is False
    listed = await client.get(f"{ROOT}/broadcasts", OFFICIAL)
    assert listed.json() == {"items": [], "next": None}, "nothing is kept"


async def test_small_audiences_chosen_by_what_people_told_are_not_counted(
    client: Client, residents: list[str]
) -> None:
    body = {"survey": SLUG, "audience": {"areas": ["A2"]}}
    seen = (await send(client, "/broadcasts/preview", body)).json()
    assert seen["recipients"] == "<10"
    assert (seen["segments"], seen["cost"]) == ("hidden", None)
    assert seen["messages"][0]["recipients"] == "<10"
    assert "3" not in str(seen["exclusions"].values())


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "survey"),
        ({"survey": "no-such"}, "survey"),
        ({"survey": SLUG, "text": {"en": "x"}}, "survey"),
        ({"text": {"es": "x"}}, "text"),
        ({"text": {"en": "x", "fr": "x"}}, "text.fr"),
        ({"text": {"en": "x"}, "reminders": ["24h"]}, "reminders"),
        ({"survey": SLUG, "audience": {"areas": ["A9"]}}, "audience.areas[0]"),
        ({"survey": SLUG, "audience": {"groups": ["none"]}}, "audience.groups[0]"),
        ({"survey": SLUG, "audience": "none"}, "audience"),
        ({"survey": SLUG, "audience": {"stratify": True}}, "audience.stratify"),
        ({"survey": SLUG, "audience": {"odd": 1}}, "odd"),
        ({"survey": SLUG, "closes_at": "2020-01-01T00:00:00Z"}, "closes_at"),
        ({"survey": SLUG, "starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
        ({"survey": SLUG, "reminders": ["soon"]}, "reminders"),
        (
            {"survey": SLUG, "audience": {"answers": [
                {"survey": SLUG, "question": "why", "any_of": ["x"]}]}},
            "audience.answers[0].question",
        ),
        (
            {"survey": SLUG, "audience": {"answers": [
                {"survey": SLUG, "question": "safe", "any_of": ["unsafe", "x"]}]}},
            "audience.answers[0].any_of[1]",
        ),
    ],
    ids=str,
)  # fmt: skip
async def test_what_cannot_be_is_refused_with_its_place(
    client: Client, body: dict[str, Any], where: str
) -> None:
    for path in ("/broadcasts/preview", "/broadcasts"):
        answer = await send(client, path, body, key="k")
        places = [fault["where"] for fault in problem(answer, 422)["errors"]]  # type: ignore[attr-defined]  # JSON
        assert any(place.endswith(where) or where in place for place in places), places


async def test_the_same_key_orders_once(client: Client, residents: list[str]) -> None:
    first = await order(client)
    assert first.status_code == 201, first.text
    again = await order(client)
    assert (again.status_code, again.json()) == (201, first.json())
    problem(await order(client, spread="1h"), 422)
    other = await order(client, key="k2")
    assert other.json()["number"] == 2
    listed = await client.get(f"{ROOT}/broadcasts?limit=1", OFFICIAL)
    assert [one["number"] for one in listed.json()["items"]] == [2]
    rest = await client.get(f"{ROOT}/broadcasts?after={listed.json()['next']}", OFFICIAL)
    assert [one["number"] for one in rest.json()["items"]] == [1]
    missing = await send(client, "/broadcasts", {"survey": SLUG})
    problem(missing, 422)


async def test_a_large_one_needs_a_second_person(
    client: Client, installed: Installation, residents: list[str]
) -> None:
    with library.writing(installed.engine) as connection:
        profile = library.load_profile(connection, HERE)
        library.save_city(connection, profile.model_copy(update={"approval_above": 14}))
    made = (await order(client)).json()
    assert (made["state"], made["needs_approval"]) == ("awaiting_approval", True)
    here = f"/broadcasts/{made['number']}"
    assert start_due(installed.engine, installed.channels, wiring.now()) == 0
    problem(await send(client, f"{here}/approve"), 403)
    approved = await send(client, f"{here}/approve", role=Role.ADMINISTRATOR)
    assert approved.json()["state"] == "scheduled"
    problem(await send(client, f"{here}/approve", role=Role.ADMINISTRATOR), 409)
    assert start_due(installed.engine, installed.channels, wiring.now()) == 1
    assert (await look(client, made["id"]))["counts"]["waiting"] == 15


async def test_pause_resume_cancel(client: Client, residents: list[str]) -> None:
    here = f"/broadcasts/{(await order(client)).json()['id']}"
    problem(await send(client, f"{here}/resume"), 409)
    assert (await send(client, f"{here}/pause")).json()["state"] == "paused"
    problem(await send(client, f"{here}/pause"), 409)
    assert (await send(client, f"{here}/resume")).json()["state"] == "scheduled"
    assert (await send(client, f"{here}/cancel")).json()["state"] == "cancelled"
    problem(await send(client, f"{here}/cancel"), 409)
    problem(await send(client, "/broadcasts/77/pause"), 404)


async def test_who_did_what_is_in_the_audit_log(
    client: Client, installed: Installation, residents: list[str]
) -> None:
    here = f"/broadcasts/{(await order(client)).json()['number']}"
    await send(client, f"{here}/cancel")
    with installed.engine.connect() as connection:
        said = connection.execute(select(AUDIT.c.what).order_by(AUDIT.c.id)).scalars().all()
    assert said[-2:] == ["broadcast 1 ordered", "broadcast 1 cancelled"]


def tell(installed: Installation, n: int, **outbound: Any) -> None:
    """A recipient was invited, and this became of the message."""
    with library.writing(installed.engine) as connection:
        [one] = connection.execute(
            select(RECIPIENT).where(RECIPIENT.c.contact == f"{n:032x}")
        ).all()
        connection.execute(
            update(RECIPIENT)
            .where(RECIPIENT.c.id == one.id)
            .values(state=RecipientState.INVITED, due_at=None)
        )
        row = {
            "turn": one.id, "part": 0, "city": HERE, "channel": "phone", "contact": one.contact,
            "lane": one.contact, "segments": 2, "priority": 10, "due_at": AT, "expires_at": AT,
            "queued_at": AT, "state": DeliveryState.SENT, "status": 3, "sent_at": wiring.now(),
        } | outbound  # fmt: skip
        connection.execute(insert(OUTBOUND).values(row))


def answer(installed: Installation, n: int, status: SessionStatus) -> None:
    with library.writing(installed.engine) as connection:
        [one] = connection.execute(
            select(RECIPIENT).where(RECIPIENT.c.contact == f"{n:032x}")
        ).all()
        connection.execute(
            insert(SESSION).values(
                id=one.id, city=HERE, contact=one.contact, survey=SLUG, version=2, status=status,
                locale="en", channel="phone", started_at=AT,
            )
        )  # fmt: skip


async def test_live_counts_add_up(
    client: Client, installed: Installation, residents: list[str]
) -> None:
    number = (await order(client)).json()["number"]
    start_due(installed.engine, installed.channels, wiring.now())
    failed = {"state": DeliveryState.FAILED, "sent_at": None, "fault_kind": Kind.CONTENT}
    tell(installed, 1, state=DeliveryState.QUEUED, sent_at=None)
    tell(installed, 2)
    tell(installed, 3, status=int(Status.DELIVERED))
    tell(installed, 4, status=int(Status.READ))
    tell(installed, 5, **failed, fault_code="30007")
    tell(installed, 6, status=int(Status.UNDELIVERED), fault_kind=Kind.RETRY, fault_code="30003")
    tell(installed, 7, state=DeliveryState.CANCELLED, sent_at=None)
    tell(installed, 8, state=DeliveryState.EXPIRED, sent_at=None)
    answer(installed, 3, SessionStatus.COMPLETED)
    answer(installed, 4, SessionStatus.LATE)
    with library.writing(installed.engine) as connection:
        gone = update(CONTACT).where(CONTACT.c.id == f"{2:032x}").values(opted_out=True)
        connection.execute(gone)
    seen = await look(client, number)
    counts = seen["counts"]
    assert counts == {
        "recipients": 15, "waiting": 7, "queued": 1, "sent": 3, "delivered": 2, "read": 1,
        "failed": {"content": 1, "retry": 1}, "expired": 1, "cancelled": 1, "skipped": {},
        "erased": 0, "answered": 0, "completed": 1, "late": 1, "opted_out": 1,
    }  # fmt: skip
    whole = ("waiting", "queued", "sent", "expired", "cancelled", "erased")
    rest = sum(counts["failed"].values()) + sum(counts["skipped"].values())
    assert sum(counts[name] for name in whole) + rest == counts["recipients"]
    assert {(f["kind"], f["code"], f["count"]) for f in seen["failures"]} == {
        ("content", "30007", 1),
        ("retry", "30003", 1),
    }
    assert all(failure["what_to_do"] for failure in seen["failures"])
    [channel] = seen["by_channel"]
    assert (channel["channel"], channel["segments"]) == ("phone", 8)
    assert seen["by_area"][1] == {
        "area": "A2", "recipients": "<10", "sent": 0, "answered": 0, "completed": 0,
    }  # fmt: skip
    assert seen["exclusions"]["opted_out"] == 1
    assert (seen["state"], seen["finishes_at"] is not None) == ("running", True)
    assert seen["rate"] > 0


async def test_saved_audiences_and_groups(
    client: Client, installed: Installation, residents: list[str]
) -> None:
    headers = client.bearer(OFFICIAL)
    keeper = client.bearer(Role.COORDINATOR)
    members = {"contacts": [*residents[:11], "f" * 32]}
    added = await client.http.post(f"{ROOT}/groups/panel/contacts", json=members, headers=keeper)
    assert added.json() == {"added": 11, "unknown": ["f" * 32]}
    listed = await client.http.get(f"{ROOT}/groups", headers=headers)
    assert listed.json() == [{"name": "panel", "contacts": 11}]
    saved = await client.http.put(
        f"{ROOT}/audiences/mine", json={"groups": ["panel"]}, headers=headers
    )
    assert saved.status_code == 204, saved.text
    [one] = (await client.http.get(f"{ROOT}/audiences", headers=headers)).json()
    assert (one["name"], one["definition"]) == ("mine", {"groups": ["panel"]})
    body = {"survey": SLUG, "audience": "mine"}
    assert (await send(client, "/broadcasts/preview", body)).json()["recipients"] == 11
    made = await order(client, audience="mine")
    assert made.json()["preview"]["recipients"] == 11
    gone = await client.http.delete(f"{ROOT}/audiences/mine", headers=headers)
    assert gone.status_code == 204
    assert (await look(client, 1))["audience"] == {"groups": ["panel"]}
    dissolved = await client.http.delete(f"{ROOT}/groups/panel", headers=keeper)
    assert dissolved.status_code == 204
    problem(await client.http.delete(f"{ROOT}/groups/panel", headers=keeper), 404)
    with installed.engine.connect() as connection:
        assert connection.execute(select(BROADCAST.c.number)).scalars().all() == [1]
