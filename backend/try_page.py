"""The page to try: anyone talks with a demo city as a resident, on a phone drawn on the page.

A message takes the same turn as one from a provider. The page works without JavaScript: a form
carries who one is and the conversation so far (synthetic, the visitor's own), so nothing is kept in
a cookie or read back from the database; `static/try.js` sends the same form and adds what is new.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import parse_qsl, quote_plus

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from backend import wiring
from backend.metrics import TRIES
from backend.problems import Problem
from backend.webhooks import LARGEST_BODY, read_body
from bot.store import Inbound, ReceiptStatus, Unit
from bot.turns import Taken, take_turn
from channels.base import Carries, Media, Received, clean
from dialogue.desk import Desk
from dialogue.faults import Fault
from dialogue.messages import Choice

LARGEST_LOG = 24_000
"""Bytes of a conversation carried by the form; its oldest messages are left behind."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

T = TypeVar("T")
log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
TEMPLATES = FileSystemLoader(Path(__file__).parent / "templates")
pages = Environment(loader=TEMPLATES, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


# --- one message as JSON -------------------------------------------------------------------------
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Short = Annotated[str, Field(max_length=200)]


class Said(BaseModel):
    """What a resident sends: a text, a tap on a choice (its number), a place, or a `photo` that is
    only said to be there."""

    model_config = ConfigDict(strict=True, frozen=True)

    who: Name = Field(alias="from")
    text: str | None = None
    choice: Short | Annotated[int, Field(ge=0, le=999_999)] | None = None
    question: Short | None = None
    location: tuple[Latitude, Longitude] | None = None
    photo: bool = False
    language: Annotated[str, Field(max_length=35)] | None = None

    @model_validator(mode="after")
    def _something(self) -> "Said":
        given = (self.text, self.choice, self.location, self.photo or None)
        if all(one is None for one in given):
            raise ValueError("needs a text, a choice, a location or a photo")
        return self

    def received(self) -> Received:
        """The same as a channel would hand it on, under a fresh id."""
        return Received(
            wiring.fresh_id(),
            f"try:{self.who}",
            clean(self.text or ""),
            choice=None if self.choice is None else clean(str(self.choice)),
            question=self.question,
            location=self.location,
            media=(Media(""),) if self.photo else (),
            language=self.language,
        )


@router.post("/try/{city}/{channel}/messages")
async def message(request: Request, city: str, channel: str) -> Response:
    """Takes one message; 200 with the parts of the reply (none where the city stays silent).

    202 with no reply: the message is kept and its turn comes later (somebody else takes a turn of
    the same resident). 503: it is kept but its turn failed, or nothing could be kept at all.
    """
    one: wiring.Installation = request.app.state.installation
    _carries(one, city, channel)
    said = _read(await _body(request))
    taken = await _take(one, city, channel, said.received())
    if taken.status is ReceiptStatus.FAILED:
        raise Problem(503, "The city could not answer", "The message is kept; do not repeat it.")
    status = 202 if taken.status is ReceiptStatus.WAITING else 200
    return JSONResponse({"replies": [asdict(part) for part in taken.parts]}, status)


async def _body(request: Request) -> bytes:
    body = await read_body(request, LARGEST_BODY)
    if body is None:
        raise Problem(413, "The message is too large", f"At most {LARGEST_BODY} bytes.")
    return body


def _read(body: bytes) -> Said:
    """The message; 400 where it is no JSON, 422 where its form is wrong."""
    try:
        return Said.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    if any(fault["type"] == "json_invalid" for fault in found):
        raise Problem(400, "The body is not JSON")
    faults = [Fault(str((*fault["loc"], "body")[0]), fault["msg"]) for fault in found]
    raise Problem(422, "The message has faults", faults=faults)


def _carries(one: wiring.Installation, city: str, channel: str) -> Carries:
    """What the channel carries. 404 for all but the channels of demo cities."""
    ours = one.channels.get((city, channel))
    if ours is None or not one.channels.is_demo(city):
        raise Problem(404, "There is no such demonstration")
    return ours.carries


async def _take(one: wiring.Installation, city: str, channel: str, received: Received) -> Taken:
    inbound = Inbound(city, channel, received, wiring.fresh_id(), wiring.now())
    carries = _carries(one, city, channel)
    TRIES.inc()
    return await _write(one, lambda unit: take_turn(unit, inbound, carries), received.urn)


async def _write(one: wiring.Installation, work: Callable[[Unit], T], key: str = "") -> T:
    """The work's result, once committed; 503 where the database is away."""
    try:
        return await one.writer.run(work, key)
    except Exception as error:
        log.error("try_not_stored", error=type(error).__name__)
        raise Problem(503, "The city cannot be reached", "Try again in a moment.") from None


# --- the page ------------------------------------------------------------------------------------
class Bubble(BaseModel):
    """One message on the phone; `billed` says that its channel bills by segment."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(max_length=5000)]
    mine: bool = False
    choices: Annotated[tuple[Choice, ...], Field(max_length=100)] = ()
    question: str | None = None
    segments: Annotated[int, Field(ge=0, le=99)] = 1
    billed: bool = False
    lang: Annotated[str, Field(pattern=r"^[A-Za-z-]{2,35}$")] = "en"


WHO = TypeAdapter[str](Name)
LOG = TypeAdapter(tuple[Bubble, ...])


@dataclass(frozen=True, slots=True)
class Phone:
    """What the page shows: with whom one talks, as whom, and what was said; `new` of these bubbles
    came with this turn."""

    city: str
    channel: str
    language: str
    who: str
    bubbles: tuple[Bubble, ...] = ()
    new: int = 0
    note: str = ""

    @property
    def log(self) -> str:
        """The conversation as the form carries it."""
        return LOG.dump_json(self.bubbles, exclude_defaults=True).decode()

    def say(self, *bubbles: Bubble) -> "Phone":
        """With these at the end, and as many at the beginning as there is room for."""
        phone = replace(self, bubbles=(*self.bubbles, *bubbles), new=self.new + len(bubbles))
        while len(quote_plus(phone.log)) > LARGEST_LOG:
            phone = replace(phone, bubbles=phone.bubbles[1:])
        return phone


@router.get("/try")
async def page(request: Request) -> Response:
    """A new phone; `?city=&channel=&language=` choose, what is unknown is passed over."""
    one: wiring.Installation = request.app.state.installation
    desks = await _desks(one)
    return _show(one, desks, _new(one, desks, request.query_params))


@router.post("/try/{city}/{channel}")
async def talk(request: Request, city: str, channel: str) -> Response:
    """The form: a message, a tap, another city, channel or language, or a fresh start."""
    one: wiring.Installation = request.app.state.installation
    _carries(one, city, channel)
    form, desks = await _form(request), await _desks(one)
    here = {"city": city, "channel": channel, "language": form.get("spoken", "")}
    phone = _new(one, desks, here | form)
    if "over" in form or "city" in form:
        return _show(one, desks, phone)
    try:
        who, said = WHO.validate_python(form.get("who")), LOG.validate_json(form.get("log", ""))
        phone = replace(phone, who=who, bubbles=said)
    except ValidationError:
        pass  # nothing our page sends: a new phone
    text, received = _message(phone, form, desks[city].locales[phone.language].words.name)
    return _show(one, desks, await _turn(one, phone, text, received) if text else phone)


def _message(phone: Phone, form: Mapping[str, str], language: str) -> tuple[str, Received]:
    """What was sent: as the page shows it ("": nothing was), and as a channel hands it on."""
    received = Received(wiring.fresh_id(), f"try:{phone.who}", language=phone.language)
    if "tap" in form:
        number, _, tag = clean(form["tap"]).partition(" ")
        return _label(phone, number, tag), replace(received, choice=number, question=tag or None)
    if "language" in form:
        text = language if phone.bubbles else ""
    else:
        text = "" if "channel" in form else clean(form.get("say") or form.get("text", "")).strip()
    return text, replace(received, text=text)


async def _turn(one: wiring.Installation, phone: Phone, text: str, received: Received) -> Phone:
    """Sends a message, which the page shows as `text`."""
    taken = await _take(one, phone.city, phone.channel, received)
    phone = replace(phone, language=taken.language or phone.language)
    phone = phone.say(Bubble(text=text, mine=True, lang=phone.language))
    if taken.status is not ReceiptStatus.TAKEN:
        return replace(phone, note="not_taken")
    if not taken.parts:
        return replace(phone, note="silent")
    more = {"lang": phone.language, "billed": _carries(one, phone.city, phone.channel).segments}
    return phone.say(*(Bubble.model_validate(asdict(part) | more) for part in taken.parts))


def _label(phone: Phone, number: str, question: str) -> str:
    """What stood on the button."""
    asked = (bubble for bubble in phone.bubbles if (bubble.question or "") == question)
    labels = {choice.number: choice.label for bubble in asked for choice in bubble.choices}
    return labels.get(number, number)


async def _form(request: Request) -> dict[str, str]:
    """The posted fields; 400 where they are none."""
    try:
        body = (await _body(request)).decode()
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=20))
    except ValueError:
        raise Problem(400, "The form cannot be read") from None


async def _desks(one: wiring.Installation) -> Mapping[str, Desk]:
    """The demo cities, those that speak the page's language first; 404 where none is loaded."""
    cities = {city for city, _ in list(one.channels) if one.channels.is_demo(city)}
    if not cities:
        raise Problem(404, "No demonstration is loaded", "Load one with: imbizo demo load")
    desks = await _write(one, lambda unit: [unit.desk(city) for city in sorted(cities)])
    desks.sort(key=lambda desk: desk.city.languages[0] != "en")
    return {desk.city.slug: desk for desk in desks}


def _new(one: wiring.Installation, desks: Mapping[str, Desk], wanted: Mapping[str, str]) -> Phone:
    """A phone of somebody unknown; what is not there gives way to the first that is."""
    city = wanted["city"] if wanted.get("city") in desks else next(iter(desks))
    channels, languages = _channels(one, city), desks[city].city.languages
    channel = wanted["channel"] if wanted.get("channel") in channels else channels[0]
    language = wanted["language"] if wanted.get("language") in languages else languages[0]
    return Phone(city, channel, language, wiring.fresh_id())


def _channels(one: wiring.Installation, city: str) -> Sequence[str]:
    return [name for of, name in list(one.channels) if of == city]


def _show(one: wiring.Installation, desks: Mapping[str, Desk], phone: Phone) -> Response:
    channels = _channels(one, phone.city)
    html = pages.get_template("try.html").render(phone=phone, desks=desks, channels=channels)
    return HTMLResponse(html, headers=HEADERS)
