"""Contacts that were there before, by the million: synthetic rows, made by the database itself."""

from sqlalchemy import Connection, text

from dialogue.memory import Conversation, Gate, dump

_TALK = dump(Conversation(locale="en", gate=Gate.OPEN, age=30))

_NUMBERS = {
    "sqlite": """
        WITH RECURSIVE crowd(n) AS
            (SELECT :low + 1 UNION ALL SELECT n + 1 FROM crowd WHERE n < :high)
        """,
    "postgresql": "WITH crowd AS (SELECT n FROM generate_series(:low + 1, :high) AS n)",
}
_CONTACTS = """
    INSERT INTO contact
        (id, city, conversation, opted_out, created_at, last_heard_at, heard_channel)
    {numbers}
    SELECT 'crowd-' || n, 'bench', :talk, {no}, {then}, {then}, 'sms' FROM crowd
"""
_URNS = """
    INSERT INTO urn (city, scheme, hash, address, contact, last_heard_at)
    {numbers}
    SELECT 'bench', 'tel', 'crowd.' || {scattered} || '.' || n, :sealed, 'crowd-' || n, {then}
    FROM crowd
"""
_WORDS = {
    "sqlite": {
        "no": "0",
        "then": "'2026-06-01 00:00:00.000000'",
        "scattered": "hex(n * 7919 % 65536)",
    },
    "postgresql": {
        "no": "false",
        "then": "timestamptz '2026-06-01 00:00:00+00'",
        "scattered": "md5(n::text)",
    },
}


def fill(connection: Connection, low: int, high: int) -> None:
    """Adds the contacts from `low` (without) to `high`, each with an address of its own."""
    dialect = connection.dialect.name
    words = {**_WORDS[dialect], "numbers": _NUMBERS[dialect]}
    values = {"low": low, "high": high, "talk": _TALK, "sealed": "x" * 80}
    for statement in (_CONTACTS, _URNS):
        connection.execute(text(statement.format(**words)), values)
