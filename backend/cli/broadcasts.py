"""`broadcast`: foreseen, started, watched, approved, paused, taken up again, cancelled."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, Engine

from backend import auth, wiring
from backend.auth import Role
from backend.broadcasts import running
from backend.broadcasts.live import Live, brief, live
from backend.broadcasts.order import OrderError
from backend.broadcasts.ordering import KeyReusedError, foreseen, order_once, planned
from backend.channel_book import ChannelBook
from backend.city_file import CityError
from backend.cli.broadcast_order import order_of, order_options
from backend.cli.broadcast_view import show_live, show_ordered, show_preview
from backend.cli.database import database
from backend.cli.progress import bar
from backend.exports.audit import note_broadcast
from backend.settings import Settings, SettingsError
from backend.store import audiences, broadcasts, library
from backend.store.broadcasts import FINAL, Broadcast
from channels.client import Client
from dialogue.faults import Fault

WATCH_SECONDS = 2.0
BY_COMMAND = "command line"
"""Who ordered or changed a broadcast without a key: whoever may run commands may make keys too."""

BAD_KEY = "That is no good key of an official or administrator of this city."
NEEDS_KEY = "Who approves is told by their API key: give it with --key-file."
OWN = "Who approves a broadcast is not who ordered it."

_FILE = click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
_KEY = click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with your API key, in whose name it is done.",
)
_ONE = click.argument("number", metavar="NUMBER")


@click.group()
def broadcast() -> None:
    """One survey or text to many: the right people, at a decent hour, at a known cost."""


@broadcast.command("preview")
@click.argument("city")
@_FILE
@order_options
def preview_(city: str, file: Path | None, **options: Any) -> None:
    """Whom a broadcast in CITY would reach, what it costs and when it ends. It is described by a
    FILE (TOML, as the API takes it) or by options. Nothing is kept or sent."""
    with _city(city) as (settings, engine), engine.connect() as connection:
        order = order_of(file, options)
        one = planned(connection, city, order, wiring.now(), wiring.fresh_id())
        seen = foreseen(connection, city, one, _channels(settings, engine))
    show_preview(seen)


@broadcast.command("start")
@click.argument("city")
@_FILE
@order_options
@click.option("--idempotency-key", help="The same one orders once, however often it is run.")
@_KEY
def start(
    city: str,
    file: Path | None,
    idempotency_key: str | None,
    key_file: Path | None,
    **options: Any,
) -> None:
    """Orders a broadcast in CITY, described as for `preview`. The worker starts it at its time; a
    large one waits for a second person (`approve`)."""
    with _city(city) as (settings, engine):
        order = order_of(file, options)
        who = _who(engine, city, key_file) or BY_COMMAND
        channels, id_ = _channels(settings, engine), wiring.fresh_id()
        key, seed = idempotency_key or id_, wiring.fresh_id()
        try:
            made = order_once(engine, city, order, key, who, channels, id_, seed, wiring.now())
        except KeyReusedError:
            raise SettingsError("This idempotency key stands for another broadcast.") from None
    show_ordered(city, made)


@broadcast.command("status")
@click.argument("city")
@click.argument("number", required=False)
@click.option("--watch", is_flag=True, help="Until all is sent, or it has ended.")
def status(city: str, number: str | None, watch: bool) -> None:
    """How the broadcast NUMBER of CITY stands; without a number, a list."""
    with _city(city) as (_, engine):
        if number is None:
            _list(engine, city)
            return
        seen = _look(engine, city, number)
        if watch:
            with bar(f"Broadcast {seen.number}", counted=True) as progress:
                while True:
                    progress(_done(seen), seen.counts.recipients)
                    if _is_over(seen):
                        break
                    time.sleep(WATCH_SECONDS)
                    seen = _look(engine, city, number)
    show_live(seen)


@broadcast.command("approve")
@click.argument("city")
@_ONE
@_KEY
def approve(city: str, number: str, key_file: Path | None) -> None:
    """Lets a large broadcast start, by another key than ordered it."""
    with _city(city) as (_, engine):
        who = _who(engine, city, key_file)
        if who is None:
            raise SettingsError(NEEDS_KEY)

        def change(connection: Connection, one: Broadcast) -> bool:
            if one.created_by == who:
                raise SettingsError(OWN)
            return broadcasts.approve(connection, one, who)

        _change(engine, city, number, who, "approved", change)


@broadcast.command("pause")
@click.argument("city")
@_ONE
@_KEY
def pause(city: str, number: str, key_file: Path | None) -> None:
    """Holds it at once, with what is queued of it."""
    now = wiring.now()
    with _city(city) as (_, engine):
        who = _who(engine, city, key_file) or BY_COMMAND
        _change(engine, city, number, who, "paused", lambda c, one: broadcasts.pause(c, one, now))


@broadcast.command("resume")
@click.argument("city")
@_ONE
@_KEY
def resume(city: str, number: str, key_file: Path | None) -> None:
    """Goes on with it."""
    now = wiring.now()
    with _city(city) as (_, engine):
        who = _who(engine, city, key_file) or BY_COMMAND
        _change(engine, city, number, who, "resumed", lambda c, one: running.resume(c, one, now))


@broadcast.command("cancel")
@click.argument("city")
@_ONE
@_KEY
def cancel(city: str, number: str, key_file: Path | None) -> None:
    """Ends it at once and for good, with what is queued of it."""
    now = wiring.now()
    with _city(city) as (_, engine):
        who = _who(engine, city, key_file) or BY_COMMAND
        _change(
            engine, city, number, who, "cancelled", lambda c, one: broadcasts.cancel(c, one, now)
        )


@broadcast.command("groups")
@click.argument("city")
def groups(city: str) -> None:
    """The named groups of contacts, with their sizes."""
    with _city(city) as (_, engine), engine.connect() as connection:
        found = audiences.groups(connection, city)
    for name, size in found.items():
        click.echo(f"{name:<40}{size:>9}")
    if not found:
        click.echo("There are no groups: POST …/groups/{name}/contacts puts contacts into one.")


# --- what they share -----------------------------------------------------------------------------
@contextmanager
def _city(city: str) -> Iterator[tuple[Settings, Engine]]:
    """The database, in which the city is there; faults of an order become one error."""
    with database() as (settings, engine):
        with engine.connect() as connection:
            library.revision(connection, city)
        try:
            yield settings, engine
        except OrderError as error:
            raise CityError(error.faults) from error


def _channels(settings: Settings, engine: Engine) -> ChannelBook:
    """The channels, to look at: nothing is sent by them here."""
    channels = ChannelBook(settings, Client(), lambda: wiring.profiles(engine))
    channels.refresh()
    return channels


def _who(engine: Engine, city: str, key_file: Path | None) -> str | None:
    """The prefix of the key in the file; None without a file."""
    if key_file is None:
        return None
    with engine.connect() as connection:
        key = auth.find_key(connection, key_file.read_text().strip())
    if key is None or key.city != city or key.role not in (Role.OFFICIAL, Role.ADMINISTRATOR):
        raise SettingsError(BAD_KEY)
    return key.prefix


def _found(connection: Connection, city: str, number: str) -> Broadcast:
    one = broadcasts.find(connection, city, number) if _is_name(number) else None
    if one is None:
        raise CityError((Fault("broadcast", f"{city} has none of the number {number}"),))
    return one


def _is_name(number: str) -> bool:
    return len(number) == broadcasts.ID_LENGTH or (number.isdecimal() and len(number) < 10)


def _look(engine: Engine, city: str, number: str) -> Live:
    with engine.connect() as connection:
        one = _found(connection, city, number)
        return live(connection, one, library.load_profile(connection, city), wiring.now())


def _done(seen: Live) -> int:
    return seen.counts.recipients - seen.counts.waiting - seen.counts.queued


def _is_over(seen: Live) -> bool:
    ended = seen.state in {state.value for state in FINAL}
    all_out = bool(seen.counts.recipients) and _done(seen) == seen.counts.recipients
    return ended or all_out


def _list(engine: Engine, city: str) -> None:
    with engine.connect() as connection:
        found = [brief(one) for one in broadcasts.listed(connection, city, None, 50)]
    for one in found:
        what = one.survey or "a text"
        click.echo(f"{one.number:>5}  {one.state:<18}{one.starts_at:%Y-%m-%d %H:%M} UTC  {what}")
    if not found:
        click.echo("There are no broadcasts yet.")


def _change(
    engine: Engine,
    city: str,
    number: str,
    who: str,
    what: str,
    change: Callable[[Connection, Broadcast], bool],
) -> None:
    with library.writing(engine) as connection:
        one = _found(connection, city, number)
        if not change(connection, one):
            state = one.state.value.replace("_", " ")
            raise SettingsError(f"Broadcast {one.number} is {state}: it cannot be {what} now.")
        note_broadcast(connection, city, who, what, one.number, wiring.now())
    click.echo(f"Broadcast {one.number} is {what}.")
