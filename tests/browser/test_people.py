"""The three people at their work, in Spanish and in Portuguese, before a real browser."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visitor
from tests.factories import NOW, PASSWORD, make_world
from tests.web.clock import stand_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("es", "pt-br")


def world_today():
    """Return the usual world, with all processes standing at its hour."""
    world = make_world()
    stand_at(NOW)
    return world


def submit_form(visitor: Visitor, address: str, **fields: str) -> None:
    """Open the page of an action, fill it in, pass its warnings knowingly, and send it."""
    assert visitor.open(address) == 200
    for name, value in fields.items():
        visitor.page.locator(f"main [name={name}]").fill(value)
    for box in visitor.page.locator("main input[name=accepted]").all():
        box.check()
    with visitor.page.expect_navigation():
        visitor.page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_officer_submits_a_task(visitor, language):
    world = world_today()
    visitor.read_in(language)
    visitor.sign_in(world.user("spt_officer").email, PASSWORD)
    submit_form(visitor, "/summits/xxxi/tasks/HND-01/submit/", evidence="Acta de traspaso, archivo 12")
    assert world.task("HND-01").state == "submitted"
    assert visitor.page.locator("html").get_attribute("lang") == language
    visitor.photograph(f"officer-submitted-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_approver_verifies_and_returns(visitor, language):
    world = world_today()
    for code in ("CON-03", "DOC-04"):
        warnings = frozenset({"waits_for:HND-01"})
        if code == "CON-03":
            world.act(world.task(code), "submit", "spt_officer", evidence="Nota conceptual", accepted=warnings)
    visitor.read_in(language)
    visitor.sign_in(world.user("approver").email, PASSWORD)
    assert visitor.page.locator("a[href='/summits/xxxi/tasks/CON-03/']").count() > 0
    submit_form(visitor, "/summits/xxxi/tasks/CON-03/return/", reason="Falta la versión en portugués.")
    assert world.task("CON-03").state == "in_progress"
    world.act(
        world.task("CON-03"), "submit", "spt_officer", evidence="Con traducción", accepted=frozenset({"waits_for:HND-01"})
    )
    submit_form(visitor, "/summits/xxxi/tasks/CON-03/verify/")
    assert world.task("CON-03").state == "verified"
    assert visitor.open("/summits/xxxi/record/") == 200
    visitor.photograph(f"approver-record-{language}")


@pytest.mark.parametrize(("name", "language"), [("cn_py", "es"), ("cn_br", "pt-br"), ("cn_pt", "pt-pt")])
def test_the_official_answers_from_a_telephone(visitor, name, language):
    world = world_today()
    party = {"cn_py": "PY", "cn_br": "BR", "cn_pt": "PT"}[name]
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.read_in(language)
    visitor.sign_in(world.user(name).email, PASSWORD)
    with visitor.page.expect_navigation():
        visitor.page.locator(f"main a[href='/summits/xxxi/tasks/DOC-03/{party}/']").first.click()
    assert not visitor.is_too_wide()
    visitor.photograph(f"official-task-{language}-390")
    submit_form(visitor, f"/summits/xxxi/tasks/DOC-03/{party}/submit/", evidence="Aportes nacionales, nota adjunta")
    assert world.task("DOC-03", party).state == "submitted"
    visitor.photograph(f"official-submitted-{language}-390")


def test_everything_works_without_scripts(browser, live_server):
    world = world_today()
    context = browser.new_context(java_script_enabled=False)
    visitor = Visitor(context.new_page(), live_server.url)
    visitor.watch()
    visitor.sign_in(world.user("cn_py").email, PASSWORD)
    submit_form(visitor, "/summits/xxxi/tasks/DOC-03/PY/declare_no_comments/")
    assert world.task("DOC-03", "PY").state == "no_comments"
    assert visitor.odd == []
    context.close()


def test_the_keyboard_alone_reaches_the_content_and_the_button(visitor):
    world = world_today()
    visitor.sign_in(world.user("spt_officer").email, PASSWORD)
    visitor.open("/summits/xxxi/tasks/HND-01/submit/")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className") == "skip"
    visitor.page.keyboard.press("Enter")
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.name") == "evidence":
            break
    visitor.page.keyboard.type("Acta de traspaso")
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.type") == "submit":
            break
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    assert world.task("HND-01").state == "submitted"
