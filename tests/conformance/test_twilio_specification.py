"""What we send is what Twilio's published specification allows, as Prism checks it."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from channels.base import Fault, Kind, SendError, Sending
from channels.client import Client
from channels.twilio import ERRORS, Sms
from tests.channels.samples import RESIDENT, TWILIO, config

pytestmark = pytest.mark.conformance

SENDING = Sending(f"tel:{RESIDENT}", "Kunjani? ¿Cómo está? 😀\n1 Yes\n2 No")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sms(url: str, http: Client, **settings: object) -> Sms:
    return Sms(config("sms", {**TWILIO, "api_base": url, **settings}), http)


SENDERS: list[Mapping[str, object]] = [{}, {"messaging_service": "MG" + "0" * 32}]


@pytest.mark.parametrize("sender", SENDERS)
async def test_send(sender: Mapping[str, object], prism: str, http: Client) -> None:
    sent = await sms(prism, http, **sender).send(SENDING)
    assert sent.provider_id.startswith("SM")


async def test_find(prism: str, http: Client) -> None:
    assert await sms(prism, http).find(SENDING, NOON) is None  # the example is another message


WRONG: list[Mapping[str, object]] = [
    {"account_sid": "AC1"},
    {"messaging_service": "no service"},
]


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_the_specification_forbids_is_refused(
    wrong: Mapping[str, object], prism: str, http: Client
) -> None:
    with pytest.raises(SendError) as refused:
        await sms(prism, http, **wrong).send(SENDING)
    assert refused.value.fault.kind is Kind.CONFIG


FAULTS = [
    ("code=400, example=unsubscribed", ERRORS[21610]),
    ("code=400, example=invalidTo", ERRORS[21211]),
    ("code=400, example=geo", ERRORS[21408]),
    ("code=400, example=landline", ERRORS[21614]),
    ("code=400, example=tooLong", ERRORS[21617]),
    ("code=400, example=queueFull", ERRORS[21611]),
    ("code=401", ERRORS[20003]),
    ("code=429", ERRORS[20429]),
    ("code=500", ERRORS[20500]),
    ("code=503", ERRORS[20503]),
]


@pytest.mark.parametrize(("prefer", "fault"), FAULTS)
async def test_faults(prefer: str, fault: Fault, prism: str) -> None:
    async with Client(headers={"Prefer": prefer}) as http:
        with pytest.raises(SendError) as refused:
            await sms(prism, http).send(SENDING)
    assert refused.value.fault == fault
