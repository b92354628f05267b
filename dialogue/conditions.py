"""`only_if`: a small grammar of our own over question names and literals (XLSForm's `relevant`).

    condition := and ("or" and)*          and := unary ("and" unary)*
    unary     := "not" unary | "(" condition ")" | operand [op operand | ["not"] "in" list]
    op        := "==" | "!=" | "<" | ">" | "<=" | ">="
    list      := "(" literal ("," literal)* [","] ")" | name
    operand   := name | 'text' | "text" | number

It is never evaluated as Python. A question not answered compares false with everything, and `!=` is
true then. `'x' in name` looks into a question with several answers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dialogue.outcomes import Value

Values = Mapping[str, Value | None]
_Test = Callable[[Values], bool]
_Operand = Callable[[Values], object]
_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<mark>==|!=|<=|>=|<|>|\(|\)|,))"
)
_KEYWORDS = ("and", "or", "not", "in")
DEEPEST = 20
"""Brackets and NOTs within one another; more is an author's mistake."""


class ConditionError(ValueError):
    """The text is no condition; the message says where it goes wrong."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition. `names` are the questions it looks at, `literals` what each is compared
    with (for checking option names). Raises ConditionError when made from nonsense."""

    source: str
    names: tuple[str, ...] = field(init=False, compare=False)
    literals: tuple[tuple[str, Value], ...] = field(init=False, compare=False)
    _test: _Test = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        parser = _Parser(self.source)
        object.__setattr__(self, "_test", parser.whole())
        object.__setattr__(self, "names", tuple(dict.fromkeys(parser.names)))
        object.__setattr__(self, "literals", tuple(parser.compared))

    def holds(self, values: Values) -> bool:
        """Whether it is true of these answers."""
        return self._test(values)


@dataclass(slots=True)
class _Parser:
    source: str
    tokens: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    compared: list[tuple[str, Value]] = field(default_factory=list)
    at: int = 0
    depth: int = 0

    def __post_init__(self) -> None:
        place = 0
        text = self.source.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if not found:
                raise ConditionError(f"cannot read '{text[place : place + 20].strip()}'")
            kind = found.lastgroup or ""
            token = found[kind]
            self.tokens.append((token if token in _KEYWORDS else kind, token))
            place = found.end()

    def whole(self) -> _Test:
        test = self.either()
        if self.at < len(self.tokens):
            raise ConditionError(f"'{self.tokens[self.at][1]}' is not expected here")
        return test

    def either(self) -> _Test:
        tests = [self.both()]
        while self.take("or"):
            tests.append(self.both())
        return (lambda values: any(t(values) for t in tests)) if len(tests) > 1 else tests[0]

    def both(self) -> _Test:
        tests = [self.unary()]
        while self.take("and"):
            tests.append(self.unary())
        return (lambda values: all(t(values) for t in tests)) if len(tests) > 1 else tests[0]

    def unary(self) -> _Test:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConditionError("it is nested too deeply")
        try:
            if self.take("not"):
                inner = self.unary()
                return lambda values: not inner(values)
            if self.take_mark("("):
                inner = self.either()
                self.expect(")")
                return inner
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> _Test:
        left_name, left = self.operand()
        negate = self.take("not") is not None
        if self.take("in"):
            test = self.membership(left_name, left)
            return (lambda values: not test(values)) if negate else test
        if negate:
            raise ConditionError("'not' is only followed by 'in' here")
        mark = self.peek()[1]
        if mark not in _OPERATORS:
            raise ConditionError("a comparison is missing")
        self.at += 1
        right_name, right = self.operand()
        self.note(left_name, right_name, left, right)
        compare = _OPERATORS[mark]
        return lambda values: compare(left(values), right(values))

    def membership(self, left_name: str | None, left: _Operand) -> _Test:
        if not self.take_mark("("):
            right_name, right = self.operand()
            if right_name is None:
                raise ConditionError("after 'in' comes a list in brackets or a question")
            self.note(left_name, right_name, left, right)
            return lambda values: _inside(left(values), right(values))
        items: list[Value] = []
        while not self.take_mark(")"):
            name, literal = self.operand()
            if name is not None:
                raise ConditionError(f"'{name}' needs quotes in a list")
            items.append(_value(literal({})))
            if not self.take_mark(","):
                self.expect(")")
                break
        if left_name is not None:
            self.compared += [(left_name, item) for item in items]
        return lambda values: left(values) in items

    def operand(self) -> tuple[str | None, _Operand]:
        kind, token = self.peek()
        self.at += 1
        if kind == "name":
            self.names.append(token)
            return token, lambda values: values.get(token)
        if kind == "text":
            return None, lambda _: token[1:-1]
        if kind == "number":
            constant = float(token) if "." in token else int(token)
            return None, lambda _: constant
        raise ConditionError(f"'{token}' is not expected here" if token else "it ends too early")

    def note(self, a: str | None, b: str | None, left: _Operand, right: _Operand) -> None:
        if a is not None and b is None:
            self.compared.append((a, _value(right({}))))
        if b is not None and a is None:
            self.compared.append((b, _value(left({}))))

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def take(self, kind: str) -> str | None:
        found, token = self.peek()
        if found != kind:
            return None
        self.at += 1
        return token

    def take_mark(self, mark: str) -> bool:
        if self.peek() != ("mark", mark):
            return False
        self.at += 1
        return True

    def expect(self, mark: str) -> None:
        if not self.take_mark(mark):
            raise ConditionError(f"'{mark}' is missing")


def _value(found: object) -> Value:
    assert isinstance(found, str | int | float)  # noqa: S101 (literals are nothing else)
    return found


def _inside(item: object, many: object) -> bool:
    return item in many if isinstance(many, tuple) else item is not None and item == many


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[object, object], bool]:
    def test(left: object, right: object) -> bool:
        if isinstance(left, int | float) and isinstance(right, int | float):
            return compare(left, right)
        return False

    return test


_OPERATORS: Mapping[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a is not None and a == b,
    "!=": lambda a, b: a is None or a != b,
    "<": _ordered(lambda a, b: a < b),
    ">": _ordered(lambda a, b: a > b),
    "<=": _ordered(lambda a, b: a <= b),
    ">=": _ordered(lambda a, b: a >= b),
}
