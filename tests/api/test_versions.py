"""Nothing is overwritten: versions as ETag, If-Match on what changes an object, 428 and 412."""

from __future__ import annotations

import pytest

from tests.api.conftest import caller

pytestmark = pytest.mark.django_db


def test_the_etag_is_the_version_and_there_is_never_a_304(world):
    api = caller(world, "secretary")
    path = f"/tasks/{world.task('CON-03').uuid}/"
    answer = api.get(path)
    assert (answer["ETag"], answer.json()["version"]) == ('"1"', 1)
    assert api.get(path, If_None_Match='"1"').status_code == 200
    assert answer["Cache-Control"] == "no-store"


def changes(world) -> dict[str, tuple[str, str, object]]:
    task, meeting, summit = world.task("CON-03"), world.meeting("cnrc_1"), world.summit
    deadline = task.deadline
    return {
        "task": ("PATCH", f"/tasks/{task.uuid}/", {"gate": "advisory"}),
        "transition of a task": ("POST", f"/tasks/{task.uuid}/transitions/start/", {}),
        "take up": ("POST", f"/tasks/{task.uuid}/take-up/", {}),
        "ask": ("POST", f"/tasks/{world.task('SEC-02').uuid}/ask-party/", {"party": "PY"}),
        "meeting": ("PATCH", f"/meetings/{meeting.uuid}/", {"place": "Madrid"}),
        "agenda": ("PUT", f"/meetings/{meeting.uuid}/agenda/", {"items": []}),
        "attendance": ("PATCH", f"/meetings/{meeting.uuid}/attendance/", {"levels": [{"party": "PY", "level": "minister"}]}),
        "decision": ("POST", f"/meetings/{meeting.uuid}/decisions/", {"subject": "other", "text": {"es": "a", "pt": "b"}}),
        "transition of a meeting": ("POST", f"/meetings/{meeting.uuid}/transitions/begin/", {}),
        "summit": ("PATCH", f"/summits/{summit.uuid}/", {"motto": {"es": "Juntos"}}),
        "transition of a summit": ("POST", f"/summits/{summit.uuid}/transitions/open_agenda/", {}),
        "date": ("POST", f"/summits/{summit.uuid}/change-date/", {"opening_on": "2027-11-11", "reason": "a"}),
        "place": ("POST", f"/summits/{summit.uuid}/change-place/", {"city": "Toledo", "reason": "a"}),
        "handover": ("POST", f"/summits/{summit.uuid}/record-handover/", {"successor": "PY"}),
        "pin": ("POST", f"/deadlines/{deadline.uuid}/pin/", {"due_at": "2027-01-01T10:00:00Z", "reason": "a"}),
        "rule": ("POST", f"/deadlines/{deadline.uuid}/set-rule/", {"offset": -500}),
    }


NAMES = (
    "task",
    "transition of a task",
    "take up",
    "ask",
    "meeting",
    "agenda",
    "attendance",
    "decision",
    "transition of a meeting",
    "summit",
    "transition of a summit",
    "date",
    "place",
    "handover",
    "pin",
    "rule",
)


@pytest.mark.parametrize("name", NAMES)
def test_without_a_version_428_and_with_an_old_one_412_with_the_object_as_it_is(world, name):
    api = caller(world, "secretary")
    method, path, body = changes(world)[name]
    asked = api.send(method, path, body)
    assert (asked.status_code, asked.json()["code"]) == (428, "precondition_required")
    stale = api.send(method, path, body, version=999)
    if name == "take up":  # it is not submitted: that comes first
        assert stale.status_code == 409
        return
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    current = stale.json()["current"]
    assert current["uuid"] == path.split("/")[2]
    assert stale["ETag"] == f'"{current["version"]}"'


def test_the_host_and_how_a_party_answers_ask_for_a_version_too(world):
    api = caller(world, "approver")
    body = {"host": "PY", "decision": "00000000-0000-7000-8000-000000000000", "reason": "a"}
    assert api.post(f"/summits/{world.summit.uuid}/change-host/", body).status_code == 428
    assert api.post(f"/summits/{world.summit.uuid}/change-host/", body, version=999).status_code == 412
    paraguay = world.task("DOC-03", "PY").responsible
    assert api.patch(f"/parties/{paraguay.uuid}/", {"by_note_verbale": True}).status_code == 428
    assert api.patch(f"/parties/{paraguay.uuid}/", {"by_note_verbale": True}, version=999).status_code == 412


@pytest.mark.parametrize(
    ("sent", "status"), [("*", 428), ('W/"1"', 412), ("1", 400), ('"x"', 412), ('"7", "1"', 200), ('"99999999999"', 412)]
)
def test_if_match_as_it_may_be_written(world, sent, status):
    api = caller(world, "secretary")
    answer = api.post(f"/tasks/{world.task('HND-01').uuid}/transitions/start/", If_Match=sent)
    assert answer.status_code == status


def test_two_writers_of_one_version_the_second_decides_anew(world):
    first, second = caller(world, "secretary"), caller(world, "spt_officer")
    path = f"/tasks/{world.task('CON-03').uuid}/"
    assert first.patch(path, {"gate": "advisory"}, version=1)["ETag"] == '"2"'
    refused = second.patch(path, {"gate": "hard"}, version=1)
    assert refused.json()["current"]["gate"] == "advisory"
    assert second.patch(path, {"gate": "hard"}, version=2).json()["gate"] == "hard"
