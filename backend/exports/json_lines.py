"""JSON Lines: an object a response, nothing made harmless for spreadsheets."""

import json
from typing import Any, BinaryIO

from backend.exports.coding import asked, coded
from backend.exports.rows import Given, Response
from backend.exports.snapshot import Snapshot
from backend.exports.source import Source
from backend.exports.tabular import FIRST, LAST, wide_row
from dialogue.questions import Question
from dialogue.questions.choice import Choosing


def write_json(snapshot: Snapshot, out: BinaryIO) -> None:
    """One line a response; its answers by question, non-response included. Words are `sealed`."""
    for response in snapshot.responses():
        line = json.dumps(_object(snapshot.source, response), ensure_ascii=False)
        out.write(line.encode() + b"\n")


def _object(source: Source, response: Response) -> dict[str, Any]:
    first = {
        name: None if value == "" else value
        for name, value in zip(FIRST, wide_row(source, response, ()), strict=True)
    }
    answers = {
        question.name: _answer(source, response, response.answers[question.name])
        for question in source.survey.questions
        if question.name in response.answers
    }
    mark = {LAST: True} if source.profile.demo else {}
    return {**first, **mark, "answers": answers}


def _answer(source: Source, response: Response, given: Given) -> dict[str, Any]:
    question = asked(source, response.version, given.question)
    shown = coded(source, response.version, given)
    return {
        "type": question.kind if question else None,
        "outcome": given.outcome,
        "rule": given.rule,
        "revision": given.revision,
        "codes": _several(question, shown.code),
        "names": _several(question, shown.name),
        "value": shown.value,
    }


def _several(question: Question | None, text: str) -> list[str]:
    """The options of an answer; of a place its one code or name."""
    if isinstance(question, Choosing):
        return text.split()
    return [text] if text else []
