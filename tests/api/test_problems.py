"""Refusals: one shape, a page behind each, the caller's language; nothing hostile ends in a failure."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from api.parsers import LARGEST_BODY
from api.problems import PROBLEMS
from tests.api.conftest import BASE, Caller, caller
from workflows.models import Comment

pytestmark = pytest.mark.django_db


def test_a_refusal_has_every_member_of_rfc_9457_and_its_code(world):
    answer = caller(world, "secretary").post(f"/tasks/{world.task('DOC-04').uuid}/transitions/submit/", version=1)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    body = answer.json()
    assert {k: body[k] for k in ("type", "title", "status", "code", "instance")} == {
        "type": "/api/v1/problems/guards_failed/",
        "title": "This is not possible now.",
        "status": 422,
        "code": "guards_failed",
        "instance": f"{BASE}/tasks/{world.task('DOC-04').uuid}/transitions/submit/",
    }
    awaited = world.task("DOC-03")
    assert [(e["code"], e["advisory"], e["href"]) for e in body["errors"]] == [
        ("waits_for:DOC-03", True, f"{BASE}/tasks/{awaited.uuid}/"),
        ("evidence_given", False, f"{BASE}/tasks/{world.task('DOC-04').uuid}/"),
    ]
    assert all(e["message"] for e in body["errors"])
    assert body["errors"][0]["page"] == "/summits/xxxi/tasks/DOC-03/"


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_each_kind_of_problem_has_a_page(code):
    answer = Caller().get(PROBLEMS[code].uri)
    assert answer.status_code == 200
    assert code in answer.content.decode()


def test_an_unknown_kind_of_problem_is_nowhere():
    assert Caller().get("/problems/unheard_of/").status_code == 404


def test_the_language_is_the_header_s_then_the_person_s(world):
    path = f"/tasks/{world.task('HND-01').uuid}/transitions/verify/"
    api = caller(world, "secretary")
    languages = {}
    for language in ("es", "pt-BR", "pt", "en-GB", "fr,pt-PT;q=0.5", "xx", ""):
        api.language = language
        languages[language] = api.post(path, version=1)["Content-Language"]
    assert languages == {
        "es": "es",
        "pt-BR": "pt-br",
        "pt": "pt-br",
        "en-GB": "en",
        "fr,pt-PT;q=0.5": "pt-pt",
        "xx": "es",
        "": "es",
    }


def test_an_unknown_address_a_method_a_form_and_a_body_that_are_not_taken(world):
    api = caller(world, "secretary")
    assert [api.get(p).status_code for p in ("/nothing/", "/tasks", "/tasks/5/")] == [404, 404, 404]
    refused = api.send("PATCH", "/tasks/")
    assert (refused.status_code, refused["Allow"], refused.json()["code"]) == (405, "GET, HEAD, POST", "method_not_allowed")
    assert api.client.delete(f"{BASE}/tasks/", headers=api.headers()).status_code == 405
    assert api.client.options(f"{BASE}/tasks/", headers=api.headers()).status_code == 405
    assert api.get("/me/", Accept="image/png").json()["code"] == "not_acceptable"
    sent = api.client.post(f"{BASE}/tasks/", "a=1", content_type="application/x-www-form-urlencoded", headers=api.headers())
    assert (sent.status_code, sent.json()["code"]) == (415, "unsupported_media_type")


HOSTILE = {
    "depth": b'{"text":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "depth of 33": b'{"text":' + b"[" * 32 + b"]" * 32 + b"}",
    "nan": b'{"text": NaN}',
    "infinity": b'{"text": -Infinity}',
    "too large a float": b'{"text": 1e999}',
    "huge integer": b'{"text": ' + b"9" * 5000 + b"}",
    "large integer": b'{"text": 99999999999999999999}',
    "nul": b'{"text": "a\\u0000b"}',
    "nul in a key": b'{"te\\u0000xt": "a"}',
    "lone surrogate": b'{"text": "\\ud800"}',
    "duplicate key": b'{"text": "a", "text": "b"}',
    "not utf-8": b'{"text": "\xff"}',
    "utf-16": '{"text": "a"}'.encode("utf-16"),
    "cut": b'{"text": "a"',
    "empty text": b"   ",
    "trailing": b'{"text": "a"} x',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_answered_400_with_a_sentence(world, body):
    answer = caller(world, "secretary").post(f"/tasks/{world.task('CON-03').uuid}/comments/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert len(answer.json()["detail"]) > 20
    assert Comment.objects.count() == 0


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"5", b'{"text": {"a": 1}}', b'{"text": []}', b'{"text": null}'])
def test_a_body_of_another_shape_is_answered_400_with_pointers(world, body):
    answer = caller(world, "secretary").post(f"/tasks/{world.task('CON-03').uuid}/comments/", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["errors"]


def test_a_body_of_more_than_a_megabyte_is_answered_413(world):
    body = json.dumps({"text": "x" * LARGEST_BODY}).encode()
    answer = caller(world, "secretary").post(f"/tasks/{world.task('CON-03').uuid}/comments/", body)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_what_is_wrong_is_named_by_a_pointer_and_a_misspelt_key_is_refused(world):
    answer = caller(world, "secretary").post(
        "/meetings/",
        {"summit": "xxxi", "code": "m", "kind": "nope", "title": {"es": "a"}, "starts_at": "2027-01-01", "plce": 1},
    )
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {("#/plce", "unknown")}
    answer = caller(world, "secretary").post(
        "/meetings/", {"summit": "xxxi", "code": "m", "kind": "nope", "title": {"es": "a"}, "starts_at": "2027-01-01"}
    )
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("#/kind", "invalid_choice"),
        ("#/title/pt", "required"),
        ("#/starts_at", "no_offset"),
    }


@pytest.mark.parametrize(
    "query",
    ["q=%00", "sumit=xxxi", "limit=0", "limit=9999", "cursor=%%%", "state=done", "code=a&code=b", "due_before=0001-01-01"],
)
def test_a_query_that_cannot_be_taken_is_answered_400_with_the_parameter(world, query):
    answer = caller(world, "secretary").get(f"/tasks/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_a_database_that_is_away_is_answered_503(world, monkeypatch):
    def away() -> None:
        raise OperationalError("the connection is closed")

    api = caller(world, "secretary")
    monkeypatch.setattr("api.base.read_clock", away)
    answer = api.get("/me/")
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "5")


def test_a_failure_of_ours_is_answered_500_in_the_same_shape_and_says_nothing(world, monkeypatch):
    def fails() -> None:
        raise ZeroDivisionError("secret detail")

    api = caller(world, "secretary")
    api.client.raise_request_exception = False
    monkeypatch.setattr("api.base.read_clock", fails)
    answer = api.get("/me/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.content.decode()


def test_what_is_not_visible_is_answered_as_what_does_not_exist(world):
    api = caller(world, "cn_br")
    hidden = api.get(f"/tasks/{world.task('HND-01').uuid}/")
    absent = api.get("/tasks/00000000-0000-7000-8000-000000000000/")
    assert hidden.status_code == absent.status_code == 404
    assert {**hidden.json(), "instance": ""} == {**absent.json(), "instance": ""}
