"""`chat`: talk with a city in the terminal, in the format of transcripts."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from backend import wiring
from backend.city_file import CityError, read_city
from backend.demo import CITIES, INSTRUMENTS
from backend.desks import desk_of
from backend.store.library import Published
from backend.survey_source import read_source
from backend.talk import Talk, line, span
from channels.rendering import CARRIES
from dialogue.faults import Fault
from dialogue.memory import Conversation


@click.command()
@click.option(
    "--city", default="demo-za", show_default=True, help="A city that ships, or a folder."
)
@click.option("--channel", default="sms", show_default=True, type=click.Choice(list(CARRIES)))
@click.option("--locale", help="Language to begin with; the city's first otherwise.")
def chat(city: str, channel: str, locale: str | None) -> None:
    """Talk with a city here. A line is a text; `@ +25h` lets time pass; an empty line ends."""
    folder = CITIES / city if (CITIES / city).is_dir() else Path(city)
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in CITIES.iterdir() if p.is_dir()))
        raise CityError((Fault("city", f"'{city}' is none of {known}"),))
    profile = read_city(folder)
    if locale is not None and locale not in profile.languages:
        raise CityError((Fault("locale", f"the city speaks {', '.join(profile.languages)}"),))
    published = [
        Published(
            read_source((INSTRUMENTS / f"{slug}.toml").read_text("utf-8")), "", wiring.now(), False
        )
        for slug in profile.surveys
        if (INSTRUMENTS / f"{slug}.toml").exists()
    ]
    talk = Talk(
        desk_of(profile, published),
        CARRIES[channel],
        wiring.now(),
        Conversation(locale),
        guesser=wiring.guesser(),
    )
    prompt = "> " if sys.stdin.isatty() else ""
    while True:
        try:
            row = input(prompt)
        except EOFError:
            return
        if not row:
            return
        if not prompt:
            click.echo(row if row.startswith("@ ") else f"> {row}")
        said = talk.wait(_span(row[2:])) if row.startswith("@ ") else talk.say(row)
        for part in said:
            click.echo(line(part))


def _span(text: str) -> timedelta:
    try:
        return span(text)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
