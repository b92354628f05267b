"""`backup`, `restore`: one file that fits into either database."""

import sys
from pathlib import Path

import click

from backend import wiring
from backend.cli.database import database, sole_process
from backend.cli.progress import bar
from backend.privacy import KeyRing, KeysUnusableError
from backend.settings import Settings, SettingsError
from backend.store.backup import BackupError, restore, write_backup

REPLACE = "replace"
EXISTS = "give another name, or --force to write over it."


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def backup(file: Path, force: bool) -> None:
    """Writes the whole database to FILE, beside a program at work. It holds no keys."""
    if file.exists() and not force:
        raise SettingsError(f"{file.name} is there already: {EXISTS}")
    with database() as (settings, engine), bar("Backing up") as progress:
        header = write_backup(engine, file, wiring.now(), progress)
    click.echo(f"{file.name}: {header.rows} rows of revision {header.revision}.")
    click.echo(f"The keys are not in it. Keep {_keys(settings)} too, in another place:")
    click.echo("without them nothing sealed opens; with both, everything does.")


def _keys(settings: Settings) -> str:
    if settings.secret_keys or settings.key_file is None:
        return "IMBIZO_SECRET_KEYS"
    return f"the file {settings.key_file.name}"


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Lose what is in the database now.")
def restore_(file: Path, replace: bool) -> None:
    """Restores FILE into an empty database (make it with `db upgrade`), whole or not at all. The
    keys it was written under must be set. Nothing else may be running on the database."""
    with database() as (settings, engine), sole_process(settings):
        try:
            if replace:
                _confirm()
            with bar("Restoring") as progress:
                header = restore(engine, file, _ring(settings), progress, replace=replace)
        except (BackupError, KeysUnusableError) as error:
            raise SettingsError(f"Nothing was restored. {error}") from error
    click.echo(f"Restored {header.rows} rows, as of {header.made_at:%Y-%m-%d %H:%M} UTC.")
    click.echo("What came since is fetched by itself where the provider lists it; else send word.")
    click.echo("Whoever was erased by hand since then must be erased again: imbizo erase CITY.")


def _ring(settings: Settings) -> KeyRing:
    if not settings.secret_keys and settings.key_file and not settings.key_file.exists():
        raise KeysUnusableError(
            f"Put the key file of the backup at {settings.key_file.name} first (or set"
            " IMBIZO_SECRET_KEYS)."
        )
    return wiring.key_ring(settings)


def _confirm() -> None:
    """What is lost must be said by a person."""
    question = f"Everything in the database will be lost. Type {REPLACE} to go on"
    typed = click.prompt(question) if sys.stdin.isatty() else sys.stdin.readline()
    if str(typed).strip() != REPLACE:
        raise SettingsError("Nothing was changed.")
