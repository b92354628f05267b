"""GeoJSON (RFC 7946): the city's areas with how many answered from each, as far as it may be
shown."""

import json
from collections.abc import Mapping
from typing import Any, BinaryIO

from backend.city_file import AreaEntry
from backend.exports.snapshot import Snapshot
from backend.results.report import Cell, QuestionResult, SurveyResults, results
from backend.results.suppression import Withheld


def write_geojson(snapshot: Snapshot, out: BinaryIO) -> None:
    """A feature an area, with counts for each question that asks for a place."""
    profile = snapshot.source.profile
    found = results(snapshot.connection, profile, snapshot.source.survey.slug)
    places = [question for question in found.questions if question.counted == "areas"]
    cells = {place.question: {cell.name: cell for cell in place.cells} for place in places}
    collection = {
        "type": "FeatureCollection",
        **_about(found, places),
        "features": [_feature(area, cells) for area in profile.areas],
    }
    out.write(json.dumps(collection, ensure_ascii=False).encode() + b"\n")


def _about(found: SurveyResults, places: list[QuestionResult]) -> dict[str, Any]:
    """What must be known beside the figures; RFC 7946 lets a collection say more."""
    return {
        "survey": found.survey,
        "synthetic": found.synthetic,
        "threshold": found.threshold,
        "statements": found.statements,
        "questions": {
            place.question: {
                "text": place.text,
                "as_of": place.as_of,
                "n": None if isinstance(place.n, Withheld) else place.n,
            }
            for place in places
        },
    }


def _feature(area: AreaEntry, cells: Mapping[str, Mapping[str, Cell]]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "code": area.code,
        "name": area.name,
        "parent": area.parent,
        "population": area.population,
        "informal": area.informal,
    }
    for question, by_area in cells.items():
        properties |= _counted(question, by_area[area.code])
    return {
        "type": "Feature",
        "id": area.code,
        "geometry": area.geometry,
        "properties": properties,
    }


def _counted(question: str, cell: Cell) -> dict[str, Any]:
    withheld = cell.count if isinstance(cell.count, Withheld) else None
    return {
        f"{question}.as_of": cell.as_of,
        f"{question}.count": None if withheld else cell.count,
        f"{question}.percent": cell.percent,
        f"{question}.withheld": withheld.reason if withheld else None,
    }
