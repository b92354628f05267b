"""A survey file's plain data to a `Survey`, and back.

The form is the contract's (`<slug>.toml`): the whole file is read and every fault returned at once.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from dialogue.conditions import Condition, ConditionError
from dialogue.faults import Fault
from dialogue.form import Form
from dialogue.questions import TYPES, Option, Question
from dialogue.questions.date import Date
from dialogue.questions.number import Numeric
from dialogue.survey import Survey, SurveyKind

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
ROLES = ("dont_know", "refused", "none", "other")
SURVEY_KEYS = ("slug", "kind", "title", "keywords", "questions", "needs_review", "source")
QUESTION_KEYS = (
    "name", "type", "text", "options", "only_if", "required", "indicator", "sensitive",
    "minimum", "maximum", "decimal", "past", "source", "wording",
)  # fmt: skip
OPTION_KEYS = ("code", "name", "label", "synonyms", "role")
_YES_NO: tuple[Mapping[str, object], ...] = (
    {"code": "1", "name": "yes", "label": {}},
    {"code": "2", "name": "no", "label": {}},
)


def read_survey(data: Mapping[str, object]) -> tuple[Survey | None, tuple[Fault, ...]]:
    """The survey (version 0: unpublished) if the data has its form, and all faults of form."""
    reader = _Reader()
    survey = reader.survey(data)
    return (None if reader.faults else survey), tuple(reader.faults)


class _Reader(Form):
    """Reads a survey."""

    def survey(self, data: Mapping[str, object]) -> Survey:
        self.known(data, SURVEY_KEYS, "")
        slug = self.text(data, "slug", "")
        if not SLUG.fullmatch(slug):
            self.fault("slug", "needs small letters, digits and dashes")
        kind = self.text(data, "kind", "", "survey")
        if kind not in list(SurveyKind):
            self.fault("kind", f"'{kind}' is none of {', '.join(SurveyKind)}")
            kind = "survey"
        questions = tuple(
            self.question(item, f"questions[{n}]")
            for n, item in enumerate(self.tables(data, "questions", ""))
        )
        if not questions:
            self.fault("questions", "there is none")
        title = self.texts(data, "title", "")
        keywords = self.strings(data, "keywords", "")
        survey = Survey(slug, 0, SurveyKind(kind), title, questions, keywords)
        return replace(survey, locales=complete_locales(survey))

    def question(self, data: Mapping[str, object], where: str) -> Question:
        self.known(data, QUESTION_KEYS, where)
        name = self.text(data, "name", where)
        if not NAME.fullmatch(name):
            self.fault(f"{where}.name", "needs small letters, digits and _, a letter first")
        kind = self.text(data, "type", where)
        cls = TYPES.get(kind)
        if cls is None:
            self.fault(f"{where}.type", f"'{kind}' is none of {', '.join(TYPES)}")
            cls = TYPES["note"]
        items = self.tables(data, "options", where) or (_YES_NO if kind == "yes_no" else ())
        question = cls(
            name=name,
            text=self.texts(data, "text", where),
            options=tuple(self.option(o, f"{where}.options[{n}]") for n, o in enumerate(items)),
            only_if=self.condition(data, where),
            required=self.flag(data, "required", where, default=True),
            indicator=self.text(data, "indicator", where, "") or None,
            sensitive=self.flag(data, "sensitive", where, default=False),
            minimum=self.number(data, "minimum", where),
            maximum=self.number(data, "maximum", where),
        )
        if isinstance(question, Numeric):
            return replace(question, decimal=self.flag(data, "decimal", where, default=False))
        if isinstance(question, Date):
            return replace(question, past=self.flag(data, "past", where, default=False))
        return question

    def option(self, data: Mapping[str, object], where: str) -> Option:
        self.known(data, OPTION_KEYS, where)
        code = self.text(data, "code", where)
        if not code.isascii() or not code.isdigit() or len(code) > 6:
            self.fault(f"{where}.code", "needs one to six digits: it is the number printed")
        name = self.text(data, "name", where)
        if not NAME.fullmatch(name):
            self.fault(f"{where}.name", "needs small letters, digits and _, a letter first")
        role = self.text(data, "role", where, "") or None
        if role is not None and role not in ROLES:
            self.fault(f"{where}.role", f"'{role}' is none of {', '.join(ROLES)}")
        synonyms = data.get("synonyms", {})
        if not isinstance(synonyms, Mapping):
            self.fault(f"{where}.synonyms", "needs a list of words for each language")
            synonyms = {}
        lists = {
            str(locale): self.strings(synonyms, str(locale), f"{where}.synonyms")
            for locale in synonyms
        }
        return Option(code, name, self.texts(data, "label", where), lists, role)

    def condition(self, data: Mapping[str, object], where: str) -> Condition | None:
        source = self.text(data, "only_if", where, "")
        if not source:
            return None
        try:
            return Condition(source)
        except ConditionError as error:
            self.fault(f"{where}.only_if", str(error))
            return None


def complete_locales(survey: Survey) -> tuple[str, ...]:
    """Languages in which every text is there, in the order of the title: only these are spoken, so
    that a half-translated survey never mixes languages."""
    texts: list[Mapping[str, str]] = [survey.title, *(q.text for q in survey.questions)]
    texts += [o.label for q in survey.questions for o in q.options if o.label or not worded(q, o)]
    return tuple(code for code in survey.title if all(code in text for text in texts))


def worded(question: Question, option: Option) -> bool:
    """Whether the option is a plain yes or no, which our phrases word where the author does not."""
    return question.kind == "yes_no" and option.name in ("yes", "no")


def write_survey(survey: Survey) -> dict[str, object]:
    """The survey as plain data, which `read_survey` reads back equal (but for the version)."""
    data: dict[str, object] = {
        "slug": survey.slug,
        "kind": str(survey.kind),
        "title": dict(survey.title),
        "keywords": list(survey.keywords),
        "questions": [_write_question(question) for question in survey.questions],
    }
    return data


def _write_question(question: Question) -> dict[str, object]:
    data: dict[str, object] = {
        "name": question.name,
        "type": question.kind,
        "text": dict(question.text),
    }
    if question.options:
        data["options"] = [_write_option(option) for option in question.options]
    if question.only_if is not None:
        data["only_if"] = question.only_if.source
    if not question.required:
        data["required"] = False
    for key in ("indicator", "sensitive", "minimum", "maximum", "decimal", "past"):
        value = getattr(question, key, None)
        if value is not None and value is not False:
            data[key] = value
    return data


def _write_option(option: Option) -> dict[str, object]:
    data: dict[str, object] = {
        "code": option.code, "name": option.name, "label": dict(option.label),
    }  # fmt: skip
    if option.synonyms:
        data["synonyms"] = {locale: list(words) for locale, words in option.synonyms.items()}
    if option.role:
        data["role"] = option.role
    return data
