"""`imbizo reconcile` and the pass at start, with the real channel and its provider's list."""

from pathlib import Path

from tests.backend.cli.processes import environment, running
from tests.backend.conftest import write_city
from tests.backend.provider import provider

ANNA = "+27600003101"


async def test_what_was_missed_is_fetched_and_answered(postgres_url: str, tmp_path: Path) -> None:
    async with provider() as there:
        write_city(tmp_path / "cities", there.url)
        settings = environment(postgres_url, tmp_path / "cities")
        async with running("web", "--port", "0", settings=settings, folder=tmp_path) as web:
            await web.until("Stop with")
            await web.text(ANNA, "Hi", "SM" + "1" * 32)
        there.inbox = [(ANNA, said, "SM" + str(n) * 32) for n, said in enumerate(("Hi", "1"), 1)]
        ask = ("reconcile", "test-za", "--since", "2h")
        for missed in (1, 0):
            async with running(*ask, settings=settings, folder=tmp_path) as asking:
                await asking.until(f"2 seen, {missed} of them had been missed")
                assert await asking.process.wait() == 0
        async with running("worker", settings=settings, folder=tmp_path):
            assert "old" in await there.reply_to(ANNA, 2)


async def test_a_worker_asks_at_its_start(postgres_url: str, tmp_path: Path) -> None:
    async with provider() as there:
        write_city(tmp_path / "cities", there.url)
        settings = environment(postgres_url, tmp_path / "cities")
        async with running("web", "--port", "0", settings=settings, folder=tmp_path) as web:
            await web.until("Stop with")
        there.inbox = [(ANNA, "Hi", "SM" + "1" * 32)]
        async with running("worker", settings=settings, folder=tmp_path) as worker:
            assert await there.reply_to(ANNA, 1)
            await worker.end()
        assert ANNA.lstrip("+") not in worker.log
