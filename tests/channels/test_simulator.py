"""The channel that carries nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from channels.base import Sending, WhenUnknown
from channels.client import Client
from channels.rendering import CARRIES
from channels.simulator import Simulator
from channels.twilio import WhatsApp
from tests.channels.samples import WHATSAPP, config

HI = Sending("try:anna", "Hi")


async def test_ids_are_of_the_sendings_and_their_order(http: Client) -> None:
    one, other = (Simulator(config("simulator", {}), http) for _ in range(2))
    ids = [(await one.send(HI)).provider_id, (await one.send(HI)).provider_id]
    assert len(set(ids)) == 2
    assert ids == [(await other.send(HI)).provider_id, (await other.send(HI)).provider_id]


async def test_nothing_is_looked_up(http: Client) -> None:
    simulator = Simulator(config("simulator", {}), http)
    assert await simulator.find(HI, datetime(2026, 11, 22, tzinfo=UTC)) is None
    assert simulator.when_unknown is WhenUnknown.RESEND


def test_it_looks_like_another_kind(http: Client) -> None:
    like = {kind: Simulator(config("simulator", {"like": kind}), http) for kind in CARRIES}
    assert {kind: simulator.carries for kind, simulator in like.items()} == CARRIES
    assert Simulator(config("simulator", {}), http).carries == CARRIES["sms"]
    assert Simulator(config("simulator", {"like": "pigeon"}), http).missing() == ("like",)


@pytest.mark.parametrize(("settings", "made"), [({}, range(1, 11)), ({"templates": False}, ())])
def test_it_shows_what_a_real_sender_with_its_templates_shows(
    settings: dict[str, object], made: Sequence[int], http: Client
) -> None:
    names = [f"quick_reply_{n}" if n < 4 else f"list_{n}" for n in made]
    templates = dict.fromkeys(names, "HX" + "0" * 32)
    real = WhatsApp(config("whatsapp", {**WHATSAPP, "templates": templates}), http)
    like = Simulator(config("simulator", {"like": "whatsapp", **settings}), http)
    assert like.carries == real.carries
