"""What a person must type into Twilio's console: no API of Twilio's reaches all of it."""

from collections.abc import Mapping
from types import MappingProxyType

from channels.base import ChannelConfig
from channels.twilio.templates import Templates

RETRIES = "#rc=5&rp=5xx,ct,rt"
"""Makes Twilio try our webhook five more times, on 5xx too: without it a message that comes while
we restart is lost. The fragment is neither sent nor signed. Source: Twilio's "Webhooks connection
overrides"."""


ANSWERS: Mapping[str, str] = MappingProxyType(
    {"STOP": "stopped", "START": "welcome_back", "HELP": "help"}
)
"""Our phrases for what Twilio answers itself."""


def console_settings(config: ChannelConfig, words: Mapping[str, Mapping[str, str]]) -> str:
    """The text that `imbizo channels setup` prints for this sender.

    `words` by language and phrase: those of the first language are for Twilio's own answers.
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
    if words:
        first = next(iter(words.values()))
        lines += ["", "Twilio's own answers (Opt-Out Management):"]
        lines += [f"  {command}: {first[phrase]}" for command, phrase in ANSWERS.items()]
    return "\n".join(lines)


def template_settings(templates: Templates, city: str) -> str:
    """The text on content templates: which are there, which are missing, and the command for it."""
    there = "\n".join(
        f"  {purpose} ({', '.join(sids)})" for purpose, sids in sorted(templates.sids.items())
    )
    lines = [_WHAT, there or "  (none)"]
    if wanted := templates.wanted():
        lines += ["Missing (until then so many choices are numbered text, and nothing is sent"]
        lines += ["when 24 hours have passed since a resident wrote):"]
        lines += [f"  {purpose}" for purpose in wanted]
        lines += [f"Make them with: imbizo channels templates {city} --make"]
    return "\n".join(lines)


_WHAT = "Content templates, for choices as buttons and lists, and for writing after 24 hours:"
