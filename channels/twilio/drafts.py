"""The content templates a WhatsApp sender needs, written from our phrases: no I/O.

Source: Meta's page on the languages of templates and Twilio's on the Content API, read in November
2026.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels.twilio.templates import ANY, APPROVED, MOST_BUTTONS, MOST_ITEMS, Templates

Words = Mapping[str, Mapping[str, str]]
"""Our phrases by language and name, `{responsible}` still in them."""

LANGUAGES = frozenset(
    [
        "af", "sq", "ar", "az", "bn", "bg", "ca", "hr", "cs", "da", "nl", "en", "et",
        "fil", "fi", "fr", "ka", "de", "el", "gu", "ha", "he", "hi", "hu", "id", "ga",
        "it", "ja", "kn", "kk", "ko", "lo", "lv", "lt", "mk", "ms", "ml", "mr", "nb",
        "fa", "pl", "pa", "ro", "ru", "sr", "sk", "sl", "es", "sw", "sv", "ta", "te",
        "th", "tr", "uk", "ur", "uz", "vi", "zu",
    ]
)  # fmt: skip
"""The languages in which WhatsApp approves templates; for others `any` stands in. Source: Meta."""

_RESPONSIBLE = "{responsible}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A template to make. `name` is ours alone: what is there under it is not made again."""

    name: str
    language: str
    types: Mapping[str, Mapping[str, Any]]
    samples: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Missing:
    """A template to make, and what it is for."""

    purpose: str
    language: str
    draft: Draft


def missing(words: Words, templates: Templates, responsible: str) -> Iterator[Missing]:
    """Those that a sender lacks to show two to ten choices, and to write after the window, in all
    the languages of `words`. `responsible` is the sample of who writes."""
    first = next(iter(words), "en")
    for count in range(1, MOST_BUTTONS + 1):
        if not templates.serves(f"quick_reply_{count}", None):
            yield Missing(f"quick_reply_{count}", ANY, _buttons(count, first))
    for count in range(MOST_BUTTONS + 1, MOST_ITEMS + 1):
        for language, phrases in words.items():
            if not templates.serves(f"list_{count}", language):
                draft = _list(count, language, phrases["template_choose"])
                yield Missing(f"list_{count}", language, draft)
    for purpose in APPROVED:
        for language, phrases in words.items():
            if language in LANGUAGES and not templates.serves(purpose, language):
                draft = _text(purpose, language, phrases[f"template_{purpose}"], responsible)
                yield Missing(purpose, language, draft)


def stand_ins(words: Words, templates: Templates) -> Iterator[tuple[str, str]]:
    """By purpose the SID that serves residents in whose language WhatsApp approves none: that of
    the first language which has one."""
    if LANGUAGES.issuperset(words):
        return
    for purpose in APPROVED:
        sids = templates.sids.get(purpose, {})
        found = next((sids[language] for language in words if language in sids), None)
        if found and ANY not in sids:
            yield purpose, found


def _buttons(count: int, language: str) -> Draft:
    actions = [
        {"type": "QUICK_REPLY", "title": title, "id": tap} for title, tap in _variables(count)
    ]
    types = {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    return _draft(f"quick_reply_{count}", language, types, _samples(count))


def _list(count: int, language: str, button: str) -> Draft:
    items = [{"item": title, "id": tap} for title, tap in _variables(count)]
    types = {"twilio/list-picker": {"body": "{{1}}", "button": button, "items": items}}
    return _draft(f"list_{count}_{language}", language, types, _samples(count))


def _text(purpose: str, language: str, phrase: str, responsible: str) -> Draft:
    types = {"twilio/text": {"body": phrase.replace(_RESPONSIBLE, "{{1}}")}}
    return _draft(f"{purpose}_{language}", language, types, {"1": responsible})


def _draft(
    what: str, language: str, types: Mapping[str, Mapping[str, Any]], samples: Mapping[str, str]
) -> Draft:
    """Named by its content too: an approved template cannot be changed, so a better translation is
    a new one."""
    content = json.dumps([language, types], sort_keys=True).encode()
    digest = hashlib.sha256(content).hexdigest()[:8]
    return Draft(f"imbizo_{what}_{digest}".lower(), language, types, samples)


def _variables(count: int) -> Iterator[tuple[str, str]]:
    """The places of each choice's title and id."""
    numbers = range(2, 2 * count + 2, 2)
    return ((f"{{{{{n}}}}}", f"{{{{{n + 1}}}}}") for n in numbers)


def _samples(count: int) -> dict[str, str]:
    shown = [(f"Choice {n}", f"{n}|question") for n in range(1, count + 1)]
    texts = ["A question", *(text for pair in shown for text in pair)]
    return {str(number): text for number, text in enumerate(texts, 1)}
