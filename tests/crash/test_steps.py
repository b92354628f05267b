"""A program that ends between two steps of sending: one kill each, at exactly that place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.crash.campaign import SEED, Plan, programs_of
from tests.crash.checks import is_drained, reading
from tests.crash.killer import Program
from tests.crash.program import AFTER_SEND, BEFORE_SEND
from tests.crash.provider import Provider, serving
from tests.crash.residents import residents

LEASE = 2.0


@asynccontextmanager
async def cut_off(
    at: str, lists: bool, database_url: str, folder: Path
) -> AsyncIterator[tuple[Provider, str]]:
    """A resident texts; the program that sends ends itself at the step, and is started again until
    everything is drained. The provider, and the resident's number."""
    [one] = residents(1, SEED)
    async with serving(lists, SEED) as provider, httpx.AsyncClient(trust_env=False) as http:
        programs = programs_of(Plan(1, 0, lists, LEASE), database_url, folder, provider)
        sender = programs[-1]
        try:
            for program in programs:
                program.start(**({"CRASH_AT": at} if program is sender else {}))
                await up(program)
            texting = asyncio.create_task(provider.deliver(one.texts[0], http))
            assert await asyncio.to_thread(sender.wait_for_death, 30) == -9
            sender.start()
            async with asyncio.timeout(60):
                await texting
                while not await asyncio.to_thread(is_drained, database_url):
                    await asyncio.sleep(0.1)
            yield provider, one.number
        finally:
            for program in programs:
                program.end()


async def up(program: Program) -> None:
    """Waits until it is at work."""
    async with asyncio.timeout(60):
        while not program.is_up:
            await asyncio.sleep(0.02)


async def test_between_claim_and_send(database_url: str, tmp_path: Path) -> None:
    async with cut_off(BEFORE_SEND, True, database_url, tmp_path) as (provider, number):
        assert len(provider.bodies(number)) == 1


@pytest.mark.parametrize(
    ("lists", "times"),
    [
        pytest.param(True, 1, id="listed"),
        pytest.param(False, 2, id="unlisted", marks=pytest.mark.crash),
    ],
)
async def test_between_send_and_settlement(
    lists: bool, times: int, database_url: str, tmp_path: Path
) -> None:
    async with cut_off(AFTER_SEND, lists, database_url, tmp_path) as (provider, number):
        assert len(provider.bodies(number)) == times
        assert provider.looked_up > 0
    with reading(database_url) as connection:
        [kept] = connection.execute(text("SELECT provider_id FROM outbound")).scalars()
    assert kept == provider.taken[-1].sid
