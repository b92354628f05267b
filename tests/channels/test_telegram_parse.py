"""What Telegram posts: beyond the recorded payloads of the contract test."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from channels.base import Media, Parsed, Received, WebhookError
from channels.client import Client
from channels.telegram import Telegram
from tests.channels.samples import config
from tests.channels.telegram_samples import (
    CHAT,
    SECRET,
    SENDER,
    TELEGRAM,
    membership,
    message,
    tap,
    telegram_request,
)

HTTP = Client()


def telegram(**settings: object) -> Telegram:
    return Telegram(config("telegram", {**TELEGRAM, **settings}), HTTP)


def parse(update: object) -> Parsed:
    return telegram().parse(telegram_request(update))


def received(**fields: object) -> Received:
    (event,) = parse(message(**fields)).events
    assert isinstance(event, Received)
    return event


# --- whom we believe -----------------------------------------------------------------------------
@pytest.mark.parametrize("secret", ["", "another", SECRET + "x", SECRET[:-1], "é", "\ud800"])
def test_another_secret_is_forged(secret: str) -> None:
    with pytest.raises(WebhookError) as refused:
        telegram().parse(telegram_request(message(text="Hi"), secret))
    assert refused.value.status == 403


def test_no_secret_is_forged() -> None:
    request = replace(telegram_request(message(text="Hi")), headers={})
    with pytest.raises(WebhookError) as refused:
        telegram().parse(request)
    assert refused.value.status == 403


@pytest.mark.parametrize("setting", ["", None, 5, [SECRET]])
def test_without_a_secret_of_ours_nobody_is_believed(setting: object) -> None:
    off = telegram(webhook_secret=setting)
    assert off.missing() == ("webhook_secret",)
    for secret in ("", SECRET):
        with pytest.raises(WebhookError) as refused:
            off.parse(telegram_request(message(text="Hi"), secret))
        assert refused.value.status == 403


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, ()),
        ({"bot_token": ""}, ("bot_token",)),
        ({"bot_token": None, "webhook_secret": ""}, ("bot_token", "webhook_secret")),
    ],
)
def test_missing(settings: Mapping[str, object], missing: tuple[str, ...]) -> None:
    assert telegram(**settings).missing() == missing


# --- what is read --------------------------------------------------------------------------------
def test_the_answer_is_empty() -> None:
    answer = parse(message(text="Hi")).answer
    assert (answer.status, answer.body) == (200, "")


COMMANDS = [
    ("/start", "start", "START"),
    ("/Start", "start", "START"),
    ("/start@imbizo_example_bot", "start", "START"),
    ("/start ward_12-x", "ward_12-x", "START"),
    ("/start\nPULSE\n", "PULSE", "START"),
    ("/start link_AB12", "LINK AB12", None),
    ("/start LINK-ab12", "LINK ab12", None),
    ("/start link", "link", "START"),
    ("/start linked", "linked", "START"),
    ("/stop", "stop", "STOP"),
    ("/stop please", "stop please", "STOP"),
    ("/help", "help", "HELP"),
    ("/language", "language", None),
    ("/delete_me", "delete me", None),
    ("/status AB12", "status AB12", None),
    ("/stopping", "stopping", None),
    ("stop", "stop", None),
    ("please /stop", "please /stop", None),
    ("/ 5", "/ 5", None),
    ("1/2", "1/2", None),
    ("//", "//", None),
    ("/one/two", "/one/two", None),
]


@pytest.mark.parametrize(("said", "text", "command"), COMMANDS)
def test_commands(said: str, text: str, command: str | None) -> None:
    read = received(text=said)
    assert (read.text, read.command, read.answered) == (text, command, frozenset())


def test_a_long_text_is_cut_at_the_border() -> None:
    assert len(received(text="9" * 5000).text) == 4000


def test_control_characters_are_dropped() -> None:
    assert received(text="a\x00b\r\nc\td\ud800").text == "ab\nc\td"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zu", "zu"),
        ("pt-BR", "pt"),
        ("ZH-hans", "zh"),
        ("nso", "nso"),
        ("", None),
        ("x-klingon", None),
    ],
)
def test_language(tag: str, language: str | None) -> None:
    assert received(text="Hi", sender={**SENDER, "language_code": tag}).language == language


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (-26.2, 28, (-26.2, 28.0)),
        (90, -180, (90.0, -180.0)),
        (90.1, 0, None),
        (0, 180.1, None),
        (float("inf"), 0, None),
        (float("nan"), float("nan"), None),
    ],
)
def test_location(latitude: float, longitude: float, place: tuple[float, float] | None) -> None:
    read = received(text="here", location={"latitude": latitude, "longitude": longitude})
    assert read.location == place


@pytest.mark.parametrize(
    ("number", "aliases"),
    [
        ("+27600000001", ("tel:+27600000001",)),
        ("27 60 000 0001", ("tel:+27600000001",)),
        ("0600000001", ()),
        ("112", ()),
        ("", ()),
    ],
)
def test_the_own_number(number: str, aliases: tuple[str, ...]) -> None:
    own = {"phone_number": number, "first_name": "R", "user_id": SENDER["id"]}
    assert received(text="mine", contact=own).aliases == aliases


def test_every_tap_is_acknowledged() -> None:
    assert parse(tap("1|consent")).acknowledge == ("4001",)
    shown = {"message_id": 4, "chat": GROUP, "date": 0}
    for odd in (tap("1|consent", message=shown), tap(None), tap("1|consent", message=None)):
        parsed = parse(odd)
        assert (parsed.events, parsed.acknowledge) == ((), ("4001",))
    assert parse(message(text="Hi")).acknowledge == ()


def test_a_tap_never_holds_control_characters() -> None:
    (event,) = parse(tap("1\x00|\ud800tag")).events
    assert isinstance(event, Received)
    assert (event.choice, event.question) == ("1", "tag")


GROUP = {"id": -100, "type": "group", "title": "Ward 12"}
CHANNEL = {"id": -1001, "type": "channel", "title": "Ward 12"}


@pytest.mark.parametrize("chat", [GROUP, CHANNEL])
@pytest.mark.parametrize("status", ["member", "administrator"])
def test_a_group_to_which_the_bot_is_added_is_to_be_left(
    chat: Mapping[str, object], status: str
) -> None:
    rights = ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages")
    more = ("can_manage_video_chats", "can_restrict_members", "can_promote_members")
    last = ("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories")
    flags = dict.fromkeys((*rights, *more, *last, "can_delete_stories"), False)
    bot = {"id": 10001, "is_bot": True, "first_name": "Imbizo"}
    new = {"user": bot, "status": status} | (flags if status == "administrator" else {})
    parsed = parse(membership(status, chat=chat, new_chat_member=new))
    assert (parsed.events, parsed.acknowledge) == ((), (f"leave:{chat['id']}",))


@pytest.mark.parametrize("status", ["left", "kicked"])
def test_a_group_that_is_left_is_left_alone(status: str) -> None:
    parsed = parse(membership(status, chat=GROUP))
    assert (parsed.events, parsed.acknowledge, parsed.poison) == ((), (), None)


def test_what_is_said_in_a_group_is_passed_over() -> None:
    for said in ("Hi", "/start", "/stop"):
        assert parse(message(text=said, chat=GROUP)) == parse(message(chat=GROUP))
        assert parse(edited(text=said, chat=GROUP)).events == ()


def edited(**fields: object) -> dict[str, object]:
    """An update with a changed message."""
    return {"update_id": 9000004, "edited_message": message(**fields)["message"]}


def test_a_changed_message_is_told_as_such_and_by_its_text_alone() -> None:
    (event,) = parse(edited(text="/stop", location={"latitude": 1, "longitude": 2})).events
    assert event == Received("9000004", received(text="x").urn, "stop", language="en", edited=True)
    assert parse(edited(location={"latitude": 1, "longitude": 2})).events == ()


def test_of_a_photo_the_largest_size_is_told() -> None:
    sizes = [
        {"file_id": f"f{side}", "file_unique_id": f"u{side}", "width": side, "height": side}
        for side in (90, 1280, 320)
    ]
    assert received(photo=sizes).media == (Media("f1280", "image/jpeg"),)


def test_a_quoted_message_is_told_by_the_id_that_sending_gave() -> None:
    quoted = {"message_id": 41, "chat": CHAT, "date": 0, "text": "How safe?"}
    assert received(text="2", reply_to_message=quoted).in_reply_to == "41"
    assert received(text="2").in_reply_to is None


def test_unblocking_brings_nobody_back_who_did_not_ask() -> None:
    parsed = parse(membership("member"))
    assert (parsed.events, parsed.poison, parsed.answer.status) == ((), None, 200)


def test_blocking_is_a_stop_that_is_not_answered() -> None:
    (event,) = parse(membership("kicked")).events
    assert isinstance(event, Received)
    assert (event.command, event.answered, event.text) == ("STOP", frozenset({"STOP"}), "")
    for status in ("member", "left", "a status that is new"):
        assert parse(membership(status)).events == ()


# --- what cannot be read -------------------------------------------------------------------------
BIG = int("9" * 20)
UNREADABLE: list[object] = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"[" * 50_000,
    b'{"update_id": ' + b"9" * 5000 + b"}",
    [],
    "update",
    None,
    {},
    {"message": message(text="Hi")["message"]},
    {**message(text="Hi"), "update_id": "9000001"},
    {**message(text="Hi"), "update_id": True},
    {**message(text="Hi"), "update_id": BIG},
    {"update_id": 1, "message": "Hi"},
    message(text=5),
    message(text=["Hi"]),
    message(text="Hi", date="today"),
    message(text="Hi", date=10**18),
    message(text="Hi", chat={**CHAT, "id": "7000001"}),
    message(text="Hi", chat={**CHAT, "id": -5}),
    message(text="Hi", chat={"id": 7000001}),
    message(text="Hi", sender={**SENDER, "language_code": 5}),
    message(location={"latitude": "north", "longitude": 5}),
    tap(5),
    tap("1|consent", id=5),
    {"update_id": 1, "callback_query": {"id": "1"}},
    {"update_id": 1, "my_chat_member": {"chat": CHAT}},
    membership("member", chat={"id": "-100", "type": "group"}),
    message(text="2", reply_to_message={"message_id": "41", "chat": CHAT, "date": 0}),
    message(photo=[{"file_id": "f", "file_unique_id": "u"}]),
    {"update_id": 1, "edited_message": {"text": "Hi"}},
]


@pytest.mark.parametrize("update", UNREADABLE)
def test_what_cannot_be_read_is_poison(update: object) -> None:
    request = telegram_request(update)
    parsed = telegram().parse(request)
    assert (parsed.events, parsed.answer.status, parsed.acknowledge) == ((), 200, ())
    assert parsed.poison == request.body


@pytest.mark.parametrize("update", [message(text="Hi"), message(), membership("member")])
def test_what_is_read_is_no_poison(update: object) -> None:
    assert parse(update).poison is None
