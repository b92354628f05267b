"""The content templates kept at Twilio: which there are, and making new ones.

Source: Twilio's pages on the Content API, read in November 2026.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from channels.base import Fault, Kind, SendError
from channels.twilio.drafts import Draft
from channels.twilio.transport import named_faults

_PAGE = 500
_CATEGORY = "UTILITY"
_NOT_FOUND = ("20404", "404")


@dataclass(frozen=True, slots=True)
class Content:
    """A template at Twilio. `approval` and `reason` are WhatsApp's word on it."""

    sid: str
    name: str
    approval: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The templates of one account."""

    client: Client

    async def listed(self) -> Sequence[Content]:
        """All there are, with their approvals. Raises SendError."""
        with named_faults():
            contents = self.client.content.v1.content_and_approvals
            return [_content(record) async for record in await contents.stream_async(None, _PAGE)]

    async def make(self, draft: Draft) -> Content:
        """Makes one; it is not submitted for approval. Raises SendError."""
        wanted = {
            "friendly_name": draft.name,
            "language": draft.language,
            "variables": dict(draft.samples),
            "types": ContentList.Types(dict(draft.types)),
        }
        with named_faults():
            made = await self.client.content.v1.contents.create_async(
                ContentList.ContentCreateRequest(wanted)
            )
        if not isinstance(made.sid, str):
            raise SendError(Fault(Kind.UNKNOWN, "no sid"))
        return Content(made.sid, draft.name, "unsubmitted", "")

    async def submit(self, content: Content) -> Content:
        """Asks WhatsApp to approve it; as it stands then. WhatsApp takes only small letters, digits
        and underscores for a name, and somebody may have made it by hand. Raises SendError."""
        name = re.sub("[^a-z0-9_]", "_", content.name.lower())
        request = {"name": name, "category": _CATEGORY}
        with named_faults():
            asked = await self.client.content.v1.contents(content.sid).approval_create.create_async(
                ApprovalCreateList.ContentApprovalRequest(request)
            )
        return Content(content.sid, content.name, asked.status or "", asked.rejection_reason or "")

    async def body(self, sid: str) -> str:
        """The text of one, its variables as {{1}}; "" where it is not there (any more), so that
        nothing can have gone by it. Raises SendError."""
        try:
            with named_faults():
                content = await self.client.content.v1.contents(sid).fetch_async()
                bodies = [of_type.get("body") for of_type in (content.types or {}).values()]
        except SendError as error:
            if error.fault.code in _NOT_FOUND:
                return ""
            raise
        return next((body for body in bodies if isinstance(body, str)), "")


def _content(record: Any) -> Content:
    approval = record.approval_requests or {}
    status, reason = approval.get("status"), approval.get("rejection_reason")
    return Content(record.sid, record.friendly_name or "", status or "", reason or "")
