"""The file: gzip, one JSON value a line.

First the header (an object), then of each table a line with its name and columns (an object) and
its rows (arrays, in that order), last the seal: an object with the SHA-256 of all that came before.
A file that ends early has no seal, and is refused whole.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = 1


class BackupError(Exception):
    """The file cannot be restored here; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the file is: of which tables' revision, when, with how many rows of each table."""

    revision: str
    made_at: datetime
    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(self.tables.values())


class Out:
    """Writes the lines, and the seal at the end."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file, self._digest = file, hashlib.sha256()

    def header(self, header: Header) -> None:
        """The first line."""
        values = {**asdict(header), "made_at": header.made_at.isoformat()}
        self.line({"imbizo_backup": FORMAT, **values})

    def line(self, value: object) -> None:
        """One line."""
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)

    def seal(self) -> None:
        """The last line."""
        self._file.write(json.dumps({"sha256": self._digest.hexdigest()}).encode() + b"\n")


def read_header(path: Path) -> Header:
    """The header, once the whole file is seen to be whole. Raises BackupError."""
    digest, last = hashlib.sha256(), b""
    try:
        with gzip.open(path) as file:
            first = file.readline()
            for line in file:
                digest.update(last or first)
                last = line
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
            raise
        raise _broken(path) from None
    try:
        seal, header = json.loads(last), json.loads(first)
        whole = seal["sha256"] == digest.hexdigest()
        found = Header(
            header["revision"], datetime.fromisoformat(header["made_at"]), header["tables"]
        )
        known = header["imbizo_backup"] == FORMAT
    except (ValueError, KeyError, TypeError):
        raise _broken(path) from None
    if not whole or not known:
        raise _broken(path)
    return found


def lines(path: Path) -> Iterator[Any]:
    """All values between header and seal, of a file that was seen to be whole."""
    with gzip.open(path) as file:
        file.readline()
        for line in file:
            value = json.loads(line)
            if isinstance(value, dict) and "sha256" in value:
                return
            yield value


def _broken(path: Path) -> BackupError:
    return BackupError(
        f"{path.name} is no whole backup: it is cut off, damaged or something else. Nothing was"
        " restored; take another copy"
    )
