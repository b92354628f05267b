"""HXL: the wide table with a row of hashtags under its header (HXL 1.1; exchange formats facts,
section 4). There is no hashtag for a question, so that each is an `#indicator` with its name. An
attribute has no @: `why@theme` is `+why+theme`."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from backend.exports.neutral import Scalar
from backend.exports.snapshot import Snapshot
from backend.exports.tabular import LAST, write_lines
from backend.exports.typed import Field, Kind, Typed, fields, typed_row

TAGS = {
    "response_id": "#meta+id",
    "respondent_id": "#respondee+id",
    "survey": "#meta+survey",
    "version": "#meta+version",
    "channel": "#channel+name",
    "language": "#meta+language",
    "area_code": "#loc+area+code",
    "area_name": "#loc+area+name",
    "started_at": "#date+start",
    "completed_at": "#date+end",
    "disposition": "#status",
    LAST: "#meta+synthetic",
}
ENDINGS = {Kind.TEXT: "+text", Kind.WHOLE: "+num", Kind.DECIMAL: "+num", Kind.DAY: "+day"}


def write_hxl(snapshot: Snapshot, out: BinaryIO) -> None:
    """One row a response. A number's column holds numbers or nothing."""
    write_lines(_lines(snapshot), out)


def _lines(snapshot: Snapshot) -> Iterator[list[Scalar]]:
    wanted = fields(snapshot.source)
    yield [field.name for field in wanted]
    yield [_tag(field) for field in wanted]
    for response in snapshot.responses():
        yield [_printed(value) for value in typed_row(snapshot.source, response, wanted)]


def _tag(field: Field) -> str:
    if field.column is None:
        return TAGS[field.name]
    option, name = field.column.option, field.column.question.name.replace("@", "+")
    return f"#indicator+{name}" + (
        f"+{option.name}{ENDINGS[field.kind]}" if option else ENDINGS[field.kind]
    )


def _printed(value: Typed) -> Scalar:
    return value.isoformat() if isinstance(value, date) else value
