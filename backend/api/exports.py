"""Microdata of a survey, for those who may have it; every export is in the audit log."""

import tempfile
from collections.abc import Iterator
from typing import Annotated, TextIO

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import StreamingResponse

from backend import wiring
from backend.api.request import City, Database, Slug, guarded, problems
from backend.api.surveys import UNKNOWN
from backend.auth import Key, Role, require
from backend.exports import FORMATS, SHORTEST_KEY, export, note_export
from backend.problems import Problem
from backend.results import SurveyUnknownError
from backend.store import library

router = APIRouter(tags=["exports"])
TAKERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
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


@router.get(
    "/{city}/surveys/{slug}/export",
    dependencies=guarded(TAKERS),
    response_class=StreamingResponse,
    summary="Export a survey's responses",
    description=(
        "`csv` has one row a response, `long` one row an answer. Nobody's address and nobody's"
        " own words are in it; times are days. Ids are made with the key in `Export-Key`: give the"
        " same key again, and the same response has the same id. Where none is given, a fresh one"
        " comes back in the header `Export-Key`. Every export is noted in the audit log."
    ),
    responses={
        200: {
            "description": "The file.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
            "headers": {"Export-Key": {"schema": {"type": "string"}}},
        },
        **problems(_404=UNKNOWN),
    },
)
def export_survey(
    city: City,
    slug: Slug,
    database: Database,
    key: Annotated[Key, Depends(TAKERS)],
    format: FormatName,
    export_key: Annotated[
        str | None,
        Header(min_length=SHORTEST_KEY, max_length=256, description="The key for the ids."),
    ] = None,
) -> StreamingResponse:
    """The file, made whole before the first byte leaves: a fault is then a problem document and
    not half a file."""
    secret = export_key or wiring.fresh_secret()
    file = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 (see _chunks)
    try:
        with database.connect() as connection:
            profile = library.load_profile(connection, city)
        export(database, profile, slug, format, secret, file)
        with library.writing(database) as connection:
            note_export(connection, city, key.prefix, slug, format, wiring.now())
    except SurveyUnknownError:
        file.close()
        raise Problem(404, UNKNOWN) from None
    except BaseException:
        file.close()
        raise
    chosen = FORMATS[format]
    headers = {
        "Content-Disposition": f'attachment; filename="{slug}-{format}.{chosen.suffix}"',
        "Cache-Control": "no-store",
    }
    if export_key is None:
        headers["Export-Key"] = secret
    return StreamingResponse(_chunks(file), headers=headers, media_type=chosen.media_type)


def _chunks(file: TextIO) -> Iterator[bytes]:
    """The file in pieces; it has no name, and goes when it is closed."""
    with file:
        file.seek(0)
        while text := file.read(CHUNK):
            yield text.encode()
