"""Charts and maps of what was made public: table and words at once, the picture once drawn."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import TypeAdapter
from sqlalchemy import Engine

from backend import wiring
from backend.api.request import City, Database, Slug, guarded, problems
from backend.api.results import READERS
from backend.api.surveys import UNKNOWN
from backend.city_file import CityProfile
from backend.problems import Problem
from backend.results import SurveyUnknownError
from backend.results.charts import kept
from backend.results.charts.kept import Kept
from backend.results.charts.making import (
    ChartUnfitError,
    QuestionUnknownError,
    Wish,
    picture,
    published,
    usual,
)
from backend.results.charts.picture import Kind, Picture, Table
from backend.results.charts.rendering import MISSING, installed
from backend.results.publications import Publication
from backend.results.publishing import publish_if_small
from backend.results.report import statements
from backend.store import library
from dialogue.faults import Fault

router = APIRouter(tags=["results"])
NO_QUESTION = "The survey has no such question"
RETRY_SECONDS = 5
MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}

By = Literal[
    "area", "sex", "age", "disability", "channel", "language", "settlement", "week", "month",
    "quarter",
]  # fmt: skip
Status = Literal["not_asked_for", "wanted", "ready", "failed", "unavailable"]


@dataclass(frozen=True, slots=True)
class Links:
    """Where the picture is, once it is ready; `detail` says what is in its way."""

    status: Status
    svg: str
    png: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChartAnswer:
    """A chart in words and numbers. `alternative` says what the picture shows; the sentences in
    `statements` go with the figures wherever they are shown."""

    kind: Kind
    question: str
    by: str
    option: str
    language: str
    title: str
    subtitle: str
    alternative: str
    table: Table
    statements: list[str]
    synthetic: bool
    publication: int
    published_at: datetime | None
    picture: Links


ANSWER = TypeAdapter(ChartAnswer)
SHOWN: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish with what there is for it."""

    profile: CityProfile
    wish: Wish
    made: Picture
    publication: Publication | None
    found: Kept | None

    @property
    def number(self) -> int:
        """The publication's; 0 before the first."""
        return self.publication.number if self.publication else 0

    @property
    def ready(self) -> bool:
        """Whether a picture of just this is kept."""
        return self.found is not None and self.found.shows(self.made.digest())

    @property
    def status(self) -> Status:
        """How far the picture is."""
        if self.ready:
            return "ready"
        if not installed():
            return "unavailable"
        if self.found is None or self.found.state.value == "ready":
            return "not_asked_for"
        return "failed" if self.found.state.value == "failed" else "wanted"


@router.get(
    "/{city}/surveys/{slug}/charts/{kind}",
    dependencies=guarded(READERS),
    response_class=Response,
    summary="A chart or map of a question",
    description=(
        "Of the figures as last made public. `distribution`: a bar an answer, to both sides of a"
        " middle line where the answers are ordered. `groups`: one row a group (`by`). `trend`: a"
        " share by week, month or quarter with its 95 % Wilson interval. `map`: a share by area, or"
        " how many answered from each where the question is the one for the area. What is withheld"
        " is hatched, and never left out. `option` shows the share of that answer instead of what"
        " is usual: the indicator's, the positive side of a scale, or the answer given most.\n\n"
        "`format=json` gives table and words at once. `svg` and `png` (800 pixels wide, for a chat)"
        " give the picture if it is ready; else 202 with the same table, and the picture is drawn."
    ),
    responses={
        200: {
            "model": ChartAnswer,
            "description": "The picture, or with `json` its table and words.",
            "content": dict.fromkeys(MEDIA_TYPES.values(), SHOWN),
        },
        202: {"model": ChartAnswer, "description": "The picture is not ready; try again later."},
        304: {"description": "The picture is the one of that ETag."},
        **problems(
            _404=f"{UNKNOWN}, or no such question",
            _501="This installation lacks the libraries for pictures; `detail` says which.",
        ),
    },
)
def chart(
    city: City,
    slug: Slug,
    kind: Annotated[Kind, Path(description="The kind of chart.")],
    database: Database,
    question: Annotated[str, Query(max_length=70, description="A question's name.")],
    by: Annotated[By | None, Query(description="Groups, or a length of time.")] = None,
    option: Annotated[str, Query(max_length=64, description="An answer's name.")] = "",
    language: Annotated[Literal["en", "es"], Query(description="Of the words around it.")] = "en",
    format: Annotated[Literal["json", "svg", "png"], Query(description="What to give.")] = "json",
    if_none_match: Annotated[str | None, Header(description="An ETag got before.")] = None,
) -> Response:
    """The picture, or what stands for it."""
    try:
        wish = Wish(slug, kind, question, by or "", option, language)
        wish = Wish(slug, kind, question, usual(wish), option, language)
        asked = _asked(database, city, wish)
    except SurveyUnknownError:
        raise Problem(404, UNKNOWN) from None
    except QuestionUnknownError:
        raise Problem(404, NO_QUESTION) from None
    except ChartUnfitError as error:
        faults = [Fault(error.where, str(error))]
        raise Problem(422, "There is no such chart", faults=faults) from None
    if format == "json":
        return _in_words(asked, 200)
    if asked.ready and asked.found is not None:
        return _picture(asked.found, format, if_none_match)
    if asked.status == "unavailable":
        raise Problem(501, "This installation cannot draw pictures", MISSING)
    return _later(database, asked)


def _asked(database: Engine, city: str, wish: Wish) -> Asked:
    with database.connect() as connection:
        profile = library.load_profile(connection, city)
    publish_if_small(database, profile, wish.survey, wiring.now())
    with database.connect() as connection:
        last = published(connection, city, wish)
        made = picture(connection, profile, wish)
        found = kept.find(connection, city, wish, last.number if last else 0)
    return Asked(profile, wish, made, last, found)


def _later(database: Engine, asked: Asked) -> Response:
    """Asks for the picture, if nobody did before."""
    now = wiring.now()
    wait = RETRY_SECONDS
    if asked.status == "failed" and asked.found is not None and asked.found.due_at > now:
        wait = round((asked.found.due_at - now).total_seconds())
    elif asked.status != "wanted":
        with library.writing(database) as connection:
            digest = asked.made.digest()
            kept.want(connection, asked.profile.slug, asked.wish, asked.number, digest, now)
        with database.connect() as connection:
            found = kept.find(connection, asked.profile.slug, asked.wish, asked.number)
        asked = Asked(asked.profile, asked.wish, asked.made, asked.publication, found)
    answer = _in_words(asked, 202)
    answer.headers["Retry-After"] = str(wait)
    return answer


def _picture(found: Kept, format: Literal["svg", "png"], known: str | None) -> Response:
    content = (found.svg or "").encode() if format == "svg" else found.png or b""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if known is not None and tag in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=MEDIA_TYPES[format])


def _in_words(asked: Asked, status: int) -> Response:
    wish, made = asked.wish, asked.made
    answer = ChartAnswer(
        kind=wish.kind,
        question=wish.question,
        by=wish.by,
        option=wish.option,
        language=wish.language,
        title=made.title,
        subtitle=made.subtitle,
        alternative=made.alternative,
        table=made.table,
        statements=statements(asked.profile),
        synthetic=asked.profile.demo,
        publication=asked.number,
        published_at=asked.publication.at if asked.publication else None,
        picture=_links(asked),
    )
    headers = {"Cache-Control": "private, no-cache"}
    content = ANSWER.dump_json(answer)
    return Response(content, status, headers=headers, media_type="application/json")


def _links(asked: Asked) -> Links:
    wish = asked.wish
    path = f"/api/v1/{asked.profile.slug}/surveys/{wish.survey}/charts/{wish.kind}"
    named = {"question": wish.question, "by": wish.by, "option": wish.option}
    given = {name: value for name, value in named.items() if value} | {"language": wish.language}
    svg, png = (f"{path}?{urlencode(given | {'format': format})}" for format in MEDIA_TYPES)
    detail = {"unavailable": MISSING, "failed": "It could not be drawn; the table is complete."}
    return Links(asked.status, svg, png, detail.get(asked.status, ""))
