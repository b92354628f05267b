"""The documentation of the API, and what it promises asked at random."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from backend.auth import Role
from tests.backend.api.conftest import HERE, Installation


def operations(app: FastAPI) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_every_operation_is_described_and_needs_a_key(app: FastAPI) -> None:
    for name, operation in operations(app):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["security"] == [{"key": []}], name
        assert {"401", "403", "422"} <= operation["responses"].keys(), name
        kinds = operation["responses"]["422"]["content"]
        assert list(kinds) == ["application/problem+json"], name
    scheme = app.openapi()["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


@pytest.mark.filterwarnings("ignore")
def test_nothing_sent_at_random_is_a_server_error(app: FastAPI, installed: Installation) -> None:
    """Every operation, 25 requests each. A 500 is an exception that leaves the application."""
    headers = {"Authorization": f"Bearer {installed.api_keys[HERE, Role.ADMINISTRATOR]}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    asked = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        send_at_random(result.ok(), headers)
        asked.add(result.ok().label)
    assert len(asked) == len(list(operations(app)))


def send_at_random(operation: Any, headers: dict[str, str]) -> None:
    """Requests to one operation; half of the names in its path are real ones."""

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        if "city" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["city"] = HERE
        if "slug" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["slug"] = "street"
        if "name" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["name"] = "why"
        case.call_and_validate(headers=headers, checks=[not_a_server_error])

    send()
