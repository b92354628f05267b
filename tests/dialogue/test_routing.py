"""Where a message goes: a case for each pair of routes that can both take one."""

from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import pytest

from dialogue.effects import AddToConcern, OpenConcern
from dialogue.events import Reply
from dialogue.memory import Aside, Done, Gate
from dialogue.routing import ROUTES, Incoming, Route, read, take
from dialogue.survey import Answer, Session, Status, SurveyKind
from dialogue.terms import Terms
from tests.dialogue.samples import GATED, NOW, OTHER, PULSE, Chat, desk, option, question, survey

PICTURE = survey(question("photo", "lamp"), question("open", "why"), slug="lamp")
ONLY_PICTURE = survey(question("photo", "lamp"), slug="shot")
BEATEN = "he is beating me now"
SAID = ("one", "lemon", BEATEN, "pulse", "thanks", "who are you")
POLL = survey(
    question("select_one", "said", *(option(str(n), f"o{n}", w) for n, w in enumerate(SAID, 1))),
    slug="poll", kind=SurveyKind.POLL,
)  # fmt: skip
"""A poll whose options say what else would be taken."""

DESK = replace(desk(PULSE, OTHER, PICTURE, ONLY_PICTURE, POLL), takes_concerns=True)

OPEN = Session("s", "pulse", 1, Status.ACTIVE, started_at=NOW, question="safe")
ALBUM = Session(
    "s", "lamp", 1, Status.ACTIVE, started_at=NOW, question="why", asked_at=NOW,
    answers={"lamp": Answer("answered", "sent", 1)}, revisions={"lamp": 1},
)  # fmt: skip
SHOT = (Done("shot", True, 1, NOW),)
VOTES = (
    Session(
        "v", "poll", 1, Status.COMPLETED, started_at=NOW, asked_at=NOW, terms=Terms(comment=True)
    ),
)
SHUT = (replace(OPEN, id="c", status=Status.PARKED, terms=Terms(closes_at=NOW)),)


@dataclass(frozen=True)
class Case:
    """A message as somebody who opted out could send it, and whoever would take it, in order."""

    routes: str
    text: str = ""
    reply: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def incoming(self) -> Incoming:
        conversation = replace(GATED, **{"opted_out": True, **self.state})
        reply = Reply("turn", self.text, **self.reply)
        return read(DESK, conversation, reply, NOW)


def has(**state: Any) -> dict[str, Any]:
    return state


CASES = [
    Case(
        "stop, after_stop, command, late, gate, awaited, remark, report, next",
        "who are you?", has(late=True, command="STOP"), has(gate=Gate.CONSENT, thread="R1"),
    ),
    Case(
        "start, after_stop, command, edit, aside, answer, remark, report, next",
        "who are you?", has(edited=True, command="START"), has(aside=Aside.ERASE, session=OPEN),
    ),
    Case(
        "stop, safe_word, after_stop, command, aside, thread, answer, next",
        "LEMON", has(question="case:R1", command="STOP"), has(aside=Aside.ERASE, session=OPEN),
    ),
    Case(
        "start, after_stop, command, edit, gate, keyword, awaited, next",
        "PULSE", has(edited=True, command="START"), has(gate=Gate.CONSENT, thread="R1"),
    ),
    Case(
        "disclosure, after_stop, edit, late, answer, awaited, report, next",
        BEATEN, has(edited=True, late=True), has(session=OPEN, thread="R1"),
    ),
    Case(
        "stop, after_stop, command, edit, gate, awaited, noise, next",
        "thanks", has(edited=True, command="STOP"), has(gate=Gate.CONSENT, thread="R1"),
    ),
    Case(
        "start, command, late, aside, answer, noise, next",
        "thanks", has(late=True, command="START"),
        has(aside=Aside.ERASE, session=OPEN, opted_out=False),
    ),
    Case(
        "stop, after_stop, command, album, answer, next",
        "", has(media=1, command="STOP"), has(session=ALBUM),
    ),
    Case(
        "safe_word, after_stop, late, gate, thread, next",
        "LEMON", has(question="case:R1", late=True), has(gate=Gate.CONSENT),
    ),
    Case(
        "stop, after_stop, command, late, aside, keyword, answer, next",
        "PULSE", has(late=True, command="STOP"), has(aside=Aside.ERASE, session=OPEN),
    ),
    Case(
        "start, safe_word, after_stop, command, edit, awaited, next",
        "LEMON", has(edited=True, command="START"), has(thread="R1"),
    ),
    Case(
        "disclosure, after_stop, edit, gate, thread, next",
        BEATEN, has(question="case:R1", edited=True), has(gate=Gate.CONSENT),
    ),
    Case("start, after_stop, command, thread, next", "START", has(question="case:R1")),
    Case("after_stop, aside, awaited, next", "1", {}, has(aside=Aside.LANGUAGE, thread="R1")),
    Case("after_stop, aside, gate, next", "1", {}, has(aside=Aside.LANGUAGE, gate=Gate.CONSENT)),
    Case("after_stop, late, album, next", "", has(late=True, media=1), has(done=SHOT)),
    Case("after_stop, edit, album, next", "", has(edited=True, media=1), has(done=SHOT)),
    Case(
        "start, after_stop, command, album, next",
        "", has(media=1, command="START"), has(done=SHOT),
    ),
    Case(
        "after_stop, album, thread, next", "", has(question="case:R1", media=1), has(done=SHOT)
    ),
    Case(
        "disclosure, after_stop, aside, answer, report, next",
        BEATEN, {}, has(aside=Aside.ERASE, session=OPEN),
    ),
    Case(
        "stop, after_stop, command, late, gate, awaited, vote, comment, next",
        "1", has(late=True, command="STOP"), has(gate=Gate.CONSENT, thread="R1", votes=VOTES),
    ),
    Case(
        "start, after_stop, command, edit, aside, awaited, vote, comment, next",
        "1", has(edited=True, command="START"), has(aside=Aside.ERASE, thread="R1", votes=VOTES),
    ),
    Case("safe_word, after_stop, vote, comment, next", "LEMON", {}, has(votes=VOTES)),
    Case("disclosure, after_stop, vote, comment, report, next", BEATEN, {}, has(votes=VOTES)),
    Case("after_stop, keyword, vote, comment, next", "PULSE", {}, has(votes=VOTES)),
    Case("after_stop, vote, noise, comment, next", "thanks", {}, has(votes=VOTES)),
    Case("after_stop, vote, remark, comment, report, next", "who are you", {}, has(votes=VOTES)),
    Case(
        "stop, safe_word, after_stop, command, late, gate, poll, next",
        "LEMON", has(question="c:safe", late=True, command="STOP"),
        has(gate=Gate.CONSENT, parked=SHUT),
    ),
    Case(
        "start, after_stop, command, edit, aside, poll, answer, next",
        "1", has(question="c:safe", edited=True, command="START"),
        has(aside=Aside.ERASE, session=OPEN, parked=SHUT),
    ),
    Case(
        "disclosure, after_stop, poll, next", BEATEN, has(question="c:safe"), has(parked=SHUT)
    ),
    Case(
        "after_stop, album, poll, next",
        "", has(question="c:safe", media=1), has(done=SHOT, parked=SHUT),
    ),
]  # fmt: skip

NEVER_BOTH = {
    # One message has one text, and one command.
    "stop": "start disclosure",
    "start": "disclosure",
    "safe_word": "disclosure album keyword noise remark report",
    "disclosure": "command album keyword noise remark",
    "keyword": "noise remark report",
    "noise": "remark report",
    # A picture without words replies to nothing of ours; behind the gate alone something is open.
    "aside": "album",
    "gate": "album answer",
    "album": "keyword awaited vote noise remark comment report",
    # What quotes a thread or a poll is nothing else.
    "thread": "poll keyword awaited vote noise remark comment report",
    "poll": "keyword awaited vote noise remark comment report",
    # Both are only where no question is open.
    "answer": "vote comment",
}


def names(routes: tuple[Route, ...]) -> list[str]:
    return [route.name.lower() for route in routes]


def claims(incoming: Incoming) -> tuple[Route, ...]:
    """The routes that would take it, each asked by itself."""
    return tuple(route for route, taker in ROUTES if taker(incoming) is not None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.routes)
def test_the_first_route_takes_it(case: Case) -> None:
    one = case.incoming
    assert ", ".join(names(claims(one))) == case.routes
    route, _ = take(one.desk, one.conversation, one.reply, one.now)
    assert route.name.lower() == case.routes.split(", ")[0]


def test_every_pair_of_routes_has_a_case() -> None:
    seen = {pair for case in CASES for pair in combinations(case.routes.split(", "), 2)}
    never = {(a, b) for a, others in NEVER_BOTH.items() for b in others.split()}
    pairs = set(combinations([route.name.lower() for route, _ in ROUTES], 2))
    assert seen | never == pairs
    assert not seen & never


# --- threads and reports ---------------------------------------------------------------------
def test_a_reply_to_staff_goes_to_its_case_even_in_a_survey() -> None:
    chat = Chat(DESK, replace(GATED, session=OPEN, thread="R1"))
    chat.send("yes, it still goes on", question="case:R7")
    assert AddToConcern("R7") in chat.effects
    assert chat.conversation.session == OPEN
    assert chat.conversation.thread is None


def test_word_that_staff_wait_for_goes_to_its_case_once() -> None:
    chat = Chat(DESK, replace(GATED, thread="R1")).send("the light is still broken")
    assert chat.effects[0] == AddToConcern("R1")
    assert chat.send("and the water too").effects[0] == OpenConcern()


def test_a_city_that_takes_no_reports_offers_its_survey() -> None:
    at = replace(DESK, takes_concerns=False)
    assert Chat(at).send("the light is broken").said == ["not_live", "safe"]


def test_thanks_open_nothing_and_a_question_to_us_is_helped() -> None:
    assert Chat(DESK).send("thank you").said == ["nothing_open"]
    assert Chat(DESK).send("who are you?").said[0] == "help"


def test_a_question_at_the_gate_is_answered_and_asked_again() -> None:
    chat = Chat(DESK, replace(GATED, gate=Gate.CONSENT))
    assert chat.send("who is this?").said[0] == "notice"
    chat = Chat(DESK, replace(GATED, gate=Gate.AGE, age=None, age_on=None))
    assert chat.send("why do you ask?").said == ["age_why", "age_question"]
    assert chat.send("hm").said == ["not_understood", "age_question"]
