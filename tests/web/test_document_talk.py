"""What is said of a text: proposals and positions, own and on paper, late ones; the chair's gavel; redline; publication."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import make_world, table
from tests.texts import LONG, circulated, drafted, negotiated, paragraphs_of, position, published, sent
from tests.web.clock import stand_at
from tests.web.pages import client_of, words
from workflows.actions.document import close_due_windows
from workflows.actions.paragraph import edit_paragraph
from workflows.models import Paragraph, Position, Proposal

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/documents/declaration/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


# Proposals -------------------------------------------------------------------------------------------------------


def test_a_delegation_drafts_changes_and_submits(world):
    circulated(world)
    paragraph = paragraphs_of(world)[1]
    client = client_of(world, "cn_py")
    address = f"{URL}proposals/write/?paragraph={paragraph.uuid}"
    fields = {"kind": "substantive", "language": "es", "text": "Borrador.", "act": "draft"}
    answer = client.post(address, fields, follow=True)
    row = Proposal.objects.get()
    assert (row.state, row.paragraph) == ("draft", paragraph)
    assert "nobody else sees it until it is submitted" in words(answer)
    page = f"{URL}proposals/{row.uuid}/"
    assert client.post(page, {"text": "Mejor.", "version": row.version}).status_code == 302
    assert client_of(world, "secretary").get(page).status_code == 404
    assert client.post(f"{page}submit/", {}).status_code == 302
    said = words(client_of(world, "secretary").get(page))
    assert "Mejor." in said
    assert "What it changes in the paragraph as it is now" in said


def test_a_reviewer_drafts_and_does_not_submit(world):
    circulated(world)
    client = client_of(world, "reviewer_py")
    client.post(f"{URL}proposals/write/", {"kind": "comment", "language": "es", "text": "Nota.", "act": "do"})
    row = Proposal.objects.get()
    assert row.state == "draft"
    assert client.post(f"{URL}proposals/{row.uuid}/submit/", {}).status_code == 403


def test_a_secretariat_records_what_came_by_note_and_disposes_of_it(world):
    circulated(world)
    client = client_of(world, "spt_officer")
    fields = {
        "kind": "comment",
        "language": "es",
        "text": "Por nota.",
        "party": "PE",
        "channel": "note_verbale",
        "note_number": "NV 7",
    }
    assert client.post(f"{URL}proposals/write/", fields | {"party": ""}).status_code == 400
    assert client.post(f"{URL}proposals/write/", fields | {"party": "ES"}).status_code == 403
    assert client.post(f"{URL}proposals/write/", fields).status_code == 302
    row = Proposal.objects.get(party__code="PE")
    assert (row.state, row.channel, row.note_number) == ("submitted", "note_verbale", "NV 7")
    assert client_of(world, "approver").post(f"{URL}proposals/{row.uuid}/accept/", {}).status_code == 403
    assert client.post(f"{URL}proposals/{row.uuid}/not_retain/", {"note": "Ya está en el párrafo 2."}).status_code == 302
    assert "Ya está en el párrafo 2." in words(client.get(f"{URL}proposals/{row.uuid}/"))


def test_a_late_proposal_is_taken_and_marked(world):
    circulated(world)
    draft = drafted(world, "Llega tarde.")
    later = world.now + timedelta(days=8)
    close_due_windows(now=later)
    stand_at(later)
    assert client_of(world, "cn_py").post(f"{URL}proposals/{draft.uuid}/submit/", {}).status_code == 302
    assert "after the window" in words(client_of(world, "spt_officer").get(URL))


def test_others_see_what_was_sent_from_the_hour_that_the_summit_says(world):
    circulated(world)
    sent(world, "PE", "Lo que Perú propone.")
    assert "Lo que Perú propone." not in words(client_of(world, "cn_br").get(URL))
    assert "Lo que Perú propone." in words(client_of(world, "auditor").get(URL))
    world.act(world.document("declaration"), "close_window", "secretary")
    assert "Lo que Perú propone." in words(client_of(world, "cn_br").get(URL))


def test_nobody_speaks_on_a_draft_nor_without_an_office_that_may(world):
    circulated(world)
    for name in ("auditor", "liaison"):
        assert client_of(world, name).get(f"{URL}proposals/write/").status_code == (404 if name == "liaison" else 403)
    assert client_of(world, "reviewer_py").get(f"{URL}positions/take/").status_code == 403
    assert client_of(world, "cn_py").get(f"{URL}proposals/write/?paragraph=nonsense").status_code == 404


# Positions -------------------------------------------------------------------------------------------------------


def test_a_position_is_taken_replaced_and_lifted_by_its_delegation_alone(world):
    negotiated(world)
    paragraph = paragraphs_of(world)[0]
    client = client_of(world, "cn_br")
    address = f"{URL}positions/take/?paragraph={paragraph.uuid}"
    for kind in ("scrutiny_reserve", "agrees_ad_referendum"):
        assert client.post(address, {"kind": kind, "note": "La capital lo estudia."}).status_code == 302
    row = Position.objects.standing().get()
    assert (row.kind, row.party.code) == ("agrees_ad_referendum", "BR")
    assert client_of(world, "cn_py").post(f"{URL}positions/{row.uuid}/lift/", {}).status_code == 403
    assert client.post(f"{URL}positions/{row.uuid}/lift/", {}).status_code == 302
    assert not Position.objects.standing().exists()


def test_a_position_on_the_whole_text_is_lifted_from_the_page_of_the_text(world):
    negotiated(world)
    row = position(world, "BR", "objects", note="Motivo.")
    link = f'href="{URL}positions/{row.uuid}/lift/"'
    seen = {name: link in client_of(world, name).get(URL).content.decode() for name in ("cn_br", "cn_py", "auditor")}
    assert seen == {"cn_br": True, "cn_py": False, "auditor": False}


def test_what_cannot_be_lifted_has_no_form(world):
    negotiated(world)
    row = position(world, "BR", "objects")
    of_spain = position(world, "ES", "objects")
    address = f"{URL}positions/{row.uuid}/lift/"
    assert client_of(world, "cn_py").get(address).status_code == 403
    assert client_of(world, "secretary").get(f"{URL}positions/{of_spain.uuid}/lift/").status_code == 403
    assert f"{of_spain.uuid}/lift/" not in client_of(world, "secretary").get(URL).content.decode()
    client = client_of(world, "cn_br")
    assert client.post(address, {}).status_code == 302
    for answer in (client.get(address), client.post(address, {})):
        assert answer.status_code == 409
        assert "This position no longer stands." in words(answer)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Comment of Brazil"), ("pt-br", "Comentário do Brasil"), ("es", "Comentario de Brasil")]
)
def test_a_proposal_is_named_with_the_article_of_its_country(world, language, title):
    circulated(world)
    row = sent(world, "BR", "Nota.", kind="comment")
    assert client_of(world, "spt_officer", language).get(f"{URL}proposals/{row.uuid}/").context["title"] == title


def test_an_annex_is_called_so_in_the_language_of_the_reader(world):
    circulated(world, [*LONG, ("ANEXO", "ANEXO")])
    last = paragraphs_of(world)[-1]
    Paragraph.objects.filter(pk=last.pk).update(kind="annex")
    position(world, "BR", "agrees")
    position(world, "BR", "agrees", on=last)
    client = client_of(world, "spt_officer")
    for page in (URL, f"{URL}paragraphs/{last.uuid}/", f"{URL}positions/", f"{URL}compare/?from=now&to=now&all=1"):
        assert "Anexo" not in words(client.get(page))
        assert "Annex 1" in words(client.get(page))


def test_the_matrix_stands_in_protocol_order_and_counts_nobody(world):
    negotiated(world)
    paragraph = paragraphs_of(world)[0]
    for party, kind in (("PY", "agrees"), ("AR", "objects"), ("BR", "agrees")):
        position(world, party, kind, on=paragraph, note="Motivo." if party == "AR" else "")
    answer = client_of(world, "auditor").get(f"{URL}positions/")
    names = [party.code for party in answer.context["delegations"]]
    assert names[:4] == ["AD", "AR", "BO", "BR"]
    cells = next(row["cells"] for row in answer.context["rows"] if row["name"] == "1")
    assert {name: cell["kind"] for name, cell in zip(names, cells, strict=True) if cell["kind"]} == {
        "AR": "objects",
        "BR": "agrees",
        "PY": "agrees",
    }
    assert "Reserved" in words(answer)


def test_the_chair_is_stopped_by_a_reservation_and_agrees_when_it_is_lifted(world):
    _document, code = negotiated(world)
    paragraph = paragraphs_of(world)[0]
    held = position(world, "PE", "scrutiny_reserve", on=paragraph)
    client = client_of(world, "secretary")
    html = client.get(URL).content.decode()
    assert "A scrutiny reservation or an objection of Peru stands." in html
    agree = f"{URL}paragraphs/{paragraph.uuid}/agree/"
    sent_along = {"meeting": code, "version": paragraph.version}
    assert client_of(world, "cn_py").post(agree, sent_along).status_code == 403
    assert client.post(agree, sent_along).status_code == 422
    lift = {"channel": "orally"}
    assert client.post(f"{URL}positions/{held.uuid}/lift/", lift).status_code == 302
    assert f'formaction="{agree}"' in client.get(URL).content.decode()
    assert client.post(agree, sent_along).status_code == 302
    assert paragraphs_of(world)[0].state == "agreed"
    assert "agreed" in words(client_of(world, "cn_br").get(URL)).lower()
    assert client.post(f"{URL}paragraphs/{paragraph.uuid}/agree/", sent_along).status_code in {409, 412}


def test_without_a_meeting_in_course_there_is_no_gavel(world):
    _document, code = negotiated(world)
    world.act(world.meeting(code), "close", "secretary")
    type(world.meeting(code)).objects.filter(code=code).update(kind="forum")
    paragraph = paragraphs_of(world)[0]
    page = client_of(world, "secretary").get(f"{URL}paragraphs/{paragraph.uuid}/bracket/")
    assert "no meeting in which it may be done is in course" in words(page)


def test_a_meeting_shows_the_texts_on_its_table_and_what_was_done_to_them(world):
    _document, code = negotiated(world)
    paragraph = paragraphs_of(world)[0]
    world.act(paragraph, "agree", "secretary", meeting=code)
    said = words(client_of(world, "cn_py").get(f"/summits/xxxi/meetings/{code}/"))
    assert "Texts on the table" in said
    assert "declared paragraph 1 of “Un texto” agreed" in said


# Versions --------------------------------------------------------------------------------------------------------


def test_a_redline_marks_words_by_more_than_colour(world):
    circulated(world)
    world.act(world.document("declaration"), "close_window", "secretary")
    paragraph = paragraphs_of(world)[4]
    edit_paragraph(
        paragraph,
        text_es="Promover la movilidad de estudiantes.",
        substance=True,
        actor=world.actor("secretary"),
        now=world.now,
    )
    answer = client_of(world, "cn_br").get(f"{URL}compare/?from=1&to=now")
    html = answer.content.decode()
    assert "1 paragraph of 5 differs." in words(answer)
    assert "<del>" in html
    assert "<ins>" in html
    assert "inserted: estudiantes" in words(answer)
    assert client_of(world, "cn_br").get(f"{URL}compare/?from=1&to=9").status_code == 404
    assert "Both are alike." in words(client_of(world, "cn_br").get(f"{URL}compare/?from=1&to=1"))


@pytest.mark.parametrize(
    ("name", "starts"), [("pdf-es", b"%PDF"), ("pdf-synoptic", b"%PDF"), ("docx-pt", b"PK"), ("docx-synoptic", b"PK")]
)
def test_a_version_and_the_text_as_it_is_are_files(world, name, starts):
    circulated(world)
    client = client_of(world, "cn_py")
    for address in (f"{URL}versions/1/{name}/", f"{URL}files/{name}/"):
        answer = client.get(address)
        assert (answer.status_code, answer.content[: len(starts)]) == (200, starts)
        assert "attachment" in answer["Content-Disposition"]
    assert client.get(f"{URL}files/exe-es/").status_code == 404
    assert client.get(f"{URL}versions/2/").status_code == 404


# Publication -----------------------------------------------------------------------------------------------------


def test_anybody_reads_and_checks_what_was_published(world):
    document = published(world)
    publication = document.publications.get()
    digest, page = publication.version_of_text.digest, f"/published/{publication.uuid}/"
    anybody = Client()
    anybody.cookies["language"] = "en"
    assert anybody.get(f"/published/{digest}/")["Location"] == page
    said = words(anybody.get(page))
    assert "The text below gives this hash" in said
    assert "Adopted by consensus" in said
    copy = anybody.get(f"{page}json/").content
    found = anybody.post("/published/", {"file": SimpleUploadedFile("copy.json", copy)})
    assert "The copy is intact, and its text was published here." in words(found)
    changed = copy.replace(b"bibliotecas", b"otras")
    assert "The copy was changed" in words(anybody.post("/published/", {"file": SimpleUploadedFile("copy.json", changed)}))
    assert anybody.post("/published/", {"file": SimpleUploadedFile("copy.json", b"{}")}).status_code == 400
    assert anybody.get(f"/published/?hash={digest.upper()}")["Location"] == f"/published/{digest}/"
    assert "No text with this hash was published here." in words(anybody.get(f"/published/?hash={'0' * 64}"))
    assert anybody.get(f"/published/{'0' * 64}/").status_code == 404
    assert anybody.get(f"/published/{digest.upper()}/")["Location"] == page
    unknown = f"/published/?hash={'0' * 64}"
    assert '<form action="/published/" method="post"' in anybody.get(unknown).content.decode()
    sent_there = anybody.post(unknown, {"file": SimpleUploadedFile("copy.json", copy)})
    assert "No text with this hash was published here." not in words(sent_there)
    assert anybody.get(f"{page}check.py/").content.startswith(b'"""Checks a copy')
    assert anybody.get(f"{page}pdf-es/").content.startswith(b"%PDF")


def test_a_corrigendum_stands_on_the_published_page(world):
    document = published(world)
    page = f"/published/{document.publications.get().uuid}/"
    client = client_of(world, "approver")
    fields = {"wrong_and_right": "Donde dice «fondos», léase «acervos».", "version": world.document("declaration").version}
    assert client_of(world, "segib_officer").post(f"{URL}corrigendum/", fields).status_code == 403
    assert client.post(f"{URL}corrigendum/", fields).status_code == 302
    assert "Donde dice «fondos», léase «acervos»." in words(Client().get(page))


def test_what_is_not_published_has_no_public_page(world):
    circulated(world)
    digest = world.document("declaration").versions.get().digest
    assert Client().get(f"/published/{digest}/").status_code == 404
    assert Client().get(URL)["Location"].startswith("/accounts/login/")


# Home ------------------------------------------------------------------------------------------------------------


def titles(world, name):
    items = client_of(world, name).get("/").context["items"]
    return [(item["title"], item["action"]["label"]) for item in items]


def test_home_shows_each_office_the_texts_that_wait_for_it(world):
    circulated(world)
    assert ("Un texto", "Read and comment") in titles(world, "cn_br")
    assert ("Un texto", "Read and comment") not in titles(world, "rc_py")
    drafted(world, "Un borrador.")
    assert ("Un texto", "See the drafts") in titles(world, "cn_py")
    assert ("Un texto", "See the drafts") not in titles(world, "cn_br")
    sent(world, "PE", "Una propuesta.")
    world.act(world.document("declaration"), "close_window", "secretary")
    assert ("Un texto", "See the proposals") in titles(world, "spt_officer")


def test_home_leads_segib_to_what_it_signs(world):
    document, _code = negotiated(world)
    table(world, "rmre_texts", "rmre")
    assert document.state == "in_negotiation"
    assert "Un texto" not in [title for title, _label in titles(world, "approver")]
