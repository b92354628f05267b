"""Exports of a small city, compared with files that a person has read."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.exports import (
    FORMATS,
    FormatUnknownError,
    KeyTooShortError,
    codebook,
    export,
    methodology,
)
from backend.exports.rows import DISPOSITIONS, responses
from backend.exports.source import load
from backend.exports.tabular import FIRST
from backend.results import SurveyUnknownError, results
from backend.results.report import Participation
from backend.store import library, open_engine
from backend.store.erasure import erase
from dialogue.survey import Status
from tests.backend.exports.seed import SECRET, SLUG, WAYS, Way, city, plant, said

GOLDEN = Path(__file__).parent / "golden"
KEY = "synthetic export key"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with a small city in it."""
    engine = open_engine(database_url)
    plant(engine, city())
    yield engine
    engine.dispose()


TABLES = ("csv", "long")


def written(engine: Engine, format: str, key: str = KEY, demo: bool = False) -> bytes:
    out = io.BytesIO()
    export(engine, city(demo=demo), SLUG, format, key, out)
    return out.getvalue()


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def compare(name: str, text: str, update: bool) -> None:
    """With the golden file, which has plain line ends."""
    assert text.endswith("\n")
    path = GOLDEN / name
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("\r\n", "\n"), encoding="utf-8")
    assert text.replace("\r\n", "\n") == path.read_text(encoding="utf-8")


PLAIN = [name for name, one in FORMATS.items() if one.suffix in ("csv", "jsonl", "geojson")]


@pytest.mark.parametrize("format", PLAIN)
def test_a_format_is_as_it_was(engine: Engine, format: str, pytestconfig: pytest.Config) -> None:
    text = written(engine, format).decode()
    name = f"{format}.{FORMATS[format].suffix}"
    compare(name, text, pytestconfig.getoption("--update"))
    if name.endswith("csv"):
        assert text.count("\r\n") == text.count("\n")


def test_a_flow_results_package_is_as_it_was(engine: Engine, pytestconfig: pytest.Config) -> None:
    with zipfile.ZipFile(io.BytesIO(written(engine, "flow-results"))) as package:
        assert package.namelist() == ["datapackage.json", "data/responses.json"]
        descriptor = json.loads(package.read("datapackage.json"))
        answers = package.read("data/responses.json").decode()
    update = pytestconfig.getoption("--update")
    compare("datapackage.json", json.dumps(descriptor, indent=1) + "\n", update)
    compare("responses.json", answers, update)


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_holds_what_a_resident_wrote(engine: Engine, format: str) -> None:
    content = written(engine, format)
    whole = [content, *parts(content)] if content.startswith(b"PK") else [content]
    assert not any(SECRET.encode() in part for part in whole)


def parts(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist()]


def test_the_codebook_is_as_it_was(engine: Engine, pytestconfig: pytest.Config) -> None:
    out = io.BytesIO()
    codebook(engine, city(), SLUG, out)
    compare("codebook.csv", out.getvalue().decode(), pytestconfig.getoption("--update"))


def test_the_first_columns_are_those_of_the_contract(engine: Engine) -> None:
    header = written(engine, "csv").decode().split("\r\n")[0].split(",")
    assert tuple(header[:11]) == FIRST
    assert header[11:] == [
        "safe", "wrong.dark", "wrong.gangs", "wrong.nothing", "wrong.traffic", "first", "trust",
        "place", "age", "times", "since", "why", "language.answer", "dog",
    ]  # fmt: skip


@pytest.mark.parametrize("format", TABLES)
def test_another_key_gives_other_ids(engine: Engine, format: str) -> None:
    first, other = written(engine, format), written(engine, format, "another synthetic key")
    ids, others = ({row["response_id"] for row in rows(text)} for text in (first, other))
    assert ids.isdisjoint(others)
    assert [row["response_id"] for row in rows(first)] == sorted(
        row["response_id"] for row in rows(first)
    )


def test_a_respondent_is_known_again_until_erased(engine: Engine) -> None:
    people = [row["respondent_id"] for row in rows(written(engine, "csv"))]
    assert len(people) == len(WAYS)
    assert sorted(people.count(person) for person in set(people)) == [1, 1, 1, 1, 1, 1, 1, 3]
    responses = {row["response_id"] for row in rows(written(engine, "csv"))}
    assert responses.isdisjoint(people), "equal ids would show who was erased"


@pytest.mark.parametrize("format", [*TABLES, "summary"])
def test_a_demo_city_says_synthetic_in_every_row(engine: Engine, format: str) -> None:
    found = rows(written(engine, format, demo=True))
    assert list(found[0])[-1] == "synthetic"
    assert {row["synthetic"] for row in found} == {"yes"}
    assert "synthetic" not in rows(written(engine, format))[0]


def test_progress_is_told_up_to_the_end(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.exports.snapshot.REPORT_EVERY", 4)
    told: list[tuple[int, int]] = []
    export(
        engine,
        city(),
        SLUG,
        "xlsx",
        KEY,
        io.BytesIO(),
        lambda done, total: told.append((done, total)),
    )
    assert told == [(0, 10), (4, 10), (8, 10), (10, 10)]


def test_every_status_has_a_disposition() -> None:
    assert set(DISPOSITIONS) == set(Status)


def test_an_export_is_of_one_city_alone(engine: Engine) -> None:
    before = written(engine, "csv")
    plant(engine, city("othertown"))
    assert written(engine, "csv") == before


def test_what_cannot_be_exported_is_said_before_anything_is_written(engine: Engine) -> None:
    out = io.BytesIO()
    with pytest.raises(SurveyUnknownError):
        export(engine, city(), "nothing", "csv", KEY, out)
    with pytest.raises(FormatUnknownError, match="csv, long"):
        export(engine, city(), SLUG, "pdf", KEY, out)
    with pytest.raises(KeyTooShortError):
        export(engine, city(), SLUG, "csv", "short", out)
    assert out.getvalue() == b""


def test_the_note_has_the_rates_of_the_results_also_after_an_erasure(database_url: str) -> None:
    """One of 13 broke off twice before completing it; the file has all 15 responses."""
    engine = open_engine(database_url)
    unsafe = {"safe": said("unsafe")}
    ways = [Way(unsafe, contact=f"p{n}") for n in range(11)]
    ways += [Way(unsafe, Status.EXPIRED, contact="late")]
    ways += [Way(unsafe, status, contact="zoe") for status in (Status.EXPIRED,) * 2]
    plant(engine, city(), [*ways, Way(unsafe, contact="zoe")])

    def seen() -> tuple[dict[str, Any], Participation, int, int]:
        note = methodology(engine, city(), SLUG)
        with engine.connect() as connection:
            found = results(connection, city(), SLUG).participation
            rows = list(responses(connection, load(connection, city(), SLUG, KEY)))
        return note, found, len(rows), len({row.respondent for row in rows})

    for respondents in (13, 15):
        note, shown, in_file, people = seen()
        assert (in_file, people) == (note["sample_sizes"]["started"], respondents)
        assert note["respondents"]["started"] == shown.started == 13
        assert round(100 * note["rates"]["values"]["COOP1"], 1) == shown.cooperation_rate == 92.3
        assert note["completion_rate_percent"] == shown.completion_rate
        assert "every response" in note["unit"]
        with library.writing(engine) as connection:
            erase(connection, "smalltown-zoe")
    engine.dispose()


def test_the_methodology_note_says_what_is_known(engine: Engine) -> None:
    note = methodology(engine, city(), SLUG)
    assert json.loads(json.dumps(note)) == note
    assert note["sponsor"] == "Smalltown Council"
    assert note["dates"] == {"first": "2026-11-02", "last": "2026-11-02"}
    assert note["modes"] == [{"channel": "phone", "kind": "simulator"}]
    assert note["languages"] == ["en", "es"]
    assert (note["sample_sizes"]["started"], note["sample_sizes"]["completed"]) == (10, 3)
    assert (note["respondents"]["started"], note["respondents"]["completed"]) == (8, 1)
    assert note["completion_rate_percent"] == 12.5
    assert note["response_rate"] is note["precision"] is None
    assert note["rates"]["apply"] is False
    assert "cooperation" in note["rates"]["why"]
    values = note["rates"]["values"]
    assert (values["COOP1"], values["RR1"], values["CON1"]) == (0.1667, None, None)
    assert note["aapor"]["counts"] == {"P": 0, "I": 3, "R": 5, "not final": 2}
    assert note["suppression"]["threshold"] == 10
    assert note["synthetic"] is False
    assert "no estimates of sampling error" in note["statement"]
