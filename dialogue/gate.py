"""Before any survey: the notice, agreement, age.

Nothing is asked before agreement. Age comes first; under the city's minimum nothing is kept but a
count. Sources: POPIA s11 and s18, the Mexican simplified privacy notice, safeguarding D1 rule 6.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from dialogue import keywords, many_answers, steps, surveying
from dialogue.answers.choices import match, strip_padding
from dialogue.answers.lexicon import Asked
from dialogue.answers.normalise import fold
from dialogue.answers.numbers import is_bare
from dialogue.desk import Desk
from dialogue.effects import Agreement, Consent, Effect, Forget, Offer, Say
from dialogue.events import Reply
from dialogue.locale import Locale
from dialogue.memory import Conversation, Gate
from dialogue.minors import too_young
from dialogue.outcomes import Again, Answered, NotUnderstood, Remark
from dialogue.questions import Option, Reading
from dialogue.questions.base import marks_in, remark_in
from dialogue.questions.choice import with_yes_and_no
from dialogue.questions.number import Age, spoken
from dialogue.survey import RETRY_LIMIT, Survey
from dialogue.turn import Turn
from dialogue.wording import notice

PURPOSE = "survey"
"""What the agreement is for, in the ledger."""

CONSENT_TAG = "consent"
CONSENT_CHOICES = (("1", "agree"), ("2", "decline"))
PLAIN = frozenset({"code", "label", "synonym"})
"""Rules by which a yes or a no counts, the whole reply being one."""

LEAST_AGE = 10
"""A number from here on behind a yes may be an age; a smaller one could be a choice."""

_AGE = Age(name="age")


def knock(desk: Desk, conversation: Conversation, reply: Reply) -> Turn:
    """A stranger's first text: the notice, and whether they agree. The survey of a keyword sent
    before (they then chose a language, say) stays the one to begin with."""
    keyword = keywords.wanted(desk, reply.text)
    first = next((survey.slug for survey in desk.surveys), None)
    wants = keyword.slug if keyword else conversation.wants or first
    conversation = replace(conversation, gate=Gate.CONSENT, tries=0, wants=wants)
    return Turn(conversation, _notice(desk))


def ask(desk: Desk, conversation: Conversation, reply: Reply) -> Turn:
    """Asks again what the gate asks now."""
    if conversation.gate is Gate.AGE:
        return Turn(conversation, (Say("age_question"),))
    return knock(desk, conversation, reply)


def pass_through(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """A reply while the gate is not open yet."""
    match conversation.gate:
        case Gate.CONSENT:
            return _consent_reply(desk, conversation, reply, now)
        case Gate.AGE:
            return _age_reply(desk, conversation, reply, now)
        case _:
            turn = knock(desk, conversation, reply)
            return replace(turn, effects=(*keywords.unknown(desk, reply), *turn.effects))


def turn_away(desk: Desk, conversation: Conversation, reply: Reply) -> Turn:
    """No agreement, or no age: a kind end. Without an age nothing is kept."""
    if conversation.gate is Gate.AGE:
        return Turn(conversation, (Say("age_needed"), Forget("without_age")))
    refused = consent(desk, conversation, reply, Agreement.REFUSED)
    conversation = replace(conversation, gate=Gate.NEW, tries=0, wants=None)
    return Turn(conversation, (refused, Say("declined")))


def consent(desk: Desk, conversation: Conversation, reply: Reply, agreement: Agreement) -> Consent:
    """The ledger's line, with the notice as this contact was shown it."""
    locale = desk.locale(conversation.locale)
    wording = notice(desk, locale)
    return Consent(PURPOSE, agreement, wording, locale.code, reply.message_id, reply.channel)


def pick(reading: Reading, reply: Reply, choices: Sequence[tuple[str, str]]) -> str | None:
    """Which of two choices (affirmative first) a reply is, as its phrase name: by number, label, or
    a plain yes or no, polite words around it or not. A condition ("yes but …") is neither, nor is a
    question ("yes?"), a place ("at 1"), a yes or a no within a sentence, or a misspelt one:
    agreement is never guessed."""
    known = with_yes_and_no(_options(Asked.of((), reading.languages), tuple(choices)), reading)
    text = _without_age(reply.said, reading)
    found = match(text, known, reading.languages)
    if found.sure and found.rule == "polite":
        said = strip_padding(fold(text), _courtesy(reading.languages))
        found = match(said, known, reading.languages)
    if not found.sure or found.rule not in PLAIN:
        return None
    return choices[0 if found.names == ("yes",) else 1][1]


def _without_age(text: str, reading: Reading) -> str:
    """The text without an age told behind it ("yes I agree, im 34"), which is asked for anyway."""
    row = marks_in(text, reading)
    row = row[:-1] if row and row[-1].kind == "units" else row
    aged = len(row) > 2 and row[-1].kind == "number" and row[-1].number >= LEAST_AGE
    before = " ".join(row[-2].words) if aged else ""
    if not any(before in lo.words.folded.get("before_number", ()) for lo in reading.languages):
        return text
    return " ".join(word for mark in row[:-2] for word in mark.words)


def _courtesy(languages: tuple[Locale, ...]) -> tuple[str, ...]:
    """Words of greeting, asking and thanking. What begins "I think" is none: it has more words."""
    said = (
        word
        for locale in languages
        for key in ("greeting", "thanks", "padding")
        for word in locale.words.replies.get(key, ())
        if key != "padding" or " " not in word
    )
    return tuple(said)


@lru_cache(maxsize=1000)
def _options(asked: Asked, choices: tuple[tuple[str, str], ...]) -> tuple[Option, ...]:
    said = {lo.code: lo.words.replies.get("agree", ()) for lo in asked.languages}
    return tuple(
        Option(
            number,
            word,
            {lo.code: lo.say(phrase) for lo in asked.languages},
            said if phrase == "agree" else {},
        )
        for word, (number, phrase) in zip(("yes", "no"), choices, strict=True)
    )


def _notice(desk: Desk) -> tuple[Effect, ...]:
    names: tuple[Effect, ...] = (Say("notice_languages"),) if len(desk.city.languages) > 1 else ()
    return (Say("notice"), *names, Offer(CONSENT_TAG, "agree_question", CONSENT_CHOICES))


def _consent_reply(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    if keywords.wanted(desk, reply.text) is not None:
        return knock(desk, conversation, reply)
    picked = None
    if reply.question in (None, CONSENT_TAG):
        picked = pick(_reading(desk, conversation), reply, CONSENT_CHOICES)
    if picked == "agree":
        return _agreed(desk, conversation, reply, now)
    asks = remark_in(reply, _reading(desk, conversation)) == Remark("question")
    if asks and " " in fold(reply.said):  # "who is this?", but not "yes?"
        return Turn(conversation, _notice(desk))
    if picked == "decline" or conversation.tries >= RETRY_LIMIT:
        return turn_away(desk, conversation, reply)
    again = replace(conversation, tries=conversation.tries + 1)
    offer = Offer(CONSENT_TAG, "agree_question", CONSENT_CHOICES)
    return Turn(again, (Say("not_understood"), offer))


def _agreed(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    given = consent(desk, conversation, reply, Agreement.GIVEN)
    conversation = replace(conversation, tries=0, agreed_on=now.date())
    if steps.known(conversation, now):
        turn = _open(desk, conversation, reply, now)
        return replace(turn, effects=(given, *turn.effects))
    return Turn(replace(conversation, gate=Gate.AGE), (given, Say("age_question")))


def _age_reply(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    reading = replace(_reading(desk, conversation), today=desk.city.today(now))
    outcome = _AGE.read(reply, reading)
    if isinstance(outcome, Answered) and isinstance(outcome.value, int):
        age = outcome.value
        if age < desk.city.minimum_age:
            return _too_young(desk, conversation, reply)
        aged = replace(conversation, age=age, age_on=now.date())
        return _open(desk, aged, reply, now)
    listed = _listed(desk, conversation, reply, now)
    if listed is not None:
        return listed
    if not isinstance(outcome, Again | Remark) or conversation.tries >= RETRY_LIMIT:
        return turn_away(desk, conversation, reply)
    again = replace(conversation, tries=conversation.tries + 1)
    if isinstance(outcome, NotUnderstood) and outcome.phrase == "age_of_year":
        return Turn(again, (Say(outcome.phrase, outcome.values),))
    asks = isinstance(outcome, Remark) and outcome.kind == "question"
    return Turn(again, (Say("age_why" if asks else "not_understood"), Say("age_question")))


def _listed(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn | None:
    """An age among answers to questions of the city's surveys; None where anything else is among
    them, which may say whose age it is."""
    parts = many_answers.parts_of(reply)
    reading = replace(
        _reading(desk, conversation), gazetteer=desk.gazetteer, country=desk.city.country
    )
    age = many_answers.for_open(_AGE, parts, reading)
    rest = [part for part in parts if part != age]
    if age is None or not many_answers.are_answers(desk, rest, reading):
        return None
    turn = _age_reply(desk, conversation, many_answers.by_itself(reply, age), now)
    if turn.conversation.gate is not Gate.OPEN:
        return turn
    told = many_answers.told(_AGE, age, reading)
    return many_answers.carry_on(desk, turn, reply, rest, now, told)


def _too_young(desk: Desk, conversation: Conversation, reply: Reply) -> Turn:
    """Under the minimum: all is forgotten. An age within a sentence may be something else's: it is
    asked for once more before that."""
    reading = _reading(desk, conversation)
    bare = is_bare(reply.said, spoken(reading), reading.country)
    if bare or conversation.tries >= RETRY_LIMIT:
        return Turn(conversation, too_young(desk.city))
    again = replace(conversation, tries=conversation.tries + 1)
    return Turn(again, (Say("not_understood"), Say("age_question")))


def _open(desk: Desk, conversation: Conversation, reply: Reply, now: datetime) -> Turn:
    """Through the gate, to the survey that was wanted, or to the one left unfinished."""
    wanted: Survey | None = desk.survey(conversation.wants or "")
    conversation = replace(conversation, gate=Gate.OPEN, tries=0, wants=None)
    if wanted is None:
        return surveying.idle(desk, conversation, reply, now)
    return surveying.begin_or_thank(desk, conversation, wanted, reply.id, now, asked_for=False)


def _reading(desk: Desk, conversation: Conversation) -> Reading:
    locale = desk.locale(conversation.locale)
    return Reading(locale, desk.others(locale))
