"""Keys, sealing, keyed hashes; what is erased and how long anything personal is kept.

A value is sealed under a key derived for its column, so that one moved to another column does not
open. An address is looked up by a keyed hash (a plain hash of a phone number is undone in a
minute), per city, so that cities cannot be joined. **The first key seals, the last key hashes**:
a key put in front never makes a second contact of one number.
"""

import base64
import hashlib
import hmac
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.store import Retention

ADVISED = 32
"""Characters a secret key should have at least; `doctor` says so."""

_NONCE = 12


class KeysUnusableError(Exception):
    """There is no usable secret key; the message says why, without the key."""


class SealBrokenError(Exception):
    """A sealed value does not open: unknown key, another column's, or damaged."""


_MOBILE_MARKS = (("+521", "+52"), ("+549", "+54"))
_MARKED_LENGTH = len("+5215500000000")


def canonical(urn: str) -> str:
    """The form under which an address is hashed: a phone number is one address, whether it texts or
    uses WhatsApp; an opaque WhatsApp id stays itself.

    WhatsApp writes mobile numbers of Mexico and Argentina with a 1 or 9 after the country's code,
    which a text message need not have. Source: Twilio's pages on WhatsApp numbers there; national
    numbers of both have ten digits.
    """
    scheme, _, number = urn.partition(":")
    if scheme not in ("tel", "whatsapp") or not number.startswith("+"):
        return urn
    for marked, plain in _MOBILE_MARKS:
        if number.startswith(marked) and len(number) == _MARKED_LENGTH:
            number = plain + number.removeprefix(marked)
    return f"tel:{number}"


def is_phone(urn: str) -> bool:
    """Whether the address is a phone number, which operators give to somebody else in time."""
    return urn.startswith(("tel:", "whatsapp:+"))


class KeyRing:
    """Secret keys, the current one first. Safe to share between threads."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise KeysUnusableError("no secret key is set")
        self._keys = {_name(secret): secret.encode() for secret in secrets}
        self._sealing = _name(secrets[0])
        self._hashing = _name(secrets[-1])
        self._hash_key = _derive(secrets[-1].encode(), "index")
        self._boxes: dict[tuple[str, str], tuple[AESGCM, bytes]] = {}

    @classmethod
    def from_setting(cls, text: str) -> "KeyRing":
        """Keys from a comma list, as in IMBIZO_SECRET_KEYS. Raises KeysUnusableError."""
        return cls([key.strip() for key in text.split(",") if key.strip()])

    @classmethod
    def from_file(cls, path: Path, fresh: Callable[[], str]) -> "KeyRing":
        """Keys from a private file, made with one `fresh` key if it is not there. Raises
        KeysUnusableError, also if others may read the file."""
        if not path.exists():
            _make_private(path, fresh())
        if path.stat().st_mode & 0o077:
            raise KeysUnusableError(f"others may read the key file: run chmod 600 {path}")
        return cls.from_setting(path.read_text())

    def seal(self, plain: str, column: str) -> str:
        """The text sealed under the first key for a column, named as `table.column`."""
        return self.seal_bytes(plain.encode(), column)

    def seal_bytes(self, plain: bytes, column: str) -> str:
        """The same of what is no text."""
        cipher, bound = self._box(self._sealing, column)
        nonce = os.urandom(_NONCE)
        closed = nonce + cipher.encrypt(nonce, plain, bound)
        return f"{self._sealing}.{base64.urlsafe_b64encode(closed).decode()}"

    def unseal(self, sealed: str, column: str) -> str:
        """The text again. Raises SealBrokenError."""
        try:
            return self.unseal_bytes(sealed, column).decode()
        except UnicodeDecodeError:
            raise SealBrokenError(f"a value in {column} is no text") from None

    def unseal_bytes(self, sealed: str, column: str) -> bytes:
        """The same of what is no text. Raises SealBrokenError."""
        name, _, body = sealed.partition(".")
        if name not in self._keys:
            raise SealBrokenError(f"a value in {column} is sealed under a key that is not set")
        cipher, bound = self._box(name, column)
        try:
            closed = base64.urlsafe_b64decode(body)
            return cipher.decrypt(closed[:_NONCE], closed[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise SealBrokenError(f"a value in {column} does not open") from None

    def is_current(self, sealed: str) -> bool:
        """Whether it is sealed under the first key."""
        return sealed.startswith(self._sealing + ".")

    def index(self, city: str, urn: str) -> str:
        """The keyed hash of an address in a city, under the last key."""
        text = f"{city}\0{canonical(urn)}".encode()
        return f"{self._hashing}.{hmac.digest(self._hash_key, text, 'sha256').hex()[:40]}"

    def is_indexed(self, found: str) -> bool:
        """Whether a hash was made under the last key."""
        return found.startswith(self._hashing + ".")

    def first_only(self) -> "KeyRing":
        """A ring of the first key alone, which then also hashes."""
        return KeyRing([self._keys[self._sealing].decode()])

    def pseudonym(self, of: str) -> str:
        """A random-looking id made from a fresh random one, which nobody without the last key can
        connect with it: 32 hexadecimal digits."""
        return hmac.digest(self._hash_key, f"id\0{of}".encode(), "sha256").hex()[:32]

    def derive(self, purpose: str) -> bytes:
        """32 bytes for another purpose (signing sessions, say), from the first key."""
        return _derive(self._keys[self._sealing], "purpose:" + purpose)

    def derive_lasting(self, purpose: str) -> bytes:
        """The same from the last key: what is made with it outlives a new key in front."""
        return _derive(self._keys[self._hashing], "lasting:" + purpose)

    def _box(self, name: str, column: str) -> tuple[AESGCM, bytes]:
        # Deriving costs more than sealing, so each is done once a process.
        box = self._boxes.get((name, column))
        if box is None:
            box = (
                AESGCM(_derive(self._keys[name], "seal:" + column)),
                f"{name}|{column}".encode(),
            )
            self._boxes[name, column] = box
        return box


# --- what lies outside the database ------------------------------------------------------------
def lock(plain: bytes, name: str) -> tuple[bytes, bytes]:
    """A fresh key, and the content closed with it under its name. The key is to be sealed in the
    database: changing secret keys then never touches the object, and once the row is gone nobody
    opens it any more, even before it is deleted."""
    key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE)
    return key, nonce + AESGCM(key).encrypt(nonce, plain, name.encode())


def unlock(key: bytes, closed: bytes, name: str) -> bytes:
    """The content again. Raises SealBrokenError."""
    try:
        return AESGCM(key).decrypt(closed[:_NONCE], closed[_NONCE:], name.encode())
    except (InvalidTag, ValueError):
        raise SealBrokenError("an object does not open") from None


def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"imbizo:{purpose}".encode()).derive(secret)


def _name(secret: str) -> str:
    """A short public name of a key, written beside everything it seals."""
    return hashlib.sha256(_derive(secret.encode(), "name")).hexdigest()[:8]


def _make_private(path: Path, secret: str) -> None:
    """Writes the file whole or not at all, and never over another process's."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secret + "\n")
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # another process was first: its key counts
    finally:
        draft.unlink()


# --- how long anything personal is kept --------------------------------------------------------
TEXT_DAYS = 30
"""Days that ordinary texts are kept, in and out: the number residents are told."""

OUTBOUND_TEXT = "outbound text"
RAW_ANSWER = "raw answer"
STRANGER = "stranger"
STRAY_REPORT = "stray report"
MEDIA = "media"
EXPORT_FILE = "export file"
EXPORT_JOB = "export"

RETENTION: Mapping[str, int] = MappingProxyType(
    {
        Retention.ORDINARY.value: TEXT_DAYS,
        Retention.QUARANTINED.value: 3,  # safeguarding: 72 hours
        Retention.POISON.value: 7,
        OUTBOUND_TEXT: TEXT_DAYS,  # from when it was settled
        RAW_ANSWER: 365,  # residents' own words, for coding
        STRANGER: 30,  # contacts that never agreed, from when they were last heard
        MEDIA: 90,  # pictures and recordings, from when they came
        EXPORT_FILE: 1,  # from when it was done; not only deleted at night
        EXPORT_JOB: 30,  # that an export was made; the audit log keeps who asked for it
        STRAY_REPORT: 2,  # delivery reports whose message is not there (any more)
    }
)
"""Days until the nightly purge deletes a class of what we hold."""


# --- what erasing a contact does ---------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Erasure:
    """What happens to a table's rows of an erased contact: they go, or `blank` columns are emptied
    and `to_day` times lose their hours (an exact time would find the receipt again)."""

    table: str
    gone: bool = False
    blank: tuple[str, ...] = ()
    to_day: tuple[str, ...] = ()


ERASURE: Sequence[Erasure] = (
    Erasure("media", gone=True),  # objects outside the database: noted first, then deleted
    Erasure("body", gone=True),
    Erasure("delivery_report", gone=True),
    Erasure("outbound", gone=True),
    Erasure("label", to_day=("at",)),
    Erasure("answer", blank=("raw",), to_day=("at",)),
    Erasure("session", blank=("contact",), to_day=("started_at", "finished_at")),
    Erasure("consent", blank=("contact", "message_id"), to_day=("at",)),
    Erasure("link_code", gone=True),
    Erasure("open_window", gone=True),
    Erasure("urn", gone=True),
    Erasure("contact", gone=True),
)
"""In this order. Coded answers and their labels stay, linked to nobody; of several sessions of one
survey those are marked that do not count, so that an erased person counts once. The opt-out list
stays, so that a person who left is not written to again; receipts never knew the contact. Nothing
of what was sent stays: its turn is the session's id, and the provider knows whom it was sent to. A
part on its way goes once it is settled."""

WITHOUT_TRACE = frozenset({"under_age", "without_age"})
"""Counts of contacts of whom nothing may stay but the count: no answer and no ledger's line."""
