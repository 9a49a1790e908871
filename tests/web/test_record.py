"""The record's pages: by right, narrowed, with proof; and its file."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_world, verify
from tests.web.clock import stand_at
from tests.workflows.test_record import tamper
from workflows.models import Chain, Event

pytestmark = pytest.mark.django_db
URL = "/summits/xxxi/record/"


@pytest.fixture
def world():
    world = make_world()
    stand_at(world.now)
    verify(world, "HND-01")
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 12/2026"}
    world.act(world.task("DOC-03", "PE"), "submit", "spt_officer", **paper)
    world.act(world.task("DOC-03", "PE"), "return", "secretary", reason="Falta el anexo")
    return world


def test_an_event_says_who_for_whom_how_when_from_to_and_why(world, enter):
    html = enter("approver").get(URL).content.decode()
    event = Event.objects.get(verb="task.return")
    line = html.split(f'id="event-{event.number}"')[1].split("</li>")[0]
    assert "Falta el anexo" in line
    assert "From “Submitted” to “In progress”." in line
    assert "(Madrid)" in line
    assert event.hash in line
    assert event.previous_hash in line
    note = html.split(f'id="event-{event.number - 1}"')[1].split("</li>")[0]
    assert "by note verbale (NV 12/2026)" in note
    assert "in the name of Peru" in note
    assert "holder" not in html, "no person is named"


def test_both_clocks_where_they_differ(world, enter):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    html = enter("cn_py").get(f"{URL}?label=DOC-03/PY").content.decode()
    line = html.split('id="event-')[1]
    assert "(Asunción)" in line
    assert "(Madrid)" in line


def test_a_delegation_sees_what_is_addressed_to_it(enter):
    html = enter("cn_py").get(URL).content.decode()
    assert "HND-01" not in html
    assert "Falta el anexo" not in html


def test_it_is_narrowed_and_the_address_keeps_it(enter):
    client = enter("spt_officer")
    html = client.get(f"{URL}?verb=task.verify&label=&office=").content.decode()
    assert html.count('id="event-') == 1
    assert f'href="{URL}?verb=task.verify"' in html
    assert f'href="{URL}">Remove the filters' in html
    assert client.get(f"{URL}?from_on=2027-01-01").content.decode().count('id="event-') == 0
    assert client.get(f"{URL}?office=PE").content.decode().count('id="event-') == 1


@pytest.mark.parametrize("query", ["?from_on=odd", "?before=x&after=-1", "?verb=%00", "?before=99999999999999999999"])
def test_an_odd_address_never_fails(enter, query):
    assert enter("spt_officer").get(f"{URL}{query}").status_code == 200


def test_it_goes_on_to_older_events_and_back(world, enter, monkeypatch):
    monkeypatch.setattr("workflows.queries.record.PAGE", 2)
    client = enter("spt_officer")
    first = client.get(URL).content.decode()
    last = Chain.objects.get(summit=world.summit).number
    assert f'href="{URL}?before={last - 1}" rel="next"' in first
    assert 'rel="prev"' not in first
    assert f'href="{URL}?after={last - 2}" rel="prev"' in client.get(f"{URL}?before={last - 1}").content.decode()


def test_a_reader_verifies_it(world, enter):
    html = enter("cn_py").get(f"{URL}verify/").content.decode()
    chain = Chain.objects.get(summit=world.summit)
    assert "The record holds" in html
    assert chain.head in html
    tamper("UPDATE workflows_event SET target = 'waived' WHERE chain_id = %s AND number = 2", chain.pk)
    broken = enter("cn_py").get(f"{URL}verify/").content.decode()
    assert "The record does not hold" in broken
    assert "Event 2 was changed" in broken


def test_the_file_holds_the_hashes(enter):
    answer = enter("spt_officer").get(f"{URL}export/csv/?verb=task.return")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    event = Event.objects.get(verb="task.return")
    assert len(rows) == 2
    assert (rows[1][0], rows[1][4], rows[1][11], rows[1][12]) == (
        str(event.number),
        "task.return",
        "Falta el anexo",
        event.hash,
    )


def test_the_same_number_of_queries_for_few_events_and_for_many(world, enter):
    client = enter("spt_officer")

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"{URL}?label=DOC-03").status_code == 200
        return len(caught)

    count()
    few = count()
    for party in ("AR", "BO", "CL", "CO", "CR", "CU"):
        paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 12/2026"}
        world.act(world.task("DOC-03", party), "submit", "spt_officer", **paper)
    assert (count(), few <= 25) == (few, True)
