"""`key`, `keys`, `erase`: who may see what."""

import sys
from pathlib import Path

import click
import phonenumbers

from backend import auth, wiring
from backend.city_file import CityError
from backend.cli.database import database, quiet_database, sole_process
from backend.cli.progress import bar
from backend.desks import build_desk
from backend.privacy import KeyRing
from backend.settings import Settings, SettingsError
from backend.store import SqlStore, library
from backend.store.keycheck import check_keys
from backend.store.rotation import reindex, reseal
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


@key.command("list")
@click.option("--city", required=True)
def key_list(city: str) -> None:
    """The API keys of a city: what stands between the first two strokes, role, since when, last
    used, what for. The keys themselves are kept nowhere."""
    with database() as (_, engine), engine.connect() as connection:
        library.load_profile(connection, city)
        for one in auth.list_keys(connection, city):
            ended = "revoked" if one.revoked_at else "valid"
            used = one.last_used_at.date().isoformat() if one.last_used_at else "never"
            made = one.created_at.date().isoformat()
            click.echo(f"{one.prefix}  {one.role:13}  {made}  used {used}  {ended}  {one.note}")


@key.command("revoke")
@click.argument("prefix")
def key_revoke(prefix: str) -> None:
    """Ends an API key at once. PREFIX is what stands between its first two strokes."""
    with database() as (_, engine), library.writing(engine) as connection:
        ended = auth.revoke_key(connection, prefix, wiring.now())
    if not ended:
        raise SettingsError(f"There is no valid key {prefix}. See  imbizo key list --city CITY")
    click.echo("It opens nothing any more.")


@click.group()
def keys() -> None:
    """The keys that seal addresses and texts."""


@keys.command("rotate")
@click.option("--index", is_flag=True, help="Also look addresses up under the newest key.")
def keys_rotate(index: bool) -> None:
    """Seals everything again under the first key. Where keys are in the private file, a new one is
    put first; with keys in IMBIZO_SECRET_KEYS, put the new one first there, then run this.
    Nothing else may be running on the database."""
    with database() as (settings, engine), sole_process(settings):
        check_keys(engine, wiring.key_ring(settings))
        quiet_database(engine)
        store = SqlStore(engine, _with_new_key(settings), build_desk, {})
        with bar("Sealing again") as progress:
            reseal(store, progress)
        if index:
            newest = (settings.secret_keys or _file_keys(settings))[0]
            with bar("Looking up anew") as progress:
                reindex(store, KeyRing([newest]), progress)
            if settings.key_file and not settings.secret_keys:
                _write_keys(settings.key_file, newest)
    click.echo(
        "Done."
        if not index
        else "Done. Only the newest key is needed now; earlier backups need the old ones."
    )
    if settings.secret_keys and index:
        click.echo(
            "Before anything runs again, leave all keys but the first out of"
            " IMBIZO_SECRET_KEYS: with them nobody would be found."
        )
    elif settings.secret_keys:
        click.echo("Leave out no key yet: the last one looks addresses up.")


def _file_keys(settings: Settings) -> tuple[str, ...]:
    text = settings.key_file.read_text() if settings.key_file else ""
    return tuple(key.strip() for key in text.split(",") if key.strip())


def _with_new_key(settings: Settings) -> KeyRing:
    path = settings.key_file
    if settings.secret_keys or path is None:
        return wiring.key_ring(settings)
    old = _file_keys(settings) if path.exists() else ()
    _write_keys(path, ",".join((wiring.fresh_secret(), *old)))
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
    typed = _typed("Address (a number, or try:NAME)")
    with database() as (settings, engine):
        with engine.connect() as connection:
            country = library.load_profile(connection, city).country
        urn = _urn(typed, country)
        store = SqlStore(engine, wiring.key_ring(settings), build_desk, {})
        if not store.erase(city, urn, wiring.now()):
            raise CityError((Fault("address", "nobody is known by it in this city"),))
    click.echo("Erased. Coded answers stay, linked to nobody.")


def _typed(label: str) -> str:
    """What is typed in, unseen; or the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt(label, hide_input=True))
    return sys.stdin.readline().strip()


def _urn(typed: str, country: str) -> str:
    """A URN as typed, or a phone number in any of its usual forms. Raises CityError."""
    if ":" in typed:
        return typed.strip()
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        raise CityError((Fault("address", "is no phone number"),)) from error
    return "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
