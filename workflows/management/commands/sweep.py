"""`manage.py sweep`: all that worker and beat do, without a broker; once, or again and again."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from workflows.actions.answer import purge_answers
from workflows.actions.document import close_due_windows
from workflows.actions.message import deliver, queue_record_heads
from workflows.actions.reminder import sweep
from workflows.queries.clock import read_clock

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Queue what is due and send it. Any number of these, with or without workers, may run at once."""

    help = __doc__
    requires_system_checks = []  # it may be started every minute

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how often."""
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="go on, with so many seconds between two rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one round, or rounds until SIGTERM or SIGINT; then the mail in hand is finished, and no other begun."""
        stopping = threading.Event()
        if options["loop"] is None:
            self.round(stopping)
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopping.set())
        while not stopping.is_set():
            try:
                self.round(stopping)
            except DatabaseError:
                log.exception("sweep.database_away")
                connection.close()
            stopping.wait(options["loop"])

    def round(self, stopping: threading.Event) -> None:
        """Close the windows that are over, sweep, queue the heads of the record, deliver."""
        now = read_clock()
        closed = close_due_windows(now=now)
        swept = sweep(now)
        heads = queue_record_heads(now)
        purge_answers(now=now)
        counts = deliver(read_clock, stop=stopping.is_set)
        if swept.queued or closed or heads or counts:
            log.info("sweep.done", windows=closed, reminders=swept.queued, heads=heads, **counts)
