"""Whether a whole message asks to be left alone, though it is none of the STOP words.

Whoever says so in other words has objected too (POPIA s11; the carriers' rules). But a word that
the open question reads is an answer.
"""

from dialogue.answering import is_read
from dialogue.answers.normalise import fold
from dialogue.command_words import without_polite
from dialogue.desk import Desk
from dialogue.events import Reply
from dialogue.leaving import is_slip
from dialogue.memory import Conversation

LONGEST = 160
"""Characters of the longest message that may be such a sentence."""


def is_asked(desk: Desk, conversation: Conversation, reply: Reply) -> bool:
    """Whether it is STOP mistyped or in other words, and the open question reads nothing in it."""
    if len(reply.text) > LONGEST:
        return False
    said = without_polite(fold(reply.text), desk.around_leaving)
    listed = desk.commands.get(said) == "stop"  # with more polite words around it: "ok stop"
    if not (listed or desk.leaving.is_asked(said) or _is_mistyped(desk, conversation, said)):
        return False
    session = conversation.session
    if session is None:
        return True
    return not is_read(desk, conversation, reply, session.asked_at or session.started_at)


def _is_mistyped(desk: Desk, conversation: Conversation, said: str) -> bool:
    """In the words of the conversation's language and of English, and no other word that people
    reply with ("alot" is no "alto")."""
    ours = (desk.locales[code] for code in desk.city.languages)
    if any(said in words for locale in ours for words in locale.words.folded.values()):
        return False
    spoken = {desk.locale(conversation.locale).code, "en"} & desk.locales.keys()
    stops = {fold(word) for code in spoken for word in desk.locales[code].words.commands["stop"]}
    return is_slip(said, stops)
