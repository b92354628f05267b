"""A conversation in memory, in the format of transcripts: `imbizo chat` and the tests use it.

    > NO                what the resident sends
    < For how long …    what we answer; further lines are indented
    @ +25h              time passes (s, m, h, d)
    * 2                 the resident taps a button of the last message that has some
    ~ photo WORDS       the resident sends a picture, with a caption or without
    ~ place -26.2,28.0  the resident shares a place
    ! invite SLUG WORDS we invite: "+48h" is when it closes, "fixed" keeps the first vote, "seed=7"
                        shuffles, "comment" invites one, "unseen" sends a template instead
    ! remind            we remind of what we invited to
    ! announce TEXT     we say something
    # …                 a remark

The conversation goes through its JSON form between any two turns, as in the database.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.language import guess_of
from bot.store import Guesser
from channels.base import Carries, Part
from channels.rendering import render
from dialogue.conversation import converse
from dialogue.desk import Desk
from dialogue.effects import Effect, Forget, OptIn, OptOut, Redeem
from dialogue.events import Announce, Event, Invite, Linked, Remind, Reply, Tick
from dialogue.memory import Conversation, dump, load
from dialogue.terms import Terms
from dialogue.wording import compose

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(slots=True)
class Talk:
    """One resident talking with a city. `seen` keeps every effect, for tests to look at."""

    desk: Desk
    carries: Carries
    now: datetime
    conversation: Conversation = field(default_factory=Conversation)
    turns: int = 0
    heard_at: datetime | None = None
    seen: list[Effect] = field(default_factory=list)
    tags: str | None = None
    guesser: Guesser | None = None
    invited: str = ""

    def say(self, text: str) -> list[Part]:
        """The resident sends a text; the parts of our answer."""
        self.turns += 1
        guess = guess_of(self.guesser, self.desk, self.conversation, text)
        return self._take(Reply(f"turn{self.turns:08}", text, channel="talk", guess=guess))

    def attach(self, what: str) -> list[Part]:
        """The resident sends "photo" with a caption or without, or "place LATITUDE,LONGITUDE"."""
        self.turns += 1
        kind, _, at = what.strip().partition(" ")
        if kind == "photo":
            return self._take(Reply(f"turn{self.turns:08}", at, media=1, channel="talk"))
        latitude, longitude = map(float, at.split(","))
        place = (latitude, longitude)
        return self._take(Reply(f"turn{self.turns:08}", location=place, channel="talk"))

    def tap(self, number: str) -> list[Part]:
        """The resident taps a button of the last message that has some."""
        self.turns += 1
        return self._take(Reply(f"turn{self.turns:08}", choice=number, question=self.tags))

    def begin(self, what: str) -> list[Part]:
        """We write first: "invite SLUG WORDS", "remind" or "announce TEXT"."""
        self.turns += 1
        id_ = f"turn{self.turns:08}"
        kind, _, rest = what.strip().partition(" ")
        if kind == "remind":
            return self._take(Remind(id_, self.invited))
        if kind == "announce":
            return self._take(Announce(id_, {self.desk.city.languages[0]: rest}))
        slug, *words = rest.split()
        self.invited = id_
        terms = self._terms(words)
        unseen = "unseen" in words
        parts = self._take(Invite(id_, slug, terms=terms, unseen=unseen))
        return [] if unseen else parts

    def _terms(self, words: list[str]) -> Terms:
        closes = next((self.now + span(w) for w in words if w.startswith("+")), None)
        seed = next((w.removeprefix("seed=") for w in words if w.startswith("seed=")), None)
        return Terms(closes, "fixed" not in words, seed, "comment" in words)

    def wait(self, span: timedelta) -> list[Part]:
        """Time passes; wake-ups that come due are taken on their hour."""
        until = self.now + span
        said: list[Part] = []
        while (wake := self.conversation.wake_at) is not None and wake <= until:
            self.turns += 1
            self.now = max(wake, self.now)
            said += self._take(Tick(f"turn{self.turns:08}", self.heard_at))
        self.now = until
        return said

    def _take(self, event: Event) -> list[Part]:
        opted_out = self.conversation.opted_out
        before = replace(load(dump(self.conversation)), opted_out=opted_out)
        turn = converse(self.desk, before, event, self.now)
        if isinstance(event, Reply) and any(isinstance(e, Redeem) for e in turn.effects):
            # There is nobody else here whose code it could be.
            turn = converse(self.desk, before, Linked(event, found=False), self.now)
        self.seen += turn.effects
        message = compose(self.desk, turn.effects, turn.conversation.locale)
        self.conversation = turn.conversation
        for effect in turn.effects:
            match effect:
                case OptOut():
                    opted_out = True
                case OptIn():
                    opted_out = False
                case Forget():
                    self.conversation = Conversation()
                case _:
                    pass
        self.conversation = replace(self.conversation, opted_out=opted_out)
        if message is None:
            return []
        self.heard_at, self.tags = self.now, message.question or self.tags
        return list(render(message, self.carries))


def line(part: Part) -> str:
    """A part of ours as transcript lines, its buttons in brackets."""
    buttons = [f"[{choice.label}]" for choice in part.choices]
    text = "\n".join([part.text, *([" ".join(buttons)] if buttons else [])])
    return "< " + text.replace("\n", "\n  ")


def span(text: str) -> timedelta:
    """ "+25h" as a length of time. Raises ValueError."""
    found = re.fullmatch(r"\+(\d{1,5})([smhd])", text.strip())
    if not found:
        raise ValueError(f"'{text}' is no length of time such as +25h")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def play(talk: Talk, script: str) -> str:
    """A transcript with our lines made anew from its other lines."""
    out: list[str] = []
    for row in script.splitlines():
        if row.startswith("< ") or row.startswith("  ") or row == "<":
            continue
        out.append(row)
        if row.startswith("> ") or row == ">":
            out += map(line, talk.say(row[2:].replace("\\n", "\n")))
        elif row.startswith("* "):
            out += map(line, talk.tap(row[2:].strip()))
        elif row.startswith("~ "):
            out += map(line, talk.attach(row[2:]))
        elif row.startswith("! "):
            out += map(line, talk.begin(row[2:]))
        elif row.startswith("@ "):
            out += map(line, talk.wait(span(row[2:])))
    return "\n".join(out) + "\n"
