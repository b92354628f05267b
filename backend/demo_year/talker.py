"""What a made-up resident texts next: an answer to what the bot has just asked, or nothing more."""

from dataclasses import dataclass, field
from functools import lru_cache

from backend.demo_year import texting
from backend.demo_year.dice import Dice
from backend.demo_year.opinions import Mood, opinion
from backend.demo_year.people import Resident, Visit
from backend.demo_year.texting import Text
from channels.base import Part
from dialogue.answers.normalise import fold
from dialogue.desk import Desk
from dialogue.gate import CONSENT_TAG
from dialogue.locale import Locale
from dialogue.memory import Aside
from dialogue.questions import Option, Question
from dialogue.survey import Survey

GIVES_UP = {
    CONSENT_TAG: 0.15, "gate": 0.1, "safe_day": 0.16, "safe_dark": 0.12, "city_safe": 0.15,
    "why_unsafe": 0.22, "if_went_out": 0.1, "area": 0.12, "sex": 0.06,
}  # fmt: skip
"""The chance of breaking off at a question: most at the first ones and where words are asked for
(statistics facts, part C: 15 to 40 % of an SMS survey are completed)."""

GIVES_UP_ELSE = 0.05
ON_SMS = 1.3
"""Times that of a chat."""

DECLINES = 0.04
IN_OTHER_LANGUAGE = 0.8
"""How many ask for their own language when the bot speaks another."""

PASSES = {"why_unsafe": 0.16}
PASSES_ELSE = 0.012
ODD = 0.035
STOPS = 0.003
ASKS_HELP = 0.004
THANKS = 0.1
MOST_TEXTS = 45
"""Longest visit; nobody is answered for ever."""

_folded = lru_cache(maxsize=1000)(fold)


@dataclass(slots=True)
class Talker:
    """One resident in one visit, with what they remember of it."""

    resident: Resident
    desk: Desk
    dice: Dice
    sent: int = 0
    tries: dict[str, int] = field(default_factory=dict)
    meant: dict[str, Option | None] = field(default_factory=dict)
    asked_language: bool = False
    thanked: bool = False
    midway: bool = True
    """Whether a question stands unanswered."""

    def opens(self, visit: Visit) -> Text:
        """The first text."""
        return Text(visit.keyword or texting.greeting(self.resident, self.dice))

    def answer(self, parts: tuple[Part, ...], language: str | None, mood: Mood) -> Text | None:
        """The text that follows on these parts in that language; None to leave it there."""
        if not parts or self.sent >= MOST_TEXTS:
            return None
        part = parts[-1]
        what = self._asked(part, language)
        self.midway = what is not None
        if what is None:
            return self._thanks(language)
        if self._gives_up(what):
            return None
        return self._beside(language) or self._reply(what, part, language, mood)

    def _asked(self, part: Part, language: str | None) -> str | None:
        """What a part asks: consent, "gate" for the age, an aside, a question's name; or nothing.
        The tag of choices ends with the question's name; without choices, its words tell."""
        if part.question is not None:
            return part.question.rpartition(":")[2].partition("~")[0]
        locale, said = self.desk.locale(language), fold(part.text)
        if _folded(locale.say("age_question")) in said:
            return "gate"
        every = (q for survey in self.desk.surveys for q in survey.questions)
        bare = (question for question in every if question.asks and not question.options)
        worded = ((q.name, _folded(words)) for q in bare for words in q.text.values())
        return next((name for name, words in worded if words and words in said), None)

    def _gives_up(self, what: str) -> bool:
        chance = GIVES_UP.get(what, GIVES_UP_ELSE) * (1.7 - 1.4 * self.resident.patience)
        chance *= ON_SMS if self.resident.channel == "sms" else 1.0
        return self.dice.happens(chance * (1 + self.tries.get(what, 0)))

    def _beside(self, language: str | None) -> Text | None:
        """Now and then a command instead of an answer."""
        commands = self.desk.locale(language).words.commands
        if self.dice.happens(STOPS):
            return Text(commands["stop"][0])
        return Text(commands["help"][0]) if self.dice.happens(ASKS_HELP) else None

    def _thanks(self, language: str | None) -> Text | None:
        words = self.desk.locale(language).words.replies.get("thanks", ())
        if self.thanked or not words or not self.dice.happens(THANKS):
            return None
        self.thanked = True
        return Text(words[0])

    def _reply(self, what: str, part: Part, language: str | None, mood: Mood) -> Text:
        tries = self.tries.get(what, 0)
        self.tries[what] = tries + 1
        match what:
            case _ if what == CONSENT_TAG:
                return self._consent(part, language)
            case "gate":
                return Text(texting.age(self.resident, self.dice))
            case Aside.LANGUAGE | Aside.SURVEY_LANGUAGE:
                name = texting.own_language(self.resident, self.desk)
                return Text(texting.number_beside(part, name.text) or "1")
            case Aside.RESUME:
                return Text("1")
            case Aside.ERASE:
                return Text("2")
            case _:
                found = self._question(what)
        if found is None:
            return Text("1")
        survey, question = found
        locale = self.desk.survey_locale(survey, language)
        return self._survey_reply(question, part, locale, mood, plainly=tries > 0)

    def _consent(self, part: Part, language: str | None) -> Text:
        other = language != self.resident.language
        if other and not self.asked_language and self.dice.happens(IN_OTHER_LANGUAGE):
            self.asked_language = True
            return texting.own_language(self.resident, self.desk)
        number = "2" if self.dice.happens(DECLINES) else "1"
        if part.choices and self.dice.happens(texting.TAPS):
            return Text(choice=number, question=part.question)
        return Text(number)

    def _question(self, name: str) -> tuple[Survey, Question] | None:
        """Questions of one name are the same in all surveys of a city that we know."""
        every = ((survey, q) for survey in self.desk.surveys for q in survey.questions)
        return next((found for found in every if found[1].name == name), None)

    def _survey_reply(
        self, asked: Question, part: Part, locale: Locale, mood: Mood, *, plainly: bool
    ) -> Text:
        if not plainly and self.dice.happens(PASSES.get(asked.name, PASSES_ELSE)):
            return texting.skip(locale)
        if not plainly and self.dice.happens(ODD):
            return Text(self.dice.among(texting.ODD))
        match asked.kind:
            case "open":
                return Text(texting.reason(mood, locale.code, self.dice))
            case "location":
                return texting.area(self.resident, part, self.dice, plainly=plainly)
            case "age":
                return Text(texting.age(self.resident, self.dice))
            case "photo":
                return texting.skip(locale)
            case _:
                chosen = self._chosen(asked, mood)
        if chosen is None:
            return texting.anything(asked, part, locale, self.dice)
        return texting.option(chosen, part, self.resident, locale, self.dice, plainly=plainly)

    def _chosen(self, asked: Question, mood: Mood) -> Option | None:
        """The option that is theirs, the same however often they are asked."""
        if asked.name not in self.meant:
            name = opinion(asked.name, mood, self.dice)
            found = (option for option in asked.options if option.name == name)
            self.meant[asked.name] = next(found, None)
        return self.meant[asked.name]
