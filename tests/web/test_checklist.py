"""The checklist's page: what it shows to whom, narrowed, opened, exported; and as many queries for many rows as for few."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_world, verify, warnings
from tests.web.clock import stand_at
from workflows.models import Deadline, Task
from workflows.queries.checklist import ChecklistFilters, read_checklist
from workflows.web.export import harmless

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/checklist/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    return world


def codes(html: str) -> list[str]:
    return [part.split("<")[0] for part in html.split('<span class="code">')[1:]]


def test_an_officer_sees_the_lines_by_phase_with_one_action_each(world, enter):
    verify(world, "HND-01")
    html = enter("spt_officer").get(URL).content.decode()
    assert codes(html) == ["HND-01", "CON-03", "CON-04", "SEC-02", "DOC-03", "DOC-04", "NEG-03", "CUM-02", "SGM-04"]
    assert "1 of 1 verified" in html
    assert "See the 22" in html
    assert "Waits for DOC-03" in html
    assert "0 of 22 received" in html
    assert html.count('action="/summits/xxxi/tasks/CON-03/start/"') == 1


def test_nothing_waits_for_an_auditor(enter):
    html = enter("auditor").get(URL).content.decode()
    assert "See the 22" in html
    assert "Add a task" not in html
    assert "/start/" not in html


def test_the_country_tasks_open_in_place_in_protocol_order(world, enter):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    html = enter("spt_officer").get(f"{URL}?open=DOC-03").content.decode()
    assert "DOC-03, delegation by delegation" in html
    named = [part.split(">")[1].split("<")[0] for part in html.split('class="p-name"')[1:]]
    asked = Task.objects.filter(parent=world.task("DOC-03")).order_by("position").select_related("responsible")
    assert named == [task.responsible.list_name_es for task in asked]
    assert len(named) == 22
    assert "on the page" in html
    assert "Fold the 22" in html
    assert "Record a note verbale" in html


def test_a_delegation_sees_its_own_part_and_no_other_s_answer(world, enter):
    world.act(world.task("DOC-03", "BR"), "submit", "cn_br", evidence="Aportes")
    html = enter("cn_py").get(URL).content.decode()
    assert codes(html) == ["DOC-03"]
    assert "/summits/xxxi/tasks/DOC-03/PY/" in html
    assert "of 22" not in html
    assert "0 of 1 received" in html
    assert "BR" not in enter("cn_py").get(f"{URL}?open=DOC-03").content.decode()


def test_filters_find_without_accents_and_keep_the_address(world, enter):
    client = enter("spt_officer")
    html = client.get(f"{URL}?q=extraordinaria+reunion").content.decode()
    assert codes(html) == ["NEG-03"]
    assert "1 task of 9, by deadline." in html
    assert f'<a href="{URL}">Remove the filters</a>' in html
    assert f'href="{URL}?q=extraordinaria+reunion"' in html
    assert f'href="{URL}export/csv/?q=extraordinaria+reunion"' in html
    assert codes(client.get(f"{URL}?phase=drafting&sort=code").content.decode()) == ["DOC-03", "DOC-04"]
    assert codes(client.get(f"{URL}?responsible=SEGIB").content.decode()) == ["CON-04", "NEG-03"]
    assert codes(client.get(f"{URL}?responsible=delegations").content.decode()) == ["SEC-02", "DOC-03"]


def test_nothing_that_matches_says_so_and_how_to_go_on(enter):
    html = enter("spt_officer").get(f"{URL}?q=zzz").content.decode()
    assert "No task matches." in html
    assert codes(html) == []


@pytest.mark.parametrize("query", ["?phase=nowhere", "?responsible=%00", "?state=odd&sort=odd&open=odd", "?q=%00%27%22"])
def test_an_odd_address_finds_nothing_or_everything_and_never_fails(enter, query):
    assert enter("spt_officer").get(f"{URL}{query}").status_code == 200


def test_what_is_derived(world):
    actor, now = world.actor("spt_officer"), world.now
    Deadline.objects.filter(task=world.task("HND-01")).update(due_at=now.replace(year=2025))
    Deadline.objects.filter(task=world.task("DOC-04")).update(due_at=now.replace(day=5))
    found = {line.task.code: line for line in read_checklist(world.summit, actor=actor, now=now).lines}
    standings = {code: line.standing for code, line in found.items() if line.standing}
    assert standings == {"HND-01": "late", "CON-03": "blocked", "DOC-04": "soon"}
    by_state = {
        state: [line.task.code for line in read_checklist(world.summit, actor=actor, now=now, filters=f).lines]
        for state in ("late", "blocked", "soon")
        if (f := ChecklistFilters(state=state))
    }
    assert by_state == {"late": ["HND-01"], "blocked": ["CON-03"], "soon": ["DOC-04"]}


def test_late_is_red_for_one_s_own_party_alone(world, enter):
    Deadline.objects.filter(task__code__in=["HND-01", "DOC-03"]).update(due_at=world.now.replace(year=2025))
    own = enter("spt_officer").get(URL).content.decode()
    assert own.count("st--late") == 1
    assert "st--late" not in enter("segib_officer").get(URL).content.decode()
    assert "st--late" not in enter("cn_py").get(URL).content.decode()


def test_mine_is_what_waits_for_the_reader(world):
    task = world.task("CON-03")
    world.act(task, "submit", "spt_officer", evidence="Nota", accepted=warnings(task))

    def mine(name):
        filters = ChecklistFilters(state="mine")
        found = read_checklist(world.summit, actor=world.actor(name), now=world.now, filters=filters)
        return {line.task.code for line in found.lines}

    assert mine("approver") == {"CON-03", "CON-04", "NEG-03"}
    assert mine("cn_py") == {"DOC-03"}
    assert mine("auditor") == set()


def test_htmx_gets_the_list_alone_and_it_is_a_part_of_the_page(enter):
    client = enter("spt_officer")
    page = client.get(f"{URL}?phase=drafting").content.decode()
    answer = client.get(f"{URL}?phase=drafting", headers={"HX-Request": "true"})
    fragment = answer.content.decode()
    assert fragment.lstrip().startswith('<div id="list">')
    assert fragment[fragment.index('<div class="found">') :].strip() in page
    assert answer["HX-Push-Url"] == f"{URL}?phase=drafting"


def test_a_task_starts_from_its_row_and_the_reader_comes_back(world, enter):
    client = enter("spt_officer")
    task = world.task("HND-01")
    fields = {"version": task.version, "next": f"{URL}?phase=handover#hnd-01"}
    answer = client.post("/summits/xxxi/tasks/HND-01/start/", fields)
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?phase=handover#hnd-01")
    assert world.task("HND-01").state == "in_progress"
    fields = {"version": world.task("CUM-02").version, "next": "https://elsewhere.example/"}
    assert client.post("/summits/xxxi/tasks/CUM-02/start/", fields)["Location"] == "/summits/xxxi/tasks/CUM-02/"


def test_the_same_number_of_queries_for_few_rows_and_for_many(world, enter):
    client = enter("spt_officer")

    def count(query: str = "") -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(URL + query).status_code == 200
        return len(caught)

    count()
    many = count()
    opened = count("?open=DOC-03")
    Task.objects.filter(summit=world.summit, parent__isnull=False).exclude(responsible__code="PY").delete()
    assert count("?open=DOC-03") == opened
    Task.objects.filter(summit=world.summit).exclude(code__in=["DOC-04", "DOC-03"]).delete()
    assert count() == many
    assert many <= 25


def test_files_hold_what_is_shown_and_no_formula(world, enter):
    client = enter("spt_officer")
    Task.objects.filter(code="HND-01").update(title_es="=1+1", title_en="=1+1")
    answer = client.get(f"{URL}export/csv/?phase=handover")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows] == [["Code", "Task"], ["HND-01", "'=1+1"]]
    assert answer["Content-Disposition"] == 'attachment; filename="checklist-xxxi.csv"'
    book = zipfile.ZipFile(io.BytesIO(client.get(f"{URL}export/xlsx/").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row>") == 10
    assert client.get(f"{URL}export/exe/").status_code == 404


@pytest.mark.parametrize("value", ["=A1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_compute_is_made_text(value):
    assert harmless(value) == f"'{value}"


ADDED = {
    "code": "doc-12",
    "phase": "",
    "title_es": "Preparar el glosario",
    "title_pt": "Preparar o glossário",
    "kind": "work",
    "scope": "single",
    "anchor": "opening_day",
    "number": "40",
    "unit": "days",
    "side": "before",
    "calendar": "host",
    "time_of_day": "end_of_day_host",
}


def test_a_task_is_added_by_hand(world, enter):
    client = enter("spt_officer")
    spt = world.summit.secretariats.get()
    fields = ADDED | {"phase": world.summit.phases.get(code="drafting").pk, "responsible": spt.pk, "verified_by": spt.pk}
    answer = client.post(f"{URL}add/", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/summits/xxxi/tasks/DOC-12/")
    assert world.task("DOC-12").deadline.offset == -40
    again = client.post(f"{URL}add/", fields)
    assert again.status_code == 400
    assert "already has a task with this code" in again.content.decode()


def test_a_delegation_adds_no_task(enter):
    assert enter("cn_py").get(f"{URL}add/").status_code == 403
    assert enter("auditor").post(f"{URL}add/", ADDED).status_code == 403


def test_who_has_not_signed_in_is_asked_to(client, world):
    assert client.get(URL)["Location"] == f"/accounts/login/?next={URL}"


def test_another_summit_is_not_there(enter):
    assert enter("cn_py").get("/summits/xc/checklist/").status_code == 404
