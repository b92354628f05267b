"""`run`, `web`, `worker`."""

import asyncio
import gc
import signal
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack

import click
import uvicorn
from uvicorn.loops.auto import auto_loop_factory

from backend import wiring
from backend.app import create_app
from backend.cli.database import sole_process
from backend.demo import load_demo, load_folder
from backend.settings import Settings, SettingsError, read_settings
from backend.store import library, migrate, open_engine
from backend.store.keycheck import check_keys
from backend.worker import working

HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
PORT = click.option(
    "--port", default=8000, show_default=True, envvar="PORT", show_envvar=True,
    type=click.IntRange(0, 65535),
)  # fmt: skip


@click.command()
@HOST
@PORT
@click.option("--demo", is_flag=True, help="Load the two demo cities first.")
@click.option("--demo-year", is_flag=True, help="Make a synthetic year of the demo cities, beside.")
def run(host: str, port: int, demo: bool, demo_year: bool) -> None:
    """Web and worker in one process; migrates the database first."""
    settings = read_settings()
    with sole_process(settings):
        migrate(settings.database_url)
        cities = _load(settings, demo=demo)
        _serve(settings, host, port, with_worker=True, demo=bool(cities), demo_year=demo_year)


@click.command()
@HOST
@PORT
def web(host: str, port: int) -> None:
    """Web only; any number of them, on PostgreSQL."""
    settings = _postgres(read_settings())
    cities = _load(settings, demo=False)
    _serve(settings, host, port, with_worker=False, demo=bool(cities))


@click.command()
def worker() -> None:
    """Worker only; any number of them, on PostgreSQL."""
    settings = _postgres(read_settings())
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(_work(settings))


def _postgres(settings: Settings) -> Settings:
    if settings.sqlite_file is not None:
        raise SettingsError(
            "web and worker share a PostgreSQL database: set IMBIZO_DATABASE_URL to postgresql://…,"
            " or use `imbizo run`, which needs neither"
        )
    return settings


def _load(settings: Settings, *, demo: bool) -> Sequence[str]:
    """Takes in the cities that come at start: the demo ones if asked for, and those of
    IMBIZO_CITIES. Which demo cities there are now. Raises KeysUnusableError before all else."""
    if settings.cities is not None and not settings.cities.is_dir():
        raise SettingsError(
            "IMBIZO_CITIES names no folder: set it to one that is there, or to none"
        )
    engine = open_engine(settings.database_url)
    try:
        check_keys(engine, wiring.key_ring(settings))
        if demo:
            load_demo(engine, wiring.now())
        if settings.cities is not None:
            load_folder(engine, settings.cities, wiring.now())
        with engine.connect() as connection:
            return library.demo_slugs(connection)
    finally:
        engine.dispose()


def _serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    with_worker: bool,
    demo: bool,
    demo_year: bool = False,
) -> None:
    listener = _bound(host, port)
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        create_app(settings, with_worker=with_worker, demo_year=demo_year and demo),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        forwarded_allow_ips="127.0.0.1",
    )
    root = f"http://{host}:{port}"
    if demo:
        click.echo(f"Talk to it as a resident:  {root}/try")
    if demo and demo_year:
        click.echo("A synthetic year comes in:  see demo_year in /readyz and in this log")
    click.echo(f"API documentation:         {root}/docs")
    click.echo("Stop with Ctrl-C.")
    server = _Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise click.exceptions.Exit(1)


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; then the memory is put at rest."""
        await super().startup(sockets)
        _rest_memory()


def _rest_memory() -> None:
    """Takes what is there after the start, mostly code, out of the collector's rounds: to go
    through it again and again took a fifth of a turn."""
    gc.collect()
    gc.freeze()


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # whoever calls before the application is up waits, and is not refused
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {port} cannot be had ({error.strerror}): choose another, as PORT=8001 make run"
        ) from error
    return listener


async def _work(settings: Settings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(wiring.installation(settings))
        await stack.enter_async_context(working(one))
        _rest_memory()
        click.echo("At work. Stop with Ctrl-C.")
        await stopped.wait()
