"""A survey answered by taps: signed webhooks of WhatsApp become the same codes as text messages."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from twilio.request_validator import RequestValidator

from backend.app import create_app
from backend.city_file import read_city
from backend.demo import load_city
from backend.store import open_engine
from tests.backend.conftest import NOW, Town, settings_for, write_city
from tests.backend.provider import ACCOUNT, ROOT, SENDER, TOKEN, provider
from tests.backend.test_spine import CODES, export

CHANNEL = """
[[channels]]
name = "whatsapp"
kind = "whatsapp"
sender = "{sender}"
account_sid = "$TWILIO_ACCOUNT_SID"
auth_token = ["$TWILIO_AUTH_TOKEN"]
api_base = "{sink}"
rate = 100000
[channels.templates]
{templates}
"""
TEMPLATES = "\n".join(
    f'{"quick_reply" if n < 4 else "list"}_{n} = "HX{n:032x}"' for n in range(1, 11)
)
URL = f"{ROOT}/webhooks/test-za/whatsapp"


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A city that is on WhatsApp too, its templates made."""
    settings = settings_for(database_url)
    async with provider() as there:
        extra = CHANNEL.format(sender=SENDER, sink=there.url, templates=TEMPLATES)
        engine = open_engine(database_url)
        load_city(engine, read_city(write_city(tmp_path / "cities", there.url, extra=extra)), NOW)
        engine.dispose()
        app = create_app(settings, with_worker=True)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ROOT) as http,
        ):
            yield Town(app, http, there, settings)


@dataclass
class Resident:
    """Somebody on WhatsApp, whose phone sends what a recorded one sent."""

    town: Town
    recorded: Mapping[str, str]
    address: str
    opaque: str
    told: int = 0
    templates: list[str] = field(default_factory=list)

    async def say(self, text: str) -> None:
        """Sends a text, and reads the answer."""
        await self._post({"MessageType": "text", "Body": text})

    async def tap(self, number: str, by_list: bool = False) -> None:
        """Taps a choice of the last message, and reads the answer."""
        titles = {id_: title for title, id_ in self._choices()}
        (id_,) = (id_ for id_ in titles if id_.startswith(f"{number}|"))
        named = ("ListId", "ListTitle") if by_list else ("ButtonPayload", "ButtonText")
        await self._post(dict(zip(named, (id_, titles[id_]), strict=True)) | {"Body": titles[id_]})

    def last(self) -> Mapping[str, str]:
        """The last message's form."""
        return [form for form in self.town.provider.forms if form["To"] == self.address][-1]

    def _choices(self) -> list[tuple[str, str]]:
        variables = list(json.loads(self.last()["ContentVariables"]).values())[1:]
        return list(zip(variables[::2], variables[1::2], strict=True))

    async def _post(self, fields: Mapping[str, str]) -> None:
        sid = f"SM{self.opaque[-4:]}{self.told:028d}"
        own = ("ButtonText", "ButtonPayload", "ChannelMetadata", "OriginalRepliedMessageSid")
        form = {name: value for name, value in self.recorded.items() if name not in own} | {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": self.address,
            "To": f"whatsapp:{SENDER}",
            "WaId": self.address.partition("+")[2],
            "ExternalUserId": self.opaque,
            **fields,
        }
        signature = RequestValidator(TOKEN).compute_signature(URL, form)
        answer = await self.town.http.post(
            URL, data=form, headers={"X-Twilio-Signature": signature}
        )
        assert (answer.status_code, answer.headers["content-type"][:8]) == (200, "text/xml")
        self.told += 1
        await self.town.provider.reply_to(self.address, self.told)
        if content := self.last().get("ContentSid"):
            self.templates.append(content)


@pytest.mark.parametrize("hidden", [False, True])
async def test_taps_give_the_same_codes_as_texts(
    hidden: bool, town: Town, shared_fakes: Path
) -> None:
    recorded = json.loads((shared_fakes / "whatsapp-button-tap.json").read_text())
    opaque = "whatsapp:ZA.1A2B3C4D5E"
    resident = Resident(town, recorded, opaque if hidden else "whatsapp:+27600001001", opaque)
    await resident.say("English")
    await resident.tap("1")
    await resident.say("34")
    await resident.tap("2", by_list=True)
    await resident.tap("3", by_list=True)
    await resident.say("No street lights")
    await resident.say("Riverside")
    await resident.tap("1", by_list=True)
    (row,) = export(town)
    assert {column: row[column] for column in CODES} == {**CODES, "channel": "whatsapp"}
    shown = {int(content[-1], 16) for content in resident.templates}
    assert {2, 4, 6} <= shown, "buttons and lists"


async def test_a_tap_and_a_text_of_one_person_are_one_survey(
    town: Town, shared_fakes: Path
) -> None:
    """It begins by text message and goes on by WhatsApp, under the same number."""
    recorded = json.loads((shared_fakes / "whatsapp-button-tap.json").read_text())
    number = "+27600001002"
    for n, said in enumerate(("English", "1", "34"), 1):
        await town.text(number, said, f"SMt{n:031d}")
        await town.provider.reply_to(number, n)
    resident = Resident(town, recorded, f"whatsapp:{number}", "whatsapp:ZA.2B2B2B")
    await resident.say("2")
    await resident.tap("3")
    await resident.say("No street lights")
    await resident.say("Riverside")
    await resident.tap("1")
    rows = export(town)
    assert len(rows) == 1
    assert (rows[0]["safe_day"], rows[0]["safe_dark"], rows[0]["sex"]) == ("2", "3", "1")
