"""Sending to WhatsApp: texts, and choices by templates."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from channels.base import Carries, Fault, Kind, Purpose, SendError, Sending, Sent
from channels.client import Client
from channels.rendering import render
from channels.twilio import ERRORS, WhatsApp
from channels.twilio.whatsapp import literal
from dialogue.messages import Choice, Message
from tests.channels.faults import PATIENT, Answer, FaultServer
from tests.channels.samples import RESIDENT, SENDER, TOKEN, WHATSAPP, WHATSAPP_URL, config

SID = "SM" + "3" * 32
URN = f"whatsapp:{RESIDENT}"
TAKEN = Answer(201, {"sid": SID, "status": "queued", "date_created": None})
CHOICES = (Choice("1", "Yes"), Choice("2", "No"), Choice("9", "Don't know"))
ASKED = Sending(URN, "Safe?", CHOICES, "q")


def hx(digit: int) -> str:
    return "HX" + str(digit) * 32


def templates(*counts: int) -> dict[str, object]:
    return {f"{'quick_reply' if n < 4 else 'list'}_{n}": hx(n % 10) for n in counts}


def whatsapp(api_base: str, http: Client, **settings: object) -> WhatsApp:
    known = {**WHATSAPP, "api_base": api_base, "timeout": PATIENT, **settings}
    return WhatsApp(config("whatsapp", known), http)


async def posted(
    provider: FaultServer, http: Client, sending: Sending, **settings: object
) -> Mapping[str, str]:
    provider.answers = [TAKEN]
    assert await whatsapp(provider.url, http, **settings).send(sending) == Sent(SID)
    return provider.requests[-1].form


# --- texts ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("sender", [SENDER, f"whatsapp:{SENDER}"])
@pytest.mark.parametrize("urn", [URN, "whatsapp:ZA.1A2B3C"])
async def test_send(sender: str, urn: str, provider: FaultServer, http: Client) -> None:
    assert await posted(provider, http, Sending(urn, "Kunjani? 😀"), sender=sender) == {
        "To": urn,
        "From": f"whatsapp:{SENDER}",
        "Body": "Kunjani? 😀",
        "StatusCallback": f"{WHATSAPP_URL}/status",
    }


async def test_a_messaging_service_goes_before_a_sender(
    provider: FaultServer, http: Client
) -> None:
    form = await posted(provider, http, Sending(URN, "Hi"), messaging_service="MG1")
    assert (form["MessagingServiceSid"], "From" in form) == ("MG1", False)


@pytest.mark.parametrize(
    "urn", ["try:anna", f"tel:{RESIDENT}", RESIDENT, "whatsapp:", "telegram:5"]
)
async def test_only_whatsapp_addresses_reach_the_provider(
    urn: str, provider: FaultServer, http: Client
) -> None:
    with pytest.raises(SendError) as failed:
        await whatsapp(provider.url, http).send(Sending(urn, "Hi"))
    assert failed.value.fault.kind is Kind.DEAD
    assert provider.requests == []


@pytest.mark.parametrize("code", [63016, 63033, 21655, 63018, 20429])
async def test_faults_are_those_of_the_table(
    code: int, provider: FaultServer, http: Client
) -> None:
    provider.answers = [Answer(400, {"code": code, "message": f"to {RESIDENT}", "status": 400})]
    with pytest.raises(SendError) as failed:
        await whatsapp(provider.url, http).send(Sending(URN, "Hi"))
    assert failed.value.fault == ERRORS[code]


HAIR = "\u200a"
LITERAL = [
    ("plain, 2 * 3 * 4 = 24, a_b_c", None),
    ("https://example.org/a_b_c/_d", None),
    ("*120*321#", None),
    ("~5 km", None),
    ("*bold*", f"*{HAIR}bold*"),
    ("a _very_ *big* ~mess~.", f"a _{HAIR}very_ *{HAIR}big* ~{HAIR}mess~."),
    ("*two\nlines*", None),
    ("*_both_*", f"*{HAIR}_{HAIR}both_*"),
    ("it`s ```code```", "it's '''code'''"),
    ("gap     here\n\n\n\n\n\nand there", "gap    here\n\n\n\nand there"),
]


@pytest.mark.parametrize(("text", "shown"), LITERAL)
def test_formatting_is_not_taken_from_a_text(text: str, shown: str | None) -> None:
    assert literal(text, 1600) == (text if shown is None else shown)
    assert literal(literal(text, 1600), 1600) == literal(text, 1600)


def test_a_text_stays_as_short_as_it_was() -> None:
    assert literal("*a*" + "x" * 1597, 1600) == "*a*" + "x" * 1597


# --- choices -------------------------------------------------------------------------------------
async def test_choices_are_shown_by_a_template(provider: FaultServer, http: Client) -> None:
    form = await posted(provider, http, ASKED, templates=templates(2, 3))
    assert form["ContentSid"] == hx(3)
    assert "Body" not in form
    assert json.loads(form["ContentVariables"]) == {
        "1": "Safe?",
        "2": "Yes",
        "3": "1|q",
        "4": "No",
        "5": "2|q",
        "6": "Don't know",
        "7": "9|q",
    }


async def test_more_choices_are_a_list(provider: FaultServer, http: Client) -> None:
    ten = tuple(Choice(str(n), f"Ward {n}") for n in range(1, 11))
    form = await posted(provider, http, Sending(URN, "*Where*?", ten), templates=templates(10))
    variables = json.loads(form["ContentVariables"])
    assert (form["ContentSid"], len(variables)) == (hx(0), 21)
    assert (variables["1"], variables["20"], variables["21"]) == (
        f"*{HAIR}Where*?",
        "Ward 10",
        "10|",
    )


@pytest.mark.parametrize(
    ("language", "sids", "sid"),
    [
        (None, {"en": hx(1), "any": hx(2)}, hx(2)),
        ("en", {"en": hx(1), "any": hx(2)}, hx(1)),
        ("zu", {"en": hx(1), "any": hx(2)}, hx(2)),
        ("zu", {"en": hx(1), "es": hx(2)}, hx(1)),
        (None, {"es": hx(3)}, hx(3)),
        ("es", hx(4), hx(4)),
    ],
)
async def test_the_language_of_a_template(
    language: str | None, sids: object, sid: str, provider: FaultServer, http: Client
) -> None:
    sending = Sending(URN, "Safe?", CHOICES, "q", language)
    form = await posted(provider, http, sending, templates={"list_3": sids})
    assert form["ContentSid"] == sid


NUMBERED = [
    (ASKED, {}),
    (ASKED, templates(2)),
    (ASKED, {"quick_reply_3": "no SID", "list_3": {"en": 5}}),
    (Sending(URN, "Safe?", CHOICES, "has a space"), templates(3)),
    (Sending(URN, "Safe?", CHOICES, "q" * 200), templates(3)),
    (Sending(URN, "Safe?", (*CHOICES[:2], Choice("2", "Both"))), templates(3)),
    (Sending(URN, "Safe?", (Choice("1", "x" * 21),)), templates(1)),
    (Sending(URN, "x" * 1025, CHOICES), templates(3)),
]


@pytest.mark.parametrize(("sending", "known"), NUMBERED)
async def test_choices_without_a_template_are_numbered_lines(
    sending: Sending, known: object, provider: FaultServer, http: Client
) -> None:
    form = await posted(provider, http, sending, templates=known)
    lines = [f"{choice.number} {choice.label}" for choice in sending.choices]
    assert form["Body"].split("\n") == [sending.text, *lines]
    assert "ContentSid" not in form


@pytest.mark.parametrize(
    ("counts", "buttons"),
    [((), 0), ((1,), 1), ((2,), 2), ((2, 3), 3), ((2, 4), 2), ((4, 5), 0), (range(2, 11), 10)],
)
def test_it_carries_what_its_templates_show(
    counts: tuple[int, ...], buttons: int, http: Client
) -> None:
    carries = whatsapp("", http, templates=templates(*counts)).carries
    assert carries == Carries(
        buttons, 20, 1024 if buttons else 1600, segments=False, window=timedelta(hours=24)
    )
    for count in range(1, 12):
        choices = tuple(Choice(str(n), f"Ward {n}") for n in range(count))
        (part,) = render(Message("Where?", choices), carries)
        assert part.choices == (choices if count <= buttons else ())


# --- the window ----------------------------------------------------------------------------------
LATE = Sending(URN, "Safe?", CHOICES, "q", "en", Purpose.REMINDER, in_window=False)
APPROVED = {"reminder": {"en": hx(1), "zu": hx(2)}, "reply": hx(3), "invitation": {"any": hx(4)}}


@pytest.mark.parametrize(
    ("purpose", "language", "sid"),
    [
        (Purpose.REMINDER, "en", hx(1)),
        (Purpose.REMINDER, "zu", hx(2)),
        (Purpose.REMINDER, None, hx(1)),
        (Purpose.REPLY, "zu", hx(3)),
        (Purpose.INVITATION, "af", hx(4)),
    ],
)
async def test_after_the_window_only_an_approved_template_goes(
    purpose: Purpose,
    language: str | None,
    sid: str,
    provider: FaultServer,
    http: Client,
) -> None:
    late = replace(LATE, purpose=purpose, language=language)
    known = {**templates(3), **APPROVED}
    assert await posted(provider, http, late, templates=known) == {
        "To": URN,
        "From": f"whatsapp:{SENDER}",
        "ContentSid": sid,
        "ContentVariables": '{"1": "Demo Council"}',
        "StatusCallback": f"{WHATSAPP_URL}/status",
    }


@pytest.mark.parametrize("late", [replace(LATE, language="xh"), replace(LATE, choices=())])
@pytest.mark.parametrize("known", [{}, templates(3), {"reminder": {"af": hx(1)}}])
async def test_without_one_nothing_goes(
    late: Sending, known: object, provider: FaultServer, http: Client
) -> None:
    with pytest.raises(SendError) as failed:
        await whatsapp(provider.url, http, templates=known).send(late)
    assert failed.value.fault == Fault(Kind.WINDOW, "no template")
    assert provider.requests == []


async def test_within_the_window_no_approved_template_is_used(
    provider: FaultServer, http: Client
) -> None:
    form = await posted(provider, http, replace(LATE, in_window=True), templates=APPROVED)
    assert form["Body"].startswith("Safe?")


@pytest.mark.parametrize("in_window", [True, False])
@pytest.mark.parametrize("shown", ["This is Demo Council. Write.", "Safe?\n1 Yes"])
async def test_find_after_the_window(
    in_window: bool, shown: str, provider: FaultServer, http: Client
) -> None:
    """The window may close or open between sending and looking."""
    late = replace(LATE, in_window=in_window, choices=CHOICES[:1])
    template = {"sid": hx(1), "types": {"twilio/text": {"body": "This is {{1}}. Write."}}}
    record = {"sid": SID, "from": f"whatsapp:{SENDER}", "body": shown, "status": "sent"}
    provider.answers = [
        Answer(200, template),
        Answer(200, {"messages": [record], "next_page_uri": None}),
    ]
    channel = whatsapp(provider.url, http, templates=APPROVED, content_base=provider.url)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert await channel.find(late, noon) == Sent(SID)
    assert provider.requests[0].target == f"/v1/Content/{hx(1)}"


# --- what is looked up ---------------------------------------------------------------------------
@pytest.mark.parametrize("known", [{}, templates(3)])
async def test_find(known: object, provider: FaultServer, http: Client) -> None:
    body = "Safe?" if known else "Safe?\n1 Yes\n2 No\n9 Don't know"
    record = {"sid": SID, "from": f"whatsapp:{SENDER}", "body": body, "status": "sent"}
    listed = {"messages": [record], "next_page_uri": None}
    provider.answers = [Answer(200, listed)]
    channel = whatsapp(provider.url, http, templates=known)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert await channel.find(ASKED, noon) == Sent(SID)
    assert httpx.URL(provider.requests[0].target).params["To"] == URN
    assert await channel.find(Sending(URN, "Another"), noon) is None


# --- settings ------------------------------------------------------------------------------------
def test_missing(http: Client) -> None:
    assert whatsapp("", http).missing() == ()
    assert whatsapp("", http, sender="").missing() == ("sender or messaging_service",)


async def test_what_is_left_to_do_by_hand(http: Client) -> None:
    some = {"quick_reply_2": {"en": hx(1), "es": hx(2)}, "list_3": hx(3)}
    words = {"en": {"stopped": "You are out.", "welcome_back": "Hello.", "help": "Call 10111."}}
    told = await whatsapp("", http, templates=some).setup(words)
    lines = [line.strip() for line in told.split("\n")]
    assert f"{WHATSAPP_URL}#rc=5&rp=5xx,ct,rt" in lines
    assert f"{WHATSAPP_URL}/status#rc=5&rp=5xx,ct,rt" in lines
    assert "STOP: You are out." in lines
    assert "quick_reply_2 (en, es)" in lines
    heading = lines.index("when 24 hours have passed since a resident wrote):")
    wanted = [*(f"list_{n}" for n in range(4, 11)), "reply", "reminder", "invitation"]
    assert lines[heading + 1 :] == [
        *wanted,
        "Make them with: imbizo channels templates example-za --make",
    ]
    assert TOKEN not in told


async def test_nothing_is_missing_with_all_templates(http: Client) -> None:
    approved = {purpose.value: hx(5) for purpose in Purpose}
    known = {**templates(*range(2, 11)), **approved}
    told = await whatsapp("", http, templates=known).setup({})
    assert "Missing" not in told
    assert "(none)" in await whatsapp("", http, templates="wrong").setup({})
