"""What is logged is what may be logged, and nothing of it is dropped by mistake."""

import ast
from collections.abc import Iterator
from pathlib import Path

from backend.logs import FIELDS

LEVELS = {"debug", "info", "warning", "error", "critical"}


def logged() -> Iterator[tuple[str, str]]:
    """Every field that is given to a logger, with the file."""
    for package in ("backend", "bot", "channels"):
        for file in Path(package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name("log"), attr=level)) if (
                        level in LEVELS
                    ):
                        yield from ((str(file), word.arg or "") for word in node.keywords)


def test_every_field_that_is_logged_is_kept() -> None:
    found = list(logged())
    assert found
    assert [(file, name) for file, name in found if name not in FIELDS] == []
