"""A summit's pages: what stands between it and its next state, its verbs, changes and signatures; the list and the records."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.factories import make_world, ready_texts, verify
from tests.web.clock import stand_at
from tests.web.pages import client_of, queries_of, words
from workflows.actions.meeting import record_decision
from workflows.actions.summit import change_place
from workflows.models import ChecklistTemplate, Event, Participation, Signature, Summit

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def decide(world, subject: str):
    meeting = world.meeting("cnrc_1")
    if meeting.state == "convened":
        world.act(meeting, "begin", "secretary")
    texts = {"text_es": "Se decide", "text_pt": "Decide-se"}
    return record_decision(world.meeting("cnrc_1"), subject=subject, actor=world.actor("secretary"), now=world.now, **texts)


def in_agenda_drafting(world) -> None:
    world.act(world.summit, "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    verify(world, "CON-03", verifier="approver")
    ready_texts(world, "sectoral_meetings")
    decide(world, "theme_motto_calendar")
    world.reread()


# The page


def test_the_secretary_sees_the_machine_what_is_missing_and_the_step(world):
    answer = client_of(world, "secretary").get(URL)
    said = words(answer)
    assert "XXXI Ibero-American Summit" in said
    assert "What is missing to open the drafting of the agenda" in said
    assert "One warns and may be passed knowingly." in said
    assert "Nothing prevents it." in said
    assert answer.content.decode().count('aria-current="step"') == 1
    assert 'href="/summits/xxxi/open_agenda/"' in answer.content.decode()


def test_what_prevents_is_named_with_its_link_instead_of_a_button(world):
    world.act(world.summit, "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    answer = client_of(world, "secretary").get(URL)
    html = answer.content.decode()
    assert "Not possible now." in words(answer)
    assert 'href="/summits/xxxi/tasks/CON-03/"' in html
    assert 'href="/summits/xxxi/open_sectoral_meetings/"' not in html


def test_an_officer_is_told_whose_step_it_is(world):
    said = words(client_of(world, "spt_officer").get(URL))
    assert "This falls to the Pro Tempore Secretary." in said
    assert "Nothing prevents it." not in said


@pytest.mark.parametrize("name", ["cn_py", "liaison"])
def test_a_delegation_sees_the_summit_without_what_others_owe(world, name):
    said = words(client_of(world, name).get(URL))
    assert "What is missing to" not in said
    assert "Readiness by phase" not in said
    assert "Next meetings" in said


def test_a_summit_that_is_not_seen_has_no_page(world):
    Participation.objects.filter(summit=world.summit, party=world.seats["cn_py"].party).delete()
    client = client_of(world, "cn_py")
    assert client.get(URL).status_code == 404
    assert client.get("/summits/xcix/").status_code == 404
    assert client_of(world, "liaison").get("/summits/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_more(world, rows):
    for code in ("HND-01", "CUM-02", "SGM-04")[:rows]:
        verify(world, code)
    assert queries_of(client_of(world, "secretary"), URL) <= 26  # one fewer when no seat is among the latest events


# Verbs


def test_a_warning_is_passed_with_its_box_and_the_record_knows_it(world):
    client = client_of(world, "secretary")
    page = client.get(f"{URL}open_agenda/")
    html = page.content.decode()
    assert re.search(r'<input type="checkbox" name="accepted" value="task:HND-01"', html)
    assert "offices will be written to." in words(page)
    refused = client.post(f"{URL}open_agenda/", {"version": world.summit.version})
    assert refused.status_code == 422
    assert 'href="#warnings"' in refused.content.decode()
    assert world.reread().state == "handover"
    done = client.post(f"{URL}open_agenda/", {"version": world.summit.version, "accepted": ["task:HND-01"]}, follow=True)
    assert "The Pro Tempore Secretariat opened the drafting of the agenda." in words(done)
    assert world.reread().state == "agenda_drafting"


def test_a_verb_out_of_its_state_is_refused_with_409_and_anothers_with_403(world):
    assert client_of(world, "secretary").post(f"{URL}open_session/").status_code == 409
    answer = client_of(world, "cn_py").post(f"{URL}open_agenda/")
    assert answer.status_code == 403
    assert "only_spt_secretary" in answer.content.decode()
    assert client_of(world, "secretary").get(f"{URL}no_such_verb/").status_code == 404


def test_what_another_person_changed_is_shown_and_the_same_button_decides(world):
    client = client_of(world, "secretary")
    before = world.summit.version
    change_place(world.summit, city="Toledo", reason="Obras", actor=world.actor("secretary"), now=world.now)
    stale = client.post(f"{URL}open_agenda/", {"version": before, "accepted": ["task:HND-01"]})
    assert stale.status_code == 412
    assert "changed the place of the Summit" in words(stale)
    assert world.reread().state == "handover"
    version = re.search(r'name="version" value="(\d+)"', stale.content.decode())[1]
    client.post(f"{URL}open_agenda/", {"version": version, "accepted": ["task:HND-01"]})
    assert world.reread().state == "agenda_drafting"


def test_two_signatures_the_first_waits_the_second_moves(world):
    in_agenda_drafting(world)
    address = f"{URL}open_sectoral_meetings/"
    first = client_of(world, "secretary").post(address, {"accepted": ["task:CON-04"]}, follow=True)
    assert "the second signature is awaited" in words(first)
    other = client_of(world, "approver")
    assert "The Pro Tempore Secretariat signed on" in words(other.get(URL))
    assert "has signed already" in words(other.get(address))
    other.post(address, {"accepted": ["task:CON-04"]})
    assert world.reread().state == "sectoral_meetings"


def test_a_signature_is_declined_with_a_reason(world):
    in_agenda_drafting(world)
    client_of(world, "secretary").post(f"{URL}open_sectoral_meetings/", {"accepted": ["task:CON-04"]})
    signature = Signature.objects.get()
    client = client_of(world, "approver")
    address = f"{URL}signatures/{signature.uuid}/decline/"
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "Falta la nota"}).status_code == 302
    signature.refresh_from_db()
    assert signature.dropped_reason == "Falta la nota"
    assert client_of(world, "cn_py").get(address).status_code == 404


def test_postponing_asks_for_the_decision_that_orders_it(world):
    client = client_of(world, "secretary")
    page = client.get(f"{URL}postpone/")
    assert "no decision that orders it is recorded" in words(page)
    decision = decide(world, "postponement")
    client.post(f"{URL}postpone/", {"decision": str(decision.uuid)})
    client_of(world, "approver").post(f"{URL}postpone/", {"decision": str(decision.uuid)})
    assert world.reread().state == "postponed"
    assert "Postponed since" in words(client.get(URL))


# Changes


def test_a_change_of_date_says_first_what_moves(world):
    client = client_of(world, "secretary")
    page = words(client.get(f"{URL}change/date/"))
    assert "open deadlines follow the Summit and move with it." in page
    assert "4 convened meetings follow the opening day and move with it." in page
    data = {"opening_on": "2027-11-17", "reason": "Elecciones", "version": world.summit.version}
    assert client.post(f"{URL}change/date/", data).status_code == 302
    assert world.reread().opening_on == date(2027, 11, 17)


def test_what_was_typed_stays_when_a_date_is_refused(world):
    client = client_of(world, "secretary")
    data = {"opening_on": "17/11/2027", "closing_on": "2027-11-01", "reason": "Elecciones"}
    answer = client.post(f"{URL}change/date/", data)
    assert answer.status_code == 400
    assert 'href="#id_closing_on"' in answer.content.decode()
    assert "Elecciones" in answer.content.decode()
    assert world.reread().opening_on == date(2027, 11, 10)


def test_a_change_on_an_old_version_shows_what_changed_and_keeps_what_was_typed(world):
    client = client_of(world, "secretary")
    old = world.summit.version
    change_place(world.summit, city="Toledo", reason="Obras", actor=world.actor("secretary"), now=world.now)
    answer = client.post(f"{URL}change/description/", {"theme_es": "Mar", "others_see": "never", "version": old})
    assert answer.status_code == 412
    assert "Another person changed this meanwhile" in words(answer)
    assert 'value="Mar"' in answer.content.decode()
    version = re.search(r'name="version" value="(\d+)"', answer.content.decode())[1]
    client.post(f"{URL}change/description/", {"theme_es": "Mar", "others_see": "never", "version": version})
    assert world.reread().theme_es == "Mar"


@pytest.mark.parametrize("what", ["date", "place", "description", "handover"])
def test_others_may_not_change_a_summit(world, what):
    for name in ("approver", "cn_py"):
        assert client_of(world, name).get(f"{URL}change/{what}/").status_code == 403


def test_a_new_host_by_decision(world):
    decision = decide(world, "change_of_host")
    data = {"host": "PT", "decision": str(decision.uuid), "reason": "Acuerdo", "version": world.reread().version}
    assert client_of(world, "secretary").get(f"{URL}change/host/").status_code == 403
    assert client_of(world, "approver").post(f"{URL}change/host/", data).status_code == 302
    assert world.reread().host.code == "PT"
    assert client_of(world, "secretary").get(URL).status_code == 404


# The list


def test_the_list_has_the_summits_in_preparation_and_the_records(world):
    said = words(client_of(world, "cn_py").get("/summits/"))
    assert "XXXI Ibero-American Summit" in said
    assert "Declaración de Guadalajara" in said
    assert "Create a Summit" not in said


@pytest.mark.parametrize("more", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_more(world, more):
    for number in range(40, 40 + more):
        Summit.objects.create(number=number, roman=f"XL{'I' * (number - 40)}", is_record=False)
    assert queries_of(client_of(world, "approver"), "/summits/") == 8


def test_a_past_summit_is_a_record(world):
    answer = client_of(world, "cn_py").get("/summits/i/")
    assert "Declaración de Guadalajara" in words(answer)
    assert "nothing of it moves" in words(answer)
    assert client_of(world, "secretary").post("/summits/i/archive/").status_code == 404


def test_the_approver_creates_a_summit_with_its_checklist(world):
    client = client_of(world, "approver")
    template = ChecklistTemplate.objects.get()
    data = {"number": 32, "host": "PY", "opening_on": "2029-11-10", "closing_on": "2029-11-11", "template": str(template.uuid)}
    answer = client.post("/summits/new/", data, follow=True)
    assert answer.redirect_chain[-1][0] == "/directory/SPT-32/"
    made = Summit.objects.get(number=32)
    assert (made.city, made.zone, made.tasks.top().count()) == ("Asunción", "America/Asuncion", 9)
    assert Event.objects.filter(summit_id=made.pk, verb="summit.copy_template").exists()
    again = client.post("/summits/new/", data)
    assert again.status_code == 400
    assert "This Summit exists already." in words(again)
    assert client_of(world, "secretary").get("/summits/new/").status_code == 403


def test_the_hours_of_texts_are_set_by_the_clock_of_the_host_city(world):
    client = client_of(world, "spt_officer")
    address = f"{URL}change/texts/"
    assert 'value="72"' in client.get(address).content.decode()
    said = {"min_window_hours": "48", "communiques_until": "2027-06-01T12:00", "version": world.reread().version}
    assert client.post(address, said | {"min_window_hours": "0"}).status_code == 400
    assert client.post(address, said).status_code == 302
    summit = world.reread()
    assert (summit.min_window_hours, summit.communiques_until.isoformat()) == (48, "2027-06-01T10:00:00+00:00")
    assert 'value="2027-06-01T12:00"' in client.get(address).content.decode()
