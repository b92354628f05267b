"""The tables, one class each. Rows never leave the store and the read side.

Personal data (an address, a message, a resident's own words) is only ever in columns of the type
`Sealed`, and looked up by the columns called `hash` (see `backend.privacy`).
"""

from sqlmodel import SQLModel

from backend.models.answers import Answer, Session
from backend.models.cities import Area, City, SurveyVersion
from backend.models.contacts import Consent, ConsentWording, Contact, OptOut, Urn
from backend.models.messages import Body, ChannelRate, DeliveryReport, Outbound, Receipt
from backend.models.records import ApiKey, Audit, Counter, PurgeLog

metadata = SQLModel.metadata

__all__ = [
    "Answer",
    "ApiKey",
    "Area",
    "Audit",
    "Body",
    "ChannelRate",
    "City",
    "Consent",
    "ConsentWording",
    "Contact",
    "Counter",
    "DeliveryReport",
    "OptOut",
    "Outbound",
    "PurgeLog",
    "Receipt",
    "Session",
    "SurveyVersion",
    "Urn",
    "metadata",
]
