"""What is generated is what the code says, and what the documents point to exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from workflows.models import Meeting, Summit, Task
from workflows.queries.machines import draw_machines
from workflows.rules.verbs import verbs_of

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").rglob("*.md")])


def test_the_workflows_are_drawn_as_the_machines_are():
    assert (PROJECT / "docs/workflows.md").read_text(encoding="utf-8") == draw_machines(), "run manage.py draw_workflows"


def test_every_verb_stands_in_a_diagram_and_in_a_table():
    drawn = draw_machines()
    for machine in (Summit, Meeting, Task):
        for name in verbs_of(machine):
            assert f": {name}\n" in drawn
            assert f"| `{name}`<br>" in drawn


def test_the_drawing_does_not_follow_the_reader_s_language(settings):
    settings.LANGUAGE_CODE = "pt-br"
    assert "| `submit`<br>Submit for verification |" in draw_machines()


def test_the_command_writes_and_compares(tmp_path):
    file = tmp_path / "docs" / "workflows.md"
    call_command("draw_workflows", output=file)
    call_command("draw_workflows", output=file, check=True)
    file.write_text(file.read_text(encoding="utf-8").replace("negotiation", "negotiating", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="draw_workflows"):
        call_command("draw_workflows", output=file, check=True)


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_between_documents_lead_somewhere(document: Path):
    linked = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", document.read_text(encoding="utf-8"))
    assert [target for target in linked if not (document.parent / target).exists()] == []
