"""One step of a survey within a conversation: `run(…)`, and how its replies are read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from dialogue import parking, votes
from dialogue.desk import Desk
from dialogue.effects import Effect, Offer, Record
from dialogue.engine import EngineEvent, Step, advance
from dialogue.locale import Locale
from dialogue.memory import Aside, Conversation
from dialogue.minors import too_young
from dialogue.outcomes import Value
from dialogue.parking import waiting
from dialogue.questions import Reading
from dialogue.survey import Session, Status, Survey
from dialogue.turn import Turn

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
    session = replace(session, unseen=False)
    how = reading(desk, conversation, survey, session, now)
    step = advance(survey, session, event, now, how, known(conversation, now))
    age = _told_age(survey, step.effects)
    if age is not None and age < desk.city.minimum_age:
        return Turn(conversation, too_young(desk.city))
    if age is not None:
        conversation = replace(conversation, age=age, age_on=now.date())
    if step.session.question is None:
        return _ended(desk, conversation, survey, step, now)
    open_ = replace(conversation, session=step.session)
    return Turn(replace(open_, wake_at=parking.wake(open_, now)), step.effects)


def _told_age(survey: Survey, effects: Iterable[Effect]) -> int | None:
    """The age that the resident has just given, if the question was for one."""
    for effect in effects:
        if isinstance(effect, Record) and effect.rule != "known":
            aged = survey.question(effect.question).kind == "age"
            if aged and isinstance(effect.value, int):
                return effect.value
    return None


def _ended(
    desk: Desk, conversation: Conversation, survey: Survey, step: Step, now: datetime
) -> Turn:
    """Behind the last answer, on time or late: thanks, and what was left unfinished is offered."""
    session, effects = step.session, step.effects
    conversation, _ = parking.end(conversation, session, session.status, now)
    left = waiting(conversation, now)
    if session.status is Status.COMPLETED:
        conversation = votes.remember(conversation, survey, session, now)
        effects += votes.thanks(survey, session, more=bool(left))
    if conversation.session is not None or not left:
        return Turn(conversation, effects)
    turn = offer_resume(desk, conversation, now)
    return replace(turn, effects=(*effects, *turn.effects))


def offer_resume(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Asks whether to go on with the survey parked last, of those that wait."""
    session = waiting(conversation, now)[-1]
    survey = desk.survey_of(session)
    title = session.survey
    if survey is not None:
        title = survey.title[locale_of(desk, conversation, session, survey).code]
    offer = Offer(Aside.RESUME, "resume_question", RESUME_CHOICES, (("title", title),))
    return Turn(replace(conversation, aside=Aside.RESUME), (offer,))


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
    """The language that a session is held in."""
    return desk.survey_locale(survey, session.locale or conversation.locale)


def known(conversation: Conversation, now: datetime) -> Mapping[str, Value]:
    """What the contact told us at the gate and need not be asked again within a year."""
    if conversation.age is None or conversation.age_on is None:
        return {}
    years = (now.date() - conversation.age_on).days // 365
    return {"age": conversation.age} if years < 1 else {}
