"""The pages of texts, as the secretariats, a delegation and anybody: shown, refused, and whose draft is whose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import circulate, clear, draft, make_world, table, to_stage
from workflows.actions.document import create_document
from workflows.actions.paragraph import add_paragraphs
from workflows.actions.proposal import take_position, write_proposal
from workflows.models import Document, Paragraph, Position, Proposal, Publication
from workflows.queries.clock import read_clock

pytestmark = pytest.mark.django_db

URL = "/summits/xxxi/documents/"
WORD = "zarigüeya"


@pytest.fixture
def world():
    return make_world()


@pytest.fixture
def enter(world):
    entered: dict[str, Client] = {}

    def as_seat(name: str) -> Client:
        if name not in entered:
            entered[name] = Client()
            entered[name].force_login(world.user(name))
            entered[name].cookies["language"] = "en"
        return entered[name]

    return as_seat


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def post(client: Client, address: str, status: int = 302, **fields) -> str:
    answer = client.post(address, fields)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def paragraphs(document: Document) -> list[Paragraph]:
    return list(document.paragraphs.filter(removed_at__isnull=True).order_by("rank"))


@pytest.fixture
def negotiated(world) -> Document:
    """A declaration on the table of a meeting in course."""
    to_stage(world, "negotiation")
    document = circulate(world, clear(world, draft(world)))
    world.act(document, "open_negotiation", "secretary", meeting=table(world))
    return world.document(document.code)


def test_the_list_says_what_stands_and_in_whose_hands(world, enter):
    to_stage(world, "text_drafting")
    assert "There is no text here yet" in page(enter("cn_py"), URL)
    draft(world)
    html = page(enter("spt_officer"), URL)
    assert "Un texto" in html
    assert "Pro Tempore Secretariat" in html
    assert "languages aligned" in html
    assert "Begin a text" in html
    assert "Un texto" not in page(enter("cn_py"), URL), "a draft is the secretariats' own"
    assert "No text matches" in page(enter("spt_officer"), f"{URL}?kind=declaration&state=published")


def test_a_text_is_begun_written_cleared_and_circulated_by_pages(world, enter):
    to_stage(world, "text_drafting")
    officer, segib, approver = enter("spt_officer"), enter("segib_officer"), enter("approver")
    page(officer, f"{URL}begin/")
    fields = {"kind": "declaration", "title_es": "Declaración", "title_pt": "Declaração", "first_language": "es"}
    post(officer, f"{URL}begin/", 400, kind="declaration", title_es="", title_pt="x", first_language="es")
    post(officer, f"{URL}begin/", **fields)
    one = f"{URL}declaration/"
    assert "The text has no paragraph yet" in page(officer, one)
    page(officer, f"{one}paragraphs/add/")
    pasted = {"text_es": "Reunidos en Madrid;\n\n1. Reafirmar.", "text_pt": "Reunidos em Madri;\n\n1. Reafirmar."}
    post(officer, f"{one}paragraphs/add/", kind="", after="end", **pasted)
    post(officer, f"{one}paragraphs/add/", 400, kind="", after="end", text_es="Uno.\n\nDos.", text_pt="Um.")
    document = world.document("declaration")
    assert [p.kind for p in paragraphs(document)] == ["preambular", "operative"]
    html = page(officer, one)
    assert 'lang="es">Reunidos en Madrid;' in html
    assert "Submit for clearance" in html
    page(officer, f"{one}submit_for_clearance/")
    post(officer, f"{one}submit_for_clearance/", version=world.document("declaration").version)
    for office in ("legal", "mandates", "budget", "language"):
        version = world.document("declaration").version
        post(segib, f"{one}sign_clearance/", office=office, version=version)
    html = page(approver, one)
    assert html.count("Signed") >= 4
    post(approver, f"{one}clear/", version=world.document("declaration").version)
    first = paragraphs(document)[0]
    at = f"{one}paragraphs/{first.uuid}/"
    html = page(officer, at)
    assert "Who changed what" in html
    post(officer, at, version=first.version, text_es="Reunidos en Madrid, España;", text_pt=first.text_pt, change="substance")
    assert world.document("declaration").state == "in_clearance", "an edit drops what was cleared"
    html = page(officer, one)
    assert "Translation to be updated" in html
    assert "To be signed again" in html
    fresh = paragraphs(document)[0]
    post(officer, at, version=fresh.version, text_es=fresh.text_es, text_pt="Reunidos em Madri, Espanha;", change="")
    for office in ("legal", "mandates", "budget", "language"):
        post(segib, f"{one}sign_clearance/", office=office, version=world.document("declaration").version)
    post(approver, f"{one}clear/", version=world.document("declaration").version)
    html = page(officer, f"{one}circulate/")
    assert "Until when comments are taken" in html
    ends = (read_clock() + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    version = world.document("declaration").version
    post(officer, f"{one}circulate/", 422, version=version, window_ends_at=read_clock().strftime("%Y-%m-%dT%H:%M"))
    post(officer, f"{one}circulate/", version=version, window_ends_at=ends)
    html = page(enter("cn_py"), one)
    assert "Comment or propose" in html
    assert "(Asunción)" in html, "the window by the reader's own clock"
    assert "/paragraphs/add/" not in html
    assert "Clearances" not in html


def test_two_editors_meet_and_nothing_is_lost(world, enter):
    to_stage(world, "text_drafting")
    document = draft(world)
    first = paragraphs(document)[0]
    at = f"{URL}{document.code}/paragraphs/{first.uuid}/"
    post(enter("secretary"), at, version=first.version, text_es="La primera.", text_pt=first.text_pt, change="wording")
    html = post(
        enter("spt_officer"), at, 412, version=first.version, text_es="La segunda.", text_pt=first.text_pt, change="wording"
    )
    assert "Somebody saved this paragraph while you were writing" in html
    assert "La primera." in html
    assert "La segunda.</textarea>" in html
    fresh = paragraphs(document)[0]
    assert f'name="version" value="{fresh.version}"' in html
    post(enter("spt_officer"), at, version=fresh.version, text_es="La segunda.", text_pt=first.text_pt, change="wording")
    assert paragraphs(document)[0].text_es == "La segunda."


def test_a_paragraph_is_moved_and_taken_out(world, enter):
    to_stage(world, "text_drafting")
    document = draft(world)
    first, second = paragraphs(document)
    officer, at = enter("spt_officer"), f"{URL}{document.code}/paragraphs/{second.uuid}/"
    page(officer, f"{at}place/")
    post(officer, f"{at}place/", version=second.version, after="beginning", kind="operative", conditional_on="§ 4")
    assert [p.pk for p in paragraphs(document)] == [second.pk, first.pk]
    page(officer, f"{at}remove/")
    fresh = Paragraph.objects.get(pk=second.pk)
    post(officer, f"{at}remove/", version=fresh.version)
    assert [p.pk for p in paragraphs(document)] == [first.pk]
    page(enter("cn_py"), at, 404)


def test_a_delegation_comments_and_takes_a_position_and_the_secretariat_disposes(world, enter):
    to_stage(world, "text_drafting")
    document = circulate(world, clear(world, draft(world)))
    first = paragraphs(document)[0]
    one, paraguay = f"{URL}{document.code}/", enter("cn_py")
    page(paraguay, f"{one}proposals/write/?paragraph={first.uuid}")
    post(paraguay, f"{one}proposals/write/", paragraph=str(first.uuid), kind="substantive", language="es", text=WORD)
    proposal = Proposal.objects.get()
    at = f"{one}proposals/{proposal.uuid}/"
    assert "Only your delegation sees this draft" in page(paraguay, at)
    for other in ("spt_officer", "approver", "auditor", "cn_br"):
        page(enter(other), at, 404)
        assert WORD not in page(enter(other), one)
    post(paraguay, at, version=proposal.version, text=f"{WORD} y agua")
    post(paraguay, f"{at}submit/", version=Proposal.objects.get().version)
    assert WORD in page(enter("spt_officer"), one)
    assert WORD not in page(enter("cn_br"), one), "others see it when the window closes"
    post(enter("cn_py"), at, 403, version=1, text="otra")
    post(enter("spt_officer"), f"{at}accept/", version=Proposal.objects.get().version, note="Se toma.")
    assert "Se toma." in page(paraguay, at)
    page(paraguay, f"{one}positions/take/")
    post(paraguay, f"{one}positions/take/", paragraph=str(first.uuid), kind="scrutiny_reserve", note="")
    html = page(enter("spt_officer"), f"{one}positions/")
    assert html.count("Scrutiny reservation") >= 2
    post(paraguay, f"{one}positions/{Position.objects.get().uuid}/lift/")
    assert not Position.objects.standing().exists()
    paper = {"party": "BR", "channel": "note_verbale", "note_number": "NV 7", "kind": "agrees", "paragraph": ""}
    page(enter("segib_officer"), f"{one}positions/take/")
    post(enter("segib_officer"), f"{one}positions/take/", **paper)
    assert Position.objects.standing().get().party.code == "BR"
    post(enter("segib_officer"), f"{one}proposals/write/", **paper | {"kind": "comment", "language": "pt", "text": "Conforme"})
    page(enter("liaison"), one, 404)


def test_the_chair_acts_on_paragraphs_in_the_meeting(world, enter, negotiated):
    one = f"{URL}{negotiated.code}/"
    first, second = paragraphs(negotiated)
    take_position(negotiated, paragraph=first, kind="objects", actor=world.actor("cn_br"), now=world.now)
    html = page(enter("secretary"), one)
    assert "The chair acts in" in html
    assert "An objection" in html or "objection" in html
    gavel = f"{one}paragraphs/{second.uuid}/agree/"
    post(enter("secretary"), gavel, version=second.version, meeting="cnrc_texts")
    assert paragraphs(negotiated)[1].state == "agreed"
    html = post(enter("secretary"), f"{one}paragraphs/{first.uuid}/agree/", 422, version=first.version, meeting="cnrc_texts")
    assert "Brazil" in html
    post(enter("cn_py"), f"{one}paragraphs/{first.uuid}/bracket/", 403, version=first.version, meeting="cnrc_texts")
    post(enter("secretary"), f"{one}paragraphs/{first.uuid}/bracket/", version=first.version, meeting="cnrc_texts")
    assert "In brackets" in page(enter("cn_py"), one)
    page(enter("secretary"), f"{one}elevate/")


def test_versions_are_compared_and_given_as_files(world, enter, negotiated):
    one = f"{URL}{negotiated.code}/"
    first = paragraphs(negotiated)[0]
    officer = enter("spt_officer")
    written = {"text_es": "Las Jefas y los Jefes de Estado reunidos en Madrid;", "text_pt": first.text_pt, "change": "wording"}
    post(officer, f"{one}paragraphs/{first.uuid}/", version=first.version, **written)
    ends = (read_clock() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    post(officer, f"{one}recirculate/", version=world.document(negotiated.code).version, window_ends_at=ends)
    html = page(enter("cn_py"), f"{one}compare/?from=1&to=2")
    assert "<del>" in html
    assert "1 paragraph is unchanged." in html
    assert "Show only what changed" in page(enter("cn_py"), f"{one}compare/?from=1&to=2&all=1")
    assert "SHA-256" in page(enter("cn_py"), f"{one}versions/1/")
    for name, kind in (("pdf-es", b"%PDF"), ("docx-synoptic", b"PK"), ("json", b"{")):
        answer = officer.get(f"{one}versions/1/{name}/")
        assert (answer.status_code, answer.content[: len(kind)]) == (200, kind)
    assert officer.get(f"{one}files/pdf-synoptic/").content[:4] == b"%PDF"
    page(officer, f"{one}files/exe-es/", 404)


def test_a_published_text_is_checked_by_anyone(world, enter):
    document = clear(world, draft(world, "agenda"))
    world.act(document, "approve", "secretary")
    page(enter("secretary"), f"{URL}agenda/publish/")
    post(enter("secretary"), f"{URL}agenda/publish/", version=world.document("agenda").version)
    published = f"/published/{Publication.objects.get().uuid}/"
    html = page(Client(), published)
    assert Publication.objects.get().version_of_text.digest in html
    assert Client().get(f"{published}json/").content.startswith(b"{")
    assert Client().get(f"{published}pdf-es/").content[:4] == b"%PDF"
    post(
        enter("approver"),
        f"{URL}agenda/corrigendum/",
        version=world.document("agenda").version,
        wrong_and_right="Dice; debe decir.",
    )
    assert "Dice; debe decir." in page(Client(), published)
    page(Client(), "/published/00000000-0000-0000-0000-000000000000/", 404)


def test_a_draft_communique_is_its_delegation_s_alone(world, enter):
    to_stage(world, "negotiation")
    title = {"es": f"Comunicado {WORD}", "pt": f"Comunicado {WORD}"}
    document = create_document(world.summit, kind="special_communique", title=title, actor=world.actor("cn_py"), now=world.now)
    add_paragraphs(document, kind="operative", texts=[(WORD, WORD)], actor=world.actor("cn_py"), now=world.now)
    one = f"{URL}{document.code}/"
    assert WORD in page(enter("cn_py"), one)
    for other in ("spt_officer", "secretary", "approver", "segib_officer", "auditor", "cn_br"):
        page(enter(other), one, 404)
        for address in (URL, "/", "/summits/xxxi/", "/summits/xxxi/record/"):
            assert WORD not in page(enter(other), address)


def test_as_many_queries_for_a_long_text_as_for_a_short_one(world, enter, negotiated):
    client = enter("spt_officer")
    one = f"{URL}{negotiated.code}/"

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            page(client, one)
        return len(caught)

    count()
    few = count()
    more = [(f"Párrafo {n}.", f"Parágrafo {n}.") for n in range(30)]
    added = add_paragraphs(negotiated, kind="operative", texts=more, actor=world.actor("secretary"), now=world.now)
    for name in ("cn_py", "cn_br", "cn_pt"):
        for paragraph in added[:5]:
            take_position(
                world.document(negotiated.code), paragraph=paragraph, kind="agrees", actor=world.actor(name), now=world.now
            )
        write_proposal(
            world.document(negotiated.code),
            paragraph=added[0],
            kind="comment",
            text="x",
            actor=world.actor(name),
            now=world.now,
        )
    assert count() == few
    assert few <= 45
