"""What keeps the API honest between calls: answers kept by Idempotency-Key, and how often an account has called."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from workflows.errors import WorkflowError
from workflows.models import IdempotentAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""How long a claim stands without an answer before another attempt may take it over."""


class KeyReused(WorkflowError):
    """The key was used for another request (422)."""

    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Take a new one.")


class StillRunning(WorkflowError):
    """The first request with this key has not ended yet (409)."""

    code = "idempotency_in_progress"
    message = _("The first request with this Idempotency-Key has not ended yet. Ask again in a moment.")


def claim_answer(
    *, caller: str, key: str, method: str, path: str, body_digest: str, now: datetime
) -> tuple[IdempotentAnswer, bool]:
    """Claim a key, committed at once and with a lease; return the row, and whether it holds the first answer already.

    Call outside any transaction. Raises KeyReused for another method, address or body, and StillRunning while the first
    attempt's lease stands. A claim whose lease has run out is taken over; the attempt that held it can no longer commit.
    """
    claim = {
        "method": method,
        "path": path,
        "body_digest": body_digest,
        "claimed_at": now,
        "lease_until": now + LEASE,
        "status": None,
        "headers": {},
        "body": "",
    }
    row, created = IdempotentAnswer.objects.get_or_create(caller=caller, key=key, defaults=claim)
    if created:
        return row, False
    if row.claimed_at > now - KEPT:
        if (row.method, row.path, row.body_digest) != (method, path, body_digest):
            raise KeyReused
        if row.status is not None:
            return row, True
        if row.lease_until > now:
            raise StillRunning
    if not IdempotentAnswer.objects.filter(pk=row.pk, claimed_at=row.claimed_at).update(**claim):
        raise StillRunning
    row.refresh_from_db()
    return row, False


def keep_answer(claim: IdempotentAnswer, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep the first answer under its claim, in the transaction that did what it tells; raises when the claim was lost."""
    mine = IdempotentAnswer.objects.filter(pk=claim.pk, claimed_at=claim.claimed_at, status__isnull=True)
    if not mine.update(status=status, headers=dict(headers), body=body):
        raise StillRunning


def release_answer(claim: IdempotentAnswer) -> None:
    """Give a claim back: the request was refused, nothing was done, and the same key may be used again."""
    IdempotentAnswer.objects.filter(pk=claim.pk, claimed_at=claim.claimed_at, status__isnull=True).delete()


def purge_answers(*, now: datetime) -> int:
    """Delete the answers that are older than a day, and return how many."""
    deleted, _by_model = IdempotentAnswer.objects.filter(claimed_at__lte=now - KEPT).delete()
    return deleted


COUNT = """
INSERT INTO workflows_requestcount AS counted (caller, minute, count) VALUES (%s, %s, 1)
ON CONFLICT (caller) DO UPDATE SET
  count = CASE WHEN counted.minute = excluded.minute THEN counted.count + 1 ELSE 1 END,
  minute = excluded.minute
RETURNING count
"""


def count_request(*, caller: str, now: datetime) -> int:
    """Count a call of an account, and return how many it has made in the minute of `now`; one statement, race-free."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [caller, int(now.timestamp()) // 60])
        row: tuple[int] = cursor.fetchone()
    return row[0]
