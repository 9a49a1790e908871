"""A declaration walked from its first draft to its publication, by the real actions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from workflows.actions.document import certify_concordance, close_due_windows, file_originals
from workflows.actions.paragraph import edit_paragraph
from workflows.actions.proposal import end_position, record_proposal, take_position, write_proposal
from workflows.errors import GuardsFailed, NotPermitted, StaleObject
from workflows.models import Clearance, Paragraph, ParagraphChange, Party, Position, Proposal, Publication, Version
from workflows.queries.document_facts import text_of
from workflows.rules.facts import Inputs
from workflows.states import DocumentState

pytestmark = pytest.mark.django_db


def again(row):
    return type(row).objects.select_related("summit").get(pk=row.pk)


def test_a_declaration_from_draft_to_publication():
    world = make_world()
    to_stage(world, "text_drafting")
    document = clear(world, draft(world))
    ends = world.now + timedelta(days=7)
    world.act(document, "circulate", "secretary", window_ends_at=ends)
    proposal = write_proposal(
        again(document), paragraph=None, kind="comment", text="De acuerdo", actor=world.actor("cn_py"), now=world.now
    )
    world.act(proposal, "submit", "cn_py")
    assert close_due_windows(now=ends) == 0
    assert close_due_windows(now=ends + timedelta(microseconds=1)) == 1
    to_stage(world, "minister_review")
    code = table(world)
    world.act(again(document), "open_negotiation", "secretary", meeting=code)
    first, second = text_of([again(document)])[document.pk]
    reserve = take_position(
        again(document), paragraph=first, kind="scrutiny_reserve", actor=world.actor("cn_br"), now=world.now
    )
    with pytest.raises(GuardsFailed) as stopped:
        world.act(first, "agree", "secretary", meeting=code)
    assert [r.code for r in stopped.value.reasons] == [f"position:BR:{first.uuid}"]
    end_position(reserve, actor=world.actor("cn_br"), now=world.now)
    for paragraph in (first, second):
        world.act(paragraph, "agree", "secretary", meeting=code)
    world.act(again(document), "agree", "secretary", meeting=code)
    ministers = table(world, "rmre_x", "rmre")
    world.act(again(document), "approve_by_ministers", "secretary", meeting=ministers)
    to_stage(world, "in_session")
    certify_concordance(again(document), actor=world.actor("segib_officer"), now=world.now)
    waiting = world.act(again(document), "record_outcome", "secretary", outcome="adopted")
    assert waiting.waiting is not None
    world.act(again(document), "record_outcome", "approver")
    file_originals(again(document), es="Archivo, 1", pt="Arquivo, 1", actor=world.actor("segib_officer"), now=world.now)
    world.act(again(document), "publish", "approver")
    assert (again(document).state, again(document).outcome) == (DocumentState.PUBLISHED, "adopted")
    occasions = list(Version.objects.filter(document=document).order_by("number").values_list("occasion", flat=True))
    assert occasions == ["circulate", "agree", "approve_by_ministers", "record_outcome", "publish"]
    assert Publication.objects.get(document=document).version_of_text.symbol_pt == "DEC-SPT-XXXI-PT-v5"


def test_an_edit_drops_the_clearances_that_it_touches_and_sends_a_cleared_text_back():
    world = make_world()
    to_stage(world, "text_drafting")
    document = clear(world, draft(world))
    paragraph = Paragraph.objects.select_related("document__summit").filter(document=document).order_by("rank").first()
    written = edit_paragraph(
        paragraph, text_pt="As Chefes e os Chefes;", substance=False, actor=world.actor("segib_officer"), now=world.now
    )
    assert written.dropped == ("language",)
    assert again(document).state == DocumentState.IN_CLEARANCE
    assert Clearance.objects.get(office="language").dropped_reason == "Paragraph 1 was changed."


def test_two_who_edit_one_paragraph_get_a_conflict():
    world = make_world()
    document = draft(world)
    paragraph = Paragraph.objects.select_related("document__summit").filter(document=document).order_by("rank").first()
    edit_paragraph(paragraph, text_es="Uno", actor=world.actor("secretary"), now=world.now, if_version=paragraph.version)
    with pytest.raises(StaleObject):
        edit_paragraph(paragraph, text_es="Dos", actor=world.actor("spt_officer"), now=world.now, if_version=paragraph.version)
    changed = Paragraph.objects.get(pk=paragraph.pk)
    assert (changed.text_es, changed.status("es"), changed.status("pt")) == ("Uno", "current", "stale")


def test_a_task_follows_its_document():
    world = make_world()
    document = draft(world, kind="concept_note")
    task = world.task("CON-04")
    type(task).objects.filter(pk=task.pk).update(done_by_kind="concept_note", done_by_verb="clear")
    clear(world, document)
    assert world.task("CON-04").state == "verified"


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
