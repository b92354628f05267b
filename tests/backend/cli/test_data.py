"""`city`, `survey`, `channels`: what is loaded, shown, refused, and given back."""

from pathlib import Path

import pytest

from tests.backend.cli.conftest import SECRET, Desk
from tests.backend.provider import ROOT

CITY = ("city", "load", "cities/test-za")
SURVEY = """slug = "park"
kind = "poll"
keywords = ["PARK"]
title.en = "The park"
[[questions]]
name = "like_park"
type = "yes_no"
text.en = "Do you like the park?"
"""
FAULTY = """slug = "park"
kind = "dance"
keywords = ["STOP"]
title.en = "The park"
[[questions]]
name = "like park"
type = "yes_no"
text.en = "Do you like the park?"
[[questions]]
name = "why"
type = "shout"
text.en = "Why?"
[[questions]]
name = "when"
type = "open"
only_if = "nothing == 'x' and"
"""


# --- cities --------------------------------------------------------------------------------------
def test_a_new_city_is_loaded_with_its_surveys_and_told_what_comes_next(bare: Desk) -> None:
    bare.city()
    bare.well("db", "upgrade")
    assert "imbizo channels setup test-za" in bare.well(*CITY)
    assert 'slug = "safety-pulse"' in bare.well("survey", "export", "test-za", "safety-pulse")


def test_a_city_that_is_there_is_shown_as_a_difference_and_left_alone(desk: Desk) -> None:
    assert "Nothing has changed" in desk.well(*CITY)
    desk.change("test-za", 'name = "Test City"', 'name = "Best City"')
    shown = desk.well(*CITY)
    assert '- "name": "Test City"' in shown
    assert '+ "name": "Best City"' in shown
    assert "--replace" in shown
    assert desk.well(*CITY) == shown


def test_a_change_is_taken_in_with_replace_once(desk: Desk) -> None:
    desk.change("test-za", 'name = "Test City"', 'name = "Best City"')
    assert "is loaded" in desk.well(*CITY, "--replace")
    assert "Nothing has changed" in desk.well(*CITY, "--replace")


def test_a_survey_that_the_city_changed_is_not_overwritten_by_the_one_that_ships(
    desk: Desk,
) -> None:
    ours = desk.well("survey", "export", "test-za", "safety-pulse") + "# ours\n"
    desk.well("survey", "import", "test-za", desk.write("ours.toml", ours))
    desk.change("test-za", 'name = "Test City"', 'name = "Best City"')
    desk.well(*CITY, "--replace")
    assert desk.well("survey", "export", "test-za", "safety-pulse") == ours


def test_areas_are_part_of_the_difference(desk: Desk) -> None:
    file = desk.folder / "cities" / "test-za" / "areas.geojson"
    file.write_text(file.read_text().replace("Riverside", "Hillside"))
    assert "Hillside" in desk.well(*CITY)


def test_all_faults_of_a_city_are_shown_at_once_with_their_places(desk: Desk) -> None:
    for old, new in (
        ('country = "ZA"', 'country = "Azania"'),
        ('timezone = "Africa/Johannesburg"', 'timezone = "Joburg"'),
        ("rate = 100000", "rate = 0"),
    ):
        desk.change("test-za", old, new)
    said = desk.refused(*CITY, "--replace")
    for place in ("country", "timezone", "channels[0].rate"):
        assert place in said
    desk.change("test-za", 'country = "Azania"', 'country = "ZA"')
    assert "country" not in desk.refused(*CITY, "--replace")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"slug = ", b"[[channels]]"])
def test_a_profile_that_cannot_be_read_is_refused(desk: Desk, content: bytes) -> None:
    (desk.folder / "cities" / "test-za" / "city.toml").write_bytes(content)
    assert "Not done" in desk.refused(*CITY, "--replace")


def test_a_safe_word_that_is_a_command_is_refused(desk: Desk) -> None:
    desk.change("test-za", 'safe_word = "LEMON"', 'safe_word = "STOP"')
    assert "safe_word: is a command" in desk.refused(*CITY, "--replace")


def test_a_kind_of_channel_that_there_is_not_is_refused(desk: Desk) -> None:
    """Once in the database it would keep the whole installation from starting."""
    desk.change("test-za", 'kind = "sms"', 'kind = "pigeon"')
    assert "pigeon" in desk.refused(*CITY, "--replace")


# --- surveys -------------------------------------------------------------------------------------
def test_a_survey_is_published_and_comes_back_byte_for_byte(desk: Desk) -> None:
    text = SURVEY + "# Grüße, with a remark and an emoji 👍\n"
    name = desk.write("park.toml", text)
    assert "as version 1" in desk.well("survey", "import", "test-za", name)
    assert desk.well("survey", "export", "test-za", "park") == text
    assert "as version 1" in desk.well("survey", "import", "test-za", name), "it is the same"
    desk.write("park.toml", text + "# more\n")
    assert "as version 2" in desk.well("survey", "import", "test-za", name)
    assert desk.well("survey", "export", "test-za", "park").endswith("# more\n")


@pytest.mark.parametrize("slug", ["safety-pulse", "city-safety"])
def test_what_was_exported_can_be_imported_again(desk: Desk, slug: str) -> None:
    text = desk.well("survey", "export", "test-za", slug)
    name = desk.write("back.toml", text)
    assert "as version 1" in desk.well("survey", "import", "test-za", name)
    assert "No faults" in desk.well("check", name)


def test_all_faults_of_a_survey_are_shown_at_once_with_their_places(desk: Desk) -> None:
    done = desk.imbizo("survey", "import", "test-za", desk.write("park.toml", FAULTY))
    assert done.code == 1
    for place in ("kind", "questions[0]", "questions[1]", "questions[2]"):
        assert place in done.err
    assert "park" in desk.refused("survey", "export", "test-za", "park")


CLASHES = {
    "a command": ('keywords = ["PARK"]', 'keywords = ["STOP"]'),
    "the safe word": ('keywords = ["PARK"]', 'keywords = ["LEMON"]'),
    "another's keyword": ('keywords = ["PARK"]', 'keywords = ["PULSE"]'),
    "not UTF-8": ("The park", "The p\udcffrk"),
    "not TOML": ("kind = ", "kind "),
}


@pytest.mark.parametrize("clash", CLASHES)
def test_a_survey_that_would_not_work_in_the_city_is_refused(desk: Desk, clash: str) -> None:
    text = SURVEY.replace(*CLASHES[clash])
    (desk.folder / "park.toml").write_text(text, "utf-8", "surrogateescape")
    said = desk.refused("survey", "import", "test-za", "park.toml")
    assert said.startswith("Not done:")
    assert "park" in desk.refused("survey", "export", "test-za", "park")


@pytest.mark.parametrize(
    "arguments",
    [
        ("survey", "import", "nowhere", "park.toml"),
        ("survey", "export", "nowhere", "safety-pulse"),
        ("survey", "export", "test-za", "nothing"),
        ("channels", "setup", "nowhere"),
        ("key", "add", "--city", "nowhere", "--role", "viewer"),
        ("erase", "nowhere"),
        ("export", "nowhere", "safety-pulse", "--format", "csv", "-o", "x.csv"),
        ("export", "test-za", "nothing", "--format", "csv", "-o", "x.csv"),
    ],
    ids=" ".join,
)
def test_what_there_is_not_is_named(desk: Desk, arguments: tuple[str, ...]) -> None:
    desk.write("park.toml", SURVEY)
    said = desk.refused(*arguments, typed="+27600000001\n")
    assert "nowhere" in said or "nothing" in said
    assert not (desk.folder / "x.csv").exists()


# --- channels ------------------------------------------------------------------------------------
def test_setup_prints_the_addresses_and_texts_for_the_providers_console(desk: Desk) -> None:
    shown = desk.well("channels", "setup", "test-za", IMBIZO_PUBLIC_URL=ROOT + "/")
    address = f"{ROOT}/webhooks/test-za/sms"
    assert f"  {address}#rc=5&rp=5xx,ct,rt\n" in shown
    assert f"  {address}/status#rc=5&rp=5xx,ct,rt\n" in shown
    texts = dict(line.strip().partition(": ")[::2] for line in shown.splitlines())
    assert texts["STOP"]
    assert texts["START"]
    assert "10111" in texts["HELP"]
    assert "+27600000000" in shown


def test_setup_of_a_demo_city_says_where_to_talk(bare: Desk) -> None:
    bare.well("demo", "load")
    assert "/try" in bare.well("channels", "setup", "demo-za")


# --- check ---------------------------------------------------------------------------------------
def test_everything_that_ships_is_free_of_faults(bare: Desk) -> None:
    shown = bare.well("check")
    for name in ("locales", "safety-pulse.toml", "city-safety.toml", "demo-za", "demo-mx"):
        assert name in shown
    assert "No faults." in shown


def test_check_shows_what_each_question_costs(bare: Desk) -> None:
    shown = bare.well("check", bare.write("park.toml", SURVEY))
    [row] = [line for line in shown.splitlines() if "like_park" in line]
    assert row.split() == ["like_park", "1"]


def test_check_shows_all_faults_of_all_files(bare: Desk) -> None:
    bare.city()
    bare.change("test-za", 'country = "ZA"', 'country = "Azania"')
    good, bad = bare.write("park.toml", SURVEY), bare.write("bad.toml", FAULTY)
    done = bare.imbizo("check", good, bad, "cities/test-za")
    assert done.code == 1
    lines = [line for line in done.out.splitlines() if line.startswith("  fault  ")]
    assert len(lines) >= 4
    assert any("country" in line for line in lines)
    assert f"{len(lines)} faults" in done.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"slug", b"", b"\x00" * 10])
def test_check_says_what_is_no_survey(bare: Desk, content: bytes) -> None:
    Path(bare.folder, "odd.toml").write_bytes(content)
    done = bare.imbizo("check", "odd.toml")
    assert done.code == 1
    assert "  fault  " in done.out


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        ("", "helpline 10111 never checked"),
        ("\nverified_on = 2020-01-01", "helpline 10111 last checked"),
        ("\nverified_on = 2099-01-01", None),
    ],
)
def test_check_names_helplines_that_nobody_called_for_long(
    desk: Desk, checked: str, said: str | None
) -> None:
    desk.change("test-za", 'number = "10111"', f'number = "10111"{checked}')
    shown = desk.well("check", "cities/test-za")
    assert said in shown if said else "helpline" not in shown


def test_check_of_a_folder_that_is_no_city_finds_fault(bare: Desk) -> None:
    (bare.folder / "empty").mkdir()
    assert bare.imbizo("check", "empty").code == 1


# --- doctor --------------------------------------------------------------------------------------
TWILIO = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "synthetic"}


def test_doctor_says_what_works_and_what_does_not(desk: Desk) -> None:
    done = desk.imbizo("doctor", **TWILIO)
    lines = done.out.splitlines()
    assert any(line.startswith("ok ") and "1 cities" in line for line in lines)
    assert any(line.startswith("ok ") and "channel sms" in line for line in lines)
    assert [line for line in lines if line.startswith("MEND") and "helpline" not in line] == []


def test_doctor_is_content_once_all_is_mended(desk: Desk) -> None:
    desk.change("test-za", 'number = "10111"', 'number = "10111"\nverified_on = 2099-01-01')
    desk.well(*CITY, "--replace")
    shown = desk.well("doctor", **TWILIO)
    assert "MEND" not in shown
    for secret in (SECRET, "synthetic"):
        assert secret not in shown


def test_doctor_names_the_secret_that_is_missing(desk: Desk) -> None:
    done = desk.imbizo("doctor", TWILIO_ACCOUNT_SID="AC" + "0" * 32)
    assert done.code == 1
    [line] = [line for line in done.out.splitlines() if "channel sms" in line]
    assert line.startswith("MEND")
    assert "auth_token" in line


@pytest.mark.parametrize("url", ["sqlite:///no/such/x.db", "postgresql://x@127.0.0.1:9/y"])
def test_doctor_without_a_database_says_so(bare: Desk, url: str) -> None:
    done = bare.imbizo("doctor", IMBIZO_DATABASE_URL=url, IMBIZO_SECRET_KEYS=SECRET)
    assert done.code == 1
    assert "MEND  database" in done.out
    assert "imbizo db upgrade" in done.out
