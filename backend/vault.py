"""Where pictures, recordings and files of exports lie: sealed, in the database or in an object
store if one is set.

In an object store each is closed with a key of its own, which is sealed in its row. So changing the
secret keys seals only rows anew, and an object whose row is gone can be opened by nobody.
"""

from collections.abc import Callable
from typing import Protocol

from backend.privacy import KeyRing, lock, unlock
from backend.settings import MediaStore
from backend.store.tables import MEDIA_CONTENT
from bot.shelf import Stored


class ObjectsUnsetError(Exception):
    """A content lies in an object store, and none is set."""

    def __init__(self) -> None:
        super().__init__("IMBIZO_MEDIA_STORE is not set")


class Objects(Protocol):
    """An object store. Every call may raise what the store's library raises."""

    def put(self, key: str, content: bytes) -> None:
        """Puts it there, over what was there."""
        ...

    def get(self, key: str) -> bytes:
        """What is there."""
        ...

    def delete(self, key: str) -> None:
        """Deletes it; it need not be there."""
        ...


class SealingVault:
    """See `bot.shelf.Vault`. `fresh` gives random names."""

    def __init__(self, keys: KeyRing, objects: Objects | None, fresh: Callable[[], str]) -> None:
        self._keys, self._objects, self._fresh = keys, objects, fresh

    def fresh_key(self) -> str | None:
        """A random name for an object to come; None where the database holds all."""
        return self._fresh() if self._objects is not None else None

    def put(self, content: bytes, key: str | None, column: str = MEDIA_CONTENT) -> Stored:
        """Seals it for a column, and puts it in the object store if it has a key there."""
        if key is None:
            return Stored(self._keys.seal_bytes(content, column))
        own_key, closed = lock(content, key)
        self._there().put(key, closed)
        return Stored(self._keys.seal_bytes(own_key, column), key)

    def open(self, stored: Stored, column: str = MEDIA_CONTENT) -> bytes:
        """The content again. Raises SealBrokenError, ObjectsUnsetError and what the store does."""
        sealed = self._keys.unseal_bytes(stored.sealed, column)
        if stored.key is None:
            return sealed
        return unlock(sealed, self._there().get(stored.key), stored.key)

    def delete(self, key: str) -> None:
        """Deletes an object; it need not be there."""
        self._there().delete(key)

    def _there(self) -> Objects:
        if self._objects is None:
            raise ObjectsUnsetError
        return self._objects


def open_vault(where: MediaStore | None, keys: KeyRing, fresh: Callable[[], str]) -> SealingVault:
    """The vault of an installation. Raises SettingsError where a library for it is missing."""
    if where is None:
        return SealingVault(keys, None, fresh)
    # Imported only where it is needed: the library is an extra.
    from backend.objects import open_bucket

    return SealingVault(keys, open_bucket(where), fresh)
