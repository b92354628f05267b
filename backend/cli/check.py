"""`check` and `doctor`: what is wrong, where, and what to do."""

from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import Engine, text

from backend import wiring
from backend.catalogues import LOCALES, load_locales
from backend.channel_book import configured
from backend.city_file import CityError, CityProfile, read_city
from backend.cli import standing
from backend.cli.review import told, waiting_in
from backend.demo import CITIES, INSTRUMENTS, profile_faults
from backend.privacy import ADVISED, KeysUnusableError
from backend.settings import Settings, read_settings
from backend.store import library, open_engine
from backend.store.keycheck import check_keys
from backend.survey_source import SurveyError, checked_source
from channels import CHANNELS
from channels.client import Client
from channels.rendering import CARRIES, render
from dialogue.checks import locale_faults
from dialogue.faults import Fault
from dialogue.messages import Message
from dialogue.survey import Survey


# --- check -------------------------------------------------------------------------------------
@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
def check(paths: tuple[Path, ...]) -> None:
    """Faults and SMS cost of survey files, city folders and locales (all that ship, if none is
    named). Exit 1 on a fault."""
    faults = 0
    cities = sorted(file.parent for file in CITIES.glob("*/city.toml"))
    for path in paths or (LOCALES, *sorted(INSTRUMENTS.glob("*.toml")), *cities):
        click.echo(click.style(path.name, bold=True))
        for fault in _faults(path):
            faults += 1
            click.echo(f"  fault  {fault}")
    if faults:
        click.echo(f"{faults} fault{'s' if faults > 1 else ''}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("No faults.")


def _faults(path: Path) -> tuple[Fault, ...]:
    if path == LOCALES:
        _drafts()
        return locale_faults(load_locales())
    if path.is_dir():
        return _city(path)
    try:
        survey = checked_source(path.read_text(encoding="utf-8"), load_locales())
    except (SurveyError, UnicodeDecodeError) as error:
        return error.faults if isinstance(error, SurveyError) else (Fault("file", "is not UTF-8"),)
    _cost(survey)
    return ()


def _city(folder: Path) -> tuple[Fault, ...]:
    try:
        profile = read_city(folder)
    except CityError as error:
        return error.faults
    for line in profile.helplines:
        stale = line.stale(wiring.now().date())
        if stale:
            click.echo(f"  helpline {line.number} {stale}: call it, then set verified_on")
    known = [INSTRUMENTS / f"{slug}.toml" for slug in profile.surveys]
    texts = [path.read_text(encoding="utf-8") for path in known if path.exists()]
    return profile_faults(profile, texts)


def _drafts() -> None:
    for code, locale in load_locales().items():
        waiting = waiting_in(code)
        if waiting:
            click.echo(f"  {code}: {told(waiting)}: imbizo review {code} -o {code}.po")
        if locale.danger is not None and not locale.danger.reviewed:
            click.echo(f"  {code}: what people write in danger needs a native speaker's review")


def _cost(survey: Survey) -> None:
    """Segments of each question as SMS, by language."""
    locales = [load_locales()[code] for code in survey.locales if code in load_locales()]
    click.echo("  SMS segments".ljust(24) + "".join(f"{lo.code:>5}" for lo in locales))
    for question in survey.questions:
        row = f"  {question.name}".ljust(24)
        for locale in locales:
            message = Message(question.text[locale.code], question.choices(locale))
            parts = render(message, CARRIES["sms"])
            row += f"{sum(part.segments for part in parts):>5}"
        click.echo(row)


# --- doctor ------------------------------------------------------------------------------------
@click.command()
def doctor() -> None:
    """What works, what does not, and what to do. Exit 1 if something does not."""
    well = True
    for good, what in _findings(read_settings()):
        well = well and good
        click.echo(f"{'ok  ' if good else 'MEND'}  {what}")
    if not well:
        raise click.exceptions.Exit(1)


def _findings(settings: Settings) -> Iterator[tuple[bool, str]]:
    database = "SQLite" if settings.sqlite_file else "PostgreSQL"
    yield True, f"public address {settings.public_url}"
    if settings.public_url.startswith("http://127."):
        yield True, "  only this machine reaches it: set IMBIZO_PUBLIC_URL before a provider calls"
    try:
        wiring.key_ring(settings)
        weak = any(len(key) < ADVISED for key in settings.secret_keys)
        yield (
            not weak,
            "secret keys" + (f": use at least {ADVISED} random characters" if weak else ""),
        )
    except KeysUnusableError as error:
        yield False, f"secret keys: {error}"
    engine = open_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            cities = library.city_slugs(connection)
    except Exception as error:
        kind = type(error).__name__
        yield False, f"database ({database}): {kind}. Is it running? Then `imbizo db upgrade`"
        return
    yield True, f"database ({database}), {len(cities)} cities"
    try:
        check_keys(engine, wiring.key_ring(settings))
    except KeysUnusableError as error:
        yield False, str(error)
    for city in cities:
        yield from _city_findings(settings, engine, city)
    yield from standing.findings(settings, engine)
    engine.dispose()


def _city_findings(settings: Settings, engine: Engine, city: str) -> Iterator[tuple[bool, str]]:
    with engine.connect() as connection:
        profile = library.load_profile(connection, city)
    yield from _channel_findings(settings, profile)
    for line in profile.helplines:
        stale = line.stale(wiring.now().date())
        if stale:
            yield False, f"{city}: helpline {line.number} {stale}: call it, then set verified_on"


def _channel_findings(settings: Settings, profile: CityProfile) -> Iterator[tuple[bool, str]]:
    http = Client()  # nothing is sent by it
    for entry in profile.channels:
        name = f"{profile.slug}: channel {entry.name} ({entry.kind})"
        kind = CHANNELS.get(entry.kind)
        if kind is None:
            yield False, f"{name}: no such kind; there are {', '.join(CHANNELS)}"
            continue
        missing = kind(configured(settings, profile, entry), http).missing()
        off = f" is off: set {', '.join(missing)}" if missing else ""
        yield not missing, name + off
