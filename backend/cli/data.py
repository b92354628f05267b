"""`db`, `city`, `survey`, `channels`: what is loaded."""

import asyncio
import json
from difflib import unified_diff
from pathlib import Path

import click

from backend import wiring
from backend.catalogues import load_locales
from backend.channel_book import configured
from backend.city_file import CityError, CityProfile, read_city
from backend.cli.database import database
from backend.cli.templates import channels_templates
from backend.demo import load_city
from backend.settings import read_settings
from backend.store import library, migrate
from backend.survey_source import checked_source, clashes
from channels import CHANNELS
from channels.client import Client
from dialogue.desk import Desk
from dialogue.effects import Say
from dialogue.faults import Fault
from dialogue.phrases import PHRASES
from dialogue.wording import compose


# --- database ----------------------------------------------------------------------------------
@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Brings the database to the newest tables."""
    migrate(read_settings().database_url)
    click.echo("The database is up to date.")


# --- cities and surveys ------------------------------------------------------------------------
@click.group()
def city() -> None:
    """City profiles."""


@city.command("load")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take the change in.")
def city_load(folder: Path, replace: bool) -> None:
    """Loads the profile in FOLDER. For a city already there it shows the difference, and changes
    nothing without --replace."""
    profile = read_city(folder)
    with database() as (_, engine):
        with engine.connect() as connection:
            there = profile.slug in library.city_slugs(connection)
            old = library.load_profile(connection, profile.slug) if there else None
        if old is not None:
            difference = _difference(old, profile)
            click.echo(difference or "Nothing has changed.")
            if not difference or not replace:
                if difference:
                    click.echo("Nothing was changed: add --replace to take this in.")
                return
        load_city(engine, profile, wiring.now())
    click.echo(f"{profile.slug} is loaded. Webhooks: imbizo channels setup {profile.slug}")


def _difference(old: CityProfile, new: CityProfile) -> str:
    before, after = (
        json.dumps(
            p.model_dump(mode="json"), indent=1, ensure_ascii=False, sort_keys=True
        ).splitlines()
        for p in (old, new)
    )
    return "\n".join(unified_diff(before, after, "in the database", "in the folder", lineterm=""))


@click.group()
def survey() -> None:
    """Surveys."""


@survey.command("import")
@click.argument("city")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def survey_import(city: str, file: Path) -> None:
    """Publishes FILE (.toml) as the next version of its survey in CITY."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CityError((Fault(file.name, "is not UTF-8"),)) from error
    with database() as (_, engine):
        found = checked_source(text, load_locales())
        with library.writing(engine) as connection:
            faults = clashes(connection, city, found)
            if faults:
                raise CityError(tuple(faults))
            version = library.publish(connection, city, text, wiring.now())
    click.echo(f"{found.slug} is published in {city} as version {version}.")


@survey.command("export")
@click.argument("city")
@click.argument("slug")
def survey_export(city: str, slug: str) -> None:
    """Prints the newest version of a survey of CITY as TOML."""
    with database() as (_, engine), engine.connect() as connection:
        library.load_profile(connection, city)
        versions = [p for p in library.surveys(connection, city) if p.survey.slug == slug]
    if not versions:
        raise CityError((Fault("survey", f"there is no survey '{slug}' in {city}"),))
    click.echo(versions[-1].source, nl=False)


# --- channels ----------------------------------------------------------------------------------
@click.group()
def channels() -> None:
    """Channels of a city."""


@channels.command("setup")
@click.argument("city")
def channels_setup(city: str) -> None:
    """Registers what can be registered with a provider; prints what to enter in its console."""
    with database() as (settings, engine), engine.connect() as connection:
        profile = library.load_profile(connection, city)
    desk = Desk(profile.city(), load_locales(), ())
    words = {code: _words(desk, code) for code in profile.languages}

    async def setup() -> None:
        async with Client() as http:
            for entry in profile.channels:
                channel = CHANNELS[entry.kind](configured(settings, profile, entry), http)
                click.echo(click.style(f"{entry.name} ({entry.kind})", bold=True))
                click.echo(await channel.setup(words))

    asyncio.run(setup())


def _words(desk: Desk, code: str) -> dict[str, str]:
    """What a provider answers or shows itself, in one language, by phrase."""
    names = ("stopped", "welcome_back", "help", *(n for n in PHRASES if n.startswith("menu_")))
    messages = {name: compose(desk, (Say(name),), code) for name in names}
    return {name: message.text for name, message in messages.items() if message}


channels.add_command(channels_templates)
