"""Generated requests, lawful and unlawful, as three seats: never a failure of ours, and every answer keeps the contract."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.docs import contract
from tests.api.conftest import caller
from tests.api.test_contract import circulated_text
from tests.factories import draft
from workflows.models import (
    ChecklistTemplate,
    Deadline,
    Document,
    Event,
    Meeting,
    Membership,
    Paragraph,
    Party,
    Position,
    Proposal,
    Seat,
    Signature,
    Summit,
    Task,
    Token,
    Version,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("texts")]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ROWS: dict[str, Any] = {
    "parties": Party,
    "seats": Seat,
    "memberships": Membership,
    "summits": Summit,
    "signatures": Signature,
    "meetings": Meeting,
    "tasks": Task,
    "deadlines": Deadline,
    "templates": ChecklistTemplate,
    "events": Event,
    "tokens": Token,
    "documents": Document,
    "paragraphs": Paragraph,
    "proposals": Proposal,
    "positions": Position,
    "versions": Version,
}
SEATS = ("secretary", "approver", "cn_py")
OPERATIONS = [
    (method, path) for path, item in contract()["paths"].items() for method in item if method in {"get", "post", "put", "patch"}
]


@pytest.fixture(scope="module")
def described() -> Any:
    """The contract, with our own application behind it."""
    schema = schemathesis.openapi.from_dict(contract())
    schema.app = get_wsgi_application()
    for signal in (request_started, request_finished):  # the connection belongs to the test, as in Django's own client
        signal.disconnect(close_old_connections)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def texts(world_of_module) -> None:
    """A declaration that is out for comments, and a draft, behind every address."""
    circulated_text(world_of_module)
    draft(world_of_module)


def rows_of(path: str) -> list[Any]:
    """Return some rows that an address may name, those of the summit under way first."""
    if "{uuid}" not in path:
        return []
    model = ROWS[path.split("/")[3]]
    return list(model.objects.order_by("-pk")[:3])


@pytest.mark.parametrize(("method", "path", "name"), [(*op, SEATS[n % 3]) for n, op in enumerate(OPERATIONS)])
def test_no_request_ends_in_a_failure_or_leaves_the_contract(world, described, settings, method, path, name):
    send_generated(world, described, settings, method, path, name, examples=4)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEATS)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_of_many_ends_in_a_failure(world, described, settings, method, path, name):
    send_generated(world, described, settings, method, path, name, examples=40)


def send_generated(world, described, settings, method: str, path: str, name: str, *, examples: int) -> None:
    """Send generated requests to one operation: half of them lawful by the contract, half not; some name rows that exist."""
    settings.API_LONG_POLLS = 0
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    token = caller(world, name).token
    operation = described[path][method]
    fixed: list[dict[str, Any]] = [{}]
    for row in rows_of(path):
        headers = {"If-Match": f'"{getattr(row, "version", 1)}"'} if "If-Match" in operation_headers(method, path) else None
        fixed.append({"path_parameters": {"uuid": str(row.uuid)}, "headers": headers})
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode, **part) for part in fixed))
        try:
            run(cases, token, examples)
        except Unsatisfiable:  # nothing of the operation can be made unlawful
            assert mode == GenerationMode.NEGATIVE


def operation_headers(method: str, path: str) -> set[str]:
    """Return the headers that an operation takes."""
    return {p["name"] for p in contract()["paths"][path][method].get("parameters", ()) if p["in"] == "header"}


def run(cases: st.SearchStrategy[Any], token: str, examples: int) -> None:
    """Send some generated requests and check each answer; the same ones each time."""

    @hypothesis_settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}, checks=CHECKS)

    send()
