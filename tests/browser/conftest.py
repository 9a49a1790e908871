"""A real browser on a real server: what it says on its console, whom it calls, what axe finds, what it looks like."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's loop runs in the test's own thread

PICTURES = Path(__file__).resolve().parent.parent.parent / "screenshots"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIZES = {1280: 900, 390: 844}


@dataclass
class Visitor:
    """Somebody before a browser: signs in by the form, reads pages, and everything odd is noted."""

    page: Page
    origin: str
    odd: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors of the console and requests to anywhere else."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.odd.append(f"error: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.odd.append(f"console: {message.text} {message.location}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.odd.append(f"outside: {request.url}")

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page."""
        self.open("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url(f"{self.origin}/")

    def read_in(self, language: str) -> None:
        """Choose a language of the interface."""
        cookie = {"name": "language", "value": language, "url": self.origin}
        self.page.context.add_cookies([cookie])

    def open(self, address: str) -> int:
        """Open a page of the site and return its status."""
        answer = self.page.goto(self.origin + address)
        assert answer is not None
        return answer.status

    def axe(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA and good practice on the page as it stands."""
        found = Axe().run(self.page, options=RULES).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['target']}" for v in found]

    def is_too_wide(self) -> bool:
        """Tell whether the page scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))

    def photograph(self, name: str) -> None:
        """Keep a picture of the whole page, where SUMMITPREP_PICTURES asks for them, as `make test-long` does."""
        if os.environ.get("SUMMITPREP_PICTURES") != "1":
            return
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{re.sub(r'[^a-z0-9-]+', '-', name.lower())}.png", full_page=True)


@pytest.fixture
def visitor(context: BrowserContext, live_server) -> Iterator[Visitor]:
    """A visitor with a new browser context; the test fails when the console spoke or anything outside was called."""
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    visitor = Visitor(page, live_server.url)
    visitor.watch()
    yield visitor
    assert visitor.odd == []


@pytest.fixture
def quiet_browser(browser: Browser) -> Browser:
    """The browser itself, for tests that need several people at once."""
    return browser
