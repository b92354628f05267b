"""`/docs`: the staff API on one page, made from its own OpenAPI document.

Made here, since the usual page fetches scripts from another host: it would be blank on a bad line,
and would tell that host who looks.
"""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

router = APIRouter(include_in_schema=False)

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'"


@router.get("/docs")
async def reference(request: Request) -> HTMLResponse:
    """The page; the document itself is at /openapi.json."""
    document: dict[str, Any] = request.app.openapi()
    routes = [
        {"method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    page = _PAGES.get_template("docs.html").render(info=document["info"], routes=routes)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
