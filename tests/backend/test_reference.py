"""The page that describes the staff API."""

import re

from tests.backend.conftest import Town


async def test_the_reference_names_every_route_and_asks_no_other_host(town: Town) -> None:
    page = (await town.http.get("/docs")).text
    document = (await town.http.get("/openapi.json")).json()
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path.replace('&', '&amp;')}" in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []
