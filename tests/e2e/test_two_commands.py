"""`make demo` on a real machine: it starts, proves itself, goes on after `kill -9`, and leaves no process."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from summitprep.embedded import free_port

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 300
PARTS = ("api", "locale", "static", "summitprep", "templates", "workflows", "manage.py", "pyproject.toml")
OURS = re.compile(r"DATABASE_URL|REDIS_URL|DJANGO_|DEBUG|SECRET_KEY|HTTPS|SUMMITPREP_|PYTEST_|XDG_CACHE_HOME|COV_")

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that an ordinary user may enter too, as PostgreSQL does when root runs the tests."""
    place = Path(tempfile.mkdtemp(prefix="summitprep-two-"))
    place.chmod(0o755)
    yield place
    for process in processes_of(place):
        with suppress(psutil.Error):
            process.kill()
    shutil.rmtree(place, ignore_errors=True)


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not OURS.match(name)} | more


def processes_of(place: Path) -> list[psutil.Process]:
    """Every process that was started for this data folder, by its command line or its environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = [*process.cmdline(), *process.environ().values()]
            if process.pid != os.getpid() and any(str(place) in word for word in words):
                found.append(process)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def none_left(place: Path, seconds: float = 40.0) -> bool:
    end = time.monotonic() + seconds
    while processes_of(place) and time.monotonic() < end:
        time.sleep(0.2)
    return processes_of(place) == []


class Run:
    """A demonstration that runs in the background, and what it has said so far."""

    def __init__(self, place: Path, *arguments: str, project: Path = PROJECT, **more: str) -> None:
        self.output = place / f"output-{time.monotonic_ns()}.txt"
        names = environment(SUMMITPREP_DATA=str(place / "data folder")) if not more else environment(**more)
        command = [sys.executable, project / "manage.py", "demo", *arguments]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=names, cwd=project)

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str) -> str:
        end = time.monotonic() + PATIENCE
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)
        return self.said()

    def health(self) -> dict:
        address = re.search(r"Pages\s+(http://\S+/)", self.wait_for("Accounts")).group(1)
        with urllib.request.urlopen(f"{address}health", timeout=20) as answer:
            return json.load(answer)


def test_once_shows_a_page_and_a_reminder_and_leaves_nothing_from_a_folder_with_a_space(folder: Path) -> None:
    project = folder / "summit prep"
    project.mkdir()
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, project / part)

    run = Run(folder, "--once", "--port", str(free_port()), project=project, XDG_CACHE_HOME=str(folder / "cache"))
    code = run.process.wait(PATIENCE)

    said = run.said()
    assert code == 0, said
    assert "because the path of this folder has a space" in said
    assert re.search(r"A page answered \d+\.\d s after the start", said)
    assert re.search(r"A reminder was mailed by the worker \d+\.\d s after the start", said)
    assert said.rstrip().endswith("Stopped; no process is left.")
    assert not (project / ".demo").exists()
    assert none_left(folder, 0)


def test_after_kill_9_of_all_it_goes_on_where_it_was_and_ctrl_c_leaves_nothing(folder: Path) -> None:
    port = str(free_port())
    first = Run(folder, "--port", port)
    first.wait_for("Accounts")
    mails = sum(first.health()["messages"].values())
    for process in processes_of(folder):
        process.kill()
    first.process.wait(20)

    second = Run(folder, "--port", port)
    said = second.wait_for("Accounts")
    health = second.health()
    second.process.send_signal(signal.SIGINT)
    code = second.process.wait(60)

    assert "Going on with the data of the last start." in said
    assert (health["status"], health["database"]) == ("ok", True)
    assert sum(health["messages"].values()) >= mails
    assert (code, none_left(folder, 0)) == (0, True), second.said()


def test_kill_9_of_the_command_alone_ends_its_processes_or_the_next_start_does(folder: Path) -> None:
    first = Run(folder, "--port", str(free_port()))
    first.wait_for("Accounts")
    first.process.kill()
    first.process.wait(20)
    if sys.platform.startswith("linux"):
        assert none_left(folder)

    second = Run(folder, "--port", str(free_port()))
    second.wait_for("Accounts")
    second.process.terminate()

    assert (second.process.wait(60), none_left(folder, 0)) == (0, True), second.said()


def test_a_second_one_with_the_same_data_and_a_taken_port_are_told(folder: Path) -> None:
    port = str(free_port())
    first = Run(folder, "--port", port)
    first.wait_for("Accounts")

    same_data = Run(folder, "--port", port)
    assert same_data.process.wait(60) == 1
    assert "The demonstration runs already, with this data." in same_data.said()

    other = Run(folder, "--port", port, SUMMITPREP_DATA=str(folder / "other"))
    other.wait_for(f"Port {port} is in use; the pages are on port ")
    other.process.terminate()
    assert other.process.wait(120) == 130
    first.process.terminate()
    assert (first.process.wait(60), none_left(folder)) == (0, True)


def test_a_foreign_process_that_bears_a_recorded_number_is_left_alone(folder: Path) -> None:
    bystander = subprocess.Popen(["sleep", "600"])
    try:
        data = folder / "data folder"
        data.mkdir()
        child = {"name": "web", "pid": bystander.pid, "born": "another boot:1", "signal": int(signal.SIGTERM)}
        record = {"mark": "x", "owner": {"pid": bystander.pid, "born": "another boot:1"}, "children": [child]}
        (data / "processes.json").write_text(json.dumps(record))

        run = Run(folder, "--port", str(free_port()))
        run.wait_for("Starting PostgreSQL")
        run.process.terminate()
        run.process.wait(120)

        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
