"""`broadcast`: from a file or options to a broadcast, its approval and its end."""

from tests.backend.cli.conftest import Desk

ORDER = """
survey = "safety-pulse"
spread = "2h"
reminders = ["24h"]
[audience]
languages = ["en"]
"""


def key(desk: Desk, role: str, name: str) -> str:
    made = desk.well("key", "add", "--city", "test-za", "--role", role).splitlines()[0]
    return desk.write(name, made)


def test_from_a_preview_to_the_end(desk: Desk) -> None:
    file = desk.write("pulse.toml", ORDER)
    said = desk.well("broadcast", "preview", "test-za", file, "--sample", "5", "--seed", "7")
    assert "Reaches 0 of 0" in said
    assert "seed 7" in said
    assert "no broadcasts" in desk.well("broadcast", "status", "test-za")
    official = key(desk, "official", "official.key")
    again = ("broadcast", "start", "test-za", file, "--idempotency-key", "k")
    said = desk.well(*again, "--key-file", official)
    assert "Broadcast 1 of test-za is scheduled" in said
    assert desk.well(*again, "--key-file", official) == said
    assert "another broadcast" in desk.refused(*again, "--spread", "1h")
    assert "safety-pulse" in desk.well("broadcast", "status", "test-za")
    assert "Broadcast 1, survey safety-pulse: scheduled" in desk.well(
        "broadcast", "status", "test-za", "1"
    )
    assert "paused" in desk.well("broadcast", "pause", "test-za", "1")
    assert "cannot be paused" in desk.refused("broadcast", "pause", "test-za", "1")
    assert "resumed" in desk.well("broadcast", "resume", "test-za", "1")
    assert "cancelled" in desk.well("broadcast", "cancel", "test-za", "1")
    assert "cancelled" in desk.well("broadcast", "status", "test-za", "1", "--watch")


def test_approval_is_another_key_s(desk: Desk) -> None:
    file = desk.write("pulse.toml", ORDER)
    one, other = key(desk, "official", "one.key"), key(desk, "administrator", "other.key")
    desk.well("broadcast", "start", "test-za", file, "--key-file", one)
    approve = ("broadcast", "approve", "test-za", "1")
    assert "--key-file" in desk.refused(*approve)
    assert "is not who ordered" in desk.refused(*approve, "--key-file", one)
    assert "cannot be approved" in desk.refused(*approve, "--key-file", other)
    viewer = key(desk, "viewer", "viewer.key")
    assert "no good key" in desk.refused(*approve, "--key-file", viewer)


def test_every_fault_is_told(desk: Desk) -> None:
    said = desk.refused(
        "broadcast", "preview", "test-za", "--survey", "none", "--area", "W99", "--text", "en=Hi"
    )
    assert "the city offers none of that name" in said
    assert "audience.areas[0]" in said
    assert "not both" in said
    broken = desk.write("broken.toml", "survey = ")
    assert "no TOML" in desk.refused("broadcast", "preview", "test-za", broken)
    assert "language first" in desk.refused("broadcast", "preview", "test-za", "--text", "Hi")
    assert "no city" in desk.refused("broadcast", "status", "nowhere")
    for number in ("9", "x", "f" * 32):
        assert "none of the number" in desk.refused("broadcast", "status", "test-za", number)
    assert "no groups" in desk.well("broadcast", "groups", "test-za")
