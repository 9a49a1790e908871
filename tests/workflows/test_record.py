"""The record's proof: each way of tampering is found, and where; an erasure is none."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from tests.factories import make_world, verify
from workflows.models import Chain, Event, EventPayload, Summit
from workflows.queries.record import Expected, Problem, RecordFilters, read_record, verify_all, verify_chain

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = make_world()
    verify(world, "HND-01")
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    return world


@pytest.fixture
def summit(world) -> Summit:
    return world.summit


def tamper(sql: str, *values: object) -> None:
    """Write behind the back of every trigger, as somebody with the database's password would."""
    tables = ("workflows_event", "workflows_eventpayload", "workflows_chain")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        assert cursor.rowcount > 0
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def chain_of(summit: Summit) -> Chain:
    return Chain.objects.get(summit=summit)


def test_an_untouched_record_holds(summit):
    found = verify_chain(summit)
    chain = chain_of(summit)
    assert (found.holds, found.name, found.number, found.head) == (True, "XXXI", chain.number, chain.head)
    assert found.checked == Event.objects.filter(summit_id=summit.pk).count() == chain.number
    assert all(v.holds for v in verify_all())


def test_a_changed_row_is_found_with_its_number(summit):
    tamper("UPDATE workflows_event SET target = 'waived' WHERE chain_id = %s AND number = 3", chain_of(summit).pk)
    assert verify_chain(summit).problems == (Problem("changed", 3),)


def test_a_changed_row_with_a_new_hash_breaks_the_next_link(summit):
    tamper("UPDATE workflows_event SET hash = repeat('a', 64) WHERE chain_id = %s AND number = 3", chain_of(summit).pk)
    assert verify_chain(summit).problems == (Problem("changed", 3), Problem("unlinked", 4))


def test_a_missing_row_in_the_middle_is_found(summit):
    tamper("DELETE FROM workflows_event WHERE chain_id = %s AND number BETWEEN 2 AND 3", chain_of(summit).pk)
    assert verify_chain(summit).problems == (Problem("missing", 2, 3),)


def test_a_cut_tail_is_found_by_the_head_that_the_chain_keeps(summit):
    chain = chain_of(summit)
    tamper("DELETE FROM workflows_event WHERE chain_id = %s AND number >= %s", chain.pk, chain.number - 1)
    assert verify_chain(summit).problems == (Problem("cut", chain.number - 1, chain.number),)


def test_a_tail_cut_together_with_the_chain_is_found_by_the_mailed_head(summit):
    chain = chain_of(summit)
    mailed = Expected("XXXI", chain.number, chain.head)
    before = Event.objects.get(chain_id=chain.pk, number=chain.number - 1)
    tamper("DELETE FROM workflows_event WHERE chain_id = %s AND number = %s", chain.pk, chain.number)
    tamper("UPDATE workflows_chain SET number = number - 1, head = %s WHERE id = %s", before.hash, chain.pk)
    assert verify_chain(summit).holds
    assert verify_chain(summit, expected=[mailed]).problems == (Problem("never_reached", chain.number),)


def test_a_head_that_differs_and_a_row_beyond_the_end_are_found(summit):
    chain = chain_of(summit)
    tamper("UPDATE workflows_chain SET number = number - 1 WHERE id = %s", chain.pk)
    codes = [p.code for p in verify_chain(summit).problems]
    assert codes == ["head_differs", "beyond"]


def test_a_changed_and_a_removed_payload_are_found(summit):
    first, second = Event.objects.filter(chain_id=chain_of(summit).pk).order_by("number")[:2]
    tamper("UPDATE workflows_eventpayload SET reason = 'otra' WHERE event_uuid = %s", first.uuid)
    tamper("DELETE FROM workflows_eventpayload WHERE event_uuid = %s", second.uuid)
    assert verify_chain(summit).problems == (Problem("payload_changed", 1), Problem("payload_missing", 2))


def test_an_erased_payload_still_verifies(summit):
    event = Event.objects.filter(chain_id=chain_of(summit).pk).order_by("number").last()
    EventPayload.objects.filter(event_uuid=event.uuid).update(
        reason="", data={}, erased_at=timezone.now(), erased_why="Petición de la persona"
    )
    found = verify_chain(summit)
    assert (found.holds, found.erased) == (True, 1)


def test_the_command_prints_the_heads_and_fails_when_the_record_is_broken(summit):
    chain, out = chain_of(summit), StringIO()
    call_command("verify_events", stdout=out)
    assert f"XXXI:{chain.number}:{chain.head}" in out.getvalue()
    tamper("UPDATE workflows_event SET object_label = 'DOC-99' WHERE chain_id = %s AND number = 2", chain.pk)
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("verify_events", stdout=out)
    assert refusal.value.returncode == 1
    assert Problem("changed", 2).sentence in out.getvalue()


def test_the_command_compares_with_a_mailed_head(summit):
    chain = chain_of(summit)
    call_command("verify_events", expect=[Expected("XXXI", chain.number, chain.head)], stdout=StringIO())
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_events", "--expect", f"XXXI:{chain.number}:{'0' * 64}", stdout=out)
    assert Problem("not_as_mailed", chain.number).sentence in out.getvalue()
    with pytest.raises(CommandError):
        call_command("verify_events", "--expect", f"LX:1:{'0' * 64}", stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("verify_events", "--expect", "not a head", stdout=StringIO())


def test_the_record_is_read_by_what_one_may_see(world):
    page = read_record(world.summit, actor=world.actor("cn_py"))
    labels = {line.event.object_label for line in page.lines}
    assert "DOC-03/PY" in labels
    assert "HND-01" not in labels
    assert read_record(world.summit, actor=world.actor("cn_br")).lines == [
        line for line in read_record(world.summit, actor=world.actor("cn_br")).lines if line.event.object_label != "DOC-03/PY"
    ]


def test_the_record_is_filtered(world):
    actor = world.actor("secretary")
    mine = read_record(world.summit, actor=actor, filters=RecordFilters(office="PY")).lines
    assert [line.event.verb for line in mine] == ["task.submit"]
    assert "Paraguay" in mine[0].office
    by_verb = read_record(world.summit, actor=actor, filters=RecordFilters(verb="task.verify", label="hnd")).lines
    assert [line.event.object_label for line in by_verb] == ["HND-01"]
    long_ago = RecordFilters(until_on=world.now.date().replace(year=2020))
    assert read_record(world.summit, actor=actor, filters=long_ago).lines == []


def test_the_record_goes_on_by_cursor(world, monkeypatch):
    monkeypatch.setattr("workflows.queries.record.PAGE", 2)
    actor = world.actor("secretary")
    first = read_record(world.summit, actor=actor)
    second = read_record(world.summit, actor=actor, before=first.older_than)
    assert (first.newer_than, second.lines[0].event.number) == (None, first.lines[-1].event.number - 1)
    back = read_record(world.summit, actor=actor, after=second.newer_than)
    assert [line.event.number for line in back.lines] == [line.event.number for line in first.lines]
