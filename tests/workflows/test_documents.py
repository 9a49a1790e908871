"""A declaration walked from its first draft to its publication, by the real actions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from workflows.actions.document import certify_concordance, close_due_windows, file_originals
from workflows.actions.paragraph import edit_paragraph
from workflows.actions.proposal import end_position, take_position, write_proposal
from workflows.errors import GuardsFailed, StaleObject
from workflows.models import Clearance, Deadline, Paragraph, Publication, Version
from workflows.queries.document_facts import text_of
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
    assert Clearance.objects.get(office="language").dropped_reason == "El párrafo 1 se modificó."


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


def test_a_deleted_paragraph_keeps_its_number_until_the_outcome_is_recorded():
    world = make_world()
    to_stage(world, "text_drafting")
    three = [(f"Texto {n}.", f"Texto {n}.") for n in (1, 2, 3)]
    document = circulate(world, clear(world, draft(world, texts=three)))
    to_stage(world, "minister_review")
    code = table(world, "rmre_x", "rmre")
    world.act(document, "open_negotiation", "secretary", meeting=code)
    for paragraph, verb in zip(text_of([again(document)])[document.pk], ("agree", "delete", "agree"), strict=True):
        world.act(paragraph, verb, "secretary", meeting=code)
    for verb in ("agree", "approve_by_ministers"):
        world.act(again(document), verb, "secretary", meeting=code)
    to_stage(world, "in_session")
    for by in ("secretary", "approver"):
        world.act(again(document), "record_outcome", by, outcome="presidency_text")
    bodies = {v.occasion: [(p["number"], p["state"]) for p in v.body] for v in Version.objects.filter(document=document)}
    assert bodies["approve_by_ministers"] == [("1", "agreed"), ("2", "deleted"), ("3", "agreed")]
    assert bodies["record_outcome"] == [("1", "agreed"), ("2", "agreed")]
    assert [p.text_es for p in text_of([again(document)])[document.pk]] == ["Texto 1.", "Texto 3."]


@pytest.mark.parametrize("verb", ["open_negotiation", "withdraw"])
def test_a_text_that_leaves_its_circulation_takes_its_window_along(verb):
    world = make_world()
    to_stage(world, "negotiation")
    document = circulate(world, clear(world, draft(world, "special_communique", by="cn_py"), by="cn_py"))
    by = "cn_py" if verb == "withdraw" else "secretary"
    world.act(document, verb, by, meeting=table(world), reason="Se retira.")
    deadline = Deadline.objects.get(document=document)
    assert (deadline.closed_at, deadline.next_wake_at) == (world.now, None)
