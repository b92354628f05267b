"""Danger first: what is done when a resident tells of danger, violence or crime.

Rules: safeguarding D1 (UNICEF Safer Chatbots; IASC on disclosure). Numbers at once, nothing asked,
nothing passed on, nothing recorded as an answer; on a phone that others may read no word names what
it is about. `docs/danger.md` says it for officials.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from dialogue import parking
from dialogue.answers.normalise import fold, fold_word
from dialogue.commands import again, is_option
from dialogue.danger import Look, Risk, classify, signs
from dialogue.desk import City, Desk, Helpline
from dialogue.effects import CountRisk, DropText, Effect, Forget, Quarantine, Say
from dialogue.events import Reply
from dialogue.memory import Conversation, Gate
from dialogue.survey import Status
from dialogue.turn import Turn, later

QUIET_DAYS = 30
"""Days without a reminder or an invitation after the safe word or a disclosure (D1 rule 4)."""

HELP: Mapping[Risk, tuple[str, ...]] = MappingProxyType(
    {
        Risk.DANGER: (),
        Risk.SELF_HARM: ("crisis",),
        Risk.CHILD: ("child", "gender_violence", "crisis"),
        Risk.VIOLENCE: ("gender_violence", "crisis"),
        Risk.ACCUSATION: ("anonymous",),
        Risk.INTELLIGENCE: ("anonymous",),
    }
)
"""Kinds of helplines for each: the first that the city has; without any, the emergency number."""

UNSURE = ("gender_violence", "child", "crisis")
"""Kinds of helplines beside the emergency number where it is not known what is told."""

NOT_LIVE = Say("not_live")
"""Names the emergency number, and that nobody reads along."""

YOUNGEST = 5
_AGE = re.compile(r"(?<!\d)\d{1,2}(?!\d)")

REPORTS = frozenset({Risk.ACCUSATION, Risk.INTELLIGENCE})
"""About others: where to report is said, and the survey goes on."""

GONE_AT_ONCE = frozenset({Risk.DANGER, Risk.INTELLIGENCE})
"""Of these the text is not kept for a moment (D1 rule 3, and what could endanger who tells it)."""


def numbers(city: City, *kinds: str) -> str:
    """Helplines of these kinds (of all, without any) as one short line, without a word on what each
    is for: the phone may be shared, and the reader may be watched."""
    lines = (_line(one) for one in city.helplines if not kinds or one.kind in kinds)
    return ", ".join(dict.fromkeys(lines))


def _line(helpline: Helpline) -> str:
    hours = helpline.hours
    return f"{helpline.number} ({hours})" if hours and hours != "24h" else helpline.number


def safe(desk: Desk, conversation: Conversation, now: datetime) -> Turn:
    """Helplines, then silence: what was open closes, the text is dropped, no reminder follows."""
    conversation, effects = parking.close(conversation, Status.SAFEGUARDED, now)
    said: tuple[Effect, ...] = (DropText(), Say("safe", (("numbers", numbers(desk.city)),)))
    return Turn(_quiet(conversation, now), (*effects, *said), despite_opt_out=True)


def signs_in(desk: Desk, conversation: Conversation, reply: Reply) -> tuple[Risk | None, Look]:
    """What a reply tells of (`dialogue.danger.signs`). A tap tells of nothing, and neither does
    what the open question offers in these words."""
    if _calls(desk, conversation, fold(reply.text)):
        return Risk.DANGER, Look.UNSEEN
    wordless = not any(map(str.isalpha, reply.text))
    if reply.choice is not None or wordless or is_option(desk, conversation, fold(reply.text)):
        return None, Look.UNSEEN
    return signs(reply.text, desk.dangers, desk.weights)


def _calls(desk: Desk, conversation: Conversation, said: str) -> bool:
    """Whether a text is a helpline's number and no answer: somebody texts instead of calling."""
    if said not in {fold_word(line.number) for line in desk.city.helplines}:
        return False
    session = conversation.session
    survey = desk.survey_of(session)
    if session is None or survey is None:
        return True
    return survey.question(session.question or "").kind not in NUMBERS


NUMBERS = frozenset({"numeric", "age", "scale"})
"""Questions to which a number as long as a helpline's may be the answer."""


def _understood(desk: Desk, conversation: Conversation, reply: Reply, risk: Risk) -> Conversation:
    """A stranger's conversation in the language whose list knew the words, which is surer than how
    a short text sounds."""
    if conversation.gate is not Gate.NEW:
        return conversation
    told = [
        code
        for code in desk.city.languages
        if (one := desk.locales[code].danger) and classify(reply.text, (one,)) is risk
    ]
    if not told or desk.locale(conversation.locale).code in told:
        return conversation
    return replace(conversation, locale=told[0], locale_unsure=True)


def answer(desk: Desk, conversation: Conversation, reply: Reply, risk: Risk, now: datetime) -> Turn:
    """Numbers at once. Of oneself: nothing asked, the survey waits until they write again. Of
    others: where to report it, and the open question once more."""
    counted = CountRisk(risk, _area(desk, conversation))
    conversation = _understood(desk, conversation, reply, risk)
    if risk in REPORTS:
        return _report(desk, conversation, reply, (_kept(desk, conversation, risk), counted), now)
    if _is_minor(desk, conversation, reply):
        return _young(desk, conversation, counted)
    said = Say("danger_now", (("numbers", numbers(desk.city, "emergency")),))
    if risk is not Risk.DANGER:
        said = Say("listen", _listeners(desk, risk))
    return _parked(conversation, now, _kept(desk, conversation, risk), counted, said)


def _young(desk: Desk, conversation: Conversation, counted: CountRisk) -> Turn:
    young = (Say("listen_young", _listeners(desk, Risk.CHILD)), Forget("under_age"))
    return Turn(conversation, (DropText(), counted, *young), despite_opt_out=True)


def _parked(conversation: Conversation, now: datetime, *effects: Effect) -> Turn:
    """What was open waits, and we stay silent."""
    conversation, parked = parking.park(conversation, now)
    return Turn(_quiet(conversation, now), (*parked, *effects), despite_opt_out=True)


def answer_unsure(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """As danger, with all numbers, since nobody knows of which class it is."""
    counted = CountRisk(Risk.DANGER, _area(desk, conversation))
    if _is_minor(desk, conversation, reply):
        return _young(desk, conversation, counted)
    said = Say("danger_now", (("numbers", numbers(desk.city, "emergency", *UNSURE)),))
    return _parked(conversation, now, _kept(desk, conversation, Risk.DANGER), counted, said)


def beside(desk: Desk, turn: Turn) -> Turn:
    """The numbers said before what is said and done anyway: nothing is lost to whom they are not
    meant for."""
    others = numbers(desk.city, *UNSURE)
    said: tuple[Effect, ...] = (NOT_LIVE,)
    if others:
        said += (Say("safe", (("numbers", others),)),)
    return replace(turn, effects=said + turn.effects)


def _report(
    desk: Desk,
    conversation: Conversation,
    reply: Reply,
    noted: tuple[Effect, ...],
    now: datetime,
) -> Turn:
    """STOP was said: then nothing is answered that is no danger to who writes."""
    if conversation.opted_out:
        return Turn(conversation, noted)
    anonymous = numbers(desk.city, "anonymous")
    phrase = "report_nameless" if anonymous else "report"
    where = anonymous or numbers(desk.city, "emergency")
    said = Say(phrase, (("numbers", where),))
    if conversation.gate is not Gate.OPEN:
        return Turn(conversation, (*noted, said))
    if conversation.session is None:
        return Turn(replace(conversation, aside=None), (*noted, said))
    return again(desk, conversation, reply, now, (*noted, said))


def _kept(desk: Desk, conversation: Conversation, risk: Risk) -> Effect:
    """Whether the text is kept for a short time: never of somebody who has agreed to nothing."""
    drop = risk in GONE_AT_ONCE or desk.city.drop_disclosures or conversation.gate is not Gate.OPEN
    return DropText() if drop else Quarantine()


def _listeners(desk: Desk, risk: Risk) -> tuple[tuple[str, object], ...]:
    found = (numbers(desk.city, kind) for kind in HELP[risk])
    return (("numbers", next(filter(None, found), desk.city.number("emergency"))),)


def _is_minor(desk: Desk, conversation: Conversation, reply: Reply) -> bool:
    """Whether who has not told an age yet names one under the city's minimum. It may be another's:
    then nothing is lost but that they begin again."""
    if conversation.gate is Gate.OPEN:
        return False
    ages = (int(found) for found in _AGE.findall(fold(reply.text)))
    return any(YOUNGEST <= age < desk.city.minimum_age for age in ages)


def _quiet(conversation: Conversation, now: datetime) -> Conversation:
    """Nothing of ours on top, no reminder, no invitation; who was not through the gate is a
    stranger again."""
    gate_ = conversation.gate if conversation.gate is Gate.OPEN else Gate.NEW
    quiet = later(now, QUIET_DAYS)
    return replace(conversation, aside=None, wants=None, gate=gate_, tries=0, quiet_until=quiet)


def _area(desk: Desk, conversation: Conversation) -> str:
    """The area of residence that the open session knows."""
    session = conversation.session
    survey = desk.survey_of(session)
    if session is None or survey is None:
        return ""
    known = {area.code for area in desk.areas}
    places = (q.name for q in survey.questions if q.kind == "location")
    values = (session.answers[name].value for name in places if name in session.answers)
    return next((v for v in values if isinstance(v, str) and v in known), "")
