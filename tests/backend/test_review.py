"""Drafts go out to a translator as one PO file, and what was reviewed comes back."""

import io
import shutil
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from backend.catalogues import LOCALES, load_wording
from backend.demo import INSTRUMENTS
from backend.review import NO_ENGLISH, Draft, drafts, write
from backend.reviewed import Reviewed, take_back
from dialogue.phrases import PHRASES

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
SURVEYS = sorted(INSTRUMENTS.glob("*.toml"))
NUMBERS = """
version = "1"
status = "needs-review"
scale_first = true
[cardinals]
6 = ["thataro", "ferataro"]
[[class]]
name = "weapons"
words = ["tlhobolo"]
"""


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """A copy of English and Setswana, with one more word file."""
    for code in ("en", "tn"):
        shutil.copytree(LOCALES / code, tmp_path / code)
    (tmp_path / "tn" / "synthetic.toml").write_text(NUMBERS, encoding="utf-8")
    return tmp_path


def waiting(locales: Path) -> dict[str, Draft]:
    return {one.context: one for one in drafts("tn", locales, SURVEYS)}


def written(locales: Path, code: str = "tn") -> bytes:
    file = io.BytesIO()
    write(code, drafts(code, locales, SURVEYS), locales, AT, file)
    return file.getvalue()


def back(locales: Path, change: Callable[[Catalog], None]) -> Reviewed:
    """What comes of the file after a reviewer's `change`."""
    catalogue = read_po(io.BytesIO(written(locales)))
    change(catalogue)
    file = io.BytesIO()
    write_po(file, catalogue)
    file.seek(0)
    return take_back("tn", file, drafts("tn", locales, SURVEYS), locales)


def approve(catalogue: Catalog, context: str, text: str | None = None) -> None:
    [message] = [one for one in catalogue if one.context == context]
    message.flags.discard("fuzzy")
    message.string = message.string if text is None else text


# --- what waits ----------------------------------------------------------------------------------
def test_every_draft_phrase_waits_with_english_its_length_and_what_placeholders_mean(
    locales: Path,
) -> None:
    found = waiting(locales)
    assert {f"phrase {name}" for name in PHRASES} <= found.keys()
    one = found["phrase stopped"]
    assert one.source == PHRASES["stopped"]
    assert one.text == load_wording(locales / "tn").phrases["stopped"]
    assert one.notes[0].startswith("SMS segments: English 1, this 1")
    assert "{START} stays as it is: the command word, now SIMOLOLA" in one.notes
    assert "{emergency} stays as it is: the emergency number" in one.notes


def test_every_list_of_every_word_file_waits(locales: Path) -> None:
    found = waiting(locales)
    words = tomllib.loads((locales / "tn" / "words.toml").read_text(encoding="utf-8"))
    for table in ("commands", "replies", "also_called"):
        for key, value in words[table].items():
            assert found[f"words.toml {table}.{key}"].text.split("\n") == value
    assert found["words.toml commands.stop"].source.startswith("STOP\nSTOPALL\n")
    assert found["synthetic.toml cardinals.6"].text == "thataro\nferataro"
    assert found["synthetic.toml class[0].words"].source == NO_ENGLISH
    assert not any(
        context.endswith(key) for context in found for key in (" version", " status", " plural")
    )


def test_a_file_with_another_status_and_a_reviewed_survey_do_not_wait(locales: Path) -> None:
    path = locales / "tn" / "synthetic.toml"
    path.write_text(NUMBERS.replace("needs-review", "reviewed"), encoding="utf-8")
    assert not any(context.startswith("synthetic.toml") for context in waiting(locales))
    text = SURVEYS[0].read_text(encoding="utf-8").replace('"st", "tn"]', '"st"]')
    survey = locales / "reviewed.toml"
    survey.write_text(text, encoding="utf-8")
    kinds = {one.kind for one in drafts("tn", locales, [survey])}
    assert kinds == {"phrases", "word lists"}


def test_nothing_waits_in_english(locales: Path) -> None:
    assert drafts("en", locales, SURVEYS) == ()


def test_texts_of_surveys_wait_each_once(locales: Path) -> None:
    found = waiting(locales)
    one = found["safety-pulse safe_dark text"]
    assert one.source.startswith("How safe do you feel walking alone")
    assert one.notes[0] == "SMS segments with its choices: English 1, this 2"
    assert one.notes[1].startswith("verbatim: SDG 16.1.4 metadata")
    assert found["city-safety place_home safe label"].text == "Ke sireletsegile"
    assert "place_park safe label" in found["city-safety place_home safe label"].notes[-1]
    assert "city-safety place_park safe label" not in found
    synonyms = found["safety-pulse sex female synonyms"].text.split("\n")
    assert {"mosetsana", "motho wa mosadi"} < set(synonyms)
    assert len(synonyms) == len(set(synonyms))


def test_a_file_that_cannot_be_read_is_named(locales: Path) -> None:
    (locales / "tn" / "synthetic.toml").write_text("a = ", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^synthetic\.toml: "):
        drafts("tn", locales, ())
    (locales / "tn" / "synthetic.toml").unlink()
    survey = locales / "odd.toml"
    survey.write_text('needs_review = ["tn"]', encoding="utf-8")
    with pytest.raises(ValueError, match=r"^odd\.toml: "):
        drafts("tn", locales, [survey])


def test_a_text_that_sms_changes_is_shown_as_sms_has_it() -> None:
    found = {one.context: one for one in drafts("es", LOCALES, SURVEYS)}
    [shown] = [note for note in found["phrase link_wrong"].notes if note.startswith("by SMS: ")]
    assert "codigo" in shown
    assert "código" in found["phrase link_wrong"].text


# --- the file ------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["af", "es", "st", "tn", "xh", "zu"])
def test_the_file_is_whole_and_flagged_with_the_plural_of_its_language(code: str) -> None:
    found = drafts(code, LOCALES, SURVEYS)
    catalogue = read_po(io.BytesIO(written(LOCALES, code)), abort_invalid=True)
    read = {(m.context, m.id, m.string) for m in catalogue if m.id}
    assert read == {(one.context, one.source, one.text) for one in found}
    assert all(m.fuzzy for m in catalogue if m.id)
    assert catalogue.plural_forms == load_plural(code)
    assert catalogue.locale_identifier == code


def load_plural(code: str) -> str:
    text = (LOCALES / code / "words.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["plural"])


# --- and back ------------------------------------------------------------------------------------
def test_reviewed_phrases_lose_the_marks_of_a_draft_and_nothing_else_changes(
    locales: Path,
) -> None:
    path = locales / "tn" / "phrases.po"
    before = path.read_text(encoding="utf-8")

    def review(catalogue: Catalog) -> None:
        approve(catalogue, "phrase agree")
        approve(catalogue, "phrase not_with_others", '"{option}" e nosi.\nKa kopo.')

    assert back(locales, review) == Reviewed(("agree", "not_with_others"), (), ())
    locale = load_wording(locales / "tn")
    assert locale.phrases["not_with_others"] == '"{option}" e nosi.\nKa kopo.'
    assert locale.drafts == set(PHRASES) - {"agree", "not_with_others"}
    gone = set(before.splitlines()) - set(path.read_text(encoding="utf-8").splitlines())
    assert len(gone) == 1, "the old translation; the marks stay with others"
    assert before.count("fuzzy") - path.read_text(encoding="utf-8").count("fuzzy") == 2
    assert back(locales, lambda catalogue: None) == Reviewed((), (), ())


@pytest.mark.parametrize("text", ["Re a tswelela.", "Re a tswelela. {emergency} {x}", "{", "{}"])
def test_a_phrase_with_other_placeholders_is_refused(locales: Path, text: str) -> None:
    before = (locales / "tn" / "phrases.po").read_bytes()
    done = back(locales, lambda catalogue: approve(catalogue, "phrase moving_on", text))
    assert done.phrases == ()
    assert [place for place, _ in done.refused] == ["phrase moving_on"]
    assert (locales / "tn" / "phrases.po").read_bytes() == before


def test_a_phrase_whose_english_changed_is_refused_and_an_empty_one_is_left(
    locales: Path,
) -> None:
    def review(catalogue: Catalog) -> None:
        approve(catalogue, "phrase agree", "")
        old = Message("We shall go on.", "Re a tswelela.", context="phrase moving_on")
        catalogue.delete(PHRASES["moving_on"], context="phrase moving_on")
        catalogue[old.id] = old

    done = back(locales, review)
    assert done == Reviewed((), (("phrase moving_on", "the English has changed since"),), ())


def test_lists_and_surveys_are_told_for_the_hand(locales: Path) -> None:
    def review(catalogue: Catalog) -> None:
        approve(catalogue, "synthetic.toml cardinals.6", "thataro")
        approve(catalogue, "safety-pulse title")

    done = back(locales, review)
    assert done.by_hand == (
        ("synthetic.toml cardinals.6", "thataro"),
        ("safety-pulse title", "as it is"),
    )


@pytest.mark.parametrize(
    "file", [b"# no PO\nmsgid nonsense\n", b"\xff\xfe", b'msgid ""\nmsgstr ""']
)
def test_what_is_no_file_of_this_language_is_refused(locales: Path, file: bytes) -> None:
    with pytest.raises(ValueError, match=r"is no PO file|Language"):
        take_back("tn", io.BytesIO(file), drafts("tn", locales, ()), locales)
    with pytest.raises(ValueError, match="Language: zu"):
        take_back("tn", io.BytesIO(written(LOCALES, "zu")), (), locales)
