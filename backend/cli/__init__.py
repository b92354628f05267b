"""The command line: `imbizo …`. Errors are one sentence and a way out, never a traceback."""

import sys

import click
import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.city_file import CityError
from backend.cli.broadcasts import broadcast
from backend.cli.chat import chat
from backend.cli.check import check, doctor
from backend.cli.coding import code
from backend.cli.data import channels, city, db, survey
from backend.cli.demo import demo
from backend.cli.exporting import export
from backend.cli.indicators import indicators
from backend.cli.keeping import backup, restore_
from backend.cli.outages import costs, reconcile_
from backend.cli.records import erase, key, keys
from backend.cli.review import review
from backend.cli.schemes import scheme
from backend.cli.serve import run, web, worker
from backend.logs import configure
from backend.privacy import KeysUnusableError
from backend.settings import SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imbizo", prog_name="imbizo")
def cli() -> None:
    """Imbizo lets a city hear its residents about safety, over the phones they have."""
    configure()


COMMANDS = (
    *(run, web, worker, chat, check, review, doctor, survey, city, channels),
    *(key, keys, erase, export, indicators, db, demo),
    *(scheme, code, broadcast),
    *(reconcile_, costs, backup, restore_),
)
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Runs the command; turns every error into one sentence on standard error and exit 1."""
    try:
        # Outside its standalone mode click hands the code of an `Exit` back.
        sys.exit(cli(standalone_mode=False) or 0)
    except click.Abort:
        _fail("Stopped.")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CityError as error:
        _fail("\n".join(["Not done:", *(f"  {f}" for f in error.faults)]))
    except (SettingsError, KeysUnusableError) as error:
        _fail(str(error))
    except SQLAlchemyError as error:
        kind = type(error).__name__
        _fail(f"The database does not answer as it should ({kind}). `imbizo doctor` says more.")
    except OSError as error:
        _fail(f"{error.strerror or type(error).__name__}: {error.filename or ''}".strip(": "))
    except Exception as error:
        structlog.get_logger(__name__).error("command_failed", error=type(error).__name__)
        _fail(f"Something in Imbizo went wrong ({type(error).__name__}). Nothing was half done.")


def _fail(text: str) -> None:
    click.echo(text, err=True)
    sys.exit(1)
