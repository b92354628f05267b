"""Makes ordered parts of a message: choices as buttons or numbers, texts no longer than the channel
carries, and what each part costs in SMS segments.

Lengths are UTF-16 units, as SMS and Telegram count them; a provider that counts characters is never
exceeded by that.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from channels.base import Carries, Part
from channels.gsm7 import fold, segments
from dialogue.messages import Choice, Message

CARRIES: Mapping[str, Carries] = MappingProxyType(
    {
        "sms": Carries(buttons=0, button_label=0, longest=1600, segments=True, fold="accents"),
        "whatsapp": Carries(
            buttons=10, button_label=20, longest=1024, segments=False, window=timedelta(hours=24)
        ),
        "telegram": Carries(buttons=100, button_label=64, longest=4096, segments=False),
    }
)
"""What each kind carries; WhatsApp, once its templates are made. Sources: Twilio's limit of `Body`;
WhatsApp's quick replies (to three choices) and lists (to ten) and its window; Telegram's limits of
texts and inline keyboards."""

WHATSAPP_PLAIN = replace(CARRIES["whatsapp"], buttons=0, longest=1600)
"""WhatsApp without templates: numbered text."""


def render(message: Message, carries: Carries) -> tuple[Part, ...]:
    """The parts of `message` in the order to send them; none for a message without words.

    Choices become buttons of the last part where the channel has enough of them and their labels
    stay different from each other; otherwise numbered lines of the text. A label too long for its
    button stands in the text too, whole: who taps it has read it. Texts are split between
    lines, else between words; a choice's line is never split, but ends in "…" where it alone is
    longer than a part. White space at a split is dropped, nothing else is. Where the channel folds,
    the letters of the whole message are those it carries cheaply, if they can be (`gsm7.fold`).
    """
    message = _folded(message, carries)
    buttons = _buttons(message, carries)
    whole = {choice.label for choice in buttons}
    unread = (c for c in message.choices if _one_line(c.label) not in whole)
    numbered = tuple(_numbered(choice, carries.longest) for choice in unread)
    texts = _pack([*_lines(message.text, carries.longest), *numbered], carries.longest)
    parts = [
        Part(text, (), message.question, segments(text) if carries.segments else 1)
        for text in texts
    ]
    if buttons:
        parts[-1] = replace(parts[-1], choices=buttons)
    return tuple(parts)


def _folded(message: Message, carries: Carries) -> Message:
    text, *labels = fold((message.text, *(c.label for c in message.choices)), carries.fold)
    choices = zip(message.choices, labels, strict=True)
    return replace(message, text=text, choices=tuple(replace(c, label=la) for c, la in choices))


def _buttons(message: Message, carries: Carries) -> tuple[Choice, ...]:
    """The choices with labels that fit on buttons, or none where numbers are needed."""
    if not message.text.strip() or len(message.choices) > carries.buttons:
        return ()
    clipped = tuple(
        replace(choice, label=_clip(_one_line(choice.label), carries.button_label))
        for choice in message.choices
    )
    # "Unsafe" and "Unsafe…" would be one thing to who reads them.
    labels = {choice.label.removesuffix("…").rstrip() for choice in clipped}
    return clipped if len(labels) == len(clipped) and "" not in labels else ()


def _numbered(choice: Choice, longest: int) -> str:
    return _clip(f"{choice.number} {_one_line(choice.label)}".rstrip(), longest)


def _one_line(label: str) -> str:
    return " ".join(label.split())


# --- splitting -----------------------------------------------------------------------------------
def _pack(lines: list[str], longest: int) -> list[str]:
    """Texts of as many whole lines as fit, without empty lines at their ends."""
    texts: list[str] = []
    current = ""
    for line in lines:
        longer = f"{current}\n{line}" if current else line
        if _units(longer) <= longest:
            current = longer
        else:
            texts.append(current)
            current = line
    return [text.strip("\n") for text in [*texts, current] if text.strip()]


def _lines(text: str, longest: int) -> Iterator[str]:
    """The lines of a text, those longer than a part cut between words."""
    for line in text.strip().split("\n"):
        rest = line.rstrip()
        while _units(rest) > longest:
            head = _head(rest, longest)
            yield head.rstrip()
            rest = rest[len(head) :].lstrip()
        yield rest


def _head(line: str, longest: int) -> str:
    """The longest beginning that fits and ends before white space; where one word fills the whole
    part, the longest that cuts no cluster; where one cluster does, as many characters as fit."""
    head = _fitting(_clusters(line), longest) or _fitting(list(line), longest)
    if head[-1:].isspace() or line[len(head) : len(head) + 1].isspace():
        return head
    words = head.rsplit(maxsplit=1)
    return head[: len(head) - len(words[1])] if len(words) == 2 else head


def _clip(label: str, longest: int) -> str:
    """The label, cut to end in "…" where it is too long."""
    if _units(label) <= longest:
        return label
    return _fitting(_clusters(label), longest - 1).rstrip() + "…"


def _fitting(pieces: list[str], longest: int) -> str:
    """As many of the pieces, joined, as fit."""
    room, taken = longest, 0
    for piece in pieces:
        room -= _units(piece)
        if room < 0:
            break
        taken += 1
    return "".join(pieces[:taken])


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _clusters(text: str) -> list[str]:
    """What a reader takes for one character each: accents, skin tones, joined emoji and flags stay
    whole (the part of Unicode's UAX #29 that our languages and emoji need)."""
    clusters: list[str] = []
    for character in text:
        if clusters and _belongs(character, clusters[-1]):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _belongs(character: str, cluster: str) -> bool:
    if unicodedata.category(character).startswith("M") or character in _EXTENDERS:
        return True
    half_flag = len(cluster) == 1 and cluster in _FLAG_LETTERS and character in _FLAG_LETTERS
    return half_flag or cluster.endswith(_JOINER)


_JOINER = "\u200d"
_FLAG_LETTERS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_TAGS = frozenset(map(chr, range(0xE0020, 0xE0080)))
_EXTENDERS = _SKIN_TONES | _TAGS | {_JOINER}
