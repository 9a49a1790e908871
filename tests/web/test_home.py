"""Home: what waits for each seat, what comes next, and what changed since the last visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import make_world, verify, warnings
from tests.web.clock import stand_at
from tests.web.pages import client_of, queries_of, words
from tests.web.test_summit import in_agenda_drafting
from workflows.models import Deadline, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def titles(answer) -> list[str]:
    return [item["title"] for item in answer.context["items"]]


def test_an_officer_sees_own_tasks_by_deadline_with_one_primary_button(world):
    answer = client_of(world, "spt_officer").get("/")
    items = answer.context["items"]
    assert titles(answer)[0] == "Receive the Pro Tempore Secretariat"
    assert items[0]["standing"] == "late"
    assert sum(bool(item.get("primary")) for item in items) == 1
    assert answer.content.decode().count('class="btn btn--small"') == 1
    assert "past its deadline" in answer.context["lead"] or "past their deadline" in answer.context["lead"]


def test_a_delegation_sees_what_is_asked_of_it_without_reproach(world):
    Deadline.objects.filter(task=world.task("DOC-03", "PY")).update(due_at=world.now - timedelta(days=2))
    answer = client_of(world, "cn_py").get("/")
    assert {item["standing"] for item in answer.context["items"]} <= {"", "soon"}
    assert [item["action"]["label"] for item in answer.context["items"]] == ["Answer"]
    assert answer.context["items"][0]["action"]["url"].endswith("/tasks/DOC-03/PY/#submit"), "where what is asked is read first"
    assert "st--late" not in answer.content.decode()


def test_a_reviewer_prepares_and_does_not_submit(world):
    labels = {item["action"]["label"] for item in client_of(world, "reviewer_py").get("/").context["items"]}
    assert labels == {"Prepare"}


def test_who_verifies_sees_what_others_submitted_and_not_ones_own(world):
    task = world.task("HND-01")
    world.act(task, "submit", "spt_officer", evidence="Acta", accepted=warnings(task))
    verifying = [i for i in client_of(world, "secretary").get("/").context["items"] if i["action"]["label"] == "Verify"]
    assert [item["title"] for item in verifying] == ["Receive the Pro Tempore Secretariat"]
    own = [i for i in client_of(world, "spt_officer").get("/").context["items"] if i["action"]["label"] == "Verify"]
    assert own == []


def test_answers_that_arrived_are_one_matter(world):
    for party, seat in (("PY", "cn_py"), ("BR", "cn_br")):
        world.act(world.task("DOC-03", party), "submit", seat, evidence="Aportes")
    items = client_of(world, "spt_officer").get("/").context["items"]
    (matter,) = [item for item in items if item["action"]["label"] == "See the answers"]
    assert "2 answers arrived and wait for you." in matter["why"]


def test_a_window_whose_time_is_over_waits_for_whoever_keeps_it(world):
    Deadline.objects.filter(task=world.task("DOC-03")).update(due_at=world.now - timedelta(hours=1))
    items = client_of(world, "spt_officer").get("/").context["items"]
    (matter,) = [item for item in items if item["action"]["label"] == "Close the window"]
    assert "0 of 22 answers are received." in matter["why"]


def test_a_signature_waits_for_the_other_office_only(world):
    in_agenda_drafting(world)
    client_of(world, "secretary").post("/summits/xxxi/open_sectoral_meetings/", {"accepted": ["task:CON-04"]})
    signing = [i for i in client_of(world, "approver").get("/").context["items"] if i["action"]["label"] == "Sign"]
    assert [item["title"] for item in signing] == ["Open the sectoral meetings"]
    for name in ("secretary", "segib_officer"):
        items = client_of(world, name).get("/").context["items"]
        assert "Sign" not in {item["action"]["label"] for item in items}


def test_nothing_waits_for_an_auditor_and_the_page_says_so(world):
    answer = client_of(world, "auditor").get("/")
    assert answer.context["items"] == []
    assert "Nothing waits for you today." in words(answer)


def test_the_days_to_the_opening_are_the_figure_of_the_page(world):
    answer = client_of(world, "cn_py").get("/")
    assert answer.context["countdown"]["figure"] == 618


def test_what_changed_is_counted_from_the_visit_before(world):
    User.objects.filter(pk=world.user("cn_py").pk).update(last_seen_at=world.now - timedelta(hours=1))
    world.act(world.summit, "open_agenda", "secretary", accepted=frozenset({"task:HND-01"}))
    client = client_of(world, "cn_py")
    said = words(client.get("/"))
    assert "since your last visit, today, 6:00" in said
    assert "The Pro Tempore Secretariat opened the drafting of the agenda." in said
    assert User.objects.get(person=world.people["cn_py"]).last_seen_at >= world.now
    assert "opened the drafting of the agenda" in words(client.get("/"))
    later = client_of(world, "cn_py")
    assert "Nothing that concerns you." in words(later.get("/"))


@pytest.mark.parametrize("name", ["spt_officer", "approver", "cn_py"])
@pytest.mark.parametrize("rows", [1, 3])
def test_home_costs_the_same_for_one_and_for_more(world, name, rows):
    for code in ("HND-01", "CUM-02", "SGM-04")[:rows]:
        task = world.task(code)
        world.act(task, "submit", "secretary", evidence="Nota", accepted=warnings(task))
    expected = {"spt_officer": 27, "approver": 27, "cn_py": 21}
    assert queries_of(client_of(world, name), "/") == expected[name]


def test_verified_work_no_longer_waits(world):
    verify(world, "HND-01")
    assert "Receive the Pro Tempore Secretariat" not in titles(client_of(world, "spt_officer").get("/"))
