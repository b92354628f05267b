"""What a city's channels can do for a broadcast now."""

from collections.abc import Mapping, Sequence

from backend.city_file import CityProfile
from backend.store.choosing import Reach
from channels.base import Channel, Opening, Purpose

Channels = Mapping[tuple[str, str], Channel]
"""By city and name."""


def reaches(channels: Channels, profile: CityProfile, *, opens: bool) -> Sequence[Reach]:
    """The channels of the city that can send, in its order. With `opens` a template may go where a
    window has closed: it asks for an answer, which then brings the question. A text of its own it
    cannot carry."""
    found = []
    for entry in profile.channels:
        channel = channels.get((profile.slug, entry.name))
        if channel is not None and not channel.missing():
            languages = profile.languages if opens else ()
            found.append(Reach(entry.name, channel.carries.window, _first(channel, languages)))
    return found


def _first(channel: Channel, languages: Sequence[str]) -> frozenset[str]:
    if channel.carries.window is None or not isinstance(channel, Opening):
        return frozenset()
    return frozenset(code for code in languages if channel.opens(Purpose.INVITATION, code))
