"""Commands: what a resident's "/word" means, and the menu of them that Telegram shows."""

import re
from collections.abc import Mapping

from channels.base import clean

COMMANDS = frozenset({"start", "stop", "help"})
"""Commands that mean the same in every language; the others are plain words after their slash."""

MENU = "menu_"
"""Begins the name of the phrase that describes a command: `menu_help` is "/help"."""

_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"link[_-]([a-z0-9]+)", re.IGNORECASE)


def words_of(said: str) -> tuple[str, str | None]:
    """The text of a message, and the command in it. A command is read as words: "/my_data" is "my
    data". "/start" alone keeps its word, since an empty text would be taken for a message without
    one. "/start PULSE" comes from a link, `https://t.me/<bot>?start=PULSE`: START with that text.
    In such a link there are no spaces, so `start=link_CODE` is "LINK CODE", as if typed."""
    said = clean(said).strip()
    written = _COMMAND.fullmatch(said)
    if written is None:
        return said, None
    name, rest = written[1].lower(), (written[2] or "").strip()
    command = name.upper() if name in COMMANDS else None
    if name == "start" and rest:
        link = _LINK.fullmatch(rest)
        return (f"LINK {link[1]}", None) if link else (rest, command)
    return f"{name.replace('_', ' ')} {rest}".strip(), command


def menu(phrases: Mapping[str, str]) -> list[tuple[str, str]]:
    """Commands and their descriptions, in the order of the phrases that are there for them."""
    return [
        (name.removeprefix(MENU), text)
        for name, text in phrases.items()
        if name.startswith(MENU) and text
    ]
