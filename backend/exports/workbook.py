"""Excel: a workbook of four sheets. Text that a spreadsheet would run is made harmless."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from backend.exports.codebook import codebook_header, codebook_lines
from backend.exports.methodology import methodology_of
from backend.exports.neutral import cell
from backend.exports.snapshot import Snapshot
from backend.exports.tabular import LONG, long_rows, marked, marked_header
from backend.exports.typed import Typed, fields, typed_row

MOST_ROWS = 1_048_576
"""Rows of a sheet, its header included."""

FIRST_YEAR = 1900
"""Earlier days are no dates to Excel."""

MADE = datetime(1980, 1, 1)  # noqa: DTZ001 (as Excel keeps it)
"""Stands for the day of writing, which is to be the same each time."""


class Sheet:
    """A sheet that rows are added to; when it is full, they go on in a further one. A row is on
    disk once the next one is there."""

    def __init__(self, book: Workbook, name: str, header: Sequence[str]) -> None:
        self._book, self._name, self._header = book, name, header
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._number = 0
        self._begin()

    def add(self, row: Sequence[Typed]) -> None:
        """Writes a row."""
        if self._row == MOST_ROWS:
            self._begin()
        for place, value in enumerate(row):
            if isinstance(value, str):
                self._sheet.write_string(self._row, place, cell(value))
            elif isinstance(value, date) and value.year >= FIRST_YEAR:
                self._sheet.write_datetime(self._row, place, value, self._day)
            elif isinstance(value, date):
                self._sheet.write_string(self._row, place, value.isoformat())
            elif value is not None:
                self._sheet.write_number(self._row, place, value)
        self._row += 1

    def _begin(self) -> None:
        self._number += 1
        name = self._name if self._number == 1 else f"{self._name} {self._number}"
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        self.add(self._header)


def write_xlsx(snapshot: Snapshot, out: BinaryIO) -> None:
    """The sheets `responses`, `answers`, `codebook` and `methodology`."""
    source = snapshot.source
    wanted = fields(source)
    with Workbook(out, {"constant_memory": True, "use_zip64": True}) as book:
        book.set_properties({"created": MADE, "title": source.survey.slug})
        responses = Sheet(book, "responses", [field.name for field in wanted])
        answers = Sheet(book, "answers", marked_header(source, LONG))
        for response in snapshot.responses():
            responses.add(typed_row(source, response, wanted))
            for row in long_rows(source, response):
                answers.add(marked(source, row))
        wording = Sheet(book, "codebook", marked_header(source, codebook_header(source)))
        for line in codebook_lines(source):
            wording.add(marked(source, line))
        note = Sheet(book, "methodology", ("item", "value"))
        for item in _items(methodology_of(snapshot)):
            note.add(item)


def _items(note: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str | float | None]]:
    """A line an item; what is inside another is `outer.inner`."""
    for name, value in note.items():
        if isinstance(value, Mapping):
            yield from _items(value, f"{before}{name}.")
        elif value is None or isinstance(value, str | int | float):
            yield f"{before}{name}", str(value).lower() if isinstance(value, bool) else value
        else:
            yield f"{before}{name}", json.dumps(value, ensure_ascii=False)
