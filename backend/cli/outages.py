"""`reconcile` and `costs`: what came while we were away, and what it all costs."""

import asyncio
import sys
from datetime import UTC, date, datetime

import click

from backend import wiring
from backend.city_file import CityError, CityProfile
from backend.cli.database import database
from backend.reconcile import moment, sources
from backend.settings import Settings, read_settings
from backend.store import library, spend
from bot.reconciling import Reconciled, Source, reconcile
from channels.base import SendError
from dialogue.faults import Fault


# --- reconcile ---------------------------------------------------------------------------------
@click.command("reconcile")
@click.argument("city")
@click.option("--since", required=True, help="2h, 3d, or a time as 2026-11-24T08:00.")
@click.option("--channel", help="This channel only.")
def reconcile_(city: str, since: str, channel: str | None) -> None:
    """Fetches from the providers of CITY what was missed while we were down, and answers it. What
    came already is left alone, so it may run at any time and again."""
    with database() as (_, engine), engine.connect() as connection:
        profile = library.load_profile(connection, city)
    begin = _since(since, profile)
    asyncio.run(_reconcile(read_settings(), profile, channel, begin))


def _since(text: str, profile: CityProfile) -> datetime:
    now = wiring.now()
    try:
        found = moment(text, now, profile.zone())
    except ValueError:
        raise CityError(
            (Fault("since", f"'{text}' is neither 2h or 3d nor an ISO time"),)
        ) from None
    if found > now:
        raise CityError((Fault("since", "is in the future"),))
    return found


async def _reconcile(
    settings: Settings, profile: CityProfile, channel: str | None, since: datetime
) -> None:
    async with wiring.installation(settings) as one:
        asked = [
            source
            for source in sources(one.channels)
            if source.city == profile.slug and channel in (None, source.channel)
        ]
        if not asked:
            name = f"channel '{channel}'" if channel else "channels"
            raise CityError(
                (Fault(name, "nothing can be asked for: see `imbizo doctor` for what is off"),)
            )
        for source in asked:
            await _ask(one, source, since)


async def _ask(one: wiring.Installation, source: Source, since: datetime) -> None:
    click.echo(f"{source.channel}: what came since {since.astimezone(UTC):%Y-%m-%d %H:%M} UTC")

    async def show(so_far: Reconciled) -> None:
        if sys.stdout.isatty():
            click.echo(f"\r  {_counted(so_far)}", nl=False)

    try:
        found = await reconcile(one.writer, source, since, wiring.SURROUNDINGS, show)
    except SendError as error:
        raise CityError(
            (Fault(source.channel, f"the provider cannot be asked now ({error}): try again"),)
        ) from error
    if sys.stdout.isatty():
        click.echo("\r", nl=False)
    click.echo(f"  {_counted(found)}")


def _counted(found: Reconciled) -> str:
    return f"{found.seen} seen, {found.missed} of them had been missed"


# --- costs -------------------------------------------------------------------------------------
@click.command()
@click.argument("city")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC); 30 days else.")
def costs(city: str, since: datetime | None) -> None:
    """What each channel of CITY sent each day, and what that costs at the profile's price."""
    now = wiring.now()
    first = since.date() if since else date.fromordinal(now.date().toordinal() - 30)
    with database() as (_, engine), engine.connect() as connection:
        profile = library.load_profile(connection, city)
        found = [one for one in spend.spent(connection, first, now) if one.city == city]
    entries = {entry.name: entry for entry in profile.channels}
    click.echo(f"{'day (UTC)':<12}{'channel':<16}{'parts':>9}{'segments':>10}{'cost':>14}")
    sums: dict[str, float] = {}
    unpriced = 0
    for one in found:
        entry = entries.get(one.channel)
        if entry is None:  # taken out of the profile, or named otherwise now
            unpriced += one.segments
            cost = "unknown"
        else:
            paid = entry.cost(one.segments)
            sums[entry.currency] = sums.get(entry.currency, 0.0) + paid
            cost = _money(paid, entry.currency)
        click.echo(
            f"{one.day.isoformat():<12}{one.channel:<16}{one.parts:>9}{one.segments:>10}{cost:>14}"
        )
    total = ", ".join(_money(paid, currency) for currency, paid in sums.items())
    if unpriced:
        rest = f"{unpriced} segments of unknown price: their channels are not in the profile now"
        total = f"{total}; and {rest}" if total else rest
    click.echo(f"In all since {first}: {total or 'nothing was sent'}.")


def _money(amount: float, currency: str) -> str:
    return f"{amount:.2f} {currency}".strip()
