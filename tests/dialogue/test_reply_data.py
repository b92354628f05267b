"""The labelled replies have their form, and the judge tells right from wrong."""

from collections import Counter
from dataclasses import replace

import pytest

from dialogue.outcomes import Ambiguous, Answered, DontKnow, Empty, NotUnderstood, Outcome
from dialogue.questions import TYPES
from tests.dialogue.reply_set import (
    LANGUAGES,
    SPECIAL,
    Row,
    Verdict,
    belongs_held_back,
    command,
    judge,
    labels,
    meets,
    questions,
    rows,
)

OFTEN = Row("x-1", "en", "ZA", "how_often", "often", "=often", "4.label", "", held_back=False)


def test_there_are_enough_replies_of_every_language_and_type() -> None:
    languages = Counter(row.language for row in rows())
    assert languages.total() >= 2000
    assert set(languages) == {code for codes in LANGUAGES.values() for code in codes}
    assert min(languages.values()) >= 90, languages
    kinds = {row.asked.kind for row in rows()}
    assert kinds == {name for name, cls in TYPES.items() if cls.asks}


def test_every_reply_has_an_id_and_a_language_of_its_city() -> None:
    assert len({row.id for row in rows()}) == len(rows())
    assert len({(r.language, r.country, r.question, r.text) for r in rows()}) == len(rows())
    assert [row for row in rows() if row.language not in LANGUAGES[row.country]] == []
    assert [row for row in rows() if not row.bullet] == []


def test_a_third_is_held_back_by_the_rule() -> None:
    assert [row.id for row in rows() if row.held_back != belongs_held_back(row.id)] == []
    held = sum(row.held_back for row in rows())
    assert 0.28 < held / len(rows()) < 0.38


def test_every_label_is_one_of_the_grammar() -> None:
    assert [(row.id, row.expected) for row in rows() if not _is_sound(row)] == []


def _is_sound(row: Row) -> bool:
    """Whether the names in its labels are options. Raises ValueError for what is no label."""
    names = {option.name for option in questions()[row.question.partition(":")[0]].options}
    for label in labels(row):
        meets(label, row, NotUnderstood())
        if label[0] == "?" and len(label) > 1 and not names.issuperset(label[1:].split("|")):
            return False
        named = label[0] == "=" and names and row.asked.kind != "scale"
        if named and not names.issuperset(label[1:].split("+")):
            return False
    return True


def test_no_reply_is_a_command_but_skip() -> None:
    taken = {row.text: command(row) for row in rows() if command(row) is not None}
    assert set(taken.values()) == {"skip"}, taken
    assert [r.id for r in rows() if command(r) == "skip" and "skip" not in labels(r)] == []


@pytest.mark.parametrize(
    ("expected", "outcome", "verdict"),
    [
        ("=often", Answered("often", "label"), Verdict.RIGHT),
        ("=often", Answered("never", "label"), Verdict.MISREAD),
        ("=often", DontKnow(), Verdict.MISREAD),
        ("=often", NotUnderstood(), Verdict.ASKED),
        ("=often", Answered("often", "text", sealed=True), Verdict.KIND),
        ("?", NotUnderstood(), Verdict.RIGHT),
        ("?", Answered("often", "label"), Verdict.MISREAD),
        ("? / =often", Answered("often", "label"), Verdict.RIGHT),
        ("?often|never", Ambiguous(("2", "5")), Verdict.RIGHT),
        ("?often|never", Ambiguous(("2", "4", "5")), Verdict.RIGHT),
        ("?often|never", Ambiguous(("2", "4")), Verdict.KIND),
        ("?often|never", Ambiguous(("1", "2", "3", "4", "5")), Verdict.KIND),
        ("?often|never", NotUnderstood(), Verdict.KIND),
        ("!range", NotUnderstood(), Verdict.KIND),
        ("empty", Empty(), Verdict.RIGHT),
        ("remark", NotUnderstood(), Verdict.KIND),
        ("dont_know", NotUnderstood(), Verdict.ASKED),
        ("refused", DontKnow(), Verdict.MISREAD),
    ],
)
def test_the_judge(expected: str, outcome: Outcome, verdict: Verdict) -> None:
    assert judge(replace(OFTEN, expected=expected), outcome) is verdict


def test_the_judge_knows_an_authors_own_option_for_a_special_answer() -> None:
    row = replace(OFTEN, question="safe_dark", expected="dont_know")
    assert judge(row, Answered("dont_know", "code")) is Verdict.RIGHT
    assert judge(row, Answered("safe", "code")) is Verdict.MISREAD
    assert set(SPECIAL) == {"dont_know", "refused", "skip"}


def test_several_have_no_order_but_where_it_is_asked() -> None:
    many = replace(OFTEN, question="problems", expected="=lighting+drugs")
    assert judge(many, Answered(("drugs", "lighting"), "list")) is Verdict.RIGHT
    assert judge(many, Answered(("drugs",), "list")) is Verdict.MISREAD
    rank = replace(OFTEN, question="priorities", expected="=jobs+lights+police")
    assert judge(rank, Answered(("jobs", "lights", "police"), "list")) is Verdict.RIGHT
    assert judge(rank, Answered(("lights", "jobs", "police"), "list")) is Verdict.MISREAD


def test_what_is_no_label_is_an_error() -> None:
    with pytest.raises(ValueError, match="is no label"):
        judge(replace(OFTEN, expected="often"), NotUnderstood())
