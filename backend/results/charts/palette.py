"""Colours and patterns. Orange and blue are told apart by all common kinds of colour vision; shades
of one side differ in lightness, so that they are told apart in grey; the side tells the rest."""

from backend.results.charts.picture import Shade, Tone

INK, QUIET_INK, GRID, PAPER = "#1a1a1a", "#4a4a4a", "#d9d9d9", "#ffffff"
OUTLINE = "#6b6b6b"

_ENDS: dict[Tone, tuple[str, str]] = {
    Tone.NEGATIVE: ("#8f3b00", "#f5b267"),
    Tone.POSITIVE: ("#0a4480", "#94c3ec"),
    Tone.STEP: ("#08306b", "#e3eefa"),
}
"""From the outermost or highest to the innermost or lowest."""

_ONLY: dict[Tone, str] = {
    Tone.NEGATIVE: "#c4620f",
    Tone.POSITIVE: "#2f74b5",
    Tone.PLAIN: "#2f74b5",
    Tone.NEUTRAL: "#8a8a8a",
    Tone.SILENT: "#c9c9c9",
    Tone.STEP: "#5b97cf",
}
_PATTERNED = {Tone.WITHHELD: "imbizo-few", Tone.UNSURE: "imbizo-unsure"}

PATTERNS = (
    '<defs><pattern id="imbizo-few" width="6" height="6" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
    '<rect width="1.6" height="6" fill="#5a5a5a"/></pattern>'
    '<pattern id="imbizo-unsure" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.3" fill="#5a5a5a"/>'
    "</pattern></defs>"
)
"""What `url(#…)` means: stands once in every picture."""


def fill(shade: Shade) -> str:
    """What a surface is painted with."""
    if shade.tone in _PATTERNED:
        return f"url(#{_PATTERNED[shade.tone]})"
    if shade.of == 1 or shade.tone not in _ENDS:
        return _ONLY[shade.tone]
    dark, light = (_parts(end) for end in _ENDS[shade.tone])
    part = shade.place / (shade.of - 1)
    mixed = (round(d + (li - d) * part) for d, li in zip(dark, light, strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def lightness(colour: str) -> float:
    """How light a colour is in grey, from 0 to 1 (the weights of ITU-R BT.601)."""
    red, green, blue = _parts(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def ink_on(shade: Shade) -> str:
    """The colour of words on a surface; a pattern has paper under them."""
    if shade.tone in _PATTERNED:
        return INK
    return PAPER if lightness(fill(shade)) < 0.5 else INK


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
