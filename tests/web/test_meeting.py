"""Meetings' pages: convened, begun, attended, decided, closed; and who may do it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import hold, make_world
from tests.web.clock import stand_at
from workflows.models import Decision, Meeting

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/meetings/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def test_the_list_stands_by_date_with_what_was_apart(world, enter):
    hold(world, "cnrc_1")
    html = enter("cn_py").get(URL).content.decode()
    ahead, past = html.split('id="past"')
    assert "Mid-term ministers" in ahead
    assert "1st meeting of NC" in past
    assert "Convene a meeting" not in html
    assert "Convene a meeting" in enter("spt_officer").get(URL).content.decode()


def test_a_meeting_is_convened_by_the_clock_of_its_place(world, enter):
    client = enter("spt_officer")
    fields = {
        "code": "forum_1",
        "kind": "forum",
        "title_es": "Foro cívico",
        "title_pt": "Foro cívico",
        "zone": "America/Asuncion",
        "starts_at": "2026-09-10T09:30",
        "place": "Asunción",
    }
    answer = client.post(f"{URL}convene/", fields)
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}forum_1/")
    html = enter("cn_py").get(f"{URL}forum_1/").content.decode()
    assert "Thursday 10 September 2026, 09:30 (Asunción)" in html
    assert "Foro cívico" in html
    again = enter("spt_officer").post(f"{URL}convene/", fields)
    assert (again.status_code, "already has a meeting with this code" in again.content.decode()) == (400, True)
    assert enter("cn_py").get(f"{URL}convene/").status_code == 403


def test_a_meeting_is_lived_through_its_page(world, enter):
    client = enter("secretary")
    page = f"{URL}cnrc_1/"
    assert client.post(f"{page}agenda/", {"es": "Apertura\nAsuntos", "pt": "Abertura\nAssuntos"}).status_code == 302
    assert client.post(f"{page}decision/", {"subject": "other", "text_es": "Sí", "text_pt": "Sim"}).status_code == 409
    assert client.post(f"{page}begin/", {"version": world.meeting("cnrc_1").version}).status_code == 302
    fields = {"level_PY": "coordinator", "level_BR": "vice_minister", "level_SEGIB": "official"}
    assert client.post(f"{page}attendance/", fields).status_code == 302
    decision = {"subject": "theme_motto_calendar", "text_es": "Se aprueba el tema", "text_pt": "Aprova-se o tema"}
    assert client.post(f"{page}decision/", decision).status_code == 302
    assert client.post(f"{page}minutes/", {"minutes": "Acta de la reunión"}).status_code == 302
    assert client.post(f"{page}close/", {}).status_code == 302
    html = client.get(page).content.decode()
    for shown in ("Apertura", "Se aprueba el tema", "Aprova-se o tema", "Acta de la reunión", "Vice-minister", "Held"):
        assert shown in html
    assert html.index("Brasil") < html.index("Paraguay")
    assert Decision.objects.get().subject == "theme_motto_calendar"


def test_other_offices_read_and_do_nothing(world, enter):
    client = enter("cn_py")
    html = client.get(f"{URL}cnrc_1/").content.decode()
    assert "Begin the meeting" not in html
    assert "Prepare and record" not in html
    verbs = ("begin", "agenda", "attendance", "decision", "minutes", "change")
    assert {client.post(f"{URL}cnrc_1/{verb}/", {}).status_code for verb in verbs} == {403}


def test_a_day_changed_moves_what_is_counted_from_it(world, enter):
    client = enter("segib_officer")
    meeting = world.meeting("cnrc_extraordinary")
    fields = {
        "title_es": meeting.title_es,
        "title_pt": meeting.title_pt,
        "starts_at": "2027-10-01T10:00",
        "reason": "Acuerdo de las coordinaciones",
        "version": meeting.version,
    }
    assert client.post(f"{URL}cnrc_extraordinary/change/", fields).status_code == 302
    assert world.task("NEG-03").deadline.due_on.isoformat() == "2027-10-01"
    assert "NEG-03" in client.get(f"{URL}cnrc_extraordinary/").content.decode()
    assert client.post(f"{URL}cnrc_extraordinary/change/", fields).status_code == 412


def test_points_in_portuguese_are_as_many_as_in_spanish(enter):
    answer = enter("secretary").post(f"{URL}cnrc_1/agenda/", {"es": "Uno\nDos", "pt": "Um"})
    assert (answer.status_code, "Write as many points as in Spanish" in answer.content.decode()) == (400, True)


def test_a_meeting_that_is_not_there(enter):
    assert enter("cn_py").get(f"{URL}nowhere/").status_code == 404


def test_the_same_number_of_queries_for_few_meetings_and_for_many(world, enter):
    client = enter("cn_py")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(URL).status_code == 200
        return len(caught)

    count()
    many = count()
    Meeting.objects.filter(code__in=["rmre_midterm", "rmre_final"]).delete()
    assert (count(), many <= 25) == (many, True)
