"""Surveys within a conversation: start, answer, park, take up again, end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dialogue import keywords, languages, many_answers, open_question
from dialogue.desk import Desk
from dialogue.effects import Effect, Moved, Offer, Opened, Record, Say
from dialogue.engine import EngineEvent, Resume, Step, advance
from dialogue.events import Reply, Start, Tick
from dialogue.locale import Locale
from dialogue.memory import Aside, Conversation, Done
from dialogue.minors import too_young
from dialogue.open_question import is_stale, reads
from dialogue.outcomes import Value
from dialogue.questions import Reading
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn, later

PARK_HOURS = 24
"""Silence, counted from delivery, after which an open survey is set aside."""

EXPIRE_DAYS = 14
"""Days that an unfinished survey can still be taken up."""

RESUME_CHOICES = (("1", "yes"), ("2", "no"))
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
    opened = Opened(session, _locale(desk, conversation, session, survey).code)
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
        conversation = replace(conversation, done=(*conversation.done, _done(ended, now)))
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
    listed = _listed(desk, conversation, said, now)
    return listed or run(desk, conversation, session, survey, said, now)


def _listed(desk: Desk, conversation: Conversation, said: Reply, now: datetime) -> Turn | None:
    """A reply that answers the open question and those behind it, each in a part of its own; None
    where any part is left over, or the whole is an answer."""
    parts = many_answers.parts_of(said)
    if not parts or is_read(desk, conversation, said, now):
        return None
    turn, taken, left = _each(desk, Turn(conversation), said, parts, now, seen=True)
    if left:
        return None
    return replace(turn, effects=many_answers.with_noted(turn.effects, taken, left=False))


def carry_on(
    desk: Desk, turn: Turn, said: Reply, parts: Sequence[str], now: datetime, told: str
) -> Turn:
    """Goes on, after an answer that was `told` with them, with the parts of a reply that are for
    the questions that follow; the rest is left, and that is said."""
    turn, taken, left = _each(desk, turn, said, parts, now, seen=False)
    noted = many_answers.with_noted(turn.effects, (told, *taken), left=bool(left))
    return replace(turn, effects=noted)


def _each(
    desk: Desk, turn: Turn, said: Reply, parts: Sequence[str], now: datetime, *, seen: bool
) -> tuple[Turn, tuple[str, ...], tuple[str, ...]]:
    """The turn after each part that is for the question then open, what was taken, and the parts
    left over. `seen`: the first question was asked."""
    taken: list[str] = []
    left = list(parts)
    while left:
        session = turn.conversation.session
        survey = desk.version(session.survey, session.version) if session else None
        if session is None or survey is None:
            break
        question = survey.question(session.question or "")
        how = reading(desk, turn.conversation, survey, session, now)
        if seen and not taken:
            part = many_answers.for_open(question, left, how)
        else:
            part = many_answers.for_unseen(survey, question, left, how)
        if part is None:
            break
        reply_ = many_answers.by_itself(said, part)
        more = run(desk, turn.conversation, session, survey, reply_, now)
        turn = Turn(more.conversation, (*many_answers.unasked(turn.effects), *more.effects))
        taken.append(many_answers.told(question, part, how))
        left.remove(part)
    return turn, tuple(taken), tuple(left)


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


def resume_offer(desk: Desk, conversation: Conversation) -> Offer:
    """The question whether to go on with the survey parked last."""
    session = conversation.parked[-1]
    survey = desk.version(session.survey, session.version)
    title = session.survey
    if survey is not None:
        title = survey.title[_locale(desk, conversation, session, survey).code]
    return Offer(Aside.RESUME, "resume_question", RESUME_CHOICES, (("title", title),))


def run(
    desk: Desk,
    conversation: Conversation,
    session: Session,
    survey: Survey,
    event: EngineEvent,
    now: datetime,
) -> Turn:
    """One step of the engine, and what it means for the conversation."""
    step = advance(
        survey,
        session,
        event,
        now,
        reading(desk, conversation, survey, session, now),
        known(conversation, now),
    )
    age = _told_age(survey, step.effects)
    if age is not None and age < desk.city.minimum_age:
        return Turn(conversation, too_young(desk.city))
    if age is not None:
        conversation = replace(conversation, age=age, age_on=now.date())
    if step.session.status is Status.COMPLETED:
        return _finished(desk, conversation, step, now)
    open_ = replace(
        conversation, session=step.session, wake_at=_wake(conversation, step.session, now)
    )
    return Turn(open_, step.effects)


def _told_age(survey: Survey, effects: Iterable[Effect]) -> int | None:
    """The age that the resident has just given, if the question was for one."""
    for effect in effects:
        if isinstance(effect, Record) and effect.rule != "known":
            aged = survey.question(effect.question).kind == "age"
            if aged and isinstance(effect.value, int):
                return effect.value
    return None


def _finished(desk: Desk, conversation: Conversation, step: Step, now: datetime) -> Turn:
    done = _done(step.session, now)
    conversation = replace(
        conversation,
        session=None,
        done=(*conversation.done, done),
        wake_at=_wake(conversation, None, now),
    )
    effects: tuple[Effect, ...] = (*step.effects, Say("finished"))
    if conversation.parked:
        effects += (resume_offer(desk, conversation),)
        conversation = replace(conversation, aside=Aside.RESUME)
    return Turn(conversation, effects)


def park(conversation: Conversation, now: datetime) -> tuple[Conversation, tuple[Effect, ...]]:
    """Sets the open survey aside, to be taken up at the same question."""
    if conversation.session is None:
        return conversation, ()
    session = conversation.session.with_status(Status.PARKED)
    parked = (*conversation.parked, session)
    conversation = replace(conversation, session=None, parked=parked)
    return replace(conversation, wake_at=_wake(conversation, None, now)), (Moved(session),)


def close(
    conversation: Conversation, status: Status, now: datetime
) -> tuple[Conversation, tuple[Effect, ...]]:
    """Ends everything open or parked with a final status."""
    open_ = (*conversation.parked, *((conversation.session,) if conversation.session else ()))
    ended = tuple(session.with_status(status) for session in open_)
    done = (*conversation.done, *(_done(session, now) for session in ended))
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
    old = [s for s in conversation.parked if _expires(s) <= now]
    ended = tuple(session.with_status(Status.EXPIRED) for session in old)
    kept = tuple(s for s in conversation.parked if s not in old)
    done = (*conversation.done, *(_done(s, now) for s in ended))
    conversation = replace(conversation, parked=kept, done=done)
    conversation = replace(conversation, wake_at=_wake(conversation, None, now))
    if conversation.aside is Aside.RESUME and not kept:
        conversation = replace(conversation, aside=None)
    return Turn(conversation, (*effects, *(Moved(session) for session in ended)))


def reading(
    desk: Desk, conversation: Conversation, survey: Survey, session: Session, now: datetime
) -> Reading:
    """How replies to this survey are read: in its language first, then the city's others."""
    locale = _locale(desk, conversation, session, survey)
    others = desk.others(locale)
    told = (str(answer.value) for answer in session.answers.values())
    within = tuple(code for code in told if code in desk.gazetteer.areas)
    return Reading(locale, others, desk.gazetteer, desk.city.country, desk.city.today(now), within)


def _locale(desk: Desk, conversation: Conversation, session: Session, survey: Survey) -> Locale:
    return desk.survey_locale(survey, session.locale or conversation.locale)


def completed(conversation: Conversation) -> frozenset[str]:
    """The surveys that the contact has answered to the end."""
    return frozenset(d.survey for d in conversation.done if d.completed)


def is_quiet(conversation: Conversation, now: datetime) -> bool:
    """Whether we raise no survey by ourselves, since the safe word was sent not long ago."""
    return conversation.quiet_until is not None and now < conversation.quiet_until


def known(conversation: Conversation, now: datetime) -> Mapping[str, Value]:
    """What the contact told us at the gate and need not be asked again within a year."""
    if conversation.age is None or conversation.age_on is None:
        return {}
    years = (now.date() - conversation.age_on).days // 365
    return {"age": conversation.age} if years < 1 else {}


def _done(session: Session, now: datetime) -> Done:
    return Done(session.survey, session.status is Status.COMPLETED, len(session.answers), now)


def _expires(session: Session) -> datetime:
    return later(session.asked_at or session.started_at, days=EXPIRE_DAYS)


def _wake(conversation: Conversation, session: Session | None, now: datetime) -> datetime | None:
    if session is not None:
        return later(now, hours=PARK_HOURS)
    return min((_expires(s) for s in conversation.parked), default=None)
