"""SPSS: the wide table with the wording of questions and options, and missing values."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from backend.exports.arrow import StatisticsMissingError, record_batches, schema
from backend.exports.neutral import Scalar
from backend.exports.rows import Response
from backend.exports.snapshot import Snapshot
from backend.exports.source import Source
from backend.exports.typed import Field, Kind, Typed, fields, typed_row
from backend.results.tables import NON_RESPONSE, labels
from dialogue.questions import Question
from dialogue.questions.choice import Choosing
from dialogue.questions.number import Numeric, Scale

LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL = 64, 255, 120
"""Bytes that SPSS takes."""

RESERVED = frozenset(
    ["all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"]
)
"""Words that are no variable's name."""

MOST_MISSING = 3
"""Missing values that a variable may have."""

MISSING = {"dont_know": "Don't know", "refused": "Refused", "silent": "Skipped or not coded"}
EPOCH = date(1582, 10, 14).toordinal()
"""The day from which SPSS counts its seconds."""

DAY, DAY_FORMAT = 86_400, "SDATE10"
STAMP, STAMP_AT = b"01 Jan 8000:00:00", 92
"""Day and time of writing in the file's head, which are to be the same each time."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A field under the name it has in SPSS. `missing` are values by kind of non-response."""

    field: Field
    name: str
    label: str
    values: Mapping[int, str]
    missing: Mapping[str, int]


def write_sav(snapshot: Snapshot, out: BinaryIO) -> None:
    """One row a response. A question's non-response is one of its missing values; who was never
    asked has the system's. Raises StatisticsMissingError before anything is written."""
    try:
        import polars
        import pyarrow as pa
        from pyreadstat import write_sav as write
    except ImportError:
        raise StatisticsMissingError("sav") from None
    variables = variables_of(snapshot.source)
    with tempfile.TemporaryDirectory() as folder:
        arrow, sav = Path(folder) / "rows.arrow", Path(folder) / "rows.sav"
        _write_arrow(snapshot, variables, arrow)
        with pa.memory_map(str(arrow)) as mapped:  # the rows stay on disk
            table = polars.from_arrow(pa.ipc.open_file(mapped).read_all(), rechunk=False)
            write(table, sav, **_described(snapshot.source, variables))
        with sav.open("r+b") as file:
            file.seek(STAMP_AT)
            file.write(STAMP)
            file.seek(0)
            shutil.copyfileobj(file, out)


def variables_of(source: Source) -> Sequence[Variable]:
    """The file's variables."""
    wanted = fields(source)
    names = variable_names([field.name for field in wanted])
    return [_variable(source, field, name) for field, name in zip(wanted, names, strict=True)]


def variable_names(headers: Sequence[str]) -> list[str]:
    """Names that SPSS takes, each once: a reserved one gets a dash below, a long one is cut and
    numbered."""
    names: list[str] = []
    for place, header in enumerate(headers):
        name = f"{header}_" if header in RESERVED else header
        if len(name) > LONGEST_NAME or name in names:
            name = f"{name[: LONGEST_NAME - 8]}_{place}"
        names.append(name)
    return names


def _variable(source: Source, field: Field, name: str) -> Variable:
    if field.column is None:
        return Variable(field, name, field.name, {}, {})
    question = field.column.question
    label = _worded(source, question.text) or question.name
    if field.column.option is not None:
        label = f"{_option(source, question, field.column.option)}: {label}"
    if field.kind not in (Kind.WHOLE, Kind.DECIMAL):
        return Variable(field, name, label, {}, {})
    missing = _missing(source, field)
    values = {value: MISSING[kind] for kind, value in missing.items()} | _values(source, field)
    return Variable(field, name, label, values, missing)


def _missing(source: Source, field: Field) -> dict[str, int]:
    """Missing values by kind of non-response: the option's own code where it has one, else a
    number below all answers."""
    assert field.column is not None  # noqa: S101 (asked of questions only)
    question = field.column.question
    own = {}
    if field.column.option is None:
        own = {o.role: int(o.code) for o in question.options if o.role in NON_RESPONSE}
    kinds = ("silent", "refused", "dont_know")
    return {kind: own.get(kind, _below(source, question) - n) for n, kind in enumerate(kinds)}


def _below(source: Source, question: Question) -> int:
    """The greatest number below zero and below all that may be answered in any version."""
    least = [
        q.bounds()[0]
        for survey in source.versions.values()
        for q in survey.questions
        if q.name == question.name and isinstance(q, Numeric | Scale)
    ]
    return int(min([0, *least])) - 1


def _values(source: Source, field: Field) -> dict[int, str]:
    column = field.column
    if column is None or not isinstance(column.question, Choosing):
        return {}
    if column.option is not None:
        return {0: "Not chosen", 1: "Chosen"}
    question = column.question
    return {int(o.code): _option(source, question, o) for o in question.options}


def _option(source: Source, question: Question, option: Any) -> str:
    return _worded(source, labels(question, option)) or str(option.name)


def _worded(source: Source, words: Mapping[str, str]) -> str:
    """In the city's first language that has it."""
    order = (*source.profile.languages, *words)
    return next((words[code] for code in order if words.get(code)), "")


def _clipped(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


# --- rows ---------------------------------------------------------------------------------------
def _write_arrow(snapshot: Snapshot, variables: Sequence[Variable], path: Path) -> None:
    import pyarrow as pa

    numbers = [
        replace(
            v.field, name=v.name, kind=Kind.DECIMAL if v.field.kind is Kind.DAY else v.field.kind
        )
        for v in variables
    ]
    described = schema(numbers, pa.string_view())  # which polars need not copy
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, described) as writer:
        for batch in record_batches(_rows(snapshot, variables), described):
            writer.write_batch(batch)


def _rows(snapshot: Snapshot, variables: Sequence[Variable]) -> Iterator[list[Typed]]:
    wanted = [variable.field for variable in variables]
    for response in snapshot.responses():
        row = typed_row(snapshot.source, response, wanted)
        yield [_held(response, v, value) for v, value in zip(variables, row, strict=True)]


def _held(response: Response, variable: Variable, value: Typed) -> Scalar:
    if isinstance(value, date):
        return float((value.toordinal() - EPOCH) * DAY)
    if value is not None or variable.field.kind is Kind.DAY:
        return value
    if variable.field.kind is Kind.TEXT:
        return ""
    return _silence(response, variable)


def _silence(response: Response, variable: Variable) -> int | None:
    """The missing value of a question that was not answered."""
    column = variable.field.column
    given = response.answers.get(column.question.name) if column else None
    if given is None or given.outcome not in NON_RESPONSE:
        return None
    kind = given.outcome if given.outcome in variable.missing else "silent"
    return variable.missing.get(kind)


def _described(source: Source, variables: Sequence[Variable]) -> dict[str, Any]:
    """What `write_sav` is told of the variables."""
    return {
        "file_label": _clipped(_worded(source, source.survey.title), LONGEST_NAME),
        "column_labels": {v.name: _clipped(v.label, LONGEST_LABEL) for v in variables},
        "variable_value_labels": {
            v.name: {n: _clipped(words, LONGEST_VALUE_LABEL) for n, words in v.values.items()}
            for v in variables
            if v.values
        },
        "missing_ranges": {v.name: sorted(v.missing.values()) for v in variables if v.missing},
        "variable_measure": {v.name: _measure(v.field) for v in variables},
        "variable_format": {v.name: DAY_FORMAT for v in variables if v.field.kind is Kind.DAY},
    }


def _measure(field: Field) -> str:
    question = field.column.question if field.column else None
    if isinstance(question, Scale):
        return "ordinal"
    number = field.kind in (Kind.DECIMAL, Kind.DAY) or isinstance(question, Numeric)
    return "scale" if number else "nominal"
