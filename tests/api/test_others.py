"""Meetings, deadlines, parties, seats, templates, tokens: one that works, one that may not, one that cannot, of each."""

from __future__ import annotations

import pytest

from tests.api.conftest import caller
from tests.factories import SMALL
from workflows.models import Message

pytestmark = pytest.mark.django_db


# Meetings --------------------------------------------------------------------------------------------------------


def test_a_meeting_from_its_convocation_to_its_minutes(world):
    api = caller(world, "secretary")
    body = {
        "summit": "xxxi",
        "code": "foro_1",
        "kind": "forum",
        "title": {"es": "Foro", "pt": "Fórum"},
        "starts_at": "2027-05-01T09:00:00+02:00",
        "place": "Toledo",
    }
    made = api.post("/meetings/", body)
    assert (made.status_code, made.json()["held_on"], made.json()["starts_at"]["utc"]) == (
        201,
        "2027-05-01",
        "2027-05-01T07:00:00Z",
    )
    where = made["Location"]
    assert Message.objects.filter(kind="meeting_convened").exists()
    assert api.post("/meetings/", body).json()["errors"][0]["pointer"] == "#/code"
    early = api.post(f"{where}decisions/", {"subject": "other", "text": {"es": "Sí", "pt": "Sim"}}, version=1)
    assert (early.status_code, early.json()["code"]) == (409, "meeting_not_begun")
    items = {"items": [{"es": "Apertura", "pt": "Abertura"}, {"es": "Cierre", "pt": "Encerramento"}]}
    assert [i["position"] for i in api.send("PUT", f"{where}agenda/", items, version=1).json()["agenda"]] == [1, 2]
    levels = {"levels": [{"party": "PY", "level": "minister"}, {"party": "AR", "level": "official"}]}
    shown = api.patch(f"{where}attendance/", levels, version=2).json()
    assert [(a["party"]["code"], a["level"]) for a in shown["attendance"]] == [("AR", "official"), ("PY", "minister")]
    assert api.post(f"{where}transitions/begin/", version=3).json()["state"] == "begun"
    decided = api.post(f"{where}decisions/", {"subject": "other", "text": {"es": "Sí", "pt": "Sim"}}, version=4)
    assert (decided.status_code, decided.json()["number"], decided.json()["text"]) == (201, 1, {"es": "Sí", "pt": "Sim"})
    assert [d["number"] for d in api.get(f"{where}decisions/").json()["results"]] == [1]
    assert api.post(f"{where}transitions/close/", version=5).json()["state"] == "held"
    assert api.patch(where, {"minutes": "Acta"}, version=6).json()["minutes"] == "Acta"
    assert api.post(f"{where}transitions/approve_minutes/", version=7).json()["state"] == "minutes_approved"


def test_a_meeting_is_run_by_who_convened_it(world):
    meeting = world.meeting("cnrc_1")
    for name, status in (("cn_py", 403), ("approver", 403), ("liaison", 403), ("secretary", 200)):
        answer = caller(world, name).patch(f"/meetings/{meeting.uuid}/", {"place": "Madrid"}, version=meeting.version)
        assert (name, answer.status_code) == (name, status)
    body = {
        "summit": "xxxi",
        "code": "x",
        "kind": "forum",
        "title": {"es": "a", "pt": "b"},
        "starts_at": "2027-05-01T09:00:00Z",
    }
    assert caller(world, "cn_py").post("/meetings/", body).json()["code"] == "only_secretariats"
    assert caller(world, "secretary").post("/meetings/", body | {"zone": "Nowhere"}).json()["errors"][0]["pointer"] == "#/zone"


def test_meetings_are_narrowed(world):
    api = caller(world, "cn_py")
    assert [m["code"] for m in api.get("/meetings/?summit=xxxi").json()["results"]] == [
        "cnrc_1",
        "rmre_midterm",
        "cnrc_extraordinary",
        "rmre_final",
    ]
    assert [m["code"] for m in api.get("/meetings/?kind=rmre&state=convened,begun").json()["results"]] == [
        "rmre_midterm",
        "rmre_final",
    ]
    assert api.get("/meetings/?code=CNRC_1").json()["results"][0]["follows_opening_day"] is True


# Deadlines -------------------------------------------------------------------------------------------------------


def test_a_deadline_is_fixed_by_hand_released_and_keeps_its_history(world):
    api = caller(world, "secretary")
    deadline = world.task("CON-03").deadline
    where = f"/deadlines/{deadline.uuid}/"
    pinned = api.post(f"{where}pin/", {"due_at": "2027-06-01T10:00:00-03:00", "reason": "Acordado"}, version=deadline.version)
    assert pinned.json()["due_at"] == {
        "utc": "2027-06-01T13:00:00Z",
        "local": "2027-06-01T15:00:00+02:00",
        "zone": "Europe/Madrid",
    }
    assert (pinned.json()["pinned"]["reason"], pinned.json()["pinned"]["by"]["party"]) == ("Acordado", "SPT-31")
    assert pinned["ETag"] == f'"{deadline.version + 1}"'
    past = api.post(f"{where}pin/", {"due_at": "2020-06-01T10:00:00Z", "reason": "x"}, version=deadline.version + 1)
    assert past.json()["errors"][0]["pointer"] == "#/due_at"
    body = {"anchor": "cnrc_1", "offset": -10, "unit": "working_days", "calendar": "host", "reason": "Otra vez"}
    ruled = api.post(f"{where}set-rule/", body, version=deadline.version + 1).json()
    assert (ruled["pinned"], ruled["rule"]["anchor"], ruled["rule"]["unit"]) == (None, "cnrc_1", "working_days")
    moves = api.get(f"{where}history/").json()["results"]
    assert [(m["revision"], m["reason"]) for m in moves] == [(2, "Acordado"), (3, "Otra vez")]
    assert (
        api.post(f"{where}set-rule/", {"offset": 1, "anchor": "none"}, version=ruled["version"]).json()["errors"][0]["pointer"]
        == "#/anchor"
    )
    exact = {"offset": 1, "time_of_day": "exact"}
    assert api.post(f"{where}set-rule/", exact, version=ruled["version"]).json()["errors"][0]["pointer"] == "#/exact_time"


def test_deadlines_follow_the_sight_of_their_tasks(world):
    rows = caller(world, "cn_py").get("/deadlines/").json()["results"]
    assert {row["task"]["code"] for row in rows} == {"DOC-03"}
    where = f"/deadlines/{world.task('CON-03').deadline.uuid}/"
    assert caller(world, "cn_py").get(where).status_code == 404
    own = f"/deadlines/{world.task('DOC-03', 'PY').deadline.uuid}/"
    refused = caller(world, "cn_py").post(f"{own}pin/", {"due_at": "2027-06-01T10:00:00Z", "reason": "x"}, version=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "only_secretariats")


# Parties, seats, terms -------------------------------------------------------------------------------------------


def test_a_coordinator_runs_the_seats_below(world):
    api = caller(world, "cn_br")
    opened = api.post("/seats/", {"party": "BR", "role": "reviewer", "email": "rev@example.org"})
    assert (opened.status_code, opened.json()["role"], opened.json()["holder"]) == (201, "reviewer", None)
    body = {"name": "Ana Souza", "email": "ana@example.org", "language": "pt-br"}
    filled = api.post(f"{opened['Location']}fill/", body)
    assert (filled.status_code, filled.json()["person"]["name"]) == (201, "Ana Souza")
    assert api.get(opened["Location"]).json()["holder"]["person"]["email"] == "ana@example.org"
    held = api.post(f"{opened['Location']}close/", {})
    assert (held.status_code, held.json()["code"]) == (409, "seat_held")
    bad = api.post(f"{filled['Location']}end/", {"ends_on": "2020-01-01"})
    assert bad.json()["errors"][0]["pointer"] == "#/ends_on"
    ended = api.post(f"{filled['Location']}end/", {"ends_on": filled.json()["starts_on"], "note": "x"})
    assert ended.json()["ends_on"] == filled.json()["starts_on"]


def test_seats_that_are_another_s(world):
    api = caller(world, "cn_br")
    assert api.post("/seats/", {"party": "PY", "role": "reviewer"}).json()["code"] == "not_seat_keeper"
    assert api.post("/seats/", {"party": "BR", "role": "secretary"}).json()["errors"][0]["pointer"] == "#/role"
    reviewer = world.seats["reviewer_py"]
    assert api.get(f"/seats/{reviewer.uuid}/").status_code == 404
    coordinator = world.seats["cn_py"]
    body = {"name": "x", "email": "x@example.org", "note": "NV"}
    assert api.post(f"/seats/{coordinator.uuid}/fill/", body).json()["code"] == "not_seat_keeper"
    without_note = caller(world, "approver").post(f"/seats/{coordinator.uuid}/fill/", {"name": "x", "email": "x@example.org"})
    assert without_note.json()["errors"][0]["pointer"] == "#/note"


def test_the_directory_is_narrowed(world):
    api = caller(world, "secretary")
    assert [s["role"] for s in api.get("/seats/?party=py&role=national_coordinator").json()["results"]] == [
        "national_coordinator"
    ]
    assert len(api.get("/memberships/?party=PY&current=true").json()["results"]) == 3
    assert api.get("/memberships/?current=false").json()["results"] == []
    seat = world.seats["cn_py"]
    assert [m["person"]["name"] for m in api.get(f"/memberships/?seat={seat.uuid}").json()["results"]] == ["cn_py holder"]


def test_how_a_party_answers_is_set_by_segib(world):
    paraguay = world.task("DOC-03", "PY").responsible
    body = {"by_note_verbale": True}
    assert caller(world, "secretary").patch(f"/parties/{paraguay.uuid}/", body, version=1).json()["code"] == "only_segib"
    assert caller(world, "auditor").patch(f"/parties/{paraguay.uuid}/", body, version=1).status_code == 403
    shown = caller(world, "segib_officer").patch(f"/parties/{paraguay.uuid}/", body, version=1)
    assert (shown.json()["by_note_verbale"], shown["ETag"]) == (True, '"2"')


# Templates -------------------------------------------------------------------------------------------------------


def test_a_template_is_loaded_from_its_text(world):
    api = caller(world, "secretary")
    text = SMALL.replace("version: 1", "version: 2", 1)
    made = api.post("/templates/", {"text": text})
    assert (made.status_code, made.json()["number"], made.json()["source"]) == (201, 2, text)
    assert [t["number"] for t in api.get("/templates/?code=small").json()["results"]] == [2, 1]
    broken = api.post("/templates/", {"text": text.replace("depends_on: [CON-03]", "depends_on: [NO-1]")})
    assert (broken.status_code, broken.json()["code"]) == (422, "template_invalid")
    assert [(e["code"], e["line"] > 0) for e in broken.json()["errors"]] == [("unknown_dependency", True)]
    changed = api.post("/templates/", {"text": text + "\n# other\n"})
    assert changed.json()["errors"][0]["pointer"] == "#/version"


def test_templates_are_the_secretariats(world):
    assert caller(world, "cn_py").get("/templates/").json()["results"] == []
    assert caller(world, "cn_py").post("/templates/", {"text": SMALL}).json()["code"] == "only_secretariats"
    assert caller(world, "auditor").post("/templates/", {"text": SMALL}).status_code == 403


# Tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_is_made_read_and_revoked_by_its_own_seat(world):
    api = caller(world, "cn_py")
    made = api.post("/tokens/", {"name": "Ministerio", "scopes": ["tasks:read", "tasks:read"]})
    assert (made.status_code, made.json()["scopes"]) == (201, ["tasks:read"])
    where = made["Location"]
    assert "secret" not in api.get(where).json()
    assert caller(world, "cn_br").get(where).status_code == 404
    assert caller(world, "cn_br").post(f"{where}revoke/", {}).status_code == 404
    assert api.post(f"{where}revoke/", {}).json()["revoked_at"] is not None
    assert api.post(f"{where}revoke/", {}).json()["code"] == "token_revoked"
    assert [t["name"] for t in api.get("/tokens/?active=true").json()["results"]] == ["test"]


def test_a_token_makes_none_that_may_do_more_or_lasts_longer(world):
    api = caller(world, "cn_py", scopes=("tokens:write", "tasks:read"))
    assert api.post("/tokens/", {"name": "x", "scopes": ["tasks:write"]}).json()["code"] == "scope_missing"
    assert api.post("/tokens/", {"name": "x", "scopes": ["tasks:read"]}).status_code == 201
    longer = api.post("/tokens/", {"name": "x", "scopes": ["tasks:read"], "expires_at": "2027-10-01T00:00:00Z"})
    assert longer.json()["code"] == "token_outlives"
    assert api.post("/tokens/", {"name": "x", "scopes": ["nothing:read"]}).json()["errors"][0]["pointer"] == "#/scopes/0"
    assert (
        api.post("/tokens/", {"name": "x", "scopes": ["tasks:read"], "expires_at": "2099-10-01T00:00:00Z"}).status_code == 400
    )
