"""What is said of a text at its table: which position ends which, what weighs at the gavel, where a paragraph stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import draft, make_world
from tests.texts import negotiated, paragraphs_of, position
from workflows.actions.paragraph import add_paragraphs, place_paragraph
from workflows.actions.proposal import end_position, take_position
from workflows.errors import InvalidInput, WrongState
from workflows.models import EventPayload, Paragraph, Participation, Party, Position
from workflows.queries.document_facts import document_facts, document_lines
from workflows.rules.facts import Inputs

pytestmark = pytest.mark.django_db


def test_the_record_keeps_the_note_by_which_a_position_was_lifted():
    world = make_world()
    negotiated(world)
    taken = position(world, "BR", "scrutiny_reserve")
    note = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 31", received_at=world.now)
    end_position(taken, actor=world.actor("approver"), now=world.now, inputs=note)
    kept = EventPayload.objects.latest("pk").data
    assert (kept["note_number"], kept["received_at"]) == ("NV 31", world.now.isoformat())


def test_paper_received_before_the_position_that_stands_does_not_end_it():
    world = make_world()
    document, _code = negotiated(world)
    standing = take_position(document, kind="objects", actor=world.actor("cn_br"), now=world.now)
    older = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 30", received_at=world.now - timedelta(days=2))
    segib = {"actor": world.actor("approver"), "now": world.now, "inputs": older}
    with pytest.raises(WrongState) as taking:
        take_position(document, kind="agrees", on_behalf_of=Party.objects.get(code="BR"), **segib)
    with pytest.raises(WrongState) as lifting:
        end_position(standing, **segib)
    assert (taking.value.code, lifting.value.code) == ("position_overtaken", "position_overtaken")
    assert list(Position.objects.standing().values_list("kind", flat=True)) == ["objects"]
    whole = take_position(document, kind="agrees", on_behalf_of=Party.objects.get(code="PT"), **segib)
    assert whole.received_at == older.received_at


def weighing(world):
    """Return who holds the text back: as its own guards see it, and as the summit's do."""
    document = world.document("declaration")
    lines = document_facts([document])[document.pk].positions
    counted = next(line for line in document_lines([world.summit.pk])[world.summit.pk] if line.ref.code == "declaration")
    return sorted((line.code, line.kind) for line in lines), counted.reserves


def test_what_was_said_of_a_deleted_paragraph_holds_nothing_back_but_the_objection_to_its_deletion():
    world = make_world()
    _document, code = negotiated(world)
    first, second, *_rest = paragraphs_of(world)
    world.act(first, "delete", "secretary", meeting=code)
    for party, kind, on in (
        ("BR", "objects", first),
        ("PT", "objects_to_deletion", first),
        ("BO", "objects", second),
        ("PY", "scrutiny_reserve", None),
    ):
        position(world, party, kind, on=on)
    expected = [("BO", "objects"), ("PT", "objects_to_deletion"), ("PY", "scrutiny_reserve")]
    assert weighing(world) == (expected, 3)


def test_a_delegation_that_takes_part_no_longer_holds_nothing_back():
    world = make_world()
    negotiated(world)
    position(world, "BR", "objects")
    position(world, "PT", "objects")
    Participation.objects.filter(summit=world.summit, party__code="BR").update(until_on=world.now.date())
    assert weighing(world) == ([("PT", "objects")], 1)


def test_a_paragraph_finds_its_place_after_another_as_that_one_now_stands():
    world = make_world()
    by = {"actor": world.actor("secretary"), "now": world.now}
    document = draft(world, "resolution", texts=[("Uno", "Um"), ("Dos", "Dois")])
    one, _two = Paragraph.objects.select_related("document__summit").filter(document=document).order_by("rank")
    stale = Paragraph.objects.get(pk=one.pk)
    place_paragraph(one, after=Paragraph.objects.get(document=document, text_es="Dos"), **by)
    add_paragraphs(document, kind="operative", texts=[("Tres", "Três")], after=stale, **by)
    assert [p.text_es for p in Paragraph.objects.filter(document=document).order_by("rank")] == ["Dos", "Uno", "Tres"]


def test_paragraphs_are_not_added_after_one_of_another_text():
    world = make_world()
    by = {"actor": world.actor("secretary"), "now": world.now}
    mine, other = draft(world, "resolution"), draft(world, "concept_note")
    stranger = Paragraph.objects.filter(document=other).first()
    with pytest.raises(InvalidInput) as refused:
        add_paragraphs(mine, kind="operative", texts=[("Tres", "Três")], after=stranger, **by)
    assert set(refused.value.fields) == {"after"}
