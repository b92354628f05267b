"""What Twilio's error codes mean in a delivery report."""

from datetime import timedelta

import pytest

from channels.base import Fault, Kind, Status, StatusUpdate
from channels.client import Client
from channels.twilio import ERRORS, Sms
from channels.twilio.errors import meaning
from tests.channels.samples import TWILIO, config, report, twilio_request

SMS = Sms(config("sms", TWILIO), Client())


def reported(code: str) -> Fault | None:
    failed = report(MessageStatus="undelivered", ErrorCode=code)
    (event,) = SMS.parse(twilio_request(failed)).events
    assert isinstance(event, StatusUpdate)
    assert event.status is Status.UNDELIVERED
    return event.fault


@pytest.mark.parametrize("code", ERRORS)
def test_reported_errors_are_those_of_the_table(code: int) -> None:
    assert reported(str(code)) == ERRORS[code]
    assert ERRORS[code].code == str(code)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("30000", Fault(Kind.RETRY, "30000", tries=1)),
        ("63999", Fault(Kind.RETRY, "63999", tries=1)),
        ("92001", Fault(Kind.CONFIG, "92001")),
        ("12345", Fault(Kind.RETRY, "12345", tries=1)),
        ("", Fault(Kind.RETRY, tries=1)),
        ("9" * 5000, Fault(Kind.RETRY, tries=1)),
    ],
)
def test_reported_errors_beyond_the_table(code: str, fault: Fault) -> None:
    assert reported(code) == fault


# The table as documented, read by a person: what each code means, each code once.
DOCUMENTED: dict[Kind, str] = {
    Kind.CONFIG: (
        "20003 20005 20006 10001 20404 20008 20001 21603 21604 21609 21619 21602 14103 21212 21606"
        " 21601 21607 21657 21659 21660 21661 63007 14108 21408 21608 21219 63015 21654 21655 21656"
        " 63027 63028 63030 21701 21702 21703 21704 21705 30002 30018 30024 30032 30033 30034 30035"
        " 63001 63008 63020 63051 63062 63031 63040 63041 63042"
    ),
    Kind.THROTTLE: "20429 21611 30001 14107 30022 30023 30027 30450 63017 63018 63038",
    Kind.UNKNOWN: "20500 20503 30410",
    Kind.IGNORE: "20409 30409",
    Kind.DEAD: "21211 21214 21217 21401 21614 21612 30005 30006 63003 63024",
    Kind.OPT_OUT: "21610 63014 63033",
    Kind.CONTENT: (
        "21617 21658 21605 21620 21623 11751 30019 63034 30007 30010 30011 63005 63006 63011 63013"
        " 63021 63026 63032"
    ),
    Kind.WINDOW: "63016",
    Kind.RETRY: "30003 30004 30008 30017 63009 63010 63012 63037 30036 63019 63049",
}
KINDS = [(int(code), kind) for kind, codes in DOCUMENTED.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "kind"), KINDS)
def test_a_code_means_what_is_documented(code: int, kind: Kind) -> None:
    assert ERRORS[code].kind is kind


def test_no_code_is_there_that_is_not_documented() -> None:
    assert sorted(ERRORS) == sorted(code for code, _ in KINDS)


WHOLE = (
    "10001 20003 20005 20006 20008 20404 30002 14108 21212 21601 21606 21607 21657 21659 21660"
    " 21661 63007 21701 21702 21703 21704 21705 30018 30024 30032 30033 30034 30035 63001 63008"
    " 63020 63051 63062 20429 21611 30001 63017 63018 63038 20500 20503"
)


def test_what_is_about_the_channel_and_not_the_message() -> None:
    assert {code for code, fault in ERRORS.items() if fault.whole} == set(map(int, WHOLE.split()))


def test_pauses_and_what_follows_the_last_try() -> None:
    day = timedelta(days=1)
    assert ERRORS[30003] == Fault(Kind.RETRY, "30003", tries=2, wait=day / 2, then=Kind.DEAD)
    assert ERRORS[30004] == Fault(Kind.RETRY, "30004", tries=1, wait=day / 2, then=Kind.OPT_OUT)
    assert {code for code, fault in ERRORS.items() if fault.then} == {30003, 30004}
    assert {c for c, f in ERRORS.items() if f.tries == 1} == {30004, 30008, 30036, 63019, 63049}
    assert ERRORS[14107].wait == timedelta(seconds=30)
    assert ERRORS[30450].wait == timedelta(minutes=30)
    for code in (30023, 30027, 63038, 63049):
        assert ERRORS[code].wait == day
    assert meaning(20429) == Fault(Kind.THROTTLE, "20429", whole=True)
    assert meaning(404) is None
