"""The feed of changes, by which two systems stay equal: ask again with the cursor, or wait a while for something new."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from rest_framework.response import Response

from api.base import Endpoint, Op
from api.errors import BadQuery
from api.event import event_bodies
from api.paging import USUAL_LIMIT, bad_cursor, decode, encode
from api.shapes.event import ChangeQuery, ChangesSerializer
from workflows.queries.change import read_changes

if TYPE_CHECKING:
    from workflows.queries.change import ChangePage, Position

PAUSE_SECONDS = 1.0
waiting_accounts: set[str] = set()
gate = threading.Lock()


@contextmanager
def place_to_wait(account: str) -> Iterator[bool]:
    """Give a place to wait, if there is one: so many in a process, so that pages are always served; one an account."""
    with gate:
        free = len(waiting_accounts) < settings.API_LONG_POLLS and account not in waiting_accounts
        if free:
            waiting_accounts.add(account)
    try:
        yield free
    finally:
        if free:
            with gate:
                waiting_accounts.discard(account)


def position_of(cursor: str) -> Position:
    """Return the position that a cursor holds; raises BadQuery for one that this feed did not give out."""
    try:
        found = decode(cursor)
    except BadQuery:
        raise bad_cursor("since") from None
    if not isinstance(found, dict):
        raise bad_cursor("since")
    for chain, number in found.items():
        if not (chain.isdecimal() and len(chain) < 19 and type(number) is int and 0 <= number < 2**63):
            raise bad_cursor("since")
    return {int(chain): number for chain, number in found.items()}


class Changes(Endpoint):
    """Everything that happens, in order."""

    resource = "changes"
    ops: ClassVar = {"GET": Op("Follow what happens", gives=ChangesSerializer, filters=ChangeQuery)}

    def get(self, request: Any) -> Response:
        """Every event that your seat sees after `since`, in the order of commits; with `wait`, an empty answer comes late.

        The cursor holds one number for each summit, so that a commit that comes late is never skipped. What your seat may
        see only later comes as a new event then.
        """
        query = self.read_query(ChangeQuery)
        since = position_of(query["since"]) if "since" in query else {}
        limit = query.get("limit", USUAL_LIMIT)
        page = read_changes(actor=self.actor, since=since, limit=limit)
        if not page.events and query.get("wait"):
            page = self._wait(page, limit, query["wait"])
        body = {
            "events": event_bodies(page.events, actor=self.actor),
            "cursor": encode({str(chain): number for chain, number in sorted(page.position.items())}),
            "more": page.more,
        }
        return Response(body)

    def _wait(self, page: ChangePage, limit: int, seconds: int) -> ChangePage:
        """Look again each second until there is something or the time is over; at once where no place is free."""
        until = time.monotonic() + seconds
        with place_to_wait(self.request.auth.account) as free:  # type: ignore[union-attr]
            while free and not page.events and time.monotonic() < until:
                time.sleep(min(PAUSE_SECONDS, max(0.0, until - time.monotonic())))
                page = read_changes(actor=self.actor, since=page.position, limit=limit)
        return page
