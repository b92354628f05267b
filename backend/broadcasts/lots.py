"""Chance that can be drawn again: every lot is a hash of a seed and a name."""

from hashlib import md5

_DIGITS = 12
_SPACE = 16.0**_DIGITS


def lot(seed: str, name: str) -> str:
    """A name's lot: 32 hexadecimal digits, evenly spread over the names. It is md5(seed || name),
    as a database computes it too, so that a sample can be drawn and checked there."""
    return md5(f"{seed}{name}".encode(), usedforsecurity=False).hexdigest()


def share(seed: str, name: str) -> float:
    """A name's lot as a number in [0, 1)."""
    return int(lot(seed, name)[:_DIGITS], 16) / _SPACE
