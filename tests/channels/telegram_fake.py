"""A Bot API of ours on 127.0.0.1, for what no other peer has: it knows every bot, keeps what it is
told, and fails by the id of the chat."""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus

from tests.channels.faults import RESET, SILENCE, Answer, FaultServer, Request, _read, _reset
from tests.channels.telegram_samples import BOT_TOKEN, MOMENT

BLOCKED, DEACTIVATED, STRANGER, KICKED, NEW_403 = 403001, 403002, 403003, 403004, 403005
NOT_FOUND, TOO_LONG, BAD_BUTTON, MIGRATED, NEW_400 = 400001, 400002, 400003, 400004, 400005
FLOODED, FLOODED_BARE, BROKEN, GATEWAY, LATE, CUT = 429001, 429002, 500001, 502001, 504001, 504002
PROXY, CONFLICT, UNAUTHORISED, MOVED, HOTEL, EMPTY = 403900, 409001, 401001, 307001, 200001, 200002
BOT = {
    "id": 10001,
    "is_bot": True,
    "first_name": "Imbizo",
    "username": "imbizo_example_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}


def failed(status: int, description: str, **parameters: int) -> Answer:
    """A refusal in Telegram's form."""
    body: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    return Answer(status, body | ({"parameters": parameters} if parameters else {}))


FAULTS: Mapping[int, Answer | str] = {
    BLOCKED: failed(403, "Forbidden: bot was blocked by the user"),
    DEACTIVATED: failed(403, "Forbidden: user is deactivated"),
    STRANGER: failed(403, "Forbidden: bot can't initiate conversation with a user"),
    KICKED: failed(403, "Forbidden: bot was kicked from the supergroup chat"),
    NEW_403: failed(403, "Forbidden: a reason that is new"),
    NOT_FOUND: failed(400, "Bad Request: chat not found"),
    TOO_LONG: failed(400, "Bad Request: message is too long"),
    BAD_BUTTON: failed(400, "Bad Request: BUTTON_DATA_INVALID"),
    MIGRATED: failed(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=-1000000000001,
    ),
    NEW_400: failed(400, "Bad Request: a reason that quotes a text"),
    FLOODED: failed(429, "Too Many Requests: retry after 7", retry_after=7),
    FLOODED_BARE: failed(429, "Too Many Requests"),
    BROKEN: failed(500, "Internal Server Error"),
    GATEWAY: Answer(502, "<html>Bad gateway</html>"),
    UNAUTHORISED: failed(401, "Unauthorized"),
    CONFLICT: failed(409, "Conflict: terminated by other getUpdates request"),
    LATE: SILENCE,
    CUT: RESET,
    PROXY: Answer(403, "<html>Not from here</html>"),
    MOVED: Answer(307, "", {"Location": "/elsewhere"}),
    HOTEL: Answer(200, "<html>Welcome to the hotel</html>"),
    EMPTY: Answer(200, {"ok": True, "result": {}}),
}


class TelegramFake(FaultServer):
    """Answers getMe, sendMessage, answerCallbackQuery, setWebhook and setMyCommands; a method in
    `refuses` is refused as it says."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: dict[str, Answer] = {}
        self.given: list[Answer] = []

    def told(self, method: str) -> list[Mapping[str, str]]:
        """The parameters of every call of a method."""
        return [r.form for r in self.requests if r.target == f"/bot{BOT_TOKEN}/{method}"]

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            self.requests.append(request)
            answer = self._answer(request)
            if isinstance(answer, Answer):
                self.given.append(answer)
                writer.write(answer.raw())
                await writer.drain()
            elif answer == SILENCE:
                await self._closing.wait()
            else:
                _reset(writer)
        finally:
            writer.close()

    def _answer(self, request: Request) -> Answer | str:
        method = request.target.rpartition("/")[2]
        if method in self.refuses:
            return self.refuses[method]
        chat = request.form.get("chat_id", "")
        if chat.isdigit() and int(chat) in FAULTS:
            return FAULTS[int(chat)]
        if method not in RESULTS:
            return failed(HTTPStatus.NOT_FOUND, "Not Found")
        return Answer(200, {"ok": True, "result": RESULTS[method](request.form)})


def _message(form: Mapping[str, str]) -> object:
    chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "Resident"}
    sent = {"message_id": 41, "from": {k: BOT[k] for k in list(BOT)[:4]}, "chat": chat}
    markup = {"reply_markup": json.loads(form["reply_markup"])} if "reply_markup" in form else {}
    return {**sent, "date": MOMENT, "text": form["text"], **markup}


RESULTS: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "getMe": lambda form: BOT,
    "sendMessage": _message,
    "answerCallbackQuery": lambda form: True,
    "setWebhook": lambda form: True,
    "setMyCommands": lambda form: True,
}
