"""Which survey a text asks for by its keyword, and whether it asks for one that is not there."""

import re

from dialogue.answers.normalise import fold
from dialogue.command_words import LONGEST, find, without_polite
from dialogue.danger import classify
from dialogue.danger.misspelt import near
from dialogue.desk import Desk
from dialogue.effects import Effect, Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.survey import Survey

KEYWORD = re.compile(r"[^\W_]{2,20}")
"""What a keyword may be: one word of letters or digits."""

SHORTEST_NEAR = 4
"""Letters of the shortest word that may be a keyword with one letter wrong."""


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
    """Who helps in danger, that nothing is called so, and what there is, where a text can hardly be
    but a try at a keyword (`_is_tried`). Nothing for any other text."""
    words = [survey.keywords[0] for survey in desk.surveys if survey.keywords]
    if not words or not _is_tried(desk, reply):
        return ()
    return (Say("not_live"), Say("unknown_keyword", (("keywords", ", ".join(words)),)))


def _is_tried(desk: Desk, reply: Reply) -> bool:
    """Whether a text is one word that we do not know, and came with a link, with polite words
    around it, or one letter away from a keyword: who writes of something else in
    one word must not hear that nothing is called that."""
    if reply.choice is not None or len(reply.text) > LONGEST:
        return False
    said = without_polite(fold(reply.text), desk.polite)
    if not KEYWORD.fullmatch(said) or said.isdigit() or _is_known(desk, said):
        return False
    if classify(reply.text, desk.dangers) is not None:
        return False
    asked = reply.command is not None or " " in fold(reply.text)
    return asked or (len(said) >= SHORTEST_NEAR and any(near(one, said) for one in desk.keywords))


def _is_known(desk: Desk, said: str) -> bool:
    """Whether people reply with this word, or it is a command, a language or a place."""
    known = (desk.commands, desk.keywords, desk.language_names)
    replies = (
        words for code in desk.city.languages for words in desk.locales[code].words.folded.values()
    )
    if any(said in words for words in (*known, *replies)):
        return True
    return bool(desk.gazetteer.find(said).codes)
