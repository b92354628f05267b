"""Whether the keys at hand are those the database was written under."""

from sqlalchemy import Connection, Engine, select

from backend.privacy import KeyRing, KeysUnusableError, SealBrokenError
from backend.store.tables import ADDRESS, OPT_OUT, OPT_OUT_ADDRESS, URN

_FOREIGN = (
    "The database was written under another secret key: bring the old key file (or"
    " IMBIZO_SECRET_KEYS) back. With this key nobody would be known any more, not even by STOP."
)
_ORDER = (
    "Addresses are looked up under another key than the last one set. After `imbizo keys rotate"
    " --index` set the newest key alone; otherwise leave the oldest one last."
)


def check_keys(engine: Engine, keys: KeyRing) -> None:
    """Looks at one address of each list. Raises KeysUnusableError: who goes on with other keys
    takes everyone for a stranger, and forgets who said STOP."""
    with engine.connect() as connection:
        check_keys_of(connection, keys)


def check_keys_of(connection: Connection, keys: KeyRing) -> None:
    """The same, as of the connection's transaction."""
    for table, column in ((URN, ADDRESS), (OPT_OUT, OPT_OUT_ADDRESS)):
        row = connection.execute(select(table.c.hash, table.c.address).limit(1)).first()
        if row is None:
            continue
        try:
            keys.unseal(row.address, column)
        except SealBrokenError:
            raise KeysUnusableError(_FOREIGN) from None
        if not keys.is_indexed(row.hash):
            raise KeysUnusableError(_ORDER)
