"""The channels of all cities, as their profiles say them now."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.channel_book import ChannelBook
from backend.city_file import ChannelEntry, CityProfile, read_city
from backend.settings import Settings
from channels.client import Client
from tests.backend.conftest import write_city

OLD, NEW = ("test-za", "sms"), ("test-za", "texts")


@pytest.fixture
def profile(tmp_path: Path) -> CityProfile:
    return read_city(write_city(tmp_path, "http://127.0.0.1:9"))


async def test_a_channel_that_is_taken_out_is_forgotten(profile: CityProfile) -> None:
    profiles = {"test-za": (1, profile)}
    settings = Settings("sqlite:///x.db", (), "https://imbizo.example.org", None, {})
    async with Client() as http:
        book = ChannelBook(settings, http, lambda: profiles)
        book.refresh()
        limits = book.limits
        assert set(limits) == {OLD}
        entry: ChannelEntry = profile.channels[0].model_copy(update={"name": "texts"})
        profiles["test-za"] = (2, profile.model_copy(update={"channels": (entry,)}))
        book.refresh()
        assert set(book) == set(limits) == {NEW}
        assert book.entry(NEW) == entry
        with pytest.raises(KeyError):
            book.entry(OLD)


@pytest.mark.parametrize("how", [None, "none", "typographic"])
async def test_a_channel_folds_as_its_profile_says(profile: CityProfile, how: str | None) -> None:
    table = profile.channels[0].model_dump(exclude={"sms_fold"}) | (
        {"sms_fold": how} if how else {}
    )
    changed = profile.model_copy(update={"channels": (ChannelEntry.model_validate(table),)})
    settings = Settings("sqlite:///x.db", (), "https://imbizo.example.org", None, {})
    async with Client() as http:
        book = ChannelBook(settings, http, lambda: {"test-za": (1, changed)})
        book.refresh()
    assert book.kinds()[OLD].fold == (how or "accents")
    with pytest.raises(ValidationError):
        ChannelEntry.model_validate(table | {"sms_fold": "emoji"})


async def test_a_channel_keeps_the_hours_of_its_city(profile: CityProfile) -> None:
    quiet = profile.quiet_hours.model_copy(update={"saturday": "none"})
    profiles = {"test-za": (1, profile)}
    settings = Settings("sqlite:///x.db", (), "https://imbizo.example.org", None, {})
    afternoon = datetime(2026, 11, 28, 15, tzinfo=profile.zone())  # a Saturday
    async with Client() as http:
        book = ChannelBook(settings, http, lambda: profiles)
        book.refresh()
        opens = book.limits[OLD].next_open
        assert opens is not None
        assert opens(afternoon) == datetime(2026, 11, 30, 8, tzinfo=profile.zone())
        profiles["test-za"] = (2, profile.model_copy(update={"quiet_hours": quiet}))
        book.refresh()
        opens = book.limits[OLD].next_open
        assert opens is not None
        assert opens(afternoon) == afternoon
