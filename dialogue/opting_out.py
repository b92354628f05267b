"""Whether a whole message asks to be left alone, though it is none of the STOP words.

Whoever says so in other words has objected too (POPIA s11; the carriers' rules). But a word that
the open question reads is an answer, and what may be one, or word to staff, is not taken for it.
"""

import re

from dialogue.answering import is_read
from dialogue.answers.normalise import fold
from dialogue.command_words import without_polite
from dialogue.danger import Risk, classify
from dialogue.desk import Desk
from dialogue.events import Reply
from dialogue.leaving import is_slip
from dialogue.memory import THREAD, Conversation

LONGEST = 160
"""Characters of the longest message that may be such a sentence."""

_BETWEEN = re.compile(r"[.,;:!?\u2013\u2014]+|\s-+|-+\s")
_SPELT = re.compile(r"(?:\w\.){2,}\w?")
_SIGNS = re.compile(r"[^\w\s'.,;:!?\u2013\u2014-]")


def is_asked(desk: Desk, conversation: Conversation, reply: Reply) -> bool:
    """Whether it is STOP mistyped or in other words, and the open question reads nothing in it."""
    if len(reply.text) > LONGEST or desk.city.is_safe_word(reply.text):
        return False
    said = _SIGNS.sub(" ", fold(reply.text)).strip()
    if _SPELT.fullmatch(said):
        said = said.replace(".", "")
    parts = [part.strip() for part in _BETWEEN.split(said) if part.strip()]
    if not (_all_ask(desk, conversation, reply, parts) or _begins_so(desk, reply, parts)):
        return False
    session = conversation.session
    if session is None:
        return True
    return not is_read(desk, conversation, reply, session.asked_at or session.started_at)


def _all_ask(desk: Desk, conversation: Conversation, reply: Reply, parts: list[str]) -> bool:
    """Whether the whole text asks for it, or each of its parts that is not only polite."""
    session, whole = conversation.session, " ".join(parts)
    to_staff = conversation.thread is not None or (reply.question or "").startswith(THREAD)
    idle = None if to_staff else session is None or session.unseen
    if _asks(desk, whole, idle) or _is_mistyped(desk, conversation, whole):
        return True
    bare = [without_polite(part, desk.around_leaving) for part in parts]
    telling = [part for part in bare if part not in desk.around_leaving]
    return bool(telling) and all(_asks(desk, part, idle) for part in telling)


def _asks(desk: Desk, text: str, idle: bool | None) -> bool:
    """Whether a text is a STOP word with polite words around it, a sentence that asks to be left
    alone, or both. `idle`: while nothing is asked; None in a reply to staff, where a sentence by
    itself is none."""
    said = without_polite(text, desk.around_leaving)
    if desk.commands.get(said) == "stop":
        return True
    first, _, rest = said.partition(" ")
    if rest and desk.commands.get(first) == "stop" and _asks(desk, rest, idle=True):
        return True
    return idle is not None and desk.leaving.is_asked(said, idle=idle)


def _begins_so(desk: Desk, reply: Reply, parts: list[str]) -> bool:
    """Whether a text begins with the STOP that we print and something behind a comma or a point;
    who is in danger at this moment gets numbers instead."""
    codes = {*desk.city.languages, "en"} & desk.locales.keys()
    printed = {fold(desk.locales[code].words.commands["stop"][0]) for code in codes}
    begins = len(parts) > 1 and parts[0] in printed
    return begins and classify(reply.text, desk.dangers) is not Risk.DANGER


def _is_mistyped(desk: Desk, conversation: Conversation, text: str) -> bool:
    """In the words of the conversation's language and of English, and no other word that people
    reply with ("alot" is no "alto"); never where a place is asked for, whose name it may be."""
    session, survey = conversation.session, desk.survey_of(conversation.session)
    if session and survey and survey.question(session.question or "").kind == "location":
        return False
    said = without_polite(text, desk.around_leaving)
    ours = (desk.locales[code] for code in desk.city.languages)
    if any(said in words for locale in ours for words in locale.words.folded.values()):
        return False
    spoken = {desk.locale(conversation.locale).code, "en"} & desk.locales.keys()
    stops = {fold(word) for code in spoken for word in desk.locales[code].words.commands["stop"]}
    return is_slip(said, stops)
