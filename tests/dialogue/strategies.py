"""Any valid survey, for properties."""

from dataclasses import replace

from hypothesis import strategies as st

from dialogue.conditions import Condition
from dialogue.questions import TYPES, Option, Question
from dialogue.questions.choice import Choosing, SelectMany
from dialogue.questions.date import Date
from dialogue.questions.number import Numeric
from dialogue.survey import Survey, SurveyKind
from dialogue.survey_file import complete_locales

Spoken = tuple[str, ...]
KINDS = sorted(TYPES)
LABELS = [
    "Very safe",
    "Safe",
    "Not safe",
    "Don't know",
    "Ja",
    "Cha",
    "12",
    "At night",
    "Sí",
    "🙂 ok",
]
ROLES = st.sampled_from([None, None, None, "dont_know", "refused", "none", "other"])


@st.composite
def any_options(draw: st.DrawFn, kind: str, spoken: Spoken) -> tuple[Option, ...]:
    if kind == "yes_no":
        return (Option("1", "yes", {}), Option("2", "no", {}))
    count = draw(st.integers(1, 6))
    codes = draw(st.lists(st.integers(0, 20).map(str), min_size=count, max_size=count, unique=True))
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=count, max_size=count, unique=True))
    return tuple(
        Option(
            code,
            f"o{n}",
            dict.fromkeys(spoken, label),
            draw(st.sampled_from([{}, {"en": (f"synonym {n}",)}])),
            draw(ROLES),
        )
        for n, (code, label) in enumerate(zip(codes, labels, strict=True))
    )


@st.composite
def any_condition(draw: st.DrawFn, earlier: list[Question]) -> Condition | None:
    if not earlier or draw(st.booleans()):
        return None
    asked = draw(st.sampled_from(earlier))
    literals = [*(f"'{option.name}'" for option in asked.options), "3"]
    tests = st.sampled_from(
        ["{0} == {1}", "{0} != {1}", "not {0} in ({1},)", "{1} in {0}", "{0} > 2"]
    )
    return Condition(draw(tests).format(asked.name, draw(st.sampled_from(literals))))


@st.composite
def any_question(draw: st.DrawFn, earlier: list[Question], kind: str, spoken: Spoken) -> Question:
    cls = TYPES[kind]
    low, high = sorted(draw(st.tuples(st.integers(0, 9), st.integers(1, 9))))
    bounded = draw(st.booleans())
    options = draw(any_options(kind, spoken)) if issubclass(cls, Choosing) else ()
    if issubclass(cls, SelectMany):
        low, high = min(low, len(options)), max(high, len(options))
    question = cls(
        name=f"q{len(earlier)}",
        text=dict.fromkeys(spoken, "What?"),
        options=options,
        only_if=draw(any_condition(earlier)),
        required=draw(st.booleans()),
        indicator=draw(st.sampled_from([None, "sdg-16.1.4"])),
        sensitive=draw(st.booleans()),
        minimum=low if bounded else None,
        maximum=high if bounded else None,
    )
    if isinstance(question, Numeric):
        return replace(question, decimal=draw(st.booleans()))
    if isinstance(question, Date):
        return replace(question, past=draw(st.booleans()))
    return question


kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=6).filter(
    lambda found: found.count("age") < 2
)


@st.composite
def any_survey(draw: st.DrawFn, slug: str = "any") -> Survey:
    spoken = draw(st.sampled_from([("en",), ("en", "zu"), ("zu", "es", "en")]))
    questions: list[Question] = []
    for kind in draw(kinds):
        questions.append(draw(any_question(questions, kind, spoken)))
    questions.append(draw(any_question(questions, "select_one", spoken)))
    title = dict.fromkeys(spoken, "About safety")
    kind = draw(st.sampled_from(SurveyKind))
    survey = Survey(slug, 0, kind, title, tuple(questions), (slug.upper(),))
    survey = replace(survey, locales=complete_locales(survey))
    if kind is SurveyKind.POLL and survey.vote is None:
        return replace(survey, kind=SurveyKind.SURVEY)
    return survey
