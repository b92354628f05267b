"""`reconcile`, `costs`, `backup`, `restore`, and what `doctor` says of an installation at work."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.store import library, open_engine, spend, watch
from backend.store.watch import Noted
from tests.backend.cli.conftest import Desk

ANNA = "+27600003001"


def url(desk: Desk) -> str:
    return desk.settings["IMBIZO_DATABASE_URL"]


def change(desk: Desk, statement: str, **values: object) -> None:
    engine = open_engine(url(desk))
    with library.writing(engine) as connection:
        connection.execute(text(statement), values)
    engine.dispose()


# --- reconcile -----------------------------------------------------------------------------------
@pytest.mark.parametrize("since", ["yesterday", "2h ago", "2999-01-01"])
def test_reconcile_says_what_a_time_looks_like(desk: Desk, since: str) -> None:
    assert "since:" in desk.refused("reconcile", "test-za", "--since", since)


def test_reconcile_says_when_nobody_can_be_asked(desk: Desk) -> None:
    told = desk.refused("reconcile", "test-za", "--since", "2h", "--channel", "fax")
    assert "channel 'fax'" in told
    assert "doctor" in told
    assert "there is no city 'nowhere'" in desk.refused("reconcile", "nowhere", "--since", "2h")


# --- costs ---------------------------------------------------------------------------------------
def test_costs_are_counted_at_the_profile_s_price(desk: Desk) -> None:
    desk.change("test-za", "rate = 100000", 'rate = 10\nsegment_price = 0.28\ncurrency = "ZAR"')
    desk.well("city", "load", "--replace", str(desk.folder / "cities" / "test-za"))
    today = datetime.now(UTC).date()
    for ago, parts, segments in ((40, 1, 1), (2, 3, 5), (1, 10, 100)):
        day = today - timedelta(days=ago)
        change(
            desk,
            "INSERT INTO spend VALUES ('test-za', 'sms', :day, :parts, :segments)",
            day=day.isoformat(), parts=parts, segments=segments,
        )  # fmt: skip
    rows = [line.split() for line in desk.well("costs", "test-za").splitlines()]
    assert [row[1:] for row in rows[1:3]] == [
        ["sms", "3", "5", "1.40", "ZAR"],
        ["sms", "10", "100", "28.00", "ZAR"],
    ]
    assert rows[3][-2:] == ["29.40", "ZAR."]
    since = (today - timedelta(days=1)).isoformat()
    assert "28.00 ZAR." in desk.well("costs", "test-za", "--since", since)
    assert "nothing was sent" in desk.well("costs", "test-za", "--since", "2999-01-01")
    assert "Invalid value" in desk.refused("costs", "test-za", "--since", "monday")


def test_a_channel_that_is_not_in_the_profile_any_more_has_no_price(desk: Desk) -> None:
    today = datetime.now(UTC).date().isoformat()
    statement = "INSERT INTO spend VALUES ('test-za', :channel, :day, 3, 7)"
    change(desk, statement, channel="oldsms", day=today)
    told = desk.well("costs", "test-za").splitlines()
    assert told[1].split() == [today, "oldsms", "3", "7", "unknown"]
    assert ": 7 segments of unknown price" in told[2]
    change(desk, statement, channel="sms", day=today)
    assert ": 0.00; and 7 segments of unknown price" in desk.well("costs", "test-za")


# --- backup and restore --------------------------------------------------------------------------
def test_a_backup_is_restored_by_another_desk(
    desk: Desk, bare: Desk, sqlite_url: str, postgres_url: str
) -> None:
    said = desk.well("backup", "a.backup")
    assert "IMBIZO_SECRET_KEYS" in said
    other = sqlite_url if url(desk) == postgres_url else postgres_url
    bare.settings = desk.settings | {"IMBIZO_DATABASE_URL": other}
    assert "Restored " in bare.well("restore", "a.backup")
    assert "not empty" in bare.refused("restore", "a.backup")
    assert "Nothing was changed" in bare.refused("restore", "--replace", "a.backup", typed="yes\n")
    assert "Restored " in bare.well("restore", "--replace", "a.backup", typed="replace\n")


def test_a_file_that_is_there_is_written_over_by_force_only(desk: Desk) -> None:
    desk.write("a.backup", "somebody's last copy")
    assert "--force" in desk.refused("backup", "a.backup")
    assert (desk.folder / "a.backup").read_text() == "somebody's last copy"
    desk.well("backup", "--force", "a.backup")
    assert (desk.folder / "a.backup").read_bytes().startswith(b"\x1f\x8b")


def test_a_key_file_is_brought_before_a_backup_is_restored(bare: Desk) -> None:
    bare.well("demo", "load")
    bare.well("backup", "a.backup")
    other = {"IMBIZO_DATABASE_URL": "sqlite:///other.db"}
    bare.well("db", "upgrade", **other)
    assert "other.keys" in bare.refused("restore", "a.backup", **other)
    (bare.folder / "other.keys").touch(mode=0o600)
    (bare.folder / "other.keys").write_text("synthetic key for tests, long enough\n")
    assert "Restored " in bare.well("restore", "a.backup", **other)


def test_what_is_no_backup_is_refused_in_a_sentence(desk: Desk) -> None:
    desk.write("a.backup", "nothing of the kind")
    assert "is no whole backup" in desk.refused("restore", "a.backup")


# --- doctor --------------------------------------------------------------------------------------
SECRETS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "synthetic"}


def test_doctor_says_what_is_wrong_and_what_to_do(desk: Desk) -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    desk.change("test-za", 'number = "10111"', f'number = "10111"\nverified_on = {day}')
    desk.well("city", "load", "--replace", str(desk.folder / "cities" / "test-za"))
    now = datetime.now(UTC)
    engine = open_engine(url(desk))
    with library.writing(engine) as connection:
        watch.note(connection, {("test-za", "sms"): Noted(now - timedelta(days=2))})
        watch.note_reconciled(connection, ("test-za", "sms"), now)
        connection.execute(
            text(
                "INSERT INTO channel_rate (city, channel, tat, failures, pause_code)"
                " VALUES ('test-za', 'sms', :at, 7, '20003')"
            ),
            {"at": "2026-11-24 12:00:00.000000"},
        )
        assert spend.close_days(connection, now) == 0
    engine.dispose()
    done = desk.imbizo("doctor", **SECRETS)
    assert done.code == 1
    mend = [line for line in done.out.splitlines() if line.startswith("MEND")]
    assert any("nothing came since" in line and "silent_after" in line for line in mend)
    assert any("7 messages in a row" in line and "20003" in line for line in mend)
    assert "last reconciled" in done.out
    assert "today 0 parts" in done.out
    assert ANNA not in done.out


def test_doctor_finds_nothing_to_mend_where_all_is_well(desk: Desk) -> None:
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    desk.change("test-za", 'number = "10111"', f'number = "10111"\nverified_on = {day}')
    desk.well("city", "load", "--replace", str(desk.folder / "cities" / "test-za"))
    told = desk.well("doctor", **SECRETS)
    assert "alerts go to the log only" in told
    assert "never heard from" in told
    assert "MEND" not in told
    hook = {"IMBIZO_ALERT_WEBHOOK": "https://ops.example.org/secret-hook"}
    told = desk.well("doctor", **SECRETS, **hook)
    assert "alerts go to 1 " in told
    assert "secret-hook" not in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMBIZO_ALERT_WEBHOOK", "ops.example.org"),
        ("IMBIZO_ALERT_EMAIL", "ops"),
        ("IMBIZO_ALERT_EMAIL", "ops@example.org"),
        ("IMBIZO_SMTP_URL", "mail.example.org"),
    ],
)
def test_settings_of_alerts_that_cannot_work_are_refused(bare: Desk, name: str, value: str) -> None:
    assert name in bare.refused("doctor", **{name: value})


def test_alerts_of_a_city_are_checked(desk: Desk) -> None:
    desk.change("test-za", "safe_word", 'alerts = ["ops@example.org", "phone 10111"]\nsafe_word')
    done = desk.imbizo("check", str(desk.folder / "cities" / "test-za"))
    assert done.code == 1
    assert "alerts[1]: 'phone 10111'" in done.said
