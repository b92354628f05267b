"""Choices as WhatsApp buttons and lists, and what a tap on one brings back.

Theory of operation. WhatsApp shows choices only through a content template that was made at Twilio
before, one for each number of choices. Ours hold no words but a list's button: the body is the
variable 1, each choice's title and id are the next two. So one set serves all questions in all
languages, and within the 24 hour window none of it needs WhatsApp's approval.

After the window only an approved template may go, one for each purpose and language. It says who
writes, which is its variable 1, and asks for an answer, which opens the window again.

Source: Twilio's pages on `twilio/quick-reply`, `twilio/list-picker` and content variables, and
WhatsApp's rules of the window, read in November 2026.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channels.base import Purpose, Sending
from channels.rendering import CARRIES
from dialogue.messages import Choice

LONGEST_BODY = CARRIES["whatsapp"].longest
LONGEST_TITLE = CARRIES["whatsapp"].button_label
"""Of a quick reply's button; a list's items may have 24, but a question looks alike everywhere."""

ANY = "any"
"""The language of a template that serves all."""

MOST_BUTTONS = 3
MOST_ITEMS = 10
APPROVED = tuple(purpose.value for purpose in Purpose)
"""The purposes of the templates that WhatsApp must approve."""

_LONGEST_ID = 200
_SID = re.compile(r"HX[0-9a-fA-F]{32}")
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_OURS = re.compile(r"([A-Za-z0-9]{1,10})\|([!-~]*)")


def payload(number: str, question: str | None) -> str | None:
    """The id of a button: `number|question`. None where that cannot be an id that reads back."""
    written = f"{number}|{question or ''}"
    return written if read_payload(written) == (number, question or None) else None


def read_payload(written: str) -> tuple[str, str | None] | None:
    """The number and the question's tag in the id of a tapped button; None if it is not of ours."""
    found = _OURS.fullmatch(written) if len(written) <= _LONGEST_ID else None
    return (found[1], found[2] or None) if found else None


def purposes(count: int) -> tuple[str, ...]:
    """The names of the templates that can show so many choices, the best first."""
    quick_reply = (f"quick_reply_{count}",) if 1 <= count <= MOST_BUTTONS else ()
    return (*quick_reply, f"list_{count}") if 1 <= count <= MOST_ITEMS else ()


@dataclass(frozen=True, slots=True)
class Templates:
    """Content SIDs by purpose, and there by language or `any`."""

    sids: Mapping[str, Mapping[str, str]]

    def most(self) -> int:
        """The largest number of choices up to which, from two on, every number has a template."""
        counts = range(2, MOST_ITEMS + 1)
        gap = next((count for count in counts if not self._purpose(count)), MOST_ITEMS + 1)
        return gap - 1 if gap > 2 or self._purpose(1) else 0

    def approved(self, sending: Sending, responsible: str) -> dict[str, str] | None:
        """What Twilio needs to write first, or again after the window; None without a template for
        the purpose in the language, or for any."""
        if not self.serves(sending.purpose.value, sending.language):
            return None
        return {
            "content_sid": self._sid(sending.purpose.value, sending.language),
            "content_variables": json.dumps({"1": responsible}, ensure_ascii=False),
        }

    def serves(self, purpose: str, language: str | None) -> bool:
        """Whether there is one for the purpose in that language (None: whatever it is)."""
        sids = self.sids.get(purpose, {})
        return language in sids or ANY in sids if language else bool(sids)

    def wanted(self) -> tuple[str, ...]:
        """The purposes without any template, so that two to ten choices are shown as buttons or a
        list, and something may be sent after the window."""
        counts = range(2, MOST_ITEMS + 1)
        shown = (purposes(count)[0] for count in counts if not self._purpose(count))
        return (*shown, *(purpose for purpose in APPROVED if not self.serves(purpose, None)))

    def content(self, sending: Sending, body: str) -> dict[str, str] | None:
        """What Twilio needs to show this body and the choices; None where no template can."""
        purpose = self._purpose(len(sending.choices))
        ids = [payload(choice.number, sending.question) for choice in sending.choices]
        titles = [choice.label for choice in sending.choices]
        too_long = len(body) > LONGEST_BODY or any(len(t) > LONGEST_TITLE for t in titles)
        if purpose is None or too_long or None in ids or len(set(ids)) < len(ids):
            return None
        shown = [body, *(text for pair in zip(titles, ids, strict=True) for text in pair)]
        variables = {str(number): text for number, text in enumerate(shown, 1)}
        return {
            "content_sid": self._sid(purpose, sending.language),
            "content_variables": json.dumps(variables, ensure_ascii=False),
        }

    def _purpose(self, count: int) -> str | None:
        return next((purpose for purpose in purposes(count) if purpose in self.sids), None)

    def _sid(self, purpose: str, language: str | None) -> str:
        """Of the language, else for any, else the first: only a list's button is in a language."""
        sids = self.sids[purpose]
        return sids.get(language or ANY) or sids.get(ANY) or next(iter(sids.values()))


def read_templates(setting: object) -> Templates:
    """The table `[channels.templates]`: a SID, or a table of SIDs by language, for each purpose.
    What is no content SID is left out, and `Templates.wanted` then names it."""
    table = setting if isinstance(setting, Mapping) else {}
    read = {str(purpose): dict(_by_language(value)) for purpose, value in table.items()}
    return Templates({purpose: sids for purpose, sids in read.items() if sids})


def _by_language(value: object) -> Iterator[tuple[str, str]]:
    listed = value if isinstance(value, Mapping) else {ANY: value}
    for language, sid in listed.items():
        if isinstance(sid, str) and _SID.fullmatch(sid):
            yield str(language), sid


def filled(body: str, content: Mapping[str, str]) -> str:
    """A template's body as it is shown with these variables."""
    variables = json.loads(content["content_variables"])
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), body)


def degraded(text: str, choices: tuple[Choice, ...]) -> str:
    """The choices as numbered lines: for what was rendered for a template that is there no more."""
    return "\n".join([text, *(f"{choice.number} {choice.label}" for choice in choices)])
