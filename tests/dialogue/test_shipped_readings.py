"""Replies to the questions that ship: what a first-time resident wrote, and what it is read as."""

import pytest

from dialogue.outcomes import Ambiguous, Answered, NotUnderstood, Outcome
from dialogue.questions import Question
from tests.dialogue.samples import option, question, reading, reply
from tests.dialogue.shipped import survey_files

ALL = ("en", "zu", "xh", "af", "st", "tn", "es")


def asked(slug: str, name: str) -> Question:
    survey = survey_files()[slug][0]
    assert survey is not None
    return survey.question(name)


DARK = asked("safety-pulse", "safe_dark")
SEX = asked("city-safety", "sex")


def read(on: Question, code: str, said: str) -> Outcome:
    return on.read(reply(said), reading(code, *(other for other in ALL if other != code)))


def short(outcome: Outcome) -> str:
    """The option's name, the numbers asked back, or a question mark."""
    match outcome:
        case Answered(value):
            return str(value)
        case Ambiguous(candidates):
            return " or ".join(candidates)
        case _:
            assert outcome == NotUnderstood()
            return "?"


# --- near spelling -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        *[(said, "2") for said in ("same", "sane", "save", "sake", "Save.", "safle")],
        *[
            ("unsave", "3"),
            ("very save", "1"),
            ("very saf", "1"),
            ("same as by day", "?"),
            ("1?", "1"),
            ("safe?", "2"),
        ],
        *[("7?", "?"), ("-1", "?"), ("-1?", "?")],
        *[(said, "safe") for said in ("saef", "saffe", "sfae")],
        *[(said, "unsafe") for said in ("unsfe", "unsaef", "unsaffe")],
    ],
)
def test_another_letter_in_a_short_word_is_asked_back(said: str, expected: str) -> None:
    assert short(read(DARK, "en", said)) == expected


@pytest.mark.parametrize(("code", "said"), [("en", "make"), ("en", "mave"), ("es", "hambre")])
def test_a_real_word_is_no_sex(code: str, said: str) -> None:
    assert short(read(SEX, code, said)) == "2"


def test_a_slip_in_one_of_several_is_said_back_and_not_recorded() -> None:
    seen = question("select_many", "seen", option("1", "guns", "Guns"), option("2", "fire", "Fire"))
    assert read(seen, "en", "guns, fiire") == Answered(("guns", "fire"), "list near spelling")
    unclear = NotUnderstood("several_unclear", (("options", "1, 2"),))
    assert read(seen, "en", "guns, fare") == unclear


# --- weak negators -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        *[
            ("en", f"{weak} safe", "2 or 3 or 4")
            for weak in ("hardly", "barely", "scarcely", "less", "not that", "not so", "not really")
        ],
        ("en", "I feel hardly safe", "2 or 3 or 4"),
        ("en", "hardly unsafe", "1 or 2 or 3"),
        ("en", "not really", "?"),
        *[
            ("es", said, "2 or 3 or 4")
            for said in ("poco segura", "cero seguro", "casi nada seguro", "no tan seguro")
        ],
        *[("es", said, "2 or 3 or 4") for said in ("apenas segura", "no muy segura")],
        ("es", "no muy seguro", "2 or 3 or 4"),
        ("es", "nada seguro", "very_unsafe"),
        ("es", "no estoy segura", "?"),
        *[("es", said, "?") for said in ("casi nada", "apenas")],
        *[("af", said, "2 or 3 or 4") for said in ("skaars veilig", "min veilig")],
        ("af", "nie so veilig nie", "2 or 3 or 4"),
        ("zu", "ngiphephile hhayi kakhulu", "2 or 3 or 4"),
        ("xh", "ndikhuselekile hayi kangako", "2 or 3 or 4"),
        ("st", "ke bolokehile e seng haholo", "2 or 3 or 4"),
        ("tn", "ke sireletsegile e seng thata", "2 or 3 or 4"),
    ],
)
def test_a_weak_negator_never_asks_for_the_plain_label_alone(
    code: str, said: str, expected: str
) -> None:
    assert short(read(DARK, code, said)) == expected


def test_without_a_label_that_negates_it_a_weak_negator_leaves_all_others() -> None:
    rain = question("select_one", "rain", option("1", "wet", "Wet"), option("2", "dry", "Dry"))
    assert short(read(rain, "en", "hardly wet")) == "1 or 2"


def test_a_weak_negator_with_a_yes_asks_for_both() -> None:
    met = question("yes_no", "met", option("1", "yes", ""), option("2", "no", ""))
    assert short(read(met, "en", "hardly, yes")) == "1 or 2"


# --- the words of our own question, and other ways to say it -------------------------------------
@pytest.mark.parametrize("asked_for", ["safe_day", "safe_dark"])
@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        ("zu", "ngizizwa ngingaphephile", "unsafe"),
        ("zu", "ngizizwa ngingaphephile neze", "very_unsafe"),
        ("xh", "ndiziva ndingakhuselekanga", "unsafe"),
        ("xh", "ndiziva ndingakhuselekanga konke", "very_unsafe"),
        ("st", "ke ikutlwa ke sa bolokeha", "unsafe"),
        ("st", "ha ke bolokehe", "unsafe"),
        ("st", "ha ke bolokehe ho hang", "very_unsafe"),
        ("tn", "ke ikutlwa ke sa sireletsega", "unsafe"),
        ("tn", "ga ke sireletsege", "unsafe"),
        ("tn", "ga ke sireletsege gotlhelele", "very_unsafe"),
        *[("en", said, "3 or 4") for said in ("dangerous", "it is dangerous", "Dangerous!")],
        *[("es", said, "3 or 4") for said in ("peligroso", "muy peligrosa")],
        *[
            ("af", "gevaarlik", "3 or 4"),
            ("zu", "kuyingozi", "3 or 4"),
            ("st", "ho kotsi", "3 or 4"),
        ],
        *[("en", said, "never_out") for said in ("I stay home", "i never walk alone")],
        ("es", "me quedo en casa", "never_out"),
    ],
)
def test_how_people_say_it(asked_for: str, code: str, said: str, expected: str) -> None:
    assert short(read(asked("safety-pulse", asked_for), code, said)) == expected


def test_who_stays_in_at_night_never_goes_out() -> None:
    assert short(read(DARK, "en", "i dont go out at night")) == "never_out"


@pytest.mark.parametrize(
    ("code", "said", "expected"),
    [
        *[("en", said, "female") for said in ("F", "w", "femail", "women")],
        *[("en", said, "male") for said in ("M", "men", "m.")],
        *[("es", said, "male") for said in ("H", "varon", "señor")],
        *[("es", said, "female") for said in ("F", "señora")],
        *[(code, "M", "1 or 2") for code in ("es", "st", "tn")],
        *[("zu", "ngiwowesifazane", "female"), ("zu", "ngingowesilisa", "male")],
        *[("xh", "ndiyindoda", "male"), ("xh", "ndingumfazi", "female")],
        *[
            ("af", "ek is 'n vrou", "female"),
            ("st", "ke monna", "male"),
            ("tn", "ke mme", "female"),
        ],
    ],
)
def test_a_sex_in_a_letter_or_in_other_words(code: str, said: str, expected: str) -> None:
    assert short(read(SEX, code, said)) == expected
