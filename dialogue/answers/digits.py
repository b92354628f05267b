"""Digits with points, commas and spaces between them, as the number they are in a country."""

from dialogue.answers.numerals import MOST_DIGITS

POINT_COUNTRIES = frozenset(
    {
        *("AU", "BW", "CA", "CN", "GB", "GH", "GT", "HN", "IE", "IN", "JP", "KE", "MW", "MX"),
        *("MY", "NG", "NI", "NZ", "PA", "PH", "PK", "SG", "SV", "TH", "TZ", "UG", "US", "ZM", "ZW"),
    }
)
"""Countries that write 1,234.56 and nothing else; elsewhere both points and commas are seen."""


def exactly(number: float) -> int | float:
    """A whole number as such; what is left of a fraction to six places."""
    number = round(number, 6)
    return int(number) if number == int(number) else number


def literal(text: str, country: str) -> int | float | None:
    """The number that digits with points, commas or spaces are in the country; None where they
    could be two ("1,000" where both a point and a comma are decimal) or are none ("5:30")."""
    signs = [char for char in text if not char.isdigit()]
    if not signs:
        return int(text) if len(text) <= MOST_DIGITS else None
    last = signs[-1]
    if ":" in signs or len(text) > MOST_DIGITS + len(signs):
        return None
    whole, _, rest = text.rpartition(last)
    if last == " " or (len(signs) > 1 and len(set(signs)) == 1):
        return _grouped(text, last)
    if len(signs) > 1:
        return _decimal(_grouped(whole, signs[0]), rest) if signs.count(last) == 1 else None
    if len(rest) != 3 or whole.startswith("0") or len(whole) > 3:
        comma_lists = last == "," and country in POINT_COUNTRIES
        return None if comma_lists else _decimal(int(whole), rest)
    return int(whole + rest) if last == "," and country in POINT_COUNTRIES else None


def _grouped(text: str, sign: str) -> int | None:
    first, *groups = text.split(sign)
    if not all(len(group) == 3 and group.isdigit() for group in groups):
        return None
    return int(text.replace(sign, "")) if 0 < len(first) <= 3 and first[0] != "0" else None


def _decimal(whole: int | None, fraction: str) -> int | float | None:
    """With no fraction but zeros ("50.00") it is whole."""
    if whole is None:
        return None
    return float(f"{whole}.{fraction}") if fraction.strip("0") else whole
