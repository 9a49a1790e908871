"""`manage.py demo_reminder`: waits until the worker has mailed a reminder; used by `manage.py demo --once`."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflows.models import Message
from workflows.notices.render import message_id_of
from workflows.queries.clock import read_clock
from workflows.queries.mailbox import list_mails
from workflows.queries.watch import conservation

TWO_BEATS = 150.0


class Command(BaseCommand):
    """Wait for one reminder more than there were, found in the mailbox too; write down which."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file for the answer and how many reminders had been mailed before."""
        parser.add_argument("--answer", type=Path, required=True)
        parser.add_argument("--before", type=int, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Wait and answer; where nothing is due, or after two beats, an earlier run's reminder is the answer."""
        end = time.monotonic() + TWO_BEATS
        before = options["before"]
        sent = Message.objects.filter(reminder__isnull=False, sent_at__isnull=False).order_by("-sent_at", "-pk")
        while True:
            message = sent.first()
            is_new = sent.count() > before
            if message and (is_new or nothing_is_due() or time.monotonic() > end) and is_in_mailbox(message):
                break
            time.sleep(0.3)
        answer = {
            "earlier": not is_new,
            "sent_at": f"{message.sent_at:%Y-%m-%d %H:%M} UTC",
            "subject": message.subject,
            "to": message.to_address,
        }
        draft = options["answer"].with_suffix(".new")
        draft.write_text(json.dumps(answer))
        draft.replace(options["answer"])


def nothing_is_due() -> bool:
    """Say whether no deadline waits to be looked at and no reminder is on its way."""
    found = conservation(read_clock())
    return found.unswept == 0 and found.pending == 0


def is_in_mailbox(message: Message) -> bool:
    """Say whether the mailbox caught this mail."""
    message_id = message_id_of(message.key)
    return any(mail.message_id == message_id for mail in list_mails(settings.DEMO_MAILBOX_DIR))
