"""The question for a day."""

from dataclasses import dataclass
from typing import ClassVar

from dialogue.answers.dates import Calendar, Day, read_date
from dialogue.events import Reply
from dialogue.outcomes import Answered, NotUnderstood, Outcome, OutOfRange
from dialogue.questions.base import Question, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(Question):
    """A day, as ISO text. Day and month stand in the order of the city's country. Where the author
    says that it is `past`, a later day than today is refused, and a day without a year is the last
    of that name."""

    past: bool = False

    kind: ClassVar[str] = "date"

    def interpret(self, reply: Reply, reading: Reading) -> Outcome:
        languages = (reading.locale.words, *(other.words for other in reading.others))
        calendar = Calendar(languages, reading.country, reading.today, self.past)
        found = read_date(reply.said, calendar)
        example = (("example", reading.today.isoformat()),)
        if not isinstance(found, Day):
            return NotUnderstood("reply_date" if found is None else "reply_whole_date", example)
        if self.past and found.date > reading.today:
            return OutOfRange("date_to_come")
        return Answered(found.date.isoformat(), found.rule)
