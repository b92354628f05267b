"""A message on its way through everything that is ours, to a provider that fails on order.

The real client, the real dispatcher, a real store; only the clock is the test's, which goes on to
whatever the outbox waits for next.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Self
from urllib.parse import parse_qs, urlsplit

from bot.allowance import Limits
from bot.outbox import Dispatcher, Surroundings
from bot.reports import take_report
from bot.store import Inbound, Unit
from bot.turns import take_turn
from bot.writer import Writer
from channels import CHANNELS
from channels.base import Channel, Received, StatusUpdate
from channels.client import Client
from tests.bot.conftest import EAST, NOON, Bot
from tests.channels.faults import RESET, SILENCE, Answer, FaultServer, Request, _read, _reset
from tests.channels.samples import RESIDENT, TWILIO, config, report, twilio_request
from tests.channels.telegram_samples import CHAT, MOMENT, RESIDENT_ID, TELEGRAM

CUT, SLOW = "cut", "slow"
SILENT_FOR = 1.0
"""Seconds of silence after which our clients give up; a slow answer takes half of them."""

FOR_EVER = timedelta(days=2)
URNS: Mapping[str, str] = {
    "sms": f"tel:{RESIDENT}",
    "whatsapp": f"whatsapp:{RESIDENT}",
    "telegram": f"telegram:{RESIDENT_ID}",
}


@dataclass(frozen=True)
class Fault:
    """What the provider does: an answer, or a way of not giving one, to the first message, or to
    all of the first `lasts`. `takes` is whether it sends the message nonetheless. `away`: nobody
    listens. `reported` is a code that a delivery report brings later. For `unlisted` its list
    cannot be had."""

    answer: Answer | str | None = None
    takes: bool = False
    away: bool = False
    reported: str = ""
    lasts: timedelta = timedelta()
    unlisted: timedelta = timedelta()


@dataclass
class Seen:
    """What was seen of one message: when it was handed over, asked for and found (by the clock of
    the test), how often it was taken, the faults named, when its channel rested, how it ended."""

    sends: list[timedelta] = field(default_factory=list)
    asked: dict[timedelta, str] = field(default_factory=dict)
    taken: int = 0
    faults: list[str] = field(default_factory=list)
    rests: list[timedelta] = field(default_factory=list)
    state: str = ""
    learnt: str = ""
    reported: bool = False


class FailingProvider(FaultServer):
    """Twilio's messages and Telegram's sendMessage. It lists what it took."""

    def __init__(self, fault: Fault, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._fault, self._clock = fault, clock
        self.seen = Seen()
        self._records: list[dict[str, object]] = []
        self._port = 0

    async def __aenter__(self) -> Self:
        """Listens, unless it is to be away first."""
        await super().__aenter__()
        if self._fault.away:
            self._server.close()
            await self._server.wait_closed()
        return self

    async def come_back_in_time(self) -> None:
        """Away, it counts one more attempt, or listens again once one was made and it was away for
        long enough."""
        after = self._clock() - NOON
        if self._server.is_serving():
            return
        if self.seen.sends and after >= self._fault.lasts:
            port = urlsplit(self.url).port
            self._server = await asyncio.start_server(self._meet, "127.0.0.1", port)
        else:
            self.seen.sends.append(after)

    @property
    def sids(self) -> list[str]:
        """The ids of what it took."""
        return [str(record["sid"]) for record in self._records]

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            after = self._clock() - NOON
            if request.method == "GET":
                answer = self._list(request, after)
            else:
                fails = not self.seen.sends or after < self._fault.lasts
                self.seen.sends.append(after)
                fault = self._fault if fails else Fault()
                answer = self._take(request, fault)
            await self._give(answer, writer)
        finally:
            writer.close()

    def _list(self, request: Request, after: timedelta) -> Answer | str:
        """The answer to a question."""
        if after < self._fault.unlisted:
            self.seen.asked[after] = "no list"
            return Answer(503, {})
        to = parse_qs(urlsplit(request.target).query)["To"][0]
        found = [record for record in self._records if record["to"] == to]
        self.seen.asked[after] = "found" if found else "not there"
        return Answer(200, {"messages": found, "next_page_uri": None})

    def _take(self, request: Request, fault: Fault) -> Answer | str:
        """The answer to a message."""
        if fault.answer is not None and not fault.takes:
            return fault.answer
        self.seen.taken += 1
        usual = self._telegram(request) if "/bot" in request.target else self._twilio(request)
        if fault.answer in (CUT, SLOW):
            return f"{fault.answer} {usual.raw().decode()}"
        return usual if fault.answer is None else fault.answer

    async def _give(self, answer: Answer | str, writer: asyncio.StreamWriter) -> None:
        if isinstance(answer, Answer):
            writer.write(answer.raw())
            await writer.drain()
        elif answer == SILENCE:
            await self._closing.wait()
        elif answer == RESET:
            _reset(writer)
        else:
            how, _, raw = answer.partition(" ")
            if how == SLOW:
                await asyncio.sleep(SILENT_FOR / 2)
            writer.write(raw.encode() if how == SLOW else raw.encode()[:-5])
            await writer.drain()
            if how == CUT:
                await asyncio.sleep(0.02)  # what was written arrives first
                _reset(writer)

    def _twilio(self, request: Request) -> Answer:
        record: dict[str, object] = {
            "sid": f"SM{len(self._records):032d}",
            "to": request.form["To"],
            "from": request.form["From"],
            "messaging_service_sid": None,
            "body": request.form["Body"],
            "status": "queued",
            "date_created": format_datetime(self._clock()),
        }
        self._records.append(record)
        return Answer(201, record)

    def _telegram(self, request: Request) -> Answer:
        sent = {"message_id": 41 + self.seen.taken, "date": MOMENT, "chat": CHAT}
        return Answer(200, {"ok": True, "result": sent | {"text": request.form["text"]}})


class Street:
    """One channel of the city east, one resident on it, one failing provider."""

    def __init__(self, bot: Bot, kind: str, provider: FailingProvider, channel: Channel) -> None:
        self._bot, self._kind = bot, kind
        self._provider, self._channel = provider, channel
        self._numbers = count(1)

    async def play(self, fault: Fault) -> Seen:
        """A resident writes; until the reply is settled for good and no report is to come."""
        writer = Writer(self._bot.store)
        writer.start()
        around = Surroundings(lambda: self._bot.now, self._fresh_id, lambda: 0.5)
        dispatcher = Dispatcher(writer, {(EAST, self._kind): self._channel}, around)
        try:
            await writer.run(self._receive)
            due: datetime | None = self._bot.now
            while due is not None and due - NOON < FOR_EVER:
                self._bot.now = max(self._bot.now, due)
                await self._provider.come_back_in_time()
                await dispatcher.drain()
                self._look()
                if fault.reported:
                    await self._report(fault.reported, writer)
                due = await writer.run(lambda unit: unit.outbox.next_due(self._bot.now))
        finally:
            await asyncio.to_thread(writer.stop)
        self._look()
        return self._provider.seen

    def _fresh_id(self) -> str:
        return f"t{next(self._numbers)}"

    def _receive(self, unit: Unit) -> None:
        received = Received("IN1", URNS[self._kind], "Hi")
        inbound = Inbound(EAST, self._kind, received, "1" * 32, self._bot.now)
        take_turn(unit, inbound, self._channel.carries)

    async def _report(self, code: str, writer: Writer) -> None:
        seen = self._provider.seen
        if seen.reported or not self._provider.sids:
            return
        seen.reported = True
        sid = self._provider.sids[-1]
        told = report(MessageSid=sid, MessageStatus="undelivered", ErrorCode=code)
        [update] = self._channel.parse(twilio_request(told)).events
        assert isinstance(update, StatusUpdate)
        known: StatusUpdate = update
        await writer.run(
            lambda unit: take_report(unit, EAST, self._kind, known, self._bot.now, lambda: 0.5)
        )
        self._look()

    def _look(self) -> None:
        """Notes what the tables say now."""
        seen = self._provider.seen
        [(state, kind, code)] = self._bot.rows("SELECT state, fault_kind, fault_code FROM outbound")
        named = f"{kind} {code}".strip()
        if kind is not None and named not in seen.faults:
            seen.faults.append(named)
        [rests] = self._bot.rows("SELECT paused_until FROM channel_rate")
        if rests[0] is not None:
            until = datetime.fromisoformat(f"{rests[0]}+00:00") - NOON
            if until not in seen.rests:
                seen.rests.append(until)
        seen.state = str(state)
        seen.learnt = ", ".join(self._learnt())

    def _learnt(self) -> Iterator[str]:
        if self._bot.one("SELECT count(*) FROM contact WHERE opted_out"):
            yield "opted out"
        if self._bot.one("SELECT count(*) FROM urn WHERE dead IS NOT NULL"):
            yield "dead"
        windows = self._bot.one("SELECT count(*) FROM open_window")
        if self._channel.carries.window is not None and not windows:
            yield "window closed"


async def play(bot: Bot, kind: str, fault: Fault) -> Seen:
    """What becomes of one reply on that kind of channel when that goes wrong."""
    settings: Mapping[str, object] = TELEGRAM if kind == "telegram" else TWILIO
    async with (
        Client() as http,
        FailingProvider(fault, lambda: bot.now) as provider,
    ):
        fast = {"api_base": provider.url, "timeout": SILENT_FOR}
        configured = replace(config(kind, {**settings, **fast}), city=EAST)
        channel = CHANNELS[kind](configured, http)
        bot.limits[EAST, kind] = Limits(rate=10, window=channel.carries.window)
        return await Street(bot, kind, provider, channel).play(fault)
