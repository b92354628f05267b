"""What every channel of `CHANNELS` must do. A new one needs recorded payloads, and here a way to
sign them and one not to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from channels import CHANNELS
from channels.base import Channel, Fault, Media, Received, StatusUpdate, WebhookError, WebRequest
from channels.client import Client
from channels.rendering import render
from dialogue.messages import Choice, Message
from tests.channels.samples import TWILIO, WHATSAPP, WHATSAPP_URL, config, twilio_request
from tests.channels.telegram_samples import TELEGRAM, telegram_request

PAYLOADS = Path(__file__).parent / "payloads"
WITHOUT_WEBHOOK = {"simulator"}

Payload = Mapping[str, Any]
REQUESTS: Mapping[str, Callable[[Payload], WebRequest]] = {
    "sms": lambda payload: twilio_request(payload["form"]),
    "whatsapp": lambda payload: twilio_request(payload["form"], url=WHATSAPP_URL),
    "telegram": lambda payload: telegram_request(payload["update"]),
}
"""Makes the request of a recorded payload, signed as the provider would."""

FORGED: Mapping[str, Callable[[Payload], WebRequest]] = {
    "sms": lambda payload: twilio_request(payload["form"], token="another"),
    "whatsapp": lambda payload: twilio_request(payload["form"], "another", WHATSAPP_URL),
    "telegram": lambda payload: telegram_request(payload["update"], "another"),
}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "sms": TWILIO,
    "whatsapp": WHATSAPP,
    "telegram": TELEGRAM,
    "simulator": {},
}

KINDS = sorted(CHANNELS)
RECORDED = [
    (kind, path.stem) for kind in KINDS for path in sorted((PAYLOADS / kind).glob("*.json"))
]


def channel(kind: str, http: Client, settings: Mapping[str, object]) -> Channel:
    return CHANNELS[kind](config(kind, {**SETTINGS[kind], **settings}), http)


def read(kind: str, name: str) -> Payload:
    payload: Payload = json.loads((PAYLOADS / kind / f"{name}.json").read_text())
    return payload


def shown(value: object) -> object:
    """An event as the payload files write it: without what has its default value."""
    match value:
        case Received():
            return {"received": _told(value)}
        case StatusUpdate():
            return {"status": _told(value)}
        case Fault() | Media():
            return _told(value)
        case timedelta():
            return value.total_seconds()
        case Enum():
            return value.name if isinstance(value, int) else value.value
        case tuple() | frozenset():
            return sorted(value) if isinstance(value, frozenset) else [shown(v) for v in value]
        case _:
            return value


def _told(value: Received | StatusUpdate | Fault | Media) -> dict[str, object]:
    told = {field.name: (getattr(value, field.name), field.default) for field in fields(value)}
    return {name: shown(now) for name, (now, default) in told.items() if now not in (default, "")}


@pytest.mark.parametrize("kind", KINDS)
def test_payloads_are_recorded(kind: str) -> None:
    recorded = {name for name, _ in RECORDED}
    assert (kind in recorded and kind in REQUESTS) or kind in WITHOUT_WEBHOOK


@pytest.mark.parametrize(("kind", "name"), RECORDED)
def test_recorded_payload(kind: str, name: str, http: Client) -> None:
    payload = read(kind, name)
    parsed = channel(kind, http, payload.get("settings", {})).parse(REQUESTS[kind](payload))
    assert [shown(event) for event in parsed.events] == payload["events"]
    assert parsed.answer.status == payload["answer"]


@pytest.mark.parametrize(("kind", "name"), RECORDED)
def test_forged_payload(kind: str, name: str, http: Client) -> None:
    payload = read(kind, name)
    with pytest.raises(WebhookError) as refused:
        channel(kind, http, payload.get("settings", {})).parse(FORGED[kind](payload))
    assert refused.value.status == 403


@pytest.mark.parametrize("kind", KINDS)
def test_unsigned_request(kind: str, http: Client) -> None:
    with pytest.raises(WebhookError) as refused:
        channel(kind, http, {}).parse(WebRequest("https://imbizo.example/", {}, b""))
    assert refused.value.status in (400, 403)


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_with_its_settings_misses_none(kind: str, http: Client) -> None:
    assert channel(kind, http, {}).missing() == ()


@pytest.mark.parametrize("kind", KINDS)
def test_choices_degrade_to_text(kind: str, http: Client) -> None:
    carries = channel(kind, http, {}).carries
    choices = tuple(Choice(str(n), f"Ward {n}") for n in range(1, carries.buttons + 2))
    parts = render(Message("Where?", choices, "ward"), carries)
    assert not any(part.choices for part in parts)
    lines = [line for part in parts for line in part.text.split("\n")]
    assert lines == ["Where?", *(f"{c.number} {c.label}" for c in choices)]
