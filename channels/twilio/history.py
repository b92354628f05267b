"""What Twilio has listed as sent to us, whether or not we were there: told as its webhook would
have told it, without what the list does not keep (ids of taps, places, other addresses).

Source: Twilio's pages on the Messages list and media of messages, read in November 2026.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from twilio.rest import Client

from channels.twilio.transport import named_faults
from channels.twilio.webhook import MOST_MEDIA, Form

_PAGE = 1000
CLOCKS_DIFFER = timedelta(minutes=1)
"""How much later than ours Twilio's clock may seem; its times are whole seconds besides."""


@dataclass(frozen=True, slots=True)
class History:
    """The messages to one sender, or to a Messaging Service of several."""

    client: Client
    root: str
    sender: str
    service: str

    async def received_since(self, since: datetime) -> AsyncIterator[tuple[Form, datetime | None]]:
        """Every message that came since then as the form of its webhook, and when it came where the
        list says so; the oldest first. Raises SendError.

        The list begins with the newest, so it is read to its end before the first is told; of each
        only the record is held, and its media are asked for when its turn has come.
        """
        records = [record async for record in self._records(since)]
        records.reverse()  # those of one second keep their order
        for record in sorted(records, key=_came):
            yield await self._form(record), _listed_at(record)

    async def _records(self, since: datetime) -> AsyncIterator[Any]:
        """Page by page. The filter by date is taken to know days only."""
        earliest = since.astimezone(UTC) - CLOCKS_DIFFER
        midnight = earliest.replace(hour=0, minute=0, second=0, microsecond=0)
        to = {} if self.service else {"to": self.sender}
        with named_faults():
            stream = await self.client.messages.stream_async(
                date_sent_after=midnight, page_size=_PAGE, **to
            )
            async for record in stream:
                if self._is_to_us(record) and _came(record) >= earliest:
                    yield record

    def _is_to_us(self, record: Any) -> bool:
        """Whether it came, and to this sender: what is still coming will reach the webhook."""
        if record.direction != "inbound" or record.status == "receiving":
            return False
        if not (record.sid and record.from_):
            return False
        if self.service and record.messaging_service_sid == self.service:
            return True
        return bool(self.sender) and record.to == self.sender

    async def _form(self, record: Any) -> Form:
        told = {
            "MessageSid": record.sid,
            "AccountSid": record.account_sid,
            "From": record.from_,
            "To": record.to,
            "Body": record.body or "",
            "NumMedia": str(record.num_media or 0),
        }
        if told["NumMedia"] != "0":
            told |= await self._media(record.sid)
        return Form({name: [value] for name, value in told.items() if isinstance(value, str)})

    async def _media(self, sid: str) -> dict[str, str]:
        """The addresses and types of a message's media, as a form has them."""
        with named_faults():
            listed = await self.client.messages(sid).media.list_async(limit=MOST_MEDIA)
            told = {"NumMedia": str(len(listed))}
            for number, media in enumerate(listed):
                told[f"MediaUrl{number}"] = self.root + media.uri.removesuffix(".json")
                told[f"MediaContentType{number}"] = media.content_type or ""
        return told


def _came(record: Any) -> datetime:
    """When it came; without a time it is taken to be new."""
    return _listed_at(record) or datetime.max.replace(tzinfo=UTC)


def _listed_at(record: Any) -> datetime | None:
    came = record.date_sent or record.date_created
    return came if isinstance(came, datetime) else None
