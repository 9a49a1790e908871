"""What the others who were asked see of each answer: what becomes visible to them, or no longer is, makes an event then."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from workflows import engine
from workflows.models import Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from workflows.models import Summit
    from workflows.models.task import TaskQuerySet


@contextmanager
def telling_others(answers: TaskQuerySet, summit: Summit, *, now: datetime) -> Iterator[None]:
    """Record `release` for each answer that the others see after what is done inside and did not before, `withdraw` inversely.

    Call inside the transaction, under the summit's lock. The events go to the others who were asked, without a reason or
    anything else of the act that caused them.
    """
    before = set(answers.seen_by_others().values_list("pk", flat=True))
    yield
    after = set(answers.seen_by_others().values_list("pk", flat=True))
    changed = Task.objects.filter(pk__in=before ^ after).select_related("responsible").order_by("parent_id", "position", "pk")
    for answer in changed:
        answer.summit = summit
        others = Task.objects.filter(parent_id=answer.parent_id).exclude(pk=answer.pk).order_by("position", "pk")
        verb = "release" if answer.pk in after else "withdraw"
        engine.record(answer, verb, actor=None, now=now, audience=list(others.values_list("responsible_id", flat=True)))
