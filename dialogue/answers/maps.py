"""Coordinates in what people paste: links of map programs, `geo:` addresses, plain pairs, degrees.

Nothing is fetched: a short link holds no coordinates, so the resident is asked for the name.
"""

import re

_NUMBER = r"([-+]?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
_COMMA = r"(?:,|%2C)(?:\+|%20| )?"
_PAIR = _NUMBER + _COMMA + _NUMBER
_LINKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"!3d{_NUMBER}!4d{_NUMBER}",  # the place itself, where "@" is only what the screen shows
        rf"[?&]mlat={_NUMBER}&(?:amp;)?mlon={_NUMBER}",
        rf"[?&](?:q|query|ll|sll|daddr|destination|coordinate|center)=(?:loc:)?{_PAIR}",
        rf"/(?:place|search|dir)/{_PAIR}",
        rf"/@{_PAIR}",
        rf"#map=[0-9]{{1,2}}(?:\.[0-9]{{1,4}})?/{_NUMBER}/{_NUMBER}",
        rf"\bgeo:{_PAIR}",
    )
)
_DECIMAL = r"([-+]?[0-9]{1,3}\.[0-9]{2,20})"
_PLAIN = re.compile(rf"\(?{_DECIMAL} ?°? ?([NS]?) ?[,; ] ?{_DECIMAL} ?°? ?([EWO]?)\)?", re.I)
_ANGLE = r"([0-9]{1,3}) ?° ?([0-9]{1,2}) ?' ?(?:([0-9]{1,2}(?:\.[0-9]{1,9})?) ?(?:\"|'') ?)?"
_DEGREES = re.compile(rf"{_ANGLE}([NS]) ?,? ?{_ANGLE}([EWO])", re.I)
_SIGNS = str.maketrans({"−": "-", "–": "-", "′": "'", "’": "'", "″": '"', "”": '"', "º": "°"})
_LINK = re.compile(r"(?:https?://|www\.|maps\.app\.|goo\.gl/|geo:)\S*", re.IGNORECASE)
_NEGATIVE = frozenset("SWO")
"""Letters of the south and the west (Spanish: oeste)."""


def coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of the first place that a text gives in figures, or None."""
    text = text.translate(_SIGNS)
    for pattern in _LINKED:
        found = pattern.search(text)
        if found:
            return _on_earth(float(found[1]), float(found[2]))
    plain = _PLAIN.fullmatch(text.strip())
    if plain:
        north, east = _turned(plain[1], plain[2]), _turned(plain[3], plain[4])
        return _on_earth(north, east)
    angles = _DEGREES.search(text)
    if angles:
        d, m, s, side, east_d, east_m, east_s, east_side = angles.groups()
        return _on_earth(_angle(d, m, s, side), _angle(east_d, east_m, east_s, east_side))
    return None


def has_link(text: str) -> bool:
    """Whether there is an address of the web in it."""
    return _LINK.search(text) is not None


def without_links(text: str) -> str:
    """The words beside the links."""
    return " ".join(_LINK.sub(" ", text).split())


def _turned(number: str, side: str) -> float:
    value = float(number)
    return -abs(value) if side.upper() in _NEGATIVE else value


def _angle(degrees: str, minutes: str, seconds: str | None, side: str) -> float:
    value = int(degrees) + int(minutes) / 60 + float(seconds or 0) / 3600
    return -value if side.upper() in _NEGATIVE else value


def _on_earth(latitude: float, longitude: float) -> tuple[float, float] | None:
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
