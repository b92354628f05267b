"""Templates made with Twilio's own client, against a Content API that keeps them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import pytest

from channels.base import Fault, Kind, SendError, Templated, TemplateState
from channels.client import Client
from channels.twilio import Sms, WhatsApp
from channels.twilio.drafts import LANGUAGES
from tests.channels.content_fake import ContentServer
from tests.channels.samples import TWILIO, WHATSAPP, config
from tests.dialogue.samples import LOCALES

WORDS = {
    code: {
        name: locale.say(name, responsible="{responsible}")
        for name in locale.phrases
        if name.startswith("template_")
    }
    for code, locale in LOCALES.items()
}
EN_ZU = {code: WORDS[code] for code in ("en", "zu")}


@pytest.fixture
def api() -> Iterator[ContentServer]:
    with ContentServer() as server:
        yield server


def whatsapp(api: ContentServer, http: Client, **templates: object) -> WhatsApp:
    known = {**WHATSAPP, "content_base": api.url, "templates": templates}
    return WhatsApp(config("whatsapp", known), http)


def table(states: Sequence[TemplateState]) -> Mapping[str, Mapping[str, str]]:
    """The states as `[channels.templates]` writes them."""
    made: dict[str, dict[str, str]] = {}
    for state in states:
        made.setdefault(state.purpose, {})[state.language] = state.sid
    return made


def test_only_whatsapp_needs_templates(api: ContentServer, http: Client) -> None:
    assert isinstance(whatsapp(api, http), Templated)
    assert not isinstance(Sms(config("sms", TWILIO), http), Templated)


async def test_all_that_are_missing_are_made(api: ContentServer, http: Client) -> None:
    states = await whatsapp(api, http).make_templates(EN_ZU)
    made = table(states)
    assert set(made) == {
        *(f"quick_reply_{n}" for n in (1, 2, 3)),
        *(f"list_{n}" for n in range(4, 11)),
        *("reply", "reminder", "invitation"),
    }
    assert set(made["quick_reply_3"]) == {"any"}
    assert set(made["list_10"]) == set(made["reply"]) == {"en", "zu"}
    assert len(api.contents) == 3 + 7 * 2 + 3 * 2
    assert whatsapp(api, http, **made).carries.buttons == 10
    approvals = {state.purpose: state.approval for state in states}
    assert {approvals[p] for p in ("reply", "reminder", "invitation")} == {"received"}
    assert approvals["list_4"] == approvals["quick_reply_1"] == ""


async def test_what_is_made(api: ContentServer, http: Client) -> None:
    await whatsapp(api, http).make_templates(EN_ZU)
    buttons = api.named("imbizo_quick_reply_2_")
    assert buttons["types"] == {
        "twilio/quick-reply": {
            "body": "{{1}}",
            "actions": [
                {"type": "QUICK_REPLY", "title": "{{2}}", "id": "{{3}}"},
                {"type": "QUICK_REPLY", "title": "{{4}}", "id": "{{5}}"},
            ],
        }
    }
    listed = api.named("imbizo_list_4_zu_")["types"]["twilio/list-picker"]
    assert (listed["button"], len(listed["items"])) == (WORDS["zu"]["template_choose"], 4)
    assert listed["items"][3] == {"item": "{{8}}", "id": "{{9}}"}
    reminder = api.named("imbizo_reminder_en_")
    assert reminder["language"] == "en"
    assert reminder["types"]["twilio/text"]["body"].startswith("This is {{1}}. You began")
    assert reminder["variables"] == {"1": "Demo Council"}
    asked = api.approvals[reminder["sid"]]
    assert (asked["category"], asked["name"]) == ("UTILITY", reminder["friendly_name"])


async def test_templates_keep_whatsapps_rules(api: ContentServer, http: Client) -> None:
    """In every language that ships: a body neither begins nor ends with a variable, every variable
    has a sample, a button's word fits, a name is of small letters, digits and underscores."""
    await whatsapp(api, http).make_templates(WORDS)
    for content in api.contents:
        assert re.fullmatch("[a-z0-9_]{1,64}", content["friendly_name"])
        used = set(re.findall(r"\{\{(\w+)\}\}", json.dumps(content["types"])))
        assert used == set(content["variables"])
        for of_type in content["types"].values():
            assert len(of_type.get("button", "")) <= 20
    for language, phrases in WORDS.items():
        for purpose in ("reply", "reminder", "invitation"):
            text = phrases[f"template_{purpose}"]
            assert not text.startswith("{"), (language, purpose)
            assert not text.endswith("}"), (language, purpose)
            assert re.findall(r"\{\w+\}", text) == ["{responsible}"]
            assert len(text) <= 550


async def test_again_makes_nothing_twice(api: ContentServer, http: Client) -> None:
    """Whether or not what was made has been kept in the settings."""
    channel = whatsapp(api, http)
    api.page = 3
    first = await channel.make_templates(EN_ZU)
    posts = [request for request in api.requests if request[0] == "POST"]
    assert await channel.make_templates(EN_ZU) == first
    kept = whatsapp(api, http, **table(first))
    assert sorted(map(str, await kept.make_templates(EN_ZU))) == sorted(map(str, first))
    assert [request for request in api.requests if request[0] == "POST"] == posts


async def test_those_that_are_set_stay(api: ContentServer, http: Client) -> None:
    own = "HX" + "f" * 32
    channel = whatsapp(api, http, quick_reply_2=own, list_4={"any": own}, reply={"en": own})
    made = table(await channel.make_templates(EN_ZU))
    assert made["quick_reply_2"] == made["list_4"] == {"any": own}
    assert made["reply"]["en"] == own
    assert made["reply"]["zu"] == api.named("imbizo_reply_zu_")["sid"]
    assert not any(c["friendly_name"].startswith("imbizo_list_4") for c in api.contents)


async def test_a_better_translation_is_a_new_template(api: ContentServer, http: Client) -> None:
    channel = whatsapp(api, http)
    before = table(await channel.make_templates(EN_ZU))
    better = {**EN_ZU, "zu": {**EN_ZU["zu"], "template_reply": "Lo ngu-{responsible}, sawubona."}}
    after = table(await channel.make_templates(better))
    changed = {
        (purpose, language)
        for purpose, sids in after.items()
        for language, sid in sids.items()
        if before[purpose][language] != sid
    }
    assert changed == {("reply", "zu")}


async def test_languages_whatsapp_does_not_know_are_served_by_the_citys_first(
    api: ContentServer, http: Client
) -> None:
    assert not {"xh", "st", "tn"} & LANGUAGES
    words = {code: WORDS[code] for code in ("xh", "zu", "en")}
    made = table(await whatsapp(api, http).make_templates(words))
    assert set(made["reply"]) == {"zu", "en", "any"}
    assert made["reply"]["any"] == made["reply"]["zu"]
    assert set(made["list_4"]) == {"xh", "zu", "en"}


async def test_states(api: ContentServer, http: Client) -> None:
    made = table(await whatsapp(api, http).make_templates(EN_ZU))
    api.decide("imbizo_reply_en", "approved")
    api.decide("imbizo_reply_zu", "rejected", "TAG_CONTENT_MISMATCH")
    gone = "HX" + "f" * 32
    channel = whatsapp(api, http, **{**made, "reminder": {"en": gone}, "invitation": {}})
    states = {(s.purpose, s.language): s for s in await channel.template_states()}
    assert states["reply", "en"].approval == "approved"
    zu = states["reply", "zu"]
    assert (zu.approval, zu.reason) == ("rejected", "TAG_CONTENT_MISMATCH")
    assert states["reminder", "en"].approval == "not found"
    assert states["list_5", "zu"].approval == ""
    assert "invitation" not in {purpose for purpose, _ in states}


async def test_one_made_by_hand_is_submitted_under_a_name_that_can_be(
    api: ContentServer, http: Client
) -> None:
    text = {"twilio/text": {"body": "This is {{1}}. Write."}}
    _, by_hand = api.answer(
        "POST", "/v1/Content", {"friendly_name": "Our Reply-1", "language": "en", "types": text}
    )
    assert isinstance(by_hand, dict)
    await whatsapp(api, http, reply=by_hand["sid"]).make_templates(EN_ZU)
    assert api.approvals[by_hand["sid"]]["name"] == "our_reply_1"


async def test_an_approval_refused_at_once_holds_nobody_up(
    api: ContentServer, http: Client
) -> None:
    api.refused = {"en"}
    states = await whatsapp(api, http).make_templates(EN_ZU)
    told = {(s.purpose, s.language): (s.approval, s.reason) for s in states}
    assert told["reply", "en"] == ("unsubmitted", "not taken for approval (20001)")
    assert told["reply", "zu"] == ("received", "")


FAILING = [
    ((401, {"code": 20003, "status": 401}), Fault(Kind.CONFIG, "20003", whole=True)),
    ((503, {"code": 20503, "status": 503}), Fault(Kind.UNKNOWN, "20503", whole=True)),
    ((200, {"contents": 5, "meta": {"key": "contents"}}), Fault(Kind.UNKNOWN, "TypeError")),
]


@pytest.mark.parametrize(("failing", "fault"), FAILING)
async def test_what_cannot_be_had(
    failing: tuple[int, Mapping[str, object]],
    fault: Fault,
    api: ContentServer,
    http: Client,
) -> None:
    api.failing = failing
    for asked in (whatsapp(api, http).make_templates(EN_ZU), whatsapp(api, http).template_states()):
        with pytest.raises(SendError) as failed:
            await asked
        assert failed.value.fault == fault
    assert api.contents == []
