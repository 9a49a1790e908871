"""A text brought into a document from files: one language, or both aligned by position."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import make_world
from tests.papers.files import docx, p
from tests.papers.test_reading import DECLARATION
from tests.workflows.test_documents import again, clear, draft, to_stage
from workflows.actions import importing
from workflows.actions.document import sign_clearance
from workflows.actions.importing import NotAligned, import_pair, import_paragraphs
from workflows.errors import InvalidInput, NotPermitted, StaleObject, WrongState
from workflows.models import Event, Paragraph
from workflows.papers.reading import FileRefused
from workflows.queries.document_facts import body_of, text_of

pytestmark = pytest.mark.django_db

ES = docx(p("Reconociendo la lengua;") + p("1. Reafirmar el compromiso.") + "<w:tbl/>")
PT = "Reconhecendo a língua;\n\n1. Reafirmar o compromisso.".encode()


def one_language(world) -> dict:
    later = world.now + timedelta(days=1)
    return {"reason": "Falta el portugués", "other_language_at": later, "window_ends_at": later + timedelta(days=9)}


def bring(world, document, **more):
    given = {"file_bytes": ES, "filename": "es.docx", "language": "es", "actor": world.actor("secretary"), "now": world.now}
    return import_paragraphs(document, **(given | more))


def test_one_language_is_added_at_the_end_and_what_was_not_read_is_told():
    world = make_world()
    document = draft(world)
    imported = bring(world, document)
    assert [(b["number"], b["kind"], b["es"], b["pt"]) for b in body_of(again(document))[2:]] == [
        ("A", "preambular", "Reconociendo la lengua;", ""),
        ("3", "operative", "Reafirmar el compromiso.", ""),
    ]
    assert [(u.code, u.count) for u in imported.unread["es"]] == [("tables", 1)]
    assert [p.status("pt") for p in imported.paragraphs] == ["missing", "missing"]


def test_a_whole_declaration_is_one_event_and_one_version_of_the_document():
    world = make_world()
    document = draft(world)
    before = again(document).version
    imported = bring(world, document, file_bytes=DECLARATION.encode(), filename="texto.txt", language="pt")
    event = Event.objects.order_by("-pk").first()
    assert (len(imported.paragraphs), again(document).version, event.verb) == (11, before + 1, "document.add_paragraphs")


def test_it_may_stand_after_a_paragraph():
    world = make_world()
    document = draft(world)
    first = text_of([document])[document.pk][0]
    bring(world, document, after=first)
    assert [b["es"][:11] for b in body_of(again(document))] == ["Las Jefas y", "Reconociend", "Reafirmar e", "Reafirmar e"]


def test_two_files_are_aligned_by_position():
    world = make_world()
    document = draft(world)
    pair = {"es_bytes": ES, "es_filename": "es.docx", "pt_bytes": PT, "pt_filename": "pt.txt"}
    imported = import_pair(document, **pair, actor=world.actor("secretary"), now=world.now)
    assert [(row.kind, row.text_es, row.text_pt, row.status("es"), row.status("pt")) for row in imported.paragraphs] == [
        ("preambular", "Reconociendo la lengua;", "Reconhecendo a língua;", "current", "current"),
        ("operative", "Reafirmar el compromiso.", "Reafirmar o compromisso.", "current", "current"),
    ]
    assert {language: [u.code for u in unread] for language, unread in imported.unread.items()} == {"es": ["tables"], "pt": []}


def test_files_of_different_length_are_refused_with_the_place_where_they_part():
    world = make_world()
    document = draft(world)
    pair = {"es_bytes": ES, "es_filename": "es.docx", "pt_bytes": PT + b"\n\n2. Celebrar.", "pt_filename": "pt.txt"}
    with pytest.raises(NotAligned) as refused:
        import_pair(document, **pair, actor=world.actor("secretary"), now=world.now)
    assert (refused.value.code, [*refused.value.fields]) == ("not_aligned", ["file_pt"])
    assert Paragraph.objects.filter(document=document).count() == 2


def test_the_refusal_of_one_of_two_files_names_its_field():
    world = make_world()
    pair = {"es_bytes": ES, "es_filename": "es.docx", "pt_bytes": b"%PDF-", "pt_filename": "pt.docx"}
    with pytest.raises(FileRefused) as refused:
        import_pair(draft(world), **pair, actor=world.actor("secretary"), now=world.now)
    assert (refused.value.code, [*refused.value.fields]) == ("pdf", ["file_pt"])


def test_who_may_not_write_has_no_file_read(monkeypatch: pytest.MonkeyPatch):
    world = make_world()
    document = draft(world)
    monkeypatch.setattr(importing, "read_file", lambda *_args, **_more: pytest.fail("the file was read"))
    with pytest.raises(NotPermitted):
        bring(world, document, actor=world.actor("cn_py"))
    with pytest.raises(InvalidInput):
        bring(world, document, language="en")


def test_the_rules_of_writing_hold():
    world = make_world()
    to_stage(world, "text_drafting")
    document = draft(world)
    with pytest.raises(StaleObject):
        bring(world, document, if_version=document.version + 1)
    clear(world, document)
    assert (len(bring(world, again(document)).paragraphs), again(document).state) == (2, "in_clearance")
    for office in ("legal", "mandates", "budget", "language"):
        sign_clearance(again(document), office=office, actor=world.actor("segib_officer"), now=world.now)
    world.act(again(document), "clear", "approver")
    world.act(again(document), "circulate_provisional", "secretary", **one_language(world))
    with pytest.raises(WrongState):
        bring(world, again(document))
