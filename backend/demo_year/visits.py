"""One visit, played through the bot's own turns inside a write transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from backend.city_file import CityProfile
from backend.demo_year.dice import Dice
from backend.demo_year.opinions import Mood, Story
from backend.demo_year.people import Resident, Visit
from backend.demo_year.talker import Talker
from backend.demo_year.texting import Text
from backend.demo_year.year import Year
from bot.store import ContactBusyError, Inbound, ReceiptStatus, Unit
from bot.turns import Taken, take_turn
from bot.wakeups import wake_contacts
from channels.base import Carries, Received, clean
from dialogue.parking import EXPIRE_DAYS, PARK_HOURS

COMES_BACK = 0.22
"""How many of those who broke off write again within some days."""

LOOKS_EVERY = timedelta(seconds=4)
"""A wake-up that comes due is noticed a little later."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where visits are played: a city and what its channels carry, a year, a seed. `prefix` begins
    the ids of all its messages."""

    profile: CityProfile
    kinds: Mapping[tuple[str, str], Carries]
    year: Year
    story: Story
    seed: int
    prefix: str

    def first_id(self, resident: int, visit: int) -> str:
        """The id of a visit's first message: its receipt says that the visit was made."""
        return f"{self.prefix}{resident}:{visit}:0"


def play(unit: Unit, stage: Stage, resident: Resident, visit: Visit) -> int:
    """Plays a visit, and the wake-ups that follow; how many texts the resident sent. A visit made
    before changes nothing. Raises ContactBusyError: the whole is to be tried again."""
    return _Visit(unit, stage, resident, visit).play()


class _Visit:
    def __init__(self, unit: Unit, stage: Stage, resident: Resident, visit: Visit) -> None:
        self._unit, self._stage = unit, stage
        self._resident, self._number = resident, visit.number
        self._visit, self._ticks = visit, 0
        self._city = stage.profile.slug
        dice = Dice(stage.seed, self._city, resident.number, visit.number)
        self._dice = dice
        self._talker = Talker(resident, unit.desk(self._city), dice)
        self._carries = stage.kinds[self._city, resident.channel]

    def play(self) -> int:
        """See `play`."""
        end = self._stage.year.end
        left = self._talk(self._talker.opens(self._visit), self._visit.begins)
        if left is not None and self._talker.midway and self._dice.happens(COMES_BACK):
            back = left + timedelta(hours=self._dice.between(20, 200))
            if back < end:
                self._rest(left, back)
                left = self._talk(Text(self._visit.keyword or "Hi"), back)
        if left is not None and self._talker.midway:
            self._rest(left, end)
        return self._talker.sent

    def _talk(self, said: Text | None, at: datetime) -> datetime | None:
        """Texts until the resident leaves it; when the last text came. None where nothing did."""
        last = None
        while said is not None and at < self._stage.year.end:
            taken = self._take(said, at)
            if taken.repeat:
                return None
            last = at
            mood = Mood(self._resident, self._stage.story, self._stage.year.share(at))
            said = self._talker.answer(taken.parts, taken.language, mood)
            at += self._pause()
        return last

    def _take(self, said: Text, at: datetime) -> Taken:
        id_ = f"{self._stage.prefix}{self._resident.number}:{self._number}:{self._talker.sent}"
        received = Received(
            id_,
            self._resident.urn,
            clean(said.text),
            choice=said.choice,
            question=said.question,
            location=said.location,
        )
        turn = self._id(id_)
        inbound = Inbound(self._city, self._resident.channel, received, turn, at)
        taken = take_turn(self._unit, inbound, self._carries)
        if taken.status is ReceiptStatus.WAITING:
            raise ContactBusyError
        if not taken.repeat:
            self._unit.outbox.settle_at_once(turn, at)
            self._talker.sent += 1
        return taken

    def _rest(self, since: datetime, until: datetime) -> None:
        """Takes the wake-ups of a survey left open, as the worker would have at the time."""
        for span in (timedelta(hours=PARK_HOURS), timedelta(days=EXPIRE_DAYS)):
            at = since + span + LOOKS_EVERY
            if at < until:
                wake_contacts(self._unit, at, self._tick_id, self._stage.kinds, self._city)

    def _pause(self) -> timedelta:
        """How long until the next text: seconds in a chat, some minutes by SMS, now and then
        hours."""
        if self._dice.happens(0.04):
            return timedelta(hours=self._dice.between(0.5, 7))
        slow = 200 if self._resident.channel == "sms" else 60
        return timedelta(seconds=int(self._dice.between(8, slow)))

    def _tick_id(self) -> str:
        self._ticks += 1
        mark = f"{self._resident.number}:{self._number}:tick {self._ticks}"
        return self._id(self._stage.prefix + mark)

    def _id(self, told: str) -> str:
        """An id that follows from what is told and the city."""
        return sha256(f"{self._city}\0{told}".encode()).hexdigest()[:32]
