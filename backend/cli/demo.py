"""`demo`: the demo cities, and a synthetic year of them."""

import click

from backend import wiring
from backend.city_file import CityError
from backend.cli.database import database
from backend.cli.progress import bar
from backend.demo import load_demo
from backend.demo_year.loading import load
from backend.demo_year.plan import MOST_RESIDENTS, Plan, demo_cities, plan
from backend.settings import read_settings
from backend.store import migrate
from channels.client import Client
from dialogue.faults import Fault


@click.group()
def demo() -> None:
    """The demo cities."""


@demo.command("load")
@click.option("--year", is_flag=True, help="Make a synthetic year of them too: 52 weeks of texts.")
@click.option("--city", help="The year of this demo city only.")
@click.option("--residents", type=click.IntRange(1, MOST_RESIDENTS), help="How many. [2500]")
@click.option("--seed", type=click.IntRange(0, 10**18 - 1), help="Another seed, another year. [1]")
def demo_load(year: bool, city: str | None, residents: int | None, seed: int | None) -> None:
    """Loads the two demo cities, if they are not there. With --year made-up residents text to them
    as to a real city; stopped, it goes on where it was when called again."""
    if not year and (city is not None or residents is not None or seed is not None):
        raise click.UsageError("--city, --residents and --seed go with --year.")
    migrate(read_settings().database_url)
    with database() as (_, engine):
        loaded = load_demo(engine, wiring.now())
    click.echo(f"Loaded {', '.join(loaded)}." if loaded else "The demo cities are there already.")
    if year:
        _make_years(city, residents, seed)


def _make_years(city: str | None, residents: int | None, seed: int | None) -> None:
    with database() as (settings, _):
        one = wiring.assemble(settings, Client())  # nothing is sent by it
        try:
            kinds, now = one.channels.kinds(), wiring.now()
            cities = demo_cities(one.engine) if city is None else [city]
            for slug in cities:
                _make_year(one, slug, plan(one.engine, slug, kinds, now, residents, seed))
            if not cities:
                raise CityError((Fault("cities", "none is a demo city"),))
        finally:
            one.engine.dispose()


def _make_year(one: wiring.Installation, city: str, planned: Plan) -> None:
    if not planned.left:
        click.echo(f"{city}: its synthetic year is there already.")
        return
    made = planned.total - len(planned.left)
    with bar(f"{city}: a synthetic year") as progress:
        texts = load(one, planned.left, lambda n: progress(made + n, planned.total))
    click.echo(f"{city}: {texts} texts in {len(planned.left)} visits, all of them synthetic.")
