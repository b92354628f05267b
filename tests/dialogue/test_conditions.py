"""`only_if`: what it means, and that nonsense is refused with a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue.conditions import DEEPEST, Condition, ConditionError
from dialogue.outcomes import Value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("safe == 'unsafe'", True),
        ('safe == "unsafe"', True),
        ("safe != 'unsafe'", False),
        ("'unsafe' == safe", True),
        ("people > 2", True),
        ("people >= 4", False),
        ("people < 3.5", True),
        ("people <= -1", False),
        ("safe in ('unsafe', 'very_unsafe')", True),
        ("safe not in ('unsafe',)", False),
        ("safe in ()", False),
        ("'robbery' in seen", True),
        ("'fire' not in seen", True),
        ("safe in safe_too", True),
        ("not safe == 'unsafe'", False),
        ("not (people > 2 and safe == 'safe')", True),
        ("safe == 'safe' or people == 3", True),
        ("safe == 'safe' or people == 4 or 'fire' in seen", False),
        ("people > 1 and people < 9 and safe == 'unsafe'", True),
    ],
)
def test_a_condition_holds_or_not(source: str, expected: bool) -> None:
    values: dict[str, Value | None] = {
        "safe": "unsafe", "safe_too": "unsafe", "people": 3, "seen": ("robbery", "drugs")
    }  # fmt: skip
    assert Condition(source).holds(values) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("q == 'a'", False),
        ("q == r", False),
        ("q != 'a'", True),
        ("q > 0", False),
        ("q <= 0", False),
        ("q in ('a', 'b')", False),
        ("'a' in q", False),
        ("q in q", False),
    ],
)
def test_a_question_not_answered_compares_false_and_unequal(source: str, expected: bool) -> None:
    assert Condition(source).holds({}) is expected
    assert Condition(source).holds({"q": None}) is expected


def test_texts_have_no_order() -> None:
    assert not Condition("q < 5").holds({"q": "a"})
    assert not Condition("q >= 'a'").holds({"q": "b"})


def test_a_condition_knows_its_questions_and_what_they_are_compared_with() -> None:
    condition = Condition("a == 'x' or 'y' != a or b in ('p', 2) or a == b or 'z' in c or 1 == 2")
    assert condition.names == ("a", "b", "c")
    assert condition.literals == (("a", "x"), ("a", "y"), ("b", "p"), ("b", 2), ("c", "z"))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("", "it ends too early"),
        ("a ==", "it ends too early"),
        ("== a", "'==' is not expected here"),
        ("a", "a comparison is missing"),
        ("a not == 'b'", "'not' is only followed by 'in' here"),
        ("a == 'b' c", "'c' is not expected here"),
        ("(a == 'b'", "')' is missing"),
        ("a in ('b' 'c')", "')' is missing"),
        ("a in (b)", "'b' needs quotes in a list"),
        ("a in 'b'", "after 'in' comes a list in brackets or a question"),
        ("a = 'b'", "cannot read '= 'b''"),
        ("__import__('os')", "a comparison is missing"),
        ("not " * DEEPEST + "a == 1", "it is nested too deeply"),
        ("(" * DEEPEST + "a == 1" + ")" * DEEPEST, "it is nested too deeply"),
        ("a == " + "9" * 5000, "'999999999999999' is not expected here"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(source: str, why: str) -> None:
    with pytest.raises(ConditionError) as error:
        Condition(source)
    assert str(error.value) == why


# --- against Python itself -----------------------------------------------------------------------
class Unanswered:
    """What Python must be told about a question not answered."""

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __contains__(self, item: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # Python's own way to say: none


TEXTS = st.sampled_from(["", "a", "b", "very_safe", "not", "in or"])
NUMBERS = st.integers(-99, 99) | st.sampled_from([0.5, -2.25, 10.0])
VALUES = st.fixed_dictionaries(
    {
        **{name: st.none() | TEXTS for name in ("text", "text_too")},
        **{name: st.none() | NUMBERS for name in ("number", "number_too")},
        "many": st.none() | st.lists(TEXTS, unique=True).map(tuple),
    }
)


def _quoted(text: str) -> str:
    return f'"{text}"' if len(text) % 2 else f"'{text}'"


text_operands = st.sampled_from(["text", "text_too"]) | TEXTS.map(_quoted)
number_operands = st.sampled_from(["number", "number_too"]) | NUMBERS.map(str)
lists = st.lists(TEXTS.map(_quoted)).map(lambda items: f"({''.join(i + ', ' for i in items)})")
comparisons = st.one_of(
    st.tuples(text_operands, st.sampled_from(["==", "!="]), text_operands),
    st.tuples(
        number_operands, st.sampled_from(["==", "!=", "<", ">", "<=", ">="]), number_operands
    ),
    st.tuples(text_operands, st.sampled_from(["in", "not in"]), lists | st.just("many")),
).map(" ".join)
conditions = st.recursive(
    comparisons,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" and ", "  or "]), inner).map("".join)
        | inner.map(lambda c: f"( {c})")
        | inner.map(lambda c: f"not {c}")
    ),
    max_leaves=8,
)


@given(conditions, VALUES)
def test_a_condition_means_what_it_means_in_python(
    source: str, values: dict[str, Value | None]
) -> None:
    names = {name: Unanswered() if value is None else value for name, value in values.items()}
    assert Condition(source).holds(values) is eval(source, {}, names)


TOKENS = st.sampled_from(
    ["a", "b", "'x'", '"', "1", "-2.5", "9" * 4400, "==", "!=", "<", ">=", "(", ")", ",", "not",
     "and", "or", "in", "=", "٣", "é", "\n", "\0", "{", "1.", "a.b"]
)  # fmt: skip


@given(st.text() | st.lists(TOKENS, max_size=12).map(" ".join) | st.lists(TOKENS).map("".join))
def test_any_text_is_a_condition_or_refused(source: str) -> None:
    try:
        condition = Condition(source)
    except ConditionError:
        return
    assert condition.holds({}) in (True, False)
    assert condition.holds({"a": "x", "b": ("x",)}) in (True, False)
