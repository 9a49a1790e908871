"""The pages of the API's contract: from our own files, under our own policy, with a silent console."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PICTURES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_contract_can_be_read_and_opened(visitor):
    assert visitor.open("/api/v1/docs/") == 200
    visitor.page.get_by_role("heading", name="SummitPrep").wait_for()
    visitor.page.locator(".opblock-summary").first.wait_for()
    visitor.page.screenshot(path=PICTURES / "anybody-api-docs-en-1280-top.png")
    assert visitor.page.locator(".opblock").count() > 60
    visitor.page.get_by_text("Perform a transition of a task").click()
    visitor.page.get_by_text("The version that you have read").wait_for()
    visitor.photograph("anybody-api-docs-en-1280")


def test_each_problem_has_a_page_that_anybody_can_read(visitor):
    assert visitor.open("/api/v1/problems/guards_failed/") == 200
    assert visitor.axe() == []
    assert visitor.is_too_wide() is False
    assert visitor.open("/api/v1/problems/") == 200
    assert visitor.axe() == []
    visitor.photograph("anybody-api-problems-es-1280")
