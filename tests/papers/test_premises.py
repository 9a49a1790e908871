"""What the printing stands on: fonts as they were released, and nothing written but what is temporary."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workflows.papers.pdf import FONTS

PROJECT = Path(__file__).resolve().parents[2]
RELEASED = {
    "SourceSans3-Regular.otf": "08df266400933d3178d081a45f94a08814c3e55b4b7dd2e0ff69cb1329f13ab6",
    "SourceSans3-Semibold.otf": "36f1cd2c344aa3109e64429bce41a41e4b2b923beb2db19b8dbf9bb56f05a4f9",
    "SourceSerif4-Regular.otf": "edf160d0d584deee8a3bb2c3371b2a7624ca63580fbe02c57c1f4c91e84d8787",
}
"""Of Adobe's packages source-sans 3.52 and source-serif 4.5, unmodified, as their licence wants a font of this name to be."""


def test_fonts_are_the_released_files():
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.otf")} == RELEASED


@pytest.mark.parametrize("family", ["source-sans-3", "source-serif-4"])
def test_each_font_has_its_licence_beside_it(family: str):
    assert "SIL OPEN FONT LICENSE" in (FONTS / f"LICENSE-{family}.txt").read_text(encoding="utf-8").upper()


WATCHED = """
import os, sys
import django
django.setup()
from tests.papers.printed import sheet
from workflows.papers.pdf import pdf_of
from workflows.papers.reading import read_file
from workflows.papers.word import docx_of
written = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        written.append(str(arguments[0]))
    elif event in {"os.mkdir", "os.rename", "os.remove", "socket.connect"}:
        written.append(f"{event} {arguments[0]}")
sys.addaudithook(hook)
read_file(docx_of(sheet(), "es"), "x.docx")
for mode in ("es", "pt", "synoptic"):
    pdf_of(sheet(), mode)
    docx_of(sheet(), mode)
outside = [name for name in written if os.environ["TMPDIR"] not in name and not name.isdecimal() and name != os.devnull]
print(outside)
"""


def test_nothing_is_written_but_what_is_temporary(tmp_path: Path):
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    environment = {"HOME": str(home), "TMPDIR": str(temporary), "SUMMITPREP_BUILD": "1", "SECRET_KEY": "x"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHED],
        cwd=PROJECT,
        env=os.environ | environment | {"DJANGO_SETTINGS_MODULE": "summitprep.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    assert [*home.rglob("*"), *temporary.rglob("*")] == []
