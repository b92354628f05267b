"""There and back with `emulate`, a Twilio that somebody else wrote."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from channels.base import Event, Kind, Received, SendError, Sending, Sent, Status, StatusUpdate
from channels.client import Client
from channels.twilio import Sms
from tests.channels.samples import ACCOUNT, RESIDENT, TOKEN, TWILIO, config
from tests.conformance.listener import Listener

pytestmark = pytest.mark.conformance

NUMBER = "+15551234567"
SENDING = Sending(f"tel:{RESIDENT}", "Kunjani? 😀\n1 Yes\n2 No")


@pytest.fixture
def sms(emulator: str, listener: Listener, http: Client) -> Sms:
    return made(emulator, listener, http)


def made(emulator: str, listener: Listener, http: Client, **settings: object) -> Sms:
    known = {**TWILIO, "sender": NUMBER, "api_base": emulator, **settings}
    return Sms(replace(config("sms", known), public_url=listener.url), http)


async def simulate(web: httpx.AsyncClient, emulator: str, what: str, **form: str) -> None:
    answer = await web.post(f"{emulator}/_twilio/simulate/{what}", data=form, auth=(ACCOUNT, TOKEN))
    answer.raise_for_status()


@pytest.mark.parametrize("text", ["2", "Molo 👋 á", " two\nlines ", "STOP"])
async def test_an_inbound_message(
    text: str, sms: Sms, emulator: str, listener: Listener, web: httpx.AsyncClient
) -> None:
    message = {"To": NUMBER, "From": RESIDENT, "Body": text}
    await simulate(web, emulator, "inbound-message", **message)
    request = listener.next()
    assert request.url.endswith("?city=one")
    (event,) = sms.parse(request).events
    assert isinstance(event, Received)
    assert (event.urn, event.text) == (f"tel:{RESIDENT}", text)


async def test_a_message_and_its_reports(
    sms: Sms, emulator: str, listener: Listener, web: httpx.AsyncClient
) -> None:
    sent = await sms.send(SENDING)
    queued = sms.parse(listener.next())  # the real Twilio reports no initial status
    assert queued.events == (StatusUpdate(sent.provider_id, Status.QUEUED),)
    await simulate(web, emulator, "message-status", MessageSid=sent.provider_id, Status="delivered")
    request = listener.next()
    assert request.url == f"{listener.url}/status"
    assert sms.parse(request).events == (StatusUpdate(sent.provider_id, Status.DELIVERED),)


async def test_what_was_missed_is_told_as_the_webhook_told_it(
    sms: Sms, emulator: str, listener: Listener, web: httpx.AsyncClient
) -> None:
    since = datetime.now(UTC)
    earlier = [received.provider_id async for received in sms.received_since(since)]
    hooked: list[Event] = []
    for text in ("first", "Molo 👋 á", " two\nlines ", "STOP"):
        message = {"To": NUMBER, "From": RESIDENT, "Body": text}
        await simulate(web, emulator, "inbound-message", **message)
        hooked += sms.parse(listener.next()).events
    await sms.send(SENDING)
    listener.next()
    told = [received async for received in sms.received_since(since)]
    told = [received for received in told if received.provider_id not in earlier]
    assert all(one.sent_at and one.sent_at >= since.replace(microsecond=0) for one in told)
    assert {one.provider_id: replace(one, sent_at=None) for one in told} == {
        event.provider_id: event for event in hooked if isinstance(event, Received)
    }
    tomorrow = since + timedelta(days=1)
    assert [received async for received in sms.received_since(tomorrow)] == []


async def test_a_sent_message_is_found(sms: Sms, listener: Listener) -> None:
    once = Sending(SENDING.urn, "Only once")
    now = datetime.now(UTC)
    assert await sms.find(once, now) is None
    sent = await sms.send(once)
    listener.next()
    assert await sms.find(once, now) == sent
    assert await sms.find(replace(once, text="Only"), now) is None
    assert await sms.find(once, now + timedelta(hours=1)) is None


async def test_many_at_once(sms: Sms, listener: Listener) -> None:
    sent: list[Sent] = await asyncio.gather(*(sms.send(SENDING) for _ in range(100)))
    assert len({one.provider_id for one in sent}) == 100
    for _ in sent:
        listener.next()


@pytest.mark.parametrize(
    ("settings", "code"),
    [({"auth_token": "wrong"}, "20003"), ({"sender": "+15550000000"}, "21606")],
)
async def test_wrong_settings(
    settings: dict[str, object],
    code: str,
    emulator: str,
    listener: Listener,
    http: Client,
) -> None:
    with pytest.raises(SendError) as refused:
        await made(emulator, listener, http, **settings).send(SENDING)
    assert (refused.value.fault.kind, refused.value.fault.code) == (Kind.CONFIG, code)
