"""Whatever comes to the webhook is refused, read or poison: never an error."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Parsed, Received, WebhookError, WebRequest
from channels.client import Client
from channels.telegram import Telegram
from tests.channels.samples import config
from tests.channels.telegram_samples import (
    CHAT,
    SECRET_HEADER,
    SENDER,
    TELEGRAM,
    WEBHOOK,
    membership,
    message,
    tap,
    telegram_request,
)

CHANNEL = Telegram(config("telegram", TELEGRAM), Client())


def parse(update: object) -> Parsed:
    return CHANNEL.parse(telegram_request(update))


@given(st.binary(), st.text())
def test_any_bytes_are_refused(body: bytes, secret: str) -> None:
    request = WebRequest(WEBHOOK, {SECRET_HEADER: secret}, body)
    with pytest.raises(WebhookError) as refused:
        CHANNEL.parse(request)
    assert refused.value.status == 403


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["private", "kicked", "/start x", "1|consent", 7000001, SENDER, CHAT]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
UPDATES = [
    message(text="Hi", location={"latitude": 1, "longitude": 2}),
    message(contact={"phone_number": "+27600000001", "first_name": "R", "user_id": SENDER["id"]}),
    tap("1|consent"),
    membership("kicked"),
    {"update_id": 5, "edited_message": message(text="Hi")["message"]},
    message(photo=[{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]),
    message(document={"file_id": "f", "file_unique_id": "u", "mime_type": "text/plain"}),
]


def paths(value: object) -> list[tuple[str, ...]]:
    """Where something stands in a nested object."""
    if not isinstance(value, dict):
        return []
    return [p for key, inner in value.items() for p in ((key,), *((key, *q) for q in paths(inner)))]


def changed(value: object, path: tuple[str, ...], to: object) -> object:
    if not path or not isinstance(value, dict):
        return to
    return {**value, path[0]: changed(value.get(path[0]), path[1:], to)}


PLACES = [(update, path) for update in UPDATES for path in paths(update)]


def is_sound(parsed: Parsed) -> bool:
    """Whether everything in it is what the rest of the program is promised."""
    return parsed.answer.status == 200 and all(map(is_sound_event, parsed.events))


def is_sound_event(event: object) -> bool:
    if not isinstance(event, Received):
        return False
    known = re.fullmatch("[1-9][0-9]*", event.provider_id) is not None
    answerable = re.fullmatch("telegram:[1-9][0-9]*", event.urn) is not None
    numbers = all(re.fullmatch(r"tel:\+[1-9][0-9]{6,14}", alias) for alias in event.aliases)
    written = "".join((event.text, event.choice or "", event.question or ""))
    files = all(type(m.reference) is type(m.media_type) is str for m in event.media)
    return known and answerable and numbers and files and "\x00" not in written


@given(st.binary())
def test_any_bytes_of_telegrams_are_answered(body: bytes) -> None:
    assert is_sound(parse(body))


@given(VALUES)
def test_any_json_of_telegrams_is_answered(value: object) -> None:
    assert is_sound(parse(value))


@given(st.sampled_from(PLACES), VALUES)
def test_an_update_with_anything_in_any_place_is_answered(
    place: tuple[object, tuple[str, ...]], value: object
) -> None:
    update, path = place
    assert is_sound(parse(changed(update, path, value)))
