"""Text that a spreadsheet would run, made harmless (libraries facts, section 10)."""

DANGER = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
"""Beginnings that some spreadsheet takes for a formula or for the end of the cell."""

MARK = "'"

Scalar = str | int | float | None


def cell(value: Scalar) -> str | int | float:
    """A value as a cell: numbers stay numbers, nothing is an empty cell. A text that begins, after
    spaces, in a dangerous way gets an apostrophe in front; so does one that already has one there,
    and `plain` gives every text back."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    return MARK + value if _dangerous(value) else value


def plain(text: str) -> str:
    """The text that `cell` made this cell of."""
    return text[1:] if text.startswith(MARK) and _dangerous(text) else text


def _dangerous(text: str) -> bool:
    return text.lstrip(MARK).lstrip(" \u00a0").startswith(DANGER)
