"""Requests signed by Twilio's Node library are believed by our channel."""

from dataclasses import replace
from pathlib import Path

import pytest

from channels.client import Client
from channels.twilio import Sms
from tests.channels.samples import PUBLIC_URL, TOKEN, TWILIO, config, inbound, twilio_request
from tests.conformance.conftest import run_node

pytestmark = pytest.mark.conformance

URLS = [f"{PUBLIC_URL}/sms", f"{PUBLIC_URL}/sms?foo=1&bar=2", "http://127.0.0.1:8000/webhooks/a/b"]
BODIES = ["2", "", " spaced ", "a\r\nb", "Molo 👨‍👩‍👧", "á+é=&%", "ÿ" * 300]


def test_signatures(node_modules: Path, http: Client) -> None:
    forms = [(url, inbound(Body=body, Label="")) for url in URLS for body in BODIES]
    signatures = run_node(node_modules, "signatures.cjs", [[TOKEN, *form] for form in forms])
    assert isinstance(signatures, list)
    sms = Sms(config("sms", TWILIO), http)
    for (url, form), signature in zip(forms, signatures, strict=True):
        ours = twilio_request(form, url=url)
        assert ours.headers["x-twilio-signature"] == signature
        headers = {**ours.headers, "x-twilio-signature": signature}
        assert sms.parse(replace(ours, headers=headers)).events
