"""Figures on danger over the API."""

from datetime import UTC, datetime

import pytest

from backend.auth import Role
from backend.store import library, risks
from dialogue.danger import Risk
from tests.backend.api.conftest import HERE, Client, Installation

LONG_AGO = datetime(2020, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.COORDINATOR, Role.ADMINISTRATOR])
async def test_figures_are_shown_from_the_threshold_on(
    client: Client, installed: Installation, role: Role
) -> None:
    with library.writing(installed.engine) as connection:
        for n, risk in ((11, Risk.VIOLENCE), (3, Risk.SELF_HARM)):
            for _ in range(n):
                risks.count(connection, HERE, risk, "A1", LONG_AGO)
    by_class = (await client.get(f"/api/v1/{HERE}/risks", role)).json()
    assert by_class == [{"month": "2020-02-01", "of": "violence", "at_least": 10}]
    by_area = (await client.get(f"/api/v1/{HERE}/risks?by=area", role)).json()
    assert by_area == [{"month": "2020-02-01", "of": "A1", "at_least": 10}]
