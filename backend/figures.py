"""What the database says, as figures for Prometheus. Labels are cities and channels only."""

from collections.abc import Callable, Sequence

from backend.channel_book import ChannelBook
from backend.metrics import Figure
from backend.store.health import OutboxHealth
from backend.store.standing import ChannelStanding, Standing

LABELS = ("city", "channel")
WITHHELD = "Replies not given since a contact's budget was used up"


def of_outbox(outbox: OutboxHealth) -> Sequence[Figure]:
    """The outbox as a whole."""
    values = (
        ("imbizo_database_up", "Whether the database answers", 1),
        ("imbizo_outbox_queued", "Message parts waiting to be sent", outbox.queued),
        (
            "imbizo_outbox_oldest_due_seconds",
            "Age of the oldest part that is due",
            outbox.oldest_due_seconds,
        ),
        ("imbizo_outbox_failed", "Parts that failed in the last day", outbox.failed),
        (
            "imbizo_receipts_waiting",
            "Received messages whose turn is still to be taken",
            outbox.waiting,
        ),
        ("imbizo_receipts_failed", "Received messages whose turn failed", outbox.failed_receipts),
        (
            "imbizo_media_wanted",
            "Pictures and recordings still to be fetched",
            outbox.media_wanted,
        ),
        (
            "imbizo_media_refused",
            "Pictures and recordings given up, of those not yet purged",
            outbox.media_refused,
        ),
        ("imbizo_exports_open", "Exports waiting for a worker or being made", outbox.exports),
    )
    withheld = [((city,), float(n)) for city, n in sorted(outbox.withheld.items())]
    return [
        *(Figure(name, text, [((), float(value))]) for name, text, value in values),
        Figure("imbizo_replies_withheld", WITHHELD, withheld, ("city",), only_grows=True),
    ]


def of_channels(standing: Standing, channels: ChannelBook) -> Sequence[Figure]:
    """Every channel that there is anything to say of."""
    found = sorted(standing.channels.items())

    def figure(
        name: str, text: str, value: Callable[[ChannelStanding], float], *, only_grows: bool = False
    ) -> Figure:
        values = [(address, float(value(one))) for address, one in found]
        return Figure(f"imbizo_channel_{name}", text, values, LABELS, only_grows)

    def rests(one: ChannelStanding) -> bool:
        return one.paused_until is not None and one.paused_until > standing.at

    def heard(one: ChannelStanding) -> float:
        return one.heard_at.timestamp() if one.heard_at else 0

    return [
        figure("sent", "Parts that the provider took", lambda o: o.parts, only_grows=True),
        figure("segments", "Segments of these", lambda o: o.segments, only_grows=True),
        figure("failed", "Parts that failed in the last day", lambda o: o.failed),
        figure("unknown", "Parts of unknown fate", lambda o: o.unknown),
        figure("refused", "Requests badly signed", lambda o: o.refused, only_grows=True),
        figure("paused", "Whether sending rests", rests),
        figure("heard_timestamp_seconds", "When a resident was last heard from", heard),
        _spend(standing, channels),
    ]


def _spend(standing: Standing, channels: ChannelBook) -> Figure:
    values = []
    for address, one in sorted(standing.channels.items()):
        if address in channels:
            entry = channels.entry(address)
            labels = (*address, entry.currency)
            values.append((labels, entry.cost(one.segments_today)))
    text = "Price of the segments sent today (UTC)"
    return Figure("imbizo_channel_spend_today", text, values, (*LABELS, "currency"))
