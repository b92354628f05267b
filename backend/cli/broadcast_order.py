"""A broadcast as it is described on the command line: by a file, by options, or both."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from backend.broadcasts.order import Order, OrderError, read_order
from dialogue.faults import Fault

Command = Callable[..., None]


def order_options(command: Command) -> Command:
    """The options that describe a broadcast."""
    options = (
        click.option("--survey", help="Slug of the survey, poll or prompt it opens."),
        click.option("--text", multiple=True, help="A text instead, as  en='The words'."),
        click.option("--area", multiple=True, help="Code of an area (with what lies in it)."),
        click.option("--language", multiple=True),
        click.option("--channel", multiple=True),
        click.option("--group", multiple=True, help="A named group of contacts."),
        click.option("--audience", help="Name of a saved audience, instead of these."),
        click.option("--sample", type=click.IntRange(min=1), help="So many, drawn by lot."),
        click.option("--seed", help="What the lots are drawn by."),
        click.option("--stratify", is_flag=True, help="Draw from each area its share."),
        click.option("--starts-at", help="The city's time, as 2026-12-01T09:00; now without it."),
        click.option("--closes-at", help="When answers begin to be late."),
        click.option("--reminder", multiple=True, help="So long after the invitation, as 24h."),
        click.option("--spread", help="Send evenly over so long, as 2h."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def order_of(file: Path | None, options: Mapping[str, Any]) -> Order:
    """The broadcast as file and options describe it; options go first. Raises OrderError."""
    data: dict[str, Any] = {}
    if file is not None:
        try:
            data = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise OrderError((Fault(file.name, f"is no TOML: {error}"),)) from error
    audience = {
        name: options[option]
        for name, option in AUDIENCE_OPTIONS.items()
        if options[option] not in (None, (), False)
    }
    if options["audience"]:
        data["audience"] = options["audience"]
    elif audience:
        data["audience"] = {**_table(data.get("audience")), **audience}
    plain = {"survey": options["survey"], "starts_at": options["starts_at"]}
    plain |= {"closes_at": options["closes_at"], "spread": options["spread"]}
    plain |= {"reminders": options["reminder"] or None, "text": _texts(options["text"]) or None}
    return read_order(data | {name: value for name, value in plain.items() if value is not None})


AUDIENCE_OPTIONS: Mapping[str, str] = {
    "areas": "area", "languages": "language", "channels": "channel", "groups": "group",
    "sample": "sample", "seed": "seed", "stratify": "stratify",
}  # fmt: skip


def _table(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _texts(given: Sequence[str]) -> dict[str, str]:
    found = {}
    for one in given:
        code, found_sign, words = one.partition("=")
        if not found_sign:
            raise click.UsageError("--text needs the language first, as  --text en='The words'.")
        found[code] = words
    return found
