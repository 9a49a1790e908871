"""Fixtures for every test: nothing of one test may reach the next; a missing browser is never passed over in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.test import TransactionTestCase
from django.utils import translation

from tests.factories import empty_database, make_world

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NO_BROWSER = "NO BROWSER: apt-get install chromium"
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
not_run = pytest.StashKey[int]()


@pytest.fixture(autouse=True)
def _language_is_the_default() -> Iterator[None]:
    """Each test begins and ends in the default language."""
    with translation.override("es"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _record_may_be_emptied_between_tests() -> Iterator[None]:
    """Tests that commit are cleaned by emptying every table; the record's own guard stands aside for that alone."""
    empty = TransactionTestCase._fixture_teardown

    def empty_all(test: TransactionTestCase) -> None:
        with pgtrigger.ignore():
            empty(test)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_all)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The usual world is committed once; each test works on it in a transaction of its own."""
    with django_db_blocker.unblock():
        make_world()


@pytest.fixture
def nothing_yet(db: None) -> None:
    """A database without the usual world, as a new installation has it."""
    empty_database()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's own chromium, without anything that speaks to the outside."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(QUIET)}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put last what empties the database after itself, and what takes a minute before the rest of its kind.

    Where there is no chromium, skip what needs one.

    With SUMMITPREP_REQUIRE_BROWSER a missing browser refuses to run.
    """
    items.sort(key=lambda item: (commits(item), not item.get_closest_marker("long")))
    needing = [item for item in items if item.get_closest_marker("browser")]
    if CHROMIUM or not needing:
        return
    if os.environ.get("SUMMITPREP_REQUIRE_BROWSER") == "1":
        raise pytest.UsageError(f"{len(needing)} tests need a browser. {NO_BROWSER}")
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
    config.stash[not_run] = len(needing)


def commits(item: pytest.Item) -> bool:
    """Tell whether a test commits, so that the database is emptied after it."""
    mark = item.get_closest_marker("django_db")
    needs = {"transactional_db", "live_server", "django_db_serialized_rollback"} & set(getattr(item, "fixturenames", ()))
    return bool(needs) or bool(mark and mark.kwargs.get("transaction"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in red how many browser tests did not run."""
    if number := config.stash.get(not_run, 0):
        terminalreporter.write_line(f"!!! {number} BROWSER TESTS DID NOT RUN. {NO_BROWSER}", red=True, bold=True)
