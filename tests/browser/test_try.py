"""The page to try in a real browser: by keyboard, with and without JavaScript, wide and narrow."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from backend.app import create_app
from tests.browser.demo import settings_in

pytestmark = pytest.mark.browser

WIDTHS = [1280, 320]
THE_END = "Thank you. Your answers count"
MOST_TURNS = 25
MOST_TABS = 90


@pytest.fixture(scope="module")
def site(cities: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server with web and worker; its address."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(cities, folder, dirs_exist_ok=True)
    app = create_app(settings_in(folder), with_worker=True)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        assert server.started, "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Opens the page to try; whatever the browser complains of fails the test at its end."""
    complaints: list[str] = []
    pages: list[Page] = []

    def open_(wish: str = "", width: int = 1280, scheme: str = "light", js: bool = True) -> Page:
        page = browser.new_page(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=js,
        )
        page.set_default_timeout(10_000)
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{site}/try?{wish}")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert complaints == []


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Goes to an element as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail("the keyboard does not reach it")


def replies(page: Page) -> Locator:
    return page.locator(".bubble:not(.mine):not(.typing)")


@contextmanager
def one_more_reply(page: Page) -> Iterator[None]:
    before = replies(page).count()
    yield
    expect(replies(page)).to_have_count(before + 1)


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return bool(wide <= 0)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_conversation_by_keyboard(open_page: Open, width: int) -> None:
    page = open_page("channel=telegram", width)
    text = page.locator("#text")
    tab_to(page, text)
    with one_more_reply(page):
        page.keyboard.type("Hi")
        page.keyboard.press("Enter")
    expect(text).to_be_focused()
    expect(text).to_have_value("")
    tab_to(page, page.get_by_role("button", name="I agree"), "Shift+Tab")
    with one_more_reply(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="I agree")).to_be_focused()
    tab_to(page, text)
    _answer_to_the_end(page, lambda: page.keyboard.press("Enter"))
    expect(text).to_be_focused()
    assert fits(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_conversation_by_keyboard_without_script(open_page: Open, width: int) -> None:
    page = open_page("channel=sms", width, js=False)
    text = page.locator("#text")
    tab_to(page, text)

    def send() -> None:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

    for said in ("Hi", "1"):
        with one_more_reply(page):
            page.keyboard.type(said)
            send()
        expect(text).to_be_focused()
    _answer_to_the_end(page, send)
    assert fits(page)


def _answer_to_the_end(page: Page, send: Callable[[], None]) -> None:
    """Types an age, then the first answer to every question."""
    expect(replies(page).last).to_contain_text("How old are you")
    said = "34"
    for _ in range(MOST_TURNS):
        with one_more_reply(page):
            page.keyboard.type(said)
            send()
        if THE_END in replies(page).last.inner_text():
            return
        said = "1"
    pytest.fail("the conversation does not end")


def test_a_press_goes_to_the_same_place_without_script(open_page: Open) -> None:
    page = open_page("channel=whatsapp", js=False)
    page.locator("#text").fill("Hi")
    page.locator("#send").click()
    page.get_by_role("button", name="I agree").click()
    expect(replies(page).last).to_contain_text("How old are you")
    page.get_by_role("button", name="HELP").click()
    expect(replies(page).last).to_contain_text("In danger call")
    assert page.url.endswith("#text")


@pytest.mark.parametrize("js", [True, False])
def test_channel_and_language_change_in_the_middle(open_page: Open, js: bool) -> None:
    page = open_page("channel=sms", js=js)
    page.locator("#text").fill("Hi")
    page.locator("#send").click()
    expect(replies(page)).to_have_count(1)
    page.get_by_role("button", name="WhatsApp").click()
    expect(page.locator("#with")).to_contain_text("WhatsApp")
    expect(replies(page)).to_have_count(1)
    page.get_by_role("button", name="Afrikaans").click()
    expect(replies(page).last).to_contain_text("Stem u in")
    expect(page.get_by_role("button", name="HULP")).to_be_visible()
    page.get_by_role("button", name="Start over").click()
    expect(replies(page)).to_have_count(0)


def test_the_city_is_seen_typing(open_page: Open) -> None:
    page = open_page()
    held: list[Route] = []
    page.route("**/try/**", lambda route: held.append(route))
    page.locator("#text").fill("Hi")
    page.locator("#text").press("Enter")
    expect(page.locator(".typing")).to_be_visible()
    expect(page.locator(".mine")).to_have_count(1)
    page.locator("#text").fill("again, too soon")
    page.locator("#text").press("Enter")
    held[0].continue_()
    expect(replies(page)).to_have_count(1)
    expect(page.locator(".typing")).to_have_count(0)
    expect(page.locator(".mine")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("again, too soon")
    assert len(held) == 1


def test_what_was_written_stays_when_the_city_is_away(open_page: Open) -> None:
    page = open_page()
    page.route("**/try/**", lambda route: route.fulfill(status=200, body=""))
    page.locator("#text").fill("Hi")
    page.locator("#text").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("could not be reached")
    expect(page.locator("#text")).to_have_value("Hi")
    expect(page.locator(".bubble")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_everybody_can_use_it(open_page: Open, width: int, scheme: str) -> None:
    for channel in ("sms", "whatsapp", "telegram"):
        page = open_page(f"channel={channel}", width, scheme)
        _accessible(page)
        for said in ("Hi", "1", "34"):
            with one_more_reply(page):
                page.locator("#text").fill(said)
                page.locator("#text").press("Enter")
        _accessible(page)


def _accessible(page: Page) -> None:
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert fits(page)
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, button.inner_text()
