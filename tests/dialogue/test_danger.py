"""What people write in danger is recognised, and what is ordinary is not."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.catalogues import LOCALES, danger_weights, load_locales
from backend.danger_lists import FILE, load_danger
from dialogue.answers.normalise import LONGEST
from dialogue.danger import HEEDED, DangerList, Risk, classify, is_ordinary_answer, signs
from dialogue.danger.misspelt import near
from dialogue.danger.patterns import Pattern, expand, parse
from dialogue.danger.stems import Stems
from dialogue.danger.tokens import tokens
from dialogue.survey import Survey
from tests.dialogue.shipped import CITIES, shipped_desk

DANGER = Path(__file__).parent / "danger"
LANGUAGES = sorted(path.stem for path in DANGER.glob("*.csv"))
MEASURED = {
    "": dict.fromkeys(LANGUAGES, (0.95, 0.01)),
    "held_back": {
        "af": (0.90, 0.05),
        "en": (0.90, 0.05),
        "es": (0.85, 0.02),
        "st": (0.90, 0.04),
        "tn": (0.90, 0.07),
        "xh": (0.85, 0.04),
        "zu": (0.90, 0.04),
    },
    "blind": {
        "af": (0.95, 0.07),
        "en": (0.95, 0.06),
        "es": (0.95, 0.10),
        "st": (0.95, 0.06),
        "tn": (0.90, 0.07),
        "xh": (0.90, 0.07),
        "zu": (0.90, 0.04),
    },
}
"""By folder and language: the least share of texts of danger to which the numbers are said, and the
greatest of ordinary ones, those chosen to mislead included, that are lost as answers
(`danger/README.md`). Those of `held_back` and `blind` are as measured: down to 5 %, up to 1 %."""


@cache
def lists() -> tuple[DangerList, ...]:
    """Those of all languages: whatever a resident speaks, all are looked at."""
    return tuple(locale.danger for locale in load_locales().values() if locale.danger)


def labelled(language: str, folder: Path = DANGER) -> Iterator[tuple[str, str]]:
    with (folder / f"{language}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["class"]


def is_met(text: str) -> bool:
    """Whether the numbers are said."""
    risk, look = signs(text, lists(), danger_weights())
    return risk is not None or look in HEEDED


def is_lost(text: str) -> bool:
    """Whether it is no answer any more where one in free words is asked for."""
    return not is_ordinary_answer(*signs(text, lists(), danger_weights()))


def made(
    *danger: str, ordinary: tuple[str, ...] = (), names: frozenset[str] = frozenset()
) -> DangerList:
    risks: dict[Risk, tuple[Pattern, ...]] = {
        Risk.DANGER: tuple(parse(one, {"he": ("he", "she")}) for one in danger)
    }
    cancels = tuple(parse(one, {}) for one in ordinary)
    return DangerList("1", False, risks, cancels, names, frozenset({"police"}))


def found(text: str, *danger: str, ordinary: tuple[str, ...] = ()) -> bool:
    one = made(*danger, ordinary=ordinary, names=frozenset({"thabo"}))
    return classify(text, [one]) is Risk.DANGER


# --- the labelled texts --------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_labelled_texts_and_no_text_twice(language: str) -> None:
    rows = list(labelled(language))
    assert len([kind for _, kind in rows if kind]) >= 60
    assert len([kind for _, kind in rows if not kind]) >= 120
    assert len({text for text, _ in rows}) == len(rows)
    assert {kind for _, kind in rows} == {"", *Risk}


@pytest.mark.parametrize("folder", MEASURED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_met_and_answers_stay_answers_as_when_first_measured(
    folder: str, language: str
) -> None:
    rows = list(labelled(language, DANGER / folder))
    told = [text for text, kind in rows if kind]
    plain = [text for text, kind in rows if not kind]
    met, lost = MEASURED[folder][language]
    # Numbers only: a failure must not show what is held back.
    assert sum(map(is_met, told)) >= met * len(told)
    assert sum(map(is_lost, plain)) <= lost * len(plain)


def test_every_language_that_ships_has_its_lists_and_its_labelled_texts() -> None:
    assert {path.parent.name for path in LOCALES.glob(f"*/{FILE}")} == set(LANGUAGES)
    assert {path.name for path in LOCALES.iterdir() if path.is_dir()} == set(LANGUAGES)


def words_of(survey: Survey) -> Iterator[str]:
    for question in survey.questions:
        for option in question.options:
            yield from option.label.values()
            for words in option.synonyms.values():
                yield from words


def test_no_answer_that_a_shipped_survey_offers_and_no_area_reads_as_danger() -> None:
    for folder in CITIES:
        desk = shipped_desk(folder.name)
        said = [word for survey in desk.surveys for word in words_of(survey)]
        said += [name for area in desk.areas for name in (area.name, *area.aliases)]
        assert [word for word in said if classify(word, desk.dangers)] == []


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("he is outside with a gun and he will kill me, I want to die", Risk.DANGER),
        ("I want to die, my husband beats me", Risk.SELF_HARM),
        ("my husband beats my child", Risk.CHILD),
        ("MY HUSBAND BEEEEATS ME", Risk.VIOLENCE),
        ("my husbnad beats me", Risk.VIOLENCE),
        ("nobody is hurting me. my boyfriend rapes me", Risk.VIOLENCE),
        ("Thabo sells drugs, I know who killed her", Risk.ACCUSATION),
        ("", None),
        ("112", None),
        ("nobody is hurting me", None),
        ("in danger call 112", None),
        ("I fear that someone will kill me", None),
        ("I don't want to live here anymore", None),
        ("they raped a girl at the bridge", None),
    ],
)
def test_the_most_urgent_counts_and_what_is_denied_feared_or_general_does_not(
    text: str, risk: Risk | None
) -> None:
    assert classify(text, lists()) is risk


@given(st.text())
def test_any_text_has_one_reading_and_raises_nothing(text: str) -> None:
    assert classify(text, lists()) is classify(text, lists())


def test_the_work_grows_with_the_text_and_not_faster() -> None:
    """Places that a pattern has come to are a set: a gap after a gap multiplies nothing."""
    text = tokens("he " * LONGEST)
    assert len(text) <= LONGEST
    one = made("he ..6 he ..6 he ..6 he ..6 never")
    words = [token.word for token in text]
    assert list(one.find(words, frozenset())) == []


# --- the language of the patterns ----------------------------------------------------------------
def test_a_step_is_a_word_alternatives_a_set_or_a_part_of_a_word() -> None:
    assert found("he beats", "@he beats|hits")
    assert found("she hits", "@he beats|hits")
    assert not found("we hit", "@he beats|hits")
    assert found("uzongibulala", "uzo*")
    assert found("uzongibulala", "*ngibul*")
    assert found("uzongibulala", "*bulala")
    assert not found("bulalani", "*bulala")


def test_a_set_is_made_of_the_sets_above_it() -> None:
    sets = expand({"kin": ("aunt|uncle",), "all": ("@kin", "boss")})
    assert sets == {"kin": ("aunt", "uncle"), "all": ("aunt", "uncle", "boss")}
    with pytest.raises(ValueError, match="no set @later"):
        expand({"all": ("@later",), "later": ("x",)})


def test_a_word_of_parts_is_each_of_one_followed_by_each_of_the_other() -> None:
    sets = {"me": ("ngi", "si"), "hit": ("shay", "bulal")}
    one = parse("*+@me+@hit+*|uyeza", sets)
    assert one.steps[0].words == {
        "*ngishay*", "*ngibulal*", "*sishay*", "*sibulal*", "uyeza"
    }  # fmt: skip


@given(st.sets(st.text("abc*", min_size=2, max_size=4), max_size=8), st.text("abc", max_size=8))
def test_parts_found_by_look_up_are_those_found_one_by_one(listed: set[str], word: str) -> None:
    parts = {part for part in listed if part.strip("*") and "*" not in part.strip("*")}
    parts = {
        part for part in parts if "**" not in part and part.startswith("*") | part.endswith("*")
    }

    def fits(part: str) -> bool:
        bare = part.strip("*")
        if part.startswith("*"):
            return bare in word if part.endswith("*") else word.endswith(bare)
        return word.startswith(bare)

    assert set(Stems.of(parts).fitting(word)) == {part for part in parts if fits(part)}


def test_a_step_may_be_missing_and_a_gap_is_bounded() -> None:
    assert found("call now", "call the? police? now")
    assert found("call the police now", "call the? police? now")
    assert found("call a b now", "call ..2 now")
    assert not found("call a b c now", "call ..2 now")
    assert not found("call", "call now")
    assert found("call x now", "call _ now")


def test_a_step_may_leave_words_out() -> None:
    assert found("he hits me", "@he *s|!gives|!help* me")
    assert not found("he gives me", "@he *s|!gives|!help* me")
    assert not found("he helps me", "@he *s|!gives|!help* me")
    assert not found("she gives me", "*s|!@he|!gives me")


def test_a_number_is_a_word_with_a_digit() -> None:
    assert found("at 45b", "at #")
    assert not found("at home", "at #")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("thabo steals", True),
        ("he said Zodwa steals", True),
        ("uZodwa steals", True),
        ("Zodwa steals", False),  # every sentence begins with a capital
        ("so. Zodwa steals", False),
        ("the Police steals", False),
        ("HE SAID ZODWA STEALS", False),
        ("he said X steals", False),
        ("he said SAPD steals", False),
    ],
)
def test_a_name_is_listed_or_has_a_capital_that_says_so(text: str, named: bool) -> None:
    assert found(text, "he|so|the|NAME ..2 steals") or not named
    assert found(text, "NAME steals") is named


def test_what_is_ordinary_cancels_what_it_overlaps_and_nothing_else() -> None:
    cancels = ("traffic ..2 me",)
    assert found("killing me", "killing me", ordinary=cancels)
    assert not found("traffic is killing me", "killing me", ordinary=cancels)
    assert found("traffic is killing me he is killing me", "killing me", ordinary=cancels)


@pytest.mark.parametrize(
    ("listed", "word", "same"),
    [
        ("husband", "husband", True),
        ("husband", "husbnd", True),
        ("husband", "husbannd", True),
        ("husband", "husbend", True),
        ("husband", "husbnad", True),
        ("husband", "husban", True),
        ("husband", "hsubnad", False),
        ("husband", "husb", False),
        ("husband", "hasbend", False),
        ("husband", "husxxnd", False),
    ],
)
def test_one_letter_may_be_wrong(listed: str, word: str, same: bool) -> None:
    assert near(listed, word) is same


def test_a_word_that_the_lists_know_is_no_typing_error() -> None:
    assert found("killed", "killer")
    assert not found("killed", "killer", ordinary=("killed by",))


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("", "does not begin"),
        ("..2 me", "does not begin"),
        ("he? beats", "does not begin"),
        ("he ..9 me", "a gap is"),
        ("he ..x me", "a gap is"),
        ("he @nobody", "no set"),
        ("he pégà", "no folded word"),
        ("he *", "no folded word"),
    ],
)
def test_a_line_that_is_wrong_is_refused(line: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        parse(line, {})


def test_every_fault_of_a_list_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(
        'version = "1"\nstatus = "needs-review"\n[sets]\nx = ["@y"]\n[risks]\n'
        'danger = ["he ..9 me", "me ..2"]\n'
        'joy = ["x"]\n[ordinary]\npatterns = ["@x y"]\n'
    )
    with pytest.raises(ValueError, match="nothing for self_harm") as error:
        load_danger(path)
    for what in (
        "a gap is",
        "no such class: joy",
        "no set @x",
        "no set @y",
        "'me ..2' ends with a gap",
    ):
        assert what in str(error.value)


def test_lists_say_whether_somebody_reviewed_them() -> None:
    assert load_danger(LOCALES / "en" / FILE).reviewed
    assert not load_danger(LOCALES / "zu" / FILE).reviewed
