"""What the stories about the chat page start from: a home of their own, an office, a running page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.testclient import TestClient

from bot.chat_page.app import create_app
from service import db, encryption, settings
from service.organisations.models import Office
from service.people.models import Person
from tests.chat_page.running import Server

ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """ASSISTANT_HOME, with nothing in it."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    cached = (settings.settings, settings.data_key, encryption._cipher)
    for function in cached:
        function.cache_clear()
    yield tmp_path
    for function in cached:
        function.cache_clear()


@pytest.fixture
def demonstration() -> list[Person]:
    """A demonstration office with two sample people; the test brings the database."""
    people = [
        Person(name="陈秀兰", birth_year=1950, former_unit="青溪县示例中学"),
        Person(name="石大山", birth_year=1938, status="离休", activity_class="不能参加"),
    ]
    with db.unit_of_work() as session:
        session.add(Office(name="青溪县老干部局", phone="0000-1234567", demonstration=True))
        session.add_all(people)
    return people


@pytest.fixture
def server(sqlite: db.Engine) -> Iterator[Server]:
    """The page served at `server.url`, with a conversation behind it."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser with cookies of its own, which must never ask anybody but the server for anything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    assert asked
    assert [url for url in asked if not url.startswith((server.url, f"blob:{server.url}"))] == []


@pytest.fixture
def visit(context: BrowserContext, server: Server) -> Callable[[], Page]:
    """Open the page in a new tab."""

    def open_tab() -> Page:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(server.url)
        expect(page.locator("#log")).to_have_attribute("aria-live", "polite", timeout=10_000)
        return page

    return open_tab


@pytest.fixture
def woken() -> list[str]:
    """One word for each time that the conversation was told to look."""
    return []


@pytest.fixture
def browser(sqlite: db.Engine, woken: list[str]) -> Iterator[TestClient]:
    """A browser that has opened the page."""
    with TestClient(
        create_app(lambda: woken.append("woken")), raise_server_exceptions=False, headers=ORIGIN
    ) as client:
        client.post("/api/start", json={})
        yield client


@pytest.fixture
def stranger(browser: TestClient) -> TestClient:
    """Another browser at the same page."""
    client = TestClient(browser.app, raise_server_exceptions=False, headers=ORIGIN)
    client.post("/api/start", json={})
    return client
