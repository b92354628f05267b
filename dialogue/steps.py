"""One step of a survey within a conversation: `run(…)`, and how its replies are read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from dialogue.desk import Desk
from dialogue.effects import Effect, Offer, Record, Say
from dialogue.engine import EngineEvent, Step, advance
from dialogue.locale import Locale
from dialogue.memory import Aside, Conversation, Done
from dialogue.minors import too_young
from dialogue.outcomes import Value
from dialogue.questions import Reading
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn, later

PARK_HOURS = 24
"""Silence, counted from delivery, after which an open survey is set aside."""

EXPIRE_DAYS = 14
"""Days that an unfinished survey can still be taken up."""

RESUME_CHOICES = (("1", "yes"), ("2", "no"))


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
        conversation, session=step.session, wake_at=next_wake(conversation, step.session, now)
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
    done = done_with(step.session, now)
    conversation = replace(
        conversation,
        session=None,
        done=(*conversation.done, done),
        wake_at=next_wake(conversation, None, now),
    )
    effects: tuple[Effect, ...] = (*step.effects, Say("finished"))
    if conversation.parked:
        effects += (resume_offer(desk, conversation),)
        conversation = replace(conversation, aside=Aside.RESUME)
    return Turn(conversation, effects)


def resume_offer(desk: Desk, conversation: Conversation) -> Offer:
    """The question whether to go on with the survey parked last."""
    session = conversation.parked[-1]
    survey = desk.version(session.survey, session.version)
    title = session.survey
    if survey is not None:
        title = survey.title[locale_of(desk, conversation, session, survey).code]
    return Offer(Aside.RESUME, "resume_question", RESUME_CHOICES, (("title", title),))


def reading(
    desk: Desk, conversation: Conversation, survey: Survey, session: Session, now: datetime
) -> Reading:
    """How replies to this survey are read: in its language first, then the city's others."""
    locale = locale_of(desk, conversation, session, survey)
    others = desk.others(locale)
    told = (str(answer.value) for answer in session.answers.values())
    within = tuple(code for code in told if code in desk.gazetteer.areas)
    return Reading(locale, others, desk.gazetteer, desk.city.country, desk.city.today(now), within)


def locale_of(desk: Desk, conversation: Conversation, session: Session, survey: Survey) -> Locale:
    """The language a session is held in."""
    return desk.survey_locale(survey, session.locale or conversation.locale)


def known(conversation: Conversation, now: datetime) -> Mapping[str, Value]:
    """What the contact told us at the gate and need not be asked again within a year."""
    if conversation.age is None or conversation.age_on is None:
        return {}
    years = (now.date() - conversation.age_on).days // 365
    return {"age": conversation.age} if years < 1 else {}


def done_with(session: Session, now: datetime) -> Done:
    """What is remembered of a session that ended."""
    return Done(session.survey, session.status is Status.COMPLETED, len(session.answers), now)


def expires(session: Session) -> datetime:
    """When a session left unfinished can no longer be taken up."""
    return later(session.asked_at or session.started_at, days=EXPIRE_DAYS)


def next_wake(
    conversation: Conversation, session: Session | None, now: datetime
) -> datetime | None:
    """When to look again: at an open session when it has been silent, else at the first of the
    parked ones to expire."""
    if session is not None:
        return later(now, hours=PARK_HOURS)
    return min((expires(s) for s in conversation.parked), default=None)
