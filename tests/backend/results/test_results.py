"""Results of a small city, computed by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from backend.results import SurveyUnknownError, results
from backend.results.counts import (
    by_answer,
    by_status,
    respondents_by_status,
    responses,
    responses_since,
)
from backend.results.publishing import publish
from backend.store import library, open_engine
from backend.store.erasure import erase
from backend.store.tables import SESSION
from dialogue.survey import Status
from tests.backend.exports.seed import (
    AT,
    DONT_KNOW,
    NOT_CODED,
    REFUSED,
    REMARKED,
    SECRET,
    SKIPPED,
    SLUG,
    WAYS,
    WORDS,
    Way,
    city,
    plant,
    said,
)

HIDDEN = {"reason": "fewer than 10, or to protect so few", "withheld": True}

CROWD: Sequence[Way] = (
    # 30 + 20 + 10 feel so or so; 12 do not know, 9 + 2 do not say
    *[Way({"safe": said("yes_safe"), "wrong": said(["dark"]), "place": said("A1")})] * 30,
    *[Way({"safe": [said("unsafe"), said("somewhat"), REMARKED], "wrong": said(["dark", "gangs"])})]
    * 20,
    *[Way({"safe": said("unsafe"), "age": said(70), "trust": said(5)}, version=1)] * 10,
    *[Way({"safe": ("dont_know", "unsure"), "age": said(24), "trust": said(1)})] * 12,
    *[Way({"safe": REFUSED, "why": WORDS, "place": WORDS}, Status.STOPPED)] * 9,
    *[Way({"safe": SKIPPED, "times": said(1000), "since": said("2024-01-01")}, Status.ACTIVE)] * 10,
    *[Way({"safe": NOT_CODED, "first": said(["patrol", "light"])}, Status.SAFEGUARDED)] * 2,
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def figures(engine: Engine, ways: Sequence[Way], **more: Any) -> dict[str, Any]:
    """The results as plain data, questions by name. Every way is another resident's."""
    return found(
        engine, [replace(way, contact=f"resident {n}") for n, way in enumerate(ways)], **more
    )


def found(engine: Engine, ways: Sequence[Way], **more: Any) -> dict[str, Any]:
    """The same, the ways being their contacts'."""
    profile = city(**more)
    plant(engine, profile, ways)
    publish(engine, profile, SLUG, AT)
    with engine.connect() as connection:
        plain = asdict(results(connection, profile, SLUG))
    assert SECRET not in str(plain)
    return {**plain, "questions": {q["question"]: q for q in plain["questions"]}}


def counts(question: Mapping[str, Any]) -> dict[str, Any]:
    return {cell["name"]: cell["count"] for cell in question["cells"]}


def test_counts_are_of_the_highest_revisions_of_all_versions(engine: Engine) -> None:
    shown = figures(engine, CROWD)
    safe = shown["questions"]["safe"]
    assert safe["n"] == 93
    assert counts(safe) == {"yes_safe": 30, "somewhat": 20, "unsafe": 10}
    assert [cell["percent"] for cell in safe["cells"]] == [32.3, 21.5, 10.8]
    assert [cell["code"] for cell in safe["cells"]] == ["1", "2", "3"]
    assert [cell["presentation"] for cell in safe["cells"]] == ["show"] * 3
    assert safe["cells"][0]["label"] == {"en": "yes safe en", "es": "yes safe es"}
    assert safe["no_answer"] == 33
    # 2 not coded and 9 refused are small and together 11; who passed and did not know are shown
    assert safe["non_response"] == {
        "dont_know": 12, "refused": HIDDEN, "skipped": 10, "not_coded": HIDDEN,
    }  # fmt: skip
    assert (shown["published"]["number"], shown["published"]["responses"]) == (1, 93)


def test_a_base_does_not_tell_that_one_refused(engine: Engine) -> None:
    shown = figures(engine, [*[Way({"safe": said("yes_safe")})] * 29, Way({"safe": REFUSED})])
    safe = shown["questions"]["safe"]
    assert shown["participation"]["completed"] == 30
    assert safe["n"] == 30
    assert counts(safe) == {"yes_safe": HIDDEN, "somewhat": HIDDEN, "unsafe": HIDDEN}
    assert safe["no_answer"] == HIDDEN
    crowd = [Way({"safe": said("yes_safe")})] * 30 + [Way({"safe": said("somewhat")})] * 20
    crowd += [Way({"safe": said("unsafe")})] * 15
    shown = figures(engine, [*crowd, Way({"safe": REFUSED})], slug="other")
    safe = shown["questions"]["safe"]
    assert counts(safe) == {"yes_safe": 30, "somewhat": 20, "unsafe": HIDDEN}, "15 for company"
    assert [cell["percent"] for cell in safe["cells"]] == [45.5, 30.3, None]
    assert safe["no_answer"] == HIDDEN
    assert list(safe["non_response"].values()) == [HIDDEN] * 4


def test_a_resident_counts_once_by_the_latest_completed(engine: Engine) -> None:
    yes, no = {"safe": said("yes_safe")}, {"safe": said("unsafe")}
    ways = [
        Way(yes, contact="anna"), Way(no, contact="anna"),  # the latest completed
        Way(yes, Status.STOPPED, contact="anna"), Way({}, contact="anna"),
        Way(yes, Status.STOPPED, contact="ben"), Way(no, Status.ACTIVE, contact="ben"),
        Way({}, Status.EXPIRED, contact="ben"),  # the latest with an answer
        Way({}, Status.EXPIRED, contact="cleo"), Way({}, Status.PARKED, contact="cleo"),
        Way(yes, Status.STOPPED, contact=None), Way(yes, contact=None),  # erased: one each
    ]  # fmt: skip
    plant(engine, city(), ways)
    with engine.connect() as connection:
        safe = {count.value: count.n for count in by_answer(connection, "smalltown", SLUG)["safe"]}
        assert safe == {"unsafe": 2, "yes_safe": 2}
        status = respondents_by_status(connection, "smalltown", SLUG)
        assert {name: n for name, n in status.items() if n} == {
            "completed": 2, "active": 1, "parked": 1, "stopped": 1,
        }  # fmt: skip
        assert sum(by_status(connection, "smalltown", SLUG).values()) == len(ways)


def test_nobody_passes_the_threshold_alone(engine: Engine) -> None:
    shown = found(engine, [Way({"safe": said("unsafe")})] * 40)
    assert shown["participation"]["started"] == shown["participation"]["completed"] == 1
    assert shown["questions"]["safe"]["n"] == HIDDEN


def test_participation_is_live_and_shows_no_safeguarding(engine: Engine) -> None:
    assert figures(engine, CROWD)["participation"] == {
        "started": 93,
        "completed": 72,
        "completion_rate": 77.4,
        "cooperation_rate": 86.7,
        "by_status": {
            "active": 10, "parked": 0, "completed": 72, "expired": 0, "stopped": 11, "withdrawn": 0,
        },
    }  # fmt: skip


def test_of_several_options_each_is_a_table_of_its_own(engine: Engine) -> None:
    wrong = figures(engine, CROWD)["questions"]["wrong"]
    assert wrong["n"] == 50
    # all 50 said dark: that nobody did not is as small a cell as that nobody said nothing
    assert counts(wrong) == {"dark": HIDDEN, "gangs": 20, "nothing": HIDDEN, "traffic": HIDDEN}


def test_every_type_has_its_cells(engine: Engine) -> None:
    questions = figures(engine, CROWD, threshold=1)["questions"]
    assert questions["age"]["counted"] == "age bands"
    assert list(counts(questions["age"])) == ["0-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    assert list(counts(questions["trust"])) == ["1", "2", "3", "4", "5"]
    assert list(counts(questions["place"])) == ["A1", "A2", "in_words"]
    assert list(counts(questions["times"])) == [
        "0", "1", "2", "3-5", "6-10", "11-20", "21-50", "51-100", "101-1000", "1001+",
    ]  # fmt: skip
    assert list(counts(questions["first"])) == ["light", "patrol"]
    assert [q["n"] for q in (questions["why"], questions["since"])] == [9, 10]
    assert counts(questions["why"]) == counts(questions["since"]) == {}
    assert "hello" not in questions, "a note asks nothing"
    few = {"reason": "fewer than 1, or to protect so few", "withheld": True}
    assert counts(questions["place"]) == {"A1": 30, "A2": few, "in_words": few}


def test_a_question_few_answered_shows_nothing(engine: Engine) -> None:
    shown = figures(engine, WAYS)
    for question in shown["questions"].values():
        assert question["n"] == {"reason": "fewer than 10, or to protect so few", "withheld": True}
        assert set(map(str, counts(question).values())) <= {str(HIDDEN)}
        assert {cell["percent"] for cell in question["cells"]} <= {None}
        assert set(map(str, question["non_response"].values())) == {str(HIDDEN)}
    assert shown["participation"]["started"] == 10


def test_another_city_is_not_counted(engine: Engine) -> None:
    plant(engine, city("othertown"), CROWD)
    assert figures(engine, [Way()])["participation"]["started"] == 1


def test_values_that_fit_no_cell_are_counted_together(engine: Engine) -> None:
    odd = Way({"safe": said("gone"), "age": said("young"), "place": said("Z9")})
    usual = [Way({"safe": said(name)}) for name in ("yes_safe", "somewhat", "unsafe")]
    silent = [Way({"safe": REFUSED})] * 10
    questions = figures(engine, [*[odd, *usual] * 10, *silent])["questions"]
    assert counts(questions["safe"])["unlisted"] == 10
    assert questions["safe"]["n"] == 50


def test_the_statements_go_with_every_result(engine: Engine) -> None:
    real = figures(engine, CROWD)
    assert real["synthetic"] is False
    sample, rule = real["statements"]
    assert "self-selected" in sample
    assert "the residents of Smalltown aged 16 and over" in sample
    assert "below 10 is withheld" in rule
    demo = figures(engine, CROWD, slug="demotown", demo=True)
    assert demo["synthetic"] is True
    assert "synthetic" in demo["statements"][0]


def test_a_survey_that_is_not_there(engine: Engine) -> None:
    plant(engine, city())
    with engine.connect() as connection, pytest.raises(SurveyUnknownError):
        results(connection, city(), "nothing")


def test_dont_know_without_an_option_counts_like_one_with(engine: Engine) -> None:
    ways = [Way({"safe": DONT_KNOW})] * 5 + [Way({"safe": ("dont_know", "unsure")})] * 5
    crowd = [*ways, *[Way({"safe": said("unsafe")})] * 10]
    questions = figures(engine, crowd)["questions"]
    assert questions["safe"]["non_response"]["dont_know"] == HIDDEN, "else nobody refused"
    assert questions["safe"]["no_answer"] == HIDDEN
    assert counts(questions["safe"]) == {"yes_safe": HIDDEN, "somewhat": HIDDEN, "unsafe": 10}
    assert questions["safe"]["n"] == 20


def test_an_erased_resident_still_counts_once(engine: Engine) -> None:
    """Three sessions of one person, erased: no figure moves, and nothing links the three."""
    thrice = [
        Way({"safe": said("unsafe")}, contact="eve"),
        Way({"safe": said("yes_safe")}, contact="eve"),
        Way({}, Status.STOPPED, contact="eve"),
    ]
    plant(engine, city(), [*thrice, Way({"safe": said("unsafe")}, contact="other")])

    def seen() -> tuple[object, ...]:
        with engine.connect() as connection:
            of = (connection, "smalltown", SLUG)
            before = AT - timedelta(days=30)
            return (
                respondents_by_status(*of), by_answer(*of), responses(*of),
                responses_since(*of, before),
            )  # fmt: skip

    before = seen()
    assert before[2:] == (2, 2)
    with library.writing(engine) as connection:
        [eve] = connection.execute(
            select(SESSION.c.contact).where(SESSION.c.contact.is_not(None)).group_by(
                SESSION.c.contact
            ).having(func.count() == 3)
        ).scalars()  # fmt: skip
        erase(connection, eve)
    assert seen() == before
    with engine.connect() as connection:
        rows = connection.execute(
            select(SESSION.c.repeated).where(SESSION.c.contact.is_(None))
        ).scalars()
        assert sorted(rows) == [False, True, True]
        assert by_status(connection, "smalltown", SLUG)["completed"] == 3
