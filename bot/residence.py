"""Where a contact says they live, which broadcasts choose people by."""

from dialogue.desk import Desk
from dialogue.effects import Opened, Record
from dialogue.memory import Conversation
from dialogue.questions.place import Location
from dialogue.survey import Session, SurveyKind
from dialogue.turn import Turn


def area_told(desk: Desk, before: Conversation, turn: Turn) -> str | None:
    """The code of the area that a turn tells: the answer to a survey's first question for a place,
    as results group by it. A concern asks where something happened, not where its author lives."""
    for effect in turn.effects:
        if isinstance(effect, Record) and isinstance(effect.value, str):
            asked = _first_place(desk, _session(effect.session, before, turn))
            if effect.question == asked and effect.value in desk.gazetteer.areas:
                return effect.value
    return None


def _session(id_: str, before: Conversation, turn: Turn) -> Session | None:
    opened = (effect.session for effect in turn.effects if isinstance(effect, Opened))
    known = (before.session, turn.conversation.session, *before.parked, *opened)
    return next((session for session in known if session and session.id == id_), None)


def _first_place(desk: Desk, session: Session | None) -> str | None:
    survey = desk.version(session.survey, session.version) if session else None
    if survey is None or survey.kind is SurveyKind.CONCERN:
        return None
    return next((q.name for q in survey.questions if isinstance(q, Location)), None)
