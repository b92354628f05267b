"""`review`: what waits for a native speaker, out to a translator's tool and back."""

from collections import Counter
from pathlib import Path

import click

from backend import wiring
from backend.catalogues import LOCALES
from backend.demo import INSTRUMENTS
from backend.review import KINDS, Draft, drafts, write
from backend.reviewed import Reviewed, take_back

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("language")
@click.option("-o", "--output", type=FILE, help="Write all that waits into this PO file.")
@click.option("--import", "reviewed", type=FILE, help="Take a reviewed PO file back.")
@click.option("--locales", type=FOLDER, default=LOCALES, help="Where the languages are.")
def review(language: str, output: Path | None, reviewed: Path | None, locales: Path) -> None:
    """What waits for a native speaker's review in LANGUAGE (a code such as tn)."""
    if output and reviewed:
        raise click.UsageError("Either -o or --import.")
    if language not in {path.parent.name for path in locales.glob("*/words.toml")}:
        raise click.UsageError(f"There is no language '{language}' in {locales}.")
    waiting = waiting_in(language, locales)
    if output:
        with output.open("wb") as file:
            write(language, waiting, locales, wiring.now(), file)
        click.echo(f"{output}: {told(waiting)}.")
    elif reviewed:
        _take(language, reviewed, waiting, locales)
    else:
        click.echo(f"{language}: {told(waiting)}.")


def waiting_in(language: str, locales: Path = LOCALES) -> tuple[Draft, ...]:
    """The drafts of a language, with those of the surveys that ship."""
    return drafts(language, locales, sorted(INSTRUMENTS.glob("*.toml")))


def told(waiting: tuple[Draft, ...]) -> str:
    """How many of each kind wait."""
    count = Counter(one.kind for one in waiting)
    return ", ".join(f"{count[kind]} {kind}" for kind in KINDS) + " wait for review"


def _take(language: str, file: Path, waiting: tuple[Draft, ...], locales: Path) -> None:
    try:
        with file.open("rb") as opened:
            done = take_back(language, opened, waiting, locales)
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
    _tell(done)
    if done.refused:
        raise click.exceptions.Exit(1)


def _tell(done: Reviewed) -> None:
    click.echo(f"{len(done.phrases)} phrases taken over.")
    if done.by_hand:
        click.echo("Change by hand, then the status of the file or the needs_review of the survey:")
    for place, text in done.by_hand:
        click.echo(f"  {place}: {text.replace(chr(10), ' | ')}")
    for place, reason in done.refused:
        click.echo(f"Not taken: {place}: {reason}.", err=True)
