"""What holds for any survey, any resident and any passing of time."""

import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rendering import CARRIES, render
from dialogue.answers.normalise import fold
from dialogue.conversation import converse
from dialogue.desk import Desk
from dialogue.effects import Effect, Forget, Moved, Opened, Record
from dialogue.events import Announce, Event, Guess, Invite, Remind, Reply, Tick
from dialogue.locale import COMMAND_KEYS
from dialogue.memory import Conversation, dump, load
from dialogue.messages import Message
from dialogue.open_question import tag
from dialogue.outcomes import UNCOUNTED
from dialogue.survey import RETRY_LIMIT, Session, Status, Survey, SurveyKind
from dialogue.terms import NO_TERMS, Terms
from dialogue.turn import Turn
from dialogue.votes import VOTED
from dialogue.wording import compose
from tests.dialogue.samples import (
    CITY,
    GATED,
    LOCALES,
    NOW,
    OTHER,
    PULSE,
    SAFE,
    desk,
    question,
    survey,
)
from tests.dialogue.strategies import LABELS, any_survey

FINAL = {*Status} - {Status.ACTIVE, Status.PARKED}


# --- anything a resident can do ------------------------------------------------------------------
@dataclass(frozen=True)
class Doing:
    """One thing that happens, before it is known what is open then."""

    text: str = ""
    choice: str | None = None
    tag: str | None = None
    location: tuple[float, float] | None = None
    media: int = 0
    language: str | None = None
    command: str | None = None
    invite: str | None = None
    terms: Terms = NO_TERMS
    closes_in: float | None = None
    unseen: bool = False
    remind: bool = False
    announce: bool = False
    hours: float = 0
    heard: bool = True
    is_tick: bool = False
    guess: Guess | None = None

    def event(self, id_: str, conversation: Conversation, now: datetime) -> Event:
        if self.is_tick:
            return Tick(id_, now - timedelta(hours=self.hours) if self.heard else None)
        if self.invite is not None:
            closes = None if self.closes_in is None else now + timedelta(hours=self.closes_in)
            terms = replace(self.terms, closes_at=closes)
            return Invite(id_, self.invite, terms=terms, unseen=self.unseen)
        if self.remind:
            open_ = (conversation.session, *conversation.parked)
            return Remind(id_, next((s.id for s in open_ if s), "none"), self.unseen)
        if self.announce:
            return Announce(id_, {"zu": "Izibani."})
        session = conversation.session
        open_tag = tag(session) if session else conversation.aside
        if self.tag == "closed":
            open_tag = next(map(tag, _shut(conversation)), None)
        return Reply(
            id_, self.text, self.choice, open_tag if self.tag in ("open", "closed") else self.tag,
            self.location, self.media, self.command, language=self.language,
            guess=self.guess,
        )  # fmt: skip


def _shut(conversation: Conversation) -> list[Session]:
    """What is not open but may be answered: what was set aside, and votes at their question."""
    votes = (replace(v, question=next(iter(v.revisions))) for v in conversation.votes)
    return [*votes, *conversation.parked]


COMMANDS = [
    st.sampled_from(sorted({word for lo in LOCALES.values() for word in lo.words.commands[key]}))
    for key in COMMAND_KEYS
]
WORDS = sorted({word for lo in LOCALES.values() for ws in lo.words.replies.values() for word in ws})
NAMES = sorted({name for lo in LOCALES.values() for name in lo.words.names})
ODD = [
    "\0", "\x1b[2J", "‮ 3", "?", "...", "-", "#", "👍🏽", "1️⃣", "٣", "مرحبا 2", "שלום", "²", "½",
    "x" * 10_000,
    "1" * 10_000, "1 " * 5_000, "(" * 500, "-1", "1e9", "NaN", "3.5", "1,2;3/9", "13", "1 and 2",
    "2026-02-31", "31/12/99", "{0}", "%s", "{emergency}", "Ward 1", "corner", "\n1\n", "ﬁne", "ß",
    "\ud800",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=20),
    st.integers(-1, 99).map(str),
    st.sampled_from(LABELS),
    st.sampled_from(["ANY", "OTHER", "LEMON", "YES", "UNSTOP", "1", "2"]),
    st.one_of(COMMANDS),
    st.sampled_from(["BACK", "SKIP", "DELETE ME", "LANGUAGE"]),
    st.sampled_from(WORDS),
    st.sampled_from(NAMES),
    st.sampled_from(ODD),
)
tags = st.sampled_from(
    [
        None,
        "open",
        "open",
        "closed",
        "closed",
        "consent",
        "language",
        "survey_language",
        "erase",
        "resume",
        "",
        "x:q0",
        "turn:",
    ]
)
guesses = st.builds(Guess, st.sampled_from(["en", "zu", "sw"]), st.floats(0, 1))
places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
invitations = st.builds(
    Doing,
    invite=st.sampled_from(["any", "other"]),
    terms=st.builds(
        Terms,
        may_change=st.booleans(),
        shuffle=st.sampled_from([None, "7"]),
        comment=st.booleans(),
    ),
    closes_in=st.sampled_from([None, 0, 2, 30]),
    unseen=st.booleans(),
)
doings = st.one_of(
    st.builds(Doing, text=texts, language=st.sampled_from([None, "zu", "xx"])),
    st.builds(Doing, text=texts),
    st.builds(Doing, text=texts, guess=guesses),
    st.builds(Doing, choice=st.sampled_from(["1", "2", "9", "x", ""]), tag=tags),
    st.builds(Doing, location=places, text=st.sampled_from(["", "here"])),
    st.builds(Doing, media=st.integers(1, 3), text=st.sampled_from(["", "look"])),
    st.builds(Doing, command=st.sampled_from(["STOP", "START", "HELP"])),
    st.builds(Doing, invite=st.sampled_from(["any", "other", "none"])),
    invitations,
    st.builds(Doing, remind=st.just(True), hours=st.just(5), unseen=st.booleans()),
    st.builds(Doing, announce=st.just(True)),
    st.builds(
        Doing, is_tick=st.just(True), hours=st.sampled_from([1, 25, 400]), heard=st.booleans()
    ),
)
beginnings = st.sampled_from([Conversation(), GATED, replace(GATED, locale="zu")])
desks = st.tuples(any_survey(), any_survey("other")).map(lambda surveys: desk(*surveys))


@dataclass(frozen=True)
class Seen:
    """One turn: what was before it, what came, what it led to."""

    before: Conversation
    event: Event
    turn: Turn
    message: Message | None


def after(turn: Turn) -> Conversation:
    forgotten = any(isinstance(effect, Forget) for effect in turn.effects)
    return Conversation(opted_out=turn.conversation.opted_out) if forgotten else turn.conversation


def walk(at: Desk, conversation: Conversation, doings: list[Doing], first: int = 0) -> list[Seen]:
    """Every turn of a conversation, kept as JSON between turns."""
    now, seen = NOW, []
    for n, doing in enumerate(doings, first):
        now += timedelta(hours=doing.hours, minutes=1)
        event = doing.event(f"turn{n:08}", conversation, now)
        turn = converse(at, conversation, event, now)
        seen.append(
            Seen(conversation, event, turn, compose(at, turn.effects, turn.conversation.locale))
        )
        conversation = after(turn)
        kept = load(dump(conversation))
        assert kept == conversation
        conversation = kept
    return seen


@given(desks, beginnings, st.lists(doings, max_size=20))
def test_no_turn_raises_and_each_says_one_message_at_most_that_every_channel_can_carry(
    at: Desk, beginning: Conversation, doings: list[Doing]
) -> None:
    for seen in walk(at, beginning, doings):
        if seen.message is not None:
            assert seen.message.text.strip()
            for carries in CARRIES.values():
                assert render(seen.message, carries)


@given(desks, beginnings, st.lists(doings, max_size=12))
def test_the_same_events_lead_to_the_same_turns(
    at: Desk, beginning: Conversation, doings: list[Doing]
) -> None:
    again = copy.copy(at)
    assert walk(at, beginning, doings) == walk(again, beginning, doings)


def _session_of(effect: Effect) -> str | None:
    match effect:
        case Record(session=id_):
            return id_
        case Opened(session) | Moved(session):
            return session.id
        case _:
            return None


@given(desks, beginnings, st.lists(doings, max_size=20))
def test_answers_only_grow_and_finished_sessions_do_not_move(
    at: Desk, beginning: Conversation, doings: list[Doing]
) -> None:
    revisions: dict[tuple[str, str], int] = {}
    finished: set[str] = set()
    for seen in walk(at, beginning, doings):
        for effect in seen.turn.effects:
            afterwards = isinstance(effect, Record) and effect.afterwards
            assert (_session_of(effect) in finished) is afterwards
            if isinstance(effect, Record):
                key = (effect.session, effect.question)
                assert effect.revision == revisions.get(key, 0) + 1
                revisions[key] = effect.revision
            if isinstance(effect, Moved) and effect.session.status in FINAL:
                assert effect.session.question is None
                finished.add(effect.session.id)


polls = st.sampled_from(
    [
        survey(SAFE, slug="any", kind=SurveyKind.POLL),
        survey(question("select_many", "safe", *SAFE.options), slug="any", kind=SurveyKind.POLL),
    ]
)
numbers = st.sampled_from(["1", "2", "3", "9"])
said = st.sampled_from(["Unsafe", "fine", "hello", "SKIP", "BACK", "OTHER", "thanks"])
chatter = st.one_of(
    invitations,
    st.builds(Doing, text=numbers, hours=st.sampled_from([0, 1, 20])),
    st.builds(Doing, choice=numbers, tag=st.sampled_from(["open", "closed"])),
    st.builds(Doing, text=said),
    st.builds(Doing, is_tick=st.just(True), hours=st.just(25)),
    st.builds(Doing, remind=st.just(True), hours=st.just(5)),
)


@given(polls, invitations, st.lists(chatter, min_size=2, max_size=20))
def test_a_poll_has_one_vote_of_its_terms_and_none_after_its_closing(
    poll: Survey, first: Doing, rest: list[Doing]
) -> None:
    """Votes that count come in time, and only once where the first is to stand."""
    terms: dict[str, Terms] = {}
    counted: dict[str, int] = {}
    now = NOW
    doings = [replace(first, invite="any"), *rest]
    for seen, doing in zip(walk(desk(poll, OTHER), GATED, doings), doings, strict=True):
        now += timedelta(hours=doing.hours, minutes=1)
        for effect in seen.turn.effects:
            if isinstance(effect, Opened):
                terms[effect.session.id] = effect.session.terms
            if isinstance(effect, Record) and effect.outcome not in UNCOUNTED:
                of = terms[effect.session]
                assert of.closes_at is None or now < of.closes_at
                is_vote = effect.outcome in VOTED and effect.question == poll.questions[0].name
                counted[effect.session] = counted.get(effect.session, 0) + is_vote
                assert of.may_change or not effect.afterwards or counted[effect.session] == 1


@given(any_survey(), st.sampled_from(["☠ qwx", "", "\0"]), st.integers(0, 3))
def test_every_session_ends_when_no_reply_can_be_read(
    survey: Survey, text: str, backs: int
) -> None:
    at = desk(survey)
    back = [Doing(text="BACK")] * backs
    tries = (len(survey.questions) + backs) * (RETRY_LIMIT + 1)
    turns = walk(
        at, GATED, [Doing(invite="any"), Doing(text="9"), *back, *[Doing(text=text)] * tries]
    )
    assert any(done.survey == "any" and done.completed for done in after(turns[-1].turn).done)


# --- STOP ----------------------------------------------------------------------------------------
STOPS = sorted({word for lo in LOCALES.values() for word in lo.words.commands["stop"]})
ANSWERED_AFTER_STOP = {
    fold(word)
    for lo in LOCALES.values()
    for key in ("help", "start", "my_data", "delete_me")
    for word in (*lo.words.commands[key], *lo.words.start_when_out)
} | {fold(CITY.safe_word)}


def _silent_after_stop(doing: Doing) -> bool:
    return doing.command in (None, "STOP") and fold(doing.text) not in ANSWERED_AFTER_STOP


@given(
    desks,
    beginnings,
    st.lists(doings, max_size=8),
    st.sampled_from(STOPS),
    st.lists(doings, max_size=8),
)
def test_stop_always_ends_everything_and_silence_follows(
    at: Desk, beginning: Conversation, before: list[Doing], stop: str, later: list[Doing]
) -> None:
    stopping = walk(at, beginning, [*before, Doing(text=stop)])[-1]
    stopped = stopping.turn.conversation
    assert stopped.opted_out
    assert stopped.session is None
    assert stopped.parked == ()
    if stopping.before.opted_out:
        assert stopping.message is None
    else:
        assert stopping.message is not None
        assert stopping.turn.despite_opt_out
    silent = [doing for doing in later if _silent_after_stop(doing)]
    for seen in walk(at, stopped, silent, first=100):
        assert seen.message is None
        assert seen.turn.conversation.opted_out


@pytest.mark.parametrize("text", ["HELP", "lemon", "START", "unstop", "Yes"])
def test_after_stop_help_the_safe_word_and_start_are_answered(text: str) -> None:
    (seen,) = walk(desk(PULSE), replace(GATED, opted_out=True), [Doing(text=text)])
    assert seen.message is not None
    assert seen.turn.despite_opt_out or not seen.turn.conversation.opted_out
