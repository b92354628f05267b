"""Which survey a text asks for by its keyword, and whether it asks for one that is not there."""

import re

from dialogue.answers.normalise import fold
from dialogue.command_words import LONGEST, find, without_polite
from dialogue.desk import Desk
from dialogue.effects import Effect, Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.survey import Survey

KEYWORD = re.compile(r"[^\W_]{2,20}")
"""What a keyword may be: one word of letters or digits."""


def wanted(desk: Desk, text: str) -> Survey | None:
    """The survey whose keyword the whole text is, polite words around it or not."""
    slugs = {word: survey.slug for word, survey in desk.keywords.items()}
    slug = find(text, slugs, desk.polite)
    return None if slug is None else desk.survey(slug)


def asked_for(desk: Desk, conversation: Conversation, reply: Reply) -> Survey | None:
    """The survey that a reply asks for. In the middle of another it must be the keyword alone:
    "pulse please" may be an answer there."""
    if reply.choice is not None:
        return None
    if conversation.session is not None:
        return desk.keywords.get(fold(reply.text))
    return wanted(desk, reply.text)


def unknown(desk: Desk, reply: Reply) -> tuple[Effect, ...]:
    """That nothing is called so, and what there is, where a text can hardly be but a keyword: one
    word, and none that people reply with, a command or a place. Nothing for any other text."""
    words = [survey.keywords[0] for survey in desk.surveys if survey.keywords]
    if not words or not _is_called(desk, reply):
        return ()
    return (Say("unknown_keyword", (("keywords", ", ".join(words)),)),)


def _is_called(desk: Desk, reply: Reply) -> bool:
    if reply.choice is not None or len(reply.text) > LONGEST:
        return False
    said = without_polite(fold(reply.text), desk.polite)
    if not KEYWORD.fullmatch(said) or said.isdigit():
        return False
    known = (desk.commands, desk.keywords, desk.language_names)
    replies = (
        words for code in desk.city.languages for words in desk.locales[code].words.folded.values()
    )
    if any(said in words for words in (*known, *replies)):
        return False
    return not desk.gazetteer.find(said).codes
