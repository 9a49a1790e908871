"""The commands of the Makefile and the scripts beside it can be read by what runs them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TARGETS = re.search(r"^\.PHONY: (.+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE).group(1).split()


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_made(target: str) -> None:
    answer = subprocess.run(["make", "-n", target], cwd=PROJECT, capture_output=True, text=True)
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("script", [".ci/run", ".ci/uv"])
def test_scripts_are_of_the_plain_shell_and_may_be_run(script: str) -> None:
    path = PROJECT / script
    assert path.stat().st_mode & 0o111 == 0o111
    assert subprocess.run(["sh", "-n", path], capture_output=True, text=True).stderr == ""


def test_help_names_every_target() -> None:
    said = subprocess.check_output(["make", "help"], cwd=PROJECT, text=True)
    assert [target for target in TARGETS if target not in said and target not in ("help", "sync")] == []
