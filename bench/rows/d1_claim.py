"""D1: find and claim 1,000 due mails among many open ones, against the bare statement over the partial index."""

from __future__ import annotations

from django.db import connection, transaction

from bench.measure import Result, measure
from tests.factories import World
from workflows.actions.message import LEASE, claim
from workflows.models import Message
from workflows.states import MessageState

DUE = 1000
FILL = """
INSERT INTO workflows_message (uuid, version, key, kind, summit_id, seat_id, context, state, queued_at, next_attempt_at,
    attempts, to_address, language, subject, text, html, last_error, cancelled_reason)
SELECT gen_random_uuid(), 1, 'fill:' || n, 'meeting_convened', %s, %s, '{}', 'queued', %s,
    %s + make_interval(secs => CASE WHEN n <= %s THEN 0 ELSE 86400 + n END), 0, '', '', '', '', '', '', ''
FROM generate_series(1, %s) AS n
"""
BARE = """
UPDATE workflows_message SET state = 'sending', token = gen_random_uuid(), lease_until = %s
WHERE id IN (
    SELECT id FROM workflows_message
    WHERE state IN ('queued', 'sending') AND (state = 'queued' OR lease_until < %s) AND next_attempt_at <= %s
    ORDER BY next_attempt_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
) RETURNING id
"""


def run(world: World, *, rows: int) -> Result:
    """Claim all that is due by both; it is given back between them, untimed."""
    Message.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(FILL, [world.summit.pk, world.seats["cn_py"].pk, world.now, world.now, DUE, rows])
        cursor.execute("ANALYZE workflows_message")

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BARE, [world.now + LEASE, world.now, world.now, DUE])
            assert len(cursor.fetchall()) == DUE, "not all that was due was claimed"

    def ours() -> None:
        assert len(claim(world.now, DUE)[1]) == DUE, "not all that was due was claimed"

    def give_back() -> None:
        claimed = Message.objects.filter(state=MessageState.SENDING)
        assert claimed.count() == DUE
        claimed.update(state=MessageState.QUEUED, token=None, lease_until=None)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM workflows_message")

    return measure(
        "D1",
        f"claim {DUE:,} due mails among {rows:,} open",
        "≤ 10 × floor",
        {"one statement": bare, "SummitPrep": ours},
        units=DUE,
        rounds=9,
        restore=give_back,
    )
