"""What a resident says beside the question: asks back, greets, thanks, sends pictures of moods.

Kept for a person and answered kindly; it uses up no try. Source: answer interpretation §8.
"""

from collections.abc import Sequence

from dialogue.answers.marks import Mark

NOISE = frozenset({"greeting", "thanks", "noise", "padding"})


def remark(text: str, row: Sequence[Mark]) -> str | None:
    """What kind of remark a reply that is no answer is: question, greeting, thanks or noise; None
    if it is none. `row` are its marks without any option of the question."""
    kinds = [mark.kind for mark in row]
    if not kinds:
        return "question" if "?" in text or "¿" in text else None
    said = [kind for kind in kinds if kind not in ("padding", "greeting")]
    asks = text.endswith("?") and "number" not in kinds
    if asks or (said and "question" in (said[0], said[-1])):
        return "question"
    if all(kind in NOISE or is_picture(mark) for kind, mark in zip(kinds, row, strict=True)):
        told = [kind for kind in kinds if kind in ("greeting", "thanks")]
        pictures = "noise" in kinds or any(map(is_picture, row))
        return told[0] if told else "noise" if pictures else None
    return None


def is_picture(mark: Mark) -> bool:
    """Whether it is an emoji that no list knows."""
    word = mark.words[0]
    return mark.kind == "unknown" and len(word) == 1 and not word.isalnum()
