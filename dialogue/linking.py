"""LINK: one conversation at two addresses, because the resident says so with a code.

The code is made of the turn's fresh id; whoever sends it within minutes from another address joins
the conversation of the first. Nothing is looked up here: `bot` does that, and the event `Linked`
tells how it went.
"""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta

from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.effects import MakeLink, Redeem, Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.turn import Turn

DIGITS = 8
MINUTES = 15
MOST_WRONG = 5
"""Wrong codes from one contact within an hour; with 10^8 codes, guessing one takes longer."""

_CODE = re.compile(r"(?P<word>\D+?)[\s:_-]*(?P<code>\d[\d\s-]{2,18})")


def code_in(desk: Desk, text: str) -> str | None:
    """The digits in "LINK 1234 5678", in any language's word and however many they are; None where
    it is not that."""
    found = _CODE.fullmatch(fold(text))
    if found is None or desk.commands.get(fold(found["word"])) != "link":
        return None
    return re.sub(r"\D", "", found["code"])


def offer(conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """A code, valid for some minutes."""
    number = int.from_bytes(hashlib.sha256(reply.id.encode()).digest()[:8]) % 10**DIGITS
    code = f"{number:0{DIGITS}}"
    shown = f"{code[:4]} {code[4:]}"
    said = Say("link_code", (("code", shown), ("minutes", MINUTES)))
    made = MakeLink(code, now + timedelta(minutes=MINUTES))
    return Turn(replace(conversation, aside=None), (made, said))


def redeem(conversation: Conversation, code: str, now: datetime) -> Turn | None:
    """Asks for the code to be looked up; None after too many wrong ones."""
    if len(code) != DIGITS or _wrong(conversation, now) >= MOST_WRONG:
        return None
    return Turn(conversation, (Redeem(code),))


def note_wrong(conversation: Conversation, now: datetime) -> Conversation:
    """The conversation after one more wrong code."""
    return replace(conversation, wrong_codes=_wrong(conversation, now) + 1, wrong_code_at=now)


def _wrong(conversation: Conversation, now: datetime) -> int:
    at = conversation.wrong_code_at
    recent = at is not None and now - at < timedelta(hours=1)
    return conversation.wrong_codes if recent else 0
