"""`scheme`: coding schemes, what they are applied to, and how far coders agree."""

from pathlib import Path

import click
from sqlalchemy import Connection

from backend import wiring
from backend.city_file import CityError
from backend.cli.database import database
from backend.results.agreement import Agreement
from backend.results.coding import coding_report
from backend.results.merging import SurveyUnknownError, merged, versions
from backend.scheme_source import checked_scheme
from backend.store import library, schemes
from backend.store.schemes import Applied, Use
from dialogue.faults import Fault
from dialogue.questions.words import Open


@click.group()
def scheme() -> None:
    """Coding schemes for open answers."""


@scheme.command("import")
@click.argument("city")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def scheme_import(city: str, file: Path) -> None:
    """Publishes FILE (.toml) as the next version of its scheme in CITY."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CityError((Fault(file.name, "is not UTF-8"),)) from error
    with database() as (_, engine), library.writing(engine) as connection:
        found = checked_scheme(text, library.load_profile(connection, city).languages)
        version = schemes.publish(connection, city, text, wiring.now())
    click.echo(f"{found.slug} is published in {city} as version {version}.")


@scheme.command("export")
@click.argument("city")
@click.argument("slug")
def scheme_export(city: str, slug: str) -> None:
    """Prints the newest version of a scheme of CITY as TOML."""
    with database() as (_, engine), engine.connect() as connection:
        library.load_profile(connection, city)
        found = schemes.schemes(connection, city, slug)
    if not found:
        raise _no_scheme(city, slug)
    click.echo(found[-1].source, nl=False)


@scheme.command("list")
@click.argument("city")
def scheme_list(city: str) -> None:
    """The schemes of CITY, and the questions they are applied to."""
    with database() as (_, engine), engine.connect() as connection:
        library.load_profile(connection, city)
        latest = {one.scheme.slug: one.scheme for one in schemes.schemes(connection, city)}
        uses = schemes.uses(connection, city)
    for slug in sorted(latest):
        found = latest[slug]
        click.echo(f"{slug}  version {found.version}, {len(found.codes)} codes")
        for use in uses:
            if use.scheme == slug:
                click.echo(f"  {use.survey} {use.question}: {_coders(use)}")
    if not latest:
        click.echo(f"{city} has no scheme: imbizo scheme import {city} FILE")


@scheme.command("apply")
@click.argument("city")
@click.argument("slug", metavar="SCHEME")
@click.argument("survey")
@click.argument("question")
@click.option("--coders", default=1, show_default=True, type=click.IntRange(1, 9))
@click.option(
    "--twice",
    default=0,
    show_default=True,
    type=click.IntRange(0, 100),
    help="Percent of answers that need at least two coders.",
)
def scheme_apply(city: str, slug: str, survey: str, question: str, coders: int, twice: int) -> None:
    """Applies a SCHEME of CITY to an open QUESTION of a SURVEY, in place of another."""
    use = Use(city, survey, question, slug, coders, twice)
    with database() as (_, engine), library.writing(engine) as connection:
        library.load_profile(connection, city)
        if not schemes.schemes(connection, city, slug):
            raise _no_scheme(city, slug)
        _open_question(connection, use)
        schemes.apply(connection, use)
    click.echo(f"{slug} is applied to {survey} {question}: {_coders(use)}.")
    click.echo(f"To code: imbizo code {city} {survey} {question}")


@scheme.command("agreement")
@click.argument("city")
@click.argument("survey")
@click.argument("question")
def scheme_agreement(city: str, survey: str, question: str) -> None:
    """How far the coding of a QUESTION is, and how far coders agree."""
    with database() as (_, engine), engine.connect() as connection:
        applied = the_applied(connection, city, survey, question)
        report = coding_report(connection, applied)
    click.echo(", ".join(f"{n} {stage}" for stage, n in report.progress.items()))
    click.echo(f"{'code':<24}{'answers':>8}{'coders':>8}{'percent':>9}{'kappa':>9}{'alpha':>9}")
    for name, figures in (("all codes", report.all_codes), *report.by_code.items()):
        click.echo(f"{name:<24}{_figures(figures)}")


def the_applied(connection: Connection, city: str, survey: str, question: str) -> Applied:
    """The scheme applied to a question. Raises CityError with a way out."""
    library.load_profile(connection, city)
    applied = schemes.applied(connection, city, survey).get(question)
    if applied is None:
        what = f"no scheme is applied to it: imbizo scheme apply {city} SCHEME {survey} {question}"
        raise CityError((Fault(f"{survey} {question}", what),))
    return applied


def _open_question(connection: Connection, use: Use) -> None:
    try:
        found = merged(versions(connection, use.city, use.survey)).question(use.question)
    except SurveyUnknownError as error:
        what = f"there is no survey '{use.survey}' in {use.city}"
        raise CityError((Fault("survey", what),)) from error
    except KeyError as error:
        what = f"{use.survey} has no question '{use.question}'"
        raise CityError((Fault("question", what),)) from error
    if not isinstance(found, Open):
        what = f"is of type {found.kind}: only answers to an open question are coded by a scheme"
        raise CityError((Fault(use.question, what),))


def _no_scheme(city: str, slug: str) -> CityError:
    return CityError((Fault("scheme", f"there is no scheme '{slug}' in {city}"),))


def _coders(use: Use) -> str:
    each = "1 coder" if use.coders == 1 else f"{use.coders} coders"
    return f"{each} an answer" + (f", 2 for {use.twice} %" if use.twice and use.coders < 2 else "")


def _figures(of: Agreement) -> str:
    numbers = "".join(f"{'-' if x is None else f'{x:.3f}':>9}" for x in (of.kappa, of.alpha))
    percent = "-" if of.percent is None else f"{of.percent:.1f}"
    return f"{of.units:>8}{of.coders:>8}{percent:>9}{numbers}"
