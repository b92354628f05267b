"""What Twilio posts of WhatsApp: beyond the recorded payloads of the contract test."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Parsed, Received, WebhookError, WebRequest
from channels.client import Client
from channels.twilio import WhatsApp
from channels.twilio.templates import payload, read_payload
from tests.channels.samples import (
    ACCOUNT,
    RESIDENT,
    WHATSAPP,
    WHATSAPP_URL,
    Fields,
    config,
    inbound,
    report,
    twilio_request,
)

HTTP = Client()
OPAQUE = "whatsapp:ZA.1A2B3C"


def whatsapp(**settings: object) -> WhatsApp:
    return WhatsApp(config("whatsapp", {**WHATSAPP, **settings}), HTTP)


def parsed(**fields: str) -> Parsed:
    fields = {"From": f"whatsapp:{RESIDENT}", **fields}
    return whatsapp().parse(twilio_request(inbound(**fields), url=WHATSAPP_URL))


def received(**fields: str) -> Received:
    (event,) = parsed(**fields).events
    assert isinstance(event, Received)
    return event


def test_a_recorded_tap(shared_fakes: Path) -> None:
    """The payload of a real tap on a button that is not ours, its numbers made up."""
    form = json.loads((shared_fakes / "whatsapp-button-tap.json").read_text())
    channel = whatsapp(account_sid=form["AccountSid"])
    (event,) = channel.parse(twilio_request(form, url=WHATSAPP_URL)).events
    assert event == Received(
        provider_id=form["MessageSid"],
        urn=form["From"],
        text="Konfirmasi",
        aliases=(form["ExternalUserId"],),
        in_reply_to=form["OriginalRepliedMessageSid"],
    )


# --- addresses -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "sender", ["whatsapp:+27600000001", OPAQUE, "whatsapp:US.ENT.9z", "whatsapp:27600000001"]
)
def test_who_can_be_answered(sender: str) -> None:
    assert received(From=sender).urn == sender


NOT_WHATSAPP = [
    RESIDENT,
    "WHATSAPP:+27600000001",
    "whatsapp:",
    "whatsapp:+",
    "whatsapp:+1a",
    "whatsapp:+0600000001",
    "whatsapp:a b",
    "whatsapp:ÿ",
    "whatsapp:US.1\n",
    "whatsapp:" + "9" * 201,
]


@pytest.mark.parametrize("sender", NOT_WHATSAPP)
def test_who_cannot_be_answered_is_passed_over(sender: str) -> None:
    assert (parsed(From=sender).events, parsed(From=sender).answer.status) == ((), 200)


@pytest.mark.parametrize("other", ["", "whatsapp:", "ZA.1A2B3C", "tel:+27600000002", "whatsapp: "])
def test_what_is_no_address_is_no_alias(other: str) -> None:
    assert received(ExternalUserId=other).aliases == ()


@pytest.mark.parametrize("digits", ["", "0600000001", "+27600000001", "9" * 16, "²7600000001"])
def test_what_is_no_number_is_no_alias(digits: str) -> None:
    assert received(From=OPAQUE, WaId=digits).aliases == ()


def test_a_number_is_its_own_and_no_alias() -> None:
    assert received(WaId="27600000001", ExternalUserId=f"whatsapp:{RESIDENT}").aliases == ()


# --- taps ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written", ["", "1", "|q", "1|a b", "1|\n", "1 |q", "one or two|q", "١|q", "1|" + "q" * 199]
)
def test_what_is_not_ours(written: str) -> None:
    assert read_payload(written) is None
    tapped = received(ListId=written, ButtonPayload=written, Body="Yes")
    assert (tapped.text, tapped.choice, tapped.question) == ("Yes", None, None)


def test_a_list_that_is_not_ours_does_not_hide_a_button_that_is() -> None:
    tapped = received(ListId="x", ButtonPayload="2|q|r", Body="No")
    assert (tapped.choice, tapped.question) == ("2", "q|r")


@given(st.text(), st.none() | st.text())
def test_a_payload_reads_back_or_is_none(number: str, question: str | None) -> None:
    written = payload(number, question)
    assert written is None or read_payload(written) == (number, question or None)
    assert written is None or len(written) <= 200


@given(st.text("0123456789", min_size=1, max_size=3), st.text("abc019:_-", max_size=190))
def test_a_survey_has_payloads(number: str, question: str) -> None:
    assert payload(number, question) == f"{number}|{question}"


# --- no bytes surprise it ------------------------------------------------------------------------
SHARED = {*inbound(), *report(), "ErrorCode", "OptOutType", "Latitude", "Longitude"}
OWN = {"WaId", "ExternalUserId", "ListId", "ListTitle", "ButtonPayload", "ButtonText", "EventType"}
NAMES = st.sampled_from(sorted(SHARED | OWN))
VALUES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.sampled_from([ACCOUNT, f"whatsapp:{RESIDENT}", OPAQUE, "SM1", "received", "failed", "1|q"]),
)


def parsed_or_refused(request: WebRequest) -> Parsed | int:
    try:
        return whatsapp(replies_by_provider=["STOP"]).parse(request)
    except WebhookError as refused:
        return refused.status


@given(st.binary(), st.text())
def test_any_bytes_are_refused(body: bytes, signature: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    assert parsed_or_refused(WebRequest(WHATSAPP_URL, headers, body)) in (400, 403)


@given(st.lists(st.tuples(st.one_of(NAMES, VALUES), VALUES)))
def test_any_signed_form_is_read_or_refused(fields: Fields) -> None:
    told = parsed_or_refused(twilio_request([("AccountSid", ACCOUNT), *fields], url=WHATSAPP_URL))
    if not isinstance(told, Parsed):
        assert told == 400
        return
    for event in told.events:
        assert event.provider_id
        if isinstance(event, Received):
            addresses = (event.urn, *event.aliases)
            assert all(address.startswith("whatsapp:") for address in addresses)
            assert len(set(addresses)) == len(addresses)
            assert "\x00" not in event.text
