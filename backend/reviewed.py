"""What a translator sends back: reviewed phrases go into `phrases.po`, the rest is told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, escape, read_po

from backend.review import NEEDS_REVIEW, Draft, placeholders
from dialogue.phrases import PHRASES


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Names of the `phrases` taken over, those `refused` with the reason, and what is to be done
    `by_hand`: places in word files and surveys with their texts as reviewed."""

    phrases: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    by_hand: tuple[tuple[str, str], ...]


def take_back(code: str, file: IO[bytes], waiting: Iterable[Draft], locales: Path) -> Reviewed:
    """Writes the reviewed phrases of a language into its `phrases.po`, without their draft marks.
    An entry is reviewed once it is not fuzzy any more; `waiting` are the drafts as they are now.

    Raises ValueError for what is no PO file of this language; then nothing is written.
    """
    catalogue = _read(code, file)
    phrases: dict[str, str] = {}
    refused: list[tuple[str, str]] = []
    by_hand: list[tuple[str, str]] = []
    for one in waiting:
        message = catalogue.get(one.source, context=one.context)
        if message is None:
            if _mentions(catalogue, one.context):
                refused.append((one.context, "the English has changed since"))
            continue
        text = str(message.string or "").strip()
        if message.fuzzy or not text:
            continue
        if one.kind != "phrases":
            by_hand.append((one.context, text if text != one.text else "as it is"))
            continue
        name = one.context.removeprefix("phrase ")
        reason = _wrong(PHRASES[name], text)
        if reason:
            refused.append((one.context, reason))
        else:
            phrases[name] = text
    if phrases:
        path = locales / code / "phrases.po"
        path.write_text(_approved(path.read_text(encoding="utf-8"), phrases), encoding="utf-8")
    return Reviewed(tuple(phrases), tuple(refused), tuple(by_hand))


def _read(code: str, file: IO[bytes]) -> Catalog:
    try:
        catalogue = read_po(file, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, LookupError) as error:
        raise ValueError(f"is no PO file in UTF-8: {error}") from error
    if catalogue.locale_identifier != code:
        raise ValueError(f"its header says Language: {catalogue.locale_identifier}, not {code}")
    return catalogue


def _mentions(catalogue: Catalog, context: str) -> bool:
    return any(message.context == context for message in catalogue)


def _wrong(english: str, text: str) -> str:
    """Why a translation cannot be taken; empty if it can."""
    try:
        same = placeholders(text) == placeholders(english)
    except ValueError:
        same = False
    return "" if same else "its placeholders are not those of the English"


def _approved(text: str, phrases: Mapping[str, str]) -> str:
    """The PO file with the translations of `phrases`, all else untouched."""
    blocks = text.rstrip("\n").split("\n\n")
    return "\n\n".join(_block(block, phrases) for block in blocks) + "\n"


def _block(block: str, phrases: Mapping[str, str]) -> str:
    found = re.search(r'^msgctxt "(\w+)"$', block, re.MULTILINE)
    if found is None or found[1] not in phrases:
        return block
    head, _, _ = block.partition("\nmsgstr ")
    kept = [line for line in map(_unmarked, head.splitlines()) if line]
    return "\n".join([*kept, f"msgstr {escape(phrases[found[1]])}"])


def _unmarked(line: str) -> str:
    """A line of an entry without the marks of a draft; empty if it said nothing else."""
    if line == f"# {NEEDS_REVIEW}":
        return ""
    if not line.startswith("#,"):
        return line
    flags = [flag for flag in map(str.strip, line[2:].split(",")) if flag != "fuzzy"]
    return f"#, {', '.join(flags)}" if flags else ""
