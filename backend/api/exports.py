"""A survey as a file: microdata for those who may have it, published figures for others, with
codebook and methodology note; every export is in the audit log."""

import tempfile
from collections.abc import Callable, Iterator
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import Engine

from backend import wiring
from backend.api.request import City, Database, Slug, guarded, problems
from backend.api.results import READERS
from backend.api.surveys import UNKNOWN
from backend.auth import Key, Role, refusal
from backend.city_file import CityProfile
from backend.exports import (
    FORMATS,
    SHORTEST_KEY,
    StatisticsMissingError,
    codebook,
    export,
    methodology,
    note_export,
)
from backend.problems import Problem
from backend.results import SurveyUnknownError
from backend.results.publishing import publish_if_small
from backend.store import library

router = APIRouter(tags=["exports"])
MICRODATA = (Role.COORDINATOR, Role.ADMINISTRATOR)
CHUNK = 65_536

FormatName = Annotated[
    str,
    Query(
        pattern=f"^({'|'.join(FORMATS)})$",
        description="The file's format.",
        json_schema_extra={"enum": list(FORMATS)},
        examples=["csv"],
    ),
]


KINDS: dict[str, Any] = {
    chosen.media_type.partition(";")[0]: {"schema": {"type": "string"}}
    for chosen in FORMATS.values()
}


@router.get(
    "/{city}/surveys/{slug}/export",
    dependencies=guarded(READERS),
    response_class=StreamingResponse,
    summary="Export a survey",
    description=(
        "For coordinators and administrators, microdata: `csv`, `xlsx`, `json`, `hxl`, `sav` and"
        " `parquet` have one row a response, `long` and `flow-results` one row an answer. Nobody's"
        " address and nobody's own words are in it; times are days. Ids are made with the key in"
        " `Export-Key`: give the same key again, and the same response has the same id. Where none"
        " is given, a fresh one comes back in the header `Export-Key`.\n\n"
        "For all who may see results, what is published: `summary` has one row a question, option"
        " and group, `geojson` one area a feature; counts below the city's threshold are"
        " withheld.\n\nEvery export is noted in the audit log.\n\n"
        "The answer begins once the whole file is made: of a survey with more than some ten"
        " thousand responses, ask for the file with `POST …/exports` instead."
    ),
    responses={
        200: {
            "description": "The file.",
            "content": KINDS,
            "headers": {"Export-Key": {"schema": {"type": "string"}}},
        },
        **problems(
            _404=UNKNOWN,
            _501="This installation lacks the libraries of that format; `detail` says which.",
        ),
    },
)
def export_survey(
    city: City,
    slug: Slug,
    database: Database,
    key: Annotated[Key, Depends(READERS)],
    format: FormatName,
    export_key: Annotated[
        str | None,
        Header(min_length=SHORTEST_KEY, max_length=256, description="The key for the ids."),
    ] = None,
) -> StreamingResponse:
    """The file, made whole before the first byte leaves: a fault is then a problem document and
    not half a file."""
    chosen = FORMATS[format]
    if chosen.microdata and key.role not in MICRODATA:
        raise refusal(key, MICRODATA)
    secret = export_key or wiring.fresh_secret()

    def write(profile: CityProfile, file: BinaryIO) -> None:
        if not chosen.microdata:
            publish_if_small(database, profile, slug, wiring.now())
        export(database, profile, slug, format, secret, file)
        with library.writing(database) as connection:
            note_export(connection, city, key.prefix, slug, format, wiring.now())

    headers = {} if export_key or not chosen.microdata else {"Export-Key": secret}
    name = f"{slug}-{format}.{chosen.suffix}"
    return _answer(database, city, write, name, chosen.media_type, headers)


@router.get(
    "/{city}/surveys/{slug}/codebook",
    dependencies=guarded(READERS),
    response_class=StreamingResponse,
    summary="The codebook of a survey",
    description=(
        "As CSV: every question and option of every version, with the wording in all languages,"
        " codes, and who is in the denominator."
    ),
    responses={
        200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}},
        **problems(_404=UNKNOWN),
    },
)
def survey_codebook(city: City, slug: Slug, database: Database) -> StreamingResponse:
    """What goes with every export."""

    def write(profile: CityProfile, file: BinaryIO) -> None:
        codebook(database, profile, slug, file)

    return _answer(database, city, write, f"{slug}-codebook.csv", FORMATS["csv"].media_type)


@router.get(
    "/{city}/surveys/{slug}/methodology",
    dependencies=guarded(READERS),
    summary="The methodology note of a survey",
    description=(
        "AAPOR's disclosure items, as far as they are known: who asked whom, when, how and in which"
        " languages; dispositions; which rates do not apply, and why."
    ),
    responses=problems(_404=UNKNOWN),
)
def survey_methodology(city: City, slug: Slug, database: Database) -> dict[str, Any]:
    """What goes with every export."""
    with database.connect() as connection:
        profile = library.load_profile(connection, city)
    try:
        return methodology(database, profile, slug)
    except SurveyUnknownError:
        raise Problem(404, UNKNOWN) from None


def _answer(
    database: Engine,
    city: str,
    write: Callable[[CityProfile, BinaryIO], None],
    name: str,
    media_type: str,
    headers: dict[str, str] | None = None,
) -> StreamingResponse:
    """What `write` writes, as a file of that name."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (see _chunks)
    try:
        with database.connect() as connection:
            profile = library.load_profile(connection, city)
        write(profile, file)
    except SurveyUnknownError:
        file.close()
        raise Problem(404, UNKNOWN) from None
    except StatisticsMissingError as error:
        file.close()
        raise Problem(501, "This installation cannot write that format", str(error)) from None
    except BaseException:
        file.close()
        raise
    more = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_chunks(file), headers=more | (headers or {}), media_type=media_type)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces; it has no name, and goes when it is closed."""
    with file:
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece
