"""Reads `locales/<code>/danger.toml`: what people write in danger, in one language."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialogue.danger.lists import DangerList, Risk
from dialogue.danger.patterns import Pattern, expand, parse

FILE = "danger.toml"


def load_danger(path: Path) -> DangerList:
    """One language's lists. Raises ValueError naming the file and every line that is wrong."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    sets = _expanded(data.get("sets", {}), faults)
    lacking = [risk.value for risk in Risk if not data["risks"].get(risk.value)]
    faults += [f"nothing for {name}" for name in lacking]
    faults += [f"no such class: {name}" for name in data["risks"].keys() - set(Risk)]
    risks = {risk: tuple(_parsed(data["risks"].get(risk.value, ()), sets, faults)) for risk in Risk}
    ordinary = data["ordinary"]
    patterns = tuple(_parsed(ordinary["patterns"], sets, faults))
    faults += [
        f"'{one.source}' ends with a gap"
        for several in risks.values()
        for one in several
        if one.steps[-1].gap
    ]
    if faults:
        raise ValueError(f"{path}: {'; '.join(faults)}")
    return DangerList(
        version=data["version"],
        reviewed=data["status"] in ("source", "reviewed"),
        risks=risks,
        ordinary=patterns,
        names=frozenset(ordinary.get("names", ())),
        not_names=frozenset(ordinary.get("not_names", ())),
    )


def _expanded(
    sets: Mapping[str, Sequence[str]], faults: list[str]
) -> Mapping[str, tuple[str, ...]]:
    try:
        return expand(sets)
    except ValueError as error:
        faults.append(str(error))
        return {}


def _parsed(
    lines: Iterable[str], sets: Mapping[str, tuple[str, ...]], faults: list[str]
) -> Iterable[Pattern]:
    for line in lines:
        try:
            yield parse(line, sets)
        except ValueError as error:
            faults.append(str(error))
