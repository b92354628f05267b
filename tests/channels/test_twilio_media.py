"""Media fetched from Twilio: the right ones only, a password for Twilio only, and no more bytes
than asked for."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from channels.base import FetchError, Fetching, Media
from channels.client import Client
from channels.twilio import Sms, WhatsApp
from tests.channels.faults import PATIENT, RESET, SILENCE, Answer, FaultServer, patience
from tests.channels.samples import ACCOUNT, TOKEN, TWILIO, WHATSAPP, config

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{'1' * 32}/Media/ME{'2' * 32}"
PICTURE = bytes(range(256)) * 8


def certified(folder: Path) -> ssl.SSLContext:
    """A server's side of a closed connection, with a certificate of its own (synthetic)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "synthetic")])
    hosts = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2100, 1, 1, tzinfo=UTC)
    )
    signed = made.add_extension(hosts, critical=False).sign(key, SHA256())
    (folder / "certificate").write_bytes(signed.public_bytes(Encoding.PEM))
    own = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key").write_bytes(own)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate", folder / "key")
    return context


@pytest.fixture
async def store() -> AsyncIterator[FaultServer]:
    """Where Twilio keeps media: another host."""
    async with FaultServer() as server:
        yield server


def sms(provider: FaultServer, http: Client, **settings: object) -> Sms:
    known = {**TWILIO, "api_base": provider.url, "timeout": PATIENT, **settings}
    return Sms(config("sms", known), http)


async def failure(channel: Fetching, reference: str, most: int = 9999) -> FetchError:
    with pytest.raises(FetchError) as failed:
        await channel.fetch(Media(reference), most)
    for secret in (ACCOUNT, TOKEN, "127.0.0.1", "MM1"):
        assert secret not in str(failed.value)
    return failed.value


@pytest.mark.parametrize("host", ["", "https://api.twilio.com"])
async def test_a_medium_is_fetched_with_the_first_password(
    host: str, provider: FaultServer, http: Client
) -> None:
    """The address may name Twilio's own host: it is asked for at the one that is configured."""
    provider.answers = [Answer(200, PICTURE)]
    channel = sms(provider, http, auth_token=[TOKEN, "older"])
    media = Media((host or provider.url) + PATH, "image/png")
    assert await channel.fetch(media, len(PICTURE)) == PICTURE
    (request,) = provider.requests
    assert request.target == PATH
    login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert request.headers["authorization"] == f"Basic {login}"


def test_both_kinds_fetch(http: Client) -> None:
    assert isinstance(Sms(config("sms", TWILIO), http), Fetching)
    assert isinstance(WhatsApp(config("whatsapp", WHATSAPP), http), Fetching)


async def test_the_password_does_not_follow_a_redirect(
    provider: FaultServer, store: FaultServer, http: Client
) -> None:
    provider.answers = [
        Answer(307, "", {"Location": PATH + "?a=b"}),
        Answer(307, "", {"Location": f"{store.url}/kept?signed=1"}),
    ]
    store.answers = [Answer(200, PICTURE)]
    assert await sms(provider, http).fetch(Media(provider.url + PATH), 9999) == PICTURE
    assert all("authorization" in request.headers for request in provider.requests)
    (request,) = store.requests
    assert request.target == "/kept?signed=1"
    assert "authorization" not in request.headers


OTHERS = [
    "",
    "not an address",
    "https://example.org" + PATH,
    "https://api.twilio.com.example.org" + PATH,
    "https://api.twilio.com@example.org" + PATH,
    "http://api.twilio.com" + PATH,
    f"https://api.twilio.com{PATH}?x=1",
    f"https://api.twilio.com{PATH}/../../Messages.json",
    f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
    f"https://api.twilio.com{PATH}".replace(ACCOUNT, "AC" + "9" * 32),
    "file:///etc/hostname",
]


@pytest.mark.parametrize("reference", OTHERS)
async def test_nothing_else_is_asked_for(
    reference: str, provider: FaultServer, http: Client
) -> None:
    assert (await failure(sms(provider, http), reference)).final
    assert provider.requests == []


LOOP = Answer(302, "", {"Location": PATH})
FAILURES = [
    (Answer(404, "{}"), True),
    (Answer(410, ""), True),
    (Answer(401, ""), False),
    (Answer(403, ""), False),
    (Answer(429, ""), False),
    (Answer(500, ""), False),
    (Answer(204, ""), False),
    (Answer(302, ""), False),
    (Answer(302, "", {"Location": "ftp://127.0.0.1/kept"}), False),
    (Answer(302, "", {"Location": "http://127.0.0.1:port/"}), False),
    (Answer(200, PICTURE, {"Content-Encoding": "gzip"}), False),
    (LOOP, False),
    (RESET, False),
    (SILENCE, False),
]


@pytest.mark.parametrize(("answer", "final"), FAILURES)
async def test_what_cannot_be_had(
    answer: Answer | str, final: bool, provider: FaultServer, http: Client
) -> None:
    provider.answers = [answer]
    channel = sms(provider, http, timeout=patience(answer))
    assert (await failure(channel, provider.url + PATH)).final is final
    # A connection that broke is tried once more: a GET changes nothing.
    tries = 4 if answer is LOOP else 2 if answer is RESET else 1
    assert len(provider.requests) == tries


async def test_an_open_connection_is_never_followed_to_from_a_closed_one(
    provider: FaultServer, http: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.answers = [Answer(200, PICTURE)]
    tls = certified(tmp_path)
    async with FaultServer(tls) as closed:
        closed.answers = [Answer(302, "", {"Location": f"{provider.url}/kept"})]
        assert not (await failure(sms(closed, http), closed.url + PATH)).final
        assert closed.requests == []  # nobody vouches for this server
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate"))
        async with Client() as trusting:
            refused = await failure(sms(closed, trusting), closed.url + PATH)
        assert str(refused) == "redirected to an open connection"
    assert len(closed.requests) == 1
    assert provider.requests == []


async def test_what_is_too_large_is_not_read_to_its_end(
    provider: FaultServer, http: Client
) -> None:
    provider.answers = [Answer(200, PICTURE)]
    assert (await failure(sms(provider, http), provider.url + PATH, len(PICTURE) - 1)).final


async def test_what_never_ends_is_cut_off(http: Client) -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
                sent += 0x1000
                await writer.drain()
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(endless, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        channel = Sms(config("sms", {**TWILIO, "api_base": url}), http)
        assert (await failure(channel, url + PATH, 100_000)).final
    assert sent < 50_000_000
