"""Cells that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.exports.neutral import DANGER, cell, plain

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
HOSTILE = st.builds(
    "".join,
    st.lists(
        st.sampled_from([*DANGER, "'", " ", "\u00a0", "A1", '"', ","]), min_size=1, max_size=6
    ),
)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+27600000000", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", "|x", "%x", "＝1", " =1"],
)
def test_what_begins_dangerously_gets_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize("value", [-5, 2.5, 0, "safe", "O'Brien", "1-2", ""])
def test_numbers_and_plain_text_stay(value: str | int | float) -> None:
    assert cell(value) == value


def test_nothing_is_an_empty_cell() -> None:
    assert cell(None) == ""


@given(TEXT | HOSTILE)
def test_a_cell_is_harmless_and_gives_its_text_back(text: str) -> None:
    shown = str(cell(text))
    assert not shown.lstrip(" \u00a0").startswith(DANGER)
    assert plain(shown) == text


@given(st.lists(TEXT | HOSTILE, min_size=2, max_size=5))
def test_a_row_written_as_csv_is_read_back(texts: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow([cell(text) for text in texts])
    out.seek(0)
    assert [plain(text) for text in next(csv.reader(out))] == texts
