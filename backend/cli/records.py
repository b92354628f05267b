"""`key`, `keys`, `erase`, `export`: who may see what, and what leaves."""

import json
from pathlib import Path

import click
import phonenumbers

from backend import auth, wiring
from backend.city_file import CityError
from backend.cli.database import database
from backend.exports import FORMATS, write_export
from backend.exports.codebook import write_codebook
from backend.exports.methodology import methodology
from backend.privacy import KeyRing
from backend.settings import Settings, SettingsError
from backend.store import library, upkeep
from dialogue.faults import Fault


@click.group()
def key() -> None:
    """Keys of the staff API."""


@key.command("add")
@click.option("--city", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in auth.Role]))
@click.option("--note", default="", help="What it is for.")
def key_add(city: str, role: str, note: str) -> None:
    """Makes an API key. It is shown once."""
    with database() as (_, engine), library.writing(engine) as connection:
        library.load_profile(connection, city)
        made = auth.make_key(
            connection, city, auth.Role(role), note, wiring.fresh_secret, wiring.now()
        )
    click.echo(made)
    click.echo(
        "Keep it now: it is not shown again. Send it as  Authorization: Bearer KEY", err=True
    )


@click.group()
def keys() -> None:
    """The keys that seal addresses and texts."""


@keys.command("rotate")
@click.option("--index", is_flag=True, help="Also look addresses up under the newest key.")
def keys_rotate(index: bool) -> None:
    """Seals everything again under the first key. Where keys are in the private file, a new one is
    put first; with keys in IMBIZO_SECRET_KEYS, put the new one first there, then run this."""
    with database() as (settings, engine):
        ring = _with_new_key(settings)
        with click.progressbar(length=upkeep.sealed_rows(engine), label="Sealing again") as bar:
            upkeep.rotate(engine, ring, bar.update, index=index)
        if index and settings.key_file and not settings.secret_keys:
            newest = settings.key_file.read_text().split(",")[0].strip()
            _write_keys(settings.key_file, newest)
    click.echo("Done." if not index else "Done. Only the newest key is needed now.")
    if settings.secret_keys:
        what = "all keys but the first" if index else "no key yet (the last one looks addresses up)"
        click.echo(f"From IMBIZO_SECRET_KEYS you can now take away {what}.")


def _with_new_key(settings: Settings) -> KeyRing:
    path = settings.key_file
    if settings.secret_keys or path is None:
        return wiring.key_ring(settings)
    old = path.read_text().strip() if path.exists() else ""
    _write_keys(path, ",".join(filter(None, [wiring.fresh_secret(), old])))
    return wiring.key_ring(settings)


def _write_keys(path: Path, text: str) -> None:
    """Replaces the private file in one step: a crash leaves the old or the new one whole."""
    fresh = path.with_name(path.name + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text + "\n")
    fresh.replace(path)


@click.command()
@click.argument("city")
def erase(city: str) -> None:
    """Erases a contact by the address that you type in (it appears nowhere)."""
    typed = click.prompt("Address (a number, or try:NAME)", hide_input=True)
    with database() as (settings, engine):
        with engine.connect() as connection:
            country = library.load_profile(connection, city).country
        urn = _urn(typed, country)
        ring = wiring.key_ring(settings)
        if not upkeep.erase(engine, ring, city, urn, wiring.now()):
            raise CityError((Fault("address", "nobody is known by it in this city"),))
    click.echo("Erased. Coded answers stay, linked to nobody.")


def _urn(typed: str, country: str) -> str:
    """A URN as typed, or a phone number in any of its usual forms. Raises CityError."""
    if ":" in typed:
        return typed.strip()
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        raise CityError((Fault("address", "is no phone number"),)) from error
    return "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@click.command()
@click.argument("city")
@click.argument("survey")
@click.option("--format", "form", required=True, type=click.Choice(list(FORMATS)))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def export(city: str, survey: str, form: str, output: Path, key_file: Path | None) -> None:
    """Writes the responses of a survey, and beside them codebook and methodology note. The same key
    gives the same ids again."""
    export_key = key_file.read_text().strip() if key_file else wiring.fresh_secret()
    if len(export_key) < 16:
        raise SettingsError("The export key needs at least 16 characters.")
    with database() as (_, engine):
        with engine.connect() as connection:
            profile = library.load_profile(connection, city)
        with output.open("w", encoding="utf-8", newline="") as out:
            rows = write_export(engine, profile, survey, form, export_key, out)
        with output.with_suffix(".codebook.csv").open("w", encoding="utf-8", newline="") as out:
            write_codebook(engine, profile, survey, out)
        note = methodology(engine, profile, survey)
        output.with_suffix(".methodology.json").write_text(json.dumps(note, indent=1, default=str))
    click.echo(f"{rows} rows in {output.name}, with codebook and methodology beside it.")
    if key_file is None:
        click.echo(f"Key of this export, for the same ids again: {export_key}", err=True)
