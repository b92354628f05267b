"""A synthetic city and survey full of text that a spreadsheet would run, in many scripts, with
names too long for some formats, and questions that changed from version to version."""

from collections.abc import Sequence

from sqlalchemy import Engine

from backend.city_file import CityProfile
from backend.store import library
from tests.backend.exports.seed import (
    AT,
    Way,
    add,
    city,
    option,
    question,
    said,
    survey_file,
)

HOSTILE = (
    "=cmd|'/c calc'!A1", "+27600000000", "-2+3", "@SUM(A1)", "\tx", "\rx", "\u00a0=1+1", "＝1",
)  # fmt: skip
"""What the city's areas are called."""

LONG_NAME = "q" + "x" * 62
LABEL = "@ÑañdúChé ¿Ngiyaphephá? ünïcödé 安全 🙂"


def hostile_city() -> CityProfile:
    areas = [{"code": f"H{n}", "name": name} for n, name in enumerate(HOSTILE)]
    return city("oddtown", areas=areas)


def worded(text: str, label: str) -> str:
    """A question as a survey file has it, whose words begin dangerously."""
    made = question("risk", "select_one", option("1", "low"), option("2", "high"))
    return made.replace('"risk? en"', f'"{text}"').replace('"low en"', f'"{label}"')


VERSIONS = (
    survey_file(
        question("risk", "numeric"),
        question("by", "numeric", minimum="-50"),
        question("gone", "select_one", option("1", "old"), option("2", "older")),
        question("turned", "date"),
    ),
    survey_file(
        worded("=HYPERLINK(1) ¿Qué?", LABEL),
        question("by", "numeric", decimal="true"),
        question("gone", "select_one", option("1", "new")),
        question("turned", "open", required="false"),
        question(LONG_NAME, "select_many", option("1", "z" * 60), option("2", "y" * 60)),
        question("place", "location"),
        question("since", "date"),
        question("snap", "photo"),
        question("by_", "yes_no"),
    ),
)
WAYS: Sequence[Way] = (
    Way(
        {"risk": said(7), "by": said(-50), "gone": said("old"), "turned": said("2020-01-31")},
        version=1,
    ),
    Way(
        {
            "risk": said("low"),
            "by": said(2.5),
            "gone": said("new"),
            "turned": said(None),
            LONG_NAME: said(["z" * 60]),
            "place": said("H0"),
            "since": said("1869-07-18"),
            "snap": said("sent"),
        },
        contact="ben",
    ),
    Way({"by": ("skipped", None), "gone": said("older"), "place": said("H4")}, contact=None),
)


def plant_hostile(engine: Engine) -> CityProfile:
    """The city with both versions and these responses."""
    profile = hostile_city()
    with library.writing(engine) as connection:
        library.save_city(connection, profile)
        for version in VERSIONS:
            library.publish(connection, profile.slug, version, AT)
        add(connection, profile.slug, WAYS)
    return profile
