"""A hundred reminders due, and real processes that send them; started, killed and counted here."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from tests.factories import OPENING, SMALL, empty_database
from tests.smtp import Sink
from workflows.actions.clock import move_clock
from workflows.actions.party import fill_seat
from workflows.actions.reference import load_conference
from workflows.actions.summit import create_summit
from workflows.actions.template import copy_template, load_template
from workflows.models import Message, Party, Reminder, Seat
from workflows.queries.clock import read_clock
from workflows.states import MessageState, SeatRole

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 90.0
NOTHING_LISTENS = "redis://127.0.0.1:1/0"
BEGUN = datetime(2027, 6, 1, 10, tzinfo=UTC)
DUE = datetime(2027, 7, 13, 16, tzinfo=UTC)  # the rung −7 has left in every capital, holidays apart; the next is far
LINES, DELEGATIONS = 5, 20


def all_due(*, lines: int = LINES) -> None:
    """Commit contributions asked of all, twenty coordinators who owe them, and set the clock to when all are reminded."""
    empty_database()
    protocol = load_conference(now=BEGUN)
    host = Party.objects.get(code="ES")
    place = {"number": 31, "host": host, "city": "Madrid", "zone": "Europe/Madrid", "opening_on": OPENING}
    summit = create_summit(**place, protocol_list=protocol, actor=None, now=BEGUN)
    for member in summit.participations.select_related("party").order_by("position")[:DELEGATIONS]:
        seat_somebody(Seat.objects.get(party=member.party, role=SeatRole.NATIONAL_COORDINATOR))
    for seat in Seat.objects.filter(role__in=[SeatRole.APPROVER, SeatRole.SECRETARY]):  # who get the heads of the record
        seat_somebody(seat)
    template = load_template(text=with_more_lines(SMALL, lines), actor=None, now=BEGUN)
    copy_template(summit, template, actor=None, now=BEGUN)
    Message.objects.all().delete()
    move_clock(to=DUE, now=read_clock())


def seat_somebody(seat: Seat) -> None:
    email = f"{seat.role}@{seat.party.code}.example.org".lower()
    fill_seat(seat, name="Titular", email=email, invite=False, actor=None, now=BEGUN)


def with_more_lines(template: str, lines: int) -> str:
    """Return the template with more lines like DOC-03."""
    [block] = re.findall(r"  - code: DOC-03\n(?:.+\n)+", template)
    more = "\n".join(block.replace("DOC-03", f"DOC-3{n}") for n in range(1, lines))
    return template.replace(block, f"{block}\n{more}")


@dataclass
class Worker:
    """A process of the product, in a session of its own, so that it can be killed with all that it started."""

    name: str
    log: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a power failure would, and wait until the database has noticed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        wait_for(lambda: not self.sessions(), "the database still works for a dead process")

    def sessions(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [self.name])
            return int(cursor.fetchone()[0])

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@dataclass
class Office:
    """Starts workers on the tests' own database and broker, towards one mail server."""

    sink: Sink
    folder: Path
    redis_url: str = NOTHING_LISTENS
    workers: list[Worker] = field(default_factory=list)

    def start(self, *command: str) -> Worker:
        name = f"fault worker {len(self.workers)}"
        log = self.folder / f"{len(self.workers)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=PROJECT,
                env=self.environment(name),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.workers.append(Worker(name, log, process))
        return self.workers[-1]

    def environment(self, name: str) -> dict[str, str]:
        database = urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "summitprep.settings",
            "SUMMITPREP_DEMO": "1",
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": self.redis_url,
            "PROCESS_NAME": name,
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(self.sink.port),
            "MAIL_TLS": "none",
            "ALLOWED_HOSTS": "localhost",
            "LOG_LEVEL": "INFO",
        }

    def close(self) -> None:
        for worker in self.workers:
            if worker.process.poll() is None:
                os.killpg(worker.process.pid, signal.SIGKILL)
                worker.process.wait(PATIENCE)

    def marked(self) -> set[str]:
        """Return the mails that the workers' logs say were marked."""
        lines = (line for worker in self.workers for line in worker.log.read_text().splitlines() if "mail.marked" in line)
        return {found[0] for line in lines if (found := re.search(r"<[0-9a-f]+@[^>]+>", line))}

    def words(self) -> str:
        """Return the end of every log, for a failure's sake."""
        return "\n".join(f"{w.name}:\n{w.log.read_text()[-1500:]}" for w in self.workers)


def wait_for(found: Callable[[], Any], otherwise: str, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


def leases_run_out() -> None:
    now = read_clock()
    move_clock(to=now + timedelta(minutes=3), now=now)


def unsent() -> int:
    return Message.objects.filter(state__in=[MessageState.QUEUED, MessageState.SENDING]).count()


def due_mails() -> list[Message]:
    """Return the mails of the hundred reminders, by the ledger."""
    rows = Reminder.objects.filter(rung=-7, outcome="queued", deadline__task__parent__isnull=False)
    return [row.message for row in rows.select_related("message") if row.message]


def fates() -> Counter[str]:
    return Counter(Message.objects.values_list("state", flat=True))
