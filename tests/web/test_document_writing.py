"""Writing a text: both languages, conflicts that lose nothing, an ended session, pasting, importing, moving, taking out."""

from __future__ import annotations

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import PASSWORD, clear, draft, make_world, to_stage
from tests.texts import LONG, circulated, negotiated, paragraphs_of
from tests.web.clock import stand_at
from tests.web.pages import client_of, words
from workflows.actions.document import create_document
from workflows.actions.paragraph import add_paragraphs, edit_paragraph, place_paragraph
from workflows.models import ParagraphChange
from workflows.web.paragraph_forms import mark_of

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/documents/declaration/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def address_of(paragraph):
    return f"{URL}paragraphs/{paragraph.uuid}/"


def fields_of(paragraph, **changes):
    """Return what the editor sends when it is opened now and `changes` are typed."""
    return {
        "version": paragraph.version,
        "read_es": mark_of(paragraph.text_es),
        "read_pt": mark_of(paragraph.text_pt),
        "text_es": paragraph.text_es,
        "text_pt": paragraph.text_pt,
        "change": "substance",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "statuses"),
    [
        ({"text_es": "Otra cosa."}, ("current", "stale")),
        ({"text_es": "Otra cosa.", "change": "wording"}, ("current", "current")),
        ({"text_es": "Otra cosa.", "text_pt": "Outra coisa."}, ("current", "current")),
        ({"text_pt": "", "change": "wording"}, ("current", "missing")),
    ],
)
def test_what_is_written_says_how_each_language_stands(world, changes, statuses):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    answer = client_of(world, "spt_officer").post(address_of(paragraph), fields_of(paragraph, **changes))
    assert answer["Location"] == f"{URL}#p-{paragraph.uuid}"
    written = paragraphs_of(world)[0]
    assert (written.status("es"), written.status("pt")) == statuses


def test_two_who_write_the_same_language_see_both_texts(world):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    sent = fields_of(paragraph, text_es="Mi versión.", note="Porque sí")
    edit_paragraph(paragraph, text_es="La otra.", substance=True, actor=world.actor("secretary"), now=world.now)
    client = client_of(world, "segib_officer")
    answer = client.post(address_of(paragraph), sent)
    assert answer.status_code == 412
    said = words(answer)
    assert "Another person changed this paragraph meanwhile" in said
    assert "As it is now La otra." in said
    form = answer.context["form"]
    assert (form["text_es"].value(), form["note"].value()) == ("Mi versión.", "Porque sí")
    again = {name: form[name].value() for name in form.fields}
    assert client.post(address_of(paragraph), again).status_code == 302
    assert paragraphs_of(world)[0].text_es == "Mi versión."
    kept = ParagraphChange.objects.filter(paragraph=paragraph).order_by("-number").first()
    assert (kept.before_es, kept.after_es) == ("La otra.", "Mi versión.")


def test_two_who_write_one_language_each_lose_neither(world):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    sent = fields_of(paragraph, text_pt="A minha versão.")
    edit_paragraph(paragraph, text_es="La otra.", substance=True, actor=world.actor("secretary"), now=world.now)
    client = client_of(world, "segib_officer")
    form = client.post(address_of(paragraph), sent).context["form"]
    assert (form["text_es"].value(), form["text_pt"].value()) == ("La otra.", "A minha versão.")
    client.post(address_of(paragraph), {name: form[name].value() or "" for name in form.fields} | {"change": "wording"})
    written = paragraphs_of(world)[0]
    assert (written.text_es, written.text_pt, written.status("pt")) == ("La otra.", "A minha versão.", "current")


@pytest.mark.parametrize("verb", ["agree", "delete"])
def test_who_writes_while_the_chair_closes_the_paragraph_reads_the_own_words(world, verb):
    _document, code = negotiated(world)
    paragraph = paragraphs_of(world)[1]
    typed = fields_of(paragraph, text_es="Una tarde entera.", note="Porque sí")
    world.act(paragraph, verb, "secretary", meeting=code, reason="La mesa lo decide.")
    answer = client_of(world, "segib_officer").post(address_of(paragraph), typed)
    said = words(answer)
    assert (answer.status_code, answer.context["form"]) == (412, None)
    assert "The paragraph was closed while you wrote; the chair reopens it first." in said
    assert "Spanish Una tarde entera. Why it changes Porque sí" in said
    assert "Nothing is lost" not in said


def test_who_writes_while_the_text_is_circulated_reads_the_own_words(world):
    circulated(world)
    paragraph = paragraphs_of(world)[0]
    typed = fields_of(paragraph, text_es="Una tarde entera.")
    answer = client_of(world, "segib_officer").post(address_of(paragraph), typed)
    assert answer.status_code == 409
    assert "The text is not open to changes in this state." in words(answer)
    assert "Spanish Una tarde entera." in words(answer)


def test_a_paragraph_that_only_moved_meanwhile_is_said_to_have_the_same_words(world):
    draft(world)
    first, second = paragraphs_of(world)
    typed = fields_of(first, text_es="Mi versión.")
    place_paragraph(first, after=second, actor=world.actor("secretary"), now=world.now)
    answer = client_of(world, "segib_officer").post(address_of(first), typed)
    said = words(answer)
    assert "The other person wrote no words that differ from the form." in said
    assert "You wrote one language" not in said
    assert answer.context["form"]["text_es"].value() == "Mi versión."


def test_an_edit_of_a_cleared_text_says_which_signatures_it_dropped(world):
    to_stage(world, "text_drafting")
    clear(world, draft(world))
    paragraph = paragraphs_of(world)[0]
    client = client_of(world, "spt_officer")
    answer = client.post(address_of(paragraph), fields_of(paragraph, text_pt="Outra.", change="wording"), follow=True)
    assert "A clearance no longer stands and is signed again: language." in words(answer)
    assert world.document("declaration").state == "in_clearance"


@pytest.mark.parametrize(("name", "status"), [("auditor", 403), ("cn_py", 404), ("cn_br", 404), ("liaison", 404)])
def test_who_has_not_the_text_in_hand_writes_nothing(world, name, status):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    client = client_of(world, name)
    assert client.post(address_of(paragraph), fields_of(paragraph, text_es="Intruso")).status_code == status
    assert client.post(f"{URL}paragraphs/add/", {"text_es": "Intruso"}).status_code == status
    assert client.post(f"{URL}paragraphs/import/", {}).status_code == status
    assert client.post(f"{address_of(paragraph)}remove/", {}).status_code == status
    assert [p.text_es for p in paragraphs_of(world)] == [es for es, _pt in draft_texts()]


def draft_texts():
    return [
        ("Las Jefas y los Jefes de Estado, reunidos en Madrid;", ""),
        ("Reafirmar el compromiso con la cooperación.", ""),
    ]


def test_a_delegation_writes_its_own_communique_and_nobody_else_finds_it(world):
    own = create_document(
        world.summit,
        kind="special_communique",
        title={"es": "Lo propio", "pt": "O próprio"},
        actor=world.actor("cn_py"),
        now=world.now,
    )
    page = f"/summits/xxxi/documents/{own.code}/"
    client = client_of(world, "reviewer_py")
    assert client.post(f"{page}paragraphs/add/", {"text_es": "Uno."}).status_code == 302
    assert "Only your delegation sees this text" in words(client.get(page))
    for name in ("secretary", "approver", "cn_br"):
        assert client_of(world, name).get(page).status_code == 404
        assert client_of(world, name).post(f"{page}paragraphs/add/", {"text_es": "Uno."}).status_code == 404


def test_what_was_written_without_a_session_stands_again_after_the_sign_in(world):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    client = client_of(world, "secretary")
    seal = client.get(address_of(paragraph)).context["seal"]
    for name, value in (("secretary", "Una tarde entera."), ("spt_officer", paragraph.text_es)):
        later = Client()
        answer = later.post(address_of(paragraph), fields_of(paragraph, text_es="Una tarde entera.", seal=seal))
        assert answer["Location"] == f"/accounts/login/?next={address_of(paragraph)}"
        later.post(answer["Location"], {"login": world.user(name).email, "password": PASSWORD})
        later.cookies["language"] = "en"
        page = later.get(address_of(paragraph))
        assert page.context["form"]["text_es"].value() == value
        assert ("Your session had ended" in words(page)) == (name == "secretary")
    assert paragraphs_of(world)[0].text_es == paragraph.text_es


def test_without_a_seal_nothing_is_kept_for_strangers(world):
    draft(world)
    paragraph = paragraphs_of(world)[0]
    stranger = Client()
    stranger.post(address_of(paragraph), fields_of(paragraph, text_es="x", seal="forged"))
    assert "kept" not in stranger.session


# Adding, moving, taking out --------------------------------------------------------------------------------------


def test_pasted_text_is_cut_at_its_empty_lines_and_aligned(world):
    draft(world)
    first = paragraphs_of(world)[0]
    client = client_of(world, "spt_officer")
    fields = {"after": str(first.uuid), "kind": "operative", "text_es": "Uno.\r\n\r\nDos.", "text_pt": "Um.\r\n\r\nDois."}
    assert client.post(f"{URL}paragraphs/add/", fields).status_code == 302
    assert [(p.text_es, p.text_pt) for p in paragraphs_of(world)][1:3] == [("Uno.", "Um."), ("Dos.", "Dois.")]
    unequal = client.post(f"{URL}paragraphs/add/", fields | {"text_pt": "Um."})
    assert unequal.status_code == 400
    assert unequal.context["form"]["text_es"].value() == "Uno.\r\n\r\nDos."
    assert client.post(f"{URL}paragraphs/add/", {"text_es": "  "}).status_code == 400


def test_a_paragraph_is_moved_and_taken_out_of_a_draft_alone(world):
    draft(world, texts=LONG)
    first, second, third, *_rest = paragraphs_of(world)
    client = client_of(world, "spt_officer")
    fields = {"after": str(third.uuid), "kind": "preambular", "version": first.version}
    assert client.post(f"{address_of(first)}place/", fields).status_code == 302
    assert [p.pk for p in paragraphs_of(world)][:3] == [second.pk, third.pk, first.pk]
    assert client.post(f"{address_of(second)}remove/", {"version": second.version}).status_code == 302
    assert second.pk not in [p.pk for p in paragraphs_of(world)]
    assert client.get(address_of(second)).status_code == 404


def test_a_circulated_paragraph_is_not_taken_out_by_a_secretariat(world):
    negotiated(world)
    paragraph = paragraphs_of(world)[0]
    assert client_of(world, "spt_officer").post(f"{address_of(paragraph)}remove/", {}).status_code == 409


def test_a_translation_is_corrected_from_the_circulation_on_and_all_are_told(world):
    circulated(world)
    paragraph = paragraphs_of(world)[0]
    fields = {"language": "pt", "text": "As Chefes;", "note": "Falta de concordância", "version": paragraph.version}
    assert client_of(world, "spt_officer").post(f"{address_of(paragraph)}correct_translation/", fields).status_code == 403
    assert client_of(world, "segib_officer").post(f"{address_of(paragraph)}correct_translation/", fields).status_code == 302
    assert paragraphs_of(world)[0].text_pt == "As Chefes;"


# From a file -----------------------------------------------------------------------------------------------------


def word_file(*paragraphs, table=False):
    document, out = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        document.add_table(rows=1, cols=1)
    document.save(out)
    return SimpleUploadedFile("texto.docx", out.getvalue())


def test_a_file_is_looked_at_before_it_is_added_and_what_was_not_read_is_listed(world):
    draft(world)
    client = client_of(world, "spt_officer")
    files = {"file_es": word_file("Uno.", "Dos.", table=True), "file_pt": word_file("Um.", "Dois.")}
    preview = client.post(f"{URL}paragraphs/import/", files)
    said = words(preview)
    assert "2 paragraphs were read; nothing is added yet." in said
    assert "1 table was not read." in said
    assert len(paragraphs_of(world)) == 2
    assert client.post(f"{URL}paragraphs/import/", {"read": preview.context["carried"]}).status_code == 302
    assert [(p.text_es, p.text_pt) for p in paragraphs_of(world)][2:] == [("Uno.", "Um."), ("Dos.", "Dois.")]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("texto.pdf", b"%PDF-1.7", "A text is imported from a Word file (.docx) or from plain text (.txt)."),
        ("texto.docx", b"PK\x03\x04 half", "damaged"),
        ("texto.docm", b"PK\x03\x04", "macros"),
        ("texto.txt", b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_its_field(world, name, content, sentence):
    draft(world)
    answer = client_of(world, "spt_officer").post(f"{URL}paragraphs/import/", {"file_es": SimpleUploadedFile(name, content)})
    assert answer.status_code == 400
    assert sentence in words(answer)


def test_a_forged_preview_adds_nothing(world):
    draft(world)
    assert client_of(world, "spt_officer").post(f"{URL}paragraphs/import/", {"read": "forged"}).status_code == 400
    assert len(paragraphs_of(world)) == 2


def test_what_is_written_is_never_html(world):
    document = draft(world)
    add_paragraphs(
        document, kind="operative", texts=[("<script>alert(1)</script>", "")], actor=world.actor("secretary"), now=world.now
    )
    html = client_of(world, "spt_officer").get(URL).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
