"""Who speaks for whom on a text, and whose the drafting stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, to_stage
from workflows.actions.document import record_adherence
from workflows.actions.paragraph import edit_paragraph
from workflows.actions.proposal import move_proposal, record_proposal, take_position, write_proposal
from workflows.errors import InvalidInput, NotPermitted
from workflows.models import EventPayload, Paragraph, ParagraphChange, Party, Position, Proposal
from workflows.rules.facts import Inputs

pytestmark = pytest.mark.django_db


def circulated(world):
    """Return a declaration out for comments."""
    to_stage(world, "text_drafting")
    return circulate(world, clear(world, draft(world)))


def test_a_delegation_never_speaks_for_another_not_even_as_if_on_paper():
    world = make_world()
    document = circulated(world)
    brazil = Party.objects.get(code="BR")
    paper = Inputs(on_behalf=True, channel="note_verbale")
    with pytest.raises(NotPermitted) as refused:
        take_position(document, kind="agrees", inputs=paper, on_behalf_of=brazil, actor=world.actor("cn_py"), now=world.now)
    assert refused.value.code == "not_its_delegation"
    with pytest.raises(NotPermitted):
        record_proposal(
            document,
            paragraph=None,
            kind="comment",
            text="Sí",
            on_behalf_of=brazil,
            inputs=paper,
            actor=world.actor("cn_py"),
            now=world.now,
        )
    assert not Position.objects.exists()
    assert not Proposal.objects.exists()


def test_a_secretariat_records_a_proposal_that_came_on_paper_as_submitted():
    world = make_world()
    document = circulated(world)
    proposal = record_proposal(
        document,
        paragraph=None,
        kind="comment",
        text="Conforme",
        on_behalf_of=Party.objects.get(code="BR"),
        inputs=Inputs(channel="note_verbale", note_number="NV 7/2027"),
        actor=world.actor("segib_officer"),
        now=world.now,
    )
    assert (proposal.state, proposal.party.code, proposal.channel, proposal.note_number) == (
        "submitted",
        "BR",
        "note_verbale",
        "NV 7/2027",
    )


def test_how_a_delegation_wrote_its_communique_is_its_own_even_when_the_text_is_not():
    world = make_world()
    to_stage(world, "text_drafting")
    document = draft(world, "special_communique", by="cn_py", texts=[("borrador-canario", "rascunho-canário")])
    paragraph = Paragraph.objects.select_related("document__summit").get(document=document)
    edit_paragraph(paragraph, text_es="Uno", text_pt="Um", actor=world.actor("cn_py"), now=world.now)
    clear(world, document, by="cn_py")
    edit_paragraph(paragraph, text_es="Dos", text_pt="Dois", actor=world.actor("spt_officer"), now=world.now)
    seen = {
        name: [c.number for c in ParagraphChange.objects.visible_to(world.actor(name)).order_by("number")]
        for name in ("cn_py", "spt_officer", "approver", "cn_br")
    }
    assert seen == {"cn_py": [1, 2, 3], "spt_officer": [3], "approver": [3], "cn_br": []}


def test_what_a_delegation_says_here_arrives_now_whatever_hour_it_states():
    world = make_world()
    document = circulated(world)
    said = {"actor": world.actor("cn_br"), "now": world.now + timedelta(days=8)}
    proposal = write_proposal(document, paragraph=None, kind="comment", text="Tarde", **said)
    backdated = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 9", received_at=world.now)
    moved = move_proposal(proposal, "submit", inputs=backdated, **said).row
    assert (moved.is_late, moved.channel, moved.note_number) == (True, "page", "")
    position = take_position(document, kind="agrees", inputs=backdated, **said)
    assert (position.channel, position.note_number, position.received_at) == ("page", "", said["now"])


def test_only_delegations_that_take_part_adhere():
    world = make_world()
    document = circulated(world)
    secretary = {"actor": world.actor("secretary"), "now": world.now}
    world.summit.participations.filter(party__code="BO").update(until_on=world.now.date())
    for code, sentence in (("BO", "Bolivia no participa en la Cumbre."), ("SEGIB", "A un texto se adhieren países")):
        with pytest.raises(InvalidInput) as refused:
            record_adherence(document, parties=[Party.objects.get(code=code)], **secretary)
        assert sentence in str(refused.value.fields["parties"])
    assert not document.adhering.exists()


def test_a_proposal_is_taken_back_by_note_and_the_record_keeps_the_note():
    world = make_world()
    document = circulated(world)
    by = {"actor": world.actor("segib_officer"), "now": world.now}
    brazil = {"on_behalf_of": Party.objects.get(code="BR"), "inputs": Inputs(channel="note_verbale", note_number="NV 7")}
    proposal = record_proposal(document, paragraph=None, kind="comment", text="Conforme", **brazil, **by)
    with pytest.raises(NotPermitted) as refused:
        move_proposal(proposal, "withdraw", inputs=Inputs(), **by)
    assert refused.value.code == "only_on_paper"
    note = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 8")
    moved = move_proposal(proposal, "withdraw", inputs=note, **by)
    kept = EventPayload.objects.get(event_uuid=moved.event.uuid).data["note_number"]
    assert (moved.row.state, moved.event.channel, kept) == ("withdrawn", "note_verbale", "NV 8")
