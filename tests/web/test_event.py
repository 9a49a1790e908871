"""Every event is told in a whole sentence; what is asked of a State is never said to be verified."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from tests.factories import make_world
from workflows.models import Document, Event, Meeting, Paragraph, Proposal, Summit, Task
from workflows.queries.event import SENTENCES, sentence, tell
from workflows.rules.verbs import verbs_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("machine", [Summit, Meeting, Task, Document, Paragraph, Proposal])
def test_every_verb_of_a_machine_has_its_sentence(machine):
    noun = machine.__name__.lower()
    assert [name for name in verbs_of(machine) if f"{noun}.{name}" not in SENTENCES and name != "declare_no_comments"] == []


def test_every_verb_of_what_is_asked_of_a_party_has_its_own():
    asked = [name for name, (verb, _m) in verbs_of(Task).items() if not verb.only_for or verb.only_for & {"child", "instance"}]
    assert [name for name in asked if f"contribution.{name}" not in SENTENCES] == []
    told = [text for key, text in SENTENCES.items() if key.startswith("contribution.")]
    assert [text for text in told if re.search("verif|late|overdue", text)] == []


def test_every_event_of_a_world_is_told_without_a_gap():
    make_world()
    for told in tell(Event.objects.order_by("pk")[:200]):
        assert "%(" not in told.sentence
        assert "acted on" not in told.sentence


def test_an_answer_by_note_is_told_as_recorded_for_the_party(django_assert_max_num_queries):
    world = make_world()
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 12"}
    outcome = world.act(world.task("DOC-03", "BR"), "submit", "spt_officer", **paper)
    with django_assert_max_num_queries(3), translation.override("en"):
        said = sentence(outcome.event)
    assert said.startswith("The Pro Tempore Secretariat recorded the answer of the delegation of Brazil to")
