"""The note that goes with every export and result: AAPOR's disclosure items, as far as they are
known (statistics facts, B3)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from backend.city_file import CityProfile
from backend.exports.codebook import languages
from backend.exports.rows import DISPOSITIONS
from backend.exports.snapshot import Snapshot
from backend.exports.source import Source, load
from backend.results.agreement import agreement
from backend.results.coding import blind_pairs
from backend.results.counts import by_status
from backend.results.participation import participation
from backend.results.rates import FORMULAS, LETTERS, Dispositions, rates, self_selected
from backend.results.report import percent
from backend.results.statement import INTERVAL, population, sample_statement, suppression_rule
from backend.store.engine import one_moment
from backend.store.schemes import Applied
from backend.store.tables import SESSION
from dialogue.survey import Status

NOT_SAMPLED = (
    "Nobody was sampled: residents wrote by themselves, so how many could have answered is not"
    " known. Rates of response, refusal and contact, which divide by all of them, do not apply;"
    " cooperation is of those who began and have ended, the completion rate of all who began. Both"
    " count each respondent once, as results do."
)

UNIT = (
    "Results and rates count respondents: of several responses of one person one counts (one with"
    " an answer before one without, then a completed one, then the latest). A file of responses,"
    " its sample sizes and AAPOR's letters have every response, also of who answered more often. Of"
    " people who were erased it does not tell which responses are of one person: each has a"
    " respondent of its own, so respondents counted in a file may be more than those in results."
)

NOT_FINAL = "not final"
TOO_FEW_UNITS = "Fewer than {threshold} answers have been coded by two coders or more."


def methodology(engine: Engine, profile: CityProfile, slug: str) -> dict[str, Any]:
    """The items by name, ready for JSON. Raises SurveyUnknownError."""
    with one_moment(engine) as connection:
        return methodology_of(Snapshot(connection, load(connection, profile, slug)))


def methodology_of(snapshot: Snapshot) -> dict[str, Any]:
    """The same of what is already read."""
    connection, source = snapshot.connection, snapshot.source
    profile, slug = source.profile, source.survey.slug
    counts = by_status(connection, profile.slug, slug)
    people = participation(connection, profile.slug, slug)
    began = sum(people.values())
    return {
        "survey": slug,
        "title": dict(source.survey.title),
        "versions": list(source.versions),
        "synthetic": profile.demo,
        "sponsor": profile.responsible.name,
        "conducted_by": profile.responsible.name,
        "population": population(profile.name, profile.minimum_age),
        "geography": {"city": profile.name, "country": profile.country},
        "dates": _dates(connection, source),
        "modes": _modes(connection, source),
        "languages": list(languages(source)),
        "sampling_frame": None,
        "sample_design": "self-selected: people who wrote to the city or answered its invitation",
        "not_covered": "people without a phone or coverage, or who do not read these languages",
        "unit": UNIT,
        "sample_sizes": {
            "started": sum(counts.values()),
            "completed": counts[Status.COMPLETED],
            "by_status": counts,
        },
        "respondents": {
            "started": began,
            "completed": people[Status.COMPLETED],
            "by_status": people,
        },
        "completion_rate_percent": percent(people[Status.COMPLETED], began) if began else None,
        "response_rate": None,
        "rates": {
            "apply": False,
            "why": NOT_SAMPLED,
            "formulas": dict(FORMULAS),
            "values": _rounded(self_selected(people)),
        },
        "precision": None,
        "interval": INTERVAL,
        "weighting": "none",
        "dispositions": {str(s): str(d) for s, d in DISPOSITIONS.items()},
        "aapor": _aapor(counts),
        "coding": {
            name: _coding(connection, one, profile.threshold) for name, one in source.coding.items()
        },
        "wording": "in the codebook, for every version and language",
        "suppression": {
            "threshold": profile.threshold,
            "rule": suppression_rule(profile.threshold),
            "applies_to": "published tables; a file of responses is for coordinators only",
        },
        "statement": sample_statement(profile.name, profile.minimum_age),
    }


def _coding(connection: Connection, applied: Applied, threshold: int) -> dict[str, Any]:
    """How answers in words were coded: by which scheme, by how many coders, how far they agree on
    what they gave blind, where that is known of enough answers. Not how many were coded: officials
    read this, and it would be a count that nobody has suppressed."""
    found = agreement(blind_pairs(connection, applied))
    enough = found.units >= threshold
    return {
        "scheme": applied.use.scheme,
        "version": applied.scheme.version,
        "coders": applied.use.coders,
        "coded_twice_percent": applied.use.twice,
        "agreement": {
            "percent": found.percent if enough else None,
            "cohen_kappa": found.kappa if enough else None,
            "krippendorff_alpha": found.alpha if enough else None,
            "why_none": None if enough else TOO_FEW_UNITS.format(threshold=threshold),
        },
    }


def _aapor(counts: Mapping[str, int]) -> dict[str, Any]:
    """Sessions by AAPOR's letters."""
    letters = {str(status): LETTERS.get(status, NOT_FINAL) for status in DISPOSITIONS}
    found = {"I": 0, "P": 0, "R": 0, NOT_FINAL: 0}
    for status, n in counts.items():
        found[letters[status]] += n
    return {"letter_by_status": letters, "counts": found}


def _rounded(of: Dispositions) -> dict[str, float | None]:
    return {name: None if rate is None else round(rate, 4) for name, rate in rates(of).items()}


def _dates(connection: Connection, source: Source) -> dict[str, str | None]:
    """The first and last day on which a response began, in UTC."""
    first, last = connection.execute(
        select(func.min(SESSION.c.started_at), func.max(SESSION.c.started_at)).where(
            SESSION.c.city == source.profile.slug, SESSION.c.survey == source.survey.slug
        )
    ).one()
    return {
        "first": first.date().isoformat() if first else None,
        "last": last.date().isoformat() if last else None,
    }


def _modes(connection: Connection, source: Source) -> list[dict[str, str]]:
    """The channels that responses came by."""
    used = connection.execute(
        select(SESSION.c.channel)
        .where(SESSION.c.city == source.profile.slug, SESSION.c.survey == source.survey.slug)
        .distinct()
    ).scalars()
    kinds = {channel.name: channel.kind for channel in source.profile.channels}
    return [{"channel": name, "kind": kinds.get(name, "")} for name in sorted(used)]
