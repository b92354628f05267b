"""Versions of a survey as one."""

import tomllib
from dataclasses import replace

from backend.results.merging import merged
from dialogue.survey import Survey
from dialogue.survey_file import read_survey
from tests.backend.exports.seed import (
    FIRST_VERSION,
    SECOND_VERSION,
    option,
    question,
    survey_file,
)


def survey(text: str, version: int) -> Survey:
    found, faults = read_survey(tomllib.loads(text))
    assert found is not None, faults
    return replace(found, version=version)


def test_the_latest_order_first_then_what_only_earlier_ones_had() -> None:
    both = merged([survey(FIRST_VERSION, 1), survey(SECOND_VERSION, 2)])
    assert [q.name for q in both.questions][-2:] == ["language", "dog"]
    assert both.version == 2
    assert [o.name for o in both.question("wrong").options] == [
        "dark", "gangs", "nothing", "traffic",
    ]  # fmt: skip


def test_a_name_has_its_newest_code_and_a_code_one_meaning() -> None:
    versions = [
        survey(survey_file(question("q", "select_one", *options)), n)
        for n, options in enumerate(
            [
                (option("1", "a"), option("2", "gone"), option("3", "left")),
                (option("1", "b"), option("2", "a")),
            ],
            1,
        )
    ]
    codes = {o.name: o.code for o in merged(versions).question("q").options}
    assert codes == {"b": "1", "a": "2", "gone": "gone", "left": "3"}


def test_one_version_is_itself() -> None:
    only = survey(SECOND_VERSION, 1)
    assert merged([only]) == only
