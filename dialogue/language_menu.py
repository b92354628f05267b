"""Replies to our menus of languages: the city's, and those of a survey that is half translated."""

from dataclasses import replace
from datetime import datetime

from dialogue import languages, surveying
from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.effects import Say
from dialogue.events import Reply
from dialogue.memory import Conversation
from dialogue.questions import Option
from dialogue.questions.choice import SelectOne
from dialogue.survey import RETRY_LIMIT
from dialogue.turn import Turn


def picked(
    desk: Desk, conversation: Conversation, reply: Reply, codes: tuple[str, ...]
) -> str | None:
    """The one of these languages that the reply is, by its number in the menu or by any name."""
    if reply.question not in (None, conversation.aside):
        return None
    named = desk.language_names.get(fold(reply.text))
    if reply.choice is None and named in codes:
        return named
    options = tuple(
        Option(str(n), code, {code: desk.locales[code].words.name})
        for n, code in enumerate(codes, 1)
    )
    how = languages.reading(desk, conversation)
    names, _ = SelectOne(name="language", options=options).find(reply.said, how)
    return names[0] if len(names) == 1 else None


def begin(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """Begins the survey that waits for its language, if the reply is one that it is in."""
    survey = desk.survey(conversation.wants or "")
    if survey is None:
        return None
    code = picked(desk, conversation, reply, languages.complete(desk, survey))
    rest = replace(conversation, aside=None, wants=None, tries=0)
    return surveying.start(desk, rest, survey, reply.id, now, code) if code else None


def survey_reply(
    desk: Desk, conversation: Conversation, reply: Reply, now: datetime
) -> Turn | None:
    """`begin`, or the menu twice more, then the survey is let be. None for what is no reply to the
    menu: an older tap, another survey's keyword."""
    survey = desk.survey(conversation.wants or "")
    older = reply.question not in (None, conversation.aside)
    if survey is None or older or fold(reply.text) in desk.keywords:
        return None
    begun = begin(desk, conversation, reply, now)
    if begun is not None:
        return begun
    if conversation.tries >= RETRY_LIMIT:
        return surveying.thank(desk, replace(conversation, aside=None, wants=None, tries=0), now)
    again = replace(conversation, tries=conversation.tries + 1)
    return languages.menu(desk, again, survey, Say("not_understood"))
