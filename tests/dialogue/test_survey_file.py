"""A survey file: read with every fault at once and its place, and written back."""

import copy
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue import checks
from dialogue.faults import Fault
from dialogue.questions import TYPES
from dialogue.survey import Survey, SurveyKind
from dialogue.survey_file import read_survey, write_survey
from tests.dialogue.samples import LOCALES, PULSE
from tests.dialogue.shipped import survey_files
from tests.dialogue.strategies import any_survey

GOOD: dict[str, object] = {
    "slug": "good",
    "title": {"en": "A good one", "es": "Una buena"},
    "questions": [
        {"name": "q1", "type": "yes_no", "text": {"en": " Yes or no? ", "es": "¿Sí o no?"}},
        {
            "name": "q2",
            "type": "numeric",
            "text": {"en": "How many?", "es": "¿Cuántos?"},
            "only_if": "q1 == 'yes'",
            "decimal": True,
            "minimum": 0,
            "maximum": 9.5,
            "required": False,
            "sensitive": True,
            "indicator": "x",
            "source": "here",
            "wording": "draft",
        },
    ],
}


def faults_of(data: dict[str, object]) -> set[str]:
    survey, faults = read_survey(data)
    assert survey is None
    return set(map(str, faults))


def test_a_file_becomes_an_unpublished_survey() -> None:
    survey, faults = read_survey(GOOD)
    assert faults == ()
    assert survey is not None
    assert (survey.slug, survey.version, survey.kind) == ("good", 0, SurveyKind.SURVEY)
    assert survey.locales == ("en", "es")
    first, second = survey.questions
    assert first.text["en"] == "Yes or no?"
    assert [option.name for option in first.options] == ["yes", "no"]
    assert (second.minimum, second.maximum, second.required, second.sensitive) == (
        0, 9.5, False, True,
    )  # fmt: skip
    assert second.only_if is not None
    assert second.only_if.names == ("q1",)
    assert survey.question("q2") is second
    with pytest.raises(KeyError):
        survey.question("q3")


def test_all_faults_of_a_file_come_at_once_each_with_its_place() -> None:
    assert faults_of(
        {
            "slug": "Not A Slug",
            "kind": "quiz",
            "title": "No table",
            "keywords": ["FINE", 3],
            "colour": "red",
            "questions": [
                {
                    "name": "1st",
                    "type": "select",
                    "text": {"en": " ", "es": 5},
                    "options": "yes, no",
                    "only_if": "q0 ==",
                    "required": "no",
                    "minimum": True,
                    "maximum": float("inf"),
                    "style": "bold",
                },
                {
                    "type": "select_one",
                    "name": "q2",
                    "text": {"en": "Q?"},
                    "only_if": 7,
                    "options": [
                        {
                            "code": "A",
                            "name": "Nice Name",
                            "label": {"en": "A"},
                            "role": "boss",
                            "synonyms": ["a"],
                            "hint": "",
                        },
                        {"code": "1234567", "name": "b", "synonyms": {"en": "bee"}},
                        {"code": 2, "label": {"en": "C"}},
                    ],
                },
                {
                    "name": "q3",
                    "type": "numeric",
                    "text": {"en": "N"},
                    "decimal": 1,
                    "minimum": "2",
                },
                {"name": "q4", "type": "date", "text": {"en": "D"}, "past": "yes"},
            ],
        }
    ) == {
        "colour: is not known here",
        "slug: needs small letters, digits and dashes",
        "kind: 'quiz' is none of survey, poll, prompt, concern",
        'title: needs a text for each language, as { en = "…" }',
        "keywords: needs a list of texts",
        "questions[0].style: is not known here",
        "questions[0].name: needs small letters, digits and _, a letter first",
        f"questions[0].type: 'select' is none of {', '.join(TYPES)}",
        "questions[0].text.en: needs a text",
        "questions[0].text.es: needs a text",
        "questions[0].options: needs a list of tables",
        "questions[0].only_if: it ends too early",
        "questions[0].required: needs true or false",
        "questions[0].minimum: needs a number",
        "questions[0].maximum: needs a number",
        "questions[1].only_if: needs a text",
        "questions[1].options[0].hint: is not known here",
        "questions[1].options[0].code: needs one to six digits: it is the number printed",
        "questions[1].options[0].name: needs small letters, digits and _, a letter first",
        "questions[1].options[0].role: 'boss' is none of dont_know, refused, none, other",
        "questions[1].options[0].synonyms: needs a list of words for each language",
        "questions[1].options[1].code: needs one to six digits: it is the number printed",
        'questions[1].options[1].label: needs a text for each language, as { en = "…" }',
        "questions[1].options[1].synonyms.en: needs a list of texts",
        "questions[1].options[2].code: needs a text",
        "questions[1].options[2].code: needs one to six digits: it is the number printed",
        "questions[1].options[2].name: is missing",
        "questions[1].options[2].name: needs small letters, digits and _, a letter first",
        "questions[2].decimal: needs true or false",
        "questions[3].past: needs true or false",
        "questions[2].minimum: needs a number",
    }


def test_an_empty_file_lacks_all_that_is_needed() -> None:
    assert faults_of({}) == {
        "slug: is missing",
        "slug: needs small letters, digits and dashes",
        'title: needs a text for each language, as { en = "…" }',
        "questions: there is none",
    }


def test_a_question_has_no_decimal_unless_it_is_a_number() -> None:
    survey, _ = read_survey({**GOOD, "questions": [{"name": "q", "type": "open", "text": {}}]})
    assert survey is not None
    assert "decimal" not in str(write_survey(survey))


def test_only_languages_with_every_text_are_spoken() -> None:
    half = {"name": "q3", "type": "open", "text": {"en": "Why?"}}
    survey, _ = read_survey({**GOOD, "questions": [*_questions(GOOD), half]})
    assert survey is not None
    assert survey.locales == ("en",)


def test_a_third_option_of_a_yes_or_no_needs_words_of_its_own() -> None:
    options = [
        {"code": "1", "name": "yes", "label": {}},
        {"code": "2", "name": "no", "label": {}},
        {"code": "3", "name": "maybe", "label": {"es": "Quizá"}},
    ]
    asked = {"name": "q", "type": "yes_no", "text": {"en": "?", "es": "?"}, "options": options}
    survey, _ = read_survey({**GOOD, "questions": [asked]})
    assert survey is not None
    assert survey.locales == ("es",)


def test_limits_of_nothing_survive_writing() -> None:
    scale = {
        "name": "q",
        "type": "scale",
        "text": {"en": "?", "es": "?"},
        "minimum": 0,
        "maximum": 10,
    }
    survey, _ = read_survey({**GOOD, "questions": [scale]})
    assert survey is not None
    assert read_survey(write_survey(survey)) == (survey, ())


@pytest.mark.parametrize("slug", sorted(survey_files()))
def test_a_survey_that_ships_is_written_and_read_back_equal(slug: str) -> None:
    survey, faults = survey_files()[slug]
    assert faults == ()
    assert survey is not None
    assert read_survey(write_survey(survey)) == (survey, ())


def test_writing_leaves_out_what_is_not_set() -> None:
    written = write_survey(replace(PULSE, version=0))
    first, second, _ = _questions(written)
    assert set(first) == {"name", "type", "text", "options"}
    assert second["required"] is False
    assert second["only_if"] == "safe == 'unsafe'"
    assert read_survey(written) == (replace(PULSE, version=0), ())


def test_a_fault_prints_its_place_first() -> None:
    assert str(Fault("slug", "is missing")) == "slug: is missing"


def _questions(data: dict[str, object]) -> list[dict[str, object]]:
    questions = data["questions"]
    assert isinstance(questions, list)
    return questions


# --- any file ------------------------------------------------------------------------------------
@given(any_survey())
def test_a_valid_survey_is_written_and_read_back_equal(survey: Survey) -> None:
    assert checks.faults(survey, LOCALES) == ()
    assert read_survey(write_survey(survey)) == (survey, ())


KEYS = st.sampled_from(
    ["slug", "kind", "title", "keywords", "questions", "name", "type", "text", "options", "only_if",
     "required", "minimum", "decimal", "code", "label", "synonyms", "role", "en", "odd"]
)  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["a", "", "survey", "select_one", "numeric", "1", "a == 1", "dont_know"])
)
plain = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=8),
    max_leaves=30,
)


@given(st.dictionaries(KEYS, plain))
def test_any_data_is_a_survey_or_a_list_of_faults(data: Mapping[str, object]) -> None:
    survey, faults = read_survey(data)
    assert (survey is None) is bool(faults)
    assert all(fault.what for fault in faults)


@given(any_survey(), st.data())
def test_a_survey_with_one_value_spoilt_is_refused_or_still_a_survey(
    survey: Survey, data: st.DataObject
) -> None:
    written = copy.deepcopy(write_survey(survey))
    place: object = written
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(plain)
            break
        place = place[key]
    read, faults = read_survey(written)
    assert (read is None) is bool(faults)
    if read is not None:
        assert all(isinstance(str(fault), str) for fault in checks.faults(read, LOCALES))
