"""Each question type: what it reads, what it asks back, what it offers."""

from dataclasses import replace

import pytest

from dialogue.messages import Choice
from dialogue.outcomes import (
    Ambiguous,
    Answered,
    DontKnow,
    Empty,
    NotUnderstood,
    Outcome,
    OutOfRange,
    Refused,
    Remark,
)
from dialogue.questions import TYPES, Question
from tests.dialogue.samples import LOCALES, SAFE, option, question, read, reading, reply

SEEN = question(
    "select_many",
    "seen",
    option("1", "robbery"),
    option("2", "drugs", "Drugs and drink"),
    option("3", "shots", "Shots", "gunshots"),
    option("12", "none", "None of these", role="none"),
    option("99", "unknown", "No idea at all", role="dont_know"),
    maximum=2,
)
RANK = question(
    "rank", "rank", option("1", "light"), option("2", "police"), option("3", "jobs"),
    option("9", "unknown", "Can't say", role="dont_know"),
)  # fmt: skip
SEEN_IT = question("yes_no", "seen_it", option("1", "yes", ""), option("2", "no", ""))
PEOPLE = question("numeric", "people", maximum=20)
AGE = question("age", "age")
SCALE = question("scale", "scale", option("1", "bad"), option("5", "good"))
DAY = question("date", "day")
PLACE = question("location", "place")
WHY = question("open", "why")


# --- one option ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("3", Answered("unsafe", "code")),
        ("I think it's unsafe", Answered("unsafe", "polite")),
        ("fine", Answered("safe", "synonym")),
        ("9", Answered("unknown", "code")),
        ("idk", Answered("unknown", "dont_know")),
        ("no comment", Refused()),
        ("2 unsafe", Ambiguous(("2", "3"))),
        ("7", OutOfRange("no_such_number", (("number", "7"),))),
        ("quite", NotUnderstood()),
        ("?", Remark("question")),
        ("!", Empty()),
        ("", Empty()),
    ],
)
def test_one_option(text: str, outcome: Outcome) -> None:
    assert read(SAFE, text) == outcome


def test_dont_know_and_refusal_stay_apart_where_the_author_wrote_no_option_for_them() -> None:
    plain = replace(SAFE, options=SAFE.options[:3])
    assert read(plain, "I don't know.") == DontKnow()
    assert read(plain, "prefer not to say") == Refused()


def test_an_option_goes_before_a_word_for_dont_know() -> None:
    sure = question("select_one", "sure", option("1", "sure"), option("2", "unsure", "Not sure"))
    assert read(sure, "not sure") == Answered("unsure", "label")


def test_a_word_of_another_language_counts_unless_it_means_something_else_in_this_one() -> None:
    plain = replace(SAFE, options=SAFE.options[:3])
    assert read(plain, "angazi", "en", "zu") == DontKnow()
    assert read(plain, "angazi", "en") == NotUnderstood()
    assert read(SEEN_IT, "no", "es", "en") == Answered("no", "label")
    yes_in_sesotho_and_in_spanish = "e"
    assert read(SEEN_IT, yes_in_sesotho_and_in_spanish, "es", "st") == NotUnderstood()


def test_a_tap_is_the_number_on_its_button() -> None:
    assert SAFE.read(reply("whatever", choice="2"), reading()) == Answered("safe", "code")


def test_narrowed_to_candidates_only_they_count() -> None:
    fewer = SAFE.narrowed(("2", "3"))
    assert read(fewer, "2") == Answered("safe", "code")
    assert read(fewer, "the first one") == Answered("safe", "position")
    assert read(fewer, "1") == OutOfRange("no_such_number", (("number", "1"),))
    assert read(fewer, "very safe") == Answered("very_safe", "label")
    assert read(fewer, "7") == OutOfRange("no_such_number", (("number", "7"),))
    assert SAFE.narrowed(("77",)) == SAFE
    assert WHY.narrowed(("1",)) == WHY


def test_choices_carry_the_code_and_the_label() -> None:
    assert SAFE.choices(LOCALES["en"])[1] == Choice("2", "Safe")


# --- yes and no ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Yes!", Answered("yes", "label")),
        ("nope", Answered("no", "synonym")),
        ("2", Answered("no", "code")),
        ("yes but", Ambiguous(("1", "2"))),
        ("yesterday", NotUnderstood()),
        ("don't know", DontKnow()),
    ],
)
def test_yes_and_no(text: str, outcome: Outcome) -> None:
    assert read(SEEN_IT, text) == outcome


def test_yes_and_no_are_worded_by_us_where_the_author_says_nothing() -> None:
    assert SEEN_IT.choices(LOCALES["en"]) == (Choice("1", "Yes"), Choice("2", "No"))
    own = question("yes_no", "own", option("1", "yes", "I did"), option("2", "no", "I did not"))
    assert own.choices(LOCALES["en"])[0].label == "I did"


# --- several options -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", ("robbery",)),
        ("3 1", ("robbery", "shots")),
        ("31", ("robbery", "shots")),
        ("12", ("none",)),
        ("1,3", ("robbery", "shots")),
        ("1 and 3", ("robbery", "shots")),
        ("robbery; gunshots", ("robbery", "shots")),
        ("please robbery/2", ("robbery", "drugs")),
        ("drugs and drink", ("drugs",)),
        ("1 1 1", ("robbery",)),
        ("shots robbery", ("robbery", "shots")),
        ("dk", ("unknown",)),
    ],
)
def test_several_options_in_the_order_printed(text: str, names: tuple[str, ...]) -> None:
    outcome = read(SEEN, text)
    assert isinstance(outcome, Answered)
    assert outcome.value == names


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("1 2 3", OutOfRange("too_many", (("most", 2),))),
        ("12, 1", OutOfRange("not_with_others", (("option", "None of these"),))),
        ("+", NotUnderstood()),
        ("1 x", NotUnderstood("several_unclear", (("options", "1"),))),
        ("11", OutOfRange("no_such_number", (("number", "11"),))),
        ("1, 2 robbery", NotUnderstood("several_unclear", (("options", "1, 2"),))),
        ("robbery but not cheese", NotUnderstood("several_unclear", (("options", "1"),))),
    ],
)
def test_a_doubtful_list_is_asked_again_as_a_whole(text: str, outcome: Outcome) -> None:
    assert read(SEEN, text) == outcome


def test_fewer_than_the_least_is_too_few_but_none_of_these_stands_alone() -> None:
    two = replace(SEEN, minimum=2)
    assert read(two, "1") == OutOfRange("too_few", (("least", 2),))
    assert read(two, "12") == Answered(("none",), "codes")


def test_a_language_without_a_word_for_and_splits_at_marks_only() -> None:
    words = LOCALES["en"].words
    silent = replace(words, replies={k: v for k, v in words.replies.items() if k != "and"})
    how = replace(reading(), locale=replace(LOCALES["en"], words=silent))
    assert SEEN.read(reply("1+3"), how) == Answered(("robbery", "shots"), "codes")
    unclear = NotUnderstood("several_unclear", (("options", "1, 3"),))
    assert SEEN.read(reply("1 and 3"), how) == unclear


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("2 1 3", Answered(("police", "light", "jobs"), "codes")),
        ("321", Answered(("jobs", "police", "light"), "codes")),
        ("jobs, light, police", Answered(("jobs", "light", "police"), "list")),
        ("2 1", OutOfRange("too_few", (("least", 3),))),
        ("9", Answered(("unknown",), "codes")),
    ],
)
def test_an_order_is_all_options_as_the_resident_gave_them(text: str, outcome: Outcome) -> None:
    assert read(RANK, text) == outcome


def test_questions_for_several_say_how_to_reply() -> None:
    assert (SAFE.hint(), SEEN.hint(), RANK.hint()) == (None, "several_hint", "rank_hint")


# --- numbers -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("4", Answered(4, "digits")),
        ("I think 4, please", Answered(4, "digits")),
        ("-1", OutOfRange("out_of_range", (("low", 0), ("high", 20)))),
        ("21", OutOfRange("out_of_range", (("low", 0), ("high", 20)))),
        ("2.5", NotUnderstood("reply_number")),
        ("3 or 4", NotUnderstood("reply_number")),
        ("many", NotUnderstood("reply_number")),
        ("9" * 10_000, NotUnderstood("reply_number")),
        ("dk", DontKnow()),
    ],
)
def test_a_number_is_one_whole_number_within_its_limits(text: str, outcome: Outcome) -> None:
    assert read(PEOPLE, text) == outcome


def test_a_decimal_number_where_the_author_allows_it() -> None:
    height = question("numeric", "height", decimal=True, minimum=0.5)
    assert read(height, "1,75") == Answered(1.75, "digits")
    low_and_high = (("low", 0.5), ("high", 999_999_999))
    assert read(height, "0.2") == OutOfRange("out_of_range", low_and_high)


@pytest.mark.parametrize(("text", "value"), [("34", 34), ("34yrs", 34), ("5", 5), ("120", 120)])
def test_an_age(text: str, value: int) -> None:
    assert read(AGE, text) == Answered(value, "digits")


@pytest.mark.parametrize("text", ["0", "1", "4", "121", "-34"])
def test_no_age_at_all_or_a_hardly_believable_one_is_out_of_range(text: str) -> None:
    assert read(AGE, text) == OutOfRange("out_of_range", (("low", 5), ("high", 120)))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("safe?", Ambiguous(("2",))),
        ("Very safe?", Ambiguous(("1",))),
        ("1?", Ambiguous(("1",))),
        ("-1", NotUnderstood()),
        ("- 2", NotUnderstood()),
    ],
)
def test_a_question_back_or_a_negative_number_chooses_nothing(text: str, outcome: Outcome) -> None:
    assert read(SAFE, text) == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("yes?", Ambiguous(("1", "2"))),
        ("no?", Ambiguous(("1", "2"))),
        ("1?", Ambiguous(("1", "2"))),
    ],
)
def test_a_doubtful_yes_is_none(text: str, outcome: Outcome) -> None:
    seen = question("yes_no", "seen", option("1", "yes", ""), option("2", "no", ""))
    assert read(seen, text) == outcome


@pytest.mark.parametrize("text", ["1", "22", "x"])
def test_a_number_or_a_letter_is_no_place(text: str) -> None:
    assert read(question("location", "area"), text) == NotUnderstood("reply_place")


@pytest.mark.parametrize("text", ["about 40 people", "ongeveer 40 mense", "40 people", "40 batho"])
def test_how_many_people_is_no_age(text: str) -> None:
    assert AGE.read(reply(text), reading("en", "af", "st")) == NotUnderstood("reply_age")


def test_an_author_may_bound_an_age() -> None:
    adult = question("age", "age", minimum=18, maximum=99)
    assert read(adult, "17") == OutOfRange("out_of_range", (("low", 18), ("high", 99)))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("3", Answered(3, "digits")),
        ("5", Answered(5, "code")),
        ("good", Answered(5, "label")),
        ("4/5", Answered(4, "out of")),
        ("4 / 5", Answered(4, "out of")),
        ("4/10", NotUnderstood("out_of_range", (("low", 1), ("high", 5)))),
        ("3.5", NotUnderstood("out_of_range", (("low", 1), ("high", 5)))),
        ("fine", NotUnderstood("out_of_range", (("low", 1), ("high", 5)))),
        ("1 good", NotUnderstood("out_of_range", (("low", 1), ("high", 5)))),
        ("6", OutOfRange("out_of_range", (("low", 1), ("high", 5)))),
        ("0", OutOfRange("out_of_range", (("low", 1), ("high", 5)))),
        ("dk", DontKnow()),
    ],
)
def test_a_point_on_a_scale(text: str, outcome: Outcome) -> None:
    assert read(SCALE, text) == outcome


def test_a_scale_from_zero_to_ten_with_an_option_beside_it() -> None:
    unsure = option("99", "unsure", "Unsure", role="dont_know")
    scale = question("scale", "scale", unsure, minimum=0, maximum=10)
    assert read(scale, "0") == Answered(0, "digits")
    assert read(scale, "7/10") == Answered(7, "out of")
    assert read(scale, "99") == Answered("unsure", "code")
    assert read(scale, "no idea") == Answered("unsure", "dont_know")


# --- words ---------------------------------------------------------------------------------------
def test_a_known_area_is_its_code_and_any_other_place_its_words_sealed() -> None:
    assert read(PLACE, "riverside") == Answered("W1", "area name")
    assert read(PLACE, "Behind the shop") == Answered(
        "Behind the shop", "place in words", sealed=True
    )
    assert read(PLACE, "dk") == DontKnow()


def test_a_shared_place_is_an_answer_to_a_question_for_a_place_only() -> None:
    pin = reply(location=(-26.2, 28.05))
    assert PLACE.read(pin, reading()) == Answered("-26.200,28.050", "pin outside", sealed=True)
    here = reply("here", location=(-26.2, 28.05))
    answer = PLACE.read(here, reading())
    assert isinstance(answer, Answered)
    assert answer.value == "here -26.200,28.050"
    for asked in (WHY, SAFE, SEEN, PEOPLE, DAY):
        assert asked.read(pin, reading()) == Empty()


def test_free_text_is_kept_as_written_and_sealed() -> None:
    assert read(WHY, "  No lights,\nno police! ") == Answered(
        "No lights,\nno police!", "text", sealed=True
    )
    assert read(WHY, "no comment") == Refused()
    assert read(WHY, "...") == Empty()


def test_a_picture_without_words_is_empty() -> None:
    assert WHY.read(reply(media=1), reading()) == Empty(media=True)


@pytest.mark.parametrize("text", ["", "a picture", "1"])
def test_a_photo_takes_a_picture_and_no_words(text: str) -> None:
    photo = question("photo", "photo")
    assert read(photo, text) == NotUnderstood("no_photo")
    assert photo.read(reply(text, media=2), reading()) == Answered("sent", "picture")
    assert photo.hint() == "photo_hint"


# --- all types -----------------------------------------------------------------------------------
def test_a_type_is_named_as_in_the_survey_file() -> None:
    for name, cls in TYPES.items():
        assert cls.kind == name


def test_a_note_asks_nothing() -> None:
    assert [name for name, cls in TYPES.items() if not cls.asks] == ["note"]


def test_a_type_without_a_reading_of_its_own_understands_nothing() -> None:
    assert read(question("note", "note"), "cheese") == NotUnderstood()


def test_only_questions_with_options_know_special_options() -> None:
    assert Question(name="q").by_role("dont_know") is None


# --- free words ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        *[("en", said, "question") for said in ("why?", "why", "who is this?", "WHY DO YOU ASK")],
        *[("en", said, "question") for said in ("what do you mean?", "is this anonymous?")],
        ("zu", "kungani?", "question"),
        ("es", "¿por qué?", "question"),
        *[("en", said, "thanks") for said in ("thanks", "thank you!", "🙏")],
        *[("en", said, "noise") for said in ("😂", "😡😡", "🦁")],
    ],
)
def test_what_is_said_to_us_is_no_answer_in_words(code: str, said: str, kind: str) -> None:
    assert WHY.read(reply(said), reading(code, "en", "af")) == Remark(kind)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        *[("en", said) for said in ("where I live", "what they do", "hello", "lol", "lights 😡")],
        *[("es", said) for said in ("por que roban", "por que no hay luz")],
        ("en", "why do the police never come when we call them?"),
        ("en", "they rob people and nobody knows why"),
        ("en", "thanks to the gangs"),
    ],
)
def test_what_tells_something_is_an_answer_in_words(code: str, said: str) -> None:
    assert WHY.read(reply(said), reading(code)) == Answered(said, "text", sealed=True)
