"""What we send to WhatsApp is what Twilio's published specification allows, as Prism checks it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from channels.base import Kind, Purpose, SendError, Sending
from channels.client import Client
from channels.twilio import WhatsApp
from channels.twilio.drafts import missing
from channels.twilio.templates import read_templates
from dialogue.messages import Choice
from tests.channels.samples import RESIDENT, WHATSAPP, config
from tests.channels.test_whatsapp_templates import WORDS

pytestmark = pytest.mark.conformance

CHOICES = (Choice("1", "Sí"), Choice("2", "No"))
TEMPLATES = {"quick_reply_2": "HX" + "0" * 32}
ADDRESSES = [f"whatsapp:{RESIDENT}", "whatsapp:ZA.1A2B3C"]


def whatsapp(url: str, http: Client, **settings: object) -> WhatsApp:
    return WhatsApp(config("whatsapp", {**WHATSAPP, "api_base": url, **settings}), http)


@pytest.mark.parametrize("urn", ADDRESSES)
@pytest.mark.parametrize("templates", [{}, TEMPLATES])
@pytest.mark.parametrize("service", ["", "MG" + "0" * 32])
async def test_send(urn: str, templates: object, service: str, prism: str, http: Client) -> None:
    channel = whatsapp(prism, http, templates=templates, messaging_service=service)
    sent = await channel.send(Sending(urn, "¿Se siente seguro? 😀", CHOICES, "q"))
    assert sent.provider_id.startswith("SM")


async def test_what_the_specification_forbids_is_refused(prism: str, http: Client) -> None:
    channel = whatsapp(prism, http, messaging_service="no service", templates=TEMPLATES)
    with pytest.raises(SendError) as refused:
        await channel.send(Sending(ADDRESSES[0], "Safe?", CHOICES, "q"))
    assert refused.value.fault.kind is Kind.CONFIG


@pytest.mark.parametrize("purpose", Purpose)
async def test_after_the_window(purpose: Purpose, prism: str, http: Client) -> None:
    channel = whatsapp(prism, http, templates={purpose.value: {"en": "HX" + "1" * 32}})
    late = Sending(ADDRESSES[0], "Safe?", CHOICES, "q", "en", purpose, in_window=False)
    assert (await channel.send(late)).provider_id.startswith("SM")


# --- templates -----------------------------------------------------------------------------------
async def test_templates_are_listed_made_and_submitted(content_prism: str, http: Client) -> None:
    """Prism keeps nothing: its answers are examples, with one SID for all."""
    channel = whatsapp("", http, content_base=content_prism)
    states = await channel.make_templates(WORDS)
    assert {state.sid for state in states} == {"HX" + "a" * 32}
    assert {state.language for state in states if state.purpose == "list_10"} == set(WORDS)
    assert "reply" in {state.purpose for state in states}


async def test_their_states(content_prism: str) -> None:
    prefer = {"Prefer": "example=readResults"}  # which of its examples Prism shall answer
    rejected, example = "HX15c711fcc6d9ea5268d7ab77938a20ff", "HX" + "a" * 32
    known = {"reply": {"en": rejected, "zu": "HX" + "0" * 32}, "reminder": example}
    async with Client(headers=prefer) as http:
        channel = whatsapp("", http, content_base=content_prism, templates=known)
        told = {(s.purpose, s.language): s for s in await channel.template_states()}
    assert told["reply", "en"].approval == "rejected"
    assert told["reply", "en"].reason.startswith("INVALID_FORMAT")
    assert told["reply", "zu"].approval == "not found"
    assert told["reminder", "any"].approval == "unsubmitted"


async def test_a_template_the_specification_forbids_is_refused(
    content_prism: str, http: Client
) -> None:
    """So that the tests above would fail, were ours wrong."""
    contents = whatsapp("", http, content_base=content_prism)._account.contents
    (first, *_) = missing(WORDS, read_templates({}), "Demo Council")
    assert (await contents.make(first.draft)).sid == "HX" + "a" * 32
    wrong: list[Mapping[str, Mapping[str, str]]] = [
        {"twilio/text": {}},
        {"twilio/list-picker": {"body": "Where?"}},
    ]
    for types in wrong:
        with pytest.raises(SendError) as refused:
            await contents.make(replace(first.draft, types=types))
        assert refused.value.fault.kind is Kind.CONFIG
