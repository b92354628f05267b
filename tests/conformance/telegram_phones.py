"""A resident's phone at two Bot API servers that we did not write."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from tests.channels.telegram_samples import BOT_TOKEN as BOT
from tests.channels.telegram_samples import CHAT, MOMENT
from tests.channels.telegram_samples import SENDER as RESIDENT


@dataclass(frozen=True)
class Shown:
    """A message on the phone, and what its buttons send back, by their numbers."""

    text: str
    buttons: Mapping[str, str] = field(default_factory=dict)


def shown(text: str, markup: Any) -> Shown:
    rows = (markup or {}).get("inline_keyboard", [])
    sent = [button["callback_data"] for row in rows for button in row]
    return Shown(text, {data.partition("|")[0]: data for data in sent})


class Phone(Protocol):
    """Sends what a resident does; `messages` are all that came so far."""

    async def write(self, text: str) -> None: ...

    async def tap(self, data: str) -> None: ...

    async def messages(self) -> list[Shown]: ...


async def message(phone: Phone, n: int) -> Shown:
    """The n-th message (from 1); waits for it."""
    async with asyncio.timeout(20):
        while len(seen := await phone.messages()) < n:
            await asyncio.sleep(0.05)
    return seen[n - 1]


async def answer_all(phone: Phone, *steps: str) -> list[Shown]:
    """Does one step after each message: "*2" is a tap on button 2, anything else a text. All
    messages."""
    for n, step in enumerate(steps):
        last = await message(phone, n) if n else Shown("")
        await (phone.tap(last.buttons[step[1:]]) if step[0] == "*" else phone.write(step))
    await message(phone, len(steps))
    return await phone.messages()


# --- telegram-test-api ---------------------------------------------------------------------------
@dataclass
class Polled:
    """At `telegram-test-api`, which keeps what is sent until the bot asks for it."""

    url: str
    http: httpx.AsyncClient

    async def write(self, text: str) -> None:
        await self._do("sendMessage", {"from": RESIDENT, "chat": CHAT, "text": text})

    async def tap(self, data: str) -> None:
        under = {"message_id": 1, "chat": CHAT, "date": MOMENT, "text": ""}
        await self._do("sendCallback", {"from": RESIDENT, "message": under, "data": data})

    async def messages(self) -> list[Shown]:
        told = await self._do("getUpdatesHistory", {"token": BOT})
        ours = [one["message"] for one in told if "chat_id" in one.get("message", {})]
        return [shown(one["text"], one.get("reply_markup")) for one in ours]

    async def _do(self, what: str, told: Mapping[str, object]) -> Any:
        body = {"botToken": BOT, "date": MOMENT, **told}
        answer = await self.http.post(f"{self.url}/{what}", json=body)
        return answer.raise_for_status().json()["result"]


# --- telemelya -----------------------------------------------------------------------------------
@dataclass
class Posted:
    """At telemelya, which posts what is sent to the bot's webhook at once."""

    url: str
    http: httpx.AsyncClient

    async def write(self, text: str) -> None:
        await self._do({"text": text})

    async def tap(self, data: str) -> None:
        await self._do({"callback_data": data, "callback_message_id": 1})

    async def messages(self) -> list[Shown]:
        ours = [one for one in await self.calls() if one["method"] == "sendMessage"]
        return [shown(one["text"], one.get("reply_markup")) for one in ours]

    async def calls(self) -> list[dict[str, Any]]:
        """Every call of the bot."""
        told = await self.http.get(f"{self.url}/api/v1/test/responses", headers=KEY)
        found: list[dict[str, Any]] = told.raise_for_status().json()["responses"]
        return found

    async def picture(self, content: bytes) -> str:
        """Gives the server a picture to hand out; its file id."""
        files = {"file": ("street.jpg", content, "image/jpeg")}
        url = f"{self.url}/api/v1/test/upload_media"
        told = await self.http.post(url, files=files, headers=KEY)
        return str(told.raise_for_status().json()["file_id"])

    async def _do(self, told: Mapping[str, object]) -> None:
        # Its update ids are milliseconds: two in the same one would be the same update.
        await asyncio.sleep(0.01)
        body = {"chat_id": CHAT["id"], "from_user": {"id": CHAT["id"], "first_name": "R"}, **told}
        url = f"{self.url}/api/v1/test/send_update?bot_token={BOT}"
        answer = (await self.http.post(url, json=body, headers=KEY)).raise_for_status()
        assert answer.json()["delivery"]["status_code"] == 200


KEY = {"Authorization": "Bearer synthetic-key"}
