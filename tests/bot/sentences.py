"""Synthetic texts of residents by language (`languages/`), and in languages of nobody's city."""

from collections.abc import Mapping, Sequence
from pathlib import Path

FOLDER = Path(__file__).parent / "languages"
LENGTHS = ((1, 3), (4, 8), (9, 18))
"""Words from and to: what texts are grouped by."""


def ours() -> Mapping[str, Sequence[str]]:
    """Texts in the languages of our locales."""
    return _read(FOLDER)


def others() -> Mapping[str, Sequence[str]]:
    """Texts in languages without a locale."""
    return _read(FOLDER / "others")


def of_length(texts: Sequence[str], low: int, high: int) -> list[str]:
    """Those of so many words."""
    return [text for text in texts if low <= len(text.split()) <= high]


def _read(folder: Path) -> Mapping[str, Sequence[str]]:
    return {
        path.stem: [line for line in path.read_text("utf-8").splitlines() if line[:1] not in "#"]
        for path in sorted(folder.glob("*.txt"))
    }
