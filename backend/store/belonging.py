"""Which contacts an audience takes in, as conditions on `contact`."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, literal, or_

from backend.broadcasts.audience import Answered, Audience
from backend.city_file import CityProfile, span
from backend.models.base import UTCDateTime
from backend.store.tables import ANSWER, CONTACT, CONTACT_GROUP, SESSION, URN
from dialogue.survey import Status

_NEWER = ANSWER.alias("newer")


def conditions(
    profile: CityProfile, audience: Audience, at: datetime
) -> Sequence[ColumnElement[bool]]:
    """What contacts of the city must meet to be of the audience at that time."""
    found: list[ColumnElement[bool]] = []
    if audience.areas:
        found.append(CONTACT.c.area.in_(sorted(_with_inner(audience.areas, profile))))
    if audience.languages:
        spoken = case((CONTACT.c.locale.in_(profile.languages), CONTACT.c.locale))
        found.append(func.coalesce(spoken, profile.languages[0]).in_(audience.languages))
    if audience.channels:
        urn = URN.alias("theirs")
        on = urn.c.channel.in_(audience.channels)
        found.append(exists().where(urn.c.contact == CONTACT.c.id, on))
    if audience.groups:
        found.append(_in_group(profile.slug, audience.groups))
    if audience.not_groups:
        found.append(~_in_group(profile.slug, audience.not_groups))
    if audience.took:
        found.append(_took(audience.took))
    if audience.not_took:
        found.append(~_took(audience.not_took))
    if audience.heard_within is not None:
        since = literal(at - span(audience.heard_within), UTCDateTime())
        found.append(CONTACT.c.last_heard_at > since)
    if audience.silent_for is not None:
        since = literal(at - span(audience.silent_for), UTCDateTime())
        found.append(CONTACT.c.last_heard_at <= since)
    return [*found, *map(_answered, audience.answers)]


def _with_inner(codes: Collection[str], profile: CityProfile) -> set[str]:
    """The areas, and those that lie in them."""
    inner: Mapping[str, str | None] = {area.code: area.parent for area in profile.areas}
    found = set(codes)
    for _ in inner:
        more = {code for code, parent in inner.items() if parent in found} - found
        if not more:
            break
        found |= more
    return found


def _in_group(city: str, names: Collection[str]) -> ColumnElement[bool]:
    return exists().where(
        CONTACT_GROUP.c.city == city,
        CONTACT_GROUP.c.name.in_(names),
        CONTACT_GROUP.c.contact == CONTACT.c.id,
    )


def _took(surveys: Collection[str]) -> ColumnElement[bool]:
    return exists().where(
        SESSION.c.contact == CONTACT.c.id,
        SESSION.c.survey.in_(surveys),
        SESSION.c.status == Status.COMPLETED,
    )


def _answered(wanted: Answered) -> ColumnElement[bool]:
    """Whether one of the person's sessions has such an answer, as it was revised last."""
    values = []
    for name in wanted.any_of:
        alone = json.dumps(name, ensure_ascii=False)
        values += [ANSWER.c.value == alone, ANSWER.c.value.contains(alone, autoescape=True)]
    newer = exists().where(
        _NEWER.c.session == ANSWER.c.session,
        _NEWER.c.question == ANSWER.c.question,
        _NEWER.c.revision > ANSWER.c.revision,
        _NEWER.c.outcome != "remark",
    )
    return exists().where(
        SESSION.c.contact == CONTACT.c.id,
        SESSION.c.survey == wanted.survey,
        ANSWER.c.session == SESSION.c.id,
        ANSWER.c.question == wanted.question,
        ANSWER.c.outcome == "answered",
        or_(*values),
        ~newer,
    )
