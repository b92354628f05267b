"""Takes recipients of broadcasts that are due: each gets its invitation, text or reminder, or the
reason why not.

Theory of operation. Recipients are taken some at a time, their contacts locked, and marked in the
transaction that queues the message: nobody gets it twice and nobody is lost, whoever dies. What was
true when the audience was chosen is looked at once more: who left, was asked, or closed a window
since. Each runs in a savepoint, so that a fault about one is nobody else's. Only as much is queued
as a channel sends in a short while: a pause, a cancellation or the evening then finds little of it
on its way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.recipients import Address, Candidate, Reason, RecipientState, Running
from bot.store import ContactBusyError, Known, Unit
from bot.turns import apply
from channels.base import Channel, Opening, Purpose
from dialogue.conversation import converse
from dialogue.events import Announce, Invite, Remind
from dialogue.inviting import Initiative, Obstacle, obstacle
from dialogue.memory import Conversation
from dialogue.terms import Terms

AT_ONCE = 100
"""Recipients taken in one transaction: whoever writes meanwhile does not wait for long."""

LOOK_AGAIN = timedelta(minutes=10)
"""Until the next look at somebody in the middle of another survey, or answering just now."""

AFTER_A_LOCK = timedelta(seconds=30)

log = structlog.get_logger(__name__)

Channels = Mapping[tuple[str, str], Channel]
"""By city and name."""

NextReminder = Callable[[datetime, int], datetime | None]
"""When one who was invited then, and was given so many reminders, is to get the next; None if
never."""

_REASONS: Mapping[Obstacle, Reason] = {
    Obstacle.OPTED_OUT: Reason.OPTED_OUT,
    Obstacle.NOT_AGREED: Reason.NOT_AGREED,
    Obstacle.QUIET: Reason.ASKED_RECENTLY,
    Obstacle.CLOSED: Reason.CLOSED,
    Obstacle.IN_SURVEY: Reason.IN_ANOTHER_SURVEY,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message goes: an address, and whether only a text made before may reach it."""

    address: Address
    channel: Channel
    unseen: bool


def take_due(
    unit: Unit,
    running: Running,
    state: RecipientState,
    open_channels: frozenset[str],
    channels: Channels,
    next_reminder: NextReminder,
    now: datetime,
) -> int:
    """Takes recipients of one broadcast that wait for their invitation, or (invited) for a
    reminder, on channels that have room; how many were looked at."""
    due = unit.recipients.due(running.id, state, open_channels, now, AT_ONCE)
    turn = _Turn(unit, running, channels, next_reminder, now) if due else None
    for one in due:
        assert turn is not None  # noqa: S101 (there is one where anything is due)
        try:
            with unit.savepoint():
                turn.take(one, state)
        except ContactBusyError:
            unit.recipients.put_off(one, now + AFTER_A_LOCK, None)
        except Exception as error:
            # One that fails must not be tried for ever, nor hold up the others.
            log.error("recipient_failed", city=running.city, error=type(error).__name__)
            if state is RecipientState.WAITING:
                unit.recipients.skip(one, Reason.FAILED)
            else:
                unit.recipients.reminded(one, None)
    return len(due)


class _Turn:
    """One broadcast's turns in one transaction."""

    def __init__(
        self,
        unit: Unit,
        running: Running,
        channels: Channels,
        next_reminder: NextReminder,
        now: datetime,
    ) -> None:
        self._unit, self._running, self._channels = unit, running, channels
        self._next_reminder, self._now = next_reminder, now
        self._desk = unit.desk(running.city)
        shuffle = running.shuffle
        self._terms = Terms(running.closes_at, running.may_change, shuffle, running.comment)

    def take(self, one: Candidate, state: RecipientState) -> None:
        """One recipient."""
        if state is RecipientState.WAITING:
            self._invite(one)
        else:
            self._remind(one)

    def _invite(self, one: Candidate) -> None:
        recipients, now = self._unit.recipients, self._now
        against = self._against(one)
        if against is not None:
            recipients.skip(one, against)
            return
        place = self._place(one, Purpose.INVITATION)
        if place is None:
            recipients.skip(one, Reason.NO_WINDOW if self._reachable(one) else Reason.NO_CHANNEL)
            return
        event: Initiative
        if self._running.survey is None:
            event = Announce(one.id, self._running.texts)
        else:
            survey, version = self._running.survey, self._running.version
            event = Invite(one.id, survey, version, self._terms, unseen=place.unseen)
        obstructed = obstacle(self._desk, one.known.conversation, event, now)
        if obstructed is not None and obstructed.passes:
            recipients.put_off(one, now + LOOK_AGAIN, _REASONS.get(obstructed))
        elif obstructed is not None:
            recipients.skip(one, _REASONS.get(obstructed, Reason.FAILED))
        else:
            locale = self._say(one, place, event, one.id, Purpose.INVITATION)
            due_at = self._next_reminder(now, 0) if isinstance(event, Invite) else None
            recipients.invited(one, place.address.channel, locale, now, due_at)

    def _remind(self, one: Candidate) -> None:
        recipients, now = self._unit.recipients, self._now
        given = one.reminders + 1
        event = Remind(f"{one.id}.{given}", one.id)
        obstructed = obstacle(self._desk, one.known.conversation, event, now)
        if obstructed is not None:
            later = now + LOOK_AGAIN if obstructed.passes else None
            recipients.put_off(one, later, None)
            return
        place = self._place(one, Purpose.REMINDER)
        if place is not None:
            self._say(one, place, event, event.id, Purpose.REMINDER)
        recipients.reminded(one, self._next_reminder(one.invited_at or now, given))

    def _against(self, one: Candidate) -> Reason | None:
        """What has come between since the audience was chosen."""
        if one.age is None or one.age < self._desk.city.minimum_age:
            return Reason.UNDER_AGE
        if one.asked_at is not None and one.asked_at > self._running.rested_since:
            return Reason.ASKED_RECENTLY
        return None

    def _allowed(self, one: Candidate) -> Sequence[tuple[Address, Channel]]:
        """The addresses whose channels can send and may carry this broadcast."""
        named, city = self._running.channels, self._running.city
        found = []
        for address in one.addresses:
            channel = self._channels.get((city, address.channel))
            may = not named or address.channel in named
            if may and channel is not None and not channel.missing():
                found.append((address, channel))
        return found

    def _reachable(self, one: Candidate) -> bool:
        return bool(self._allowed(one))

    def _place(self, one: Candidate, purpose: Purpose) -> Place | None:
        """Where the message goes: free text where they wrote last, else a text made before there,
        else another of their addresses."""
        locale = self._locale(one.known.conversation)
        for address, channel in self._allowed(one):
            window = channel.carries.window
            heard_at = address.heard_at
            if window is None or (heard_at is not None and self._now < heard_at + window):
                return Place(address, channel, unseen=False)
            asks = self._running.survey is not None and isinstance(channel, Opening)
            if asks and isinstance(channel, Opening) and channel.opens(purpose, locale):
                return Place(address, channel, unseen=True)
        return None

    def _locale(self, conversation: Conversation) -> str:
        return self._desk.locale(conversation.locale).code

    def _say(
        self, one: Candidate, place: Place, event: Initiative, id_: str, purpose: Purpose
    ) -> str:
        """Queues what the event makes us say; the language it is in."""
        known: Known = replace(one.known, urn=place.address.urn, channel=place.address.channel)
        turn = converse(self._desk, known.conversation, event, self._now)
        carries, until = place.channel.carries, self._running.closes_at
        city, now = self._running.city, self._now
        apply(self._unit, self._desk, city, known, turn, id_, now, carries, purpose, until)
        return self._locale(turn.conversation)
