"""What we send, what our fake answers and what we recorded, against the published Bot API."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from channels.base import Media, Sending
from channels.client import Client
from channels.telegram import Telegram
from channels.telegram.webhook import UPDATES
from dialogue.messages import Choice
from tests.channels.faults import Answer
from tests.channels.samples import config
from tests.channels.telegram_fake import FAULTS, TelegramFake, parameters, path
from tests.channels.telegram_samples import RESIDENT_ID, TELEGRAM, message

RECORDED = sorted((Path(__file__).parent / "payloads" / "telegram").glob("*.json"))
NOT_OF_THE_SPECIFICATION = {"malformed", "unknown-fields", "unknown-update"}
PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "Integer": int,
    "Float": (int, float),
    "String": str,
    "Boolean": bool,
}

WORDS = {"en": {"help": "Call 10111.", "menu_start": "Take part", "menu_stop": "Leave"}}
POLLING = {**TELEGRAM, "polling": True}

Spec = Mapping[str, Any]


@pytest.fixture(scope="session")
def spec(shared_fakes: Path) -> Spec:
    read: Spec = json.loads((shared_fakes / "telegram-bot-api-10.1.json").read_text())
    return read


def faults(spec: Spec, kind: str, value: object, where: str = "") -> Iterator[str]:
    """Everything in which a value is not of the type that the specification names."""
    if kind in PLAIN:
        plain = isinstance(value, PLAIN[kind]) and (kind == "Boolean") == isinstance(value, bool)
        if not plain:
            yield f"{where}: no {kind}"
    elif kind.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where}: no array"
            return
        for n, item in enumerate(value):
            yield from faults(spec, kind.removeprefix("Array of "), item, f"{where}[{n}]")
    elif subtypes := spec["types"][kind].get("subtypes"):
        if all(any(True for _ in faults(spec, subtype, value)) for subtype in subtypes):
            yield f"{where}: no {kind}"
    elif not isinstance(value, dict):
        yield f"{where}: no {kind}"
    else:
        yield from fields(spec, spec["types"][kind].get("fields", []), value, where)


def fields(spec: Spec, known: list[Spec], value: Mapping[str, object], where: str) -> Iterator[str]:
    """What is missing, unknown or wrong among the fields of an object or a call."""
    names = {field["name"] for field in known}
    yield from (f"{where}.{name}: unknown" for name in value if name not in names)
    for field in known:
        name = field["name"]
        if name in value:
            found = [[*faults(spec, t, value[name], f"{where}.{name}")] for t in field["types"]]
            yield from min(found, key=len)
        elif field["required"]:
            yield f"{where}.{name}: missing"


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: str(file.stem))
def test_recorded_updates_are_telegrams(file: Path, spec: Spec) -> None:
    update = json.loads(file.read_text())["update"]
    found = list(faults(spec, "Update", update))
    assert bool(found) == (file.stem in NOT_OF_THE_SPECIFICATION), found


def test_we_ask_for_updates_that_there_are(spec: Spec) -> None:
    assert set(UPDATES) <= {field["name"] for field in spec["types"]["Update"]["fields"]}


async def test_calls_and_answers(spec: Spec, http: Client) -> None:
    async with TelegramFake() as fake:
        channel = Telegram(config("telegram", {**TELEGRAM, "api_base": fake.url}), http)
        choices = (Choice("1", "Yes"), Choice("2", "No"))
        await channel.send(Sending(f"telegram:{RESIDENT_ID}", "Well?", choices, "consent"))
        await channel.acknowledge("4001")
        await channel.acknowledge("leave:-1001")
        await channel.setup(WORDS)
        fake.waiting, fake.files = [message(text="Hi")], {"f1": b"picture"}
        asking = Telegram(config("telegram", {**POLLING, "api_base": fake.url}), http)
        await asking.setup(WORDS)
        await asking.poll("7")
        await channel.fetch(Media("f1"), 100)
        calls = [*zip(fake.requests, fake.given, strict=True)]
    seen = set()
    for request, answer in calls:
        if path(request).startswith("/file/"):
            continue
        method = spec["methods"][path(request).rpartition("/")[2]]
        seen.add(method["name"])
        told = read(parameters(request))
        assert [*fields(spec, method.get("fields", []), told, method["name"])] == []
        (result,) = [answer.body["result"]] if isinstance(answer.body, dict) else []
        assert [*faults(spec, method["returns"][0], result, method["name"])] == []
    assert seen == {
        *("getMe", "sendMessage", "answerCallbackQuery", "setWebhook", "setMyCommands"),
        *("deleteWebhook", "getUpdates", "getFile", "leaveChat"),
    }


def read(form: Mapping[str, str]) -> dict[str, object]:
    """The parameters of a call: what is no string is JSON in a form."""
    return {name: value if name in STRINGS else json.loads(value) for name, value in form.items()}


STRINGS = {"text", "url", "secret_token", "callback_query_id", "language_code", "file_id"}


def test_refusals_have_the_published_form(spec: Spec) -> None:
    bodies = [a.body for a in FAULTS.values() if isinstance(a, Answer) and a.status >= 400]
    told = [body for body in bodies if isinstance(body, dict)]
    assert told
    for body in told:
        assert (body["ok"], type(body["error_code"]), type(body["description"])) == (
            False,
            int,
            str,
        )
        assert [*faults(spec, "ResponseParameters", body.get("parameters", {}))] == []
