"""Fixtures for every test: nothing of one test may reach the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _language_is_the_default() -> Iterator[None]:
    """Each test begins and ends in the default language."""
    with translation.override("es"):
        yield
