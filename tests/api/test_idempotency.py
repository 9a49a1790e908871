"""Nothing is done twice: an Idempotency-Key answers the first answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import caller
from workflows.actions.answer import claim_answer, purge_answers
from workflows.models import Comment, IdempotentAnswer, Token
from workflows.queries.clock import read_clock

pytestmark = pytest.mark.django_db


def comments(world) -> str:
    return f"/tasks/{world.task('CON-03').uuid}/comments/"


def test_the_same_key_with_the_same_body_answers_the_first_answer(world):
    api = caller(world, "secretary")
    first = api.post(comments(world), {"text": "Una vez"}, key="k-1")
    again = api.post(comments(world), {"text": "Una vez"}, key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.json(), again["ETag"], again["Idempotency-Replayed"]) == (first.json(), first["ETag"], "true")
    assert "Idempotency-Replayed" not in first
    assert Comment.objects.count() == 1


def test_the_key_is_looked_at_before_the_version(world):
    api = caller(world, "secretary")
    path = f"/tasks/{world.task('HND-01').uuid}/transitions/start/"
    first = api.post(path, version=1, key="k-2")
    again = api.post(path, version=1, key="k-2")
    assert (first.status_code, again.status_code, again.json()["version"]) == (200, 200, 2)
    assert api.post(path, version=1, key="k-3").status_code == 412


def test_another_body_under_the_key_is_refused(world):
    api = caller(world, "secretary")
    api.post(comments(world), {"text": "Una vez"}, key="k-1")
    refused = api.post(comments(world), {"text": "Otra"}, key="k-1")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = api.post(f"/tasks/{world.task('HND-01').uuid}/comments/", {"text": "Una vez"}, key="k-1")
    assert elsewhere.status_code == 422
    assert Comment.objects.count() == 1


def test_keys_belong_to_a_person_in_a_seat(world):
    for name in ("secretary", "spt_officer", "approver"):
        assert caller(world, name).post(comments(world), {"text": "Una vez"}, key="k-1").status_code == 201
    assert caller(world, "secretary").post(comments(world), {"text": "Una vez"}, key="k-1")["Idempotency-Replayed"] == "true"
    assert Comment.objects.count() == 3


def test_while_the_first_runs_the_second_is_told_to_wait(world):
    api = caller(world, "secretary")
    api.post(comments(world), {"text": "Una vez"}, key="k-1")
    IdempotentAnswer.objects.update(status=None, body="", lease_until=read_clock() + timedelta(seconds=30))
    refused = api.post(comments(world), {"text": "Una vez"}, key="k-1")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (409, "idempotency_in_progress", "2")


def test_a_claim_whose_lease_has_run_out_is_taken_over(world):
    api = caller(world, "secretary")
    api.post(comments(world), {"text": "Una vez"}, key="k-1")
    Comment.objects.all().delete()  # as if the first attempt had died before it committed
    IdempotentAnswer.objects.update(status=None, body="", lease_until=read_clock() - timedelta(seconds=1))
    assert api.post(comments(world), {"text": "Una vez"}, key="k-1").status_code == 201
    assert Comment.objects.count() == 1
    assert IdempotentAnswer.objects.get().status == 201


def test_an_attempt_that_lost_its_claim_commits_nothing(world, monkeypatch):
    api = caller(world, "secretary")

    def claimed_by_another(**asked):
        row, answered = claim_answer(**asked)
        IdempotentAnswer.objects.update(claimed_at=row.claimed_at + timedelta(seconds=61))
        return row, answered

    monkeypatch.setattr("api.base.claim_answer", claimed_by_another)
    refused = api.post(comments(world), {"text": "Una vez"}, key="k-1")
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_in_progress")
    assert Comment.objects.count() == 0


def test_a_refusal_gives_the_key_back(world):
    api = caller(world, "secretary")
    assert api.post(comments(world), {"text": ""}, key="k-1").status_code == 400
    assert IdempotentAnswer.objects.count() == 0
    assert api.post(comments(world), {"text": "Una vez"}, key="k-1").status_code == 201


def test_a_secret_is_shown_once_and_not_kept(world):
    api = caller(world, "secretary")
    body = {"name": "sistema", "scopes": ["tasks:read"]}
    first, again = (api.post("/tokens/", body, key="k-1").json() for _call in range(2))
    assert first["secret"].startswith("sp_")
    assert (again["secret"], again["uuid"]) == (None, first["uuid"])
    assert first["secret"] not in IdempotentAnswer.objects.get().body
    assert Token.objects.filter(name="sistema").count() == 1


@pytest.mark.parametrize("key", ["a b", "x" * 201, "é"])
def test_a_key_is_printable_and_short(world, key):
    refused = caller(world, "secretary").post(comments(world), {"text": "Una vez"}, key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_header")


def test_answers_are_kept_for_a_day(world):
    api = caller(world, "secretary")
    api.post(comments(world), {"text": "Una vez"}, key="k-1")
    now = read_clock()
    assert purge_answers(now=now + timedelta(hours=23)) == 0
    assert purge_answers(now=now + timedelta(hours=24, seconds=1)) == 1
    assert api.post(comments(world), {"text": "Otra"}, key="k-1").status_code == 201


def test_an_answer_that_is_older_than_a_day_is_no_answer_any_more(world):
    api = caller(world, "secretary")
    api.post(comments(world), {"text": "Una vez"}, key="k-1")
    IdempotentAnswer.objects.update(claimed_at=read_clock() - timedelta(hours=25))
    assert api.post(comments(world), {"text": "Otra"}, key="k-1").status_code == 201
