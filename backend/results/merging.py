"""All versions of a survey as one: what results and exports put their columns in order by."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from backend.store import library
from dialogue.questions import Option, Question
from dialogue.survey import Survey


def merged(versions: Sequence[Survey]) -> Survey:
    """The latest version (the last given), then the questions and options that only earlier ones
    had, later versions first.

    Answers are keyed by an option's stable name, so one name has one code everywhere: the newest.
    Where the code of a dropped option means another by now, its name stands in its place.
    """
    latest = versions[-1]
    questions = {question.name: question for question in latest.questions}
    for survey in reversed(versions[:-1]):
        for question in survey.questions:
            known = questions.get(question.name, question)
            questions[question.name] = _with_options(known, question.options)
    return replace(latest, questions=tuple(questions.values()))


def _with_options(question: Question, earlier: Sequence[Option]) -> Question:
    """The question with the options it no longer has; one without options stays so."""
    if not question.options:
        return question
    options = {option.name: option for option in question.options}
    codes = {option.code for option in question.options}
    for option in earlier:
        if option.name not in options:
            code = option.name if option.code in codes else option.code
            options[option.name] = replace(option, code=code)
            codes.add(code)
    return replace(question, options=tuple(options.values()))


class SurveyUnknownError(Exception):
    """The city has no survey of that name."""


def versions(connection: Connection, city: str, slug: str) -> Sequence[Survey]:
    """Every version of a survey, oldest first. Raises SurveyUnknownError."""
    found = [p.survey for p in library.surveys(connection, city) if p.survey.slug == slug]
    if not found:
        raise SurveyUnknownError(slug)
    return found


def surveys(connection: Connection, city: str) -> list[Survey]:
    """A city's surveys, all versions of each as one."""
    slugs = sorted({one.survey.slug for one in library.surveys(connection, city)})
    return [merged(versions(connection, city, slug)) for slug in slugs]
