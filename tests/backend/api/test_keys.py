"""Keys of the staff API."""

import hashlib
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from backend.auth import FORM, Key, Role, find_key, make_key, note_use, revoke_key
from backend.models import ApiKey
from backend.store import library
from tests.backend.api.conftest import HERE, Client, Installation, problem
from tests.backend.exports.seed import AT


def key_of(engine: Engine, text: str) -> Key | None:
    with engine.connect() as connection:
        return find_key(connection, text)


def row(engine: Engine, text: str) -> ApiKey:
    with engine.connect() as connection:
        found = connection.execute(
            select(ApiKey).where(ApiKey.prefix == text.split("_")[1])  # type: ignore[arg-type]  # SQLModel types a column as its value
        ).one()
    return ApiKey(**found._mapping)


def test_only_prefix_and_hash_are_kept(installed: Installation) -> None:
    text = installed.api_keys[HERE, Role.VIEWER]
    form = FORM.fullmatch(text)
    assert form is not None
    kept = row(installed.engine, text)
    assert kept.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert text.removeprefix(f"imb_{form[1]}_") not in str(kept.model_dump())
    assert key_of(installed.engine, text) == Key(form[1], HERE, Role.VIEWER)


@pytest.mark.parametrize("odd", ["", "short", "with a space in it, though long"])
def test_a_weak_secret_is_refused(installed: Installation, odd: str) -> None:
    with library.writing(installed.engine) as connection, pytest.raises(ValueError, match="secret"):
        make_key(connection, HERE, Role.VIEWER, "", lambda: odd, AT)


def test_what_is_no_key_opens_nothing(installed: Installation) -> None:
    text = installed.api_keys[HERE, Role.VIEWER]
    prefix = text.split("_")[1]
    wrong = [
        "", "imb", text[:-1], text + "x", text.upper(), text + "\n", f"imb_{prefix}_",
        f"imb_{prefix}_{'x' * 24}", "imb_000000000000_" + "x" * 24, "imb_ä_ö", "imb_\0_" + "x" * 24,
        "x" * 100_000,
    ]  # fmt: skip
    assert [key_of(installed.engine, odd) for odd in wrong] == [None] * len(wrong)


async def test_a_revoked_key_opens_nothing(installed: Installation, client: Client) -> None:
    text = installed.api_keys[HERE, Role.VIEWER]
    assert (await client.get("/api/v1/cities", Role.VIEWER)).status_code == 200
    with library.writing(installed.engine) as connection:
        assert revoke_key(connection, text.split("_")[1], AT)
        assert not revoke_key(connection, text.split("_")[1], AT)
    problem(await client.get("/api/v1/cities", Role.VIEWER), 401)


@pytest.mark.parametrize(
    "header", ["Bearer imb_x_y", "Bearer " + "x" * 9000, "Bearer imb_\xe9_\xe9", "bearer  "]
)
async def test_a_malformed_header_is_a_problem_document(client: Client, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = await client.http.get("/api/v1/cities", headers=headers)  # type: ignore[arg-type]  # raw bytes, as httpx takes them too
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_use_is_noted_once_a_minute(installed: Installation) -> None:
    text = installed.api_keys[HERE, Role.VIEWER]
    key = key_of(installed.engine, text)
    assert key is not None
    at = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (90, 60)):
        note_use(installed.engine, key, at + timedelta(seconds=seconds))
        assert row(installed.engine, text).last_used_at == at + timedelta(seconds=noted)


async def test_a_request_notes_the_use_and_logs_no_key(
    installed: Installation, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = installed.api_keys[HERE, Role.VIEWER]
    await client.get("/api/v1/cities", Role.VIEWER)
    assert row(installed.engine, text).last_used_at is not None
    assert text not in caplog.text
    assert text.split("_", 2)[2] not in caplog.text
