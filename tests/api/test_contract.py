"""The contract: committed, complete, and kept by what is answered."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern

from api import urls
from api.docs import contract, contract_text
from api.examples import EXAMPLES
from tests.api.conftest import BASE, Caller, caller
from tests.factories import circulate, clear, draft, to_stage
from workflows.actions.proposal import take_position, write_proposal
from workflows.models import Document, Meeting, Paragraph, Proposal, Summit, Task
from workflows.queries.document_facts import text_of
from workflows.rules.verbs import verbs_of

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "openapi.yaml"
OUTSIDE = {"api-schema", "api-docs", "api-problems", "api-problem", "api-nowhere"}
"""Addresses that are about the contract, or lead nowhere."""


def test_the_committed_contract_is_the_one_that_is_served():
    assert COMMITTED.read_text(encoding="utf-8") == contract_text(), (
        "The contract changed: look at the difference, then run "
        "`manage.py spectacular --lang en --file docs/openapi.yaml` and commit it."
    )


def test_the_contract_is_written_without_a_warning(tmp_path):
    call_command("spectacular", "--lang", "en", "--fail-on-warn", "--validate", "--file", str(tmp_path / "openapi.yaml"))
    assert (tmp_path / "openapi.yaml").read_text(encoding="utf-8") == contract_text()


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    methods = ("get", "post", "put", "patch")
    return {(path, m): item[m] for path, item in contract()["paths"].items() for m in methods if m in item}


def test_every_address_is_in_the_contract_with_every_method_it_takes():
    described = {(path, method) for path, method in operations()}
    served = set()
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name not in OUTSIDE:
            path = f"{BASE}/{re.sub(r'<[a-z]+:([a-z]+)>', r'{\1}', str(pattern.pattern))}"
            view = pattern.callback.view_class
            served |= {(path, m.lower()) for m in view.ops}
            handlers = {m.upper() for m in ("get", "post", "put", "patch") if hasattr(view, m)}
            assert handlers == set(view.ops), pattern.name
    assert described == served


def test_every_operation_says_what_it_is_and_what_it_may_refuse():
    for (path, method), operation in operations().items():
        assert operation["summary"], path
        assert operation["description"], path
        answers = set(operation["responses"])
        assert {"400", "401", "403", "404", "429", "503"} <= answers, path
        if method != "get":
            assert {"409", "415", "422"} <= answers, path
            assert "Idempotency-Key" in {p["name"] for p in operation["parameters"]}, path
        if "If-Match" in {p["name"] for p in operation.get("parameters", ())}:
            assert {"412", "428"} <= answers, path
    assert contract()["openapi"] == "3.1.0"


def test_every_verb_of_every_machine_has_its_door():
    machines = {"summits": Summit, "meetings": Meeting, "tasks": Task, "documents": Document}
    machines |= {"paragraphs": Paragraph, "proposals": Proposal}
    for resource, machine in machines.items():
        operation = operations()[f"{BASE}/{resource}/{{uuid}}/transitions/{{verb}}/", "post"]
        verbs = next(p["schema"]["enum"] for p in operation["parameters"] if p["name"] == "verb")
        assert set(verbs) == {name for name, (verb, _method) in verbs_of(machine).items() if not verb.by_system}


@pytest.mark.parametrize("shape", EXAMPLES, ids=lambda shape: shape.__name__)
def test_each_example_has_the_shape_that_it_shows(shape):
    found = shape(data=EXAMPLES[shape], context={"now": datetime(2027, 1, 1, tzinfo=UTC)})
    assert (found.is_valid(), found.errors) == (True, {})


PAGES_ALONE = {"mark_seen", "find_lifter", "align"}
"""What only a page needs: since when its reader has seen what is new; whether a form is shown; what a file holds, which the
API shows by `dry_run`."""


def imported_actions(folder: str) -> set[str]:
    """Return the actions (module.name) that the modules of a folder call."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        text = ast.parse(path.read_text(encoding="utf-8"))
        modules: dict[str, str] = {}
        for node in ast.walk(text):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("workflows.actions."):
                found |= {alias.name for alias in node.names if alias.name.islower()}
            elif isinstance(node, ast.ImportFrom) and node.module == "workflows.actions":
                modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        for node in ast.walk(text):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                found |= {node.attr} if node.attr.islower() else set()
    return found


def test_all_that_the_pages_do_can_be_done_by_the_api():
    pages = imported_actions("workflows/web") - PAGES_ALONE
    assert {"perform", "change_date", "fill_seat", "add_comment", "pin_deadline"} <= pages
    assert pages - imported_actions("api") == set()


def test_states_are_named_lists():
    schemas = contract()["components"]["schemas"]
    texts = (("DocumentState", Document), ("ParagraphState", Paragraph), ("ProposalState", Proposal))
    for name, machine in (("SummitState", Summit), ("MeetingState", Meeting), ("TaskState", Task), *texts):
        assert set(schemas[name]["enum"]) == {str(value) for value, _label in machine._meta.get_field("state").choices}


@pytest.mark.django_db
def test_the_contract_and_its_pages_are_served_to_anybody():
    anybody = Caller()
    assert anybody.get("/schema/").json()["info"]["title"] == "SummitPrep"
    text = anybody.get("/schema/", Accept="application/yaml")
    assert (text["Content-Type"], text.content.decode()) == ("application/yaml; charset=utf-8", contract_text())
    page = anybody.get("/docs/").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "<style" not in page
    assert "http" not in page.replace("http-equiv", "")


def circulated_text(world) -> str:
    """Return the address of a declaration that is out for comments, with a comment and a position on it."""
    to_stage(world, "text_drafting")
    document = circulate(world, clear(world, draft(world)))
    py = world.actor("cn_py")
    proposal = write_proposal(document, paragraph=None, kind="comment", text="Nota", actor=py, now=world.now)
    world.act(proposal, "submit", "cn_py")
    take_position(document, paragraph=text_of([document])[document.pk][0], kind="agrees", actor=py, now=world.now)
    return f"/documents/{document.uuid}/"


@pytest.mark.django_db
def test_every_link_of_an_answer_leads_somewhere(world):
    api = caller(world, "secretary")
    seen: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, dict):
            seen.update(v for k, v in value.items() if k == "href" and v)
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    texts = circulated_text(world)
    for resource in ("summits", "meetings", "tasks", "deadlines", "parties", "seats", "memberships", "events", "tokens"):
        gather(api.get(f"/{resource}/?limit=15").json())
    for path in ("/documents/", *(f"{texts}{part}/" for part in ("paragraphs", "proposals", "positions", "versions"))):
        gather(api.get(path).json())
    links = [href for href in sorted(seen) if "/transitions/" not in href]
    assert len(links) > 60
    assert [href for href in links if api.get(href).status_code != 200] == []
