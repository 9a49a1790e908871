"""A world committed once for a whole module of tests, then the usual one again: each test's own changes are rolled back."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import pgtrigger
import pytest
from django.core.management import call_command

from tests.factories import make_world
from workflows.models import Summit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.factories import World


def shared_world(build: Callable[[], World]) -> tuple[Any, Any]:
    """Return two fixtures to be bound in a test module: `_built` (committed once) and `world` (fresh for each test)."""

    @pytest.fixture(scope="module", name="_built")
    def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
        with django_db_blocker.unblock():
            world = build()
        yield world
        if build is make_world:
            return
        with django_db_blocker.unblock():
            with pgtrigger.ignore():
                call_command("flush", interactive=False, verbosity=0)
            make_world()  # else each later test would build the usual world for itself

    @pytest.fixture(name="world")
    def fresh(_built: World, db: None) -> World:
        world = copy(_built)
        world.seats, world.people = dict(_built.seats), dict(_built.people)
        world.summit = Summit.objects.get(pk=_built.summit.pk)
        return world

    return built, fresh
