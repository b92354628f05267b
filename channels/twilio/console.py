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


def template_settings(templates: Templates) -> str:
    """The text on content templates: which are there, which to make and how."""
    there = "\n".join(
        f"  {purpose} ({', '.join(sids)})" for purpose, sids in sorted(templates.sids.items())
    )
    lines = ["Content templates, which show choices as buttons and lists:", there or "  (none)"]
    if wanted := templates.wanted():
        lines += ["Missing (so many choices and more are numbered text until then):"]
        lines += [f"  {purpose}" for purpose in wanted]
        lines += [_HOW]
    return "\n".join(lines)


_HOW = """\
Make them in Twilio's Content Template Builder, or where it lacks a type with its Content API:
  quick_reply_N: type twilio/quick-reply, body {{1}}, N buttons of type QUICK_REPLY:
    title {{2}} and id {{3}}, title {{4}} and id {{5}}, and so on
  list_N: type twilio/list-picker, body {{1}}, N items: item {{2}} and id {{3}}, and so on;
    its button is a word of yours, as Choose: make one for each language, or one for any
Do not submit them for approval: they are used within 24 hours of a resident's message only.
Then name them in the city's profile:
  [channels.templates]
  quick_reply_2 = "HX…"
  list_4 = { en = "HX…", any = "HX…" }"""
