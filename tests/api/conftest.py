"""Callers of the API: each a token of a seat, as the other secretariat's system would hold it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import World, make_world
from workflows.actions.token import create_token
from workflows.models import Summit
from workflows.queries.clock import read_clock

BASE = "/api/v1"


@dataclass
class Caller:
    """A client of the API with a token (or none); answers are Django's responses, `.json()` their body."""

    token: str = ""
    language: str = "en"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def headers(self, **more: str) -> dict[str, str]:
        """Return the headers of a call."""
        found = {"Accept-Language": self.language} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        return found | {name.replace("_", "-"): value for name, value in more.items()}

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.client.get(f"{BASE}{path}" if not path.startswith("/api/") else path, headers=self.headers(**headers))

    def send(self, method: str, path: str, body: Any = None, *, version: int | None = None, key: str = "", **more: str) -> Any:
        """Write; `version` is sent as If-Match, `key` as Idempotency-Key."""
        headers = self.headers(**more)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key:
            headers["Idempotency-Key"] = key
        raw = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        where = f"{BASE}{path}" if not path.startswith("/api/") else path
        return self.client.generic(method, where, raw, content_type="application/json", headers=headers)

    def post(self, path: str, body: Any = None, **rest: Any) -> Any:
        """Do."""
        return self.send("POST", path, body, **rest)

    def patch(self, path: str, body: Any = None, **rest: Any) -> Any:
        """Change."""
        return self.send("PATCH", path, body, **rest)


def caller(world: World, name: str, *, scopes: tuple[str, ...] = ("*:read", "*:write"), language: str = "en") -> Caller:
    """Return a caller with a new token of a seat of the world."""
    new = create_token(name="test", scopes=scopes, actor=world.actor(name), now=read_clock())
    return Caller(token=new.secret, language=language)


def follow(api: Caller, path: str = "/changes/?limit=4", cursor: str = "") -> tuple[list[dict], str]:
    """Return every event from a cursor on, and the cursor after them."""
    events = []
    while True:
        page = api.get(f"{path}&since={cursor}" if cursor else path).json()
        events += page["events"]
        cursor = page["cursor"]
        if not page["more"]:
            return events, cursor


def count_queries(call: Any) -> int:
    """Return how many queries a call makes."""
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


@pytest.fixture(scope="module")
def world_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A world made once for a module; each test works in a savepoint of its own, and leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(world_of_module: World, db: None) -> World:
    """A summit of Spain with the small checklist, and people in their seats."""
    return World(
        summit=Summit.objects.get(pk=world_of_module.summit.pk),
        now=world_of_module.now,
        seats=dict(world_of_module.seats),
        people=dict(world_of_module.people),
    )
