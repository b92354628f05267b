"""What we send to WhatsApp is what Twilio's published specification allows, as Prism checks it."""

import httpx
import pytest

from channels.base import Kind, SendError, Sending
from channels.twilio import WhatsApp
from dialogue.messages import Choice
from tests.channels.samples import RESIDENT, WHATSAPP, config

pytestmark = pytest.mark.conformance

CHOICES = (Choice("1", "Sí"), Choice("2", "No"))
TEMPLATES = {"quick_reply_2": "HX" + "0" * 32}
ADDRESSES = [f"whatsapp:{RESIDENT}", "whatsapp:ZA.1A2B3C"]


def whatsapp(url: str, http: httpx.AsyncClient, **settings: object) -> WhatsApp:
    return WhatsApp(config("whatsapp", {**WHATSAPP, "api_base": url, **settings}), http)


@pytest.mark.parametrize("urn", ADDRESSES)
@pytest.mark.parametrize("templates", [{}, TEMPLATES])
@pytest.mark.parametrize("service", ["", "MG" + "0" * 32])
async def test_send(
    urn: str, templates: object, service: str, prism: str, http: httpx.AsyncClient
) -> None:
    channel = whatsapp(prism, http, templates=templates, messaging_service=service)
    sent = await channel.send(Sending(urn, "¿Se siente seguro? 😀", CHOICES, "q"))
    assert sent.provider_id.startswith("SM")


async def test_what_the_specification_forbids_is_refused(
    prism: str, http: httpx.AsyncClient
) -> None:
    channel = whatsapp(prism, http, messaging_service="no service", templates=TEMPLATES)
    with pytest.raises(SendError) as refused:
        await channel.send(Sending(ADDRESSES[0], "Safe?", CHOICES, "q"))
    assert refused.value.fault.kind is Kind.CONFIG
