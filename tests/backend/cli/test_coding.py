"""`scheme` and `code`: schemes put in by file, and coding in the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select, update

from backend.privacy import KeyRing
from backend.store import library, open_engine
from backend.store.tables import ANSWER, LABEL
from tests.backend.cli.conftest import SECRET, Desk
from tests.backend.exports.seed import AT, SECOND_VERSION
from tests.backend.words import LATER_SCHEME, SCHEME, write

PLACE = ("test-za", "street", "why")
OURS = SCHEME.replace("es = [", "zu = [")
SAID = ("Dark, and GANGS", "nothing but dark \x1b[2J", "no comment")


@dataclass
class Room:
    """A desk, whose city has three answers in words and a scheme."""

    desk: Desk
    engine: Engine
    answers: list[int]

    def coder(self, role: str = "coordinator", city: str = "test-za") -> str:
        """A fresh key."""
        return self.desk.well("key", "add", "--city", city, "--role", role).strip()

    def code(self, key: str, *typed: str, settle: bool = False) -> str:
        """What the desk said while this was typed."""
        arguments = [*PLACE, "--settle"] if settle else PLACE
        return self.desk.well("code", *arguments, typed="\n".join((key, *typed)) + "\n")

    def labels(self) -> list[tuple[int, str, bool]]:
        """Number of the answer, codes, whether it settles."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(LABEL.c.answer, LABEL.c.codes, LABEL.c.settles).order_by(LABEL.c.id)
            ).all()
        return [(self.answers.index(answer), codes, settles) for answer, codes, settles in rows]


@pytest.fixture
def room(desk: Desk, database_url: str) -> Iterator[Room]:
    engine = open_engine(database_url)
    with library.writing(engine) as connection:
        library.publish(connection, "test-za", SECOND_VERSION, AT)
    answers = write(engine, KeyRing([SECRET]), "test-za", SAID)
    desk.well("scheme", "import", "test-za", desk.write("why.toml", OURS))
    yield Room(desk, engine, answers)
    engine.dispose()


def applied(room: Room, *more: str) -> Room:
    room.desk.well("scheme", "apply", "test-za", "why-unsafe", "street", "why", *more)
    return room


# --- schemes ------------------------------------------------------------------------------------
def test_a_scheme_goes_in_and_comes_out_again(room: Room) -> None:
    desk = room.desk
    assert desk.well("scheme", "export", "test-za", "why-unsafe") == OURS
    later = desk.write("later.toml", LATER_SCHEME.replace("es = [", "zu = ["))
    assert "version 2" in desk.well("scheme", "import", "test-za", later)
    assert "version 2" in desk.well("scheme", "import", "test-za", later)
    said = applied(room, "--twice", "10").desk.well("scheme", "list", "test-za")
    assert said.splitlines() == [
        "why-unsafe  version 2, 3 codes", "  street why: 1 coder an answer, 2 for 10 %",
    ]  # fmt: skip
    applied(room, "--coders", "2", "--twice", "10")
    assert "2 coders an answer\n" in desk.well("scheme", "list", "test-za")


def test_all_faults_come_at_once(room: Room) -> None:
    faulty = OURS.replace('code = "L"', 'code = "s"').replace('code = "G"', 'code = ""')
    said = room.desk.refused("scheme", "import", "test-za", room.desk.write("bad.toml", faulty))
    assert "codes[0].code: is a word of the coding desk" in said
    assert "codes[1].code: needs one to six" in said
    (room.desk.folder / "latin.toml").write_bytes(b"\xff")
    assert "UTF-8" in room.desk.refused("scheme", "import", "test-za", "latin.toml")
    assert "no TOML" in room.desk.refused(
        "scheme", "import", "test-za", room.desk.write("no.toml", "slug =")
    )


REFUSED = [
    (("scheme", "export", "test-za", "nosuch"), "there is no scheme 'nosuch'"),
    (("scheme", "list", "nowhere"), "there is no city 'nowhere'"),
    (("scheme", "apply", "test-za", "nosuch", "street", "why"), "there is no scheme 'nosuch'"),
    (("scheme", "apply", "test-za", "why-unsafe", "nosuch", "why"), "there is no survey 'nosuch'"),
    (("scheme", "apply", "test-za", "why-unsafe", "street", "x"), "has no question 'x'"),
    (("scheme", "apply", "test-za", "why-unsafe", "street", "safe"), "only answers to an open"),
    (("scheme", "agreement", *PLACE), "imbizo scheme apply test-za SCHEME street why"),
    (("code", *PLACE), "imbizo scheme apply test-za SCHEME street why"),
]


def test_what_cannot_be_done_is_said_with_a_way_out(room: Room) -> None:
    for arguments, why in REFUSED:
        assert why in room.desk.refused(*arguments)


def test_a_city_without_a_scheme(desk: Desk) -> None:
    assert "imbizo scheme import test-za FILE" in desk.well("scheme", "list", "test-za")


# --- the coding desk ----------------------------------------------------------------------------
def test_codes_are_typed_and_can_be_left_and_taken_up_again(room: Room) -> None:
    coder = applied(room).coder()
    said = room.code(coder, "#1 g", "q")
    assert "Dark, and GANGS" in said
    assert '#1 L Street lighting? ("dark")' in said
    assert "no comment" not in said
    assert [line[:8] for line in said.splitlines() if line.startswith("[")] == [
        "[3 left]",
        "[2 left]",
    ]
    assert "1 given, 2 left. To go on: the same command again." in said
    assert coder not in said
    assert room.labels() == [(0, '["lighting", "gangs"]', False)]
    said = room.code(coder, "s", "na")
    assert "\x1b" not in said
    assert "Dark, and GANGS" not in said
    assert room.labels()[1:] == [(2, '["no_answer"]', False)]
    assert "Nothing more to code." in said
    said = room.code(coder, "L")
    assert "no comment" not in said
    assert "Nothing more to code." in said


def test_what_was_given_can_be_undone(room: Room) -> None:
    coder = applied(room).coder()
    said = room.code(coder, "u", "L", "u", "G", "q")
    assert "Nothing was given here that could be undone." in said
    assert said.count("Dark, and GANGS") == 3
    assert room.labels() == [
        (0, '["lighting"]', False), (0, "[]", False), (0, '["gangs"]', False),
    ]  # fmt: skip
    assert "1 given, 2 left." in said


def test_what_is_no_code_is_asked_again(room: Room) -> None:
    said = room.code(applied(room).coder(), "x", "#9", "L L", "L NA", "", "Q")
    assert "x is none of the codes." in said
    assert "#9 is none of the codes." in said
    assert "has a code twice." in said
    assert "no_answer stands alone." in said
    assert room.labels() == []
    assert said.count("Dark, and GANGS") == 1


def test_disputes_are_settled_and_agreement_is_shown(room: Room) -> None:
    first, second = applied(room, "--coders", "2").coder(), room.coder("administrator")
    room.code(first, "L", "L", "NA")
    said = room.code(second, "G L", "L", "NA")
    assert f"{first.split('_')[1]}:" not in said
    said = room.code(second, "u", "L", settle=True)
    assert f"  {first.split('_')[1]}: L\n" in said
    assert f"  {second.split('_')[1]}: L G\n" in said
    assert "What is settled stays" in said
    assert "There is nothing more to settle." in said
    assert room.labels()[-1] == (0, '["lighting"]', True)
    lines = room.desk.well("scheme", "agreement", *PLACE).splitlines()
    assert lines[0] == "0 open, 2 coded, 0 disputed, 1 settled, 0 gone"
    figures = {line[:24].strip(): line[24:].split() for line in lines[1:]}
    assert figures["code"] == ["answers", "coders", "percent", "kappa", "alpha"]
    assert figures["lighting"] == ["3", "2", "100.0", "1.000", "1.000"]
    assert figures["gangs"] == ["3", "2", "66.7", "0.000", "0.000"]


def test_only_a_coders_key_of_the_city_opens_the_desk(room: Room) -> None:
    applied(room)
    room.desk.well("city", "load", room.desk.city("other-za"))
    for key in (room.coder("official"), room.coder(city="other-za"), "imb_nonsense", ""):
        said = room.desk.refused("code", *PLACE, typed=f"{key}\n")
        assert "no good key" in said
        assert "GANGS" not in said
        assert not key or key not in said
    file = room.desk.write("coder.key", room.coder() + "\n")
    said = room.desk.well("code", *PLACE, "--key-file", file, typed="q\n")
    assert "GANGS" in said


def test_deleted_words_are_shown_to_nobody(room: Room) -> None:
    coder = applied(room).coder()
    with library.writing(room.engine) as connection:
        connection.execute(update(ANSWER).values(raw=None))
    assert "Nothing more to code." in room.code(coder)
