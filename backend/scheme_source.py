"""A coding scheme's TOML text to a scheme, with all faults at once."""

import tomllib
from collections.abc import Sequence

from dialogue.faults import Fault
from dialogue.scheme import Scheme, language_faults, read_scheme


class SchemeError(Exception):
    """A scheme that cannot be taken; `faults` says all that is wrong, and where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = tuple(faults)


def checked_scheme(text: str, languages: Sequence[str]) -> Scheme:
    """The scheme a TOML text describes, for a city that speaks these languages. Raises
    SchemeError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError([Fault("file", f"is no TOML: {error}")]) from error
    scheme, faults = read_scheme(data)
    found = faults if scheme is None else language_faults(scheme, languages)
    if scheme is None or found:
        raise SchemeError(found)
    return scheme
