"""The demonstration: every process of the product on this machine, fictitious data, and a mailbox that sends nothing.

Data lives in one private folder and survives; processes are recorded there, so that what a killed run left is found.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from summitprep.embedded import ServiceError, Services, data_folder, free_port
from summitprep.processes import stop_leftovers

PROJECT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000
NOT_INHERITED = {"SUMMITPREP_BUILD", "PYTHONDONTWRITEBYTECODE"}  # without compiled modules each start costs seconds more
PREPARE_SECONDS = 600
PAGE_SECONDS = 120
REMINDER_SECONDS = 300
PASSWORD = "summit-prep-demo-2026"  # noqa: S105 - fictitious accounts, reachable from this machine only


class DemoError(RuntimeError):
    """The demonstration could not be started or went wrong; the text says why."""


@dataclass
class Demo:
    """One run of the demonstration."""

    port: int = DEFAULT_PORT
    out: TextIO = field(default_factory=lambda: sys.stdout)
    began: float = field(default_factory=time.monotonic)
    stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Choose the data folder."""
        self.folder, self.why_elsewhere = data_folder(PROJECT)
        self.logs = self.folder / "logs"
        self.mailbox = self.folder / "mailbox"
        self.environment: dict[str, str] = {}

    @property
    def site(self) -> str:
        """Return the address of the pages."""
        return f"http://localhost:{self.port}"

    def say(self, text: str = "") -> None:
        """Print a line at once."""
        print(text, file=self.out, flush=True)

    def run(self, *, once: bool) -> None:
        """Start everything, say where it is, and wait for Ctrl-C; with `once`, for a page and a reminder."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda *_: self.stopping.set())
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.logs, self.mailbox, self.folder / "media"):
            folder.mkdir(mode=0o700, exist_ok=True)
        with one_at_a_time(self.folder / "lock"):
            self.stop_what_is_left()
            self.say("SummitPrep, demonstration. Ctrl-C stops it; a second start goes on with the same data.")
            self.say(self.why_elsewhere or f"Data is kept in {self.folder}.")
            self.say("Starting PostgreSQL and Valkey …")
            services = Services(self.folder).start()
            try:
                self.go(services, once)
            finally:
                self.say("Stopping …")
                services.stop()
                self.say("Stopped; no process is left.")

    def go(self, services: Services, once: bool) -> None:
        """Do what comes between the start and the end of the two servers."""
        mail_port = free_port()
        self.choose_port()
        self.environment = self.settings(services, mail_port)
        self.say("Preparing the database …")
        prepared = self.prepare(services)
        self.say("The demonstration is loaded." if prepared["is_new"] else "Going on with the data of the last start.")
        self.start_processes(services, mail_port)
        page_seconds = self.wait_for_page(services)
        self.print_welcome(prepared["accounts"])
        if once:
            self.say(f"A page answered {page_seconds:.1f} s after the start.")
            self.wait_for_reminder(services, prepared["reminders_sent"])
            return
        while not self.stopping.wait(1.0):
            self.check(services)

    def stop_what_is_left(self) -> None:
        """Stop the processes that a killed run left behind."""
        try:
            left = stop_leftovers(self.folder / "processes.json")
        except RuntimeError as error:
            raise DemoError(str(error)) from error
        if left:
            self.say(f"A run that was killed had left these processes, now stopped: {', '.join(left)}.")

    def choose_port(self) -> None:
        """Take the wanted port, or another one and say so."""
        wanted, self.port = self.port, free_port(self.port)
        if self.port != wanted:
            self.say(f"Port {wanted} is in use; the pages are on port {self.port}.")

    def settings(self, services: Services, mail_port: int) -> dict[str, str]:
        """Return the environment of every process of the demonstration."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return {
            **inherited,
            **services.environment(),
            "DJANGO_SETTINGS_MODULE": "summitprep.settings",
            "SUMMITPREP_DEMO": "1",
            "DEBUG": "0",
            "HTTPS": "0",
            "SECRET_KEY": secret_key(self.folder / "secret-key"),
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "SITE_URL": self.site,
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(mail_port),
            "MAIL_TLS": "none",
            "MAIL_USER": "",
            "MAIL_PASSWORD": "",
            "MAIL_DOMAIN": "demo.invalid",
            "DEMO_MAILBOX_DIR": str(self.mailbox),
            "DEMO_PASSWORD": PASSWORD,
            "MEDIA_ROOT": str(self.folder / "media"),
            "PYTHONUNBUFFERED": "1",
        }

    def prepare(self, services: Services) -> dict[str, Any]:
        """Bring the database up to date, load the demonstration where there is none; return what it holds."""
        answer = self.ask(services, "prepare", [], PREPARE_SECONDS, OUTBOX_NUDGE="summitprep.nothing.nothing")
        if answer is None:
            raise DemoError(f"The database could not be prepared:\n{tail(self.logs / 'prepare.log', 30)}")
        return answer

    def ask(self, services: Services, name: str, arguments: list[str], seconds: float, **more: str) -> dict[str, Any] | None:
        """Run `demo_<name>` as a process of the family and return what it found; None when it failed or took long."""
        path = self.folder / f"{name}.json"
        path.unlink(missing_ok=True)
        command = [sys.executable, str(PROJECT / "manage.py"), f"demo_{name}", "--answer", str(path), *arguments]
        log = self.logs / f"{name}.log"
        child = services.family.start(name, command, log=log, env=self.environment | more, cwd=PROJECT)
        try:
            ended = self.wait_for(lambda: child.poll() is not None, services, seconds, helper=name)
        finally:
            services.family.stop(name)
        return json.loads(path.read_text()) if ended and child.returncode == 0 else None

    def start_processes(self, services: Services, mail_port: int) -> None:
        """Start mailbox, web, worker and beat."""
        python, celery = sys.executable, ["-m", "celery", "-A", "summitprep.celery"]
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        commands = {
            "mailbox": ["-m", "summitprep.mailbox", "--port", str(mail_port), "--folder", str(self.mailbox)],
            "web": [
                *("-m", "gunicorn", "summitprep.wsgi:application", "--preload", "--bind", f"127.0.0.1:{self.port}"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "120"),
                *("--graceful-timeout", "5", "--no-control-socket", "--worker-tmp-dir", str(self.folder)),
            ],
            "worker": [*celery, "worker", "--pool", "threads", "--concurrency", "4", "--loglevel", "INFO", *quiet],
            "beat": [*celery, "beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "INFO"],
        }
        for name, command in commands.items():
            environment = self.environment | {"PROCESS_NAME": f"summitprep {name}"}
            log = self.logs / f"{name}.log"
            services.family.start(name, [python, *command], log=log, env=environment, cwd=PROJECT)

    def wait_for_page(self, services: Services) -> float:
        """Wait until the sign-in page answers; return the seconds since the command was given."""

        def answers() -> bool:
            with suppress(OSError):
                address = f"http://127.0.0.1:{self.port}/accounts/login/"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return bool(answer.status == 200)
            return False

        if not self.wait_for(answers, services, PAGE_SECONDS):
            raise DemoError(f"No page answered within {PAGE_SECONDS} s:\n{tail(self.logs / 'web.log', 30)}")
        return time.monotonic() - self.began

    def wait_for_reminder(self, services: Services, before: int) -> None:
        """Wait until the worker has mailed a reminder and the mailbox has it; say when. Raises DemoError."""
        found = self.ask(services, "reminder", ["--before", str(before)], REMINDER_SECONDS)
        if found is None:
            words = "\n".join(tail(self.logs / f"{name}.log", 20) for name in ("reminder", "worker", "beat"))
            raise DemoError(f"No reminder was seen to leave. The last words of those concerned:\n{words}")
        if found["earlier"]:
            self.say(f"No reminder falls due now; one was mailed by the worker in an earlier run, {found['sent_at']}.")
        else:
            self.say(f"A reminder was mailed by the worker {time.monotonic() - self.began:.1f} s after the start:")
        self.say(f"  {found['subject']} → {found['to']}")

    def wait_for(self, condition: Callable[[], bool], services: Services, seconds: float, *, helper: str = "") -> bool:
        """Ask again and again until the condition holds or the time is over (False).

        Raises StoppedByUser at Ctrl-C and DemoError when a process other than the named helper has ended.
        """
        end = time.monotonic() + seconds
        while not condition():
            if self.stopping.is_set():
                raise StoppedByUser
            self.check(services, helper)
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def check(self, services: Services, helper: str = "") -> None:
        """Raise DemoError when one of the processes has ended by itself."""
        for name, code in services.family.dead().items():
            if name != helper:
                words = tail(services.family.logs[name], 20)
                raise DemoError(f"{name} ended by itself (exit code {code}). Its last words:\n{words}")

    def print_welcome(self, accounts: list[dict[str, str]]) -> None:
        """Say where everything is and who may sign in."""
        self.say()
        self.say(f"Pages          {self.site}/")
        self.say(f"API            {self.site}/api/v1/docs/")
        self.say(f"Demo mailbox   {self.site}/mailbox/")
        self.say(f"Logs           {self.logs}")
        self.say()
        self.say(f"Accounts (the password of all: {PASSWORD})")
        width = max((len(account["email"]) for account in accounts), default=0)
        for account in accounts:
            self.say(f"  {account['email']:<{width}}  {account['party']}: {account['seat']}")
        self.say()


class StoppedByUser(Exception):
    """The user asked to stop."""


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold the folder's lock; it ends with the process, however that ends. Raises DemoError when it is taken."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError("The demonstration runs already, with this data. Stop it first: Ctrl-C there.") from error
        yield


def secret_key(path: Path) -> str:
    """Return the key kept in the file, made at the first start, readable by its owner only."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def tail(log: Path, lines: int) -> str:
    """Return the last lines of a log."""
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return f"({log} cannot be read)"


def main(*, port: int, once: bool) -> int:
    """Run the demonstration and return the exit code of the command."""
    demo = Demo(port=port)
    try:
        demo.run(once=once)
    except StoppedByUser:
        return 130
    except (DemoError, ServiceError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is what the user reads
        return 1
    return 0
