"""Summits: created, described, moved, countersigned, replanned, handed over."""

from __future__ import annotations

import pytest

from tests.api.conftest import BASE, caller
from tests.factories import ready_texts, verify
from workflows.actions.meeting import record_decision
from workflows.models import Deadline, Summit

pytestmark = pytest.mark.django_db


def path(world, tail: str = "") -> str:
    return f"/summits/{world.summit.uuid}/{tail}"


def go(api, world, verb: str, **sent):
    return api.post(path(world, f"transitions/{verb}/"), sent, version=api.get(path(world)).json()["version"])


def decide(world, code: str, subject: str):
    """Let a meeting decide on a subject, and return the decision."""
    if world.meeting(code).state == "convened":
        world.act(world.meeting(code), "begin", "secretary")
    actor = world.actor("secretary")
    return record_decision(world.meeting(code), subject=subject, text_es="Sí", text_pt="Sim", actor=actor, now=world.now)


def test_a_summit_with_what_stands_between_it_and_the_next_state(world):
    body = caller(world, "secretary").get(path(world)).json()
    assert (body["slug"], body["host"]["code"], body["secretariat"]["code"], body["page"]) == (
        "xxxi",
        "ES",
        "SPT-31",
        "/summits/xxxi/",
    )
    assert [p["code"] for p in body["phases"]][:3] == ["handover", "concept", "sectoral"]
    assert body["phases"][-1]["opens_on"] == "2027-11-12"
    actions = {a["name"]: a for a in body["available_actions"]}
    assert list(actions) == ["open_agenda", "postpone", "cancel"]
    reason = actions["open_agenda"]["reasons"][0]
    assert (reason["code"], reason["href"]) == ("task:HND-01", f"{BASE}/tasks/{world.task('HND-01').uuid}/")


def test_two_systems_sign_by_token(world):
    spt, segib = caller(world, "secretary"), caller(world, "approver")
    assert go(spt, world, "open_agenda", accepted=["task:HND-01"]).json()["state"] == "agenda_drafting"
    verify(world, "CON-03", verifier="approver")
    ready_texts(world, "sectoral_meetings")
    decide(world, "cnrc_1", "theme_motto_calendar")
    first = go(segib, world, "open_sectoral_meetings", accepted=["task:CON-04"])
    assert (first.status_code, first.json()["verb"], first.json()["waiting"]) == (202, "open_sectoral_meetings", True)
    assert first["Location"] == f"{BASE}/signatures/{first.json()['uuid']}/"
    again = go(segib, world, "open_sectoral_meetings", accepted=["task:CON-04"])
    assert (again.status_code, again.json()["code"]) == (409, "waits_for_countersignature")
    shown = {a["name"]: a for a in segib.get(path(world)).json()["available_actions"]}["open_sectoral_meetings"]
    assert (shown["allowed"], shown["reasons"][0]["code"]) == (False, "waits_for_countersignature")
    assert spt.get("/signatures/?waiting=true&summit=xxxi").json()["results"][0]["office"] == "segib.approver"
    assert len(spt.get(path(world)).json()["waiting_signatures"]) == 1
    assert caller(world, "cn_py").get("/signatures/").json()["results"] == []
    assert caller(world, "cn_py").get(first["Location"]).status_code == 404
    assert go(spt, world, "open_sectoral_meetings", accepted=["task:CON-04"]).json()["state"] == "sectoral_meetings"


def test_the_other_office_declines_with_a_reason(world):
    spt, segib = caller(world, "secretary"), caller(world, "approver")
    decision = decide(world, "cnrc_1", "postponement")
    asked = go(spt, world, "postpone", decision=str(decision.uuid))
    assert asked.status_code == 202
    where = f"/signatures/{asked.json()['uuid']}/"
    assert caller(world, "segib_officer").post(f"{where}decline/", {"reason": "No"}).status_code == 403
    assert segib.post(f"{where}decline/", {}).json()["errors"][0]["pointer"] == "#/reason"
    declined = segib.post(f"{where}decline/", {"reason": "Falta la carta"}).json()
    assert (declined["waiting"], declined["dropped_reason"], declined["declined_by"]["party"]) == (
        False,
        "Falta la carta",
        "SEGIB",
    )
    assert segib.post(f"{where}decline/", {"reason": "No"}).json()["code"] == "signature_not_waiting"
    assert go(spt, world, "postpone").json()["errors"][0]["code"] == "decision_named"


def test_a_summit_is_created_by_the_approver_and_gets_its_checklist(world):
    segib = caller(world, "approver")
    assert caller(world, "secretary").post("/summits/", {"number": 32}).json()["code"] == "only_segib_approver"
    made = segib.post("/summits/", {"number": 32, "host": "UY", "opening_on": "2029-11-10"})
    assert (made.status_code, made.json()["roman"], made.json()["host"]["code"]) == (201, "XXXII", "UY")
    assert segib.post("/summits/", {"number": 32}).json()["errors"][0]["pointer"] == "#/number"
    template = segib.get("/templates/").json()["results"][0]
    copied = segib.post(f"{made['Location']}copy-template/", {"template": template["uuid"]})
    assert (copied.json()["template"], len(copied.json()["phases"])) == (template["uuid"], 8)
    again = segib.post(f"{made['Location']}copy-template/", {"template": template["uuid"]})
    assert (again.status_code, again.json()["code"]) == (409, "has_checklist")
    assert caller(world, "secretary").get(made["Location"]).status_code == 404


def test_a_summit_is_described_by_its_spt(world):
    api = caller(world, "spt_officer")
    body = {"theme": {"es": "Juntos", "pt": "Juntos"}, "others_see": "at_once"}
    shown = api.patch(path(world), body, version=world.summit.version).json()
    assert (shown["theme"], shown["others_see"]) == ({"es": "Juntos", "pt": "Juntos", "en": ""}, "at_once")
    assert caller(world, "approver").patch(path(world), body, version=shown["version"]).json()["code"] == "only_spt"
    assert api.patch(path(world), {"theme": {"es": "x" * 301}}, version=1).json()["errors"][0]["pointer"] == "#/theme/es"


def test_moving_the_opening_day_moves_what_follows_it(world):
    api = caller(world, "secretary")
    before = Deadline.objects.get(task=world.task("CON-03")).due_on
    moved = api.post(
        path(world, "change-date/"), {"opening_on": "2027-11-24", "reason": "Agenda"}, version=world.summit.version
    )
    assert moved.json()["opening_on"] == "2027-11-24"
    assert (Deadline.objects.get(task=world.task("CON-03")).due_on - before).days == 14
    body = {"opening_on": None, "reason": "x"}
    assert (
        api.post(path(world, "change-date/"), body, version=moved.json()["version"]).json()["errors"][0]["pointer"]
        == "#/opening_on"
    )
    refused = caller(world, "spt_officer").post(path(world, "change-date/"), body, version=moved.json()["version"])
    assert (refused.status_code, refused.json()["code"]) == (403, "only_spt_secretary")


def test_place_host_and_handover(world):
    spt, segib = caller(world, "secretary"), caller(world, "approver")
    moved = spt.post(
        path(world, "change-place/"),
        {"city": "Las Palmas", "zone": "Atlantic/Canary", "reason": "x"},
        version=world.summit.version,
    )
    assert (moved.json()["city"], moved.json()["zone"]) == ("Las Palmas", "Atlantic/Canary")
    bad = spt.post(
        path(world, "change-place/"), {"city": "x", "zone": "Mars/Olympus", "reason": "x"}, version=moved.json()["version"]
    )
    assert bad.json()["errors"][0]["pointer"] == "#/zone"
    early = spt.post(path(world, "record-handover/"), {"successor": None}, version=moved.json()["version"])
    assert (early.status_code, early.json()["code"]) == (409, "wrong_stage")
    decision = decide(world, "cnrc_1", "change_of_host")
    body = {"host": "PT", "decision": str(decision.uuid), "reason": "Renuncia"}
    given = segib.post(path(world, "change-host/"), body, version=Summit.objects.get(pk=world.summit.pk).version)
    assert (given.json()["host"]["code"], given.json()["secretariat"]["code"]) == ("PT", "SPT-31-2")
    assert spt.get(path(world)).status_code == 404


def test_a_dispute_over_representation(world):
    segib = caller(world, "approver")
    body = {"party": "PY", "claims": "Dos notas"}
    assert caller(world, "secretary").post(path(world, "dispute-representation/"), body).status_code == 403
    assert segib.post(path(world, "dispute-representation/"), body).status_code == 200
    task = world.task("DOC-03", "PY")
    refused = caller(world, "cn_py").post(f"/tasks/{task.uuid}/transitions/submit/", {"evidence": "x"}, version=1)
    assert refused.json()["code"] == "representation_pending"
    decision = decide(world, "rmre_midterm", "representation")
    settled = segib.post(path(world, "settle-representation/"), {"party": "PY", "decision": str(decision.uuid)})
    assert settled.status_code == 200
    again = segib.post(path(world, "settle-representation/"), {"party": "PY", "decision": str(decision.uuid)})
    assert (again.status_code, again.json()["code"]) == (409, "not_disputed")


def test_a_checklist_is_exported_as_a_template(world):
    text = caller(world, "secretary").get(path(world, "export-template/")).json()["text"]
    assert "CON-03" in text
    assert caller(world, "cn_py").get(path(world, "export-template/")).status_code == 403


def test_past_summits_are_records_on_which_nothing_can_be_done(world):
    rows = caller(world, "cn_py").get("/summits/?is_record=true&limit=200").json()["results"]
    assert len(rows) == Summit.objects.filter(is_record=True).count()
    assert {len(row["available_actions"]) for row in rows} == {0}
    assert [row["number"] for row in rows] == sorted((row["number"] for row in rows), reverse=True)
    refused = caller(world, "approver").post(f"{rows[0]['href']}transitions/archive/", version=rows[0]["version"])
    assert refused.status_code == 409
