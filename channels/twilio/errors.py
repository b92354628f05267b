"""What Twilio's errors mean for us: one table for answers and status reports alike.

Source: Twilio's error dictionary and its Messages documentation, read in November 2026.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

from channels.base import Fault, Kind
from channels.client import Answer

_DAY = timedelta(days=1)
_MEANINGS: tuple[tuple[Fault, str], ...] = (
    # bad credentials, account closed or suspended
    (Fault(Kind.CONFIG, whole=True), "10001 20003 20005 20006 20008 20404 30002"),
    # a request of ours that is wrong in itself
    (Fault(Kind.CONFIG), "14103 20001 21602 21603 21604 21609 21619"),
    # a sender we may not use, or that is not registered with the carriers
    (Fault(Kind.CONFIG, whole=True), "14108 21212 21601 21606 21607 21657 21659 21660 21661"),
    (Fault(Kind.CONFIG, whole=True), "63007 30018 30024 30032 30033 30034 30035"),
    # this recipient only: the sender itself, a country not enabled, not verified in a trial or
    # sandbox
    (Fault(Kind.CONFIG), "63031 21408 21219 21608 63015"),
    # the Messaging Service and the WhatsApp account
    (Fault(Kind.CONFIG, whole=True), "21701 21702 21703 21704 21705"),
    (Fault(Kind.CONFIG, whole=True), "63001 63008 63020 63051 63062"),
    # one template: what needs none, or another, still goes
    (Fault(Kind.CONFIG), "21654 21655 21656 63027 63028 63030 63040 63041 63042"),
    # no such number, a landline, no route from this sender, not on WhatsApp
    (Fault(Kind.DEAD), "21211 21214 21217 21401 21612 21614 30005 30006 63003 63024"),
    (Fault(Kind.OPT_OUT), "21610 63014 63033"),
    # too long, media, filtered, refused, too dear; 63032: a recipient in an experiment of Meta's
    (Fault(Kind.CONTENT), "21605 21617 21620 21623 21658 11751 30007 30010 30011 30019 63034"),
    (Fault(Kind.CONTENT), "63005 63006 63011 63013 63021 63026 63032"),
    (Fault(Kind.WINDOW), "63016"),
    # too fast or too much: of the account or sender, else of one carrier or country
    (Fault(Kind.THROTTLE, whole=True), "20429 63017 63018"),
    (Fault(Kind.THROTTLE, wait=timedelta(minutes=5), whole=True), "21611 30001"),
    (Fault(Kind.THROTTLE, wait=_DAY, whole=True), "63038"),
    (Fault(Kind.THROTTLE), "30022"),
    (Fault(Kind.THROTTLE, wait=timedelta(seconds=30)), "14107"),
    (Fault(Kind.THROTTLE, wait=timedelta(minutes=30)), "30450"),
    (Fault(Kind.THROTTLE, wait=_DAY), "30023 30027"),
    # trouble that passes; a phone that is off, at last for good; a block that may be one (STOP at
    # the carrier), and is one when it comes twice
    (Fault(Kind.RETRY), "30017 63009 63010 63012 63037"),
    (Fault(Kind.RETRY, tries=1), "30008 30036 63019"),
    (Fault(Kind.RETRY, tries=2, wait=_DAY / 2, then=Kind.DEAD), "30003"),
    (Fault(Kind.RETRY, tries=1, wait=_DAY / 2, then=Kind.OPT_OUT), "30004"),
    (Fault(Kind.RETRY, tries=1, wait=_DAY), "63049"),
    (Fault(Kind.UNKNOWN, whole=True), "20500 20503"),
    (Fault(Kind.UNKNOWN), "30410"),
    (Fault(Kind.IGNORE), "20409 30409"),
)
ERRORS: Mapping[int, Fault] = MappingProxyType(
    {int(code): replace(fault, code=code) for fault, codes in _MEANINGS for code in codes.split()}
)
"""What each of Twilio's error codes means for us, in an answer and in a status report alike."""


def meaning(code: int) -> Fault | None:
    """The fault of a Twilio error code; None if neither the table nor a range knows it."""
    if code in ERRORS:
        return ERRORS[code]
    if 30_000 <= code < 31_000 or 63_000 <= code < 64_000:
        return Fault(Kind.RETRY, str(code), tries=1)
    return Fault(Kind.CONFIG, str(code)) if 92_000 <= code < 93_000 else None


def refusal(answer: Answer) -> Fault:
    """The fault of an HTTP answer that did not do what we asked: by Twilio's code in it, else by
    its status. `wait` is what its `Retry-After` asks for, where it does."""
    code = answer.json_object().get("code")
    named = code if isinstance(code, int) else answer.status
    fault = meaning(named) or replace(_by_status(answer.status), code=str(named))
    return replace(fault, wait=_retry_after(answer) or fault.wait)


def _by_status(status: int) -> Fault:
    """A 2xx comes here when it could not be read, as a network's own page. An unknown 400 is taken
    to be about this message only: it fails and shows its code, and the others go on."""
    if status == 400:
        return Fault(Kind.CONTENT)
    if status == 429:
        return Fault(Kind.THROTTLE, whole=True)
    maybe_taken = 200 <= status < 300 or status == 408 or status >= 500
    return Fault(Kind.UNKNOWN if maybe_taken else Kind.CONFIG, whole=True)


def _retry_after(answer: Answer) -> timedelta | None:
    """`Retry-After` in seconds, at most a day; its other form, a date, is passed over."""
    seconds = answer.headers.get("retry-after", "")
    if not re.fullmatch("[0-9]{1,9}", seconds):
        return None
    return min(timedelta(seconds=int(seconds)), _DAY)
