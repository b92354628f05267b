"""Objects in an S3-compatible store."""

from datetime import timedelta
from typing import TYPE_CHECKING

from backend.settings import MediaStore, SettingsError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

MOST_TIME = timedelta(seconds=60)
"""For one request; a try more may follow. Well within the lease of whoever waits for it."""


class Bucket:
    """See `backend.vault.Objects`."""

    def __init__(self, store: "ObjectStore") -> None:
        self._store = store

    def put(self, key: str, content: bytes) -> None:
        """Puts it there, over what was there."""
        self._store.put(key, content)

    def get(self, key: str) -> bytes:
        """What is there."""
        return self._store.get(key).bytes().to_bytes()

    def delete(self, key: str) -> None:
        """Deletes it; it need not be there."""
        try:
            self._store.delete(key)
        except FileNotFoundError:
            return


def open_bucket(where: MediaStore) -> Bucket:
    """The store; nothing is asked of it yet. Raises SettingsError without the library."""
    try:
        from obstore.store import S3Store
    except ImportError:
        raise SettingsError(
            "IMBIZO_MEDIA_STORE needs one more library: pip install 'imbizo[s3]', or unset it to"
            " keep pictures in the database"
        ) from None
    return Bucket(
        S3Store(
            where.bucket,
            prefix=where.prefix or None,
            endpoint=where.endpoint,
            region=where.region,
            access_key_id=where.access_key,
            secret_access_key=where.secret_key,
            client_options={
                "timeout": MOST_TIME,
                "connect_timeout": timedelta(seconds=5),
                "allow_http": where.endpoint.startswith("http://"),
            },
            retry_config={"max_retries": 1, "retry_timeout": MOST_TIME},
        )
    )
