"""Where pictures lie, and how an operator says so."""

import sys

import pytest

from backend.objects import open_bucket
from backend.privacy import KeyRing, SealBrokenError
from backend.settings import MediaStore, SettingsError, read_settings
from backend.vault import ObjectsUnsetError, SealingVault, open_vault
from bot.shelf import Stored

KEYS = KeyRing(["o" * 40])
SECRETS = {"IMBIZO_MEDIA_ACCESS_KEY": "key", "IMBIZO_MEDIA_SECRET_KEY": "very secret"}
ADDRESS = "s3://bucket/a/b?endpoint=https://objects.example.org"
WHERE = MediaStore("bucket", "a/b", "https://objects.example.org", "us-east-1", "key", "s")


def settings(address: str, **more: str) -> MediaStore | None:
    return read_settings({"IMBIZO_MEDIA_STORE": address, **SECRETS, **more}, "no.env").media_store


def test_without_a_store_the_database_holds_all() -> None:
    assert settings("") is None
    vault = open_vault(None, KEYS, str)
    assert vault.fresh_key() is None
    stored = vault.put(b"\xff\0 a picture", None)
    assert stored.key is None
    assert vault.open(stored) == b"\xff\0 a picture"
    with pytest.raises(ObjectsUnsetError, match="IMBIZO_MEDIA_STORE"):
        vault.delete("left from before")


def test_what_lies_in_the_database_opens_also_once_a_store_is_set() -> None:
    stored = open_vault(None, KEYS, str).put(b"older", None)
    vault = open_vault(WHERE, KEYS, lambda: "fresh")
    assert vault.fresh_key() == "fresh"
    assert vault.open(stored) == b"older"


def test_a_content_of_other_keys_does_not_open() -> None:
    stored = SealingVault(KeyRing(["n" * 40]), None, str).put(b"x", None)
    with pytest.raises(SealBrokenError):
        SealingVault(KEYS, None, str).open(stored)
    with pytest.raises(SealBrokenError):
        SealingVault(KEYS, None, str).open(Stored(KEYS.seal("x", "body.content")))


def test_an_address_is_read() -> None:
    assert settings(ADDRESS) == MediaStore(
        "bucket", "a/b", "https://objects.example.org", "us-east-1", "key", "very secret"
    )
    assert settings("s3://b?endpoint=http://127.0.0.1:9000&region=af-south-1") == MediaStore(
        "b", "", "http://127.0.0.1:9000", "af-south-1", "key", "very secret"
    )
    assert "very secret" not in repr(settings(ADDRESS))


@pytest.mark.parametrize(
    "address",
    [
        "bucket",
        "s3://bucket",
        "s3:///a?endpoint=https://objects.example.org",
        "gs://bucket?endpoint=https://objects.example.org",
        "s3://bucket?endpoint=objects.example.org",
        ADDRESS + "&acl=public",
    ],
)
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(SettingsError, match="must read s3://BUCKET"):
        settings(address)


def test_its_keys_are_needed() -> None:
    with pytest.raises(SettingsError, match="also needs IMBIZO_MEDIA_ACCESS_KEY and"):
        settings(ADDRESS, IMBIZO_MEDIA_SECRET_KEY="")


def test_without_the_library_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(SettingsError, match=r"pip install 'imbizo\[s3\]'"):
        open_bucket(WHERE)
