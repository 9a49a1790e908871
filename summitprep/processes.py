"""Child processes with a pid file: started in sessions of their own, stopped in order, found again after a crash."""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

MARK = "SUMMITPREP_FAMILY"
PR_SET_PDEATHSIG = 1


def birth(pid: int) -> str | None:
    """Return what tells this process from any other that bears the same pid at another time; None when it is gone."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{boot}:{ticks}"
    with suppress(psutil.Error):
        return f"{psutil.Process(pid).create_time():.2f}"
    return None


def is_alive(pid: int, born: str | None) -> bool:
    """Say whether the very process recorded as (pid, born) still runs; a zombie does not."""
    if born is None or birth(pid) != born:
        return False
    with suppress(psutil.Error):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def _die_with_parent(with_signal: int) -> Callable[[], None] | None:
    """Return what makes Linux send the signal to the child when its parent dies, even by SIGKILL."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, with_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), with_signal)

    return arm


class Family:
    """The processes that one command started, recorded in a pid file so that a later start can stop what is left."""

    def __init__(self, pid_file: Path) -> None:
        self.pid_file = pid_file
        self.children: dict[str, tuple[subprocess.Popen[bytes], int]] = {}
        self.logs: dict[str, Path] = {}
        self.scratch: list[Path] = []  # folders that go when the last process has ended
        self.mark = secrets.token_hex(8)

    def record(self) -> None:
        """Write owner and children to the pid file, atomically."""
        data = {
            "mark": self.mark,
            "owner": {"pid": os.getpid(), "born": birth(os.getpid())},
            "children": [
                {"name": name, "pid": child.pid, "born": birth(child.pid), "signal": stop_signal}
                for name, (child, stop_signal) in self.children.items()
            ],
            "scratch": [str(path) for path in self.scratch],
        }
        draft = self.pid_file.with_suffix(".new")
        draft.write_text(json.dumps(data, indent=1))
        draft.replace(self.pid_file)

    def start(
        self,
        name: str,
        command: Sequence[str | os.PathLike[str]],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        """Start a process under this name; its output goes to the log; `stop_signal` asks it to end."""
        with log.open("ab") as output:
            child = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {}), MARK: self.mark},
                start_new_session=True,
                preexec_fn=_die_with_parent(stop_signal),
                **options,
            )
        self.children[name] = (child, stop_signal)
        self.logs[name] = log
        self.record()
        return child

    def stop(self, name: str, *, patience: float = 20.0) -> None:
        """Ask one child to end, wait for it, and end it and its session by force when it does not; never raises."""
        child, stop_signal = self.children.pop(name)
        with suppress(ProcessLookupError):
            child.send_signal(stop_signal)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)
        _kill_session(child.pid, self.mark)
        self.record()

    def stop_all(self) -> None:
        """Stop every child, the last one started first, and remove the pid file and the scratch folders."""
        for name in reversed(list(self.children)):
            self.stop(name)
        self.pid_file.unlink(missing_ok=True)
        for path in self.scratch:
            shutil.rmtree(path, ignore_errors=True)

    def dead(self) -> dict[str, int]:
        """Return name and exit code of the children that ended by themselves."""
        codes = {name: child.poll() for name, (child, _) in self.children.items()}
        return {name: code for name, code in codes.items() if code is not None}


def _kill_session(session: int, mark: str) -> None:
    """Kill what is left of a session led by one of our children: only processes that carry our mark."""
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == session and process.environ().get(MARK) == mark:
                process.kill()


def owner_alive(pid_file: Path) -> bool:
    """Say whether the command that wrote this pid file still runs."""
    owner = _read(pid_file).get("owner", {})
    return is_alive(owner.get("pid", 0), owner.get("born"))


def stop_leftovers(pid_file: Path, *, patience: float = 15.0) -> list[str]:
    """Stop what a killed command left behind and return the names; a process that is not provably ours is left alone.

    Raises RuntimeError when the command that wrote the file still runs.
    """
    data = _read(pid_file)
    if not data:
        return []
    if owner_alive(pid_file):
        msg = f"Already running as process {data['owner']['pid']}. Stop that one first (Ctrl-C in its window)."
        raise RuntimeError(msg)
    stopped = []
    for child in reversed(data.get("children", [])):
        pid, born = child["pid"], child["born"]
        if is_alive(pid, born):
            stopped.append(child["name"])
            with suppress(ProcessLookupError):
                os.kill(pid, child["signal"])
            deadline = time.monotonic() + patience
            while is_alive(pid, born) and time.monotonic() < deadline:
                time.sleep(0.05)
            if is_alive(pid, born):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        _kill_session(pid, data.get("mark", ""))
    for path in data.get("scratch", []):
        shutil.rmtree(path, ignore_errors=True)
    pid_file.unlink(missing_ok=True)
    return stopped


def _read(pid_file: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        data = json.loads(pid_file.read_text())
        if isinstance(data, dict):
            return data
    return {}
