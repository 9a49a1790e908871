"""Texts' list and page: who reads what, in whose hands a text is, what can be done and what holds it back."""

from __future__ import annotations

import pytest

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from tests.texts import negotiated, paragraphs_of
from tests.web.clock import stand_at
from tests.web.pages import client_of, queries_of, words
from workflows.actions.document import create_document, sign_clearance
from workflows.actions.paragraph import add_paragraphs, edit_paragraph
from workflows.actions.proposal import write_proposal
from workflows.models import Document, Party, Position
from workflows.queries.document_facts import text_of

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/documents/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def read(client, address=""):
    answer = client.get(URL + address)
    assert answer.status_code == 200
    return words(answer)


# The list --------------------------------------------------------------------------------------------------------


def test_the_list_says_in_whose_hands_each_text_is_and_how_its_languages_stand(world):
    draft(world, "agenda")
    create_document(world.summit, kind="report", title={"es": "I", "pt": "I"}, actor=world.actor("approver"), now=world.now)
    said = read(client_of(world, "spt_officer"))
    assert "2 in all." in said
    assert "Agenda" in said
    assert "Languages aligned" in said
    assert "No paragraph yet" in said
    assert "Pro Tempore Secretariat" in said
    narrowed = read(client_of(world, "spt_officer"), "?kind=agenda")
    assert "1 of 2." in narrowed
    assert "No text matches." in read(client_of(world, "spt_officer"), "?state=published")


def test_the_list_is_searched_ordered_and_kept_as_a_file(world):
    to_stage(world, "text_drafting")
    title = {"es": "=Educación", "pt": "Educação"}
    create_document(world.summit, kind="report", title=title, actor=world.actor("approver"), now=world.now)
    draft(world, "agenda")
    circulate(world, clear(world, draft(world)))
    client = client_of(world, "spt_officer")
    searched = read(client, "?q=educacion")
    assert ("=Educación" in searched, "1 of 3." in searched, "No text matches." in read(client, "?q=zz%00z")) == (True,) * 3
    ordered = client.get(f"{URL}export/csv/?sort=window").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[2] for line in ordered[1:]] == ["Declaration", "Agenda", "Report"]
    assert "'=Educación" in client.get(f"{URL}export/csv/?q=Educação").content.decode("utf-8-sig")
    others = client_of(world, "cn_py").get(f"{URL}export/csv/").content.decode("utf-8-sig")
    assert len(others.splitlines()) == 2  # its heading, and what was circulated


def test_a_delegation_sees_no_draft_of_the_secretariats(world):
    draft(world)
    said = read(client_of(world, "cn_py"))
    assert "There is no text here yet" in said
    assert client_of(world, "cn_py").get(f"{URL}declaration/").status_code == 404


def test_as_many_queries_for_few_texts_as_for_more(world):
    draft(world, "agenda")
    client = client_of(world, "spt_officer")
    few = queries_of(client, URL)
    for kind in ("concept_note", "minutes", "declaration"):
        draft(world, kind)
    assert (queries_of(client, URL), few < 25) == (few, True)


# A new text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kinds"),
    [("spt_officer", {"agenda", "declaration"}), ("segib_officer", {"report", "minutes"}), ("cn_py", {"special_communique"})],
)
def test_each_office_begins_what_is_its_own(world, name, kinds):
    client = client_of(world, name)
    offered = {value for value, _label in client.get(f"{URL}begin/").context["form"].fields["kind"].choices}
    assert kinds <= offered
    assert ("special_communique" in offered) == (name == "cn_py")
    fields = {"kind": min(kinds), "title_es": "Título", "title_pt": "Título", "first_language": "es"}
    answer = client.post(f"{URL}begin/", fields)
    assert (answer.status_code, Document.objects.get().title_es) == (302, "Título")


@pytest.mark.parametrize("name", ["auditor", "rc_py", "reviewer_py", "liaison"])
def test_who_begins_no_text_is_told_so(world, name):
    assert client_of(world, name).get(f"{URL}begin/").status_code == 403
    assert f"{URL}begin/" not in client_of(world, name).get(URL).content.decode()


# The page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_both_languages_and_which_is_behind(world):
    document = draft(world)
    paragraph = text_of([document])[document.pk][0]
    edit_paragraph(paragraph, text_es="Otra cosa;", substance=True, actor=world.actor("secretary"), now=world.now)
    html = client_of(world, "spt_officer").get(f"{URL}declaration/").content.decode()
    assert '<p class="para__t" lang="es">Otra cosa;</p>' in html
    assert "Translation to be updated" in html
    assert "The Spanish changed on 02/03/2026, 11:00 (Madrid)." in html
    assert "1 paragraph behind" in html


def test_clearances_are_signed_on_the_page_and_say_why_they_no_longer_stand(world):
    to_stage(world, "text_drafting")
    document = draft(world)
    world.act(document, "submit_for_clearance", "secretary")
    client = client_of(world, "segib_officer")
    assert "Not yet signed" in read(client, "declaration/")
    version = world.document("declaration").version
    assert client.post(f"{URL}declaration/sign_clearance/", {"office": "legal", "version": version}).status_code == 302
    paragraph = text_of([document])[document.pk][0]
    edit_paragraph(paragraph, text_es="Otra cosa;", substance=True, actor=world.actor("segib_officer"), now=world.now)
    said = read(client, "declaration/")
    assert "To be signed again" in said
    assert "Paragraph 1 was changed." in said
    assert client_of(world, "spt_officer").post(f"{URL}declaration/sign_clearance/", {"office": "legal"}).status_code == 403


def test_what_cannot_be_done_has_its_reasons_and_links(world):
    to_stage(world, "text_drafting")
    document = draft(world)
    world.act(document, "submit_for_clearance", "secretary")
    html = client_of(world, "approver").get(f"{URL}declaration/").content.decode()
    assert "Not possible now." in html
    assert html.count("clearance") > 4
    refused = client_of(world, "approver").post(f"{URL}declaration/clear/")
    assert refused.status_code == 422
    assert world.document("declaration").state == "in_clearance"


def test_circulating_asks_until_when_and_says_who_is_written_to(world):
    to_stage(world, "text_drafting")
    clear(world, draft(world))
    client = client_of(world, "secretary")
    page = client.get(f"{URL}declaration/circulate/")
    assert "offices will be written to" in words(page)
    assert page.context["form"].initial["window_ends_at"].strftime("%d/%m/%Y %H:%M") == "05/03/2026 23:59"
    short = client.post(f"{URL}declaration/circulate/", {"window_ends_at": "2026-03-03T10:00"})
    assert short.status_code == 422
    assert client.post(f"{URL}declaration/circulate/", {"window_ends_at": "2026-03-09T18:00"}).status_code == 302
    said = read(client_of(world, "cn_py"), "declaration/")
    assert "Comments are taken until" in said
    assert "(Asunción)" in said
    assert "In the host city" in said
    assert "DEC-SPT-XXXI-ES-v1" in said


def test_a_provisional_circulation_names_the_hour_of_the_other_language(world):
    to_stage(world, "text_drafting")
    clear(world, draft(world, texts=[("Sólo en español.", "")]))
    client = client_of(world, "secretary")
    assert "not possible now" in read(client, "declaration/").lower()
    fields = {
        "reason": "La traducción llega mañana",
        "other_language_at": "2026-03-03T18:00",
        "window_ends_at": "2026-03-10T18:00",
    }
    assert client.post(f"{URL}declaration/circulate_provisional/", fields).status_code == 302
    html = client.get(f"{URL}declaration/").content.decode()
    paragraph = text_of([world.document("declaration")])[world.document("declaration").pk][0]
    place = f"{URL}declaration/paragraphs/{paragraph.uuid}/"
    assert (f'href="{place}"' in html, "paragraphs/add/" in html) == (True, False)  # the other language is written
    assert f"{place}place/" not in client.get(place).content.decode()
    said = read(client_of(world, "cn_br"), "declaration/")
    assert "It circulates provisionally in one language; the other follows on 03/03/2026, 18:00 (Madrid)." in said
    assert "Translation missing" in said


def test_the_outcome_waits_for_the_second_signature_which_may_be_declined(world):
    document, _code = negotiated(world)
    to_stage(world, "minister_review")
    ministers = table(world, "rmre_texts", "rmre")
    for verb in ("elevate", "elevate_to_heads"):
        world.act(world.document("declaration"), verb, "secretary", meeting=ministers)
    to_stage(world, "in_session")
    client = client_of(world, "secretary")
    assert client.post(f"{URL}declaration/record_outcome/", {"outcome": "presidency_text"}).status_code == 302
    assert "It is done when the other secretariat signs too." in read(client, "declaration/")
    approver = client_of(world, "approver")
    said = read(approver, "declaration/")
    assert "Record the outcome: text of the presidency." in said
    assert "Record the outcome" in words(approver.get("/"))
    assert approver.get("/summits/xxxi/").status_code == 200
    signature = document.signatures.get()
    assert approver.post(f"/summits/xxxi/signatures/{signature.uuid}/decline/", {"reason": "Falta el texto"}).status_code == 302
    assert world.document("declaration").state == "elevated_to_heads"
    assert client.post(f"{URL}declaration/record_outcome/", {"outcome": "presidency_text"}).status_code == 302
    assert approver.get(f"{URL}declaration/record_outcome/").context["form"].initial["outcome"] == "presidency_text"
    assert approver.post(f"{URL}declaration/record_outcome/", {"outcome": "presidency_text"}).status_code == 302
    assert world.document("declaration").state == "concluded"


def test_a_text_that_does_what_a_task_asks_is_linked_both_ways(world):
    draft(world, "concept_note")
    task = world.task("CON-04")
    type(task).objects.filter(pk=task.pk).update(done_by_kind="concept_note", done_by_verb="clear")
    client = client_of(world, "spt_officer")
    assert "CON-04" in read(client, "concept-note/")
    html = client.get("/summits/xxxi/tasks/CON-04/").content.decode()
    assert 'href="/summits/xxxi/documents/concept-note/"' in html


# A delegation's own ----------------------------------------------------------------------------------------------

CANARY = "quetzalcanario"


def pages_of(world, name):
    """Return the text of every page on which a draft might be betrayed to a seat."""
    client = client_of(world, name)
    addresses = ["/", "/summits/xxxi/", URL, "/summits/xxxi/record/", "/summits/xxxi/meetings/", "/summits/xxxi/checklist/"]
    addresses += [
        url for code in ("declaration", "special-communique-py") for url in (f"{URL}{code}/", f"{URL}{code}/positions/")
    ]
    addresses += [f"{URL}declaration/paragraphs/{uuid}/" for uuid in world.paragraphs] + [f"{URL}declaration/compare/"]
    addresses += ["/summits/xxxi/record/export/csv/"]
    return {address: client.get(address).content.decode() for address in addresses}


def test_a_word_in_a_draft_of_a_delegation_is_on_no_page_of_anybody_else(world):
    document, _code = negotiated(world)
    world.paragraphs = [p.uuid for p in text_of([document])[document.pk]]
    own = create_document(
        world.summit,
        kind="special_communique",
        title={"es": f"Sobre el {CANARY}", "pt": "Sobre"},
        actor=world.actor("cn_py"),
        now=world.now,
    )
    added = add_paragraphs(own, kind="operative", texts=[(CANARY, "")], actor=world.actor("cn_py"), now=world.now)[0]
    edit_paragraph(added, text_es=f"{CANARY}.", note=CANARY, actor=world.actor("cn_py"), now=world.now)
    sent = write_proposal(document, paragraph=None, kind="comment", text=CANARY, actor=world.actor("cn_py"), now=world.now)
    for name in ("secretary", "approver", "auditor", "cn_br", "liaison"):
        found = [address for address, html in pages_of(world, name).items() if CANARY in html]
        assert (name, found) == (name, [])
        for address in ("special-communique-py/", f"declaration/proposals/{sent.uuid}/"):
            assert client_of(world, name).get(URL + address).status_code == 404
    pages = pages_of(world, "reviewer_py")
    assert CANARY in pages[URL]
    assert CANARY in pages[f"{URL}declaration/"]


# Many ------------------------------------------------------------------------------------------------------------


def test_as_many_queries_for_300_paragraphs_and_22_delegations_as_for_few(world):
    document, _code = negotiated(world)
    client = client_of(world, "spt_officer")
    delegations = list(Party.objects.filter(kind="delegation", participations__summit=world.summit))
    seat = world.seats["approver"]

    def speak(paragraphs, parties):
        said = {
            "document": document,
            "kind": "agrees",
            "channel": "note_verbale",
            "received_at": world.now,
            "taken_at": world.now,
        }
        Position.objects.bulk_create(
            Position(paragraph=paragraph, party=party, taken_by=seat, **said) for paragraph in paragraphs for party in parties
        )

    speak(paragraphs_of(world)[:1], delegations[:1])
    address, grid = f"{URL}declaration/", f"{URL}declaration/positions/"
    few = queries_of(client, address), queries_of(client, grid)
    texts = [(f"Párrafo {n}", f"Parágrafo {n}") for n in range(295)]
    added = add_paragraphs(document, kind="operative", texts=texts, actor=world.actor("secretary"), now=world.now)
    speak(added, delegations)
    assert (queries_of(client, address), queries_of(client, grid)) == few
    assert (len(paragraphs_of(world)), len(delegations), few[0] <= 45) == (300, 22, True)


def test_signing_is_shown_to_those_who_may(world):
    to_stage(world, "text_drafting")
    document = draft(world)
    world.act(document, "submit_for_clearance", "secretary")
    sign_clearance(world.document("declaration"), office="legal", actor=world.actor("segib_officer"), now=world.now)
    assert client_of(world, "segib_officer").get(f"{URL}declaration/").content.decode().count("sign_clearance/") == 3
    assert "sign_clearance/" not in client_of(world, "auditor").get(f"{URL}declaration/").content.decode()
