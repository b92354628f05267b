"""Which language we speak: taken from the first text, later only offered, never mixed.

A language chosen by the resident stands until they choose another. Before that the first text
decides, if it is plain enough; what comes later only leads to an offer, in one line of the other
language: somebody who answers a word of it, or borrows one, is not to be moved about. A survey is
held in one language from its first question on, the contact's where it is complete in that.
"""

from dataclasses import replace

from dialogue.answers.normalise import fold
from dialogue.command_words import find
from dialogue.desk import Desk
from dialogue.effects import Ask, DropText, Effect, Forget, Offer, OfferLanguages, Say
from dialogue.events import Reply
from dialogue.memory import Aside, Conversation, Gate
from dialogue.questions import Reading
from dialogue.survey import Session, Survey
from dialogue.turn import Turn

ADOPTED = 0.8
"""A first text this probably in a language makes it the conversation's."""

TENTATIVE = 0.5
"""From here on we answer in it, but a later text may still say otherwise as easily."""

CERTAIN = 0.95
"""What it takes where there is but one word, or a language that was adopted or chosen."""

WORDS_TO_OFFER = 3
MOST_OFFERS = 2

_PLAIN = frozenset({"age_question", "finished", "already_done", "nothing_open"})
"""Phrases behind which an offer may stand; else it stands before a question."""


def reading(desk: Desk, conversation: Conversation) -> Reading:
    """How replies to our own questions are read: in the conversation's language first."""
    locale = desk.locale(conversation.locale)
    return Reading(locale, desk.others(locale))


# --- what the resident speaks ----------------------------------------------------------------
def is_telling(desk: Desk, conversation: Conversation, text: str) -> bool:
    """Whether a guess at this text could change anything: asked before one is made, so that a "2"
    costs nothing."""
    if len(desk.city.languages) == 1 or conversation.opted_out:
        return False
    if not _is_first(conversation):
        return conversation.language_offers < MOST_OFFERS and _words(text) >= WORDS_TO_OFFER
    folded = fold(text)
    ours = (desk.commands, desk.keywords, desk.language_names)
    return _words(text) > 0 and not any(folded in words for words in ours)


def at_first(desk: Desk, conversation: Conversation, reply: Reply) -> Conversation:
    """The conversation in the language of its first text: of what it sounds like, of a command's
    word, of the channel's hint; as it was where none of them tells."""
    if not _is_first(conversation) or desk.city.is_safe_word(reply.said):
        return conversation
    guess = reply.guess
    if guess is not None and guess.language in desk.city.languages:
        enough = TENTATIVE if _words(reply.text) > 1 else CERTAIN
        if guess.probability >= enough:
            unsure = guess.probability < ADOPTED
            return replace(conversation, locale=guess.language, locale_unsure=unsure)
    code = _of_command(desk, reply) or _of_greeting(desk, reply) or reply.language
    if conversation.locale is None and code in desk.city.languages:
        return replace(conversation, locale=code, locale_unsure=True)
    return conversation


def with_offer(desk: Desk, before: Conversation, reply: Reply, turn: Turn) -> Turn:
    """The turn, with the offer to go on in the language that the reply was plainly in: at most
    twice, beside a question or thanks only, and never beside danger."""
    conversation, guess = turn.conversation, reply.guess
    if guess is None or guess.language not in desk.city.languages:
        return turn
    speaking = {desk.locale(conversation.locale).code, _held(before), _held(conversation)}
    again = before.language_offers >= MOST_OFFERS or conversation.locale != before.locale
    short = _words(reply.text) < WORDS_TO_OFFER
    place = _place(turn)
    if guess.probability < CERTAIN or again or short or place is None or guess.language in speaking:
        return turn
    said = Say("language_offer", (), guess.language)
    effects = (*turn.effects[:place], said, *turn.effects[place:])
    offers = before.language_offers + 1
    return replace(
        turn, effects=effects, conversation=replace(conversation, language_offers=offers)
    )


def _is_first(conversation: Conversation) -> bool:
    undecided = conversation.locale is None or conversation.locale_unsure
    return undecided and conversation.gate is Gate.NEW and conversation.session is None


def _words(text: str) -> int:
    """How many of its first words have a letter."""
    return sum(any(map(str.isalpha, word)) for word in text.split(None, WORDS_TO_OFFER))


def _of_command(desk: Desk, reply: Reply) -> str | None:
    """The one language of the city whose word for a command this is. English ones are understood
    everywhere, so they tell nothing."""
    folded = fold(reply.text)
    if folded not in desk.commands:
        return None
    found = [
        code
        for code in desk.city.languages
        if any(folded in map(fold, words) for words in desk.locales[code].words.commands.values())
    ]
    return found[0] if len(found) == 1 and found != ["en"] else None


def _of_greeting(desk: Desk, reply: Reply) -> str | None:
    """The language of the city that greets so; none where its first does too. Where several others
    do, the channel's hint tells which, or the city's order: who writes "Dumelang" reads Sesotho and
    Setswana both sooner than any other."""
    greetings = {code: desk.locales[code].words.folded["greetings"] for code in desk.city.languages}
    found = [
        code
        for code, words in greetings.items()
        if find(reply.text, dict.fromkeys(words, code), desk.polite)
    ]
    if desk.city.languages[0] in found and len(found) > 1:
        return None
    return reply.language if reply.language in found else next(iter(found), None)


def _held(conversation: Conversation) -> str | None:
    return conversation.session.locale if conversation.session else None


def _place(turn: Turn) -> int | None:
    """Where an offer fits among the effects: right before what is asked, else behind thanks."""
    if turn.despite_opt_out or any(isinstance(e, DropText | Forget) for e in turn.effects):
        return None
    for place, effect in enumerate(turn.effects):
        if isinstance(effect, Ask | Offer):
            return place
        if isinstance(effect, Say) and effect.phrase in _PLAIN:
            return place + 1
    return None


# --- what a survey is held in ----------------------------------------------------------------
def complete(desk: Desk, survey: Survey) -> tuple[str, ...]:
    """The languages of the city in which every text of the survey is there; its own first where
    the city speaks none of them."""
    spoken = tuple(code for code in desk.city.languages if code in survey.locales)
    return spoken or survey.locales[:1]


def must_choose(desk: Desk, conversation: Conversation, survey: Survey) -> bool:
    """Whether the contact's language is none of several that the survey could be held in."""
    codes = complete(desk, survey)
    return len(codes) > 1 and desk.locale(conversation.locale).code not in codes


def menu(desk: Desk, conversation: Conversation, survey: Survey, *first: Effect) -> Turn:
    """Asks in which of its languages to hold a survey that is to begin."""
    asking = replace(conversation, aside=Aside.SURVEY_LANGUAGE, wants=survey.slug)
    return Turn(asking, (*first, OfferLanguages(complete(desk, survey))))


def held_in(
    desk: Desk,
    conversation: Conversation,
    session: Session,
    survey: Survey,
    before: str | None = None,
) -> tuple[Session, tuple[Effect, ...]]:
    """The session in the contact's language; where the survey is not complete in that, in the one
    it was held in (its own, or the conversation's `before`), with a line that says so."""
    codes = complete(desk, survey)
    mine = desk.locale(conversation.locale).code
    if mine in codes:
        return replace(session, locale=None), ()
    code = next((code for code in (session.locale, before) if code in codes), codes[0])
    said = Say("survey_only_in", (("language", desk.locales[code].words.name),), mine)
    return replace(session, locale=code), (said,)
