"""What the frame of a printed text says at each step of its life, in the language of the paper and not of the reader."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext, override

from tests.factories import TEXTS, clear, draft, make_world, table, to_stage
from tests.workflows.test_documents import again
from workflows.actions.document import certify_concordance, file_originals, publish_corrigendum, record_adherence
from workflows.actions.paragraph import add_paragraphs, edit_paragraph
from workflows.models import Document, Party, Summit, Version
from workflows.papers.pdf import pdf_of
from workflows.papers.reading import read_file
from workflows.papers.sheet import MODES, Row, moment, sheet_of_text, sheet_of_version
from workflows.papers.word import docx_of
from workflows.queries.document_facts import text_of
from workflows.states import ParagraphState, TextStatus

pytestmark = pytest.mark.django_db


def said(language: str, sentence: str, **values) -> str:
    """A sentence as the paper says it, whether the catalogue has it or not."""
    with override({"pt": "pt-br"}.get(language, language)):
        return gettext(sentence) % values if values else gettext(sentence)


def last_version(document: Document) -> Version:
    rows = Version.objects.select_related("document__summit__host", "document__proponent")
    return rows.filter(document=document).order_by("-number")[0]


def circulated(world, name: str = "circulate", **inputs) -> Version:
    to_stage(world, "text_drafting")
    document = clear(world, draft(world))
    world.act(document, name, "secretary", window_ends_at=world.now + timedelta(days=9), **inputs)
    return last_version(document)


def test_a_version_carries_symbol_edition_and_hash_in_its_own_language():
    world = make_world()
    version = circulated(world)
    with override("en"):
        sheet = sheet_of_version(version)
    when = moment(version.made_at, version.document.summit)
    assert (sheet.es.symbol, sheet.pt.symbol, sheet.digest) == ("DEC-SPT-XXXI-ES-v1", "DEC-SPT-XXXI-PT-v1", version.digest)
    assert sheet.pt.edition == said("pt", "Version %(number)d, %(when)s", number=1, when=when)
    assert sheet.es.standing == said("es", "Draft circulated for comments. Not adopted.")
    assert sheet.es.rows == (Row("operative", "1", TEXTS[0][0]), Row("operative", "2", TEXTS[1][0]))
    assert [row.text for row in sheet.pt.rows] == [pt for _es, pt in TEXTS]
    assert (sheet.es.marks, sheet.es.name, sheet.pt.name) == ((), "Español", "Português")


def test_text_in_work_has_neither_symbol_nor_hash_and_says_so():
    world = make_world()
    document = draft(world)
    sheet = sheet_of_text(document, now=world.now)
    when = moment(world.now, document.summit)
    sentence = "Text in work as it stood on %(when)s. It is not a version and has no symbol."
    assert (sheet.es.symbol, sheet.digest, sheet.es.marks) == ("", "", (said("es", sentence, when=when),))


def test_provisional_circulation_names_the_hour_of_the_other_language():
    world = make_world()
    other = world.now + timedelta(days=1)
    version = circulated(world, "circulate_provisional", reason="Falta la traducción", other_language_at=other)
    sentence = "Provisional: circulated in one language. The other follows on %(when)s."
    assert sheet_of_version(version).pt.marks == (said("pt", sentence, when=moment(other, version.document.summit)),)


def test_a_language_that_is_missing_or_behind_is_noted_where_it_is():
    world = make_world()
    document = draft(world)
    add_paragraphs(document, kind="heading", texts=[("Cultura", "")], actor=world.actor("secretary"), now=world.now)
    first = text_of([again(document)])[document.pk][0]
    edit_paragraph(first, text_es="Otro;", substance=True, actor=world.actor("secretary"), now=world.now)
    sheet = sheet_of_text(again(document), now=world.now)
    assert [row.note for row in sheet.es.rows] == ["", "", ""]
    with override("pt-br"):
        stale = str(TextStatus.STALE.label)
    assert [row.note for row in sheet.pt.rows] == [
        stale,
        "",
        said("pt", "The Portuguese text is missing"),
    ]
    assert all(pdf_of(sheet, mode).startswith(b"%PDF") for mode in MODES)


def test_from_the_table_to_the_publication():
    world = make_world()
    version = circulated(world)
    document = again(version.document)
    add = {"actor": world.actor("secretary"), "now": world.now}
    world.act(document, "close_window", "secretary")
    add_paragraphs(again(document), kind="operative", texts=[("Tercero.", "Terceiro.")], **add)
    to_stage(world, "minister_review")
    code = table(world)
    world.act(again(document), "open_negotiation", "secretary", meeting=code)
    first, second, third = text_of([again(document)])[document.pk]
    world.act(first, "agree", "secretary", meeting=code)
    world.act(second, "delete", "secretary", meeting=code)
    live = sheet_of_text(again(document), now=world.now)
    gone = said("es", "Deleted in the negotiation. Its number is kept until the final version.")
    with override("es"):
        notes = [str(ParagraphState.AGREED.label), gone, str(ParagraphState.PROPOSED.label)]
    assert [row.note for row in live.es.rows] == notes
    assert live.es.rows[1] == Row("operative", "2", "", gone)
    world.act(third, "agree", "secretary", meeting=code)
    world.act(again(document), "agree", "secretary", meeting=code)
    ministers = table(world, "rmre_x", "rmre")
    world.act(again(document), "approve_by_ministers", "secretary", meeting=ministers)
    to_stage(world, "in_session")
    certify_concordance(again(document), actor=world.actor("segib_officer"), now=world.now)
    adhering = Party.objects.filter(code__in=["BR", "PY"])
    record_adherence(again(document), parties=adhering, **add)
    world.act(again(document), "record_outcome", "secretary", outcome="adopted_by_countries")
    world.act(again(document), "record_outcome", "approver", outcome="adopted_by_countries")
    sentence = "Adopted by the countries that adhere to it: %(countries)s."
    concluded = sheet_of_version(last_version(document))
    assert concluded.es.standing == said("es", sentence, countries="Brasil, Paraguay")
    rows = [(row.number, row.text, row.note) for row in concluded.es.rows]
    assert rows == [("1", TEXTS[0][0], ""), ("2", "Tercero.", "")]
    file_originals(again(document), es="Archivo, 1", pt="Arquivo, 1", actor=world.actor("segib_officer"), now=world.now)
    world.act(again(document), "publish", "approver")
    publish_corrigendum(again(document), wrong_and_right="Dice A; debe decir B.", actor=world.actor("approver"), now=world.now)
    published = sheet_of_version(last_version(document))
    assert published.es.marks == (said("es", "Corrigendum. %(what)s", what="Dice A; debe decir B."),)


def test_demonstration_is_marked(settings):
    world = make_world()
    document = draft(world)
    sentence = "Demonstration: fictitious data, not an official document"
    settings.SUMMITPREP_DEMO = True
    assert sheet_of_text(document, now=world.now).es.demonstration == said("es", sentence)
    settings.SUMMITPREP_DEMO = False
    document.summit.is_demonstration = False
    assert sheet_of_text(document, now=world.now).es.demonstration == ""
    document.summit.is_demonstration = True
    assert sheet_of_text(document, now=world.now).pt.demonstration == said("pt", sentence)


def test_a_version_written_as_word_is_read_back():
    version = circulated(make_world())
    for language in ("es", "pt"):
        read = read_file(docx_of(sheet_of_version(version), language), "texto.docx")
        assert [(g.kind, g.text) for g in read.paragraphs] == [(p["kind"], p[language]) for p in version.body]


@pytest.mark.parametrize(
    ("zone", "city", "expected"),
    [
        ("Europe/Madrid", "Madrid", "30/09/2026, 10:40 (Madrid, UTC+2)"),
        ("America/Caracas", "Caracas", "30/09/2026, 04:40 (Caracas, UTC-4)"),
        ("Asia/Kolkata", "", "30/09/2026, 14:10 (UTC+5:30)"),
        ("UTC", "Madrid", "30/09/2026, 08:40 (UTC+0)"),
    ],
)
def test_an_instant_is_written_with_city_and_distance(zone: str, city: str, expected: str):
    instant = datetime(2026, 9, 30, 10, 40, tzinfo=ZoneInfo("Europe/Madrid"))
    assert moment(instant, Summit(zone=zone, city=city)) == expected
