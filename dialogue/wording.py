"""Effects and a language to at most one message."""

from collections.abc import Iterable
from typing import assert_never

from dialogue.desk import Desk
from dialogue.effects import Ask, Effect, Offer, OfferLanguages, Say, Spoken, Tell
from dialogue.locale import Locale
from dialogue.memory import Aside
from dialogue.messages import Choice, Message
from dialogue.outcomes import Again, Ambiguous, Empty, NotUnderstood, OutOfRange, Remark


def compose(desk: Desk, effects: Iterable[Effect], code: str | None) -> Message | None:
    """One message of everything that is to be said, in its order; None if there is nothing.

    While a survey speaks, all of the message is in the survey's language: never mixed, but for a
    line that is about another language and has to be in that.
    """
    said = [e for e in effects if isinstance(e, Spoken)]
    if not said:
        return None
    locale = desk.locale(code)
    for effect in said:
        if isinstance(effect, Ask):
            locale = desk.survey_locale(effect.survey, effect.locale or locale.code)
    lines: list[str] = []
    choices: tuple[Choice, ...] = ()
    tag: str | None = None
    attachment = next((e.attachment for e in said if isinstance(e, Tell)), None)
    for effect in said:
        text, offered, offered_tag = _word(desk, effect, locale)
        lines.append(text)
        if offered:
            choices, tag = offered, offered_tag
    return Message("\n".join(line for line in lines if line), choices, tag, attachment)


def notice(desk: Desk, locale: Locale) -> str:
    """The notice a stranger gets first, as it is shown (the consent ledger keeps it)."""
    return _say(desk, locale, "notice", ())


def _word(desk: Desk, effect: Spoken, locale: Locale) -> tuple[str, tuple[Choice, ...], str | None]:
    match effect:
        case Say(phrase, values, code):
            return _say(desk, desk.locales[code] if code else locale, phrase, values), (), None
        case Offer(tag, phrase, offered, values):
            choices = tuple(Choice(number, locale.say(name)) for number, name in offered)
            return _say(desk, locale, phrase, values), choices, tag
        case OfferLanguages(codes):
            names = (desk.locales[code].words.name for code in codes or desk.city.languages)
            choices = tuple(Choice(str(n), name) for n, name in enumerate(names, 1))
            if codes:
                return locale.say("survey_languages"), choices, Aside.SURVEY_LANGUAGE
            return locale.say("language_question"), choices, Aside.LANGUAGE
        case Ask():
            return _ask(desk, effect, locale)
        case Tell(texts):
            codes = (locale.code, *desk.city.languages, *texts)
            return next(texts[code] for code in codes if code in texts), (), None
        case _:
            assert_never(effect)


def _ask(desk: Desk, ask: Ask, locale: Locale) -> tuple[str, tuple[Choice, ...], str | None]:
    question = ask.survey.question(ask.question)
    choices = question.choices(locale)
    if isinstance(ask.problem, Ambiguous):
        candidates = ask.problem.candidates
        meant = question.meant(candidates, locale, desk.gazetteer)
        phrase = "did_you_mean" if len(candidates) == 1 else "ambiguous"
        return locale.say(phrase), meant or choices, ask.tag
    lines = [_problem(desk, ask.problem, locale), question.text.get(locale.code, "")]
    hint = question.hint()
    if hint is not None:
        lines.append(locale.say(hint))
    if question.asks and not question.required and hint != "photo_hint":
        lines[-1] += " " + locale.say("skip_hint")
    return "\n".join(line for line in lines if line), choices, ask.tag


def _problem(desk: Desk, problem: Again | Remark | None, locale: Locale) -> str:
    match problem:
        case NotUnderstood(phrase, values):
            return _say(desk, locale, phrase or "not_understood", values)
        case OutOfRange(phrase, values):
            return _say(desk, locale, phrase, values)
        case Empty(media):
            return locale.say("no_media" if media else "empty")
        case Remark(kind):
            phrase = "remark_question" if kind == "question" else "remark_noted"
            return _say(desk, locale, phrase, ())
        case _:
            return ""


def _say(desk: Desk, locale: Locale, phrase: str, values: tuple[tuple[str, object], ...]) -> str:
    """The phrase with what any phrase may name: the city's body, numbers, languages."""
    city = desk.city
    others = (desk.locales[code].words.name for code in city.languages if code != locale.code)
    common = {
        "responsible": city.responsible,
        "emergency": city.number("emergency"),
        "age": city.minimum_age,
        "languages": ", ".join(others),
    }
    return locale.say(phrase, **(common | dict(values)))
