"""Sending with Twilio's own client, against a server that fails on order."""

import logging
import socket
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from channels.base import Fault, Kind, SendError, Sending, Sent
from channels.client import Client
from channels.twilio import ERRORS, Sms
from tests.channels.faults import PATIENT, RESET, SILENCE, Answer, FaultServer, patience
from tests.channels.samples import ACCOUNT, PUBLIC_URL, RESIDENT, SENDER, TWILIO, config

SID = "SM" + "3" * 32
SENDING = Sending(f"tel:{RESIDENT}", "Kunjani? 😀")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TAKEN = Answer(201, {"sid": SID, "status": "queued", "date_created": None})


def sms(api_base: str, http: Client, **settings: object) -> Sms:
    fast = {"api_base": api_base, "timeout": PATIENT}
    return Sms(config("sms", {**TWILIO, **fast, **settings}), http)


async def fault(channel: Sms, sending: Sending = SENDING) -> Fault:
    with pytest.raises(SendError) as failed:
        await channel.send(sending)
    assert RESIDENT not in str(failed.value)
    return failed.value.fault


# --- what is sent --------------------------------------------------------------------------------
async def test_send(provider: FaultServer, http: Client) -> None:
    provider.answers = [TAKEN]
    assert await sms(provider.url, http).send(SENDING) == Sent(SID)
    (request,) = provider.requests
    assert (request.method, request.target) == (
        "POST",
        f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
    )
    assert request.form == {
        "To": RESIDENT,
        "From": SENDER,
        "Body": SENDING.text,
        "StatusCallback": f"{PUBLIC_URL}/sms/status",
    }
    assert request.headers["authorization"].startswith("Basic ")


async def test_a_messaging_service_goes_before_a_sender(
    provider: FaultServer, http: Client
) -> None:
    provider.answers = [TAKEN]
    await sms(provider.url, http, messaging_service="MG1").send(SENDING)
    assert provider.requests[0].form["MessagingServiceSid"] == "MG1"
    assert "From" not in provider.requests[0].form


async def test_settings_of_the_environment_do_not_move_the_api(
    provider: FaultServer, http: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    provider.answers = [TAKEN]
    assert await sms(provider.url, http).send(SENDING) == Sent(SID)


@pytest.mark.parametrize("urn", ["try:anna", "telegram:5", "whatsapp:+27600000001", "+27600000001"])
async def test_only_phone_numbers_reach_the_provider(
    urn: str, provider: FaultServer, http: Client
) -> None:
    assert (await fault(sms(provider.url, http), Sending(urn, "Hi"))).kind is Kind.DEAD
    assert provider.requests == []


# --- what goes wrong -----------------------------------------------------------------------------
def refused(status: int, code: object, **headers: str) -> Answer:
    body = {"code": code, "message": f"to {RESIDENT}", "status": status, "more_info": ""}
    return Answer(status, body, {name.replace("_", "-"): text for name, text in headers.items()})


PROBLEM = {"type": "about:blank", "title": "No", "status": 400, "code": 21610}
SECONDS = timedelta(seconds=7)
ANSWERS = [
    (refused(400, 21610), ERRORS[21610]),
    (refused(400, 21211), ERRORS[21211]),
    (refused(400, 21611), ERRORS[21611]),
    (refused(401, 20003), ERRORS[20003]),
    (refused(400, 29999), Fault(Kind.CONTENT, "29999")),
    (refused(400, "none"), Fault(Kind.CONTENT, "400")),
    (Answer(400, PROBLEM), ERRORS[21610]),
    (Answer(403, "<html>"), Fault(Kind.CONFIG, "403", whole=True)),
    (Answer(307, "", {"Location": "/elsewhere"}), Fault(Kind.CONFIG, "307", whole=True)),
    (refused(429, 20429), Fault(Kind.THROTTLE, "20429", whole=True)),
    (refused(429, 20429, Retry_After="7"), Fault(Kind.THROTTLE, "20429", wait=SECONDS, whole=True)),
    (refused(429, 20429, Retry_After="soon"), Fault(Kind.THROTTLE, "20429", whole=True)),
    (
        refused(429, 20429, Retry_After="9" * 9),
        Fault(Kind.THROTTLE, "20429", wait=timedelta(1), whole=True),
    ),
    (Answer(429, "<html>"), Fault(Kind.THROTTLE, "429", whole=True)),
    (refused(500, 20500), Fault(Kind.UNKNOWN, "20500", whole=True)),
    (refused(503, 20503, Retry_After="7"), Fault(Kind.UNKNOWN, "20503", wait=SECONDS, whole=True)),
    (Answer(502, "<html>Bad gateway</html>"), Fault(Kind.UNKNOWN, "502", whole=True)),
    (Answer(408, ""), Fault(Kind.UNKNOWN, "408", whole=True)),
    (Answer(200, "<html>Welcome to the hotel</html>"), Fault(Kind.UNKNOWN, "200", whole=True)),
    (Answer(201, ["a", "list"]), Fault(Kind.UNKNOWN, "201", whole=True)),
    (Answer(201, {"status": "queued"}), Fault(Kind.UNKNOWN, "no sid")),
    (Answer(201, {"sid": SID, "date_created": 5}), Fault(Kind.UNKNOWN, "AttributeError")),
    (RESET, Fault(Kind.UNKNOWN, "ClientOSError", whole=True)),
    (SILENCE, Fault(Kind.UNKNOWN, "SocketTimeoutError", whole=True)),
]


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
async def test_faults(
    answer: Answer | str, expected: Fault, provider: FaultServer, http: Client
) -> None:
    provider.answers = [answer]
    assert await fault(sms(provider.url, http, timeout=patience(answer))) == expected
    assert len(provider.requests) == 1  # nothing is ever sent twice by itself


async def test_nobody_there(http: Client) -> None:
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert await fault(sms(url, http)) == Fault(Kind.RETRY, "ClientConnectorError", whole=True)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://127.0.0.1:port"])
async def test_an_address_that_cannot_be(url: str, http: Client) -> None:
    assert (await fault(sms(url, http))).kind is Kind.CONFIG


async def test_nothing_is_logged_of_a_resident(
    provider: FaultServer, http: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    provider.answers = [listed(), listed(), refused(400, 21610)]
    channel = sms(provider.url, http)
    await channel.find(SENDING, NOON)
    await fault(channel)
    assert RESIDENT.removeprefix("+") not in caplog.text


# --- what is looked up ---------------------------------------------------------------------------
def record(**fields: object) -> Mapping[str, object]:
    return {
        "sid": SID,
        "to": RESIDENT,
        "from": SENDER,
        "messaging_service_sid": None,
        "body": SENDING.text,
        "status": "delivered",
        "date_created": "Sun, 22 Nov 2026 12:00:05 +0000",
        **fields,
    }


def listed(*records: Mapping[str, object]) -> Answer:
    return Answer(200, {"messages": list(records), "next_page_uri": None, "page_size": 100})


async def test_find(provider: FaultServer, http: Client) -> None:
    provider.answers = [listed(record(body="Another"), record())]
    assert await sms(provider.url, http).find(SENDING, NOON) == Sent(SID)
    (request,) = provider.requests
    assert request.method == "GET"
    query = httpx.URL(request.target).params
    assert (query["To"], query["DateSent>"]) == (RESIDENT, "2026-11-22T00:00:00Z")


async def test_what_waits_in_the_queue_is_found_too(provider: FaultServer, http: Client) -> None:
    provider.answers = [listed(), listed(record(status="queued", date_sent=None))]
    assert await sms(provider.url, http).find(SENDING, NOON) == Sent(SID)
    assert "DateSent" not in provider.requests[1].target


OTHERS: list[Mapping[str, object]] = [
    {"body": SENDING.text + " "},
    {"status": "failed"},
    {"status": "canceled"},
    {"date_created": "Sun, 22 Nov 2026 11:58:00 +0000"},
    {"from": "+27600000009"},
]


@pytest.mark.parametrize("other", OTHERS)
async def test_what_is_not_it(
    other: Mapping[str, object], provider: FaultServer, http: Client
) -> None:
    provider.answers = [listed(record(**other))]
    assert await sms(provider.url, http).find(SENDING, NOON) is None


async def test_a_messaging_service_is_known_by_its_id(provider: FaultServer, http: Client) -> None:
    channel = sms(provider.url, http, messaging_service="MG1")
    provider.answers = [listed(record(messaging_service_sid="MG1"))]
    assert await channel.find(SENDING, NOON) == Sent(SID)
    provider.answers = [listed(record(messaging_service_sid="MG2"))]
    assert await channel.find(SENDING, NOON) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(401, 20003), Kind.CONFIG),
        (Answer(200, {"neither": 1, "nor": 2}), Kind.UNKNOWN),
        (RESET, Kind.UNKNOWN),
    ],
)
async def test_a_list_that_cannot_be_had(
    answer: Answer | str, kind: Kind, provider: FaultServer, http: Client
) -> None:
    provider.answers = [answer]
    with pytest.raises(SendError) as failed:
        await sms(provider.url, http).find(SENDING, NOON)
    assert failed.value.fault.kind is kind
