"""Pictures and recordings, for those who may see them; every look at one is in the audit log."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Path, Query, Request, Response

from backend import wiring
from backend.api.request import NAME, City, Database, DataPage, Synthetic, guarded, problems
from backend.auth import Key, Role, require
from backend.exports.audit import note_look
from backend.problems import Problem
from backend.store import library, media_list
from backend.store.media_list import Medium
from backend.vault import SealingVault

log = structlog.get_logger(__name__)
router = APIRouter(tags=["media"])
VIEWERS = require(Role.COORDINATOR, Role.ADMINISTRATOR)
UNKNOWN = "There is no such picture or recording"
LARGEST_ID = 2**63 - 1
ENDINGS = {
    "image/jpeg": "jpg",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "audio/amr-wb": "awb",
}


def the_vault(request: Request) -> SealingVault:
    """Where the contents lie."""
    vault: SealingVault = request.app.state.installation.vault
    return vault


@router.get(
    "/{city}/media",
    dependencies=guarded(VIEWERS),
    summary="Pictures and recordings",
    description=(
        "What residents sent, in the order it came: of one survey or one question if asked for."
        " `wanted` ones are still on their way from the provider; `refused` ones were of a kind or"
        " size that is not taken, or gone. Nothing here says who sent it."
    ),
    responses=problems(),
)
def media(
    city: City,
    database: Database,
    synthetic: Synthetic,
    survey: Annotated[str | None, Query(pattern=NAME, description="A survey's slug.")] = None,
    question: Annotated[str | None, Query(max_length=64, description="A question's name.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="Items on a page.")] = 50,
    after: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
) -> DataPage[Medium]:
    """A page of the list."""
    with database.connect() as connection:
        found = media_list.listed(connection, city, survey, question, after, limit + 1)
    here = list(found[:limit])
    return DataPage(here, str(here[-1].id) if len(found) > limit else None, synthetic)


@router.get(
    "/{city}/media/{id}",
    dependencies=guarded(VIEWERS),
    response_class=Response,
    summary="One picture or recording",
    description=(
        "Its content, as a file to save. Pictures are JPEGs, drawn anew from their pixels; what the"
        " device added (place, time, make) is gone. Every look is noted in the audit log."
    ),
    responses={
        200: {
            "description": "The file.",
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in ENDINGS
            },
        },
        **problems(_404=UNKNOWN, _503="The store of pictures does not answer."),
    },
)
def medium(
    city: City,
    id: Annotated[int, Path(ge=1, le=LARGEST_ID, description="Its `id` in the list.")],
    database: Database,
    vault: Annotated[SealingVault, Depends(the_vault)],
    key: Annotated[Key, Depends(VIEWERS)],
) -> Response:
    """The content. The look is noted before the first byte leaves."""
    with database.connect() as connection:
        found = media_list.find_content(connection, city, id)
    if found is None:
        raise Problem(404, UNKNOWN)
    media_type, stored = found
    try:
        content = vault.open(stored)
    except Exception as error:  # whatever the store's library raises, or a key that is not set
        log.error("media_not_opened", city=city, media=id, error=type(error).__name__)
        raise Problem(503, "The store of pictures does not answer") from None
    with library.writing(database) as connection:
        note_look(connection, city, key.prefix, id, wiring.now())
    headers = {
        "Content-Disposition": f'attachment; filename="{id}.{ENDINGS[media_type]}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(content, headers=headers, media_type=media_type)
