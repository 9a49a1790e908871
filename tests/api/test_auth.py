"""Who calls: tokens of seats, sessions of the pages, scopes, counts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.api.conftest import BASE, Caller, caller
from tests.factories import PASSWORD
from workflows.models import Membership, Token
from workflows.queries.clock import read_clock
from workflows.rules.tokens import SCOPES, assemble, checksum, covers, prefix_of

pytestmark = pytest.mark.django_db


def code(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_token_is_readable_and_a_mistyped_one_is_known_without_a_query():
    text = assemble("abcd1234", "x" * 40)
    assert text.startswith("sp_abcd1234_")
    assert prefix_of(text) == "abcd1234"
    assert prefix_of(text[:-1] + ("a" if text[-1] != "a" else "b")) is None
    assert prefix_of("sp_abcd1234") is None
    assert len(checksum("")) == 6


def test_scopes_cover_what_they_name():
    assert covers(["*:read"], ["tasks:read", "*:read"]) is True
    assert covers(["tasks:read"], ["*:read"]) is False
    assert covers(["*:read"], ["tasks:write"]) is False
    assert len(SCOPES) == len(set(SCOPES))


def test_a_token_acts_for_its_seat_as_its_holder(world):
    me = caller(world, "cn_py").get("/me/").json()
    assert (me["party"]["code"], me["seat"]["role"], me["person"]["name"]) == ("PY", "national_coordinator", "cn_py holder")
    assert me["token"]["scopes"] == ["*:read", "*:write"]
    assert me["summit"] is None


def test_nobody_is_answered_401_and_how_to_come_back(world):
    answer = Caller().get("/tasks/")
    assert code(answer) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"] == 'Bearer realm="SummitPrep"'
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("shown", ["x", "sp_abcd1234", "sp_" + "é" * 10])
def test_a_wrong_token_is_answered_401(world, shown):
    answer = Caller(token=shown).get("/tasks/")
    assert code(answer) == (401, "invalid_token")
    assert "invalid_token" in answer["WWW-Authenticate"]


def test_a_token_of_another_secret_is_answered_401(world):
    prefix = caller(world, "secretary").get("/me/").json()["token"]["prefix"]
    assert code(Caller(token=assemble(prefix, "y" * 40)).get("/tasks/")) == (401, "invalid_token")


def test_a_revoked_and_an_ended_token_are_answered_401(world):
    api = caller(world, "secretary")
    Token.objects.update(revoked_at=read_clock())
    assert code(api.get("/me/")) == (401, "invalid_token")
    Token.objects.update(revoked_at=None, expires_at=read_clock() - timedelta(seconds=1))
    assert code(api.get("/me/")) == (401, "invalid_token")


def test_a_vacant_seat_acts_no_more(world):
    api = caller(world, "secretary")
    Membership.objects.filter(seat=world.seats["secretary"]).update(ends_on=date(2026, 3, 2))
    assert code(api.get("/me/")) == (403, "no_seat")


def test_the_last_use_is_written_at_most_once_a_minute(world):
    api = caller(world, "secretary")
    api.get("/me/")
    first = Token.objects.get().last_used_at
    assert first is not None
    api.get("/me/")
    assert Token.objects.get().last_used_at == first
    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    api.get("/me/")
    assert Token.objects.get().last_used_at > first


def test_scopes_limit_a_token(world):
    api = caller(world, "secretary", scopes=("tasks:read", "meetings:write"))
    assert api.get("/tasks/").status_code == 200
    assert api.get("/me/").status_code == 200
    assert code(api.get("/meetings/")) == (403, "scope_missing")
    refusal = api.post("/tasks/", {})
    assert code(refusal) == (403, "scope_missing")
    assert "tasks:write" in refusal.json()["detail"]


def signed_in(world, name: str, *, csrf: bool = False) -> Client:
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(world.user(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_session_acts_for_the_chosen_seat_by_the_channel_of_the_api(world):
    client = signed_in(world, "cn_py")
    me = client.get(f"{BASE}/me/").json()
    assert (me["party"]["code"], me["token"], len(me["seats"])) == ("PY", None, 1)
    task = world.task("DOC-03", "PY")
    answer = client.post(
        f"{BASE}/tasks/{task.uuid}/transitions/start/", {}, content_type="application/json", headers={"If-Match": '"1"'}
    )
    assert answer.json()["state"] == "in_progress"
    event = caller(world, "secretary").get(f"/events/?object={task.uuid}").json()["results"][0]
    assert (event["channel"], event["actor"]["party"]) == ("api", "PY")


def test_a_session_writes_with_csrf_only(world):
    client = signed_in(world, "cn_py", csrf=True)
    answer = client.post(f"{BASE}/tokens/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_an_account_without_a_seat_is_told_so(world):
    client = signed_in(world, "cn_py")
    Membership.objects.filter(seat=world.seats["cn_py"]).update(ends_on=date(2026, 3, 2))
    assert code(client.get(f"{BASE}/me/")) == (403, "no_seat")


def test_a_session_of_a_secretariat_owes_its_second_factor(world, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert code(signed_in(world, "secretary").get(f"{BASE}/me/")) == (403, "second_factor_required")
    assert signed_in(world, "cn_py").get(f"{BASE}/me/").status_code == 200


def test_calls_are_counted_told_and_refused_when_too_many(world, settings):
    settings.API_REQUESTS_PER_MINUTE = 3
    api = caller(world, "secretary")
    remaining = [api.get("/me/")["RateLimit-Remaining"] for _call in range(3)]
    assert remaining == ["2", "1", "0"]
    refusal = api.get("/me/")
    assert code(refusal) == (429, "throttled")
    assert 1 <= int(refusal["Retry-After"]) <= 60
    assert caller(world, "approver").get("/me/").status_code == 200


def test_a_password_is_no_token(world):
    world.user("cn_py")
    answer = Client().get(f"{BASE}/me/", headers={"Authorization": f"Basic {PASSWORD}"})
    assert code(answer) == (401, "not_authenticated")
