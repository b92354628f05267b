"""`export`: a survey as a file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from backend import wiring
from backend.city_file import CityError
from backend.cli.database import database
from backend.cli.progress import bar
from backend.exports import (
    FORMATS,
    SHORTEST_KEY,
    StatisticsMissingError,
    codebook,
    methodology,
)
from backend.exports import export as write_export
from backend.results.publishing import publish
from backend.settings import SettingsError
from backend.store import library
from dialogue.faults import Fault


@click.command()
@click.argument("city")
@click.argument("survey")
@click.option("--format", "form", required=True, type=click.Choice(list(FORMATS)))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def export(city: str, survey: str, form: str, output: Path, key_file: Path | None) -> None:
    """Writes a survey of CITY in a format, and beside it codebook and methodology note. The same
    key gives the same ids again."""
    export_key = key_file.read_text().strip() if key_file else wiring.fresh_secret()
    if len(export_key) < SHORTEST_KEY:
        raise SettingsError(f"The export key needs at least {SHORTEST_KEY} characters.")
    with database() as (_, engine):
        with engine.connect() as connection:
            profile = library.load_profile(connection, city)
            if not any(one.survey.slug == survey for one in library.surveys(connection, city)):
                raise CityError((Fault("survey", f"there is no survey '{survey}' in {city}"),))
        if not FORMATS[form].microdata:
            publish(engine, profile, survey, wiring.now())
        with whole_file(output) as out, bar("Writing rows", counted=True) as progress:
            try:
                write_export(engine, profile, survey, form, export_key, out, progress)
            except StatisticsMissingError as error:
                raise SettingsError(f"{error}") from error
        with whole_file(output.with_suffix(".codebook.csv")) as out:
            codebook(engine, profile, survey, out)
        note = json.dumps(methodology(engine, profile, survey), indent=1, default=str)
        output.with_suffix(".methodology.json").write_text(note, encoding="utf-8")
    click.echo(f"Wrote {output.name}, with codebook and methodology note beside it.")
    if key_file is None and FORMATS[form].microdata:
        click.echo(f"Key of this export, for the same ids again: {export_key}", err=True)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that has its name only once all of it is written."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("wb") as out:
            yield out
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
