"""The directory: who is in post, in the order of protocol; who sees whom; people coming and going."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from tests.factories import make_world
from tests.web.clock import stand_at
from tests.web.pages import client_of, queries_of, words
from tests.web.test_summit import decide
from workflows.models import Membership, Message, Participation, Party, Person, Seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def groups(answer) -> list[str]:
    return [re.sub("<.*?>", "", group["label"]) for group in answer.context["groups"]]


def test_parties_stand_in_the_order_of_protocol_with_their_vacancies(world):
    answer = client_of(world, "secretary").get("/directory/")
    found = groups(answer)
    assert found[:4] == ["Ibero-American General Secretariat", "Pro Tempore Secretariat of Spain", "Andorra", "Argentina"]
    assert len(found) == 28
    assert "Vacant" in words(answer)


def test_one_finds_without_accents_and_the_address_keeps_it(world):
    answer = client_of(world, "secretary").get("/directory/?q=mexico")
    assert groups(answer) == ["México"]
    assert answer.context["keep_url"] == "/directory/?q=mexico"
    assert "Nobody matches." in words(client_of(world, "secretary").get("/directory/?q=zzz"))
    vacant = client_of(world, "secretary").get("/directory/?posts=vacant&kind=segib")
    assert vacant.context["groups"] == []


def test_others_see_focal_points_only(world):
    said = words(client_of(world, "cn_br").get("/directory/PY/"))
    assert "cn_py holder" in said
    assert "rc_py holder" in said
    assert "reviewer_py holder" not in said
    assert "alternate_py holder" not in said
    assert "Change the holder" not in said


def test_a_coordinator_runs_the_seats_below(world):
    client = client_of(world, "cn_py")
    page = client.get("/directory/PY/").content.decode()
    assert page.count("Change the holder") == 2
    client.post("/directory/PY/seats/", {"role": "reviewer"})
    seat = Seat.objects.get(party__code="PY", role="reviewer", number=2)
    data = {"name": "Persona Nueva", "email": "nueva@example.org", "language": "es"}
    assert client.post(f"/seats/{seat.uuid}/fill/", data).status_code == 302
    assert Membership.objects.get(seat=seat).person.email == "nueva@example.org"
    assert Message.objects.filter(kind="account_invited", seat=seat).count() == 1
    coordinator = world.seats["cn_py"].uuid
    assert client.get(f"/seats/{coordinator}/fill/").status_code == 403


def test_a_coordinators_holder_changes_by_note_verbale(world):
    client = client_of(world, "approver")
    seat = world.seats["cn_py"]
    data = {"name": "Otra Persona", "email": "otra@example.org", "language": "es", "starts_on": "2026-04-01"}
    refused = client.post(f"/seats/{seat.uuid}/fill/", data)
    assert refused.status_code == 400
    assert 'href="#id_note"' in refused.content.decode()
    assert client.post(f"/seats/{seat.uuid}/fill/", {**data, "note": "NV 12/2026"}).status_code == 302
    before = Membership.objects.get(seat=seat, person=world.people["cn_py"])
    assert before.ends_on == date(2026, 3, 31)
    assert "Otra Persona from 01/04/2026" in words(client.get("/directory/PY/"))


def test_nobody_wears_both_hats_of_the_host(world):
    client = client_of(world, "secretary")
    seat = world.seats["spt_officer"]
    person = world.people["cn_host"]
    data = {"name": person.name, "email": person.email, "language": "es"}
    answer = client.post(f"/seats/{seat.uuid}/fill/", data)
    assert answer.status_code == 400
    assert "Nobody acts for a Pro Tempore Secretariat and for the host's delegation at once." in words(answer)


def test_a_term_ends_and_an_empty_seat_closes(world):
    client = client_of(world, "cn_py")
    seat = world.seats["reviewer_py"]
    assert client.post(f"/seats/{seat.uuid}/close/").status_code == 409
    term = Membership.objects.get(seat=seat)
    client.post(f"/terms/{term.uuid}/end/", {"ends_on": (world.now.date() - timedelta(days=1)).isoformat()})
    assert client.post(f"/seats/{seat.uuid}/close/").status_code == 302
    seat.refresh_from_db()
    assert seat.closed_at is not None


def test_segib_sets_how_a_party_answers(world):
    assert client_of(world, "secretary").post("/directory/PY/note/").status_code == 403
    client = client_of(world, "segib_officer")
    client.post("/directory/PY/note/")
    assert Party.objects.get(code="PY").by_note_verbale
    assert "the note is the act" in words(client.get("/directory/PY/"))
    client.post("/directory/PY/note/")
    assert not Party.objects.get(code="PY").by_note_verbale


def test_a_disputed_representation_rests_until_the_ministers_decide(world):
    client = client_of(world, "approver")
    data = {"summit": "xxxi", "claims": "Dos notas, de dos cancillerías"}
    assert client.post("/directory/PY/dispute/", data).status_code == 302
    place = Participation.objects.get(summit=world.summit, party__code="PY")
    assert place.representation_claims == "Dos notas, de dos cancillerías"
    assert "two persons claim to speak for this country" in words(client.get("/directory/PY/"))
    assert "two persons claim" not in words(client_of(world, "cn_br").get("/directory/PY/"))
    assert "no decision of the ministers" in words(client.get("/directory/PY/settle/"))
    decision = decide(world, "representation")
    refused = client.post("/directory/PY/settle/", {"decision": str(decision.uuid)})
    assert refused.status_code == 422


def test_a_party_that_is_not_seen_has_no_page(world):
    assert client_of(world, "cn_py").get("/directory/XX/").status_code == 404
    seat = world.seats["reviewer_py"]
    assert client_of(world, "cn_br").get(f"/seats/{seat.uuid}/fill/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_directory_costs_the_same_for_one_and_for_more(world, rows):
    for number in range(rows):
        seat = Seat.objects.create(party=world.seats["cn_py"].party, role="reviewer", number=10 + number, opened_at=world.now)
        person = Person.objects.create(name=f"Persona {number}")
        Membership.objects.create(seat=seat, person=person, starts_on=world.now.date())
    client = client_of(world, "cn_py")
    assert queries_of(client, "/directory/") == 13
    assert queries_of(client, "/directory/PY/") == 14
