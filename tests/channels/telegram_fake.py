"""A Bot API of ours on 127.0.0.1, for what no other peer has: it knows every bot, keeps what it is
told, and fails by the id of the chat."""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

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
    """Answers the methods of RESULTS; one in `refuses` is refused as it says. Asked for updates, it
    gives those `waiting` from the offset on, and holds the question for `held` seconds where there
    are none; `files` are by their id."""

    def __init__(self) -> None:
        super().__init__()
        self.refuses: dict[str, Answer] = {}
        self.given: list[Answer] = []
        self.waiting: list[dict[str, object]] = []
        self.held = 0.1
        self.files: dict[str, bytes] = {}

    def told(self, method: str) -> list[Mapping[str, str]]:
        """The parameters of every call of a method."""
        return [parameters(r) for r in self.requests if path(r) == f"/bot{BOT_TOKEN}/{method}"]

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            self.requests.append(request)
            answer = self._answer(request)
            if answer == NOTHING_YET:
                await asyncio.sleep(self.held)
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
        method = path(request).rpartition("/")[2]
        if path(request).startswith(f"/file/bot{BOT_TOKEN}/"):
            method = "file"
        if method in self.refuses:
            return self.refuses[method]
        form = parameters(request)
        chat = form.get("chat_id", "")
        if chat.isdigit() and int(chat) in FAULTS:
            return FAULTS[int(chat)]
        match method:
            case "file":
                return Answer(200, self.files[path(request).rpartition("/")[2]].decode())
            case "getFile":
                return self._file(form["file_id"])
            case "getUpdates":
                return self._updates(int(form.get("offset", 0)))
            case _ if method in RESULTS:
                return Answer(200, {"ok": True, "result": RESULTS[method](form)})
            case _:
                return failed(HTTPStatus.NOT_FOUND, "Not Found")

    def _file(self, id_: str) -> Answer:
        if id_ not in self.files:
            return failed(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        known = {"file_id": id_, "file_unique_id": f"u{id_}", "file_path": f"photos/{id_}"}
        return Answer(200, {"ok": True, "result": known})

    def _updates(self, offset: int) -> Answer:
        """Those before the offset are forgotten."""
        self.waiting = [u for u in self.waiting if not _is_before(u, offset)]
        result = list(self.waiting)
        return Answer(200, {"ok": True, "result": result}) if result else NOTHING_YET


NOTHING_YET = Answer(200, {"ok": True, "result": []})


def path(request: Request) -> str:
    """Where a request goes, without its query."""
    return urlsplit(request.target).path


def parameters(request: Request) -> dict[str, str]:
    """The parameters of a call: Telegram takes them from the query and from the form."""
    return {**dict(parse_qsl(urlsplit(request.target).query)), **request.form}


def _is_before(update: Mapping[str, object], offset: int) -> bool:
    number = update.get("update_id")
    return isinstance(number, int) and number < offset


def _message(form: Mapping[str, str]) -> object:
    chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "Resident"}
    sent = {"message_id": 41, "from": {k: BOT[k] for k in list(BOT)[:4]}, "chat": chat}
    markup = {"reply_markup": json.loads(form["reply_markup"])} if "reply_markup" in form else {}
    return {**sent, "date": MOMENT, "text": form["text"], **markup}


RESULTS: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "getMe": lambda form: BOT,
    "sendMessage": _message,
    "answerCallbackQuery": lambda form: True,
    "leaveChat": lambda form: True,
    "setWebhook": lambda form: True,
    "deleteWebhook": lambda form: True,
    "setMyCommands": lambda form: True,
}
