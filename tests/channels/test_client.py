"""The one client: what it puts on the wire, and which way it goes."""

import pytest

from channels.client import Client
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
