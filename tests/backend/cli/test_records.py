"""`key`, `keys`, `erase`, `export`: with a resident who answered, and who is found again or not."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from backend import auth
from backend.desks import build_desk
from backend.exports import FORMATS
from backend.privacy import KeyRing
from backend.store import SqlStore, open_engine
from bot.store import Inbound
from bot.turns import take_turn
from channels.base import Received
from channels.rendering import CARRIES
from tests.backend.cli.conftest import SECRET, Desk, with_city

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBER = "+27600005001"
URN = f"tel:{NUMBER}"
NEWER = "synthetic key that came later"
WHY = "no street lights at all"
EXPORT = ("export", "test-za", "safety-pulse", "--format")
NUMBERS = count(1)


@dataclass
class Inside:
    """The database as a running installation with these keys sees it."""

    store: SqlStore

    def say(self, *texts: str) -> str:
        """Our resident texts; what was answered last."""
        said = ""
        for one in texts:
            n = next(NUMBERS)
            inbound = Inbound("test-za", "sms", Received(f"SM{n}", URN, one), f"{n:032x}", NOON)
            with self.store.write() as unit:
                taken = take_turn(unit, inbound, CARRIES["sms"])
            said = "\n".join(part.text for part in taken.parts)
        return said

    @property
    def contact(self) -> str | None:
        """Our resident's contact."""
        return self.store.find_contact("test-za", URN)

    def one(self, statement: str) -> object:
        """One value of the database."""
        with self.store.read() as connection:
            return connection.execute(text(statement)).scalar_one()


Look = Callable[..., Inside]
"""Called with the keys that it is to have."""


@contextmanager
def looking(url: str) -> Iterator[Look]:
    """The database as an installation sees it."""
    engine = open_engine(url)
    yield lambda *keys: Inside(SqlStore(engine, KeyRing(keys or (SECRET,)), build_desk, {}))
    engine.dispose()


@pytest.fixture
def inside(database_url: str) -> Iterator[Look]:
    """Into the desk's database."""
    with looking(database_url) as look:
        yield look


@pytest.fixture
def desk(desk: Desk, inside: Look) -> Desk:
    """With a resident in the middle of the pulse."""
    inside().say("Hi", "1", "34", "Safe", "3", WHY)
    return desk


# --- API keys ------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", list(auth.Role))
def test_a_key_is_shown_once_and_only_its_hash_is_kept(
    desk: Desk, inside: Look, role: auth.Role
) -> None:
    done = desk.imbizo("key", "add", "--city", "test-za", "--role", role.value, "--note", "x")
    assert done.code == 0
    [key] = done.out.split()
    assert len(key) >= 32
    assert "not shown again" in done.err
    with inside().store.read() as connection:
        [row] = connection.execute(text("SELECT * FROM api_key")).mappings().all()
    assert (row["role"], row["city"]) == (role.value, "test-za")
    assert key not in str(dict(row))


def test_keys_are_listed_and_revoked(desk: Desk) -> None:
    [key] = desk.imbizo(
        "key", "add", "--city", "test-za", "--role", "viewer", "--note", "map"
    ).out.split()
    prefix = key.split("_")[1]
    listed = desk.imbizo("key", "list", "--city", "test-za").out
    assert prefix in listed
    assert "viewer" in listed
    assert "valid  map" in listed
    assert key not in listed
    assert desk.imbizo("key", "revoke", prefix).code == 0
    assert "revoked  map" in desk.imbizo("key", "list", "--city", "test-za").out
    again = desk.imbizo("key", "revoke", prefix)
    assert again.code != 0
    assert "no valid key" in again.err


# --- rotation ------------------------------------------------------------------------------------
def test_after_rotation_everything_is_sealed_under_the_new_key_and_found(
    desk: Desk, inside: Look
) -> None:
    before = inside().contact
    both = f"{NEWER},{SECRET}"
    shown = desk.well("keys", "rotate", IMBIZO_SECRET_KEYS=both)
    assert "Leave out no key yet" in shown
    here = inside(NEWER, SECRET)
    assert here.contact == before
    assert here.store.keys.is_current(str(here.one("SELECT address FROM urn")))
    assert here.store.keys.is_current(str(here.one("SELECT max(content) FROM body")))
    assert "age" in here.say("MY DATA").lower()


def test_after_rotation_of_the_index_the_old_key_is_not_needed_any_more(
    desk: Desk, inside: Look
) -> None:
    before = inside().contact
    assert before is not None
    shown = desk.well("keys", "rotate", "--index", IMBIZO_SECRET_KEYS=f"{NEWER},{SECRET}")
    assert "all keys but the first" in shown
    here = inside(NEWER)
    assert here.contact == before
    here.say("MY DATA")
    assert here.one("SELECT count(*) FROM contact") == 1
    assert desk.well(*EXPORT, "csv", "-o", "x.csv", IMBIZO_SECRET_KEYS=NEWER)


def test_rotating_twice_changes_nothing_more(desk: Desk, inside: Look) -> None:
    both = f"{NEWER},{SECRET}"
    for _ in range(2):
        desk.well("keys", "rotate", IMBIZO_SECRET_KEYS=both)
    assert inside(NEWER, SECRET).contact


@pytest.fixture
def sqlite_look(sqlite_url: str) -> Iterator[Look]:
    """Into a database beside which keys may be in a file."""
    with looking(sqlite_url) as look:
        yield look


def in_file(desk: Desk) -> Path:
    """Moves the key from the environment into the private file, as `run` would have made it."""
    file = desk.folder / "imbizo.keys"
    file.write_text(desk.settings.pop("IMBIZO_SECRET_KEYS") + "\n")
    file.chmod(0o600)
    return file


def keys_in(file: Path) -> list[str]:
    assert file.stat().st_mode & 0o777 == 0o600
    return [key.strip() for key in file.read_text().split(",")]


def test_keys_in_the_private_file_are_rotated_there(
    bare: Desk, sqlite_url: str, sqlite_look: Look
) -> None:
    sqlite_desk, inside = with_city(bare, sqlite_url), sqlite_look
    inside().say("Hi", "1", "34")
    file = in_file(sqlite_desk)
    before = inside().contact
    sqlite_desk.well("keys", "rotate")
    fresh, old = keys_in(file)
    assert old == SECRET
    assert len(fresh) >= 32
    assert inside(fresh, old).contact == before
    sqlite_desk.well("keys", "rotate", "--index")
    [newest] = keys_in(file)
    assert newest not in (fresh, old)
    assert inside(newest).contact == before
    assert "MEND  secret" not in sqlite_desk.imbizo("doctor").out
    assert [path.name for path in sqlite_desk.folder.glob("*.keys*")] == ["imbizo.keys"]


def test_a_rotation_never_shows_a_key(bare: Desk, sqlite_url: str) -> None:
    sqlite_desk = with_city(bare, sqlite_url)
    file = in_file(sqlite_desk)
    done = sqlite_desk.imbizo("keys", "rotate", "--index")
    for key in (SECRET, *keys_in(file)):
        assert key not in done.said


# --- erasure -------------------------------------------------------------------------------------
FORMS = [NUMBER, "060 000 5001", "0600005001", "+27 60 000 5001", "0027600005001", URN]


@pytest.mark.parametrize("typed", FORMS)
def test_a_contact_is_erased_by_its_address_in_any_usual_form(
    desk: Desk, inside: Look, typed: str
) -> None:
    done = desk.imbizo("erase", "test-za", typed=f"  {typed}\n")
    assert done.code == 0, done.err
    here = inside()
    assert here.contact is None
    assert here.one("SELECT count(*) FROM answer WHERE raw IS NOT NULL") == 0
    assert here.one("SELECT count(*) FROM answer") != 0
    assert typed not in done.said


@pytest.mark.parametrize("typed", ["+27600009999", "try:nobody", "hello", "", "tel:", "12"])
def test_whom_nobody_knows_is_not_erased_and_not_repeated(
    desk: Desk, inside: Look, typed: str
) -> None:
    said = desk.refused("erase", "test-za", typed=typed + "\n")
    assert "address" in said
    if typed not in ("", "12"):
        assert typed not in said
    assert inside().contact is not None


# --- exports -------------------------------------------------------------------------------------
def test_every_format_is_written_with_codebook_and_note_beside_it(desk: Desk) -> None:
    for form, chosen in FORMATS.items():
        name = f"{form}-answers.{chosen.suffix}"
        done = desk.imbizo(*EXPORT, form, "-o", name)
        assert done.code == 0, done.said
        assert "Writing" in done.out
        assert ("Key of this export" in done.err) == chosen.microdata
        beside = (f"{form}-answers.codebook.csv", f"{form}-answers.methodology.json")
        written = sorted(path.name for path in desk.folder.glob(f"{form}-*"))
        assert written == sorted([name, *beside])
        content = (desk.folder / name).read_bytes()
        assert content
        assert WHY.encode() not in content


@pytest.mark.parametrize("form", ["csv", "long"])
def test_the_same_data_and_key_give_the_same_bytes(desk: Desk, inside: Look, form: str) -> None:
    desk.write("export.key", "synthetic key of an export\n")
    for name in ("one.csv", "two.csv"):
        done = desk.imbizo(*EXPORT, form, "-o", name, "--key-file", "export.key")
        assert (done.code, done.err) == (0, "")
    first, second = ((desk.folder / name).read_bytes() for name in ("one.csv", "two.csv"))
    assert first == second
    rows = list(csv.DictReader(io.StringIO(first.decode())))
    assert len(rows) == (1 if form == "csv" else 3)
    everything = [path.read_text() for path in desk.folder.glob("one*")]
    assert len(everything) == 3, "with codebook and methodology note"
    for word in (NUMBER, NUMBER.lstrip("+"), WHY, "street", str(inside().contact)):
        assert not any(word in content for content in everything)


def test_without_a_key_one_is_made_and_shown_for_the_next_time(desk: Desk) -> None:
    done = desk.imbizo(*EXPORT, "csv", "-o", "one.csv")
    key = done.err.split()[-1]
    desk.write("shown.key", key)
    desk.well(*EXPORT, "csv", "-o", "two.csv", "--key-file", "shown.key")
    assert (desk.folder / "one.csv").read_bytes() == (desk.folder / "two.csv").read_bytes()
    desk.well(*EXPORT, "csv", "-o", "three.csv")
    assert (desk.folder / "one.csv").read_bytes() != (desk.folder / "three.csv").read_bytes()


def test_a_short_key_and_a_folder_that_is_not_there_are_refused(desk: Desk) -> None:
    short = desk.write("short.key", "abc")
    assert "characters" in desk.refused(*EXPORT, "csv", "-o", "x.csv", "--key-file", short)
    assert "nowhere" in desk.refused(*EXPORT, "csv", "-o", "nowhere/x.csv")
    assert list(desk.folder.glob("x*")) == []
