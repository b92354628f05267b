"""Who may use the staff API: keys, and the roles they carry (contract, "Staff API").

A key reads `imb_<prefix>_<secret>`, belongs to one city and has one role there. Only its prefix and
its SHA-256 are kept; it is shown once, and never logged.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection, Engine, insert, or_, select, update
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from backend import wiring
from backend.models import metadata
from backend.problems import Problem
from backend.store import library

API_KEY = metadata.tables["api_key"]
FORM = re.compile(r"imb_([0-9a-f]{12})_[A-Za-z0-9_-]{20,128}")
USE_NOTED_EVERY = timedelta(minutes=1)


class Role(StrEnum):
    """What somebody may do in a city; nothing is implied by another role (contract, "Roles")."""

    ADMINISTRATOR = "administrator"
    OFFICIAL = "official"
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was proved. `prefix` is its public name, as the audit log has it."""

    prefix: str
    city: str
    role: Role


# --- keys --------------------------------------------------------------------------------------
def make_key(
    connection: Connection,
    city: str,
    role: Role,
    note: str,
    fresh: Callable[[], str],
    at: datetime,
) -> str:
    """Makes a key and gives its text, which is kept nowhere. `fresh` gives random texts of at
    least 20 letters, digits, `-` and `_`. Raises ValueError if it does not."""
    prefix = hashlib.sha256(fresh().encode()).hexdigest()[:12]
    text = f"imb_{prefix}_{fresh()}"
    if not FORM.fullmatch(text):
        raise ValueError("the secret is too short or has odd characters")
    values = {
        "prefix": prefix, "sha256": _digest(text), "role": role.value, "city": city, "note": note,
        "created_at": at, "revoked_at": None, "last_used_at": None,
    }  # fmt: skip
    connection.execute(insert(API_KEY).values(values))
    return text


def revoke_key(connection: Connection, prefix: str, at: datetime) -> bool:
    """Ends a key at once; whether there was one to end."""
    changed = connection.execute(
        update(API_KEY)
        .where(API_KEY.c.prefix == prefix, API_KEY.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return changed.rowcount > 0


@dataclass(frozen=True, slots=True)
class KeyListed:
    """What is kept of a key."""

    prefix: str
    role: str
    note: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def list_keys(connection: Connection, city: str) -> list[KeyListed]:
    """All keys of a city, oldest first."""
    columns = [API_KEY.c[name] for name in KeyListed.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(API_KEY.c.city == city).order_by(API_KEY.c.id))
    return [KeyListed(*row) for row in rows]


def find_key(connection: Connection, text: str) -> Key | None:
    """The key of that text, unless it is malformed, unknown or revoked."""
    form = FORM.fullmatch(text)
    if form is None:
        return None
    row = connection.execute(
        select(API_KEY.c.sha256, API_KEY.c.city, API_KEY.c.role, API_KEY.c.revoked_at).where(
            API_KEY.c.prefix == form[1]
        )
    ).first()
    proved = hmac.compare_digest(_digest(text), row.sha256 if row else "")
    if row is None or not proved or row.revoked_at is not None or row.role not in list(Role):
        return None
    return Key(form[1], row.city, Role(row.role))


def note_use(engine: Engine, key: Key, at: datetime) -> None:
    """Keeps when the key was last used, exact to a minute. A busy database is no reason to refuse
    a request: then it is not noted."""
    stale = or_(API_KEY.c.last_used_at.is_(None), API_KEY.c.last_used_at <= at - USE_NOTED_EVERY)
    with engine.connect() as connection:
        due = connection.execute(
            select(API_KEY.c.id).where(API_KEY.c.prefix == key.prefix, stale)
        ).first()
    if due is None:
        return
    try:
        with library.writing(engine) as connection:
            connection.execute(
                update(API_KEY).where(API_KEY.c.prefix == key.prefix, stale).values(last_used_at=at)
            )
    except OperationalError:
        return


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- on every route ----------------------------------------------------------------------------
_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="A key of one city, made with `imbizo key add`: `Authorization: Bearer imb_…`.",
)


REFUSED = "This key does not open that"
PARTNERS = "A partner's key opens the cases that were passed on to the partner, and nothing else."


def refusal(key: Key, roles: Collection[Role]) -> Problem:
    """What a key of another role than these is told."""
    able = ", ".join(role for role in Role if role in roles)
    why = PARTNERS if key.role is Role.PARTNER else f"The role of this key is {key.role}."
    return Problem(403, REFUSED, f"{why} Roles that may: {able}.")


class Guard:
    """A FastAPI dependency: the key must be good, of one of the roles, and of the city in the
    path. Another city's address is refused alike whether or not there is such a city."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    def __call__(
        self,
        request: Request,
        given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Key:
        """The caller's key. 401 without a good one, 403 if it does not open this."""
        return self.admit(request, given.credentials if given else None)

    def admit(self, request: Request, text: str | None, scheme: str = "Bearer") -> Key:
        """The key of that text, as `Authorization` brings it by that scheme."""
        engine: Engine = request.app.state.installation.engine
        with engine.connect() as connection:
            key = find_key(connection, text) if text else None
        if key is None:
            raise HTTPException(401, "A valid key is needed", headers={"WWW-Authenticate": scheme})
        if request.path_params.get("city", key.city) != key.city:
            raise Problem(403, REFUSED, "It is the key of another city.")
        if key.role not in self.roles:
            raise refusal(key, self.roles)
        note_use(engine, key, wiring.now())
        return key


def require(*roles: Role) -> Guard:
    """The guard of a route that these roles may use."""
    return Guard(frozenset(roles))
