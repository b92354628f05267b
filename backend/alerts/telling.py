"""Tells operators: a web hook gets JSON, an e-mail address a letter. No personal data in either."""

import asyncio
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import httpx

from backend.alerts.conditions import WAY_OUT, Condition, What, minute
from backend.store.alerts import Kept

SECONDS = 15


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told, as data and in a sentence."""

    data: Mapping[str, object]
    text: str


def words(alert: Kept) -> Telling:
    """An alert as it is told."""
    condition = Condition(What(alert.what), alert.city, alert.channel, alert.detail)
    if alert.ended_at is not None:
        text = f"Imbizo: over since {minute(alert.ended_at)}: {condition}"
    else:
        text = f"Imbizo: {condition}. To do: {WAY_OUT[condition.what]}."
    data = {
        "what": alert.what,
        "city": alert.city,
        "channel": alert.channel,
        "since": alert.since.isoformat(),
        "detail": alert.detail,
        "ended": alert.ended_at.isoformat() if alert.ended_at else None,
        "text": text,
    }
    return Telling(data, text)


async def tell(http: httpx.AsyncClient, smtp_url: str, target: str, telling: Telling) -> None:
    """Tells one address. Raises what the network or the server raises."""
    if target.startswith(("http://", "https://")):
        answer = await http.post(target, json=dict(telling.data))
        answer.raise_for_status()
    else:
        await asyncio.to_thread(_mail, urlsplit(smtp_url), target, telling)


def _mail(server: SplitResult, to: str, telling: Telling) -> None:
    options = parse_qs(server.query)
    name = unquote(server.username or "")
    sender = options.get("from", [name if "@" in name else f"imbizo@{server.hostname}"])[0]
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, to
    letter["Subject"] = telling.text.partition(". To do")[0]
    letter["Date"] = formatdate()
    letter.set_content(telling.text + "\n")
    context = ssl.create_default_context()
    host = server.hostname or "localhost"
    with _connected(server, host, context) as line:
        if options.get("tls") == ["starttls"]:
            line.starttls(context=context)
        if name:
            line.login(name, unquote(server.password or ""))
        line.send_message(letter)


def _connected(server: SplitResult, host: str, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=SECONDS, context=context)
    return smtplib.SMTP(host, server.port or 25, timeout=SECONDS)
