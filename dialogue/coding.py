"""A person reads what the rules could not, or read wrongly: which values may be given."""

from collections.abc import Collection
from datetime import date

from dialogue.outcomes import Value
from dialogue.questions import Question
from dialogue.questions.number import Numeric, Scale

CODED = "coded by a person"
"""The rule of an answer that a coder gave."""


def fault_of(
    question: Question, value: Value, areas: Collection[str], minimum_age: int = 0
) -> str | None:
    """Why a coder may not give this value as the answer; None if it may be given.

    Values are as in `outcomes.Value`; `areas` are the codes of the city's; nobody
    under its `minimum_age` is in any answer. Residents' own words
    (open questions, places in words, pictures) get themes, not values.
    """
    names = [option.name for option in question.options]
    if question.kind == "age" and isinstance(value, int) and value < minimum_age:
        return f"is under {minimum_age}"
    match question.kind:
        case "select_one" | "yes_no":
            return None if value in names else f"is none of {', '.join(names)}"
        case "select_many" | "rank":
            return _several(value, names)
        case "scale" | "numeric" | "age":
            return None if value in names else _number(question, value)
        case "date":
            return None if _is_date(value) else "is no date as 2026-11-28"
        case "location":
            return None if value in areas else "is no area's code"
        case _:
            return f"cannot be given for a question of type {question.kind}"


def _several(value: Value, names: Collection[str]) -> str | None:
    if not isinstance(value, tuple) or not value or len(set(value)) < len(value):
        return "needs a list of options, each once"
    unknown = any(name not in names for name in value)
    return f"has one that is none of {', '.join(names)}" if unknown else None


def _number(question: Question, value: Value) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "needs a number"
    if isinstance(value, float) and not getattr(question, "decimal", False):
        return "needs a whole number"
    low, high = question.bounds() if isinstance(question, Numeric | Scale) else (value, value)
    return None if low <= value <= high else f"is not within {low} and {high}"


def _is_date(value: Value) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
