"""The tables, one class each. Rows never leave the store and the read side.

Personal data (an address, a message, a resident's own words) is only ever in columns of the type
`Sealed`, and looked up by the columns called `hash` (see `backend.privacy`).
"""

from sqlmodel import SQLModel

from backend.models.answers import Answer, Session
from backend.models.broadcasts import (
    Broadcast,
    BroadcastState,
    ContactGroup,
    Recipient,
    SavedAudience,
)
from backend.models.charts import Chart, ChartState
from backend.models.cities import Area, City, SurveyVersion
from backend.models.coding import Label, SchemeUse, SchemeVersion
from backend.models.contacts import (
    Consent,
    ConsentWording,
    Contact,
    LinkCode,
    OptOut,
    Urn,
    Window,
)
from backend.models.exports import ExportJob, ExportPiece, JobStatus
from backend.models.messages import (
    Body,
    ChannelRate,
    ChannelWatch,
    DeliveryReport,
    DiscardedObject,
    Media,
    Outbound,
    Receipt,
    Spend,
)
from backend.models.publications import Movement, Participation, Publication, PublishedFigure
from backend.models.records import Alert, ApiKey, Audit, Counter, Lease, PurgeLog, RiskCount

metadata = SQLModel.metadata

__all__ = [
    "Alert",
    "Answer",
    "ApiKey",
    "Area",
    "Audit",
    "Body",
    "Broadcast",
    "BroadcastState",
    "ChannelRate",
    "ChannelWatch",
    "Chart",
    "ChartState",
    "City",
    "Consent",
    "ConsentWording",
    "Contact",
    "ContactGroup",
    "Counter",
    "DeliveryReport",
    "DiscardedObject",
    "ExportJob",
    "ExportPiece",
    "JobStatus",
    "Label",
    "Lease",
    "LinkCode",
    "Media",
    "Movement",
    "OptOut",
    "Outbound",
    "Participation",
    "Publication",
    "PublishedFigure",
    "PurgeLog",
    "Receipt",
    "Recipient",
    "RiskCount",
    "SavedAudience",
    "SchemeUse",
    "SchemeVersion",
    "Session",
    "Spend",
    "SurveyVersion",
    "Urn",
    "Window",
    "metadata",
]
