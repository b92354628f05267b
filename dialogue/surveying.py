"""Surveys within a conversation: started, asked again, taken up again, thanked for."""

from dataclasses import replace
from datetime import datetime

from dialogue import keywords, languages, parking, steps
from dialogue.desk import Desk
from dialogue.effects import Effect, Moved, Opened, Say
from dialogue.engine import EngineEvent, Resume
from dialogue.events import Invite, Reply, Start
from dialogue.memory import Conversation
from dialogue.open_question import is_stale
from dialogue.parking import waiting
from dialogue.shuffling import as_shown, orders
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn

_RESUME = Resume()


def start(
    desk: Desk,
    conversation: Conversation,
    survey: Survey,
    id_: str,
    now: datetime,
    chosen: str | None = None,
) -> Turn:
    """Opens a survey, or takes it up where the contact left it; another open one is parked. One
    that is not complete in the contact's language asks first for another (then `chosen`)."""
    left = next((s for s in waiting(conversation, now) if s.survey == survey.slug), None)
    if left is not None:
        return take_up(desk, conversation, left, now)
    conversation, aside = _make_way(conversation, survey, now)
    if chosen is None and languages.must_choose(desk, conversation, survey):
        return languages.menu(desk, conversation, survey, *aside)
    session = Session(
        id_, survey.slug, survey.version, Status.ACTIVE, started_at=now, locale=chosen
    )
    turn = _open(desk, conversation, session, survey, now)
    return replace(turn, effects=(*aside, *turn.effects))


def invite(
    desk: Desk, conversation: Conversation, survey: Survey, event: Invite, now: datetime
) -> Turn:
    """Opens a survey on the terms of a broadcast, in a session of its own: what the contact began
    before by another way ends, since the answers of two occasions are two responses."""
    conversation, aside = _make_way(conversation, survey, now)
    seed, terms = event.terms.shuffle, event.terms
    order = orders(survey, seed, event.id) if seed is not None else {}
    session = Session(
        event.id, survey.slug, survey.version, Status.ACTIVE, now, terms=terms, order=order
    )
    turn = _open(desk, conversation, session, as_shown(survey, session), now)
    return replace(turn, effects=(*aside, *turn.effects))


def _make_way(conversation: Conversation, survey: Survey, now: datetime) -> parking.Noted:
    """Parks what is open, and ends what was parked of this survey."""
    conversation, effects = parking.park(conversation, now)
    for session in conversation.parked:
        if session.survey == survey.slug:
            conversation, ended = parking.end(conversation, session, Status.EXPIRED, now)
            effects += ended
    return conversation, effects


def _open(
    desk: Desk, conversation: Conversation, session: Session, survey: Survey, now: datetime
) -> Turn:
    """The first question of a new session; in one of its languages where none was chosen."""
    said: tuple[Effect, ...] = ()
    if session.locale is None:
        session, said = languages.held_in(desk, conversation, session, survey)
    opened = Opened(session, steps.locale_of(desk, conversation, session, survey).code)
    turn = steps.run(desk, conversation, session, survey, Start(), now)
    return replace(turn, effects=(opened, *said, *turn.effects))


def take_up(
    desk: Desk,
    conversation: Conversation,
    session: Session,
    now: datetime,
    event: EngineEvent = _RESUME,
) -> Turn:
    """Goes on with a parked session at the same question, or with an answer to it."""
    survey = desk.survey_of(session)
    if survey is None:
        conversation, ended = parking.end(conversation, session, Status.EXPIRED, now)
        conversation, parked = parking.park(conversation, now)
        return Turn(conversation, (*parked, *ended, Say("old_question")))
    conversation, parked = parking.park(parking.without(conversation, session), now)
    was = session.locale
    session, said = languages.held_in(
        desk, conversation, session.with_status(Status.ACTIVE), survey
    )
    turn = steps.run(desk, conversation, session, survey, event, now)
    told = said if session.locale != was else ()
    return replace(turn, effects=(*parked, Moved(session), *told, *turn.effects))


def repeat(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Asks the open question once more; nothing where there is none."""
    session, survey = conversation.session, desk.survey_of(conversation.session)
    if session is None or survey is None:
        return Turn(conversation)
    return steps.run(desk, conversation, session, survey, Resume(), now)


def idle(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A text while nothing is open."""
    if said.question is not None:
        return _late_tap(desk, conversation, said, now)
    left = waiting(conversation, now)
    if left and left[-1].unseen:
        return take_up(desk, conversation, left[-1], now)
    if left:
        return steps.offer_resume(desk, conversation, now)
    if not desk.surveys or is_quiet(conversation, now):
        return thank(desk, conversation, now)
    not_there = keywords.unknown(desk, said)
    if not_there:
        return Turn(conversation, not_there)
    return begin_or_thank(desk, conversation, desk.surveys[0], said.id, now, asked_for=False)


def _late_tap(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A tap while nothing is open: still an answer, if its question only waits."""
    left = waiting(conversation, now)
    fresh = [session for session in left if not is_stale(session, said)]
    if fresh:
        return take_up(desk, conversation, fresh[0], now, said)
    turn = steps.offer_resume(desk, conversation, now) if left else Turn(conversation)
    return replace(turn, effects=(Say("old_question"), *turn.effects))


def begin_or_thank(
    desk: Desk,
    conversation: Conversation,
    survey: Survey,
    id_: str,
    now: datetime,
    *,
    asked_for: bool,
) -> Turn:
    """Starts a survey not yet completed by this contact; thanks for one that was."""
    if survey.slug not in completed(conversation):
        return start(desk, conversation, survey, id_, now)
    if asked_for:
        return Turn(conversation, (Say("already_done"),))
    return thank(desk, conversation, now)


def thank(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Thanks for writing, and how to take part in what is not answered yet; thanks alone while we
    raise no survey by ourselves."""
    if is_quiet(conversation, now):
        return Turn(conversation, (Say("remark_noted"),))
    done = completed(conversation)
    fresh = next((s for s in desk.surveys if s.slug not in done and s.keywords), None)
    if fresh is None:
        return Turn(conversation, (Say("already_done"),))
    return Turn(conversation, (Say("nothing_open", (("keyword", fresh.keywords[0]),)),))


def completed(conversation: Conversation) -> frozenset[str]:
    """The surveys that the contact has answered to the end."""
    return frozenset(d.survey for d in conversation.done if d.completed)


def is_quiet(conversation: Conversation, now: datetime) -> bool:
    """Whether we raise no survey by ourselves, since the safe word was sent not long ago."""
    return conversation.quiet_until is not None and now < conversation.quiet_until
