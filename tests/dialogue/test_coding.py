"""Which readings a person may give."""

import pytest

from dialogue.coding import fault_of
from dialogue.outcomes import Value
from dialogue.questions import Option, Question
from dialogue.questions.choice import Rank, SelectMany, SelectOne
from dialogue.questions.date import Date
from dialogue.questions.number import Age, Numeric, Scale
from dialogue.questions.place import Location
from dialogue.questions.words import Open

OPTIONS = tuple(Option(str(n), name, {"en": name}) for n, name in enumerate(("one", "two"), 1))
ONE = SelectOne(name="q", options=OPTIONS)
SEVERAL = SelectMany(name="q", options=OPTIONS)
ORDER = Rank(name="q", options=OPTIONS)
COUNT = Numeric(name="q", maximum=9)
MONEY = Numeric(name="q", decimal=True)
SCALE = Scale(name="q", options=OPTIONS)


@pytest.mark.parametrize(
    ("question", "value", "allowed"),
    [
        (ONE, "one", True), (ONE, "three", False), (ONE, 1, False),
        (SEVERAL, ("two",), True), (SEVERAL, (), False), (SEVERAL, ("two", "two"), False),
        (SEVERAL, "two", False), (ORDER, ("two", "one"), True), (ORDER, ("six",), False),
        (COUNT, 9, True), (COUNT, 10, False), (COUNT, 1.5, False), (COUNT, True, False),
        (COUNT, "9", False), (MONEY, 1.5, True), (Age(name="q"), 34, True),
        (Age(name="q"), 300, False), (SCALE, 5, True), (SCALE, 6, False), (SCALE, "one", True),
        (Date(name="q"), "2026-11-28", True), (Date(name="q"), "2026-13-28", False),
        (Date(name="q"), "20261128", False), (Date(name="q"), 5, False),
        (Location(name="q"), "W1", True), (Location(name="q"), "W2", False),
        (Open(name="q"), "words", False),
    ],
)  # fmt: skip
def test_values_a_person_may_give(question: Question, value: Value, allowed: bool) -> None:
    assert (fault_of(question, value, ["W1"]) is None) is allowed


def test_nobody_is_coded_under_the_citys_age() -> None:
    assert fault_of(Age(name="q"), 15, [], 16) == "is under 16"
    assert fault_of(Age(name="q"), 16, [], 16) is None
