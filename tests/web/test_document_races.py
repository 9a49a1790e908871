"""What another person did to a text meanwhile: no form loses what was typed, and nothing is done twice."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories import PASSWORD, draft, make_world
from tests.texts import circulated, drafted, negotiated, paragraphs_of, published
from tests.web.clock import stand_at
from tests.web.pages import client_of, words
from workflows.actions.paragraph import edit_paragraph, remove_paragraph
from workflows.actions.proposal import change_proposal
from workflows.errors import InvalidInput
from workflows.models import Proposal
from workflows.web.paragraph_add import place_after

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/documents/declaration/"
CHANGED = "Another person changed this meanwhile. See the change and decide."


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def address_of(paragraph):
    return f"{URL}paragraphs/{paragraph.uuid}/"


def typed_in(answer):
    """Return what the form that a page shows again would send."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_two_who_write_the_same_draft_of_a_proposal_lose_nothing(world):
    circulated(world)
    row = drafted(world, "Primero.")
    page, client = f"{URL}proposals/{row.uuid}/", client_of(world, "cn_py")
    fields = {"text": "Mi tarde entera.", "version": row.version}
    change_proposal(row, text="La otra.", actor=world.actor("reviewer_py"), now=world.now)
    answer = client.post(page, fields)
    said = words(answer)
    assert (answer.status_code, typed_in(answer)["text"]) == (412, "Mi tarde entera.")
    assert CHANGED in said
    assert "As it is now La otra." in said
    assert client.post(page, typed_in(answer)).status_code == 302
    assert Proposal.objects.get().text == "Mi tarde entera."


def test_who_writes_a_draft_that_was_submitted_meanwhile_keeps_the_words(world):
    circulated(world)
    row = drafted(world, "Primero.")
    world.act(row, "submit", "cn_py")
    answer = client_of(world, "reviewer_py").post(f"{URL}proposals/{row.uuid}/", {"text": "Mi tarde.", "version": row.version})
    assert (answer.status_code, typed_in(answer)["text"]) == (409, "Mi tarde.")
    assert "Only a draft is changed; withdraw what was submitted." in words(answer)


@pytest.mark.parametrize(
    ("page", "fields", "kept"),
    [
        ("proposals/write/", {"kind": "comment", "language": "es", "text": "Mi tarde."}, "text"),
        ("positions/take/", {"kind": "objects", "note": "Mi tarde."}, "note"),
    ],
)
@pytest.mark.parametrize(
    ("name", "paper"), [("cn_py", {}), ("spt_officer", {"party": "PE", "channel": "note_verbale", "note_number": "NV 7"})]
)
def test_what_is_said_when_the_text_has_left_the_table_stays_in_the_form(world, page, fields, kept, name, paper):
    published(world)
    client = client_of(world, name)
    answer = client.post(f"{URL}{page}", fields | paper)
    assert (answer.status_code, typed_in(answer)[kept]) == (409, "Mi tarde.")
    assert "The text is not open to comments and positions now." in words(answer)
    assert client.get(f"{URL}{page}").status_code == 409


def test_a_corrigendum_stays_in_its_form(world):
    published(world)
    answer = client_of(world, "approver").post(f"{URL}corrigendum/", {"wrong_and_right": "Mi tarde.", "version": 1})
    assert (answer.status_code, CHANGED in words(answer)) == (412, True)
    assert typed_in(answer) == {"wrong_and_right": "Mi tarde.", "version": str(world.document("declaration").version)}


def test_a_corrected_translation_stays_in_its_form(world):
    circulated(world)
    paragraph = paragraphs_of(world)[0]
    fields = {"language": "pt", "text": "Mi tarde.", "note": "Concordancia", "version": paragraph.version + 9}
    answer = client_of(world, "segib_officer").post(f"{address_of(paragraph)}correct_translation/", fields)
    assert answer.status_code == 412
    assert typed_in(answer) == fields | {"version": str(paragraph.version)}


def test_what_is_added_to_a_text_that_closes_meanwhile_stays_in_the_form(world):
    circulated(world)
    answer = client_of(world, "spt_officer").post(f"{URL}paragraphs/add/", {"text_es": "Mi tarde."})
    assert (answer.status_code, typed_in(answer)["text_es"]) == (409, "Mi tarde.")


# Once, and in its place ------------------------------------------------------------------------------------------


def read_of(client, **fields):
    """Return what the preview of an import carries."""
    files = {"file_es": SimpleUploadedFile("texto.txt", b"Uno.\n\nDos.")}
    return {"read": client.post(f"{URL}paragraphs/import/", files | fields).context["carried"]}


def test_an_import_is_applied_once(world):
    draft(world)
    client = client_of(world, "spt_officer")
    carried = read_of(client)
    assert client.post(f"{URL}paragraphs/import/", carried).status_code == 302
    again = client.post(f"{URL}paragraphs/import/", carried)
    assert again.status_code == 412
    assert "The text changed since the file was read, perhaps by this import." in words(again)
    assert len(paragraphs_of(world)) == 4


def test_nothing_is_put_after_a_paragraph_that_is_gone(world):
    document = draft(world)
    first, second = paragraphs_of(world)
    remove_paragraph(second, actor=world.actor("secretary"), now=world.now)
    with pytest.raises(InvalidInput) as refused:
        place_after(document, str(second.uuid))
    assert "after" in refused.value.fields
    assert (place_after(document, str(first.uuid)), place_after(document, "end")) == (first, None)


def test_a_kept_draft_stands_on_its_own_paragraph_and_waits_for_its_seat(world):
    circulated(world)
    first, second = paragraphs_of(world)[:2]
    page = f"{URL}proposals/write/?paragraph="
    seal = client_of(world, "cn_py").get(f"{page}{first.uuid}").context["seal"]
    fields = {"kind": "comment", "language": "es", "text": "Sobre el primero.", "seal": seal}
    later = Client()
    later.post(f"{page}{first.uuid}", fields)
    later.post("/accounts/login/", {"login": world.user("cn_py").email, "password": PASSWORD})
    for address, text in ((f"{page}{second.uuid}", None), (f"{page}{first.uuid}", "Sobre el primero.")):
        assert later.get(address).context["form"]["text"].value() == text
    stranger = Client()
    stranger.post(f"{page}{first.uuid}", fields)
    stranger.post("/accounts/login/", {"login": world.user("cn_br").email, "password": PASSWORD})
    assert stranger.get(f"{page}{first.uuid}").context["form"]["text"].value() is None
    assert stranger.session["kept"]["written"]["text"] == ["Sobre el primero."]


def test_a_language_that_does_not_arrive_is_not_erased_and_a_form_without_its_version_is_not_taken(world):
    draft(world)
    paragraph, client = paragraphs_of(world)[0], client_of(world, "spt_officer")
    assert client.post(address_of(paragraph), {"text_pt": "Só isto."}).status_code == 400
    edit = {"text_pt": "Só isto.", "read_pt": "", "change": "wording", "version": paragraph.version}
    assert client.post(address_of(paragraph), edit).status_code == 302
    written = paragraphs_of(world)[0]
    assert (written.text_es, written.text_pt) == (paragraph.text_es, "Só isto.")


def test_a_paragraph_without_a_place_is_not_moved(world):
    draft(world)
    first, second = paragraphs_of(world)
    answer = client_of(world, "spt_officer").post(
        f"{address_of(second)}place/", {"kind": "operative", "version": second.version}
    )
    assert answer.status_code == 400
    assert [p.pk for p in paragraphs_of(world)] == [first.pk, second.pk]


def test_a_translation_is_corrected_in_the_language_that_its_link_names(world):
    circulated(world)
    paragraph, client = paragraphs_of(world)[0], client_of(world, "segib_officer")
    for language in ("es", "pt"):
        answer = client.get(f"{address_of(paragraph)}correct_translation/?language={language}")
        form = answer.context["form"]
        assert (form["language"].value(), form["text"].value()) == (language, getattr(paragraph, f"text_{language}"))
        html = answer.content.decode()
        assert 'type="radio"' not in html
        assert f'<a href="?language={language}" aria-current="page">' in html


def test_what_a_paragraph_depends_on_stays_in_its_form(world):
    negotiated(world)
    paragraph = paragraphs_of(world)[0]
    edit_paragraph(paragraph, text_es="La otra.", actor=world.actor("secretary"), now=world.now)
    answer = client_of(world, "spt_officer").post(
        f"{address_of(paragraph)}place/",
        {"after": "beginning", "kind": "operative", "conditional_on": "Mi tarde.", "version": paragraph.version},
    )
    assert (answer.status_code, typed_in(answer)["conditional_on"]) == (412, "Mi tarde.")
