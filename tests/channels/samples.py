"""Synthetic channels and the requests their providers would make."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from channels.base import ChannelConfig, WebRequest

ACCOUNT = "AC" + "0" * 32
TOKEN = "12345"
SENDER = "+27600000000"
RESIDENT = "+27600000001"
PUBLIC_URL = "https://imbizo.example/webhooks/example-za"
TWILIO = {"account_sid": ACCOUNT, "auth_token": [TOKEN], "sender": SENDER}
WHATSAPP = {**TWILIO, "sender": f"whatsapp:{SENDER}"}
WHATSAPP_URL = f"{PUBLIC_URL}/whatsapp"

Fields = Mapping[str, str] | Sequence[Sequence[str]]


def config(kind: str, settings: Mapping[str, object]) -> ChannelConfig:
    return ChannelConfig(
        city="example-za",
        name=kind,
        kind=kind,
        country="ZA",
        public_url=f"{PUBLIC_URL}/{kind}",
        rate=10.0,
        settings=settings,
        responsible="Demo Council",
    )


def pairs(fields: Fields) -> list[tuple[str, str]]:
    rows = fields.items() if isinstance(fields, Mapping) else fields
    return [(name, value) for name, value in rows]


class Repeated(dict[str, list[str]]):
    """A form as Twilio's validator reads it."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def twilio_signature(url: str, fields: Fields, token: str = TOKEN) -> str:
    form = Repeated()
    for name, value in pairs(fields):
        form.setdefault(name, []).append(value)
    return str(RequestValidator(token).compute_signature(url, form))


def twilio_request(
    fields: Fields, token: str = TOKEN, url: str = f"{PUBLIC_URL}/sms"
) -> WebRequest:
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-twilio-signature": twilio_signature(url, fields, token),
    }
    return WebRequest(url, headers, urlencode(pairs(fields)).encode())


def inbound(**fields: str) -> dict[str, str]:
    """An inbound SMS, with some of its fields as given."""
    return {
        "MessageSid": "SM" + "1" * 32,
        "AccountSid": ACCOUNT,
        "From": RESIDENT,
        "To": SENDER,
        "Body": "Hi",
        "NumMedia": "0",
        "SmsStatus": "received",
        **fields,
    }


def report(**fields: str) -> dict[str, str]:
    """A delivery report, with some of its fields as given."""
    return {
        "MessageSid": "SM" + "2" * 32,
        "AccountSid": ACCOUNT,
        "From": SENDER,
        "To": RESIDENT,
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        **fields,
    }
