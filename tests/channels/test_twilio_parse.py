"""What Twilio posts: beyond the recorded payloads of the contract test."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Parsed, Received, WebhookError, WebRequest
from channels.client import Client
from channels.twilio import Sms, console_settings
from tests.channels.samples import (
    ACCOUNT,
    PUBLIC_URL,
    TOKEN,
    TWILIO,
    Fields,
    config,
    inbound,
    report,
    twilio_request,
)

HTTP = Client()


def sms(**settings: object) -> Sms:
    return Sms(config("sms", {**TWILIO, **settings}), HTTP)


def refusal(channel: Sms, request: WebRequest) -> int:
    with pytest.raises(WebhookError) as refused:
        channel.parse(request)
    return refused.value.status


# --- whom we believe -----------------------------------------------------------------------------
def test_every_token_is_believed_while_they_rotate() -> None:
    rotating = sms(auth_token=["new", TOKEN])
    assert rotating.parse(twilio_request(inbound(), TOKEN)).events
    assert rotating.parse(twilio_request(inbound(), "new")).events
    assert refusal(rotating, twilio_request(inbound(), "older")) == 403


def test_one_token_may_be_given_as_a_string() -> None:
    assert sms(auth_token=TOKEN).parse(twilio_request(inbound())).events


@pytest.mark.parametrize("token", ["", [], [""], None])
def test_without_a_token_nobody_is_believed(token: object) -> None:
    assert refusal(sms(auth_token=token), twilio_request(inbound(), "")) == 403


def test_without_an_account_nobody_is_believed() -> None:
    assert refusal(sms(account_sid=""), twilio_request(inbound(AccountSid=""))) == 403


def test_another_account_is_not_believed() -> None:
    other = inbound(AccountSid="AC" + "f" * 32)
    assert refusal(sms(), twilio_request(other)) == 403
    assert refusal(sms(), twilio_request({k: v for k, v in other.items() if k[0] != "A"})) == 403


CHANGES: list[Mapping[str, Any]] = [
    {"url": f"{PUBLIC_URL}/sms/status"},
    {"url": f"{PUBLIC_URL}/sms?x=1"},
    {"url": f"{PUBLIC_URL}/sms".replace("https", "http")},
    {"url": "https://imbizo.example:port/"},
    {"url": "https://imbizo.example/\ud800"},
    {"body": b"AccountSid=" + ACCOUNT.encode() + b"&Body=changed"},
    {"headers": {"content-type": "application/x-www-form-urlencoded"}},
    {
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "x-twilio-signature": "é" * 28,
        }
    },
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_request_is_forged(change: Mapping[str, Any]) -> None:
    assert refusal(sms(), replace(twilio_request(inbound()), **change)) == 403


def test_the_port_may_be_signed_or_not() -> None:
    bare, with_port = f"{PUBLIC_URL}/sms", f"{PUBLIC_URL}/sms".replace(".example", ".example:443")
    signed = twilio_request(inbound(), url=bare)
    assert sms().parse(replace(signed, url=with_port)).events
    assert sms().parse(replace(twilio_request(inbound(), url=with_port), url=bare)).events


# --- what cannot be read -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "media_type", ["", "application/json", "multipart/form-data", "text/plain"]
)
def test_only_forms_are_read(media_type: str) -> None:
    request = twilio_request(inbound())
    headers = {**request.headers, "content-type": media_type}
    assert refusal(sms(), replace(request, headers=headers)) == 400


@pytest.mark.parametrize("name", ["MessageSid", "From"])
def test_what_twilio_always_gives_must_be_there(name: str) -> None:
    without = {key: value for key, value in inbound().items() if key != name}
    assert refusal(sms(), twilio_request(without)) == 400
    assert refusal(sms(), twilio_request(inbound(**{name: ""}))) == 400


def test_a_report_needs_its_message() -> None:
    assert refusal(sms(), twilio_request(report(MessageSid=""))) == 400


def test_too_many_fields_are_not_read() -> None:
    flood = {f"Field{n}": "" for n in range(200)}
    assert refusal(sms(), twilio_request({**inbound(), **flood})) == 400


# --- what is read --------------------------------------------------------------------------------
def received(**fields: str) -> Received:
    (event,) = sms().parse(twilio_request(inbound(**fields))).events
    assert isinstance(event, Received)
    return event


def test_answers() -> None:
    empty = '<?xml version="1.0" encoding="UTF-8"?><Response />'
    answer = sms().parse(twilio_request(inbound())).answer
    assert (answer.status, answer.media_type, answer.body) == (200, "text/xml", empty)
    answer = sms().parse(twilio_request(report())).answer
    assert (answer.status, answer.body) == (204, "")


def test_a_long_text_is_cut_at_the_border() -> None:
    assert len(received(Body="9" * 5000).text) == 4000
    assert len(received(Body="9" * 1600).text) == 1600


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        ("-26.2", "28.0", (-26.2, 28.0)),
        ("90", "-180", (90.0, -180.0)),
        ("90.1", "0", None),
        ("0", "180.1", None),
        ("inf", "0", None),
        ("nan", "nan", None),
        ("", "28.0", None),
        ("here", "there", None),
    ],
)
def test_location(latitude: str, longitude: str, place: tuple[float, float] | None) -> None:
    assert received(Latitude=latitude, Longitude=longitude).location == place


@pytest.mark.parametrize(
    ("count", "media"), [("0", 0), ("10", 10), ("-1", 0), ("", 0), ("9" * 5000, 0), ("²", 0)]
)
def test_media(count: str, media: int) -> None:
    assert len(received(NumMedia=count).media) == media


SENDERS = [
    "31245",
    "SHOP",
    "27600000001",
    "+0600000001",
    "+27 60",
    "whatsapp:+27600000001",
    "+2७60000001",
]


@pytest.mark.parametrize("sender", SENDERS)
def test_who_cannot_be_answered_is_passed_over(sender: str) -> None:
    parsed = sms().parse(twilio_request(inbound(From=sender)))
    assert (parsed.events, parsed.answer.status) == ((), 200)


WORDS = {
    "STOP": ["STOP", "stopall", "Unsubscribe", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
    "START": ["START", "UNSTOP", "yes"],
    "HELP": ["HELP", "info"],
}


@pytest.mark.parametrize("command", WORDS)
def test_what_twilio_answers_itself(command: str) -> None:
    for replies in ([command], [command.lower()], ["STOP", "START", "HELP"]):
        channel = sms(replies_by_provider=replies)
        for word in WORDS[command]:
            (event,) = channel.parse(twilio_request(inbound(Body=word))).events
            assert isinstance(event, Received)
            assert event.answered == {command}
            assert event.command is None
    for word in WORDS[command]:
        assert received(Body=word).answered == frozenset()
    assert received(Body="OPT OUT").answered == frozenset()


def test_an_inbound_message_with_a_message_status_is_no_report() -> None:
    (event,) = sms().parse(twilio_request(inbound(MessageStatus="received"))).events
    assert isinstance(event, Received)


# --- no bytes surprise it ------------------------------------------------------------------------
NAMES = st.sampled_from([*inbound(), *report(), "ErrorCode", "OptOutType", "Latitude", "Longitude"])
VALUES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.sampled_from([ACCOUNT, "+27600000001", "SM1", "received", "failed", "STOP", "30003", "1e9"]),
)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def parsed_or_refused(request: WebRequest) -> Parsed | int:
    try:
        return sms(replies_by_provider=["STOP"]).parse(request)
    except WebhookError as refused:
        return refused.status


@given(st.binary(), st.text())
def test_any_bytes_are_refused(body: bytes, signature: str) -> None:
    headers = {**FORM, "x-twilio-signature": signature}
    assert parsed_or_refused(WebRequest(f"{PUBLIC_URL}/sms", headers, body)) in (400, 403)


@given(st.lists(st.tuples(st.one_of(NAMES, VALUES), VALUES)))
def test_any_signed_form_is_read_or_refused(fields: Fields) -> None:
    told = parsed_or_refused(twilio_request([("AccountSid", ACCOUNT), *fields]))
    if not isinstance(told, Parsed):
        assert told == 400
        return
    for event in told.events:
        assert event.provider_id
        assert not isinstance(event, Received) or "\x00" not in event.text


# --- settings ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, ()),
        ({"sender": "", "messaging_service": "MG1"}, ()),
        ({"sender": ""}, ("sender or messaging_service",)),
        ({"auth_token": [""], "account_sid": None}, ("account_sid", "auth_token")),
    ],
)
def test_missing(settings: Mapping[str, object], missing: tuple[str, ...]) -> None:
    assert sms(**settings).missing() == missing


def test_what_to_type_into_the_console() -> None:
    words = {"en": {"stopped": "You are out.", "welcome_back": "Hello.", "help": "10111"}}
    told = console_settings(config("sms", TWILIO), {**words, "es": {"stopped": "Fuera."}})
    lines = [line.strip() for line in told.split("\n")]
    assert f"{PUBLIC_URL}/sms#rc=5&rp=5xx,ct,rt" in lines
    assert f"{PUBLIC_URL}/sms/status#rc=5&rp=5xx,ct,rt" in lines
    assert "STOP: You are out." in lines
    assert "HELP: 10111" in lines
    assert TOKEN not in told
    assert "answers" not in console_settings(config("sms", TWILIO), {})
