"""A small synthetic city, its survey in two versions, and responses put into the tables by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert

from backend.city_file import CityProfile
from backend.models import Answer, Contact, Session
from backend.store import library
from dialogue.survey import Status

AT = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)
SLUG = "street"
LOCALES = ("en", "es")


def city(slug: str = "smalltown", **more: Any) -> CityProfile:
    """A city's profile. One area's name would run in a spreadsheet."""
    return CityProfile.model_validate(
        {
            "slug": slug,
            "name": "Smalltown",
            "country": "ZA",
            "timezone": "Africa/Johannesburg",
            "languages": list(LOCALES),
            "surveys": [SLUG],
            "responsible": {"name": "Smalltown Council"},
            "helplines": [{"kind": "emergency", "number": "112"}],
            "channels": [{"name": "phone", "kind": "simulator"}],
            "areas": [
                {"code": "A1", "name": "=Riverside"},
                {"code": "A2", "name": 'Hill, "upper"'},
            ],
            **more,
        }
    )


def option(code: str, name: str, role: str = "") -> str:
    label = ", ".join(f'{locale} = "{name.replace("_", " ")} {locale}"' for locale in LOCALES)
    special = f', role = "{role}"' if role else ""
    return f'{{ code = "{code}", name = "{name}", label = {{ {label} }}{special} }}'


def question(name: str, kind: str, *options: str, **more: str) -> str:
    text = ", ".join(f'{locale} = "{name}? {locale}"' for locale in LOCALES)
    lines = ["[[questions]]", f'name = "{name}"', f'type = "{kind}"', f"text = {{ {text} }}"]
    lines += [f"{key} = {value}" for key, value in more.items()]
    if options:
        lines.append(f"options = [{', '.join(options)}]")
    return "\n".join(lines)


def survey_file(*questions: str, slug: str = SLUG, keyword: str = "STREET") -> str:
    title = ", ".join(f'{locale} = "Street {locale}"' for locale in LOCALES)
    head = f'slug = "{slug}"\ntitle = {{ {title} }}\nkeywords = ["{keyword}"]'
    return "\n".join((head, *questions)) + "\n"


UNSURE = option("9", "unsure", "dont_know")
FIRST_VERSION = survey_file(
    question(
        "safe", "select_one", option("1", "yes_safe"), option("2", "unsafe"), UNSURE,
        indicator='"sdg-16.1.4"',
    ),
    question("dog", "yes_no"),
    question("wrong", "select_many", option("1", "dark"), option("2", "traffic")),
)  # fmt: skip
SECOND_VERSION = survey_file(
    question("hello", "note"),
    question(
        "safe", "select_one",
        option("1", "yes_safe"), option("2", "somewhat"), option("3", "unsafe"), UNSURE,
        indicator='"sdg-16.1.4"',
    ),
    question(
        "wrong", "select_many", option("1", "dark"), option("3", "gangs"),
        option("8", "nothing", "none"), only_if="\"safe == 'unsafe'\"",
    ),
    question("first", "rank", option("1", "light"), option("2", "patrol")),
    question("trust", "scale", option("1", "low"), option("9", "cannot_say", "refused")),
    question("place", "location"),
    question("age", "age"),
    question("times", "numeric", decimal="true", minimum="-10"),
    question("since", "date"),
    question("why", "open", required="false"),
    question("language", "yes_no"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """One way through the survey; answers as (outcome, value), or a list of them by revision."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    status: Status = Status.COMPLETED
    version: int = 2
    contact: str | None = "anna"
    locale: str = "en"
    rules: Mapping[str, str] = field(default_factory=dict)


def said(value: Any) -> tuple[str, Any]:
    return ("answered", value)


WORDS = said(None)
DONT_KNOW, REFUSED = ("dont_know", None), ("refused", None)
SKIPPED, NOT_CODED = ("skipped", None), ("not_coded", None)
REMARKED = ("remark", None)
"""Said beside the question: it takes a revision, but supersedes nothing and is no answer."""
CAME_LATE = ("late", "somewhat")
"""Behind the closing time: the same."""

WAYS: Sequence[Way] = (
    Way(
        {
            "safe": [said("yes_safe"), said("unsafe"), REMARKED, CAME_LATE],
            "wrong": said(["dark", "gangs"]),
            "first": said(["patrol", "light"]),
            "trust": said(1),
            "place": said("A1"),
            "age": said(34),
            "times": said(-5),
            "since": said("2024-02-29"),
            "why": WORDS,
            "language": said("no"),
        }
    ),
    Way(
        {
            "safe": ("dont_know", "unsure"),
            "trust": ("refused", "cannot_say"),
            "place": WORDS,
            "age": REFUSED,
            "times": said(2.5),
            "since": NOT_CODED,
            "why": SKIPPED,
            "language": DONT_KNOW,
        },
        locale="es",
    ),
    Way({"wrong": said(["nothing"]), "place": said("A2")}, Status.PARKED, contact="ben"),
    Way({"safe": said("unsafe"), "dog": said("yes"), "wrong": said(["traffic"])}, version=1),
    Way({}, Status.ACTIVE, contact="cleo"),
    Way({"age": said(20)}, Status.STOPPED, contact="dee", rules={"age": "known"}),
    Way({"safe": said("somewhat")}, Status.STOPPED, contact="eve"),
    Way({}, Status.EXPIRED, contact="fay"),
    Way({"safe": said("somewhat")}, Status.SAFEGUARDED, contact="gus"),
    Way({"safe": said("somewhat")}, Status.WITHDRAWN, contact=None),
)


def plant(engine: Engine, profile: CityProfile, ways: Sequence[Way] = WAYS) -> None:
    """The city, both versions, and these responses."""
    with library.writing(engine) as connection:
        library.save_city(connection, profile)
        library.publish(connection, profile.slug, FIRST_VERSION, AT)
        library.publish(connection, profile.slug, SECOND_VERSION, AT)
        add(connection, profile.slug, ways)


def add(connection: Connection, city: str, ways: Sequence[Way], begin: int = 0) -> None:
    """Responses in a city, numbered from `begin`, with the contacts they belong to."""
    people = sorted({way.contact for way in ways if way.contact})
    if people:
        connection.execute(insert(Contact), [_contact(city, name) for name in people])
    numbered = list(enumerate(ways, begin))
    connection.execute(insert(Session), [_session(city, n, way) for n, way in numbered])
    answers = [row for n, way in numbered for row in _answers(city, n, way)]
    if answers:
        connection.execute(insert(Answer), answers)


def _contact(city: str, name: str) -> dict[str, Any]:
    return {
        "id": f"{city}-{name}", "city": city, "conversation": "{}", "opted_out": False,
        "created_at": AT, "last_heard_at": AT, "heard_channel": "phone",
    }  # fmt: skip


def _session(city: str, n: int, way: Way) -> dict[str, Any]:
    final = way.status not in (Status.ACTIVE, Status.PARKED)
    return {
        "id": f"{city}-session-{n}",
        "city": city,
        "contact": way.contact and f"{city}-{way.contact}",
        "survey": SLUG,
        "version": way.version,
        "status": way.status,
        "locale": way.locale,
        "channel": "phone",
        "started_at": AT,
        "finished_at": AT.replace(day=3) if final else None,
    }


def _answers(city: str, n: int, way: Way) -> list[dict[str, Any]]:
    rows = []
    for name, given in way.answers.items():
        for revision, (outcome, value) in enumerate(
            given if isinstance(given, list) else [given], 1
        ):
            rows.append(
                {
                    "session": f"{city}-session-{n}",
                    "question": name,
                    "revision": revision,
                    "outcome": outcome,
                    "value": None if value is None else json.dumps(value),
                    "rule": way.rules.get(name, "code" if outcome == "answered" else ""),
                    "raw": SECRET if value is None else None,
                    "at": AT,
                }
            )
    return rows


SECRET = "sealed words that must not be read"
"""Stands where a resident's own words are kept."""
