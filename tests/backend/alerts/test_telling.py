"""Alerts reach web hooks and mail servers as these take them."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.alerts.telling import tell, words
from backend.store.alerts import Kept
from tests.backend.alerts.postbox import postbox

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAUSED = Kept("paused", "east", "sms", "sending rests, code 20003", NOON)
OVER = Kept("paused", "east", "sms", "sending rests, code 20003", NOON, NOON, NOON + timedelta(1))


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as http:
        yield http


def test_what_is_told_says_where_what_and_what_to_do() -> None:
    told = words(PAUSED)
    assert told.data == {
        "what": "paused",
        "city": "east",
        "channel": "sms",
        "since": "2026-11-24T12:00:00+00:00",
        "detail": "sending rests, code 20003",
        "ended": None,
        "text": told.text,
    }
    assert told.text.startswith("Imbizo: east sms: sending rests, code 20003. To do: ")


def test_an_end_is_told_as_one() -> None:
    told = words(OVER)
    assert told.data["ended"] == "2026-11-25T12:00:00+00:00"
    assert told.text.startswith("Imbizo: over since 2026-11-25 12:00 UTC: east sms")


async def test_a_web_hook_gets_json() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as http:
        await tell(http, "", "https://ops.example.org/hook", words(PAUSED))
    assert seen[0].headers["content-type"] == "application/json"
    assert b'"what":"paused"' in seen[0].read().replace(b": ", b":")


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_web_hook_that_does_not_take_it_is_a_failure(status: int) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status))
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(httpx.HTTPStatusError):
            await tell(http, "", "https://ops.example.org/hook", words(PAUSED))


async def test_a_letter_goes_out_plainly(http: httpx.AsyncClient) -> None:
    async with postbox() as box:
        server = f"smtp://127.0.0.1:{box.port}"
        await tell(http, server, "ops@example.org", words(PAUSED))
    [(to, letter)] = box.letters
    assert to == "ops@example.org"
    assert "Subject: Imbizo: east sms: sending rests, code 20003" in letter
    assert "From: imbizo@127.0.0.1" in letter
    assert "To do: " in letter.replace("=\n", "")


async def test_a_name_and_a_sender_are_used(http: httpx.AsyncClient) -> None:
    async with postbox() as box:
        server = f"smtp://me%40example.org:p%3Ass@127.0.0.1:{box.port}"
        await tell(http, server, "ops@example.org", words(PAUSED))
        await tell(http, f"{server}?from=imbizo@example.org", "ops@example.org", words(OVER))
    assert box.who == 2 * ["|me@example.org|p:ss"]
    senders = [line for _, text in box.letters for line in text.split("\n") if line[:5] == "From:"]
    assert senders == ["From: me@example.org", "From: imbizo@example.org"]


@pytest.mark.parametrize("whole", [False, True])
async def test_a_letter_goes_out_encrypted(
    http: httpx.AsyncClient, whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = certified(tmp_path)
    async with postbox(context, whole=whole) as box:
        server = f"smtp{'s' if whole else ''}://127.0.0.1:{box.port}"
        server += "" if whole else "?tls=starttls"
        with pytest.raises(ssl.SSLCertVerificationError):
            await tell(http, server, "ops@example.org", words(PAUSED))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "both.pem"))
        await tell(http, server, "ops@example.org", words(PAUSED))
    assert len(box.letters) == 1


async def test_a_server_that_takes_no_letter_is_a_failure(http: httpx.AsyncClient) -> None:
    async with postbox() as box:
        box.broken = True
        with pytest.raises(OSError, match="ops@"):
            await tell(http, f"smtp://127.0.0.1:{box.port}", "ops@example.org", words(PAUSED))
    assert box.letters == []
    with pytest.raises(OSError, match="refused"):
        await tell(http, f"smtp://127.0.0.1:{box.port}", "ops@example.org", words(PAUSED))


def certified(folder: Path) -> ssl.SSLContext:
    """A server's side with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "postbox")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "both.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
