"""Broadcasts as the command line shows them."""

from collections.abc import Mapping

import click

from backend.broadcasts.estimate import Preview
from backend.broadcasts.live import Live
from backend.broadcasts.ordering import Ordered


def show_preview(seen: Preview) -> None:
    """Whom it reaches, what it costs, when it ends, and what each gets."""
    click.echo(f"Reaches {seen.recipients} of {seen.eligible} who can be reached.")
    if seen.waiting:
        click.echo(f"  of them in another survey now, invited afterwards: {seen.waiting}")
    for reason, n in seen.exclusions.items():
        click.echo(f"  left out, {_words(reason)}: {n}")
    for one in seen.messages:
        cost = "" if one.cost is None else f", {_money(one.cost, one.currency)}"
        click.echo(
            f"{one.channel}, {one.language}, {_words(one.way)}: {one.recipients} people,"
            f" {one.segments_each} segments each{cost}"
        )
        for line in one.text.splitlines():
            click.echo(f"    {line}")
    click.echo(f"Segments: {seen.segments}. Cost: {_cost(seen.cost)}; with all reminders at most")
    click.echo(f"  {_cost(seen.cost_at_most)}.")
    click.echo(f"Starts {seen.starts_at:%Y-%m-%d %H:%M} UTC, seed {seen.seed}.")
    if seen.finishes_at is not None:
        click.echo(f"The last first message goes out {seen.finishes_at:%Y-%m-%d %H:%M} UTC.")
    if seen.needs_approval:
        click.echo("So many need a second person's approval.")


def show_ordered(city: str, made: Ordered) -> None:
    """What was ordered, and what comes next."""
    click.echo(f"Broadcast {made.number} of {city} is {_words(made.state)}.")
    if made.needs_approval:
        click.echo(f"Next, by another key:  imbizo broadcast approve {city} {made.number}")
    else:
        click.echo(f"To watch it:  imbizo broadcast status {city} {made.number} --watch")


def show_live(seen: Live) -> None:
    """What became of everybody, and what to do about failures."""
    what = f"survey {seen.survey}" if seen.survey else "a text"
    if seen.wave is not None:
        what += f", wave {seen.wave}"
    click.echo(f"Broadcast {seen.number}, {what}: {_words(seen.state)}.")
    counts = seen.counts
    click.echo(
        f"  recipients {counts.recipients}, waiting {counts.waiting}, queued {counts.queued}"
    )
    click.echo(f"  sent {counts.sent}, delivered {counts.delivered}, read {counts.read}")
    click.echo(
        f"  answered {counts.answered}, completed {counts.completed}, late {counts.late},"
        f" opted out {counts.opted_out}"
    )
    ended = {"expired": counts.expired, "cancelled": counts.cancelled, "erased": counts.erased}
    _reasons("failed", counts.failed)
    _reasons("skipped", counts.skipped)
    _reasons("ended", ended)
    _reasons("left out at the start", seen.exclusions)
    for channel in seen.by_channel:
        rests = f", rests until {channel.rests_until:%H:%M} UTC ({channel.rests_because})"
        click.echo(
            f"  {channel.channel}: {channel.counts.sent} sent,"
            f" {_money(channel.cost, channel.currency)}{rests if channel.rests_until else ''}"
        )
    for failure in seen.failures:
        click.echo(
            f"  {failure.count} failed on {failure.channel}, {failure.code or failure.kind}:"
            f" {failure.what_to_do}"
        )
    click.echo(
        f"  {seen.rate} messages a second in the last minute; cost so far {_cost(seen.cost)}"
    )
    if seen.finishes_at is not None:
        click.echo(f"  the last first message goes out {seen.finishes_at:%Y-%m-%d %H:%M} UTC")


def _reasons(label: str, counts: Mapping[str, int]) -> None:
    told = ", ".join(f"{_words(reason)} {n}" for reason, n in counts.items() if n)
    if told:
        click.echo(f"  {label}: {told}")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cost(sums: Mapping[str, float] | None) -> str:
    if sums is None:
        return "hidden"
    return ", ".join(_money(amount, currency) for currency, amount in sums.items()) or "nothing"


def _money(amount: float, currency: str) -> str:
    return f"{amount:.2f} {currency}".strip()
