"""Shuffled options: every order comes, numbers stay in their places, answers are read as shown."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dialogue.effects import Record
from dialogue.shuffling import as_shown, orders
from dialogue.survey import Session, Status
from tests.dialogue.samples import NOW, OTHER, PULSE, SAFE, Chat, desk, option, question, survey

PLAYS = question(
    "select_many", "plays", option("2", "ball"), option("5", "chess"), option("7", "cards")
)
LIKED = question("scale", "liked", minimum=1, maximum=5)
MIXED = survey(SAFE, PLAYS, LIKED, *OTHER.questions, slug="mixed")
ONE = survey(question("select_one", "only", option("1", "a"), option("9", "no", role="none")))


def shown(seed: str, id_: str) -> dict[str, list[tuple[str, str]]]:
    session = Session(
        id_, "mixed", 1, Status.ACTIVE, NOW, order=orders(MIXED, seed, id_)
    )  # fmt: skip
    at = as_shown(MIXED, session)
    return {q.name: [(o.code, o.name) for o in q.options] for q in at.questions}


def test_options_move_under_numbers_that_stay() -> None:
    for id_ in ("a", "b", "c", "d"):
        moved = shown("7", id_)
        assert [code for code, _ in moved["safe"]] == ["1", "2", "3", "9"]
        assert moved["safe"][3] == ("9", "unknown")
        assert {name for _, name in moved["safe"]} == {o.name for o in SAFE.options}
        assert [code for code, _ in moved["plays"]] == ["2", "5", "7"]
        assert moved["seen"] == [("1", "yes"), ("2", "no")]


def test_every_order_comes_about_as_often_and_the_same_again() -> None:
    seen = Counter(orders(MIXED, "7", f"turn{n}")["safe"] for n in range(6000))
    assert len(seen) == 6
    assert all(abs(n - 1000) < 150 for n in seen.values())
    assert orders(MIXED, "7", "a") == orders(MIXED, "7", "a")
    assert orders(MIXED, "7", "a") != orders(MIXED, "8", "a")


def test_an_order_once_drawn_is_drawn_for_ever() -> None:
    """Analysts work out from seed and session what was shown first."""
    assert orders(MIXED, "7", "turn00000001") == {
        "safe": ("unsafe", "safe", "very_safe"),
        "plays": ("cards", "ball", "chess"),
    }


def test_nothing_moves_where_there_is_nothing_to_move_or_no_seed() -> None:
    assert orders(ONE, "7", "a") == {}
    of = Chat(desk(PULSE)).invite("pulse")
    assert of.conversation.session is not None
    assert of.conversation.session.order == {}


@given(st.text(max_size=5))
def test_a_number_means_what_was_shown_beside_it(seed: str) -> None:
    for number in ("1", "2", "3"):
        of = Chat(desk(PULSE)).invite("pulse", shuffle=seed)
        assert of.message is not None
        label = next(c.label for c in of.message.choices if c.number == number)
        typed = Chat(desk(PULSE)).invite("pulse", shuffle=seed).send(number)
        tapped = of.tap(number)
        said = Chat(desk(PULSE)).invite("pulse", shuffle=seed).send(label)
        values = {
            e.value for one in (typed, tapped, said) for e in one.effects if isinstance(e, Record)
        }
        assert len(values) == 1
        assert values == {next(o.name for o in SAFE.options if o.label["en"] == label)}


def test_what_is_asked_back_keeps_the_numbers_shown() -> None:
    of = Chat(desk(PULSE)).invite("pulse", shuffle="7")
    assert of.message is not None
    before = {c.label: c.number for c in of.message.choices}
    of.send("safe or unsafe")
    assert of.message is not None
    assert {c.label: c.number for c in of.message.choices}.items() <= before.items()
    of.tick(hours=25).send("hello").send("yes")
    assert of.message is not None
    assert {c.label: c.number for c in of.message.choices} == before


def test_several_and_conditions_go_by_name() -> None:
    of = Chat(desk(MIXED)).invite("mixed", shuffle="7").send("unsafe").send("ball, cards")
    assert [
        set(e.value) for e in of.effects if isinstance(e, Record) and isinstance(e.value, tuple)
    ] == [{"ball", "cards"}]
