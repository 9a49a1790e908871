"""Who sees which texts, versions, clearances, positions and proposals: model × seat, counted by hand in a small world."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, to_stage
from tests.workflows.onlookers import COLUMNS, PARAGUAY, actor, differences, seat_for, unnoticed
from tests.worlds import shared_world
from workflows.actions.document import sign_clearance
from workflows.actions.paragraph import edit_paragraph
from workflows.actions.proposal import change_proposal, take_position, write_proposal
from workflows.actions.summit import create_summit
from workflows.models import (
    Document,
    Event,
    EventPayload,
    Message,
    Paragraph,
    ParagraphChange,
    Party,
    Position,
    Proposal,
    Summit,
)

pytestmark = pytest.mark.django_db

SECRET = "canario-de-un-texto-9c41"


def build():
    """Return the world of the counts, in which each text has two paragraphs.

    A declaration is circulated: Paraguay and Brazil take a position and submit a proposal each, Paraguay drafts another. The
    concept note is being drafted, the agenda is published. Paraguay drafts a communiqué; Brazil has handed one in, of which
    the budget is cleared, and has withdrawn another that was a draft.
    """
    world = make_world()
    world.other = create_summit(
        number=32,
        host=Party.objects.get(code="BR"),
        opening_on=date(2029, 11, 10),
        protocol_list=world.summit.protocol_list,
        actor=None,
        now=world.now,
    )
    observer = Party.objects.create(kind="observer", code="OBS", name_es="Observador", zone="Europe/Rome", list_name_es="Obs.")
    seat_for(world, "mailbox_py", Party.objects.get(code="PY"), "mailbox")
    seat_for(world, "observer", observer, "observer")
    seat_for(world, "other_spt", Party.objects.get(code="SPT-32"), "secretary")
    to_stage(world, "text_drafting")
    drafted = world.now
    declaration = clear(world, draft(world))
    draft(world, "concept_note")
    world.now = drafted + timedelta(hours=1)
    declaration = circulate(world, declaration)
    for name, party in (("cn_py", "PY"), ("cn_br", "BR")):
        speaks = {"actor": world.actor(name), "now": world.now}
        take_position(declaration, kind="consulting_capital", note=f"Nota de {party}", **speaks)
        comment = write_proposal(declaration, paragraph=None, kind="comment", text=f"Comentario de {party}", **speaks)
        world.act(comment, "submit", name)
    secret = {"actor": world.actor("reviewer_py"), "now": world.now}
    own = write_proposal(declaration, paragraph=None, kind="substantive", text="Todavía no", **secret)
    change_proposal(own, text=SECRET, **secret)
    agenda = clear(world, draft(world, "agenda"))
    world.act(agenda, "approve", "secretary")
    world.act(world.document("agenda"), "publish", "secretary")
    draft(world, "special_communique", by="cn_py", texts=[(SECRET, ""), ("Otro", "Outro")])
    handed_in = draft(world, "special_communique", by="cn_br")
    world.act(handed_in, "submit_for_clearance", "cn_br")
    sign_clearance(handed_in, office="budget", actor=world.actor("segib_officer"), now=world.now)
    dropped = draft(world, "special_communique", by="cn_br", texts=[("Retirado", "Retirado"), ("Otro", "Outro")])
    world.act(dropped, "withdraw", "cn_br", reason="Ya no hace falta")
    return world


_built, world = shared_world(build)

COUNTS = {
    #                   segib×3  spt×2  py: cn rc reviewer mailbox br pt oei obs other spt
    "Document":        (4, 4, 4, 4, 4, 3, 3, 3, 3, 4, 2, 1, 0, 0),
    "Paragraph":       (8, 8, 8, 8, 8, 6, 6, 6, 6, 8, 4, 2, 0, 0),
    "ParagraphChange": (6, 6, 6, 6, 6, 2, 2, 2, 2, 4, 0, 0, 0, 0),
    "Version":         (3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 0, 0),
    "Clearance":       (9, 9, 9, 9, 9, 0, 0, 0, 0, 1, 0, 0, 0, 0),
    "Publication":     (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    "Position":        (2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0),
    "Proposal":        (2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0, 0, 0),
}  # fmt: skip


def test_every_seat_sees_what_is_its_to_see(world):
    assert differences(world, COUNTS) == []


def test_a_rule_that_lets_everything_through_is_noticed(world, monkeypatch):
    assert unnoticed(world, COUNTS, monkeypatch) == set()


def seen_by(rows):
    """Return the seats that see a row."""
    return {name for name in COLUMNS if rows(name).exists()}


def test_what_a_delegation_drafts_is_its_own_and_leaves_no_trace(world):
    """The canary: a draft communiqué, a draft proposal, their history, and the record of both."""
    texts = seen_by(lambda n: Paragraph.objects.visible_to(actor(world, n)).filter(text_es=SECRET))
    proposals = seen_by(lambda n: Proposal.objects.visible_to(actor(world, n)).filter(text=SECRET))
    history = seen_by(lambda n: ParagraphChange.objects.visible_to(actor(world, n)).filter(after_es=SECRET))
    assert texts == proposals == history == set(PARAGUAY)
    traces = Event.objects.filter(is_private=True, actor_party_id=Party.objects.get(code="PY").pk)
    told = sorted(traces.values_list("verb", flat=True))
    assert told == ["document.add_paragraphs", "document.create", "proposal.change", "proposal.draft", "proposal.draft"]
    assert seen_by(lambda n: traces.visible_to(actor(world, n))) == set(PARAGUAY)
    payloads = EventPayload.objects.filter(event_uuid__in=traces.values("uuid"))
    assert seen_by(lambda n: payloads.visible_to(actor(world, n))) == set(PARAGUAY)
    assert not Message.objects.filter(document=world.document("special-communique-py")).exists()
    assert [p.pk for p in EventPayload.objects.all() if SECRET in f"{p.reason} {p.data}"] == []


def test_a_draft_that_was_withdrawn_was_never_there_for_others(world):
    gone = Document.objects.filter(code="special-communique-br-2")
    assert gone.get().state == "withdrawn"
    assert seen_by(lambda n: gone.visible_to(actor(world, n))) == {"cn_br"}
    events = Event.objects.filter(object_uuid=gone.get().uuid)
    assert set(events.values_list("verb", "is_private")) == {
        ("document.create", True),
        ("document.add_paragraphs", True),
        ("document.withdraw", True),
    }
    assert not Message.objects.filter(document__in=gone).exists()


def test_a_number_tells_nothing_of_what_others_draft(world):
    """Paraguay's draft is the first of its own, whatever Brazil has written."""
    codes = Document.objects.filter(kind="special_communique").order_by("code").values_list("code", flat=True)
    assert list(codes) == ["special-communique-br", "special-communique-br-2", "special-communique-py"]


def test_a_returned_communique_is_its_delegation_s_again_and_the_return_is_known_to_both(world):
    world.act(world.document("special-communique-br"), "return_for_changes", "approver", reason="Falta el portugués")
    returned = Document.objects.filter(code="special-communique-br")
    assert seen_by(lambda n: returned.visible_to(actor(world, n))) == {"cn_br"}
    event = Event.objects.filter(verb="document.return_for_changes")
    secretariats = {"approver", "segib_officer", "auditor", "secretary", "spt_officer"}
    assert seen_by(lambda n: event.visible_to(actor(world, n))) == secretariats | {"cn_br"}


@pytest.mark.parametrize(
    ("setting", "closed", "seen_by_pt"),
    [
        ("never", False, 0),
        ("never", True, 0),
        ("window_closed", False, 0),
        ("window_closed", True, 2),
        ("at_once", False, 2),
        ("at_once", True, 2),
    ],
)
def test_others_see_positions_and_proposals_from_the_moment_that_the_summit_says(world, setting, closed, seen_by_pt):
    Summit.objects.filter(pk=world.summit.pk).update(others_see=setting)
    if closed:
        world.act(world.document("declaration"), "close_window", "secretary")
    for model in (Position, Proposal):
        assert model.objects.visible_to(actor(world, "cn_pt")).count() == seen_by_pt
        assert model.objects.visible_to(actor(world, "liaison")).count() == 0
        assert model.objects.visible_to(actor(world, "secretary")).count() == 2
    assert not Proposal.objects.visible_to(actor(world, "cn_pt")).filter(text=SECRET).exists()


def test_what_is_written_after_the_circulation_is_known_to_those_who_have_the_text(world):
    world.act(world.document("declaration"), "close_window", "secretary")
    paragraph = Paragraph.objects.select_related("document__summit").filter(document__code="declaration").order_by("rank")[0]
    edit_paragraph(paragraph, text_es="Reunidos;", substance=False, actor=world.actor("secretary"), now=world.now)
    assert ParagraphChange.objects.visible_to(actor(world, "cn_pt")).count() == 1
    assert ParagraphChange.objects.visible_to(actor(world, "liaison")).count() == 0
