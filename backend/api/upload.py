"""A survey file, as a body or in a form. It is read to its end only if it is not too large."""

from collections.abc import Sequence
from typing import Any, ClassVar

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from backend.problems import Problem
from backend.webhooks import read_body
from dialogue.faults import Fault

LARGEST = 1_000_000
"""Bytes of a survey file."""

AROUND = 10_000
"""Bytes that a form may need around the file."""

TOML = ("application/toml", "text/plain")
FORM = "multipart/form-data"
SHEET = b"PK\x03\x04"
"""How an .xlsx file (a zip archive) begins."""

EXAMPLE = """slug = "night-bus"
kind = "poll"
title = { en = "Night bus" }
keywords = ["BUS"]
[[questions]]
name = "safe_bus"
type = "yes_no"
text = { en = "Do you feel safe on the bus at night?" }
"""


def refused(faults: Sequence[Fault], what: str = "survey") -> Problem:
    """The problem of a survey with faults, or of something else that is put in by file."""
    return Problem(422, f"The {what} has faults", faults=faults)


def body_of(example: str) -> dict[str, Any]:
    """How a route that takes a file describes it."""
    return {
        "requestBody": {
            "required": True,
            "content": {
                **{kind: {"schema": {"type": "string"}, "example": example} for kind in TOML},
                FORM: {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                },
            },
        }
    }


class Upload:
    """A FastAPI dependency: the file's text. 413, 415 or 422 where there is none to be had."""

    BODY: ClassVar[dict[str, Any]] = body_of(EXAMPLE)

    def __init__(self, what: str = "survey") -> None:
        self.what = what

    async def __call__(self, request: Request) -> str:
        """The text of the upload."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in (*TOML, FORM):
            raise _no_toml(self.what)
        body = await read_body(request, LARGEST + (AROUND if kind == FORM else 0))
        content = (
            await _file(request, body, self.what) if body is not None and kind == FORM else body
        )
        if content is None or len(content) > LARGEST:
            raise Problem(413, "The file is too large", f"It has at most {LARGEST:,} bytes.")
        if content.startswith(SHEET):
            raise _no_toml(self.what)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise refused([Fault("file", "is not in UTF-8")], self.what) from None


def _no_toml(what: str) -> Problem:
    return Problem(
        415,
        "The file is no TOML",
        f"A {what} comes as TOML for now (application/toml, text/plain, or a form with a file);"
        " XLSForm is not taken yet.",
    )


async def _file(request: Request, body: bytes, what: str) -> bytes:
    """The first file of a form."""

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        async with Request(request.scope, replay).form(max_files=1, max_fields=10) as form:
            for value in form.values():
                if isinstance(value, UploadFile):
                    return await value.read()
    except HTTPException:
        raise refused([Fault("file", "the form cannot be read")], what) from None
    raise refused([Fault("file", "is missing in the form")], what)
