"""The second look: how much a text sounds like danger, and how often that is right."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogues import LOCALES, danger_weights, load_locales
from backend.danger_lists import FILE, WEIGHTS, load_weights
from dialogue.answers.normalise import LONGEST as LONGEST_TEXT
from dialogue.danger import HEEDED, DangerList, Look, Weights, signs
from dialogue.danger.weights import LONGEST, SHORTEST, features, words_of
from tests.dialogue.danger_texts import digest, plain_replies, training_texts
from tests.dialogue.reply_set import FOLDER

MOST_PLAIN = 0.03
"""Share of plain replies that may be taken, of those that the weights were not learnt from."""


def made(**by_feature: int) -> Weights:
    named = {name.replace("word_", "="): weight for name, weight in by_feature.items()}
    return Weights("", -10, 0, 10, named)


def test_a_score_is_what_the_features_weigh_over_the_root_of_how_many_there_are() -> None:
    assert features(("a", "b")) == {"_a", "a_", "_b", "b_", "_a_", "a_b", "_b_", "_a_b", "a_b_"} | {
        "=a", "=b", "=a b"
    }  # fmt: skip
    one = made(word_a=12, _b=24)
    assert one.score(("a", "b")) == -10 + 36 / 12**0.5
    assert one.score(("c",)) == -10


def test_case_accents_and_which_number_make_no_difference() -> None:
    assert words_of("ÉL me SIGUE 24 horas") == words_of("el me sigue 3 horas")


@pytest.mark.parametrize(
    ("weight", "look"),
    [(0, Look.ORDINARY), (99, Look.DOUBTFUL), (200, Look.DANGER)],
)
def test_a_score_from_a_threshold_on_is_what_it_names(weight: int, look: Look) -> None:
    assert made(word_kill=weight).look("kill us now") is look


@pytest.mark.parametrize("text", ["", "112", "robbery", "!!! ?", "😀"])
def test_fewer_than_two_words_tell_nothing(text: str) -> None:
    assert Weights("", 100, 0, 10, {}).look(text) is Look.UNSEEN


@given(st.text())
def test_any_text_has_one_look_and_raises_nothing(text: str) -> None:
    assert danger_weights().look(text) is danger_weights().look(text)


def test_the_work_grows_with_the_text_and_not_faster() -> None:
    words = words_of(" ".join(f"a{chr(97 + n % 26)}{n}b" for n in range(LONGEST_TEXT)))
    letters = sum(map(len, words)) + len(words) + 1
    assert letters <= LONGEST_TEXT + 2
    assert len(features(words)) <= letters * (LONGEST - SHORTEST + 1) + 2 * len(words)


# --- what ships ----------------------------------------------------------------------------------
def test_the_weights_are_those_of_the_texts_as_they_stand() -> None:
    """If not: python -m benchmarks.danger_weights learns them anew."""
    assert danger_weights().texts == digest(training_texts())


def test_the_file_stays_small_and_sorted() -> None:
    path = LOCALES / WEIGHTS
    assert path.stat().st_size < 500_000
    named = list(load_weights(path).by_feature)
    assert named == sorted(named)


@cache
def lists() -> tuple[DangerList, ...]:
    return tuple(locale.danger for locale in load_locales().values() if locale.danger)


def test_plain_replies_that_nothing_was_learnt_from_stay_plain() -> None:
    looks = [danger_weights().look(one.text) for one in plain_replies(FOLDER / "held_back")]
    assert len(looks) > 700
    assert Look.DANGER not in looks
    assert sum(look in HEEDED for look in looks) <= MOST_PLAIN * len(looks)


@pytest.mark.parametrize("language", sorted(path.parent.name for path in LOCALES.glob(f"*/{FILE}")))
def test_with_the_second_look_nearly_all_of_what_was_learnt_from_is_recognised(
    language: str,
) -> None:
    """Of these texts this is the least to be expected; of others, see danger/README.md."""
    told = [one for one in training_texts() if one.language == language and one.told]
    missed = [
        one
        for one in told
        if (signs_ := signs(one.text, lists(), danger_weights()))[0] is None
        and signs_[1] in (Look.UNSEEN, Look.ORDINARY)
    ]
    assert len(missed) <= 0.02 * len(told)


# --- the file ------------------------------------------------------------------------------------
HEAD = "# remark\ntexts: abc\nbegin: -1\ndoubtful: 2\ndanger: 3\n"


def test_a_file_is_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / WEIGHTS
    path.write_text(HEAD + "\n-5 #_a\n7 =two words\n", encoding="utf-8")
    assert load_weights(path) == Weights("abc", -1, 2, 3, {"#_a": -5, "=two words": 7})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "lacks begin, danger, doubtful, texts"),
        ("texts abc\n", "line 1: 'texts abc' is not two parts"),
        (HEAD + "\nx =a\n", "line 7: 'x' is no whole number"),
        (HEAD + "\n5\n", "line 7: '5' is not two parts"),
        (HEAD.replace("2", "much"), "the head: 'much' is no whole number"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, text: str, what: str) -> None:
    path = tmp_path / WEIGHTS
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=what):
        load_weights(path)
