"""`channels templates`: shown, made, kept, and made no second time."""

import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest

from backend.channel_book import configured
from backend.city_file import ChannelEntry
from backend.settings import Settings
from backend.store import library, open_engine
from tests.backend.cli.conftest import Desk
from tests.channels.content_fake import ContentServer

SHOW = ("channels", "templates", "test-za")
MAKE = (*SHOW, "--make")
SECRETS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "synthetic"}
OWN = "HX" + "e" * 32
CHANNEL = """[[channels]]
name = "whatsapp"
kind = "whatsapp"
sender = "+27600000000"
account_sid = "$TWILIO_ACCOUNT_SID"
auth_token = ["$TWILIO_AUTH_TOKEN"]
api_base = "http://127.0.0.1:9"
content_base = "{url}"
{more}
"""


@pytest.fixture
def api() -> Iterator[ContentServer]:
    with ContentServer() as server:
        yield server


def load(desk: Desk, url: str, more: str = "") -> None:
    """Gives the city a WhatsApp channel."""
    file = desk.folder / "cities" / "test-za" / "city.toml"
    file.write_text(file.read_text() + CHANNEL.format(url=url, more=more))
    desk.well("city", "load", "cities/test-za", "--replace")
    desk.settings |= SECRETS


def kept(desk: Desk, **secrets: str) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """The city's revision, and the channel's templates as kept and as a channel is given them."""
    url = desk.settings["IMBIZO_DATABASE_URL"]
    engine = open_engine(url)
    with engine.connect() as connection:
        revision = library.revisions(connection)["test-za"]
        profile = library.load_profile(connection, "test-za")
    engine.dispose()
    entry = profile.channels[-1]
    settings = Settings(url, (), "https://imbizo.example.org", None, {**SECRETS, **secrets})
    given = configured(settings, profile, entry).settings["templates"]
    assert isinstance(given, dict)
    return revision, (entry.model_extra or {})["templates"], given


def printed(shown: str) -> Any:
    """The table to keep in city.toml, as TOML reads it."""
    text = shown.partition("[channels.templates]")
    return tomllib.loads(text[2])


def test_none_yet_then_made_kept_shown_and_not_made_again(desk: Desk, api: ContentServer) -> None:
    load(desk, api.url)
    shown = desk.well(*SHOW)
    assert "none yet" in shown
    assert "--make" in shown
    made = desk.well(*MAKE)
    revision, table, _ = kept(desk)
    assert printed(made) == table
    assert table["reply"]["en"] == api.named("imbizo_reply_en_")["sid"]
    assert table["quick_reply_3"] == api.named("imbizo_quick_reply_3_")["sid"]
    assert table["reply"]["any"] == table["reply"]["en"], "for languages that WhatsApp has not"
    assert set(table["list_4"]) == {"en", "es", "zu", "xh", "af", "st", "tn"}
    count = len(api.contents)
    api.decide("imbizo_reply_zu_", "rejected", "TAG_CONTENT_MISMATCH")
    lines = desk.well(*SHOW).splitlines()
    (zu,) = (line.split() for line in lines if table["reply"]["zu"] in line)
    assert zu == ["reply", "zu", table["reply"]["zu"], "rejected", "TAG_CONTENT_MISMATCH"]
    (button,) = (line for line in lines if "quick_reply_1 " in line)
    assert "needs no approval" in button
    assert printed(desk.well(*MAKE)) == table
    assert len(api.contents) == count
    assert kept(desk)[0] == revision + 1, "whoever holds the channel makes it anew"


def test_what_was_kept_meanwhile_stays(desk: Desk, api: ContentServer) -> None:
    load(desk, api.url)
    desk.well(*MAKE)
    engine = open_engine(desk.settings["IMBIZO_DATABASE_URL"])

    def put(purpose: str) -> None:
        def merge(entry: ChannelEntry) -> dict[str, Any]:
            sleep(0.2)
            return {**(entry.model_extra or {}).get("templates", {}), purpose: OWN}

        with library.writing(engine) as connection:
            assert library.keep_templates(connection, "test-za", "whatsapp", merge)
            assert library.keep_templates(connection, "test-za", "gone", merge) is None

    with ThreadPoolExecutor(2) as both:
        list(both.map(put, ("one", "two")))
    engine.dispose()
    _, table, _ = kept(desk)
    assert table["one"] == table["two"] == OWN
    assert table["reply"]["en"]


def test_the_printed_table_belongs_in_the_file(desk: Desk, api: ContentServer) -> None:
    load(desk, api.url)
    made = desk.well(*MAKE)
    file = desk.folder / "cities" / "test-za" / "city.toml"
    file.write_text(
        file.read_text() + "[channels.templates]" + made.partition("[channels.templates]")[2]
    )
    assert "Nothing has changed" in desk.well("city", "load", "cities/test-za")


def test_names_of_the_environment_are_read_and_stay(desk: Desk, api: ContentServer) -> None:
    load(
        desk,
        api.url,
        'templates = { reply = { en = "$REPLY_EN", zu = "$REPLY_ZU" }, list_4 = "$L" }',
    )
    desk.well(*MAKE, REPLY_EN=OWN, L=OWN)
    _, table, given = kept(desk, REPLY_EN=OWN, L=OWN)
    assert table["reply"]["en"] == "$REPLY_EN"
    assert given["reply"]["en"] == given["list_4"] == OWN
    assert table["reply"]["zu"] == api.named("imbizo_reply_zu_")["sid"], "that name is not set"
    assert table["list_4"] == "$L"


def test_what_cannot_be_done_is_one_sentence(desk: Desk, api: ContentServer) -> None:
    assert "No channel of test-za needs templates; there are sms." in desk.refused(*SHOW)
    load(desk, api.url)
    assert "no city 'nowhere'" in desk.refused("channels", "templates", "nowhere")
    assert "No channel 'fax' of test-za" in desk.refused(*SHOW, "--channel", "fax")
    assert "No channel 'sms' of test-za" in desk.refused(*MAKE, "--channel", "sms")
    assert "none yet" in desk.well(*SHOW, "--channel", "whatsapp")
    off = desk.refused(*SHOW, TWILIO_AUTH_TOKEN="")
    assert "Channel whatsapp is off: set auth_token." in off
    api.failing = (401, {"code": 20003, "status": 401})
    refused = desk.refused(*MAKE)
    assert "refuses us (20003): check the channel's settings" in refused
    api.failing = (503, {"code": 20503, "status": 503})
    assert "try again later, nothing is made twice" in desk.refused(*MAKE)
    api.failing = (400, {"code": 29999, "status": 400})
    assert "refuses the templates (29999)" in desk.refused(*MAKE)
    assert api.contents == []


def test_setup_names_the_command(desk: Desk, api: ContentServer) -> None:
    load(desk, api.url)
    shown = desk.well("channels", "setup", "test-za")
    assert "imbizo channels templates test-za --make" in shown
    desk.well(*MAKE)
    assert "Missing" not in desk.well("channels", "setup", "test-za")
