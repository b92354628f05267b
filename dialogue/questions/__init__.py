"""The question types, one class each: it reads a reply and offers choices."""

from collections.abc import Mapping
from types import MappingProxyType

from dialogue.questions.base import Option, Question, Reading
from dialogue.questions.choice import Rank, SelectMany, SelectOne, YesNo
from dialogue.questions.date import Date
from dialogue.questions.number import Age, Numeric, Scale
from dialogue.questions.place import Location
from dialogue.questions.words import Note, Open, Photo

TYPES: Mapping[str, type[Question]] = MappingProxyType(
    {
        "select_one": SelectOne,
        "select_many": SelectMany,
        "rank": Rank,
        "scale": Scale,
        "yes_no": YesNo,
        "numeric": Numeric,
        "age": Age,
        "date": Date,
        "location": Location,
        "open": Open,
        "note": Note,
        "photo": Photo,
    }
)
"""Question classes by the type a survey file names (FLOIP's names where it has one)."""

__all__ = ["TYPES", "Option", "Question", "Reading"]
