"""Keys, sealing, keyed hashes."""

import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from backend.models import metadata
from backend.privacy import (
    ERASURE,
    RETENTION,
    TEXT_DAYS,
    KeyRing,
    KeysUnusableError,
    SealBrokenError,
    canonical,
    is_phone,
)
from bot.store import Retention

OLD, NEW = "o" * 40, "n" * 40


def fresh_keys() -> Iterator[str]:
    return (f"{n:040}" for n in count())


def test_what_is_sealed_opens_and_shows_nothing() -> None:
    ring = KeyRing([OLD])
    sealed = ring.seal("tel:+27600000001 é", "urn.address")
    assert "2760" not in sealed
    assert ring.unseal(sealed, "urn.address") == "tel:+27600000001 é"
    assert ring.seal("tel:+27600000001 é", "urn.address") != sealed


def test_a_value_opens_in_its_own_column_only() -> None:
    ring = KeyRing([OLD])
    with pytest.raises(SealBrokenError):
        ring.unseal(ring.seal("x", "urn.address"), "body.content")


@pytest.mark.parametrize("spoil", [lambda s: s[:-6] + "AAAAAA", lambda s: s[:9], lambda s: s + "é"])
def test_a_damaged_value_does_not_open(spoil: object) -> None:
    ring = KeyRing([OLD])
    assert callable(spoil)
    with pytest.raises(SealBrokenError):
        ring.unseal(spoil(ring.seal("secret", "a.b")), "a.b")


def test_a_value_under_a_key_that_is_gone_says_so() -> None:
    with pytest.raises(SealBrokenError, match="key that is not set") as caught:
        KeyRing([NEW]).unseal(KeyRing([OLD]).seal("secret", "a.b"), "a.b")
    assert OLD not in str(caught.value)


def test_the_first_key_seals_and_the_last_hashes() -> None:
    old, both, new = KeyRing([OLD]), KeyRing([NEW, OLD]), KeyRing([NEW])
    sealed = both.seal("x", "a.b")
    assert new.unseal(sealed, "a.b") == "x"
    assert both.is_current(sealed)
    assert not both.is_current(old.seal("x", "a.b"))
    assert both.index("east", "tel:+1") == old.index("east", "tel:+1")
    assert both.first_only().index("east", "tel:+1") == new.index("east", "tel:+1")
    assert both.derive("sessions") == new.derive("sessions")
    assert both.derive("sessions") != both.derive("cookies")


def test_one_number_has_one_hash_in_a_city_whatever_carries_it() -> None:
    ring = KeyRing([OLD])
    number = ring.index("east", "tel:+27600000001")
    assert ring.index("east", "whatsapp:+27600000001") == number
    assert ring.is_indexed(number)
    others = {
        ring.index("west", "tel:+27600000001"),
        ring.index("east", "tel:+27600000002"),
        ring.index("east", "whatsapp:27600000001"),
        ring.index("east", "try:+27600000001"),
        KeyRing([NEW]).index("east", "tel:+27600000001"),
    }
    assert len(others | {number}) == 6


@pytest.mark.parametrize(
    ("whatsapp", "sms", "same"),
    [
        ("+5215500000001", "+525500000001", True),
        ("+5491100000001", "+541100000001", True),
        ("+5215500000001", "+5215500000001", True),
        ("+525500000001", "+5215500000001", True),
        ("+5215500000001", "+525500000002", False),
        ("+52155000001", "+5255000001", False),
        ("+52155000000012", "+5255000000012", False),
        ("+5495500000001", "+525500000001", False),
        ("+5211100000001", "+541100000001", False),
        ("+27600000001", "+27600000001", True),
        ("+12125550100", "+2125550100", False),
    ],
)
def test_a_mobile_number_is_one_however_whatsapp_writes_it(
    whatsapp: str, sms: str, same: bool
) -> None:
    assert (canonical(f"whatsapp:{whatsapp}") == canonical(f"tel:{sms}")) is same
    ring = KeyRing([OLD])
    found = ring.index("east", f"whatsapp:{whatsapp}")
    assert (ring.index("east", f"tel:{sms}") == found) is same


@pytest.mark.parametrize(
    "urn", ["whatsapp:ZA.1", "whatsapp:5215500000001", "telegram:521", "try:+521"]
)
def test_an_address_that_is_no_number_stays_itself(urn: str) -> None:
    assert canonical(urn) == urn


def test_canonical_addresses_and_phones() -> None:
    assert canonical("whatsapp:ZA.1234") == "whatsapp:ZA.1234"
    assert is_phone("tel:+1")
    assert is_phone("whatsapp:+1")
    assert not any(map(is_phone, ("whatsapp:ZA.1", "telegram:1", "try:anna")))


def test_a_pseudonym_follows_from_the_id_and_the_last_key() -> None:
    assert KeyRing([NEW, OLD]).pseudonym("a") == KeyRing([OLD]).pseudonym("a")
    assert len({KeyRing([key]).pseudonym(of) for key in (OLD, NEW) for of in ("a", "b")}) == 4


@pytest.mark.parametrize("setting", ["", " , "])
def test_no_key_is_refused(setting: str) -> None:
    with pytest.raises(KeysUnusableError) as caught:
        KeyRing.from_setting(setting)
    assert str(caught.value) == "no secret key is set"


def test_a_setting_lists_keys() -> None:
    assert (
        KeyRing.from_setting(f" {NEW} , {OLD} ").unseal(KeyRing([OLD]).seal("x", "a"), "a") == "x"
    )


def test_the_key_file_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    fresh = fresh_keys()
    sealed = KeyRing.from_file(path, lambda: next(fresh)).seal("x", "a.b")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.from_file(path, lambda: next(fresh)).unseal(sealed, "a.b") == "x"
    assert [one.name for one in tmp_path.iterdir()] == ["keys"]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(OLD)
    path.chmod(0o644)
    with pytest.raises(KeysUnusableError, match="chmod 600"):
        KeyRing.from_file(path, str)


def test_ten_threads_make_one_key_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    start = threading.Barrier(10)
    fresh = fresh_keys()

    def open_ring(_: int) -> str:
        start.wait()
        return KeyRing.from_file(path, lambda: next(fresh)).index("east", "tel:+1")

    with ThreadPoolExecutor(10) as threads:
        assert len(set(threads.map(open_ring, range(10)))) == 1


def test_retention_and_erasure_name_what_there_is() -> None:
    assert {retention.value for retention in Retention} <= RETENTION.keys()
    assert RETENTION[Retention.ORDINARY] == TEXT_DAYS
    for rule in ERASURE:
        columns = metadata.tables[rule.table].columns.keys()
        assert {*rule.blank, *rule.to_day} <= set(columns)


def test_every_table_that_knows_a_contact_is_erased() -> None:
    knowing = {
        table.name
        for table in metadata.tables.values()
        if any(key.column.table.name == "contact" for key in table.foreign_keys)
    }
    assert knowing <= {rule.table for rule in ERASURE}
