"""Every format read by programs that we did not write."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pyreadstat
import pytest
from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.exports import FORMATS, export
from backend.exports.neutral import DANGER, plain
from backend.exports.rows import Disposition
from backend.exports.spss import LONGEST_NAME
from backend.exports.tabular import FIRST
from backend.store import library, open_engine
from tests.backend.exports.hostile import HOSTILE, LABEL, LONG_NAME, plant_hostile
from tests.backend.exports.seed import AT, FIRST_VERSION, SLUG, WAYS, city, plant

KEY = "synthetic export key"


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """Both synthetic cities. What the files hold on either database is the same (golden files)."""
    engine = open_engine(sqlite_url)
    plant(engine, city())
    plant_hostile(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def odd(engine: Engine) -> CityProfile:
    with engine.connect() as connection:
        return library.load_profile(connection, "oddtown")


def written(engine: Engine, format: str, profile: CityProfile | None = None) -> bytes:
    out = io.BytesIO()
    export(engine, profile or city(), SLUG, format, KEY, out)
    return out.getvalue()


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


# --- Excel --------------------------------------------------------------------------------------
def book(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    return {s.title: list(s.values) for s in openpyxl.load_workbook(io.BytesIO(content))}


def test_a_workbook_has_four_sheets_with_numbers_as_numbers(engine: Engine) -> None:
    sheets = book(written(engine, "xlsx"))
    assert list(sheets) == ["responses", "answers", "codebook", "methodology"]
    header, *rows = sheets["responses"]
    assert header == tuple(table(written(engine, "csv"))[0])
    assert len(rows) == len(WAYS)
    [full] = [dict(zip(header, row, strict=True)) for row in rows if row[-2] == 2]
    assert full["started_at"] == datetime(2026, 11, 2)  # noqa: DTZ001 (Excel knows no zone)
    assert (full["safe"], full["wrong.dark"], full["age"], full["times"]) == (3, 1, 34, -5)
    assert (full["first"], full["why"], full["since"]) == ("2 1", "sealed", datetime(2024, 2, 29))  # noqa: DTZ001
    answers = [[str(v) if v is not None else "" for v in row] for row in sheets["answers"][1:]]
    texts = [list(row.values()) for row in table(written(engine, "long"))]
    assert answers == texts
    note = dict(sheets["methodology"][1:])
    assert note["sponsor"] == "Smalltown Council"
    assert note["rates.formulas.COOP1"] == "I / ((I+P)+R+O)"


def test_no_cell_of_a_workbook_is_a_formula_and_words_come_back(
    engine: Engine, odd: CityProfile
) -> None:
    content = written(engine, "xlsx", odd)
    cells = [
        c for s in openpyxl.load_workbook(io.BytesIO(content)) for r in s for c in r if c.value
    ]
    assert {cell.data_type for cell in cells} == {"s", "n", "d"}
    texts = {str(cell.value) for cell in cells if cell.data_type == "s"}
    assert not [text for text in texts if text.lstrip(" \u00a0").startswith(DANGER)]
    back = {plain(text) for text in texts}
    assert {LABEL, "=HYPERLINK(1) ¿Qué?", HOSTILE[0], HOSTILE[4]} <= back
    assert "1869-07-18" in back, "Excel has no day before 1900"


def test_a_full_sheet_goes_on_in_a_further_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = book(written(engine, "xlsx"))
    monkeypatch.setattr("backend.exports.workbook.MOST_ROWS", 20)
    sheets = book(written(engine, "xlsx"))
    assert list(sheets)[:3] == ["responses", "answers", "answers 2"]
    assert sheets["answers"] + sheets["answers 2"][1:] == whole["answers"]
    assert sheets["answers 2"][0] == whole["answers"][0]


# --- SPSS and Parquet ---------------------------------------------------------------------------
def spss(content: bytes, folder: Path, **more: Any) -> tuple[polars.DataFrame, Any]:
    path = folder / "read.sav"
    path.write_bytes(content)
    frame, told = pyreadstat.read_sav(path, output_format="polars", **more)
    return frame, told


def test_spss_has_the_wording_and_missing_values(engine: Engine, tmp_path: Path) -> None:
    content = written(engine, "sav")
    frame, told = spss(content, tmp_path, user_missing=True)
    assert frame.columns == list(table(written(engine, "csv"))[0])
    assert told.column_names_to_labels["wrong.dark"] == "dark en: wrong? en"
    assert told.variable_value_labels["safe"] == {
        1: "yes safe en", 2: "somewhat en", 3: "unsafe en",
        9: "unsure en", -1: "Skipped or not coded", -2: "Refused",
    }  # fmt: skip
    [unsure] = frame.filter(polars.col("language") == "es").to_dicts()
    assert (unsure["safe"], unsure["trust"]) == (9, 9), "their own codes"
    assert (unsure["age"], unsure["language.answer"], unsure["times"]) == (-2, -3, 2.5)
    assert unsure["started_at"] == date(2026, 11, 2)
    assert told.missing_ranges["times"] == [{"lo": n, "hi": n} for n in (-13, -12, -11)]
    without, _ = spss(content, tmp_path)
    [unsure] = without.filter(polars.col("language") == "es").to_dicts()
    assert unsure["safe"] is unsure["age"] is unsure["trust"] is None
    assert without["safe"].mean() == pytest.approx((2 + 3 + 2 + 3 + 2) / 5)
    assert told.variable_measure["trust"] == "ordinal"
    assert told.creation_time.year == 1980, "no time of writing, which would differ each time"


def test_spss_takes_long_names_reserved_words_and_every_script(
    engine: Engine, odd: CityProfile, tmp_path: Path
) -> None:
    frame, told = spss(written(engine, "sav", odd), tmp_path, user_missing=True)
    assert [name for name in frame.columns if name.startswith("by")] == ["by_", "by__20"]
    assert frame["snap"].to_list().count("sent") == 1
    long = [name for name in frame.columns if name.startswith("qx")]
    assert len(set(long)) == 2
    assert max(map(len, long)) <= LONGEST_NAME
    assert told.column_names_to_labels["risk"] == "=HYPERLINK(1) ¿Qué?"
    assert sorted(frame["by_"].drop_nulls()) == [-51, -50, 2.5], "-51: skipped"
    assert set(frame["area_name"]) == {"", HOSTILE[0], HOSTILE[4]}, "as it is: nothing runs here"


def test_parquet_has_types_and_the_codebook_inside(engine: Engine) -> None:
    content = written(engine, "parquet")
    frame = polars.read_parquet(io.BytesIO(content))
    assert frame.columns == list(table(written(engine, "csv"))[0])
    types = {name: str(of) for name, of in frame.schema.items()}
    assert types["safe"] == types["wrong.dark"] == types["age"] == "Int64"
    assert (types["times"], types["since"], types["why"]) == ("Float64", "Date", "String")
    assert frame["started_at"].unique().to_list() == [date(2026, 11, 2)]
    assert sorted(frame["safe"].drop_nulls()) == [2, 2, 2, 3, 3, 9]
    notes = polars.read_parquet_metadata(io.BytesIO(content))
    assert json.loads(notes["imbizo.methodology"])["survey"] == SLUG
    assert json.loads(notes["imbizo.codebook"])[0]["text_es"] == "safe? es"


def test_a_question_that_changed_its_type_is_text_in_typed_formats(
    engine: Engine, odd: CityProfile
) -> None:
    frame = polars.read_parquet(io.BytesIO(written(engine, "parquet", odd)))
    types = {name: str(of) for name, of in frame.schema.items()}
    assert (types["turned"], types["by"], types["gone"]) == ("String", "Float64", "String")
    assert set(frame["turned"]) == {None, "2020-01-31", "sealed"}
    assert set(frame["gone"]) == {"old", "1", "2"}, "a dropped code that means another by now"
    assert types["risk"] == "Int64", "a number once, a code that is one now"
    assert set(frame["risk"]) == {7, 1, None}


# --- JSON, GeoJSON, FLOIP, HXL -------------------------------------------------------------------
def test_json_lines_tell_non_response_apart(engine: Engine) -> None:
    lines = [json.loads(line) for line in written(engine, "json").splitlines()]
    assert [tuple(line)[:11] for line in lines] == [FIRST] * len(WAYS)
    [full] = [line for line in lines if "since" in line["answers"] and line["language"] == "en"]
    assert full["answers"]["wrong"]["codes"] == ["1", "3"]
    assert full["answers"]["wrong"]["names"] == ["dark", "gangs"]
    assert full["answers"]["why"]["value"] == "sealed"
    [unsure] = [line for line in lines if line["language"] == "es"]
    told = {name: answer["outcome"] for name, answer in unsure["answers"].items()}
    assert (told["age"], told["since"], told["why"]) == ("refused", "not_coded", "skipped")
    assert {line["disposition"] for line in lines} == set(Disposition)
    assert full["area_name"] == "=Riverside"


def test_flow_results_name_only_what_they_declare(engine: Engine, odd: CityProfile) -> None:
    for profile in (city(), odd):
        with zipfile.ZipFile(io.BytesIO(written(engine, "flow-results", profile))) as package:
            [resource] = json.loads(package.read("datapackage.json"))["resources"]
            rows = json.loads(package.read(resource["path"]))
        questions = resource["schema"]["questions"]
        assert profile.slug == "smalltown" or questions["snap"]["type"] == "image"
        assert [len(row) for row in rows] == [len(resource["schema"]["fields"])] * len(rows)
        assert len({row[1] for row in rows}) == len(rows) > 0
        for _, _, _, _, name, response, told in rows:
            assert told == {}
            check_response(questions[name], response)


def check_response(question: dict[str, Any], response: Any) -> None:
    match question["type"]:
        case "select_one":
            assert response in question["type_options"]["choices"]
        case "select_many":
            assert set(response) <= set(question["type_options"]["choices"])
        case "numeric":
            low, high = question["type_options"]["range"]
            assert low <= response <= high
        case "date":
            date.fromisoformat(response)
        case kind:
            pytest.fail(f"no answer of type {kind} may be there")


def test_another_schema_is_another_package(engine: Engine) -> None:
    def package_id() -> str:
        with zipfile.ZipFile(io.BytesIO(written(engine, "flow-results"))) as package:
            return str(json.loads(package.read("datapackage.json"))["id"])

    before = package_id()
    assert package_id() == before
    with library.writing(engine) as connection:
        library.publish(connection, "smalltown", FIRST_VERSION, AT)
    assert package_id() != before


def test_hxl_has_tags_under_its_header(engine: Engine, odd: CityProfile) -> None:
    rows = table(written(engine, "hxl", odd))
    tags = rows[0]
    assert tags["started_at"] == "#date+start"
    assert tags["risk"] == "#indicator+risk+num"
    assert tags["turned"] == "#indicator+turned+text"
    assert [row["by"] for row in rows[1:] if row["by"]]
    for row in rows[1:]:
        for header, value in row.items():
            if tags[header].endswith("+num") and value:
                float(value)


# --- text that a spreadsheet would run -----------------------------------------------------------
@pytest.mark.parametrize("format", [n for n, one in FORMATS.items() if one.suffix == "csv"])
def test_no_cell_of_a_csv_runs(engine: Engine, odd: CityProfile, format: str) -> None:
    text = written(engine, format, odd).decode()
    for row in csv.reader(io.StringIO(text, newline="")):
        for value in row:
            if not value.removeprefix("-").replace(".", "").isdigit():
                assert not value.lstrip(" \u00a0").startswith(DANGER), value


def test_the_long_names_stay_whole_where_they_may(engine: Engine, odd: CityProfile) -> None:
    assert f"{LONG_NAME}.{'z' * 60}" in table(written(engine, "csv", odd))[0]
