"""Themes in exports: beside a question in words stands one with the codes that people gave to it,
for as far as coders agree or a person has settled it. The words never leave."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from backend.results.themes import themes_question
from backend.store import labels
from backend.store.schemes import Applied
from backend.store.tables import ANSWER
from dialogue.questions import Question
from dialogue.questions.choice import SelectMany
from dialogue.questions.words import Open
from dialogue.scheme import in_order
from dialogue.survey import Survey

LABELLED = "labelled by people"
"""The rule of a theme."""


def themes_of(surveys: Sequence[Survey], applied: Mapping[str, Applied]) -> dict[str, SelectMany]:
    """The question of themes for each question that a scheme is applied to."""
    taken = {question.name for survey in surveys for question in survey.questions}
    latest = {question.name: question for survey in surveys for question in survey.questions}
    return {
        name: themes_question(latest[name], one, taken)
        for name, one in applied.items()
        if name in latest
    }


def with_themes(survey: Survey, themes: Mapping[str, SelectMany]) -> Survey:
    """The survey with the themes of an open question right after it."""
    questions: list[Question] = []
    for question in survey.questions:
        questions.append(question)
        if question.name in themes and isinstance(question, Open):
            questions.append(themes[question.name])
    return replace(survey, questions=tuple(questions))


def given_codes(
    connection: Connection, applied: Mapping[str, Applied], sessions: Sequence[str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The codes that count, by session and question, of answers in words in these sessions."""
    return {
        (row.session, name): in_order(one.codes, stands.codes)
        for name, one in applied.items()
        for row, stands in labels.standings(connection, one, ANSWER.c.session.in_(sessions))
        if stands.codes is not None
    }
