"""A small city, small surveys and short ways to say things, for the tests of the core."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backend.catalogues import load_locales
from dialogue.answers.gazetteer import Gazetteer
from dialogue.answers.places import Area
from dialogue.conditions import Condition
from dialogue.conversation import converse
from dialogue.desk import City, Desk, Helpline
from dialogue.effects import Ask, Effect, Forget, Say
from dialogue.events import Event, Invite, Remind, Reply, Tick
from dialogue.memory import Conversation, Gate, dump, load
from dialogue.messages import Message
from dialogue.outcomes import Outcome
from dialogue.questions import TYPES, Option, Question, Reading
from dialogue.survey import Survey, SurveyKind
from dialogue.survey_file import complete_locales
from dialogue.terms import Terms
from dialogue.wording import compose

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LOCALES = load_locales()
AREAS = (
    Area("W1", "Ward 1", ("Riverside",)),
    Area("W2", "Ward 2", ("Hilltop", "Corner")),
    Area("W3", "Ward 3", ("Corner",)),
)
GAZETTEER = Gazetteer(AREAS, "Testville", [lo.words.places for lo in LOCALES.values()])
CITY = City(
    slug="testville",
    name="Testville",
    country="ZA",
    timezone="Africa/Johannesburg",
    languages=("en", "zu", "af"),
    minimum_age=16,
    safe_word="LEMON",
    responsible="Testville Council",
    regulator="The Regulator, 1 Test Street",
    helplines=(
        Helpline("emergency", "10111"),
        Helpline("gender_violence", "0800 428 428"),
        Helpline("child", "116"),
        Helpline("crisis", "116"),
    ),
)
GATED = Conversation(gate=Gate.OPEN, age=30, age_on=TODAY, agreed_on=TODAY)
"""A contact who agreed and told an age."""


# --- things to say -------------------------------------------------------------------------------
def option(
    code: str, name: str, label: str | None = None, *synonyms: str, role: str | None = None
) -> Option:
    words = {"en": tuple(synonyms)} if synonyms else {}
    return Option(code, name, {"en": name.title() if label is None else label}, words, role)


def question(kind: str, name: str = "q", *options: Option, **more: object) -> Question:
    """A question worded in English; `only_if` may be given as text."""
    if isinstance(more.get("only_if"), str):
        more["only_if"] = Condition(str(more["only_if"]))
    text = more.pop("text", {"en": f"The text of {name}?"})
    made: Question = TYPES[kind](name=name, text=text, options=options, **more)  # type: ignore[arg-type]  # names and types are the test's
    return made


def survey(*questions: Question, slug: str = "pulse", **more: object) -> Survey:
    keywords = (slug.upper().replace("-", ""),)
    title = {"en": f"About {slug}"}
    made = Survey(slug, 1, SurveyKind.SURVEY, title, questions, keywords)
    made = replace(made, **more)  # type: ignore[arg-type]  # names and types are the test's
    return replace(made, locales=complete_locales(made))


def desk(*surveys: Survey, **of_the_city: object) -> Desk:
    city = replace(CITY, **of_the_city)  # type: ignore[arg-type]  # names and types are the test's
    return Desk(city, LOCALES, surveys, AREAS)


def reading(code: str = "en", *others: str, country: str = "ZA") -> Reading:
    spoken = tuple(LOCALES[other] for other in others)
    return Reading(LOCALES[code], spoken, GAZETTEER, country, TODAY)


def reply(text: str = "", **more: object) -> Reply:
    return Reply("turn-x", text, **more)  # type: ignore[arg-type]  # names and types are the test's


def read(asked: Question, text: str, code: str = "en", *others: str) -> Outcome:
    return asked.read(reply(text), reading(code, *others))


SAFE = question(
    "select_one",
    "safe",
    option("1", "very_safe", "Very safe"),
    option("2", "safe", "Safe", "fine"),
    option("3", "unsafe", "Unsafe", "not safe"),
    option("9", "unknown", "Don't know", role="dont_know"),
)
WHY = question("open", "why", only_if="safe == 'unsafe'", required=False)
PEOPLE = question("numeric", "people", minimum=0, maximum=20)
PULSE = survey(SAFE, WHY, PEOPLE)
OTHER = survey(
    question("yes_no", "seen", option("1", "yes", ""), option("2", "no", "")), slug="other"
)


# --- a conversation ------------------------------------------------------------------------------
class Chat:
    """A contact with a city: `effects` and `message` are those of the last turn, `all` of every
    turn so far. The conversation is written to JSON and read back between turns."""

    def __init__(self, at: Desk, conversation: Conversation = GATED) -> None:
        self.desk, self.conversation, self.now = at, conversation, NOW
        self.effects: tuple[Effect, ...] = ()
        self.message: Message | None = None
        self.all: list[Effect] = []
        self.despite_opt_out = False
        self.heard_at: datetime | None = None
        self.turns = 0
        self.invited = ""

    def send(self, text: str = "", **more: object) -> "Chat":
        return self.take(Reply(self._id(), text, **more))  # type: ignore[arg-type]  # names and types are the test's

    def tap(self, number: str, tag: str | None = None) -> "Chat":
        shown = self.message.question if self.message and tag is None else tag
        return self.send(choice=number, question=shown)

    def invite(self, slug: str, *, unseen: bool = False, **terms: Any) -> "Chat":
        made = Terms(**terms)
        self.invited = self._id()
        return self.take(Invite(self.invited, slug, terms=made, unseen=unseen))

    def remind(self, *, unseen: bool = False) -> "Chat":
        return self.take(Remind(self._id(), self.invited, unseen))

    def tick(self, **passed: float) -> "Chat":
        """Time passes, then a wake-up comes."""
        self.now += timedelta(**passed)
        return self.take(Tick(self._id(), self.heard_at))

    def take(self, event: Event) -> "Chat":
        opted_out = self.conversation.opted_out
        before = replace(load(dump(self.conversation)), opted_out=opted_out)
        turn = converse(self.desk, before, event, self.now)
        self.effects, self.despite_opt_out = turn.effects, turn.despite_opt_out
        self.all += turn.effects
        self.message = compose(self.desk, turn.effects, turn.conversation.locale)
        if self.message is not None:
            self.heard_at = self.now
        forgotten = any(isinstance(effect, Forget) for effect in turn.effects)
        self.conversation = Conversation() if forgotten else turn.conversation
        return self

    @property
    def said(self) -> list[str]:
        """Names of the phrases said in the last turn, and of the questions asked."""
        return [
            e.phrase if isinstance(e, Say) else e.question
            for e in self.effects
            if isinstance(e, Say | Ask)
        ]

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""

    def _id(self) -> str:
        self.turns += 1
        return f"turn{self.turns:08}"
