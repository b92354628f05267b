"""Reads `locales/<code>/danger.toml`, what people write in danger in one language, and
`locales/danger_weights.txt`, what was learnt from texts in all."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dialogue.danger.lists import DangerList, Risk
from dialogue.danger.patterns import Pattern, expand, parse
from dialogue.danger.weights import Weights

FILE = "danger.toml"
WEIGHTS = "danger_weights.txt"
LIMITS = ("begin", "doubtful", "danger")
"""Scores in the head of the weights."""


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


def load_weights(path: Path) -> Weights:
    """What was learnt: a head of `name: value`, an empty line, then `weight feature` on each.
    Raises ValueError naming the file and the first line that is wrong."""
    lines = [one for one in _lines(path) if not one[1].startswith("#")]
    empty = next((at for at, (_, line) in enumerate(lines) if not line), len(lines))
    head = dict(_split(path, number, line, ": ") for number, line in lines[:empty])
    lacking = {"texts", *LIMITS} - head.keys()
    if lacking:
        raise ValueError(f"{path}: the head lacks {', '.join(sorted(lacking))}")
    by_feature: dict[str, int] = {}
    for number, line in lines[empty + 1 :]:
        weight, feature = _split(path, number, line, " ")
        by_feature[feature] = _whole(path, number, weight)
    limits = {name: _whole(path, 0, head[name]) for name in LIMITS}
    return Weights(texts=head["texts"], by_feature=by_feature, **limits)


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    return enumerate(path.read_text(encoding="utf-8").split("\n")[:-1], 1)


def _split(path: Path, number: int, line: str, between: str) -> tuple[str, str]:
    first, found, second = line.partition(between)
    if not (first and found and second):
        raise ValueError(f"{path}: line {number}: '{line}' is not two parts")
    return first, second


def _whole(path: Path, number: int, written: str) -> int:
    try:
        return int(written)
    except ValueError:
        where = f"line {number}" if number else "the head"
        raise ValueError(f"{path}: {where}: '{written}' is no whole number") from None
