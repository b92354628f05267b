"""Pictures and recordings over the API."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from backend.auth import Role
from backend.models import Audit
from backend.privacy import KeyRing
from backend.store import library
from backend.store.tables import SESSION
from backend.vault import SealingVault
from bot.shelf import Stored
from bot.store import MediaState
from tests.backend.api.conftest import (
    HERE,
    PICTURE,
    THERE,
    Client,
    Installation,
    add_medium,
    problem,
)

MEDIA = f"/api/v1/{HERE}/media"


def audit(installed: Installation) -> list[str]:
    with installed.engine.connect() as connection:
        return list(connection.execute(select(Audit.what)).scalars())  # type: ignore[call-overload]  # SQLModel types a column as its value


def add(installed: Installation, city: str = HERE, **more: Any) -> int:
    with library.writing(installed.engine) as connection:
        return add_medium(connection, city, **more)


async def test_the_list_says_what_they_answer_and_not_who_sent_them(
    client: Client, installed: Installation
) -> None:
    with installed.engine.connect() as connection:
        session = (
            connection.execute(
                select(SESSION.c.id).where(SESSION.c.city == HERE).order_by(SESSION.c.id)
            )
            .scalars()
            .first()
        )
    answer = add(installed, session=session, question="lamp")
    refused = add(installed, state=MediaState.REFUSED, fault="too large", media_type=None)
    items = (await client.get(MEDIA, Role.COORDINATOR)).json()["items"]
    assert [item["id"] for item in items] == [1, answer, refused]
    assert items[0] == {
        "id": 1, "survey": None, "version": None, "question": None, "channel": "phone",
        "received_on": "2026-11-02", "state": "kept", "media_type": "image/jpeg",
        "size": len(PICTURE), "fault": None,
    }  # fmt: skip
    assert (items[1]["survey"], items[1]["question"]) == ("street", "lamp")
    assert (items[1]["state"], items[1]["media_type"]) == ("wanted", None), "no claim is shown"
    assert items[2]["fault"] == "too large"
    for query in ("?survey=street", "?question=lamp", "?survey=street&question=lamp"):
        found = (await client.get(MEDIA + query)).json()["items"]
        assert [item["id"] for item in found] == [answer]
    assert (await client.get(MEDIA + "?survey=nothing")).json() == {
        "items": [],
        "next": None,
        "synthetic": False,
    }
    assert audit(installed) == []


async def test_the_list_has_pages(client: Client, installed: Installation) -> None:
    ids = [1, *(add(installed) for _ in range(4))]
    seen: list[int] = []
    after: str | None = "0"
    while after is not None:
        page = (await client.get(f"{MEDIA}?limit=2&after={after}")).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert seen == ids


async def test_a_picture_is_a_file_to_save_and_every_look_is_noted(
    client: Client, installed: Installation
) -> None:
    answer = await client.get(f"{MEDIA}/1", Role.COORDINATOR)
    assert answer.status_code == 200
    assert answer.content == PICTURE
    headers = answer.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["content-disposition"] == 'attachment; filename="1.jpg"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    await client.get(f"{MEDIA}/1", Role.OFFICIAL)
    assert audit(installed) == ["media 1"]


@pytest.mark.parametrize("more", [{}, {"state": MediaState.REFUSED}])
async def test_one_that_is_not_here(
    client: Client, installed: Installation, more: dict[str, Any]
) -> None:
    problem(await client.get(f"{MEDIA}/{add(installed, **more)}"), 404)
    problem(await client.get(f"{MEDIA}/999"), 404)
    problem(await client.get(f"{MEDIA}/0"), 422)
    assert audit(installed) == []


async def test_another_citys_is_not_here(client: Client, installed: Installation) -> None:
    stored = installed.vault.put(PICTURE, None)
    problem(await client.get(f"{MEDIA}/{add(installed, THERE, stored=stored)}"), 404)


async def test_one_that_cannot_be_opened_is_nobodys_look(
    client: Client, installed: Installation
) -> None:
    sealed = SealingVault(KeyRing(["n" * 40]), None, str).put(PICTURE, None)
    away = replace(installed.vault.put(b"k" * 32, None), key="in a store that is not set")
    for stored in (sealed, away, Stored("damaged")):
        problem(await client.get(f"{MEDIA}/{add(installed, stored=stored)}"), 503)
    assert audit(installed) == []
