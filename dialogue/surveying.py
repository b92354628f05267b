"""Surveys within a conversation: start, answer, park, take up again, end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dialogue import keywords, languages, many_answers, open_question
from dialogue.desk import Desk
from dialogue.effects import Effect, Moved, Opened, Say
from dialogue.engine import EngineEvent, Resume
from dialogue.events import Reply, Start, Tick
from dialogue.memory import Aside, Conversation
from dialogue.open_question import is_stale, reads
from dialogue.questions import Reading
from dialogue.steps import (
    PARK_HOURS,
    done_with,
    expires,
    locale_of,
    next_wake,
    reading,
    resume_offer,
    run,
)
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn, later

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
    waiting = next((s for s in conversation.parked if s.survey == survey.slug), None)
    if waiting is not None:
        return take_up(desk, conversation, waiting, now)
    conversation, parked = park(conversation, now)
    if chosen is None and languages.must_choose(desk, conversation, survey):
        return languages.menu(desk, conversation, survey, *parked)
    session = Session(
        id_, survey.slug, survey.version, Status.ACTIVE, started_at=now, locale=chosen
    )
    said: tuple[Effect, ...] = ()
    if chosen is None:
        session, said = languages.held_in(desk, conversation, session, survey)
    opened = Opened(session, locale_of(desk, conversation, session, survey).code)
    turn = run(desk, conversation, session, survey, Start(), now)
    return replace(turn, effects=(*parked, opened, *said, *turn.effects))


def take_up(
    desk: Desk,
    conversation: Conversation,
    session: Session,
    now: datetime,
    event: EngineEvent = _RESUME,
) -> Turn:
    """Goes on with a parked session at the same question, or with an answer to it."""
    survey = desk.version(session.survey, session.version)
    rest = tuple(s for s in conversation.parked if s.id != session.id)
    conversation, parked = park(replace(conversation, parked=rest), now)
    if survey is None:
        ended = session.with_status(Status.EXPIRED)
        conversation = replace(conversation, done=(*conversation.done, done_with(ended, now)))
        return Turn(conversation, (*parked, Moved(ended), Say("old_question")))
    was = session.locale
    session, said = languages.held_in(
        desk, conversation, session.with_status(Status.ACTIVE), survey
    )
    turn = run(desk, conversation, session, survey, event, now)
    told = said if session.locale != was else ()
    return replace(turn, effects=(*parked, Moved(session), *told, *turn.effects))


def reply(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A reply while a survey is open, to its question."""
    session = conversation.session
    assert session is not None  # noqa: S101 (`converse` comes here only then)
    survey = desk.version(session.survey, session.version)
    if survey is None:
        conversation, effects = close(conversation, Status.EXPIRED, now)
        turn = by_keyword(desk, conversation, said, now) or idle(desk, conversation, said, now)
        return replace(turn, effects=(*effects, *turn.effects))
    if is_stale(session, said):
        turn = run(desk, conversation, session, survey, Resume(), now)
        return replace(turn, effects=(Say("old_question"), *turn.effects))
    listed = many_answers.listed(desk, conversation, said, now)
    return listed or run(desk, conversation, session, survey, said, now)


def is_read(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> bool:
    """Whether the open question knows the reply as one of its answers; free text never is."""
    return _of_the_open(reads, desk, conversation, said, now)


def takes(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> bool:
    """Whether the reply is an answer to the open question, free text as well."""
    return _of_the_open(open_question.takes, desk, conversation, said, now)


def _of_the_open(
    ask: Callable[[Survey, Session, Reply, Reading], bool],
    desk: Desk,
    conversation: Conversation,
    said: Reply,
    now: datetime,
) -> bool:
    session = conversation.session
    survey = desk.version(session.survey, session.version) if session else None
    if session is None or survey is None:
        return False
    return ask(survey, session, said, reading(desk, conversation, survey, session, now))


def by_keyword(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn | None:
    """The survey whose keyword the reply is; None if it is none, or if the open question reads the
    same word."""
    keyword, session = keywords.asked_for(desk, conversation, said), conversation.session
    if keyword is None or (session is None and said.question is not None):
        return None
    if session is None:
        return begin_or_thank(desk, conversation, keyword, said.id, now, asked_for=True)
    survey = desk.version(session.survey, session.version)
    if survey is None or is_stale(session, said):
        return None
    how = reading(desk, conversation, survey, session, now)
    if reads(survey, session, said, how):
        return None
    if keyword.slug == survey.slug:
        return run(desk, conversation, session, survey, Resume(), now)
    return start(desk, conversation, keyword, said.id, now)


def idle(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A text while nothing is open."""
    if said.question is not None:
        return _late_tap(desk, conversation, said, now)
    if conversation.parked:
        return offer_resume(desk, conversation)
    if not desk.surveys or is_quiet(conversation, now):
        return thank(desk, conversation, now)
    not_there = keywords.unknown(desk, said)
    if not_there:
        return Turn(conversation, not_there)
    return begin_or_thank(desk, conversation, desk.surveys[0], said.id, now, asked_for=False)


def _late_tap(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn:
    """A tap while nothing is open: still an answer, if its question only waits."""
    waiting = [s for s in conversation.parked if not is_stale(s, said)]
    if waiting:
        return take_up(desk, conversation, waiting[0], now, said)
    turn = offer_resume(desk, conversation) if conversation.parked else Turn(conversation)
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


def offer_resume(desk: Desk, conversation: Conversation) -> Turn:
    """Asks whether to go on with the survey parked last."""
    return Turn(replace(conversation, aside=Aside.RESUME), (resume_offer(desk, conversation),))


def park(conversation: Conversation, now: datetime) -> tuple[Conversation, tuple[Effect, ...]]:
    """Sets the open survey aside, to be taken up at the same question."""
    if conversation.session is None:
        return conversation, ()
    session = conversation.session.with_status(Status.PARKED)
    parked = (*conversation.parked, session)
    conversation = replace(conversation, session=None, parked=parked)
    return replace(conversation, wake_at=next_wake(conversation, None, now)), (Moved(session),)


def close(
    conversation: Conversation, status: Status, now: datetime
) -> tuple[Conversation, tuple[Effect, ...]]:
    """Ends everything open or parked with a final status."""
    open_ = (*conversation.parked, *((conversation.session,) if conversation.session else ()))
    ended = tuple(session.with_status(status) for session in open_)
    done = (*conversation.done, *(done_with(session, now) for session in ended))
    closed = replace(conversation, session=None, parked=(), done=done, wake_at=None)
    return closed, tuple(Moved(session) for session in ended)


def tick(desk: Desk, conversation: Conversation, event: Tick, now: datetime) -> Turn:
    """A wake-up: parks a survey left silent, lets a parked one go. Nothing is said."""
    session = conversation.session
    effects: tuple[Effect, ...] = ()
    if session is not None:
        since = max(event.heard_at or now, session.asked_at or session.started_at)
        if later(since, hours=PARK_HOURS) <= now:
            conversation, effects = park(conversation, now)
        else:
            return Turn(replace(conversation, wake_at=later(since, hours=PARK_HOURS)))
    old = [s for s in conversation.parked if expires(s) <= now]
    ended = tuple(session.with_status(Status.EXPIRED) for session in old)
    kept = tuple(s for s in conversation.parked if s not in old)
    done = (*conversation.done, *(done_with(s, now) for s in ended))
    conversation = replace(conversation, parked=kept, done=done)
    conversation = replace(conversation, wake_at=next_wake(conversation, None, now))
    if conversation.aside is Aside.RESUME and not kept:
        conversation = replace(conversation, aside=None)
    return Turn(conversation, (*effects, *(Moved(session) for session in ended)))


def completed(conversation: Conversation) -> frozenset[str]:
    """The surveys that the contact has answered to the end."""
    return frozenset(d.survey for d in conversation.done if d.completed)


def is_quiet(conversation: Conversation, now: datetime) -> bool:
    """Whether we raise no survey by ourselves, since the safe word was sent not long ago."""
    return conversation.quiet_until is not None and now < conversation.quiet_until
