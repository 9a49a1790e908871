"""What texts must bear: characters that cannot be kept, marks of direction, a megabyte, two hands, words after the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from tests.worlds import shared_world
from workflows.actions.document import create_document, file_originals, publish_corrigendum, sign_clearance
from workflows.actions.paragraph import add_paragraphs, correct_translation, edit_paragraph, place_paragraph
from workflows.actions.proposal import change_proposal, take_position, write_proposal
from workflows.errors import GuardsFailed, InvalidInput, StaleText
from workflows.models import Event, Message, Paragraph, ParagraphChange
from workflows.queries.document_facts import text_of
from workflows.queries.record import verify_all

pytestmark = pytest.mark.django_db

HOSTILE = {"nul": "antes\x00después", "high_surrogate": "antes\ud83d", "low_surrogate": "\udc00después"}
RIGHT_TO_LEFT = "Agua \u202eaugA\u202c \u2067שלום\u2069 fin"


def build():
    """Return a world with a declaration in circulation, on which Paraguay has a draft, and a published agenda."""
    world = make_world()
    to_stage(world, "text_drafting")
    circulate(world, clear(world, draft(world)))
    agenda = clear(world, draft(world, "agenda"))
    world.act(agenda, "approve", "secretary")
    world.act(world.document("agenda"), "publish", "secretary")
    world.act(draft(world, "resolution"), "submit_for_clearance", "secretary")
    draft(world, "report")
    speaks = {"actor": world.actor("cn_py"), "now": world.now}
    write_proposal(world.document("declaration"), paragraph=None, kind="comment", text="Borrador", **speaks)
    return world


_built, world = shared_world(build)


def first(world, code):
    return text_of([world.document(code)])[world.document(code).pk][0]


def writes(world, text):
    """Return every action on a text that takes words from people, by name, with the field that its refusal names."""
    spt = {"actor": world.actor("secretary"), "now": world.now}
    segib = {"actor": world.actor("segib_officer"), "now": world.now}
    py = {"actor": world.actor("cn_py"), "now": world.now}
    report, declaration = world.document("report"), world.document("declaration")
    title = {"es": text, "pt": "Um texto"}
    return {
        "title": ("title.es", lambda: create_document(world.summit, kind="minutes", title=title, **spt)),
        "add": ("text_es", lambda: add_paragraphs(report, kind="operative", texts=[(text, "")], **spt)),
        "edit": ("text_pt", lambda: edit_paragraph(first(world, "report"), text_pt=text, **spt)),
        "note": ("note", lambda: edit_paragraph(first(world, "report"), text_pt="Sim", note=text, **spt)),
        "mark": ("conditional_on", lambda: place_paragraph(first(world, "report"), after=None, conditional_on=text, **spt)),
        "translation": (
            "text",
            lambda: correct_translation(first(world, "declaration"), language="pt", text=text, note="Sí", **segib),
        ),
        "why": (
            "note",
            lambda: correct_translation(first(world, "declaration"), language="pt", text="Sim", note=text, **segib),
        ),
        "clearance": ("note", lambda: sign_clearance(world.document("resolution"), office="legal", note=text, **segib)),
        "originals": ("es", lambda: file_originals(declaration, es=text, pt="Arquivo", **segib)),
        "corrigendum": (
            "wrong_and_right",
            lambda: publish_corrigendum(
                world.document("agenda"), wrong_and_right=text, actor=world.actor("approver"), now=world.now
            ),
        ),
        "proposal": ("text", lambda: write_proposal(declaration, paragraph=None, kind="comment", text=text, **py)),
        "change": ("text", lambda: change_proposal(declaration.proposals.order_by("pk")[0], text=text, **py)),
        "position": ("note", lambda: take_position(declaration, kind="agrees", note=text, **py)),
        "reason": ("reason", lambda: world.act(world.document("resolution"), "return_for_changes", "approver", reason=text)),
    }


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_cannot_be_stored_is_refused_with_a_sentence_at_its_field(world, hostile):
    before = Event.objects.count(), ParagraphChange.objects.count(), Message.objects.count()
    wrong = []
    for name, (field, act) in writes(world, HOSTILE[hostile]).items():
        with pytest.raises(InvalidInput) as refused:
            act()
        sentences = {f: str(said) for f, said in refused.value.fields.items()}
        if set(sentences) != {field} or not all(said.endswith(".") for said in sentences.values()):
            wrong.append((name, sentences))
    assert wrong == []
    assert (Event.objects.count(), ParagraphChange.objects.count(), Message.objects.count()) == before


def test_marks_of_direction_are_kept_as_given(world):
    for name, (_field, act) in writes(world, RIGHT_TO_LEFT).items():
        if name != "originals":  # they are filed after the outcome; nothing is proposed then
            act()
    assert [p.text_es for p in Paragraph.objects.filter(document__code="report", text_pt="")] == [RIGHT_TO_LEFT]
    assert world.document("minutes").title_es == RIGHT_TO_LEFT
    assert world.document("declaration").proposals.filter(text=RIGHT_TO_LEFT).count() == 2
    assert all(found.holds for found in verify_all())


def test_a_megabyte_is_refused_with_its_limit_and_the_longest_text_is_kept(world):
    megabyte = "a" * 1_000_000
    wrong = []
    for name, (field, act) in writes(world, megabyte).items():
        if name == "reason":
            continue
        with pytest.raises(InvalidInput) as refused:
            act()
        if set(refused.value.fields) != {field}:
            wrong.append((name, refused.value.fields))
    assert wrong == []
    longest = "ñ" * 20_000
    written = edit_paragraph(first(world, "report"), text_es=longest, actor=world.actor("secretary"), now=world.now)
    assert written.paragraph.text_es == longest


def test_two_who_write_one_paragraph_get_both_texts_and_the_version_to_send_next(world):
    read = first(world, "report")
    common = {"now": world.now, "if_version": read.version}
    edit_paragraph(read, text_es="Uno", text_pt="Um", actor=world.actor("secretary"), **common)
    with pytest.raises(StaleText) as conflict:
        edit_paragraph(read, text_es="Dos", actor=world.actor("spt_officer"), **common)
    met = conflict.value
    assert (met.code, met.mine, met.theirs) == ("stale", {"es": "Dos"}, {"es": "Uno", "pt": "Um"})
    again = {"now": world.now, "if_version": met.version}
    edit_paragraph(read, text_es="Uno y dos", actor=world.actor("spt_officer"), **again)
    assert (first(world, "report").text_es, first(world, "report").text_pt) == ("Uno y dos", "Um")
    assert ParagraphChange.objects.filter(paragraph=read).count() == 3


def test_what_arrives_after_the_window_is_kept_and_marked_by_when_it_arrived(world):
    window = world.document("declaration").deadline.due_at
    late, py = window + timedelta(seconds=1), world.actor("cn_py")
    declaration = world.document("declaration")
    said = {}
    for name, at in (("on the hour", window), ("after", late)):
        proposal = write_proposal(declaration, paragraph=None, kind="comment", text=name, actor=py, now=at)
        world.now = at
        world.act(proposal, "submit", "cn_py")
        said[name] = declaration.proposals.get(text=name).is_late
    by_note = write_proposal(
        declaration,
        paragraph=None,
        kind="comment",
        text="by note",
        on_behalf_of=world.seats["cn_br"].party,
        actor=world.actor("secretary"),
        now=late,
    )
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 8", "received_at": window - timedelta(hours=3)}
    world.act(by_note, "submit", "secretary", **paper)
    said["by note"] = declaration.proposals.get(text="by note").is_late
    assert said == {"on the hour": False, "after": True, "by note": False}


def test_a_text_is_not_agreed_while_nobody_is_listed_as_present(world):
    """Before the ministerial review it is refused; from then on it warns."""
    to_stage(world, "negotiation")
    code = table(world)
    document = world.document("declaration")
    world.act(document, "open_negotiation", "secretary", meeting=code)
    for paragraph in text_of([document])[document.pk]:
        world.act(paragraph, "agree", "secretary", meeting=code)
    world.meeting(code).attendance.all().delete()
    with pytest.raises(GuardsFailed) as refused:
        world.act(world.document("declaration"), "agree", "secretary", meeting=code)
    assert [r.code for r in refused.value.reasons] == ["present_listed"]
