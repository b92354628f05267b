"""Who of a city's contacts an audience is, as statements: each person once, with the reason why
they are left out, or the channel that reaches them.

Theory of operation. `people` is one query over the columns that contacts carry for this
(`store.projection`); reasons are tried in one order, so that each person has one. `drawn` takes
from it who is left, all of them or a sample. Everybody has a lot, md5(seed || id), which both
databases compute alike: the sample is those with the lowest ones. Stratified, a person's place is
their rank among the lots of their area, (k - 1/2) / n; the lowest places of all areas together are
the areas' shares by the method of Webster and Sainte-Laguë, exact in their sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from backend.broadcasts.audience import Audience
from backend.city_file import CityProfile
from backend.models.base import UTCDateTime
from backend.store.belonging import conditions
from backend.store.tables import CONTACT, OPEN_WINDOW, URN
from bot.recipients import Reason

TEXT, TEMPLATE, OTHER = "text", "template", "other_channel"
"""Ways to a person: free text where they wrote last, a template there, or another channel."""


@dataclass(frozen=True, slots=True)
class Reach:
    """A channel that can send now. `window` is as in `Carries`; `opens` are the languages in which
    it can write first once that has closed."""

    channel: str
    window: timedelta | None = None
    opens: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """All that decides who is chosen: of this city, as of that time, by these channels; if `lots`
    are given, only those whose lot is in one of these ranges (`waves.Rotation.lots`)."""

    profile: CityProfile
    audience: Audience
    reaches: Sequence[Reach]
    at: datetime
    seed: str
    lots: Sequence[tuple[str, str]] = ()

    @property
    def allowed(self) -> Sequence[Reach]:
        """The channels that the audience lets carry it."""
        named = self.audience.channels
        return [reach for reach in self.reaches if not named or reach.channel in named]


def people(choice: Choice) -> Subquery:
    """One row a person of the audience: `id`, `area`, `locale`, `busy`, `reason` (None: reached),
    `channel`, `way`."""
    profile = choice.profile
    own = URN.alias("own")
    heard = OPEN_WINDOW.alias("heard")
    known = CONTACT.c.locale.in_(profile.languages)
    locale = case((known, CONTACT.c.locale), else_=profile.languages[0])
    ways = _Ways(choice, locale)
    other = ways.other(own)
    is_open, opens = ways.is_open(own, heard.c.heard_at), ways.opens(own)
    channel = case((or_(is_open, opens), own.c.channel), else_=other)
    way = case((is_open, literal(TEXT)), (opens, literal(TEMPLATE)), else_=literal(OTHER))
    source = CONTACT.outerjoin(own, own.c.id == CONTACT.c.heard_urn).outerjoin(
        heard, and_(heard.c.urn == own.c.id, heard.c.channel == own.c.channel)
    )
    seen = (
        select(
            CONTACT.c.id,
            CONTACT.c.area,
            locale.label("locale"),
            CONTACT.c.busy,
            _own_reason(choice).label("own_reason"),
            channel.label("channel"),
            way.label("way"),
        )
        .select_from(source)
        .where(
            CONTACT.c.city == profile.slug,
            *conditions(profile, choice.audience, choice.at),
            *_of_the_wave(choice),
        )
        .subquery("seen")
    )
    unreached = case(
        (ways.alive(seen.c.id), literal(Reason.NO_WINDOW.value)),
        else_=literal(Reason.NO_CHANNEL.value),
    )
    reason = case(
        (seen.c.own_reason.is_not(None), seen.c.own_reason),
        (seen.c.channel.is_(None), unreached),
        else_=null(),
    )
    names = ("id", "area", "locale", "busy", "channel", "way")
    return select(*(seen.c[name] for name in names), reason.label("reason")).subquery("people")


def drawn(choice: Choice) -> Subquery:
    """Those who are reached, all or the sample: `id`, `area`, `locale`, `busy`, `channel`, `way`,
    `lot`."""
    everybody = people(choice)
    lot = _lot(choice, everybody.c.id)
    names = ("id", "area", "locale", "busy", "channel", "way")
    left = select(*(everybody.c[name] for name in names), lot.label("lot"))
    left = left.where(everybody.c.reason.is_(None))
    size = choice.audience.sample
    if size is None:
        return left.subquery("drawn")
    if not choice.audience.stratify:
        return left.order_by(lot).limit(size).subquery("drawn")
    pool = left.subquery("pool")
    rank = func.row_number().over(partition_by=pool.c.area, order_by=pool.c.lot)
    of = func.count().over(partition_by=pool.c.area)
    place = (cast(rank, Float) - 0.5) / of
    ranked = select(pool, place.label("place")).subquery("ranked")
    columns = [ranked.c[name] for name in (*names, "lot")]
    return select(*columns).order_by(ranked.c.place, ranked.c.lot).limit(size).subquery("drawn")


def recipients(
    choice: Choice, broadcast: str, salt: str, cohorts: Sequence[datetime]
) -> Select[Any]:
    """Rows for `recipient`, in the order of `RECIPIENT_COLUMNS`. Ids are md5(salt || contact): the
    salt is random and kept nowhere. In the order of their lots people fall into as many cohorts as
    there are times, as even as can be; each is due at its own time."""
    chosen = drawn(choice)
    times = [literal(at, UTCDateTime()) for at in cohorts]
    due: ColumnElement[Any] = times[0]
    if len(times) > 1:
        due = case(dict(enumerate(times)), value=cohort_of(len(times), chosen.c.lot))
    return select(
        func.md5(literal(salt) + chosen.c.id, type_=String()),
        literal(broadcast),
        chosen.c.id,
        chosen.c.area,
        chosen.c.locale,
        chosen.c.channel,
        literal("waiting"),
        literal(0),
        due,
    )


def cohort_of(count: int, *order: ColumnElement[Any]) -> ColumnElement[int]:
    """Which of so many cohorts, counted from 0, a row is of: in this order, as even as can be, also
    where there are fewer rows than cohorts (`ntile` would put those all in the first ones)."""
    place = func.row_number().over(order_by=order) - 1
    return (place * count) // func.count().over()


RECIPIENT_COLUMNS = (
    *("id", "broadcast", "contact", "area", "locale", "channel", "state", "reminders", "due_at"),
)


def _of_the_wave(choice: Choice) -> Sequence[ColumnElement[bool]]:
    """Whose turn it is in a panel that rotates."""
    lot = _lot(choice, CONTACT.c.id)
    ranges = [and_(lot >= low, lot < high) for low, high in choice.lots]
    return [or_(*ranges)] if ranges else []


def _lot(choice: Choice, contact: ColumnElement[Any]) -> ColumnElement[str]:
    return func.md5(literal(choice.seed) + contact, type_=String())


# --- why not -------------------------------------------------------------------------------------
def _own_reason(choice: Choice) -> ColumnElement[Any]:
    """Why a person is left out whatever channel there is."""
    at, rested = choice.at, choice.at - choice.audience.resting(choice.profile)
    asked = or_(
        CONTACT.c.quiet_until > literal(at, UTCDateTime()),
        CONTACT.c.invited_at > literal(rested, UTCDateTime()),
    )
    old = func.coalesce(CONTACT.c.age, -1) >= choice.profile.minimum_age
    reasons: list[tuple[ColumnElement[bool], Reason]] = [
        (CONTACT.c.opted_out, Reason.OPTED_OUT),
        (~CONTACT.c.agreed, Reason.NOT_AGREED),
        (~old, Reason.UNDER_AGE),
        (asked, Reason.ASKED_RECENTLY),
    ]
    if choice.audience.busy == "leave_out":
        reasons.append((CONTACT.c.busy, Reason.IN_ANOTHER_SURVEY))
    return case(*((when, literal(reason.value)) for when, reason in reasons), else_=null())


class _Ways:
    """What reaches a person at an address."""

    def __init__(self, choice: Choice, locale: ColumnElement[Any]) -> None:
        self._reaches, self._locale, self._at = choice.allowed, locale, choice.at

    def is_open(self, urn: FromClause, heard_at: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether free text reaches the address."""
        ways = []
        for reach in self._reaches:
            on = urn.c.channel == reach.channel
            if reach.window is not None:
                since = literal(self._at - reach.window, UTCDateTime())
                on = and_(on, func.coalesce(heard_at > since, false()))
            ways.append(on)
        return and_(_lives(urn), or_(false(), *ways))

    def opens(self, urn: FromClause) -> ColumnElement[bool]:
        """Whether a template does."""
        ways = [
            and_(urn.c.channel == reach.channel, self._locale.in_(sorted(reach.opens)))
            for reach in self._reaches
            if reach.opens
        ]
        return and_(_lives(urn), or_(false(), *ways))

    def other(self, own: FromClause) -> ColumnElement[Any]:
        """The channel of another address of the person that is reached."""
        urn, heard = URN.alias("another"), OPEN_WINDOW.alias("its_window")
        source = urn.outerjoin(
            heard, and_(heard.c.urn == urn.c.id, heard.c.channel == urn.c.channel)
        )
        reached = or_(self.is_open(urn, heard.c.heard_at), self.opens(urn))
        not_own = or_(CONTACT.c.heard_urn.is_(None), urn.c.id != CONTACT.c.heard_urn)
        return (
            select(urn.c.channel)
            .select_from(source)
            .where(urn.c.contact == CONTACT.c.id, not_own, reached)
            .order_by(urn.c.id)
            .limit(1)
            .correlate(CONTACT)
            .scalar_subquery()
        )

    def alive(self, contact: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the person has an address on one of the channels at all."""
        urn = URN.alias("living")
        names = [reach.channel for reach in self._reaches]
        return exists().where(urn.c.contact == contact, _lives(urn), urn.c.channel.in_(names))


def _lives(urn: FromClause) -> ColumnElement[bool]:
    return func.coalesce(urn.c.dead, "") != urn.c.scheme
