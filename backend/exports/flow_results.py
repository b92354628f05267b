"""FLOIP Flow Results 1.1: a zip of a descriptor and a file of answers (exchange formats facts,
section 3).

Every change of the schema is a new package with an id of its own, as the specification allows.
Only answers are rows, and an option for "don't know" is one; sealed words and pictures are none.
"""

import hashlib
import hmac
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from babel.core import get_global
from sqlalchemy import Connection, func, select

from backend.exports.rows import Response
from backend.exports.snapshot import Snapshot
from backend.exports.source import Source
from backend.store.tables import SURVEY_VERSION
from dialogue.outcomes import Value
from dialogue.questions import Question
from dialogue.questions.choice import Choosing, SelectMany
from dialogue.questions.date import Date
from dialogue.questions.number import Age, Numeric, Scale
from dialogue.questions.place import Location
from dialogue.questions.words import Open, Photo

SPECIFICATION = "1.1.0"
DATA = "data/responses.json"
MADE = (1980, 1, 1, 0, 0, 0)
FIELDS = (
    ("timestamp", "Timestamp", "datetime"), ("row_id", "Row ID", "string"),
    ("contact_id", "Contact ID", "string"), ("session_id", "Session ID", "string"),
    ("question_id", "Question ID", "string"), ("response", "Response", "any"),
    ("response_metadata", "Response Metadata", "object"),
)  # fmt: skip


def write_flow_results(snapshot: Snapshot, out: BinaryIO) -> None:
    """`datapackage.json` and its one file. Times are days."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        described = descriptor(snapshot.source, published(snapshot.connection, snapshot.source))
        package.writestr(_entry("datapackage.json"), _json(described))
        with package.open(_entry(DATA), "w", force_zip64=True) as file:
            before = b"["
            for response in snapshot.responses():
                for row in answer_rows(snapshot.source, response):
                    file.write(before + _json(row))
                    before = b",\n"
            file.write(b"[]\n" if before == b"[" else b"]\n")


def descriptor(source: Source, published: datetime) -> dict[str, Any]:
    """The package's descriptor, of a survey whose newest version was published then."""
    language = _language(source)
    schema = {
        "language": three_letters(language),
        "fields": [{"name": n, "title": title, "type": of} for n, title, of in FIELDS],
        "questions": {
            q.name: _described(source, q, language) for q in source.survey.questions if q.asks
        },
    }
    version = published.isoformat()
    name = source.survey.slug
    return {
        "profile": "flow-results-package",
        "name": name,
        "flow_results_specification_version": SPECIFICATION,
        "created": version,
        "modified": version,
        "id": str(_id(source, schema)),
        "title": source.survey.title.get(language, name),
        **({"synthetic": True} if source.profile.demo else {}),
        "resources": [
            {
                "profile": "data-resource",
                "name": f"{name}-data",
                "path": DATA,
                "access_method": "file",
                "mediatype": "application/json",
                "encoding": "utf-8",
                "schema": schema,
            }
        ],
    }


def three_letters(code: str) -> str:
    """A locale's language in ISO 639-3, by the names CLDR knows as longer ones of it."""
    language = code.replace("_", "-").split("-")[0]
    aliases: Mapping[str, str] = get_global("language_aliases")
    longer = sorted(name for name, short in aliases.items() if short == language)
    return next((name for name in longer if len(name) == 3), language)


def _language(source: Source) -> str:
    """The language of titles and labels."""
    title = source.survey.title
    return next((code for code in source.profile.languages if code in title), next(iter(title)))


def _id(source: Source, schema: Mapping[str, Any]) -> uuid.UUID:
    """The same for the same survey, schema and key."""
    about = f"package:{source.profile.slug}:{source.survey.slug}:".encode() + _json(schema)
    return uuid.UUID(bytes=hmac.digest(source.key, about, hashlib.sha256)[:16], version=4)


def published(connection: Connection, source: Source) -> datetime:
    """When the newest version of a survey was published."""
    newest: datetime = connection.execute(
        select(func.max(SURVEY_VERSION.c.published_at)).where(
            SURVEY_VERSION.c.city == source.profile.slug,
            SURVEY_VERSION.c.slug == source.survey.slug,
        )
    ).scalar_one()
    return newest


# --- questions ----------------------------------------------------------------------------------
def _described(source: Source, question: Question, language: str) -> dict[str, Any]:
    kind, options = _type(source, question)
    label = question.text.get(language) or question.name
    described: dict[str, Any] = {"type": kind, "label": label, "type_options": options}
    if question.indicator:
        described["semantic_labels"] = [question.indicator]
    if isinstance(question, Age | Open | Photo):
        described["is_personal_information"] = True
    return described


def _type(source: Source, question: Question) -> tuple[str, dict[str, Any]]:
    """FLOIP's type of a question, with its options. A place is one of the city's areas."""
    match question:
        case Scale() | Numeric():
            return "numeric", {"range": _range(source, question)}
        case SelectMany():
            return "select_many", {"choices": [option.name for option in question.options]}
        case Choosing():
            return "select_one", {"choices": [option.name for option in question.options]}
        case Location():
            return "select_one", {"choices": list(source.areas)}
        case Date():
            return "date", {}
        case Photo():
            return "image", {}
        case _:
            return "text", {}


def _range(source: Source, question: Question) -> list[float]:
    """What may be answered in any version."""
    bounds = [
        q.bounds()
        for survey in source.versions.values()
        for q in survey.questions
        if q.name == question.name and isinstance(q, Numeric | Scale)
    ]
    return [min(low for low, _ in bounds), max(high for _, high in bounds)]


# --- answers ------------------------------------------------------------------------------------
def answer_rows(source: Source, response: Response) -> Iterator[list[Any]]:
    """A response as a row an answer, in the survey's order."""
    for question in source.survey.questions:
        given = response.answers.get(question.name)
        if given is None or given.value is None:
            continue
        value = _fitting(source, question, given.value)
        if value is not None:
            yield [
                _midnight(given.on),
                row_id(response.id, question),
                response.respondent,
                response.id,
                question.name,
                value,
                {},
            ]


def row_id(response: str, question: Question) -> str:
    """The id of an answer's row."""
    return f"{response}-{question.name}"


def _fitting(source: Source, question: Question, value: Value) -> Any:
    """The answer as the question's type has it, or None where it has no such answer."""
    names = {option.name for option in question.options}
    match question, value:
        case ((Scale() | Numeric()), (int() | float())):
            return value
        case SelectMany(), tuple():
            return [name for name in value if name in names]
        case ((SelectMany() | Scale() | Numeric() | Photo() | Open()), _):
            return None
        case Choosing(), str():
            return value if value in names else None
        case Location(), str():
            return value if value in source.areas else None
        case Date(), str():
            return value
        case _:
            return None


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00+00:00"


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry that is the same each time."""
    entry = zipfile.ZipInfo(name, MADE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
