"""An installation of its own: database, broker, web, worker and mailbox as processes, and those who use them by HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg
from celery import Celery
from psycopg import sql

from summitprep.embedded import free_port
from summitprep.processes import Family
from workflows.queries.mailbox import Mail, read_mail

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
BROKER = 7
"""The number of the broker's database, so that no other test's jobs come into our queue."""


class Installation:
    """Everything that runs, and the few things that only its keeper can do: move the clock, call a job, read the mailbox."""

    def __init__(self, folder: Path, began: datetime) -> None:
        self.folder, self.family, self.began = folder, Family(folder / "processes.json"), began
        self.name = f"drive_{secrets.token_hex(4)}"
        self.port, self.mail_port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.mailbox = folder / "mailbox"
        self.mailbox.mkdir()
        server = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])
        self.admin = psycopg.conninfo.make_conninfo(**server)
        self.dsn = psycopg.conninfo.make_conninfo(**{**server, "dbname": self.name})
        self.environment = self._environment()
        self.broker = Celery("drive", broker=self.environment["REDIS_URL"])
        self.broker.conf.task_default_queue = "summitprep"
        self.broker.conf.task_ignore_result = True
        self.seen: list[Path] = []

    def _environment(self) -> dict[str, str]:
        database = urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}")
        broker = urllib.parse.urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKER}")
        ours = re.compile(r"DATABASE_URL|REDIS_URL|DJANGO_|DEBUG|SECRET_KEY|HTTPS|SUMMITPREP_|PYTEST_|COV_|MAIL_")
        return {name: value for name, value in os.environ.items() if not ours.match(name)} | {
            "DJANGO_SETTINGS_MODULE": "tests.e2e.drive_settings",
            "DATABASE_URL": database.geturl(),
            "REDIS_URL": broker.geturl(),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": self.base,
            "HTTPS": "0",
            "BEHIND_PROXY": "1",  # each ministry comes from an address of its own
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(self.mail_port),
            "MAIL_TLS": "none",
            "MAIL_DOMAIN": "drive.example",
            "MEDIA_ROOT": str(self.folder / "media"),
            "LOG_LEVEL": "WARNING",
            "REQUEST_LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }

    # Start and end ------------------------------------------------------------------------------------------------

    def start(self) -> str:
        """Make the database, begin at the first instant, start the processes; return what the first approver is told."""
        with psycopg.connect(self.admin, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
        self.run("migrate", "manage.py", "migrate", "--no-input", "--verbosity", "0")
        self.database = psycopg.connect(self.dsn, autocommit=True)
        self.move_clock(self.began)
        self._spawn("mailbox", "-m", "summitprep.mailbox", "--port", str(self.mail_port), "--folder", str(self.mailbox))
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self._spawn("worker", "-m", "celery", "-A", "summitprep.celery", "worker", "--pool", "solo", *quiet)
        bound = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "4", "--timeout", "120"]
        self._spawn("web", "-m", "gunicorn", "summitprep.wsgi:application", *bound, "--no-control-socket")
        self.run("cache", "manage.py", "createcachetable")
        told = self.run("approver", "manage.py", "create_first_approver", "aprobador@segib.example", "--name", "Aprobador")
        self.wait_for(self._answers, "no page answered")
        return told

    def stop(self) -> None:
        """Stop every process and drop the database."""
        self.broker.close()
        self.family.stop_all()
        with suppress(AttributeError):
            self.database.close()
        with psycopg.connect(self.admin, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def _spawn(self, name: str, *arguments: str) -> Any:
        log = self.folder / f"{name}.log"
        return self.family.start(name, [sys.executable, *arguments], log=log, env=self.environment, cwd=PROJECT)

    def run(self, name: str, *arguments: str) -> str:
        """Run a command of the project to its end, and return what it said."""
        child = self._spawn(name, *arguments)
        code = child.wait(PATIENCE)
        self.family.stop(name)
        said = (self.folder / f"{name}.log").read_text()
        assert code == 0, said
        return said

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.base}/health", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def words(self) -> str:
        """Return the last words of the processes, for whoever looks why the test failed."""
        return "\n".join(f"{log.name}: {log.read_text()[-3000:]}" for log in self.folder.glob("*.log") if log.stat().st_size)

    def wait_for(self, condition: Callable[[], bool], complaint: str) -> None:
        """Ask again and again until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, f"{complaint}\n{self.words()}"
            assert not self.family.dead(), f"{self.family.dead()}\n{self.words()}"
            time.sleep(0.04)

    # The keeper's own -------------------------------------------------------------------------------------------

    def ask(self, query: str, *values: object) -> Any:
        """Return the first value of a query on the database."""
        row = self.database.execute(query, values).fetchone()
        return row[0] if row else None

    def now(self) -> datetime:
        """Return what the clock shows to every process."""
        shown: datetime = self.ask(
            "SELECT statement_timestamp() + coalesce((SELECT c.\"offset\" FROM workflows_clockoffset c), interval '0')"
        )
        return shown

    def move_clock(self, to: datetime) -> None:
        """Move the clock of all processes together; it goes on running from there."""
        self.database.execute(
            'INSERT INTO workflows_clockoffset (id, "offset") VALUES (1, %s - statement_timestamp()) '
            'ON CONFLICT (id) DO UPDATE SET "offset" = excluded."offset"',
            [to],
        )

    def job(self, name: str) -> None:
        """Send a job to the broker, as the beat does."""
        self.broker.send_task(f"workflows.jobs.{name}")

    def is_idle(self) -> bool:
        """Tell whether nothing is due: no deadline to look at, no window to close, no mail to send."""
        now = self.now()
        waking = "SELECT count(*) FROM workflows_deadline WHERE closed_at IS NULL AND next_wake_at <= %s"
        leaving = "SELECT count(*) FROM workflows_message WHERE state IN ('queued', 'sending') AND next_attempt_at <= %s"
        closing = (
            "SELECT count(*) FROM workflows_deadline l JOIN workflows_document d ON d.id = l.document_id "
            "WHERE d.state = 'circulated' AND l.closed_at IS NULL AND l.due_at < %s"
        )
        return not any(self.ask(query, now) for query in (waking, closing, leaving))

    def rest(self) -> None:
        """Wait until worker and outbox have done all that is due; the beat's jobs come by from time to time."""
        next_beat = time.monotonic() + 10

        def is_done() -> bool:
            nonlocal next_beat
            if time.monotonic() > next_beat:
                next_beat += 10
                self.job("sweep")
                self.job("deliver")
            return self.is_idle()

        self.wait_for(is_done, "mail or reminders were left")

    def new_mails(self) -> list[Mail]:
        """Return the mails that arrived since the last call, in the order of their arrival."""
        fresh = [path for path in sorted(self.mailbox.glob("*.eml")) if path not in self.seen]
        self.seen += fresh
        return [mail for path in fresh if (mail := read_mail(path.stem, self.mailbox))]


@contextmanager
def installation(folder: Path, began: datetime) -> Iterator[tuple[Installation, str]]:
    """Start an installation, hand it over with what its first approver was told, and leave nothing behind."""
    house = Installation(folder, began)
    try:
        yield house, house.start()
    finally:
        house.stop()


# Who uses it -------------------------------------------------------------------------------------------------------


class Refused(AssertionError):
    """The server answered something else than was expected."""


class Browser:
    """A person's browser: keeps cookies, follows redirects, posts forms with their CSRF token."""

    def __init__(self, base: str, address: str) -> None:
        self.base, self.address = base, address
        self.cookies = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def _send(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str, str]:
        url = path if path.startswith("http") else f"{self.base}{path}"
        request = urllib.request.Request(url, data, {"X-Forwarded-For": self.address, **headers})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, url, error.read().decode()

    def get(self, path: str) -> str:
        """Open a page."""
        status, _url, html = self._send(path)
        if status != 200:
            raise Refused(f"GET {path}: {status}\n{html[:2000]}")
        return html

    def post(self, path: str, expect: int = 200, **fields: Any) -> tuple[str, str]:
        """Send a form; return the address at which it ended and the page."""
        pairs = [(k, v) for k, value in fields.items() for v in (value if isinstance(value, list) else [value])]
        data = urllib.parse.urlencode([("csrfmiddlewaretoken", self.token()), *pairs]).encode()
        status, url, html = self._send(path, data)
        if status != expect:
            raise Refused(f"POST {path}: {status}\n{html[:4000]}")
        return url, html

    def token(self) -> str:
        """Return the CSRF token of the browser's cookie."""
        return next((c.value or "" for c in self.cookies if c.name == "csrftoken"), "")

    def call(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post to the API by the session of the pages."""
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token(), "Accept-Language": "es"}
        status, _url, text = self._send(path, json.dumps(body).encode(), **headers)
        if status not in {200, 201}:
            raise Refused(f"POST {path}: {status} {text}")
        answer: dict[str, Any] = json.loads(text)
        return answer


class Person:
    """Somebody with an account: follows the invitation, signs in, sets up a second factor where the seat asks for one."""

    def __init__(self, base: str, email: str, number: int) -> None:
        self.email, self.password = email, f"clave-{secrets.token_urlsafe(12)}"
        self.browser = Browser(base, f"10.0.{number // 250}.{number % 250 + 1}")

    def accept(self, link: str) -> None:
        """Choose a password by the link, and sign in."""
        _status, url, _html = self.browser._send(link)
        self.browser.post(url, password1=self.password, password2=self.password)
        self.browser.get("/accounts/login/")
        url, html = self.browser.post("/accounts/login/", login=self.email, password=self.password)
        if "/accounts/login/" in url:
            raise Refused(f"{self.email} could not sign in\n{html[:4000]}")

    def set_up_second_factor(self) -> None:
        """Set up an application that shows codes, as the seats of both secretariats must."""
        self.browser.get("/accounts/2fa/totp/activate/")
        again = "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/"
        _url, page = self.browser.post(again, password=self.password)
        found = re.search(r'class="secret">\s*([A-Z2-7]+)', page)
        assert found, page[:2000]
        self.browser.post("/accounts/2fa/totp/activate/", code=code_of(found[1]))

    def make_token(self, until: datetime) -> str:
        """Return a new API token of the person's seat."""
        body = {"name": "Prueba", "scopes": ["*:read", "*:write"], "expires_at": until.isoformat().replace("+00:00", "Z")}
        return str(self.browser.call("/api/v1/tokens/", body)["secret"])


def code_of(secret: str) -> str:
    """Return the six figures that an application shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class System:
    """A secretariat's own system: speaks to the API by the token of a seat, and reads before it passes a warning."""

    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    def request(self, method: str, path: str, body: Any = None, version: int | None = None) -> tuple[int, Any]:
        """Return status and body of a call."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Accept-Language": "es"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        url = path if path.startswith("http") else self.base + (path if path.startswith("/api/") else f"/api/v1/{path}")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def get(self, path: str) -> Any:
        """Read a resource."""
        status, body = self.request("GET", path)
        if status != 200:
            raise Refused(f"GET {path}: {status} {body}")
        return body

    def every(self, path: str) -> list[dict[str, Any]]:
        """Read a whole list, page by page."""
        rows: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            page = self.get(following)
            rows, following = rows + page["results"], page["next"]
        return rows

    def post(self, path: str, body: Any = None, version: int | None = None, method: str = "POST") -> Any:
        """Do something; what only warns is read, and passed with its codes."""
        body = body or {}
        status, answer = self.request(method, path, body, version)
        if status == 422 and "accepted" not in body:
            warned = [reason["code"] for reason in answer.get("errors", ()) if reason.get("advisory")]
            if warned and len(warned) == len(answer["errors"]):
                status, answer = self.request(method, path, {**body, "accepted": warned}, version)
        if status not in {200, 201, 202}:
            raise Refused(f"{method} {path}: {status} {json.dumps(answer, ensure_ascii=False)[:4000]}")
        return answer


def accepted_in(html: str) -> list[str]:
    """Return the warnings that a page asks to have read."""
    return [unescape(value) for value in re.findall(r'name="accepted"[^>]*value="([^"]+)"', html)]
