"""Every page of the demonstration, as each of the three people, in every language: axe, console, width, pictures."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import SIZES, Visitor
from tests.factories import empty_database
from workflows.actions.demo import seed_demo
from workflows.queries.clock import read_clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "una-clave-para-la-demostracion"
LANGUAGES = ("es", "pt-br", "pt-pt", "en")

X = "/summits/xxxi/"
COMMON = {
    "home": "/",
    "summits": "/summits/",
    "summit": X,
    "meetings": f"{X}meetings/",
    "meeting": f"{X}meetings/cnrc_1/",
    "directory": "/directory/",
    "party": "/directory/PY/",
    "checklist": f"{X}checklist/",
    "record": f"{X}record/",
    "account": "/account/",
}
PAGES = {
    "spt.oficial@demo.example": COMMON
    | {
        "past": "/summits/xxix/",
        "opened": f"{X}checklist/?open=NEG-01",
        "empty": f"{X}checklist/?q=zzzz",
        "task": f"{X}tasks/NEG-03/",
        "country-task": f"{X}tasks/NEG-01/",
        "one-country": f"{X}tasks/NEG-01/PY/",
        "add": f"{X}checklist/add/",
        "submit": f"{X}tasks/NEG-08/submit/",
        "convene": f"{X}meetings/convene/",
        "verify": f"{X}record/verify/",
        "texts": f"{X}documents/",
        "text": f"{X}documents/declaration/",
        "positions": f"{X}documents/declaration/positions/",
        "components": "/components/",
    },
    "segib.aprobador@demo.example": COMMON | {"change-host": f"{X}change/host/", "new": "/summits/new/"},
    "cn.py@demo.example": COMMON
    | {"own-task": f"{X}tasks/NEG-01/PY/", "texts": f"{X}documents/", "text": f"{X}documents/declaration/"},
}
PUBLIC = {"sign-in": "/accounts/login/", "password": "/accounts/password/reset/"}


@pytest.fixture
def demonstration(transactional_db) -> None:
    """The fictitious summit, under way today."""
    empty_database()
    seed_demo(now=read_clock(), password=PASSWORD)


def look(visitor: Visitor, who: str, name: str, address: str, language: str, *, axe: tuple[int, ...]) -> list[str]:
    """Open a page in a language and return what is wrong with it; pictures at both widths in es and pt-br.

    `axe` are the widths at which it is asked: that takes longest, and neither the words nor the office change its answer much.
    """
    visitor.page.set_viewport_size({"width": 1280, "height": SIZES[1280]})
    status = visitor.open(address)
    found = [] if status == 200 else [f"{status}"]
    for width in SIZES:
        visitor.page.set_viewport_size({"width": width, "height": SIZES[width]})
        if visitor.is_too_wide():
            found.append(f"scrolls sideways at {width}")
        if width in axe:
            found += visitor.axe()
        if language in {"es", "pt-br"}:
            visitor.photograph(f"{who}-{name}-{language}-{width}")
    return [f"{who} {name} {language}: {line}" for line in found]


def tour(
    browser: Browser, origin: str, email: str, plan: dict[str, tuple[int, ...]], *, without: Collection[str] = ()
) -> list[str]:
    """Sign in and look at every page of an account in each language of the plan, but those named; return what is wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visitor = Visitor(context.new_page(), origin)
    visitor.watch()
    who = email.split("@")[0]
    wrong = [line for name, at in PUBLIC.items() for line in look(visitor, "anybody", name, at, "es", axe=(1280, 390))]
    visitor.sign_in(email, PASSWORD)
    for language, axe in plan.items():
        visitor.read_in(language)
        for name, address in PAGES[email].items():
            if name in without:
                continue
            wrong += look(visitor, who, name, address, language, axe=axe)
    wrong += [f"{who}: {line}" for line in visitor.odd]
    context.close()
    return wrong


@pytest.mark.long
def test_every_page_of_three_people_and_dark_and_on_paper(demonstration, browser, live_server):
    wrong = tour(browser, live_server.url, "spt.oficial@demo.example", {"es": (1280,)})
    seen = COMMON.keys() - {"home", "summit", "record"}
    wrong += tour(browser, live_server.url, "segib.aprobador@demo.example", {"es": (1280,)}, without=seen)
    wrong += tour(browser, live_server.url, "cn.py@demo.example", {"pt-br": (390,)})
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.watch()
    visitor.sign_in("spt.oficial@demo.example", PASSWORD)
    for name in ("home", "summit", "checklist", "directory", "record"):
        visitor.open(COMMON[name])
        wrong += [f"dark {name}: {line}" for line in visitor.axe()]
        visitor.photograph(f"dark-{name}")
    visitor.page.emulate_media(media="print", color_scheme="light")
    visitor.open(COMMON["checklist"])
    assert visitor.page.locator("nav.nav").is_hidden()
    visitor.photograph("print-checklist")
    assert (wrong, visitor.odd) == ([], [])
    context.close()


@pytest.mark.slow
def test_every_page_in_every_language_at_both_widths(demonstration, browser, live_server):
    plan = dict.fromkeys(LANGUAGES, (1280, 390))
    assert [line for email in PAGES for line in tour(browser, live_server.url, email, plan)] == []
