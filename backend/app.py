"""The web application: webhooks, the page to try, the staff API, health."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from backend import api, flow_results, problems, reference, try_page, webhooks, wiring
from backend.demo_year.loading import Progress, loading
from backend.headers import SafeHeaders
from backend.health import router as health
from backend.looking import Looks
from backend.settings import Settings
from backend.worker import refreshing, working

HERE = Path(__file__).parent


class Application(FastAPI):
    """Webhooks, by far the most requests, go past all that the framework puts around a page: that
    cost more than checking their signatures."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan."""
        webhook = webhooks.meant(scope)
        if webhook is None:
            await super().__call__(scope, receive, send)
        else:
            await webhooks.answer({**webhook, "app": self}, receive, send)


def create_app(settings: Settings, *, with_worker: bool, demo_year: bool = False) -> FastAPI:
    """The application of one process; `with_worker` runs the worker in it too (`imbizo run`);
    `demo_year` makes the years of the demo cities beside it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with wiring.installation(settings) as one:
            app.state.installation, app.state.looks = one, Looks(one)
            app.state.packages = flow_results.Packages()
            app.state.demo_year = Progress() if demo_year else None
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(working(one) if with_worker else refreshing(one))
                if app.state.demo_year is not None:
                    await stack.enter_async_context(loading(one, app.state.demo_year))
                yield

    app = Application(
        title="Imbizo",
        summary="Hear your city's residents about safety, over the phones they have",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    app.add_middleware(SafeHeaders)
    app.include_router(health)
    app.router.routes.extend(webhooks.ROUTES)
    app.include_router(try_page.router)
    app.include_router(api.router)
    app.include_router(flow_results.router)
    app.include_router(reference.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_api_route("/", _home, include_in_schema=False)
    app.add_api_route("/favicon.ico", _icon, include_in_schema=False)
    return app


async def _home() -> Response:
    return RedirectResponse("/try", 307)


async def _icon() -> Response:
    return RedirectResponse("/static/icon.svg", 307)
