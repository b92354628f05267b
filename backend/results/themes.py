"""Themes of answers in words: what coders gave, as answers to a question of its own with several
options. The words themselves are never read here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection

from backend.results.counts import by_answer, counting_sessions
from backend.results.merging import merged, versions
from backend.results.tables import NON_RESPONSE, SPECIAL, THEMES, Line, Table
from backend.store import labels, schemes
from backend.store.schemes import Applied
from backend.store.tables import ANSWER
from dialogue.questions import Option, Question
from dialogue.questions.choice import SelectMany
from dialogue.questions.words import Open
from dialogue.survey import Survey

NOT_CODED = "not_coded"

THEME = "@theme"
"""Behind a question's name that of its themes: no question's name has an @ (`survey_file`)."""


def theme_tables(
    connection: Connection, city: str, slug: str, until: datetime | None = None
) -> Mapping[str, Table]:
    """A table for each question of a survey that a scheme is applied to, by the question's name:
    respondents by theme, each once, as in `counts`; of all, or of what was answered `until` then.
    The base are those who have a theme. Raises SurveyUnknownError.
    """
    survey = merged(versions(connection, city, slug))
    found = schemes.applied(connection, city, slug)
    return {
        question.name: _table(connection, question, found[question.name], until)
        for question in survey.questions
        if question.name in found
    }


def themes_question(question: Question, applied: Applied) -> SelectMany:
    """The question that the themes of another one answer: `why@theme` for `why`; its options are
    the codes of every version of the scheme."""
    return SelectMany(
        name=question.name + THEME,
        text=question.text,
        options=tuple(
            Option(code.code, code.name, code.label, role=SPECIAL if code.special else None)
            for code in applied.codes
        ),
        only_if=question.only_if,
        required=question.required,
        sensitive=question.sensitive,
    )


def themes_of(surveys: Sequence[Survey], applied: Mapping[str, Applied]) -> dict[str, SelectMany]:
    """The question of themes for each question that a scheme is applied to."""
    latest = {question.name: question for survey in surveys for question in survey.questions}
    return {
        name: themes_question(latest[name], one) for name, one in applied.items() if name in latest
    }


def with_themes(survey: Survey, themes: Mapping[str, SelectMany]) -> Survey:
    """The survey with the themes of an open question right after it."""
    questions: list[Question] = []
    for question in survey.questions:
        questions.append(question)
        if question.name in themes and isinstance(question, Open):
            questions.append(themes[question.name])
    return replace(survey, questions=tuple(questions))


def with_all_themes(connection: Connection, city: str, every: Sequence[Survey]) -> Survey:
    """All versions of a survey as one, with the themes of each question that a scheme is applied
    to."""
    applied = schemes.applied(connection, city, every[-1].slug)
    return with_themes(merged(every), themes_of(every, applied))


def disclosed(
    themes: Table, reached: int | None, before: int | None, threshold: int
) -> Table | None:
    """The themes with a base that, beside `reached`, the figure made public of how many the
    question itself was put to, tells of no fewer than the threshold: of either all of them or
    those who have a theme. None where neither will do. `before` is what the two differed by when
    themes were last made public: by how many that changed is told as well."""
    if reached is None or themes.base > reached:
        return None
    apart = reached - themes.base
    if apart < threshold:
        return replace(themes, base=reached)
    return None if before and abs(apart - before) < threshold else themes


def _table(
    connection: Connection, question: Question, applied: Applied, until: datetime | None
) -> Table:
    """Who has no theme (nobody has coded it, coders disagree, or a special code) and is not in the
    base counts as not coded, beside those whose reply was no answer at all."""
    use = applied.use
    lines = [Line(c.name, c.code, dict(c.label)) for c in applied.codes if not c.special]
    counts = {line.name: 0 for line in lines}
    base = without = 0
    counting = counting_sessions(use.city, use.survey, until)
    of: list[ColumnElement[bool]] = [ANSWER.c.session.in_(counting)]
    of += [] if until is None else [ANSWER.c.at <= until]
    for _, stands in labels.standings(connection, applied, *of):
        themes = [name for name in stands.codes or () if name in counts]
        base += bool(themes)
        without += not themes
        for name in themes:
            counts[name] += 1
    silent: Counter[str] = Counter(dict.fromkeys(NON_RESPONSE, 0))
    for count in by_answer(connection, use.city, use.survey).get(use.question, ()):
        if count.outcome in NON_RESPONSE:
            silent[count.outcome] += count.n
    silent[NOT_CODED] += without
    asked = themes_question(question, applied)
    return Table(asked, THEMES, base, lines, counts, dict(silent), apart=True)
