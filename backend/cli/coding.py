"""`code`: a coding desk in the terminal. What is given is kept at once, so that it can be left and
taken up again at any moment."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import Engine

from backend import auth, wiring
from backend.auth import Key, Role
from backend.cli.database import database
from backend.cli.schemes import the_applied
from backend.exports.audit import note_reading
from backend.labelling import LabelError, give
from backend.privacy import KeyRing
from backend.settings import SettingsError
from backend.store import labels, library
from backend.store.labels import DeskAnswer
from backend.store.schemes import Applied
from dialogue.labels import View
from dialogue.scheme import Code

HELP = "Type codes with spaces between, or #1 for a suggestion; s skips, u undoes, q quits."
BAD_KEY = "That is no good key of a coordinator or administrator of this city."


@click.command()
@click.argument("city")
@click.argument("survey")
@click.argument("question")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with your API key; it is asked for otherwise.",
)
@click.option("--settle", is_flag=True, help="Settle what coders disagree on.")
def code(city: str, survey: str, question: str, key_file: Path | None, settle: bool) -> None:
    """Codes the open answers to a QUESTION of a SURVEY of CITY, in the name of your API key."""
    with database() as (settings, engine):
        with engine.connect() as connection:
            applied = the_applied(connection, city, survey, question)
            key = auth.find_key(connection, _key_text(key_file))
        if (
            key is None
            or key.city != city
            or key.role not in (Role.COORDINATOR, Role.ADMINISTRATOR)
        ):
            raise SettingsError(BAD_KEY)
        desk = _Desk(engine, wiring.key_ring(settings), applied, key, settle)
        for one in applied.scheme.codes:
            click.echo(f"  {one.code:<6} {_label(one)}{' (stands alone)' if one.special else ''}")
        click.echo(HELP)
        desk.work()
    rest = f", {desk.left} left" if desk.left else ""
    click.echo(f"{desk.given} given{rest}. To go on: the same command again.")


def _key_text(file: Path | None) -> str:
    """The key from its file, or typed in unseen, or the first line of what is piped in: never an
    argument, which others could see in the list of processes."""
    if file is not None:
        return file.read_text().strip()
    if sys.stdin.isatty():
        return str(click.prompt("Your API key", hide_input=True)).strip()
    return sys.stdin.readline().strip()


@dataclass
class _Desk:
    """One coder at work. `done` are the answers labelled here, the last one last; `left` are those
    to be labelled, skipped ones too, as they were counted when the coder began."""

    engine: Engine
    keys: KeyRing
    applied: Applied
    key: Key
    settles: bool
    after: int = 0
    given: int = 0
    done: list[int] = field(default_factory=list)
    left: int = 0

    @property
    def view(self) -> View:
        """What the coder looks at."""
        return "disputed" if self.settles else "open"

    def work(self) -> None:
        """Shows one answer after another, until there is none or the coder leaves."""
        with self.engine.connect() as connection:
            self.left = labels.left(connection, self.applied, self.key.prefix, self.view)
        while (one := self._next()) is not None:
            self._show(one)
            if not self._ask(one):
                return
        click.echo("There is nothing more to settle." if self.settles else "Nothing more to code.")

    def _next(self) -> DeskAnswer | None:
        """The next answer. The look is noted before it is shown."""
        use, prefix = self.applied.use, self.key.prefix
        with self.engine.connect() as connection:
            found = labels.queue(
                connection, self.keys, self.applied, prefix, self.view, self.after, 1
            )
        if found:
            with library.writing(self.engine) as connection:
                note_reading(connection, use.city, prefix, use.survey, wiring.now())
        return found[0] if found else None

    def _show(self, one: DeskAnswer) -> None:
        click.echo(f"\n[{max(self.left, 1)} left] {one.answered_on} {one.language}:")
        click.echo(_printable(one.said))
        codes = {code.name: code for code in self.applied.codes}
        for label in one.labels or () if self.settles else ():
            given = " ".join(codes[name].code for name in label.codes)
            click.echo(f"  {label.coder}: {given}")
        for n, hint in enumerate(one.suggested, 1):
            found = codes[hint.code]
            near = "near " if hint.inflected else ""
            click.echo(f'  #{n} {found.code} {_label(found)}? ({near}"{hint.because}")')

    def _ask(self, one: DeskAnswer) -> bool:
        """Asks until the answer is labelled or left; whether to go on."""
        while True:
            typed = _typed()
            match typed.casefold():
                case "q":
                    return False
                case "s":
                    self.after = one.id
                    return True
                case "u":
                    return self._undo()
                case _:
                    fault = self._give(one, typed.split())
            if fault is None:
                return True
            click.echo(fault)

    def _give(self, one: DeskAnswer, words: Sequence[str]) -> str | None:
        """Keeps what was typed; why not, if it cannot be."""
        if not words:
            return HELP
        printed = {code.code.casefold(): code.name for code in self.applied.scheme.codes}
        hints = {f"#{n}": hint.code for n, hint in enumerate(one.suggested, 1)}
        known = printed | hints
        unknown = [word for word in words if word.casefold() not in known]
        if unknown:
            return f"{unknown[0]} is none of the codes. {HELP}"
        fault = self._keep(one.id, [known[word.casefold()] for word in words])
        if fault is None:
            self.given += 1
            self.left = max(self.left - 1, 0)
            self.done.append(one.id)
            self.after = one.id
        return fault

    def _undo(self) -> bool:
        """Takes the last label back, and shows its answer again."""
        if self.settles:
            click.echo("What is settled stays: it can be settled anew by API.")
        elif not self.done:
            click.echo("Nothing was given here that could be undone.")
        else:
            last = self.done.pop()
            self._keep(last, [])
            self.given -= 1
            self.left += 1
            self.after = last - 1
        return True

    def _keep(self, answer: int, codes: Sequence[str]) -> str | None:
        use, prefix = self.applied.use, self.key.prefix
        try:
            with library.writing(self.engine) as connection:
                give(
                    connection, use.city, answer, prefix, codes, wiring.now(), settles=self.settles
                )
        except LabelError as error:
            return f"{error}."
        return None


def _typed() -> str:
    """A line, or q at the end of what is piped in."""
    prompt = "> " if sys.stdin.isatty() else ""
    try:
        return input(prompt).strip()
    except EOFError:
        return "q"


def _printable(said: str | None) -> str:
    """What a resident wrote, without what a terminal would obey."""
    if said is None:
        return "(the words do not open)"
    return "".join(c if c.isprintable() else " " for c in said)


def _label(code: Code) -> str:
    return next(iter(code.label.values()), code.name)
