"""Numbers as people send them: digits, with a decimal point or comma."""

import re

_NUMBER = re.compile(r"(-?)([0-9]{1,15})(?:[.,]([0-9]{1,6}))?")


def number(text: str) -> float | int | None:
    """The one number that the folded text is, or None.

    "1,000" and "1.000" could be a thousand or one: not read. Longer digit strings are no answer.
    """
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    sign, whole, fraction = found.groups()
    if fraction is None:
        return int(sign + whole)
    if len(fraction) == 3:
        return None
    return float(f"{sign}{whole}.{fraction}")
