"""What tests of pages share as fixtures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories import World


@pytest.fixture
def enter(client: Client, world: World) -> Callable[[str], Client]:
    """Sign in as a seat of the test's world, and read English."""

    def as_seat(name: str) -> Client:
        client.force_login(world.user(name))
        client.cookies["language"] = "en"
        return client

    return as_seat
