"""What came while nobody was there, from Twilio's list, as the webhook would have told it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from channels.base import Fault, Kind, Media, Received, Reconciling, SendError
from channels.client import Client
from channels.twilio import Sms, WhatsApp
from tests.channels.faults import PATIENT, RESET, Answer, FaultServer
from tests.channels.samples import (
    ACCOUNT,
    RESIDENT,
    SENDER,
    TWILIO,
    WHATSAPP,
    config,
    inbound,
    twilio_request,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


def sid(number: int) -> str:
    return f"SM{number:032d}"


def record(number: int, **fields: object) -> Mapping[str, object]:
    """An inbound message as the list has it, `number` minutes after noon."""
    return {
        "sid": sid(number),
        "account_sid": ACCOUNT,
        "from": RESIDENT,
        "to": SENDER,
        "body": f"text {number}",
        "direction": "inbound",
        "status": "received",
        "num_media": "0",
        "messaging_service_sid": None,
        "date_sent": format_datetime(NOON + timedelta(minutes=number)),
        "date_created": format_datetime(NOON + timedelta(minutes=number)),
        **fields,
    }


def listed(*records: Mapping[str, object], after: str | None = None) -> Answer:
    return Answer(200, {"messages": list(records), "next_page_uri": after, "page_size": 1000})


def sms(provider: FaultServer, http: Client, **settings: object) -> Sms:
    known = {**TWILIO, "api_base": provider.url, "timeout": PATIENT, **settings}
    return Sms(config("sms", known), http)


async def told(channel: Reconciling, since: datetime = NOON) -> list[Received]:
    return [received async for received in channel.received_since(since)]


def test_both_kinds_reconcile(http: Client) -> None:
    assert isinstance(Sms(config("sms", TWILIO), http), Reconciling)
    assert isinstance(WhatsApp(config("whatsapp", WHATSAPP), http), Reconciling)


async def test_the_oldest_is_told_first_and_every_page_is_read(
    provider: FaultServer, http: Client
) -> None:
    provider.answers = [
        listed(record(4), record(3, body="same second"), after=f"{ROOT}/Messages.json?Page=1"),
        listed(record(3, sid=sid(2)), record(1)),
    ]
    assert [r.provider_id for r in await told(sms(provider, http))] == [
        sid(1), sid(2), sid(3), sid(4),
    ]  # fmt: skip
    first, second = provider.requests
    query = httpx.URL(first.target).params
    assert (query["To"], query["DateSent>"]) == (SENDER, "2026-11-22T00:00:00Z")
    assert second.target.endswith("?Page=1")


async def test_a_message_is_told_as_the_webhook_would_have(
    provider: FaultServer, http: Client
) -> None:
    said = " STOP\r\n"
    provider.answers = [listed(record(1, body=said))]
    channel = sms(provider, http, replies_by_provider=["STOP"])
    hooked = channel.parse(twilio_request(inbound(MessageSid=sid(1), Body=said)))
    (seen,) = await told(channel)
    assert seen.sent_at == NOON + timedelta(minutes=1)
    assert (replace(seen, sent_at=None),) == hooked.events


async def test_media_are_asked_for_where_there_are_some(
    provider: FaultServer, http: Client
) -> None:
    path = f"{ROOT}/Messages/{sid(1)}/Media"
    media = [
        {"uri": f"{path}/ME{n}.json", "content_type": kind, "sid": f"ME{n}", "parent_sid": sid(1)}
        for n, kind in enumerate(["image/png", "audio/ogg"])
    ]
    provider.answers = [
        listed(record(2), record(1, body="", num_media="2")),
        Answer(200, {"media_list": media, "next_page_uri": None}),
    ]
    pictured, plain = await told(sms(provider, http))
    assert pictured == Received(
        sid(1),
        f"tel:{RESIDENT}",
        media=(
            Media(f"{provider.url}{path}/ME0", "image/png"),
            Media(f"{provider.url}{path}/ME1", "audio/ogg"),
        ),
        sent_at=NOON + timedelta(minutes=1),
    )
    assert plain.media == ()
    assert provider.requests[1].target.startswith(f"{path}.json")
    assert len(provider.requests) == 2


OTHERS: list[Mapping[str, object]] = [
    {"direction": "outbound-api"},
    {"status": "receiving"},
    {"to": "+27600000009"},
    {"from": "12345"},
    {"from": None},
    {"sid": None},
    {"date_sent": format_datetime(NOON - timedelta(minutes=2))},
]


@pytest.mark.parametrize("other", OTHERS)
async def test_what_is_not_told(
    other: Mapping[str, object], provider: FaultServer, http: Client
) -> None:
    provider.answers = [listed(record(1, **other))]
    assert await told(sms(provider, http)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"date_sent": format_datetime(NOON - timedelta(seconds=1))},
        {"date_sent": None, "date_created": None},
        {"body": None},
    ],
)
async def test_what_is_told_all_the_same(
    fields: Mapping[str, object], provider: FaultServer, http: Client
) -> None:
    provider.answers = [listed(record(1, **fields))]
    assert len(await told(sms(provider, http))) == 1


async def test_a_messaging_service_is_known_by_its_id(provider: FaultServer, http: Client) -> None:
    provider.answers = [
        listed(
            record(4, to="+27600000009", messaging_service_sid="MG2"),
            record(3, to="+27600000009", messaging_service_sid="MG1"),
            record(2, **{"from": f"whatsapp:{RESIDENT}"}, messaging_service_sid="MG1"),
            record(1),
        )
    ]
    channel = sms(provider, http, messaging_service="MG1")
    assert [received.provider_id for received in await told(channel)] == [sid(1), sid(3)]
    assert "To" not in httpx.URL(provider.requests[0].target).params


@pytest.mark.parametrize("address", [f"whatsapp:{RESIDENT}", "whatsapp:ZA.1A2B3C"])
async def test_whatsapp(address: str, provider: FaultServer, http: Client) -> None:
    known = {**WHATSAPP, "api_base": provider.url}
    fields = {"from": address, "to": f"whatsapp:{SENDER}"}
    provider.answers = [listed(record(2), record(1, **fields))]
    channel = WhatsApp(config("whatsapp", known), http)
    assert await told(channel) == [
        Received(sid(1), address, text="text 1", sent_at=NOON + timedelta(minutes=1))
    ]
    assert httpx.URL(provider.requests[0].target).params["To"] == f"whatsapp:{SENDER}"


PAGE = listed(record(1), after=f"{ROOT}/Messages.json?Page=1")
REFUSED = Answer(401, {"code": 20003, "status": 401})


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([REFUSED], Fault(Kind.CONFIG, "20003", whole=True)),
        ([PAGE, REFUSED], Fault(Kind.CONFIG, "20003", whole=True)),
        ([RESET], Fault(Kind.UNKNOWN, "ClientOSError", whole=True)),
        ([listed(record(1, num_media="1")), REFUSED], Fault(Kind.CONFIG, "20003", whole=True)),
        ([Answer(200, {"neither": 1, "nor": 2})], Fault(Kind.UNKNOWN, "TwilioException")),
    ],
)
async def test_a_list_that_cannot_be_had(
    answers: list[Answer | str], fault: Fault, provider: FaultServer, http: Client
) -> None:
    provider.answers = answers
    with pytest.raises(SendError) as failed:
        await told(sms(provider, http))
    assert failed.value.fault == fault
