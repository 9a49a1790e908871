"""The demonstration: a fictitious Summit, walked by the real actions from its handover to today.

What happens in it is data (`data/demonstration.yaml`); each act is performed at its own instant of the past, in order, so
that the record verifies. The walk is one transaction: there is a whole demonstration, or none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from workflows.actions.deadline import LOADED, wake_summit
from workflows.actions.demo.acts import plan_acts
from workflows.actions.demo.stage import read_story, set_stage
from workflows.errors import WorkflowError
from workflows.models import Deadline, Message, Reminder, ReminderOutcome, Summit
from workflows.queries.reminder import reminder_book, written_keys
from workflows.states import MessageState

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["NotADemonstration", "is_demonstration_allowed", "seed_demo"]

HISTORY = "demo_history"
"""Why the mails of the past were not sent: nobody was there to read them."""
LAST = timedelta(minutes=10)
"""Nothing is walked so near to the present; what lies later has not happened yet."""


class NotADemonstration(WorkflowError):
    """The installation is a real one: fictitious people and acts have no place in it."""

    code = "not_a_demonstration"
    message = _("This is not a demonstration (SUMMITPREP_DEMO is not set): nothing fictitious is loaded.")


def is_demonstration_allowed() -> bool:
    """Tell whether this installation may hold the demonstration: its own, a developer's, or a test's."""
    return bool(settings.SUMMITPREP_DEMO or settings.DEBUG or settings.CLOCK_OFFSET_ALLOWED)


@transaction.atomic
def seed_demo(*, now: datetime, password: str) -> Summit:
    """Load the Conference and the fictitious Summit under way, dated so that `now` falls in its negotiation.

    Every account has the given password. A second time nothing changes. Raises NotADemonstration on a real installation.
    """
    if not is_demonstration_allowed():
        raise NotADemonstration
    found = Summit.objects.filter(is_demonstration=True).first()
    if found is not None:
        return found
    stage = set_stage(now=now, password=make_password(password))
    acts = [(at, place, act) for place, (at, act) in enumerate(plan_acts(stage)) if at < now - LAST]
    for at, _place, act in sorted(acts, key=lambda entry: entry[:2]):
        act(at)
    _leave_history(stage.summit, now)
    return Summit.objects.get(pk=stage.summit.pk)


def _leave_history(summit: Summit, now: datetime) -> None:
    """Mail nothing of the past: its messages are cancelled, its reminders written down as passed.

    The reminders of the deadline that the story pins to today are left due, so that the first sweep has one to send.
    """
    Message.objects.filter(state=MessageState.QUEUED).update(state=MessageState.CANCELLED, cancelled_reason=HISTORY)
    kept = [code for code, line in read_story()["lines"].items() if "pinned" in line]
    deadlines = list(Deadline.objects.open().filter(summit=summit).exclude(task__code__in=kept).select_related(*LOADED))
    book, written = reminder_book(summit, now), written_keys(deadlines)
    plans = [(d, book.plan(d, written.get(d.pk, ()), now)) for d in deadlines]
    Reminder.objects.bulk_create(
        Reminder(
            deadline=deadline,
            due_at=deadline.due_at,
            rung=due.rung,
            seat_id=due.seat,
            leaves_at=due.leaves_at,
            written_at=now,
            outcome=ReminderOutcome.PASSED,
        )
        for deadline, plan in plans
        for due in (*plan.send, *plan.superseded)
        if deadline.due_at is not None
    )
    wake_summit(summit, now=now)
