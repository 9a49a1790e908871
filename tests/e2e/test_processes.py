"""Child processes: stopped whatever they do, found again after a crash, and never mistaken for somebody else's."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from summitprep.embedded import data_folder, free_port
from summitprep.processes import Family, birth, is_alive, owner_alive, stop_leftovers

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(600)",
]
WITH_CHILD = [sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"]


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path / "processes.json")
    family.record()
    yield family
    family.stop_all()


def pretend_the_owner_was_killed(pid_file: Path) -> None:
    data = json.loads(pid_file.read_text())
    data["owner"] = {"pid": data["owner"]["pid"], "born": "another boot:1"}
    pid_file.write_text(json.dumps(data))


def gone(pid: int, born: str | None) -> bool:
    end = time.monotonic() + 10
    while is_alive(pid, born) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid, born)


def test_a_stubborn_child_is_ended_by_force(family: Family, tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = family.start("stubborn", STUBBORN, log=log)
    while "on" not in log.read_text():
        time.sleep(0.02)
    family.stop("stubborn", patience=0.2)
    assert child.returncode == -signal.SIGKILL


def test_children_of_a_child_go_with_it(family: Family, tmp_path: Path) -> None:
    child = family.start("parent", WITH_CHILD, log=tmp_path / "log")
    listing = Path(f"/proc/{child.pid}/task/{child.pid}/children")
    if not listing.exists():
        pytest.skip("only Linux lists children there")
    while not listing.read_text():
        time.sleep(0.02)
    grandchild = int(listing.read_text().split()[0])
    born = birth(grandchild)
    family.stop("parent")
    assert gone(grandchild, born)


def test_leftovers_are_stopped_by_the_next_start(family: Family, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    family.scratch.append(scratch)
    child = family.start("left", SLEEP, log=tmp_path / "log")
    pretend_the_owner_was_killed(family.pid_file)
    assert stop_leftovers(family.pid_file) == ["left"]
    assert (child.wait(5), scratch.exists(), family.pid_file.exists()) == (-signal.SIGTERM, False, False)


def test_a_running_owner_is_not_disturbed(family: Family) -> None:
    assert owner_alive(family.pid_file)
    with pytest.raises(RuntimeError, match=f"Already running as process {os.getpid()}"):
        stop_leftovers(family.pid_file)


def test_a_number_that_another_process_bears_now_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen(SLEEP)
    pid_file = tmp_path / "processes.json"
    child = {"name": "web", "pid": bystander.pid, "born": "another boot:1", "signal": 15}
    pid_file.write_text(json.dumps({"mark": "m", "owner": {"pid": 1, "born": "x"}, "children": [child]}))
    try:
        assert (stop_leftovers(pid_file), bystander.poll()) == ([], None)
    finally:
        bystander.kill()
        bystander.wait()


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_broken_pid_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    pid_file = tmp_path / "processes.json"
    pid_file.write_text(content)
    assert stop_leftovers(pid_file) == []


def test_data_stays_in_the_project_unless_its_path_has_a_space(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SUMMITPREP_DATA", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert data_folder(Path("/srv/summitprep")) == (Path("/srv/summitprep/.demo"), "")
    folder, why = data_folder(Path("/srv/summit prep"))
    assert (folder.parent, why) == (
        Path("/cache/summitprep"),
        f"Data is kept in {folder}, because the path of this folder has a space.",
    )
    assert folder != data_folder(Path("/srv/summit prep 2"))[0]


def test_a_taken_port_is_not_offered() -> None:
    taken = free_port()
    with socket.create_server(("127.0.0.1", taken)):
        assert free_port(taken) != taken
