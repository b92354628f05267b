"""`imbizo review`, and what `imbizo check` tells of drafts."""

import shutil

from backend.catalogues import LOCALES
from tests.backend.cli.conftest import Desk


def test_out_and_back(bare: Desk) -> None:
    shutil.copytree(LOCALES, bare.folder / "locales")
    assert "phrases" in bare.well("review", "tn", "--locales", "locales")
    assert "wait for review" in bare.well("review", "tn", "-o", "tn.po", "--locales", "locales")
    file = bare.folder / "tn.po"
    file.write_text(
        file.read_text(encoding="utf-8").replace(
            '#, fuzzy\nmsgctxt "phrase agree"', 'msgctxt "phrase agree"'
        ).replace('#, fuzzy\nmsgctxt "words.toml replies.or"', 'msgctxt "words.toml replies.or"'),
        encoding="utf-8",
    )  # fmt: skip
    shown = bare.well("review", "tn", "--import", "tn.po", "--locales", "locales")
    assert "1 phrases taken over." in shown
    assert "words.toml replies.or: as it is" in shown
    again = bare.imbizo("review", "tn", "--import", "tn.po", "--locales", "locales")
    assert (again.code, "0 phrases" in again.out) == (0, True)


def test_a_refused_phrase_is_told(bare: Desk) -> None:
    shutil.copytree(LOCALES, bare.folder / "locales")
    bare.well("review", "tn", "-o", "tn.po", "--locales", "locales")
    file = bare.folder / "tn.po"
    said = file.read_text(encoding="utf-8")
    said = said.replace(
        '#, fuzzy, python-brace-format\nmsgctxt "phrase safe"', 'msgctxt "phrase safe"'
    ).replace("letsetsa: {numbers}", "letsetsa")
    file.write_text(said, encoding="utf-8")
    done = bare.imbizo("review", "tn", "--import", "tn.po", "--locales", "locales")
    assert (done.code, "phrase safe: its placeholders" in done.err) == (1, True)


def test_what_cannot_be_meant_is_refused(bare: Desk) -> None:
    assert "no language 'xx'" in bare.refused("review", "xx")
    assert "Either" in bare.refused("review", "tn", "-o", "a", "--import", "b")
    bare.write("odd.po", "msgid nonsense")
    assert "odd.po: is no PO file" in bare.refused("review", "tn", "--import", "odd.po")


def test_check_tells_what_waits(bare: Desk) -> None:
    lines = bare.well("check").splitlines()
    assert any("tn: " in line and "word lists" in line for line in lines)
    assert not any("en: " in line for line in lines)
