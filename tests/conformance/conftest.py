"""Servers and programs we did not write, started on 127.0.0.1 and stopped by their own id."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from channels.client import Client
from tests.conformance.listener import Listener

HERE = Path(__file__).parent
START_SECONDS = 60


def node_program() -> str:
    return shutil.which("node") or "node"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(
    arguments: list[str],
    port: int,
    log: Path,
    program: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """A server that listens on the port, of Node unless another program is given; its address."""
    with log.open("w") as output:
        server = subprocess.Popen(
            [program or node_program(), *arguments],
            stdout=output,
            stderr=output,
            env=environment,
            cwd=log.parent,
        )
    try:
        wait_for(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()[-2000:]}")


def run_node(node_modules: Path, script: str, cases: object) -> object:
    """What a script beside this file writes about the cases, both as JSON."""
    done = subprocess.run(
        [node_program(), str(HERE / script)],
        input=json.dumps(cases),
        env={"NODE_PATH": str(node_modules)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    """What plays a resident or a person, where `http` is ours."""
    async with httpx.AsyncClient() as client:
        yield client


@pytest.fixture
async def http() -> AsyncIterator[Client]:
    async with Client() as client:
        yield client


@contextmanager
def mocking(node_modules: Path, spec: Path, log: Path) -> Iterator[str]:
    """Prism, refusing what a published specification does not allow."""
    port = free_port()
    program = node_modules / "@stoplight" / "prism-cli" / "dist" / "index.js"
    arguments = [str(program), "mock", "-h", "127.0.0.1", "-p", str(port), str(spec)]
    with running(arguments, port, log) as url:
        yield url


@pytest.fixture(scope="session")
def prism(
    node_modules: Path, shared_fakes: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Twilio's specification of messages."""
    log = tmp_path_factory.mktemp("prism") / "log"
    with mocking(node_modules, shared_fakes / "messages_patched.json", log) as url:
        yield url


@pytest.fixture(scope="session")
def content_prism(
    node_modules: Path, shared_fakes: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Twilio's specification of content templates."""
    log = tmp_path_factory.mktemp("content_prism") / "log"
    with mocking(node_modules, shared_fakes / "twilio_content_v1.json", log) as url:
        yield url


@pytest.fixture(scope="session")
def listener() -> Iterator[Listener]:
    """Where the emulator's webhooks go."""
    with Listener() as listening:
        yield listening


@pytest.fixture(scope="session")
def emulator(
    node_modules: Path, listener: Listener, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """`emulate`, a Twilio that keeps what it is sent and signs its webhooks."""
    folder = tmp_path_factory.mktemp("emulate")
    seed = folder / "seed.json"  # YAML is read, and JSON is YAML
    seed.write_text(json.dumps(_seed(listener.url)))
    port = free_port()
    program = node_modules / "emulate" / "dist" / "index.js"
    loopback = ["--require", str(HERE / "loopback.cjs")]
    start = ["start", "--service", "twilio", "--port", str(port), "--seed", str(seed)]
    with running([*loopback, str(program), *start], port, folder / "log") as url:
        yield url


def _seed(url: str) -> object:
    number = {"phone_number": "+15551234567", "sms_url": f"{url}?city=one", "friendly_name": "One"}
    account = {"sid": "AC" + "0" * 32, "auth_token": "12345", "friendly_name": "Local"}
    return {"twilio": {"account": account, "phone_numbers": [number]}}
