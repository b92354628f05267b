"""`channels templates`: what a channel must have made at its provider before it shows choices, or
writes first."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import click
from sqlalchemy import Engine

from backend.catalogues import load_locales
from backend.channel_book import configured
from backend.city_file import ChannelEntry, CityProfile
from backend.cli.database import database
from backend.settings import Settings
from backend.store import library
from backend.store.library import Templates
from channels import CHANNELS
from channels.base import Kind, SendError, Templated, TemplateState
from channels.client import Client
from dialogue.phrases import PHRASES

_WORDS = "template_"


@click.command("templates")
@click.argument("city")
@click.option("--channel", "name", help="One channel only.")
@click.option("--make", is_flag=True, help="Make those that are missing, and ask for approval.")
def channels_templates(city: str, name: str | None, make: bool) -> None:
    """Shows the templates of CITY's channels: purpose, language, SID and approval.

    With --make those that are missing are made and kept with the city. It may be run again at any
    time: nothing is made twice."""
    with database() as (settings, engine):
        with engine.connect() as connection:
            profile = library.load_profile(connection, city)
        asyncio.run(_show(settings, engine, profile, name, make))


async def _show(
    settings: Settings, engine: Engine, profile: CityProfile, name: str | None, make: bool
) -> None:
    city = profile.slug
    async with Client() as http:
        for entry, channel in _templated(settings, profile, name, http):
            click.echo(click.style(f"{entry.name} ({entry.kind})", bold=True))
            states = await _states(entry, channel, _words(profile) if make else None)
            click.echo(_table(states) or "  none yet")
            if not make:
                click.echo(f"Make what is missing: imbizo channels templates {city} --make")
                continue
            merge = partial(_merged, settings, states)
            with library.writing(engine) as connection:
                table = library.keep_templates(connection, city, entry.name, merge)
            if table is None:
                raise click.ClickException(f"{city} has no channel {entry.name} any more.")
            click.echo(f"They are kept with {city}. In its city.toml, below channel {entry.name}:")
            click.echo(_toml(table))


def _templated(
    settings: Settings, profile: CityProfile, name: str | None, http: Client
) -> Sequence[tuple[ChannelEntry, Templated]]:
    """The channels that need templates. Raises ClickException for none, and for one that is off."""
    found: list[tuple[ChannelEntry, Templated]] = []
    for entry in profile.channels:
        channel = CHANNELS[entry.kind](configured(settings, profile, entry), http)
        if name not in (None, entry.name) or not isinstance(channel, Templated):
            continue
        if lacking := channel.missing():
            raise click.ClickException(f"Channel {entry.name} is off: set {', '.join(lacking)}.")
        found.append((entry, channel))
    if not found:
        which = f"channel '{name}' of {profile.slug}" if name else f"channel of {profile.slug}"
        needing = [entry.name for entry in profile.channels]
        raise click.ClickException(f"No {which} needs templates; there are {', '.join(needing)}.")
    return found


async def _states(
    entry: ChannelEntry, channel: Templated, words: Mapping[str, Mapping[str, str]] | None
) -> Sequence[TemplateState]:
    """Those there are; with words, made where they are missing."""
    try:
        if words is None:
            return await channel.template_states()
        return await channel.make_templates(words)
    except SendError as error:
        raise click.ClickException(_told(entry, error)) from None


def _words(profile: CityProfile) -> Mapping[str, Mapping[str, str]]:
    """Our texts for templates in the city's languages, the first one first."""
    names = [name for name in PHRASES if name.startswith(_WORDS)]
    locales = load_locales()
    return {
        code: {name: locales[code].say(name, responsible="{responsible}") for name in names}
        for code in profile.languages
        if code in locales
    }


def _told(entry: ChannelEntry, error: SendError) -> str:
    """What the provider's refusal means here."""
    code = f" ({error.fault.code})" if error.fault.code else ""
    match error.fault.kind:
        case Kind.CONFIG:
            why = f"refuses us{code}: check the channel's settings, then `imbizo doctor`"
        case Kind.RETRY | Kind.UNKNOWN | Kind.THROTTLE:
            why = f"does not answer as it should{code}: try again later, nothing is made twice"
        case _:
            why = f"refuses the templates{code}"
    return f"The provider of channel {entry.name} {why}."


def _table(states: Sequence[TemplateState]) -> str:
    rows = [(s.purpose, s.language, s.sid, _approval(s), s.reason) for s in states]
    widths = [max(len(row[column]) for row in rows) for column in range(4)] if rows else []
    return "\n".join(
        "  " + "  ".join([*map(str.ljust, row, widths), row[4]]).rstrip() for row in rows
    )


def _approval(state: TemplateState) -> str:
    return state.approval or "needs no approval"


# --- what is kept --------------------------------------------------------------------------------
def _merged(settings: Settings, states: Sequence[TemplateState], entry: ChannelEntry) -> Templates:
    """The channel's table as it is, a $NAME that is set and all, with the SIDs it did not have."""
    there = (entry.model_extra or {}).get("templates")
    table = dict(there) if isinstance(there, Mapping) else {}
    for state in states:
        now = table.get(state.purpose)
        if isinstance(now, str) and now:
            now = {"any": now}
        known = dict(now) if isinstance(now, Mapping) else {}
        written = str(known.get(state.language, ""))
        if (settings.secret(written) if written.startswith("$") else written) != state.sid:
            known[state.language] = state.sid
        table[state.purpose] = known
    return {purpose: _short(by_language) for purpose, by_language in table.items()}


def _short(value: str | Mapping[str, str]) -> str | Mapping[str, str]:
    """One SID for any language stands alone."""
    return value["any"] if isinstance(value, Mapping) and list(value) == ["any"] else value


def _toml(table: Templates) -> str:
    return "\n".join(["[channels.templates]", *_lines(table)])


def _lines(table: Templates) -> Iterator[str]:
    for purpose, value in table.items():
        if isinstance(value, str):
            yield f"{purpose} = {json.dumps(value)}"
        else:
            pairs = ", ".join(f"{code} = {json.dumps(sid)}" for code, sid in value.items())
            yield f"{purpose} = {{ {pairs} }}"
