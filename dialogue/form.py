"""What the forms of files share: plain values are read with every fault at once, and its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from dialogue.faults import Fault


@dataclass(slots=True)
class Form:
    """Collects faults while it reads; what cannot be read gets a harmless stand-in."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, where: str, what: str) -> None:
        """Notes a fault."""
        self.faults.append(Fault(where, what))

    def known(self, data: Mapping[str, object], keys: Sequence[str], where: str) -> None:
        """Faults every other key."""
        for key in data:
            if key not in keys:
                self.fault(at(where, str(key)), "is not known here")

    def text(
        self, data: Mapping[str, object], key: str, where: str, default: str | None = None
    ) -> str:
        """A text without spaces around it."""
        found = data.get(key, default)
        if not isinstance(found, str):
            self.fault(at(where, key), "is missing" if found is None else "needs a text")
            return ""
        return found.strip()

    def texts(self, data: Mapping[str, object], key: str, where: str) -> dict[str, str]:
        """A text by language."""
        found = data.get(key)
        if not isinstance(found, Mapping):
            self.fault(at(where, key), 'needs a text for each language, as { en = "…" }')
            return {}
        for locale, text in found.items():
            if not isinstance(text, str) or (not text.strip()):
                self.fault(f"{at(where, key)}.{locale}", "needs a text")
        return {str(k): v.strip() for k, v in found.items() if isinstance(v, str) and v.strip()}

    def strings(self, data: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
        """A list of texts; none where the key is absent."""
        found = data.get(key, ())
        if not isinstance(found, list | tuple) or not all(isinstance(s, str) for s in found):
            self.fault(at(where, key), "needs a list of texts")
            return ()
        return tuple(str(s) for s in found)

    def tables(
        self, data: Mapping[str, object], key: str, where: str
    ) -> tuple[Mapping[str, object], ...]:
        """A list of tables; none where the key is absent."""
        found = data.get(key, ())
        if not isinstance(found, list | tuple) or not all(isinstance(t, Mapping) for t in found):
            self.fault(at(where, key), "needs a list of tables")
            return ()
        return tuple(found)

    def flag(self, data: Mapping[str, object], key: str, where: str, *, default: bool) -> bool:
        """True or false."""
        found = data.get(key, default)
        if not isinstance(found, bool):
            self.fault(at(where, key), "needs true or false")
            return default
        return found

    def number(self, data: Mapping[str, object], key: str, where: str) -> float | None:
        """A number, if there is one."""
        found = data.get(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
            self.fault(at(where, key), "needs a number")
            return None
        return found


def at(where: str, key: str) -> str:
    """The place of a key in a file."""
    return f"{where}.{key}" if where else key
