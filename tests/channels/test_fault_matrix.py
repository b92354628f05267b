"""What becomes of a reply when the provider fails, for each channel: `docs/faults.md` says it.

`pytest tests/channels/test_fault_matrix.py --update` writes that page as it now is.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from backend.desks import build_desk
from backend.privacy import KeyRing
from backend.store import SqlStore, open_engine
from bot.allowance import Limits
from tests.backend.conftest import KEYS
from tests.bot.conftest import Bot, open_bot
from tests.channels.fault_street import CUT, SLOW, URNS, Fault, Seen, play
from tests.channels.faults import RESET, SILENCE, Answer
from tests.channels.telegram_fake import failed
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "faults.md"
HEAD = """\
# When a provider fails

What becomes of one reply when something goes wrong on its way, once, and then works again (unless
the first column says for how long). Measured with the real clients, the real outbox and a SQLite
database against a provider of ours that fails on order; `tests/channels/test_fault_matrix.py` holds
this page to it (`--update` writes it anew). Pauses have jitter: here it is always in the middle.

Read a row so: what the provider did; the fault that the channel named, in its words where it gave
any; what the outbox did until the end, by the time since the first attempt; how often the provider
took the message (2 is a message that came twice); what we then know of the address.

"""
COLUMNS = ("| What goes wrong | Fault | What happens | Taken | Address |", "|---|---|---|--:|---|")
NAMES = {"sms": "SMS (Twilio)", "whatsapp": "WhatsApp (Twilio)", "telegram": "Telegram"}
HTML = "<html><body>Welcome to the network</body></html>"


def twilio(status: int, code: int, **headers: str) -> Fault:
    """A refusal in Twilio's form."""
    body = {"code": code, "message": "as documented", "status": status, "more_info": ""}
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Fault(Answer(status, body, named))


def telegram(status: int, description: str, **parameters: int) -> Fault:
    """A refusal in Telegram's form."""
    return Fault(failed(status, description, **parameters))


def everywhere(fault: Fault) -> Mapping[str, Fault]:
    """The same on every channel."""
    return dict.fromkeys(URNS, fault)


def by_twilio(fault: Fault, **others: Fault) -> Mapping[str, Fault]:
    """The same on Twilio's channels."""
    return {"sms": fault, "whatsapp": fault, **others}


MINUTES = timedelta(minutes=10)
CASES: Mapping[str, Mapping[str, Fault]] = {
    "nothing": everywhere(Fault()),
    "429, `Retry-After: 7`": by_twilio(
        twilio(429, 20429, Retry_After="7"),
        telegram=telegram(429, "Too Many Requests: retry after 7", retry_after=7),
    ),
    "429 without `Retry-After`": by_twilio(
        twilio(429, 20429), telegram=telegram(429, "Too Many Requests")
    ),
    "500": by_twilio(twilio(500, 20500), telegram=telegram(500, "Internal Server Error")),
    "500, and it was taken": everywhere(Fault(Answer(500, {}), takes=True)),
    "503": by_twilio(twilio(503, 20503), telegram=telegram(503, "Service Unavailable")),
    "503 for ten minutes": everywhere(Fault(Answer(503, {}), lasts=MINUTES)),
    "no connection": everywhere(Fault(away=True)),
    "no connection for ten minutes": everywhere(Fault(away=True, lasts=MINUTES)),
    "silence, and it was taken": everywhere(Fault(SILENCE, takes=True)),
    "silence, and it was not taken": everywhere(Fault(SILENCE)),
    "silence, and it was taken, and no list for ten minutes": by_twilio(
        Fault(SILENCE, takes=True, unlisted=MINUTES)
    ),
    "silence for ten minutes": everywhere(Fault(SILENCE, lasts=MINUTES)),
    "connection reset before the answer": everywhere(Fault(RESET)),
    "connection reset in the answer": everywhere(Fault(CUT, takes=True)),
    "a slow answer": everywhere(Fault(SLOW, takes=True)),
    "a page of HTML with 200": everywhere(Fault(Answer(200, HTML))),
    "a page of HTML with 502": everywhere(Fault(Answer(502, HTML))),
    "credentials refused": by_twilio(twilio(401, 20003), telegram=telegram(401, "Unauthorized")),
    "the resident opted out": {
        "sms": twilio(400, 21610),
        "whatsapp": Fault(reported="63033"),
        "telegram": telegram(403, "Forbidden: bot was blocked by the user"),
    },
    "nobody is at the address": {
        "sms": twilio(400, 21211),
        "whatsapp": Fault(reported="63024"),
        "telegram": telegram(400, "Bad Request: chat not found"),
    },
    "content refused": by_twilio(
        twilio(400, 21617), telegram=telegram(400, "Bad Request: message is too long")
    ),
    "content filtered, reported later": {"sms": Fault(reported="30007")},
    "the phone was off, reported later": {"sms": Fault(reported="30003")},
    "outside the window, reported later": {"whatsapp": Fault(reported="63016")},
}


@pytest.fixture(scope="module")
def loaded(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its cities, of which each case has a copy."""
    folder = tmp_path_factory.mktemp("loaded")
    path = Path(shutil.copy(sqlite_template, folder / "loaded.db"))
    with open_bot(f"sqlite:///{path}", folder):
        return path


@contextmanager
def copied_bot(url: str) -> Iterator[Bot]:
    """The cities of the copy."""
    engine = open_engine(url)
    limits: dict[tuple[str, str], Limits] = {}
    yield Bot(SqlStore(engine, KeyRing(KEYS), build_desk, limits), limits)
    engine.dispose()


@pytest.mark.parametrize("kind", URNS)
async def test_a_reply_never_vanishes(
    kind: str, loaded: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """It is sent, or its fault is kept. It comes twice only where the provider cannot be asked, or
    says itself that the first one did not arrive."""
    rows = []
    for number, (case, faults) in enumerate(CASES.items()):
        if kind not in faults:
            continue
        copy = shutil.copy(loaded, tmp_path / f"{number}.db")
        with copied_bot(f"sqlite:///{copy}") as bot:
            seen = await play(bot, kind, faults[kind])
        assert (seen.state == "sent") is bool(seen.taken) or faults[kind].reported, case
        assert seen.taken <= 1 or kind == "telegram" or faults[kind].reported, case
        assert seen.state in ("sent", "failed"), case
        assert seen.faults or seen.taken == 1, case
        rows.append(_row(case, seen))
    section = _section(kind, rows)
    kept = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    if request.config.getoption("--update"):
        PAGE.write_text(_with(kept, kind, section), encoding="utf-8")
    else:
        assert section in kept, "run it with --update, and read the difference"


def test_the_page_is_whole() -> None:
    kept = PAGE.read_text(encoding="utf-8")
    assert kept.startswith(HEAD)
    assert re.findall("^## (.*)$", kept, re.MULTILINE) == list(NAMES.values())


# --- the page ------------------------------------------------------------------------------------
def _section(kind: str, rows: Sequence[str]) -> str:
    return "\n".join((f"## {NAMES[kind]}", "", *COLUMNS, *rows, ""))


def _with(page: str, kind: str, section: str) -> str:
    """The page with this section new, the others as they are."""
    there = {one.split("\n")[0]: one for one in re.split("^(?=## )", page, flags=re.MULTILINE)[1:]}
    there[f"## {NAMES[kind]}"] = section
    order = [there[title] for name in NAMES.values() if (title := f"## {name}") in there]
    return HEAD + "\n".join(one.rstrip("\n") + "\n" for one in order)


def _row(case: str, seen: Seen) -> str:
    faults = ", then ".join(f"`{fault}`" for fault in seen.faults) or "–"
    cells = (case, faults, "; ".join(_story(seen)), str(seen.taken), seen.learnt or "–")
    return f"| {' | '.join(cells)} |"


def _story(seen: Seen) -> Iterator[str]:
    """What the outbox did, in order."""
    if seen.reported:
        yield "taken, then reported as not delivered"
    if seen.rests:
        yield f"the channel rests until {_few([_after(until) for until in seen.rests])}"
    asked = [f"{_after(at)} ({found})" for at, found in seen.asked.items()]
    if asked:
        yield f"asks after {_few(asked)}"
    again = [_after(at) for at in seen.sends[1:]]
    if again:
        yield f"sends again after {_few(again)}"
    if again or not seen.reported or seen.state != "sent":
        yield seen.state


def _few(times: Sequence[str]) -> str:
    if len(times) <= 3:
        return ", ".join(times)
    return f"{times[0]}, {times[1]} … {times[-1]} ({len(times)} times)"


def _after(pause: timedelta) -> str:
    seconds = pause.total_seconds()
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60 and minutes % 60 == 0 and not rest:
        return f"{minutes // 60} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{seconds:.1f} s".replace(".0 s", " s")
