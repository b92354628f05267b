"""A survey, and one contact's way through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from dialogue.outcomes import Value
from dialogue.questions import Question
from dialogue.terms import NO_TERMS, Terms

RETRY_LIMIT = 2
"""Times we ask again before a question is left as not coded (answer interpretation §9)."""

REMARK_LIMIT = 3
"""Remarks on one question that use up no try; two machines would thank each other for ever."""

BACK_LIMIT = 3
"""BACKs in one session; with it, progress is monotonic and a session always ends."""


class SurveyKind(StrEnum):
    """What a survey file describes; all four run on one engine."""

    SURVEY = "survey"
    POLL = "poll"
    PROMPT = "prompt"
    CONCERN = "concern"


@dataclass(frozen=True, slots=True)
class Survey:
    """One published version of a survey. `locales` are those in which every text is there."""

    slug: str
    version: int
    kind: SurveyKind
    title: Mapping[str, str]
    questions: tuple[Question, ...]
    keywords: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()

    def question(self, name: str) -> Question:
        """The question of that name. Raises KeyError."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    @property
    def vote(self) -> Question | None:
        """The question of a poll, which is its only one; None of any other survey. An age is told
        once and no vote."""
        asked = [question for question in self.questions if question.asks]
        if self.kind is not SurveyKind.POLL or len(asked) != 1 or asked[0].kind == "age":
            return None
        return asked[0]

    def locale_for(self, *wanted: str) -> str:
        """The first of these languages in which this survey is complete, else its own first."""
        return next((code for code in wanted if code in self.locales), self.locales[0])


class Status(StrEnum):
    """Where a session stands. All but the first two are final. LATE: its answer came after the
    closing time."""

    ACTIVE = "active"
    PARKED = "parked"
    COMPLETED = "completed"
    EXPIRED = "expired"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    SAFEGUARDED = "safeguarded"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a session remembers of a settled question. Free text is not remembered here: it goes
    sealed to the store, and `value` is None."""

    outcome: str
    value: Value | None
    revision: int


@dataclass(frozen=True, slots=True)
class Session:
    """One contact's way through one version of a survey.

    `question` is the one now asked (None once final). `answers` holds the latest settled outcome of
    each question by name, in the order they were settled; revisions count up over BACK. `locale` is
    the language it is held in where that is not the conversation's (None). `terms` are those of the
    broadcast that opened it. `order` holds the names of options as they were shown, by question,
    where they were shuffled. `unseen`: its question has not reached the contact yet. `declined`:
    the contact said no to going on, so that we do not remind.
    """

    id: str
    survey: str
    version: int
    status: Status
    started_at: datetime
    question: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    revisions: Mapping[str, int] = field(default_factory=dict)
    tries: int = 0
    candidates: tuple[str, ...] = ()
    remarks: int = 0
    backs: int = 0
    asked_at: datetime | None = None
    locale: str | None = None
    terms: Terms = NO_TERMS
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unseen: bool = False
    declined: bool = False

    def with_status(self, status: Status) -> "Session":
        """The same session in another status; a final one asks nothing any more."""
        open_ = status in (Status.ACTIVE, Status.PARKED)
        return replace(self, status=status, question=self.question if open_ else None)

    def is_closed(self, now: datetime) -> bool:
        """Whether an answer given now is late."""
        return self.terms.closes_at is not None and self.terms.closes_at <= now

    def values(self) -> dict[str, Value | None]:
        """Answer values by question, as conditions see them."""
        return {name: answer.value for name, answer in self.answers.items()}
