"""Lists: a stable order, a cursor, no counting, filters, and as many queries for one row as for thirty."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta
from functools import partial

import pytest

from tests.api.conftest import caller, count_queries, follow
from workflows.actions.meeting import convene_meeting
from workflows.actions.task import add_comment, add_evidence
from workflows.models import Deadline, Task
from workflows.queries.clock import read_clock

pytestmark = pytest.mark.django_db


def collect(api, path: str) -> list[dict]:
    """Return the rows of every page."""
    rows = []
    while path:
        body = api.get(path).json()
        rows += body["results"]
        path = body["next"]
    return rows


def test_pages_follow_each_other_without_gap_or_repetition(world):
    api = caller(world, "secretary")
    whole = [row["uuid"] for row in api.get("/tasks/?limit=200").json()["results"]]
    assert [row["uuid"] for row in collect(api, "/tasks/?limit=7")] == whole
    assert len(set(whole)) == len(whole) == Task.objects.count()


def test_the_checklist_stands_in_its_order_with_the_parts_under_each_line(world):
    rows = caller(world, "secretary").get("/tasks/?summit=xxxi&limit=200").json()["results"]
    codes = list(dict.fromkeys(row["code"] for row in rows))
    assert codes == ["HND-01", "CON-03", "CON-04", "SEC-02", "DOC-03", "DOC-04", "NEG-03", "CUM-02", "SGM-04"]
    asked = [row for row in rows if row["code"] == "DOC-03"]
    assert asked[0]["parent"] is None
    assert [row["responsible"]["code"] for row in asked[1:4]] == ["AD", "AR", "BO"]


def test_rows_that_come_or_go_between_pages_move_no_other(world):
    api = caller(world, "secretary")
    first = api.get("/tasks/?limit=3").json()
    Task.objects.filter(code="HND-01").delete()
    assert api.get(first["next"]).json()["results"][0]["code"] == "SEC-02"


def test_deadlines_without_a_date_stand_last_on_every_page(world):
    api = caller(world, "secretary")
    some = Deadline.objects.order_by("due_at").values_list("pk", flat=True)[:4]
    Deadline.objects.filter(pk__in=list(some)).update(due_at=None)
    rows = collect(api, "/deadlines/?limit=5")
    assert len({row["uuid"] for row in rows}) == len(rows) == Deadline.objects.count()
    dates = [row["due_at"] and row["due_at"]["utc"] for row in rows]
    assert dates[-4:] == [None] * 4
    assert dates[:-4] == sorted(dates[:-4])


@pytest.mark.parametrize(
    "cursor",
    [
        "abc",
        "WzFd",
        "bnVsbA",
        "WzEsMiwzLDQsNSw2LDdd",
        "WyJhIiwxLDEsMSwxLDFd",
        "WzFlOTk5LDEsMSwxLDEsMV0",
        "WzEsMSwxLDEsMSx0cnVlXQ",
        "Wzk5OTk5OTk5OTk5OTk5OTk5OTksMSwxLDEsMSwxXQ",
    ],
)
def test_a_foreign_cursor_is_answered_400(world, cursor):
    answer = caller(world, "secretary").get(f"/tasks/?cursor={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")


def codes(api, query: str) -> list[str]:
    return [row["code"] for row in api.get(f"/tasks/?{query}").json()["results"]]


def test_tasks_are_narrowed(world):
    api = caller(world, "secretary")
    world.act(world.task("HND-01"), "start", "spt_officer")
    assert codes(api, "stage=agenda_drafting") == ["CON-03", "CON-04"]
    assert codes(api, "phase=drafting&parent=none") == ["DOC-03", "DOC-04"]
    assert codes(api, "responsible=SEGIB") == ["CON-04", "NEG-03"]
    assert codes(api, f"responsible={world.task('CON-04').responsible.uuid}") == ["CON-04", "NEG-03"]
    assert codes(api, "responsible=py") == ["DOC-03"]
    assert codes(api, "verified_by=segib&parent=none") == ["CON-03", "CON-04", "DOC-04", "NEG-03"]
    assert codes(api, "state=in_progress") == ["HND-01"]
    assert len(codes(api, "state=in_progress,pending&limit=200")) == Task.objects.count()
    assert codes(api, "kind=contribution&parent=none") == ["DOC-03"]
    assert len(codes(api, f"parent={world.task('DOC-03').uuid}")) == 22
    assert codes(api, "code=con-03") == ["CON-03"]
    assert codes(api, "summit=xxxi&code=CON-03") == codes(api, f"summit={world.summit.uuid}&code=CON-03") == ["CON-03"]
    assert codes(api, "summit=xxx") == []


def test_the_search_takes_accents_or_not_in_each_language(world):
    api = caller(world, "secretary")
    for text in ("secretaria pro tempore", "Secretaría", "SECRETARIAT", "hnd-01"):
        assert codes(api, f"q={text}") == ["HND-01"]
    assert codes(api, "q=100%25") == []


def test_tasks_are_narrowed_by_their_deadline(world):
    api = caller(world, "secretary")
    day = world.task("CON-03").deadline.due_on
    assert codes(api, f"due_before={day}&parent=none") == ["HND-01"]
    assert "CON-03" not in codes(api, f"due_after={day}&parent=none")
    late = set(codes(api, "overdue=true"))
    now = read_clock()
    assert late == {t.code for t in Task.objects.filter(deadline__due_at__lt=now)}
    assert late.isdisjoint(codes(api, "overdue=false&limit=200"))


def test_a_delegation_s_list_holds_its_own_part_and_the_line_above_it(world):
    rows = caller(world, "cn_py").get("/tasks/").json()["results"]
    assert [(r["code"], r["responsible"]["code"]) for r in rows] == [("DOC-03", "SPT-31"), ("DOC-03", "PY")]
    assert codes(caller(world, "cn_py"), "responsible=BR") == []


def test_only_the_fields_asked_for_are_shown_and_what_is_expanded(world):
    api = caller(world, "secretary")
    row = api.get("/tasks/?code=DOC-03&parent=none&fields=code,state").json()["results"][0]
    assert set(row) == {"uuid", "version", "code", "state"}
    row = api.get(f"/tasks/{world.task('DOC-03').uuid}/?expand=children,deadline,evidence,comments").json()
    assert (len(row["children"]), row["deadline"]["rule"]["offset"], row["evidence"], row["comments"]) == (22, -115, [], [])
    assert "children" not in api.get(f"/tasks/{world.task('DOC-03').uuid}/").json()
    assert api.get("/tasks/?fields=secret").status_code == 400


def give_answers(world) -> None:
    """Give some tasks evidence, comments and answers."""
    now = read_clock()
    for name, party in (("cn_py", "PY"), ("cn_br", "BR"), ("cn_pt", "PT")):
        task = world.task("DOC-03", party)
        add_evidence(task, text="Aporte", actor=world.actor(name), now=now)
        add_comment(task, text="Nota", actor=world.actor(name), now=now)
        world.act(task, "submit", name)


def convene_thirty(world) -> None:
    """Convene thirty meetings."""
    now = read_clock()
    for n in range(30):
        convene_meeting(
            world.summit,
            code=f"forum_{n}",
            kind="forum",
            title={"es": f"Foro {n}", "pt": f"Foro {n}"},
            starts_at=now + timedelta(days=n + 1),
            actor=world.actor("secretary"),
            now=now,
        )


ALIKE = (
    "/parties/?kind=delegation",
    "/seats/?role=national_coordinator",
    "/memberships/",
    "/summits/?is_record=true",
    "/meetings/?kind=forum",
    "/tasks/?parent={parent}",
    "/tasks/?parent={parent}&expand=deadline,evidence,comments",
    "/deadlines/",
    "/events/?verb=meeting.convene",
    "/changes/?since={cursor}",
)
"""Lists of rows of one kind."""

MIXED = ("/parties/", "/summits/", "/meetings/", "/tasks/", "/tasks/?parent=none&expand=children", "/events/", "/changes/")
"""Lists in which a kind of row that comes later on the page may cost a query of its own, once."""


def test_as_many_queries_for_one_row_as_for_thirty(world):
    give_answers(world)
    callers = {name: caller(world, name) for name in ("secretary", "approver", "cn_py")}
    _events, cursor = follow(callers["approver"])
    convene_thirty(world)
    parent = str(world.task("DOC-03").uuid)
    found: dict[tuple[str, str], list[int]] = {}
    for name, api in callers.items():
        api.get("/me/")  # the first call of a token notes its use
        for path in (*ALIKE, *MIXED):
            joint = "&" if "?" in path else "?"
            where = path.format(parent=parent, cursor=cursor) + joint
            found[name, path] = [count_queries(partial(api.get, f"{where}limit={n}")) for n in (1, 3, 30)]
    assert {key: counts for key, counts in found.items() if key[1] in ALIKE and len(set(counts)) > 1} == {}
    assert {key: counts for key, counts in found.items() if max(counts) - counts[0] > 8 or max(counts) > 40} == {}


def test_the_checklist_is_also_a_file_in_which_nothing_runs(world):
    api = caller(world, "secretary", language="es")
    Task.objects.filter(code="HND-01").update(title_es='=HYPERLINK("x")', title_pt="@a", title_en="+1")
    answer = api.get("/tasks/?parent=none", Accept="text/csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["code"] for row in rows][:2] == ["HND-01", "CON-03"]
    assert rows[0]["title"] == '\'=HYPERLINK("x")'
    assert rows[1]["title"] == "Redactar la nota conceptual"
    book = api.get("/tasks/", Accept="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert "Redactar la nota conceptual" in parts.read("xl/worksheets/sheet1.xml").decode()
    assert api.get("/tasks/?sumit=1", Accept="text/csv")["Content-Type"] == "application/problem+json"


def test_parties_stand_in_the_order_of_protocol(world):
    api = caller(world, "secretary")
    rows = collect(api, "/parties/?limit=4")
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    assert kinds == ["segib", "spt", "delegation", "body"]
    delegations = [row["code"] for row in rows if row["kind"] == "delegation"]
    assert delegations[:5] == ["AD", "AR", "BO", "BR", "CO"]
    assert len(delegations) == 22
    assert [r["code"] for r in api.get("/parties/?kind=delegation&summit=xxxi&limit=2").json()["results"]] == ["AD", "AR"]
