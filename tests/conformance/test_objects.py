"""The object store's client against `moto`, a server of S3's interface that somebody else wrote."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.objects import open_bucket
from backend.privacy import KeyRing, SealBrokenError
from backend.settings import MediaStore
from backend.vault import SealingVault
from bot.shelf import Stored
from tests.conformance.conftest import free_port, running

pytestmark = pytest.mark.conformance

PICTURE = bytes(range(256)) * 40_000
"""As large as they come."""


@pytest.fixture(scope="module")
def server(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, logs = free_port(), tmp_path_factory.mktemp("moto")
    start = [str(peers / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(start, port, logs / "log", str(peers / "python"), {}) as address:
        yield address


@pytest.fixture
def vault(server: str) -> SealingVault:
    httpx.put(f"{server}/city-media").raise_for_status()
    store = MediaStore("city-media", "some/where", server, "us-east-1", "synthetic", "synthetic")
    return SealingVault(KeyRing(["o" * 40]), open_bucket(store), lambda: "key1")


def test_there_and_back_sealed(vault: SealingVault, server: str) -> None:
    stored = vault.put(PICTURE, vault.fresh_key())
    assert stored.key == "key1"
    assert vault.open(stored) == PICTURE
    lies = httpx.get(f"{server}/city-media/some/where/key1").raise_for_status().content
    assert len(lies) == len(PICTURE) + 28
    assert PICTURE[:64] not in lies
    newer = vault.put(b"over it", "key1")
    assert vault.open(newer) == b"over it"
    with pytest.raises(SealBrokenError):
        vault.open(stored)


def test_an_object_opens_under_its_own_name_only(vault: SealingVault, server: str) -> None:
    first = vault.put(b"first", "one")
    vault.put(b"second", "two")
    with pytest.raises(SealBrokenError):
        vault.open(Stored(first.sealed, "two"))


def test_deleted_is_gone_and_may_be_deleted_again(vault: SealingVault, server: str) -> None:
    stored = vault.put(b"x", "gone")
    vault.delete("gone")
    vault.delete("gone")
    assert httpx.get(f"{server}/city-media/some/where/gone").status_code == 404
    with pytest.raises(FileNotFoundError):
        vault.open(stored)


def test_no_such_bucket_is_an_error(server: str) -> None:
    store = MediaStore("nowhere", "", server, "us-east-1", "synthetic", "synthetic")
    vault = SealingVault(KeyRing(["o" * 40]), open_bucket(store), lambda: "key1")
    with pytest.raises(Exception, match="NoSuchBucket"):
        vault.put(b"x", "key1")
