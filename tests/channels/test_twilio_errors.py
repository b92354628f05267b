"""What Twilio's error codes mean in a delivery report."""

from datetime import timedelta

import httpx
import pytest

from channels.base import Fault, Kind, Status, StatusUpdate
from channels.twilio import ERRORS, Sms
from channels.twilio.errors import meaning
from tests.channels.samples import TWILIO, config, report, twilio_request

SMS = Sms(config("sms", TWILIO), httpx.AsyncClient())


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


def test_some_errors_as_the_documentation_has_them() -> None:
    assert ERRORS[21610].kind is Kind.OPT_OUT
    assert ERRORS[21614].kind is ERRORS[30006].kind is ERRORS[63024].kind is Kind.DEAD
    assert ERRORS[63016].kind is Kind.WINDOW
    assert ERRORS[30450].wait == timedelta(minutes=30)
    assert meaning(20429) == Fault(Kind.THROTTLE, "20429")
    assert meaning(404) is None
