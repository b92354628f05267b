"""What a person must type into Twilio's console: no API of Twilio's reaches all of it."""

from collections.abc import Mapping

from channels.base import ChannelConfig

RETRIES = "#rc=5&rp=5xx,ct,rt"
"""Makes Twilio try our webhook five more times, on 5xx too: without it a message that comes while
we restart is lost. The fragment is neither sent nor signed. Source: Twilio's "Webhooks connection
overrides"."""


def console_settings(config: ChannelConfig, replies: Mapping[str, str]) -> str:
    """The text that `imbizo channels setup` prints for this sender.

    `replies` are the texts, by command, for Twilio's own answers to STOP, START and HELP.
    """
    sender = config.settings.get("messaging_service") or config.settings.get("sender") or "(none)"
    lines = [
        f"Channel {config.name} of {config.city}: sender {sender}",
        "",
        "A message comes in (webhook, HTTP POST):",
        f"  {config.public_url}{RETRIES}",
        "Delivery status callback URL (every message names it too):",
        f"  {config.public_url}/status{RETRIES}",
    ]
    if replies:
        lines += ["", "Twilio's own answers (Opt-Out Management):"]
        lines += [f"  {command}: {text}" for command, text in replies.items()]
    return "\n".join(lines)
