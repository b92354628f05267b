"""Knows how a message is carried: one module a provider.

Rule 1: parsing is pure; `send` and `find` are the only I/O.
Rule 2: a channel names a failure (`base.Fault`); `bot.outbox` alone decides what follows.
Rule 3: no channel imports another; this file is the only list of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from channels.base import ChannelKind
from channels.simulator import Simulator
from channels.telegram import Telegram
from channels.twilio import Sms, WhatsApp

CHANNELS: Mapping[str, type[ChannelKind]] = MappingProxyType(
    {
        "sms": Sms,
        "whatsapp": WhatsApp,
        "telegram": Telegram,
        "simulator": Simulator,
    }
)
"""Channel classes by the `kind` a city profile names."""
