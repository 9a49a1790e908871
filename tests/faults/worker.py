"""A process of its own, with its own connection to the database of the tests: the way in, before Django is set up."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import django
from django.conf import settings


def serve(pipe: Any, barrier: Any, database: str) -> None:
    """Set Django up on the tests' database and do what the pipe asks, until it asks for nothing."""
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    import_module("tests.faults.racing").serve(pipe, barrier)
