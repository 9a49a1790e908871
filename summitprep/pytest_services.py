"""Pytest plugin: starts PostgreSQL and Valkey before the settings load, unless their URLs are set; workers inherit."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

from summitprep.embedded import ServiceError, Services, temporary_services

started = pytest.StashKey[Services]()
NO_SERVICES = {"--help", "-h", "--version", "-V", "--fixtures", "--markers"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None]:
    """Start what is missing before any other plugin reads the settings."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not is_worker and not NO_SERVICES.intersection(args):
        try:
            services = temporary_services()
        except ServiceError as error:
            raise pytest.UsageError(str(error)) from error
        early_config.stash[started] = services
        os.environ.update(services.environment())
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, after every other plugin has closed its connections."""
    if services := config.stash.get(started, None):
        services.stop()


def pytest_report_header() -> str:
    """Say which servers are used, without passwords."""
    where = "embedded" if "summitprep-test-" in os.environ.get("DATABASE_URL", "") else "from the environment"
    return f"services: PostgreSQL and Valkey, {where}"
