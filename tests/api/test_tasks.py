"""Tasks by the API alone: an SPT's system and SEGIB's share the whole checklist."""

from __future__ import annotations

import pytest

from tests.api.conftest import BASE, caller
from workflows.models import Message, Task

pytestmark = pytest.mark.django_db


def path(task: Task, tail: str = "") -> str:
    return f"/tasks/{task.uuid}/{tail}"


def go(api, task: Task, verb: str, **sent):
    """Perform a verb on a task as it now is."""
    return api.post(path(task, f"transitions/{verb}/"), sent, version=api.get(path(task)).json()["version"])


def actions(api, task: Task) -> dict[str, dict]:
    return {a["name"]: a for a in api.get(path(task)).json()["available_actions"]}


def test_from_start_to_verified_by_two_systems(world):
    spt, segib = caller(world, "spt_officer"), caller(world, "segib_officer")
    task = world.task("CON-03")
    assert list(actions(spt, task)) == ["start", "submit"]
    assert actions(spt, task)["submit"]["needs"] == ["evidence", "accepted"]
    assert actions(spt, task)["submit"]["reasons"][0]["code"] == "waits_for:HND-01"
    assert actions(spt, task)["submit"]["href"] == f"{BASE}/tasks/{task.uuid}/transitions/submit/"
    refused = go(spt, task, "submit", evidence="Nota")
    assert [e["code"] for e in refused.json()["errors"]] == ["waits_for:HND-01"]
    submitted = go(spt, task, "submit", evidence="Nota", accepted=["waits_for:HND-01"]).json()
    assert (submitted["state"], submitted["channel"], submitted["submitted_by"]["role"]) == ("submitted", "api", "officer")
    assert list(actions(segib, task)) == ["return", "verify"]
    assert segib.post(path(task, "take-up/"), version=2).json()["taken_up_by"]["party"] == "SEGIB"
    assert go(spt, task, "recall").json()["errors"][0]["code"] == "not_taken_up"
    assert go(segib, task, "verify").json()["state"] == "verified"
    assert go(segib, task, "verify").json()["code"] == "wrong_state"
    assert Message.objects.filter(kind="task_verified").exists()


def test_four_eyes_and_who_may(world):
    api = caller(world, "secretary")
    task = world.task("HND-01")
    go(api, task, "submit", evidence="Acta")
    refused = go(api, task, "verify")
    assert (refused.status_code, refused.json()["code"]) == (403, "another_person_verifies")
    assert go(caller(world, "approver"), task, "verify").json()["code"] == "not_verifying"
    assert go(caller(world, "auditor"), task, "verify").status_code == 403
    returned = go(caller(world, "spt_officer"), task, "return", reason="Falta el anexo").json()
    assert returned["state"] == "in_progress"


def test_unknown_and_unlawful_verbs(world):
    api = caller(world, "secretary")
    task = world.task("HND-01")
    assert (go(api, task, "explode").status_code, go(api, task, "explode").json()["code"]) == (409, "unknown_action")
    assert go(api, task, "reopen", reason="x").json()["code"] == "wrong_state"
    assert go(api, task, "close_window").json()["code"] == "not_for_this_kind"
    assert go(api, world.task("DOC-03", "PY"), "close").json()["code"] == "system_only"


def test_a_state_answers_and_the_secretariat_receives(world):
    cn, spt = caller(world, "cn_py", language="es"), caller(world, "secretary", language="es")
    task = world.task("DOC-03", "PY")
    assert list(actions(cn, task)) == ["start", "submit", "declare_no_comments"]
    prepared = cn.post(path(task, "evidence/"), {"text": "Aportes", "url": "https://example.org/a.pdf"})
    assert (prepared.status_code, prepared.json()["submitted_at"]) == (201, None)
    assert spt.get(path(task, "evidence/")).json()["results"] == []
    assert go(cn, task, "submit").json()["state"] == "submitted"
    assert [e["text"] for e in spt.get(path(task, "evidence/")).json()["results"]] == ["Aportes"]
    received = go(spt, task, "verify").json()
    assert (received["state"], received["state_label"] != "") == ("verified", True)
    parent = spt.get(path(world.task("DOC-03"))).json()
    assert (parent["asked"], parent["received"]) == (22, 1)


def test_a_note_verbale_is_recorded_for_a_state(world):
    spt = caller(world, "spt_officer")
    task = world.task("DOC-03", "PE")
    assert actions(spt, task)["submit"]["needs"] == ["evidence", "on_behalf", "channel"]
    sent = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 12", "received_at": "2026-03-01T10:00:00-05:00"}
    done = go(spt, task, "submit", **sent).json()
    assert (done["channel"], done["note_number"], done["received_at"]["utc"]) == (
        "note_verbale",
        "NV 12",
        "2026-03-01T15:00:00Z",
    )
    assert go(spt, world.task("DOC-03", "ES"), "submit", **sent).json()["code"] == "not_own_country"


@pytest.mark.parametrize("field", ["received_at", "occurred_at"])
def test_what_is_recorded_afterwards_has_happened(world, field):
    refused = go(caller(world, "secretary"), world.task("HND-01"), "start", **{field: "2099-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "ahead")


def test_closing_the_window_passes_the_warning_knowingly(world):
    api = caller(world, "secretary")
    task = world.task("DOC-03")
    assert [e["code"] for e in go(api, task, "close_window").json()["errors"]] == ["answers_pending"]
    assert go(api, task, "close_window", accepted=["answers_pending"]).json()["state"] == "verified"
    assert Task.objects.filter(parent=task, state="window_closed").count() == 22


def test_a_task_is_added_changed_and_asked_of_one_more_party(world):
    api = caller(world, "secretary")
    body = {
        "summit": "xxxi",
        "code": "new-01",
        "phase": "drafting",
        "title": {"es": "Nueva", "pt": "Nova"},
        "responsible": "SPT-31",
        "verified_by": "SEGIB",
        "depends_on": ["CON-03"],
        "blocks": "negotiation",
        "gate": "advisory",
        "deadline": {"anchor": "cnrc_1", "offset": -5, "unit": "working_days", "calendar": "host"},
    }
    made = api.post("/tasks/", body, key="n1")
    assert (made.status_code, made.json()["code"], made.json()["title"]["en"]) == (201, "NEW-01", "Nueva")
    assert made["Location"] == made.json()["href"]
    assert [d["code"] for d in made.json()["depends_on"]] == ["CON-03"]
    assert api.get(made["Location"] + "?expand=deadline").json()["deadline"]["rule"]["anchor"] == "cnrc_1"
    assert api.post("/tasks/", body).json()["errors"][0]["pointer"] == "#/code"
    changed = api.patch(made["Location"], {"title": {"es": "Otra", "pt": "Outra"}, "depends_on": []}, version=1).json()
    assert (changed["title"]["es"], changed["depends_on"], changed["version"]) == ("Otra", [], 2)
    line = world.task("SEC-02")
    asked = api.post(path(line, "ask-party/"), {"party": "PY"}, version=1)
    assert (asked.status_code, asked.json()["responsible"]["code"], asked.json()["parent"]["code"]) == (201, "PY", "SEC-02")
    again = api.post(path(line, "ask-party/"), {"party": "PY"}, version=api.get(path(line)).json()["version"])
    assert again.json()["errors"][0]["pointer"] == "#/party"


def test_names_that_lead_nowhere_are_said_at_their_field(world):
    api = caller(world, "secretary")
    body = {"summit": "xxxi", "code": "N-1", "phase": "none", "title": {"es": "a", "pt": "b"}, "responsible": "SPT-31"}
    body |= {"verified_by": "SEGIB", "deadline": {"offset": -5}}
    assert api.post("/tasks/", body).json()["errors"][0]["pointer"] == "#/phase"
    assert (
        api.post("/tasks/", body | {"phase": "drafting", "responsible": "XX"}).json()["errors"][0]["pointer"] == "#/responsible"
    )
    refused = api.post("/tasks/", body | {"phase": "drafting", "depends_on": ["CON-03", "NO-99"]})
    assert refused.json()["errors"][0]["pointer"] == "#/depends_on/1"
    refused = api.post("/tasks/", body | {"phase": "drafting", "deadline": {"offset": 1, "anchor": "nowhere"}})
    assert refused.json()["errors"][0]["pointer"] == "#/deadline/anchor"
    circle = api.patch(path(world.task("CON-03")), {"depends_on": ["DOC-04", "CON-04"]}, version=1)
    assert (circle.status_code, circle.json()["errors"][0]["pointer"]) == (400, "#/depends_on")


def test_planning_falls_to_the_secretariats(world):
    api = caller(world, "cn_py")
    task = world.task("DOC-03", "PY")
    assert api.patch(path(task), {"gate": "hard"}, version=1).json()["code"] == "only_secretariats"
    assert api.post(path(task, "ask-party/"), {"party": "BR"}, version=1).json()["code"] == "only_secretariats"
    assert caller(world, "auditor").patch(path(task), {"gate": "hard"}, version=1).status_code == 403


def test_comments_and_evidence(world):
    task = world.task("CON-03")
    said = caller(world, "segib_officer").post(path(task, "comments/"), {"text": "Revisar la página 2"})
    assert (said.status_code, said.json()["party"]["code"], said.json()["said_at"]["zone"]) == (201, "SEGIB", "Europe/Madrid")
    assert [c["text"] for c in caller(world, "secretary").get(path(task, "comments/")).json()["results"]] == [
        "Revisar la página 2"
    ]
    assert caller(world, "cn_py").get(path(task, "comments/")).status_code == 404
    assert caller(world, "auditor").post(path(task, "comments/"), {"text": "x"}).json()["code"] == "not_commenting"
    assert caller(world, "segib_officer").post(path(task, "evidence/"), {"text": "x"}).json()["code"] == "not_drafting"
    bad = caller(world, "secretary").post(path(task, "evidence/"), {"text": "x", "url": "javascript:alert(1)"})
    assert bad.json()["errors"][0]["pointer"] == "#/url"
    go(caller(world, "secretary"), task, "submit", evidence="x", accepted=["waits_for:HND-01"])
    late = caller(world, "secretary").post(path(task, "evidence/"), {"text": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "not_open")
