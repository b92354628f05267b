"""A synthetic bot, and the updates Telegram would post to it."""

import json
from collections.abc import Mapping

from channels.base import WebRequest
from tests.channels.samples import PUBLIC_URL

BOT_TOKEN = "10001:synthetic-token-of-no-bot"
SECRET = "synthetic_secret"
TELEGRAM = {"bot_token": BOT_TOKEN, "webhook_secret": SECRET}
WEBHOOK = f"{PUBLIC_URL}/telegram"
RESIDENT_ID = 7000001
SECRET_HEADER = "x-telegram-bot-api-secret-token"

SENDER = {"id": RESIDENT_ID, "is_bot": False, "first_name": "Resident", "language_code": "en"}
CHAT = {"id": RESIDENT_ID, "first_name": "Resident", "type": "private"}
MOMENT = 1795348800


def telegram_request(update: object, secret: str = SECRET) -> WebRequest:
    """An update, or any body, as Telegram posts it."""
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"content-type": "application/json", SECRET_HEADER: secret}
    return WebRequest(WEBHOOK, headers, body)


def message(**fields: object) -> dict[str, object]:
    """An update with a message, some of its fields as given (`sender` is its "from")."""
    sender = fields.pop("sender", SENDER)
    content = {"message_id": 5, "from": sender, "chat": CHAT, "date": MOMENT, **fields}
    return {"update_id": 9000001, "message": content}


def tap(data: object, **fields: object) -> dict[str, object]:
    """An update with a tapped button."""
    shown = {"message_id": 4, "chat": CHAT, "date": MOMENT, "text": "How safe?"}
    query = {"id": "4001", "from": SENDER, "message": shown, "chat_instance": "77", "data": data}
    return {"update_id": 9000002, "callback_query": {**query, **fields}}


def membership(status: str, **fields: object) -> dict[str, object]:
    """An update in which the bot itself became something in a chat."""
    bot = {"id": 10001, "is_bot": True, "first_name": "Imbizo", "username": "imbizo_example_bot"}
    until = {"until_date": 0} if status == "kicked" else {}
    change: Mapping[str, object] = {
        "chat": CHAT,
        "from": SENDER,
        "date": MOMENT,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": status, **until},
        **fields,
    }
    return {"update_id": 9000003, "my_chat_member": change}


GROUP = {"id": -1001, "type": "supergroup", "title": "Ward 12"}
GROUP_ADDED = membership("member", chat=GROUP)
"""Somebody put the bot into a group."""
