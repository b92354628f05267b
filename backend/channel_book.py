"""The channels of all cities, made from their profiles and the secrets in the environment."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from backend.city_file import ChannelEntry, CityProfile, HelplineEntry
from backend.settings import Settings
from bot.allowance import Limits
from channels import CHANNELS
from channels.base import Carries, Channel, ChannelConfig
from channels.client import Client

Address = tuple[str, str]
"""A city's slug and a channel's name."""


class ChannelBook(Mapping[Address, Channel]):
    """Channels by city and name. `refresh` takes in what changed in the database."""

    def __init__(
        self,
        settings: Settings,
        http: Client,
        profiles: Callable[[], Mapping[str, tuple[int, CityProfile]]],
    ) -> None:
        self._settings, self._http, self._profiles = settings, http, profiles
        self._revisions: dict[str, int] = {}
        self._channels: dict[Address, Channel] = {}
        self._demo: frozenset[str] = frozenset()
        self._limits: dict[Address, Limits] = {}
        self._entries: dict[Address, ChannelEntry] = {}
        self._cities: dict[str, CityProfile] = {}
        self._alerts: dict[str, tuple[str, ...]] = {}
        self._helplines: dict[str, tuple[HelplineEntry, ...]] = {}

    def refresh(self) -> None:
        """Makes the channels of new and changed cities; the others keep theirs."""
        demo = set(self._demo)
        for city, (revision, profile) in self._profiles().items():
            if self._revisions.get(city) == revision:
                continue
            made = {
                (city, entry.name): CHANNELS[entry.kind](
                    configured(self._settings, profile, entry), self._http
                )
                for entry in profile.channels
                if entry.kind in CHANNELS
            }
            hours = profile.hours()
            # Built whole, then swapped: a webhook never meets a city without its channels.
            others = {a: c for a, c in self._channels.items() if a[0] != city}
            self._limits |= {
                (city, entry.name): Limits(
                    rate=entry.rate,
                    replies_an_hour=entry.replies_an_hour or None,
                    window=made[city, entry.name].carries.window,
                    next_open=hours.next_open,
                )
                for entry in profile.channels
                if (city, entry.name) in made
            }
            self._entries |= {(city, entry.name): entry for entry in profile.channels}
            self._cities[city] = profile
            self._alerts[city] = profile.alerts
            self._helplines[city] = profile.helplines
            self._channels = others | made
            for gone in {a for a in self._entries if a[0] == city} - {
                (city, entry.name) for entry in profile.channels
            }:
                del self._entries[gone]
                self._limits.pop(gone, None)
            (demo.add if profile.demo else demo.discard)(city)
            self._revisions[city] = revision
        self._demo = frozenset(demo)

    def __getitem__(self, address: Address) -> Channel:
        return self._channels[address]

    def __iter__(self) -> Iterator[Address]:
        return iter(self._channels)

    def __len__(self) -> int:
        return len(self._channels)

    def is_demo(self, city: str) -> bool:
        """Whether nothing of this city may ever reach a provider."""
        return city in self._demo

    def entry(self, address: Address) -> ChannelEntry:
        """What the profile says of a channel."""
        return self._entries[address]

    def profile(self, city: str) -> CityProfile:
        """A city's profile."""
        return self._cities[city]

    def alerts(self, city: str) -> tuple[str, ...]:
        """Who is told what goes wrong in the city ("": in the installation as a whole)."""
        return self._alerts.get(city, ())

    def stale_helplines(self, today: date) -> int:
        """How many numbers of all cities nobody has called for long."""
        lines = (line for several in self._helplines.values() for line in several)
        return sum(bool(line.stale(today)) for line in lines)

    @property
    def limits(self) -> Mapping[Address, Limits]:
        """What holds each channel back; a live view."""
        return MappingProxyType(self._limits)

    def kinds(self) -> Mapping[Address, Carries]:
        """What each channel carries."""
        return {address: channel.carries for address, channel in self._channels.items()}


def configured(settings: Settings, profile: CityProfile, entry: ChannelEntry) -> ChannelConfig:
    """A profile's channel with every $NAME read from the environment ("" where it is not set)."""
    extra = {key: _read(settings, value) for key, value in (entry.model_extra or {}).items()}
    return ChannelConfig(
        city=profile.slug,
        name=entry.name,
        kind=entry.kind,
        country=profile.country,
        public_url=f"{settings.public_url}/webhooks/{profile.slug}/{entry.name}",
        rate=entry.rate,
        settings=extra,
        responsible=profile.responsible.name,
        sms_fold=entry.sms_fold,
    )


def _read(settings: Settings, value: object) -> object:
    if isinstance(value, str) and value.startswith("$"):
        return settings.secret(value)
    if isinstance(value, list):
        return [item for item in (_read(settings, v) for v in value) if item != ""]
    if isinstance(value, Mapping):
        return {key: _read(settings, item) for key, item in value.items()}
    return value
