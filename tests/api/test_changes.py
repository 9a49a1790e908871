"""The record and the feed of changes: in order, without gaps, only what the caller may see."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.change import place_to_wait
from tests.api.conftest import caller, follow
from workflows.actions.party import set_by_note_verbale
from workflows.actions.summit import describe_summit
from workflows.models import Chain, Event
from workflows.queries.clock import read_clock

pytestmark = pytest.mark.django_db


def describe(world, text: str) -> None:
    describe_summit(world.summit, fields={"motto_es": text}, actor=world.actor("secretary"), now=read_clock())


def test_the_feed_gives_every_event_once_in_the_order_of_commits(world):
    api = caller(world, "approver")
    events, cursor = follow(api)
    assert [e["uuid"] for e in events] == [str(e.uuid) for e in Event.objects.order_by("pk")]
    numbers = [e["number"] for e in events if e["summit"]]
    assert numbers == list(range(1, len(numbers) + 1))
    describe(world, "Juntos")
    set_by_note_verbale(world.task("DOC-03", "PY").responsible, by_note=True, actor=world.actor("approver"), now=read_clock())
    fresh, later = follow(api, cursor=cursor)
    assert [e["verb"] for e in fresh] == ["summit.describe", "party.set_by_note_verbale"]
    assert follow(api, cursor=later) == ([], later)


def test_the_feed_gives_only_what_the_caller_may_see(world):
    api = caller(world, "cn_py")
    _before, cursor = follow(api)
    for name, party in (("cn_py", "PY"), ("cn_br", "BR")):
        world.act(world.task("DOC-03", party), "submit", name, evidence="x")
    world.act(world.task("HND-01"), "start", "spt_officer")
    describe(world, "Juntos")
    events, _after = follow(api, cursor=cursor)
    assert [(e["verb"], e["object"]["label"]) for e in events] == [("task.submit", "DOC-03/PY"), ("summit.describe", "XXXI")]
    assert events[1]["data"] == {}


def test_what_the_caller_may_not_see_is_passed_over_for_good(world):
    api = caller(world, "cn_py")
    _before, cursor = follow(api)
    world.act(world.task("HND-01"), "start", "spt_officer")
    events, moved = follow(api, cursor=cursor)
    assert (events, moved == cursor) == ([], False)


def test_a_quiet_feed_asks_the_events_nothing(world):
    api = caller(world, "approver")
    _events, cursor = follow(api)
    with CaptureQueriesContext(connection) as captured:
        api.get(f"/changes/?since={cursor}")
    asked = [q["sql"] for q in captured.captured_queries]
    assert [q for q in asked if 'FROM "workflows_event"' in q] == []


@pytest.mark.parametrize("cursor", ["x", "e30x", "WzFd", "eyJhIjoxfQ", "eyIxIjotMX0", "eyIxIjoidCJ9", "eyIxIjp0cnVlfQ"])
def test_a_foreign_cursor_is_answered_400(world, cursor):
    answer = caller(world, "secretary").get(f"/changes/?since={cursor}")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "since")


def test_waiting_ends_with_the_first_event(world, monkeypatch):
    api = caller(world, "approver")
    _events, cursor = follow(api)
    monkeypatch.setattr("api.change.time.sleep", lambda _seconds: describe(world, "Juntos"))
    page = api.get(f"/changes/?since={cursor}&wait=25").json()
    assert [e["verb"] for e in page["events"]] == ["summit.describe"]


def test_waiting_ends_with_its_time(world):
    api = caller(world, "approver")
    _events, cursor = follow(api)
    began = time.monotonic()
    page = api.get(f"/changes/?since={cursor}&wait=1").json()
    assert (page["events"], 0.9 < time.monotonic() - began < 5) == ([], True)
    assert api.get("/changes/?wait=26").status_code == 400


def test_few_may_wait_at_once_and_each_account_once(settings):
    settings.API_LONG_POLLS = 2
    with place_to_wait("a") as first, place_to_wait("a") as again, place_to_wait("b") as second, place_to_wait("c") as third:
        assert (first, again, second, third) == (True, False, True, False)
    with place_to_wait("c") as free:
        assert free is True


# The record ------------------------------------------------------------------------------------------------------


def test_an_event_says_who_for_whom_how_when_from_to_why_and_its_proof(world):
    sent = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 7", "reason": "Nota del 1 de marzo"}
    api = caller(world, "secretary")
    world.act(world.task("DOC-03", "PE"), "submit", "spt_officer", **sent)
    event = api.get("/events/?verb=task.submit").json()["results"][0]
    assert (event["actor"]["party"], event["actor"]["role"], event["for_party"]) == ("SPT-31", "officer", "PE")
    assert (event["channel"], event["source"], event["target"], event["reason"]) == (
        "note_verbale",
        "pending",
        "submitted",
        "Nota del 1 de marzo",
    )
    assert event["data"] == {"note_number": "NV 7"}
    assert event["at"]["zone"] == "Europe/Madrid"
    assert "Peru" in event["sentence"]
    one = api.get(f"/events/{event['uuid']}/")
    assert one["ETag"] == f'"{event["proof"]["hash"]}"'
    before = Event.objects.get(chain_id=Event.objects.get(uuid=event["uuid"]).chain_id, number=event["number"] - 1)
    assert event["proof"]["previous_hash"] == before.hash
    assert Chain.objects.get(summit=world.summit).head == event["proof"]["hash"]


def test_the_record_is_narrowed_and_the_latest_stands_first(world):
    api = caller(world, "secretary")
    task = world.task("HND-01")
    world.act(task, "start", "spt_officer")
    world.act(world.task("HND-01"), "submit", "spt_officer", evidence="x")
    assert [e["verb"] for e in api.get(f"/events/?object={task.uuid}").json()["results"]] == ["task.submit", "task.start"]
    assert {e["noun"] if "noun" in e else e["object"]["noun"] for e in api.get("/events/?noun=summit").json()["results"]} == {
        "summit"
    }
    since = (world.now + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {e["verb"] for e in api.get(f"/events/?since={since}").json()["results"]} == {"token.create"}
    assert api.get(f"/events/?summit=xxxi&until={since}&limit=1").json()["next"] is not None


def test_the_record_follows_sight(world):
    world.act(world.task("HND-01"), "start", "spt_officer")
    started = caller(world, "secretary").get("/events/?verb=task.start").json()["results"][0]
    assert caller(world, "cn_py").get("/events/?verb=task.start").json()["results"] == []
    assert caller(world, "cn_py").get(f"/events/{started['uuid']}/").status_code == 404
