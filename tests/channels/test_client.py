"""The one client: what it puts on the wire, and which way it goes."""

import asyncio
import gzip
from contextlib import suppress

import pytest

from channels.client import CLIENT_ERRORS, Client, is_misaddressed, silence
from tests.channels.faults import Answer, FaultServer

TEXT = "Kunjani? +27 60 & more"


async def test_what_is_asked_is_encoded(provider: FaultServer, http: Client) -> None:
    provider.answers = [Answer(200, "")]
    asked = {"To": "whatsapp:+27600000001", "DateSent>": "2026-11-22"}
    await http.request("POST", provider.url, params=asked, form={"Body": TEXT, "MediaUrl": ["a"]})
    (request,) = provider.requests
    assert request.target == "/?To=whatsapp:%2B27600000001&DateSent%3E=2026-11-22"
    assert request.form == {"Body": TEXT, "MediaUrl": "a"}


async def test_json(provider: FaultServer, http: Client) -> None:
    provider.answers = [Answer(201, {"sid": "1"}, {"X-Name": "kept"})]
    answer = await http.request("POST", provider.url, json={"name": TEXT})
    assert (answer.status, answer.is_success, answer.json_object()) == (201, True, {"sid": "1"})
    assert answer.headers["x-name"] == "kept"
    assert "sid" not in repr(answer)
    assert provider.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("body", ["", "<html>", "[1]", b"\xff", "[" * 100_000])
async def test_what_is_no_json_object_is_empty(
    body: object, provider: FaultServer, http: Client
) -> None:
    provider.answers = [Answer(200, body)]
    assert (await http.request("GET", provider.url)).json_object() == {}


@pytest.mark.parametrize(("spared", "asked"), [("", 1), ("127.0.0.1", 0)])
async def test_a_proxy_of_the_environment(
    spared: str, asked: int, provider: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.answers = [Answer(200, "")]
    async with FaultServer() as proxy, Client() as http:
        proxy.answers = [Answer(200, "")]
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", spared)
        await http.request("GET", f"{provider.url}/path")
    assert [request.target for request in proxy.requests] == [f"{provider.url}/path"] * asked
    assert len(provider.requests) == 1 - asked


async def test_nothing_of_a_cookie_is_kept(provider: FaultServer, http: Client) -> None:
    provider.answers = [Answer(200, "", {"Set-Cookie": "name=value"})]
    await http.request("GET", provider.url)
    await http.request("GET", provider.url)
    assert "cookie" not in provider.requests[1].headers


async def test_a_closed_one_asks_nobody(provider: FaultServer) -> None:
    async with Client() as http:
        pass
    with pytest.raises(RuntimeError):
        await http.request("GET", provider.url)
    assert provider.requests == []


async def test_a_proxy_may_be_named_without_its_scheme(
    provider: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with FaultServer() as proxy, Client() as http:
        proxy.answers = [Answer(200, "")]
        monkeypatch.setenv("http_proxy", proxy.url.removeprefix("http://"))
        monkeypatch.setenv("no_proxy", "")
        await http.request("GET", provider.url)
    assert len(proxy.requests) == 1


async def test_an_answer_far_too_large_is_none(provider: FaultServer, http: Client) -> None:
    small = gzip.compress(b"0" * 100 * 2**20)
    provider.answers = [Answer(200, small, {"Content-Encoding": "gzip"})]
    with pytest.raises(CLIENT_ERRORS):
        await http.request("GET", provider.url)


async def test_a_byte_now_and_then_is_no_answer(http: Client) -> None:
    over = asyncio.Event()

    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            while not over.is_set():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.close()
        ended.set()

    ended = asyncio.Event()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(TimeoutError):
        await http.request("GET", url, timeout=silence(0.1))
    over.set()
    await ended.wait()
    server.close()
    await server.wait_closed()


async def test_an_address_that_no_name_can_have_is_misaddressed(http: Client) -> None:
    with pytest.raises(CLIENT_ERRORS) as failed:
        await http.request("GET", "http://a..b/")
    assert is_misaddressed(failed.value)
