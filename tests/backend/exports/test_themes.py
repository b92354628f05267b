"""Themes in exports: codes that count leave, the words never do."""

import csv
import io
import json
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pyreadstat
import pytest
from sqlalchemy import Engine

from backend.exports import FORMATS, codebook, export, methodology
from backend.labelling import give
from backend.privacy import KeyRing
from backend.store import library, open_engine, schemes
from dialogue.survey import Status
from dialogue.survey_file import read_survey
from tests.backend.exports.seed import (
    AT,
    REFUSED,
    SLUG,
    WORDS,
    Way,
    add,
    city,
    plant,
    question,
    survey_file,
)
from tests.backend.words import LATER_SCHEME, SCHEME, apply_scheme, write

TOWN = "smalltown"
SAID = (
    *("so dark here, gangs too", "thanks a lot", "it is dark", "dark and gangs", "dark as ever"),
    "just gangs",
)
KEYS = KeyRing(["o" * 40])
COLUMNS = ["why@theme.lighting", "why@theme.gangs", "why@theme.no_answer"]


def label(engine: Engine, answer: int, coder: str, *codes: str, settles: bool = False) -> None:
    with library.writing(engine) as connection:
        give(connection, TOWN, answer, coder, codes, AT, settles=settles)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Six residents wrote: coded by one, special, coded alike by two, disputed, not coded, settled;
    a seventh refused; the rest of the small city is there too."""
    engine = open_engine(database_url)
    plant(engine, city())
    apply_scheme(engine, TOWN)
    one, special, both, disputed, _, settled = write(engine, KEYS, TOWN, SAID)
    label(engine, one, "ann", "gangs", "lighting")
    label(engine, special, "ann", "no_answer")
    for coder, codes in (("ann", "lighting"), ("ben", "lighting")):
        label(engine, both, coder, codes)
    label(engine, disputed, "ann", "lighting")
    label(engine, disputed, "ben", "gangs")
    label(engine, settled, "ann", "lighting")
    label(engine, settled, "ben", "gangs")
    label(engine, settled, "ann", "gangs", settles=True)
    with library.writing(engine) as connection:
        add(connection, TOWN, [Way({"why": REFUSED}, contact="zoe")], 5000)
    yield engine
    engine.dispose()


def written(engine: Engine, format: str) -> bytes:
    out = io.BytesIO()
    export(engine, city(), SLUG, format, "synthetic export key", out)
    return out.getvalue()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def coded(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    found = [tuple(row[name] for name in COLUMNS) for row in rows if row["why"] == "sealed"]
    return sorted(found, key=str)


EXPECTED = [("0", "0", "1"), ("0", "1", "0"), ("1", "0", "0"), ("1", "1", "0")]
"""Special, settled, coded by two, coded by one. The seed's own words are not coded, as the disputed
and the unread ones."""


def test_a_row_a_response_has_a_column_a_code(engine: Engine) -> None:
    rows = table(written(engine, "csv"))
    header = list(rows[0])
    at = header.index("why")
    assert header[at : at + 4] == ["why", *COLUMNS]
    assert coded(rows) == [("", "", "")] * 3 + EXPECTED
    others = [row for row in rows if row["why"] != "sealed"]
    assert {row[name] for row in others for name in COLUMNS} == {""}


def test_every_format_of_responses_has_them(engine: Engine, tmp_path: Path) -> None:
    numbers = [tuple(int(n) for n in row) for row in EXPECTED]
    lines = [json.loads(line) for line in written(engine, "json").decode().splitlines()]
    themes = [line["answers"]["why@theme"] for line in lines if "why@theme" in line["answers"]]
    assert sorted(one["names"] for one in themes if one["outcome"] == "answered") == [
        ["gangs"], ["lighting"], ["lighting", "gangs"], ["no_answer"],
    ]  # fmt: skip
    assert {one["type"] for one in themes} == {"select_many"}
    sheets = openpyxl.load_workbook(io.BytesIO(written(engine, "xlsx")))
    header, *cells = sheets["responses"].values
    rows: list[dict[str, Any]] = [dict(zip(map(str, header), row, strict=True)) for row in cells]
    assert [row for row in coded(rows) if None not in row] == numbers
    parquet = polars.read_parquet(io.BytesIO(written(engine, "parquet")))
    assert [row for row in coded(parquet.to_dicts()) if None not in row] == numbers
    (tmp_path / "rows.sav").write_bytes(written(engine, "sav"))
    frame, meta = pyreadstat.read_sav(
        tmp_path / "rows.sav", output_format="dict", user_missing=True
    )
    assert meta.column_names_to_labels["why@theme.gangs"] == "Gangs: why? en"
    assert sorted(n for n in frame["why@theme.gangs"] if n is not None) == [
        -2, -1, -1, -1, -1, 0, 0, 1, 1,
    ]  # fmt: skip
    hxl = table(written(engine, "hxl"))
    assert hxl[0]["why@theme.gangs"] == "#indicator+why+theme+gangs+num"


def test_a_row_an_answer_tells_what_is_not_coded(engine: Engine) -> None:
    rows = [row for row in table(written(engine, "long")) if row["question"] == "why@theme"]
    assert sorted((row["outcome"], row["code"], row["name"]) for row in rows) == [
        ("answered", "G", "gangs"), ("answered", "L", "lighting"),
        ("answered", "L G", "lighting gangs"), ("answered", "NA", "no_answer"),
        *[("not_coded", "", "")] * 3, ("refused", "", ""), ("skipped", "", ""),
    ]  # fmt: skip


def test_flow_results_have_a_question_with_several_answers(engine: Engine) -> None:
    with zipfile.ZipFile(io.BytesIO(written(engine, "flow-results"))) as package:
        descriptor = json.loads(package.read("datapackage.json"))
        answers = json.loads(package.read("data/responses.json"))
    questions = descriptor["resources"][0]["schema"]["questions"]
    assert questions["why@theme"]["type"] == "select_many"
    assert questions["why@theme"]["type_options"]["choices"] == ["lighting", "gangs", "no_answer"]
    assert sorted(row[5] for row in answers if row[4] == "why@theme") == [
        ["gangs"], ["lighting"], ["lighting", "gangs"], ["no_answer"],
    ]  # fmt: skip
    assert "why" not in {row[4] for row in answers}


@pytest.mark.parametrize("format", FORMATS)
def test_the_words_never_leave(engine: Engine, format: str) -> None:
    content = written(engine, format)
    parts = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = [package.read(name) for name in package.namelist()]
    assert not any(said.encode() in part for part in parts for said in SAID)
    assert not any(b'street light"' in part for part in parts), "nor what hints at codes"


def test_the_codebook_lists_the_scheme(engine: Engine) -> None:
    out = io.BytesIO()
    codebook(engine, city(), SLUG, out)
    lines = [row for row in table(out.getvalue()) if row["question"] == "why@theme"]
    assert [(row["column"], row["code"], row["role"], row["dimension"]) for row in lines] == [
        ("why@theme.lighting", "L", "", "personal"), ("why@theme.gangs", "G", "", "community"),
        ("why@theme.no_answer", "NA", "special", ""),
    ]  # fmt: skip
    assert [row["label_es"] for row in lines] == ["Alumbrado", "Pandillas", ""]
    assert {row["version"] for row in lines} == {"2"}
    assert {row["denominator"][:16] for row in lines} == {"who has a code: "}


def test_the_note_says_how_it_was_coded(engine: Engine) -> None:
    note = methodology(engine, city(), SLUG)["coding"]["why"]
    assert (note["scheme"], note["version"], note["coders"]) == ("why-unsafe", 1, 1)
    assert list(note["agreement"]) == ["percent", "cohen_kappa", "krippendorff_alpha", "why_none"]


def test_the_note_tells_agreement_on_enough_answers(engine: Engine) -> None:
    """Three are labelled by two; the seventh more make ten, as many as the threshold."""
    for n, answer in enumerate(write(engine, KEYS, TOWN, ["dark"] * 7)):
        label(engine, answer, "ann", "gangs")
        label(engine, answer, "ben", "gangs")
        found = methodology(engine, city(), SLUG)["coding"]["why"]["agreement"]
        assert (found["percent"] is None) is (n < 6)
        assert (found["why_none"] is None) is (n == 6)
    assert found["percent"] == 80.0
    assert found["krippendorff_alpha"] is not None


def test_codes_of_earlier_versions_keep_their_columns(engine: Engine) -> None:
    apply_scheme(engine, TOWN, source=LATER_SCHEME)
    header = list(table(written(engine, "csv"))[0])
    at = header.index("why")
    assert header[at + 1 : at + 5] == [
        "why@theme.lighting", "why@theme.transport", "why@theme.no_answer", "why@theme.gangs",
    ]  # fmt: skip


def test_a_question_that_sounds_like_it_is_another(engine: Engine) -> None:
    named = survey_file(question("why", "open", required="false"), question("why_theme", "yes_no"))
    with library.writing(engine) as connection:
        library.publish(connection, TOWN, named, AT)
        add(
            connection, TOWN, [Way({"why_theme": ("answered", "no")}, version=3, contact="y")], 6000
        )
    rows = table(written(engine, "csv"))
    assert "2" in {row["why_theme"] for row in rows}
    assert {row["why@theme.gangs"] for row in rows} == {"", "0", "1"}


def test_no_question_can_have_the_name_of_themes() -> None:
    _, faults = read_survey(tomllib.loads(survey_file(question("why@theme", "yes_no"))))
    assert any(fault.where.endswith(".name") for fault in faults)


def test_a_question_that_was_closed_once_has_no_themes_there(engine: Engine) -> None:
    with library.writing(engine) as connection:
        library.publish(connection, TOWN, survey_file(question("why", "yes_no")), AT)
        way = Way({"why": ("answered", "no")}, version=3, contact="y")
        add(connection, TOWN, [way, replace(way, status=Status.STOPPED, contact="z")], 6000)
        schemes.publish(connection, TOWN, SCHEME, AT)
    rows = [row for row in table(written(engine, "csv")) if row["version"] == "3"]
    assert {row["why"] for row in rows} == {"2"}
    assert {row["why@theme.gangs"] for row in rows} == {""}
    long = [row for row in table(written(engine, "long")) if row["version"] == "3"]
    assert {row["question"] for row in long} == {"why"}


def test_without_a_scheme_an_export_is_as_it_was(engine: Engine) -> None:
    assert WORDS == ("answered", None)
    plant(engine, city("othertown"))
    out = io.BytesIO()
    export(engine, city("othertown"), SLUG, "csv", "synthetic export key", out)
    assert "theme" not in out.getvalue().decode()
