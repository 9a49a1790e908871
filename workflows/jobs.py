"""Celery's entry points: each may run twice, or not at all, without harm; all that matters lies in the database."""

from celery import shared_task

from workflows.actions import answer, document, message, reminder
from workflows.queries.clock import read_clock


@shared_task
def sweep() -> None:
    """Close the windows that are over, queue the reminders that are due, and have what follows sent at once."""
    now = read_clock()
    if document.close_due_windows(now=now) + reminder.sweep(now).queued:
        deliver.delay()


@shared_task
def deliver() -> None:
    """Send the mails that are due."""
    message.deliver(read_clock)


@shared_task
def mail_record_head() -> None:
    """Queue the day's heads of the record, once, and have them sent."""
    if message.queue_record_heads(read_clock()):
        deliver.delay()


@shared_task
def purge_answers() -> None:
    """Forget the answers that the API kept for repeated requests, after their day."""
    answer.purge_answers(now=read_clock())


def nudge() -> None:
    """Have both done now instead of at the next beat; called after a commit, where a dead broker is logged."""
    sweep.delay()
    deliver.delay()
