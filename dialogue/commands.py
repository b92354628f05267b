"""The words a resident can always send, and our own questions that they lead to.

COMMANDS is the whole list; the words for each stand in `locales/*/words.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from dialogue import (
    command_words,
    gate,
    keywords,
    language_menu,
    languages,
    linking,
    opting_out,
    parking,
    steps,
    surveying,
)
from dialogue.answers.normalise import fold, fold_word
from dialogue.desk import Desk
from dialogue.effects import (
    Agreement,
    Effect,
    Forget,
    Offer,
    OfferLanguages,
    OptIn,
    OptOut,
    Say,
)
from dialogue.engine import Back, Skip
from dialogue.events import Linked, Reply
from dialogue.memory import Aside, Conversation, Gate
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn

Command = Callable[[Desk, Conversation, Reply, datetime], Turn]

NOTHING = "-"
"""Stands in MY DATA for what we do not hold."""

ERASE_CHOICES = (("1", "delete_yes"), ("2", "delete_no"))


def command_of(desk: Desk, conversation: Conversation, reply: Reply) -> str | None:
    """The command that a whole message is, if it is one.

    STOP always wins. START's YES and UNSTOP count only while opted out, and so does a START that
    the provider has answered itself: it may have been the YES of an answer. For the others an
    option of the open question that reads the same goes first, and so it does for STOP mistyped
    or in other words. A tap is never a command.
    """
    doubtful = reply.command == "START" and "START" in reply.answered
    if reply.command is not None and (conversation.opted_out or not doubtful):
        return reply.command.lower()
    if reply.choice is not None:
        return None
    text = fold(reply.text)
    command = command_words.find(reply.text, desk.commands, desk.polite)
    if command == "stop":
        return command
    if command is None and linking.code_in(desk, reply.text) is not None:
        return "link"
    if conversation.opted_out and _brings_back(desk, text):
        return "start"
    if command is not None or _named(desk, reply.text) is not None:
        return None if is_option(desk, conversation, text) else command or "language"
    return "stop" if opting_out.is_asked(desk, conversation, reply) else None


def _named(desk: Desk, text: str) -> str | None:
    """The language whose name the whole message is."""
    return command_words.find(text, desk.language_names, desk.polite)


def _brings_back(desk: Desk, text: str) -> bool:
    words = (w for lo in desk.locales.values() for w in lo.words.start_when_out)
    return text in map(fold, words)


def is_option(desk: Desk, conversation: Conversation, text: str) -> bool:
    """Whether the open question offers exactly these words."""
    session = conversation.session
    survey = desk.survey_of(session)
    if session is None or survey is None or conversation.aside is not None:
        return False
    options = survey.question(session.question or "").options
    labels = (w for o in options for w in (*o.label.values(), *sum(o.synonyms.values(), ())))
    return text in map(fold_word, labels)


# --- the commands ------------------------------------------------------------------------------
def stop(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Ends everything and confirms once, in silence where the provider confirms itself."""
    already = conversation.opted_out
    conversation, moved = parking.close(conversation, Status.STOPPED, now)
    ledger = gate.consent(desk, conversation, reply, Agreement.WITHDRAWN)
    conversation = replace(
        conversation, opted_out=True, aside=None, wants=None, gate=Gate.NEW, agreed_on=None
    )
    said = () if already else _unless_answered(reply, "STOP", Say("stopped"))
    return Turn(conversation, (OptOut(), ledger, *moved, *said), despite_opt_out=True)


def start(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Back after STOP: the notice again, since agreement was withdrawn. Otherwise what is open is
    asked again, or the survey begun whose keyword came with it (from a link or a code on a poster);
    another one that is open waits meanwhile. A word that is no keyword is no answer either."""
    if not conversation.opted_out:
        return _begin(desk, conversation, reply, now)
    conversation = replace(conversation, opted_out=False)
    turn = gate.knock(desk, conversation, reply)
    said = _unless_answered(reply, "START", Say("welcome_back"))
    return replace(turn, effects=(OptIn(), *said, *turn.effects))


def _begin(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    survey = keywords.wanted(desk, reply.text)
    if survey is None:
        return again(desk, conversation, reply, now, keywords.unknown(desk, reply))
    if conversation.gate is not Gate.OPEN:
        return again(desk, replace(conversation, wants=survey.slug), reply, now, ())
    session = conversation.session
    if session is not None and session.survey == survey.slug and not session.is_closed(now):
        return again(desk, conversation, reply, now, ())
    if survey.slug in surveying.completed(conversation):
        return again(desk, conversation, reply, now, (Say("already_done"),))
    return surveying.start(desk, replace(conversation, aside=None), survey, reply.id, now)


def help_(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """What this is and what can be sent; begins with the emergency number, ends with the question
    that waits."""
    effects: list[Effect] = [*_unless_answered(reply, "HELP", Say("help"))]
    if effects and desk.city.regulator:
        effects.append(Say("help_complaint", (("regulator", desk.city.regulator),)))
    turn = _repeat(desk, conversation, now) if effects else Turn(conversation)
    return replace(turn, effects=(*effects, *turn.effects), despite_opt_out=True)


def language(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """A language's own name switches at once; LANGUAGE shows the menu. While we ask in which to
    hold a survey, a name of one that it is in answers that."""
    if conversation.aside is Aside.SURVEY_LANGUAGE:
        begun = language_menu.begin(desk, conversation, reply, now)
        if begun is not None:
            return begun
    code = _named(desk, reply.text)
    if code is not None:
        return _switch(desk, conversation, code, reply, now)
    return Turn(replace(conversation, aside=Aside.LANGUAGE), (OfferLanguages(),))


def back(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """One question back."""
    session, survey = _open(desk, conversation)
    if session is None or survey is None:
        return again(desk, conversation, reply, now, (Say("back_none"),))
    return steps.run(desk, replace(conversation, aside=None), session, survey, Back(), now)


def skip(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Passes on the open question; at the gate it means no."""
    conversation = replace(conversation, aside=None)
    session, survey = _open(desk, conversation)
    if conversation.gate in (Gate.CONSENT, Gate.AGE):
        return gate.turn_away(desk, conversation, reply)
    if session is None or survey is None:
        return again(desk, conversation, reply, now, (Say("nothing_to_skip"),))
    return steps.run(desk, conversation, session, survey, Skip(), now)


def my_data(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """What is held about the contact (POPIA s23, ARCO access)."""
    locale = desk.locale(conversation.locale)
    open_ = (*conversation.parked, *((conversation.session,) if conversation.session else ()))
    answers = sum(d.answers for d in conversation.done) + sum(len(s.answers) for s in open_)
    values = (
        ("days", desk.city.text_days),
        ("picture_days", desk.city.picture_days),
        ("language", locale.words.name),
        ("age", NOTHING if conversation.age is None else conversation.age),
        ("answers", answers),
        ("agreed", conversation.agreed_on.isoformat() if conversation.agreed_on else NOTHING),
    )
    held = conversation.agreed_on or conversation.age or answers
    said = Say("my_data", values) if held else Say("my_data_little", values[:1])
    turn = _repeat(desk, conversation, now)
    return replace(turn, effects=(said, *turn.effects))


def delete_me(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Asks once whether to erase."""
    offer = Offer(Aside.ERASE, "delete_question", ERASE_CHOICES)
    return Turn(replace(conversation, aside=Aside.ERASE), (offer,))


def link(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """LINK alone makes a code; LINK with a code joins the conversation it was made in."""
    code = linking.code_in(desk, reply.text)
    if code is None:
        return linking.offer(conversation, reply, now)
    turn = linking.redeem(conversation, code, now)
    return turn or linked(desk, conversation, Linked(reply, found=False), now)


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "stop": stop,
        "start": start,
        "help": help_,
        "language": language,
        "back": back,
        "skip": skip,
        "my_data": my_data,
        "delete_me": delete_me,
        "link": link,
    }
)


# --- what happens by the way ---------------------------------------------------------------------
def linked(desk: Desk, conversation: Conversation, event: Linked, now: datetime) -> Turn:
    """Goes on here with whatever was open there; or says that the code was wrong."""
    if not event.found:
        conversation = linking.note_wrong(conversation, now)
        return again(desk, conversation, event.reply, now, (Say("link_wrong"),))
    unfinished = conversation.session is None and parking.waiting(conversation, now)
    if conversation.gate is Gate.OPEN and unfinished:
        turn = steps.offer_resume(desk, conversation, now)
        return replace(turn, effects=(Say("linked"), *turn.effects))
    return again(desk, conversation, event.reply, now, (Say("linked"),))


def edited(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """A change to a message sent before: it was read as it came, and that stands."""
    return again(desk, conversation, reply, now, (Say("edited"),))


def late(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Sent before we went on: it answers nothing that is open now, so that is asked again."""
    return again(desk, conversation, reply, now, (Say("late"),))


# --- replies to our own questions --------------------------------------------------------------
def aside_reply(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """A reply to the question on top; None when it is no reply to it, so that it goes on below."""
    match conversation.aside:
        case Aside.LANGUAGE:
            return _language_reply(desk, conversation, reply, now)
        case Aside.SURVEY_LANGUAGE:
            return language_menu.survey_reply(desk, conversation, reply, now)
        case Aside.ERASE:
            return _erase_reply(desk, conversation, reply, now)
        case _:
            return _resume_reply(desk, conversation, reply, now)


def _language_reply(
    desk: Desk, conversation: Conversation, reply: Reply, now: datetime
) -> Turn | None:
    code = language_menu.picked(desk, conversation, reply, desk.city.languages)
    return None if code is None else _switch(desk, conversation, code, reply, now)


def _erase_reply(
    desk: Desk, conversation: Conversation, reply: Reply, now: datetime
) -> Turn | None:
    if _picked(desk, conversation, reply, ERASE_CHOICES) == "delete_yes":
        return Turn(conversation, (Say("deleted"), Forget("erased")))
    if conversation.opted_out:
        return Turn(replace(conversation, aside=None), (Say("delete_kept"),))
    return again(desk, conversation, reply, now, (Say("delete_kept"),))


def _resume_reply(
    desk: Desk, conversation: Conversation, reply: Reply, now: datetime
) -> Turn | None:
    picked = _picked(desk, conversation, reply, steps.RESUME_CHOICES)
    conversation = replace(conversation, aside=None)
    waiting = parking.waiting(conversation, now)
    if picked is None or not waiting:
        return None
    if picked == "yes":
        return surveying.take_up(desk, conversation, waiting[-1], now)
    # It stays parked: the "2" may have been a late answer, sent once more.
    declined = replace(waiting[-1], declined=True)
    parked = tuple(declined if s.id == declined.id else s for s in conversation.parked)
    return Turn(replace(conversation, parked=parked), (Say("resume_no"),))


def _picked(
    desk: Desk, conversation: Conversation, reply: Reply, choices: tuple[tuple[str, str], ...]
) -> str | None:
    """The phrase name of the choice that the reply is, in the words of yes and no as well."""
    if reply.question is not None and reply.question != conversation.aside:
        return None
    return gate.pick(languages.reading(desk, conversation), reply, choices)


# --- shared ------------------------------------------------------------------------------------
def _switch(desk: Desk, conversation: Conversation, code: str, reply: Reply, now: datetime) -> Turn:
    """Goes on in another language: a survey that is not complete in it stays in the one it was
    held in, one that was to begin now begins."""
    before = desk.locale(conversation.locale).code
    conversation = replace(conversation, locale=code, locale_unsure=False, language_offers=0)
    said: tuple[Effect, ...] = (Say("language_set", (), code),)
    session, survey = _open(desk, conversation)
    if session is not None and survey is not None:
        session, told = languages.held_in(desk, conversation, session, survey, before)
        return again(desk, replace(conversation, session=session), reply, now, (*said, *told))
    survey = desk.survey(conversation.wants or "")
    if conversation.aside is Aside.SURVEY_LANGUAGE and survey is not None:
        rest = replace(conversation, aside=None, wants=None, tries=0)
        turn = surveying.start(desk, rest, survey, reply.id, now)
        return replace(turn, effects=(*said, *turn.effects))
    return again(desk, conversation, reply, now, said)


def _repeat(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Asks the open question of a survey once more; nothing where there is none."""
    if conversation.aside is not None:
        return Turn(conversation)
    return surveying.repeat(desk, conversation, now)


def again(
    desk: Desk,
    conversation: Conversation,
    reply: Reply,
    now: datetime,
    first: tuple[Effect, ...],
) -> Turn:
    """Says something, then asks again whatever is open beneath: a question of ours on top is over,
    so that the next number is no answer to it."""
    conversation = replace(conversation, aside=None)
    session, survey = _open(desk, conversation)
    if conversation.gate is not Gate.OPEN:
        turn = gate.ask(desk, conversation, reply)
    elif session is not None and survey is not None:
        turn = surveying.repeat(desk, conversation, now)
    elif first:
        turn = Turn(conversation)
    else:
        turn = surveying.idle(desk, conversation, reply, now)
    return replace(turn, effects=(*first, *turn.effects))


def _open(desk: Desk, conversation: Conversation) -> tuple[Session | None, Survey | None]:
    return conversation.session, desk.survey_of(conversation.session)


def _unless_answered(reply: Reply, command: str, say: Say) -> tuple[Effect, ...]:
    return () if command in reply.answered else (say,)
