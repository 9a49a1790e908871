"""Where a text's verbs end: who settles it in session, what a signature covers, which decision serves, how long a window is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from workflows.actions.clearance import certify_concordance
from workflows.actions.document import admit_late, file_originals, record_adherence
from workflows.actions.meeting import record_decision
from workflows.actions.paragraph import (
    add_paragraphs,
    correct_translation,
    edit_paragraph,
    place_paragraph,
    remove_paragraph,
)
from workflows.actions.proposal import move_proposal, take_position, write_proposal
from workflows.actions.summit import describe_summit
from workflows.errors import GuardsFailed, InvalidInput, WrongState
from workflows.models import Clearance, Deadline, Message, Paragraph, Party, Position, Proposal
from workflows.notices.render import render
from workflows.queries.document_facts import text_of
from workflows.queries.message import find_reader, load_message
from workflows.rules.facts import Inputs

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The usual world while texts are drafted."""
    world = make_world()
    to_stage(world, "text_drafting")
    return world


def by(world, name):
    return {"actor": world.actor(name), "now": world.now}


def paragraphs(world, code="declaration"):
    document = world.document(code)
    return text_of([document])[document.pk]


def to_heads(world):
    """Return a declaration that the ministers elevated to the heads with its paragraphs open; the session is open."""
    circulate(world, clear(world, draft(world)))
    to_stage(world, "minister_review")
    code = table(world)
    world.act(world.document("declaration"), "open_negotiation", "secretary", meeting=code)
    world.act(world.document("declaration"), "elevate", "secretary", meeting=code)
    ministers = table(world, "rmre_x", "rmre")
    world.act(world.document("declaration"), "elevate_to_heads", "secretary", meeting=ministers)
    to_stage(world, "in_session")
    return ministers


def codes(refused):
    return {reason.code for reason in refused.value.reasons}


def test_what_was_elevated_to_the_heads_is_settled_and_adopted_in_session(world):
    meeting = to_heads(world)
    edit_paragraph(paragraphs(world)[0], text_es="Final.", text_pt="Final.", **by(world, "secretary"))
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document("declaration"), "record_outcome", "secretary", outcome="adopted")
    assert {code.partition(":")[0] for code in codes(refused)} == {"paragraph", "concordance_certified"}
    for paragraph in paragraphs(world):
        world.act(paragraph, "agree", "secretary", meeting=meeting)
    certify_concordance(world.document("declaration"), **by(world, "segib_officer"))
    world.act(world.document("declaration"), "record_outcome", "secretary", outcome="adopted")
    world.act(world.document("declaration"), "record_outcome", "approver", outcome="adopted")
    assert (world.document("declaration").state, world.document("declaration").outcome) == ("concluded", "adopted")


def test_a_correction_of_the_translation_is_told_to_all_in_words(world):
    circulate(world, clear(world, draft(world)))
    first = paragraphs(world)[0]
    with pytest.raises(InvalidInput):  # what is corrected differs
        correct_translation(first, language="pt", text=first.text_pt, note="Nada", **by(world, "segib_officer"))
    correct_translation(first, language="pt", text="Dito de outro modo.", note="Concordância", **by(world, "segib_officer"))
    mails = [load_message(m.pk) for m in Message.objects.filter(kind="translation_corrected")]
    assert {m.seat.party.code for m in mails} >= {"PY", "BR", "SPT-31"}
    told = [render(m, find_reader(m, world.now), world.now).text for m in mails]
    page = f"/summits/xxxi/documents/declaration/paragraphs/{first.uuid}/"
    assert all("1" in text and page in text for text in told)


def test_no_signature_covers_other_adherences_than_those_that_were_read(world):
    to_heads(world)
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document("declaration"), "record_outcome", "secretary", outcome="adopted_by_countries")
    assert codes(refused) == {"adherence_recorded"}
    record_adherence(world.document("declaration"), parties=Party.objects.filter(code="PY"), **by(world, "secretary"))
    world.act(world.document("declaration"), "record_outcome", "secretary", outcome="adopted_by_countries")
    more = Party.objects.filter(code__in=["PY", "BR"])
    record_adherence(world.document("declaration"), parties=more, **by(world, "secretary"))
    second = world.act(world.document("declaration"), "record_outcome", "approver", outcome="adopted_by_countries")
    assert (second.waiting is not None, world.document("declaration").state) == (True, "elevated_to_heads")
    world.act(world.document("declaration"), "record_outcome", "secretary", outcome="adopted_by_countries")
    assert world.document("declaration").state == "concluded"
    with pytest.raises(WrongState) as late:
        record_adherence(world.document("declaration"), parties=[], **by(world, "secretary"))
    assert late.value.code == "not_before_outcome"


def test_in_circulation_only_the_language_that_follows_is_written(world):
    document = clear(world, draft(world, texts=[("Uno.", ""), ("Dos.", "")]))
    said = {"reason": "La traducción sigue", "other_language_at": world.now + timedelta(days=1)}
    world.act(document, "circulate_provisional", "secretary", window_ends_at=world.now + timedelta(days=9), **said)
    edit_paragraph(paragraphs(world)[0], text_pt="Um.", **by(world, "secretary"))
    first = paragraphs(world)[0]
    assert (first.text_pt, first.status("pt"), first.status("es")) == ("Um.", "current", "current")
    for change in ({"text_es": "Otro."}, {"text_pt": "Outro."}, {"text_pt": "Um só.", "substance": True}):
        with pytest.raises(WrongState) as refused:
            edit_paragraph(paragraphs(world)[0], **change, **by(world, "secretary"))
        assert refused.value.code == "text_circulated"


def test_in_circulation_nothing_is_added_moved_or_taken_out(world):
    document = clear(world, draft(world, texts=[("Uno.", ""), ("Dos.", "")]))
    said = {"reason": "La traducción sigue", "other_language_at": world.now + timedelta(days=1)}
    world.act(document, "circulate_provisional", "secretary", window_ends_at=world.now + timedelta(days=9), **said)
    as_spt = by(world, "secretary")
    before = [(p.rank, p.kind, p.removed_at) for p in paragraphs(world)]
    for act in (
        lambda: add_paragraphs(world.document("declaration"), kind="operative", texts=[("Tres.", "")], **as_spt),
        lambda: place_paragraph(paragraphs(world)[1], after=None, kind="preambular", **as_spt),
        lambda: remove_paragraph(paragraphs(world)[0], **as_spt),
    ):
        with pytest.raises(WrongState) as refused:
            act()
        assert refused.value.code == "text_not_open"
    assert [(p.rank, p.kind, p.removed_at) for p in paragraphs(world)] == before


def test_what_goes_out_in_both_languages_is_not_written_in_circulation(world):
    circulate(world, clear(world, draft(world)))
    with pytest.raises(WrongState) as refused:
        edit_paragraph(paragraphs(world)[0], text_pt="Um.", **by(world, "secretary"))
    assert refused.value.code == "text_not_open"


def test_the_words_of_an_agreement_ad_referendum_do_not_change_under_it(world):
    circulate(world, clear(world, draft(world)))
    to_stage(world, "negotiation")
    code = table(world)
    world.act(world.document("declaration"), "open_negotiation", "secretary", meeting=code)
    world.act(paragraphs(world)[0], "agree_ad_referendum", "secretary", meeting=code)
    with pytest.raises(WrongState) as refused:
        edit_paragraph(paragraphs(world)[0], text_es="Otro.", text_pt="Outro.", **by(world, "secretary"))
    assert refused.value.code == "paragraph_ad_referendum"
    world.act(paragraphs(world)[0], "bracket", "secretary", meeting=code)
    edit_paragraph(paragraphs(world)[0], text_es="Otro.", text_pt="Outro.", **by(world, "secretary"))
    assert Paragraph.objects.get(pk=paragraphs(world)[0].pk).text_es == "Otro."


def decided(world, code, subject):
    meeting = world.meeting(code)
    return record_decision(meeting, subject=subject, text_es="Sí", text_pt="Sim", **by(world, "secretary"))


def test_a_decision_serves_what_it_decided_and_nothing_else(world):
    code = table(world)
    other = decided(world, code, "postponement")
    agenda = draft(world, "agenda")
    world.act(agenda, "submit_for_clearance", "secretary", decision=str(other.uuid))
    other.refresh_from_db()
    assert other.spent_on == ""
    world.act(world.document("agenda"), "return_for_changes", "approver", reason="Falta un punto")
    clear(world, world.document("agenda"))
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document("agenda"), "approve", "secretary", decision=str(other.uuid))
    assert codes(refused) == {"approval_decided"}
    fit = decided(world, code, "document")
    world.act(world.document("agenda"), "approve", "secretary", decision=str(fit.uuid))
    fit.refresh_from_db()
    assert (fit.spent_on, world.document("agenda").state) == ("", "approved")  # it may approve other texts too


def test_the_least_window_is_not_outrun_by_an_hour_that_is_past(world):
    cleared = clear(world, draft(world))
    type(world.summit).objects.filter(pk=world.summit.pk).update(min_window_hours=72)
    world.reread()
    hours = {"window_ends_at": world.now + timedelta(hours=1), "other_language_at": world.now - timedelta(hours=80)}
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document(cleared.code), "circulate", "secretary", **hours)
    assert codes(refused) == {"window_set"}


def test_no_text_circulates_without_an_end_whatever_is_accepted(world):
    circulate(world, clear(world, draft(world)))
    to_stage(world, "minister_review")
    world.act(world.document("declaration"), "close_window", "secretary")
    accepted = {"accepted": frozenset({"window_set", "window_ahead"})}
    for ends in (None, world.now - timedelta(hours=1)):
        with pytest.raises(GuardsFailed) as refused:
            world.act(world.document("declaration"), "recirculate", "secretary", window_ends_at=ends, **accepted)
        assert "window_ahead" in codes(refused)
    ends = world.now + timedelta(hours=1)  # short, which the ministers' hour allows
    world.act(world.document("declaration"), "recirculate", "secretary", window_ends_at=ends, **accepted)
    assert Deadline.objects.get(document=world.document("declaration")).due_at == ends


def test_a_new_window_hides_nothing_that_others_could_read(world):
    circulate(world, clear(world, draft(world)))

    def says(text):
        said = {"paragraph": None, "kind": "comment", "text": text}
        proposal = write_proposal(world.document("declaration"), **said, **by(world, "cn_py"))
        take_position(world.document("declaration"), kind="agrees", **by(world, "cn_py"))
        return world.act(proposal, "submit", "cn_py").row

    def met():
        brazil = world.actor("cn_br")
        return Proposal.objects.visible_to(brazil).count(), Position.objects.visible_to(brazil).count()

    first = says("Primera")
    assert met() == (0, 0)
    world.act(world.document("declaration"), "close_window", "secretary")
    assert met() == (1, 1)
    world.act(first, "accept", "secretary")
    world.now += timedelta(days=10)
    ends = world.now + timedelta(days=10)
    world.act(world.document("declaration"), "recirculate", "secretary", window_ends_at=ends)
    assert met() == (1, 1)
    says("Segunda")
    assert met() == (1, 1)


def test_a_paragraph_of_another_kind_is_read_again(world):
    cleared = clear(world, draft(world))
    place_paragraph(paragraphs(world)[0], after=None, kind="preambular", **by(world, "secretary"))
    standing = Clearance.objects.filter(document=cleared, dropped_at__isnull=True)
    assert (world.document(cleared.code).state, [c.office for c in standing]) == ("in_clearance", ["language"])


def test_a_communique_is_late_when_it_is_first_handed_in_late_and_a_decision_admits_it_once(world):
    until = world.now + timedelta(hours=1)
    fields = {"communiques_until": until, "min_window_hours": 24}
    describe_summit(world.reread(), fields=fields, **by(world, "spt_officer"))
    code = table(world)
    in_time, late = draft(world, "special_communique", by="cn_py"), draft(world, "special_communique", by="cn_br")
    world.act(in_time, "submit_for_clearance", "cn_py")
    world.now = until + timedelta(minutes=1)
    world.act(world.document(in_time.code), "return_for_changes", "approver", reason="Una coma")
    world.act(world.document(in_time.code), "submit_for_clearance", "cn_py")
    world.act(late, "submit_for_clearance", "cn_br")  # begun in time, handed in late
    assert [world.document(d.code).is_late for d in (in_time, late)] == [False, True]
    decision = decided(world, code, "late_communique")
    forum = convene_other(world)
    of_others = decided(world, forum, "late_communique")
    with pytest.raises(GuardsFailed):
        admit_late(world.document(late.code), decision=str(of_others.uuid), **by(world, "secretary"))
    admit_late(world.document(late.code), decision=str(decision.uuid), **by(world, "secretary"))
    for text in (late, in_time):
        with pytest.raises(WrongState) as refused:
            admit_late(world.document(text.code), decision=str(decision.uuid), **by(world, "secretary"))
        assert refused.value.code == "not_late"


def convene_other(world):
    return table(world, "forum_x", "forum")


@pytest.mark.parametrize("hours", [0, 721])
def test_the_shortest_window_has_bounds(world, hours):
    with pytest.raises(InvalidInput):
        describe_summit(world.reread(), fields={"min_window_hours": hours}, **by(world, "secretary"))


@pytest.mark.parametrize(("after", "late"), [(7, False), (9, True)])
def test_a_window_closed_early_makes_nobody_late_before_the_announced_hour(world, after, late):
    circulate(world, clear(world, draft(world)), days=9)
    world.now += timedelta(days=1)
    world.act(world.document("declaration"), "close_window", "secretary")
    world.now += timedelta(days=after)
    said = {"paragraph": None, "kind": "comment", "text": "Después"}
    proposal = write_proposal(world.document("declaration"), **said, **by(world, "cn_py"))
    moved = move_proposal(proposal, "submit", inputs=Inputs(), **by(world, "cn_py")).row
    assert moved.is_late is late


def test_no_concordance_before_a_text_went_out_and_no_originals_before_its_outcome(world):
    with pytest.raises(WrongState) as early:
        certify_concordance(draft(world), **by(world, "segib_officer"))
    assert early.value.code == "not_circulated"
    with pytest.raises(WrongState) as unconcluded:
        file_originals(world.document("declaration"), es="a", pt="b", **by(world, "segib_officer"))
    assert unconcluded.value.code == "not_concluded"


def test_a_text_that_was_not_adopted_is_not_published(world):
    to_heads(world)
    for seat in ("secretary", "approver"):
        world.act(world.document("declaration"), "record_outcome", seat, outcome="not_adopted")
    file_originals(world.document("declaration"), es="a", pt="b", **by(world, "segib_officer"))
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document("declaration"), "publish", "approver")
    assert codes(refused) == {"was_adopted"}
