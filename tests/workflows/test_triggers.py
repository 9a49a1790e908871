"""What PostgreSQL itself refuses, whoever writes: raw SQL against states, the record, the ledger, seats.

Each statement is tried twice: with its guard it must be refused, without it (switched off inside the test) it must pass.
Texts have their own statements in `test_document_triggers`.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from tests.factories import make_world
from tests.workflows.raw_sql import copy, guarded, no_constraint, no_index, no_trigger, run, tried, wrong_in
from tests.workflows.test_document_triggers import GROUPS as OF_DOCUMENTS
from tests.worlds import shared_world
from workflows.actions.deadline import pin_deadline
from workflows.models import Deadline, Message, Party, Reminder, Task

pytestmark = pytest.mark.django_db


# name: (what prepares it, the statement, the guard switched off for the control)
STATES = {
    "a task is verified before it is submitted": (
        "",
        "UPDATE workflows_task SET state = 'verified', version = version + 1 WHERE code = 'HND-01'",
        no_trigger("task"),
    ),
    "a line that names a document is asked of several and verified unsubmitted": (
        "UPDATE workflows_task SET done_by_kind = 'concept_note', done_by_verb = 'clear' WHERE code = 'DOC-03'",
        "UPDATE workflows_task SET state = 'verified', version = version + 1 WHERE code = 'DOC-03' AND parent_id IS NOT NULL",
        no_trigger("task"),
    ),
    "a task names a kind of document and no verb": (
        "",
        "UPDATE workflows_task SET done_by_kind = 'concept_note' WHERE code = 'CON-04'",
        no_constraint("task", "task_done_by_names_kind_and_verb"),
    ),
    "a task goes back to pending": (
        "UPDATE workflows_task SET state = 'in_progress', version = version + 1 WHERE code = 'HND-01'",
        "UPDATE workflows_task SET state = 'pending', version = version + 1 WHERE code = 'HND-01'",
        no_trigger("task"),
    ),
    "work has no comments": (
        "",
        "UPDATE workflows_task SET state = 'no_comments', version = version + 1 WHERE code = 'HND-01'",
        no_trigger("task"),
    ),
    "a State's contribution is waived": (
        "",
        "UPDATE workflows_task SET state = 'waived', version = version + 1 WHERE code = 'DOC-03' AND parent_id IS NOT NULL",
        no_trigger("task"),
    ),
    "a window is waived": (
        "",
        "UPDATE workflows_task SET state = 'waived', version = version + 1 WHERE code = 'DOC-03' AND parent_id IS NULL",
        no_trigger("task"),
    ),
    "a task in a state that no machine knows": (
        "",
        "UPDATE workflows_task SET state = 'done', version = version + 1 WHERE code = 'HND-01'",
        f"{no_trigger('task')}; {no_constraint('task', 'task_state_known')}",
    ),
    "a task changes its state and spends no version": (
        "",
        "UPDATE workflows_task SET state = 'in_progress' WHERE code = 'HND-01'",
        no_trigger("task"),
    ),
    "a task changes its state and spends two versions": (
        "",
        "UPDATE workflows_task SET state = 'in_progress', version = version + 2 WHERE code = 'HND-01'",
        no_trigger("task"),
    ),
    "a meeting is held before it has begun": (
        "",
        "UPDATE workflows_meeting SET state = 'held', version = version + 1 WHERE code = 'cnrc_1'",
        no_trigger("meeting"),
    ),
    "a meeting begins and spends no version": (
        "",
        "UPDATE workflows_meeting SET state = 'begun' WHERE code = 'cnrc_1'",
        no_trigger("meeting"),
    ),
    "a meeting that has begun is cancelled": (
        "UPDATE workflows_meeting SET state = 'begun', version = version + 1 WHERE code = 'cnrc_1'",
        "UPDATE workflows_meeting SET state = 'cancelled', version = version + 1 WHERE code = 'cnrc_1'",
        no_trigger("meeting"),
    ),
    "the summit leaps over the agenda": (
        "",
        "UPDATE workflows_summit SET state = 'text_drafting', version = version + 1 WHERE number = 31",
        no_trigger("summit"),
    ),
    "the summit goes back": (
        "UPDATE workflows_summit SET state = 'agenda_drafting', version = version + 1 WHERE number = 31",
        "UPDATE workflows_summit SET state = 'handover', version = version + 1 WHERE number = 31",
        no_trigger("summit"),
    ),
    "the summit moves and spends no version": (
        "",
        "UPDATE workflows_summit SET state = 'agenda_drafting' WHERE number = 31",
        no_trigger("summit"),
    ),
    "an archived summit opens again": (
        "",
        "UPDATE workflows_summit SET state = 'follow_up', version = version + 1 WHERE number = 30",
        no_trigger("summit"),
    ),
    "a summit is postponed and does not remember from where": (
        "",
        "UPDATE workflows_summit SET state = 'postponed', version = version + 1 WHERE number = 31",
        no_constraint("summit", "summit_postponed_remembers"),
    ),
    "a task is born verified": (
        "",
        copy("task", "code = 'HND-01'", code="'NEW-01'", state="'verified'"),
        no_trigger("task"),
    ),
    "a meeting is born held": (
        "",
        copy("meeting", "code = 'cnrc_1'", code="'new'", state="'held'"),
        no_trigger("meeting"),
    ),
    "a summit that is no record is born archived": (
        "",
        copy("summit", "number = 31", number="77", roman="'LXXVII'", state="'archived'"),
        no_trigger("summit"),
    ),
}

RECORD = {
    "an event is changed": ("", "UPDATE workflows_event SET verb = 'task.verify' WHERE number = 1", no_trigger("event")),
    "an event's hour is changed": ("", "UPDATE workflows_event SET at = at - interval '1 day'", no_trigger("event")),
    "an event is deleted": ("", "DELETE FROM workflows_event WHERE number = 1", no_trigger("event")),
    "the record is emptied": ("", "TRUNCATE workflows_event", no_trigger("event")),
    "the record is emptied in company": (
        "",
        "TRUNCATE workflows_event, workflows_eventpayload",
        f"{no_trigger('event')}; {no_trigger('eventpayload')}",
    ),
    "two events have one number": (
        "",
        copy("event", "number = 1 AND summit_id IS NOT NULL"),
        no_constraint("event", "event_number_once"),
    ),
    "a payload is changed": ("", "UPDATE workflows_eventpayload SET reason = 'otro'", no_trigger("eventpayload")),
    "a payload's salt is changed": ("", "UPDATE workflows_eventpayload SET salt = 'x'", no_trigger("eventpayload")),
    "a payload is deleted": ("", "DELETE FROM workflows_eventpayload", no_trigger("eventpayload")),
    "the payloads are emptied": ("", "TRUNCATE workflows_eventpayload", no_trigger("eventpayload")),
    "an erased payload keeps its text": (
        "",
        "UPDATE workflows_eventpayload SET erased_at = now(), erased_why = 'petición', reason = 'queda'",
        no_constraint("eventpayload", "eventpayload_erased_is_empty"),
    ),
    "a payload is erased without saying why": (
        "",
        "UPDATE workflows_eventpayload SET erased_at = now(), reason = '', data = '{}'",
        no_constraint("eventpayload", "eventpayload_erased_is_empty"),
    ),
    "an erasure is changed": (
        "UPDATE workflows_eventpayload SET erased_at = now(), erased_why = 'petición', reason = '', data = '{}'",
        "UPDATE workflows_eventpayload SET erased_why = 'otra cosa'",
        no_trigger("eventpayload"),
    ),
    "a chain skips a number": ("", "UPDATE workflows_chain SET number = number + 2", no_trigger("chain")),
    "a chain is cut": ("", "UPDATE workflows_chain SET number = number - 1 WHERE number > 0", no_trigger("chain")),
    "a chain's head is changed alone": ("", "UPDATE workflows_chain SET head = 'f00'", no_trigger("chain")),
    "a chain is deleted": ("", "DELETE FROM workflows_chain", no_trigger("chain")),
    "the chains are emptied": ("", "TRUNCATE workflows_chain", no_trigger("chain")),
}

KEPT = {
    "the ledger is changed": ("", "UPDATE workflows_reminder SET rung = 3", no_trigger("reminder")),
    "the ledger loses a row": ("", "DELETE FROM workflows_reminder", no_trigger("reminder")),
    "the ledger is emptied": ("", "TRUNCATE workflows_reminder", no_trigger("reminder")),
    "a rung is written twice": (
        "",
        copy("reminder", "true", outcome="'superseded'", message_id="NULL"),
        no_constraint("reminder", "reminder_once"),
    ),
    "a deadline's history is changed": (
        "",
        "UPDATE workflows_deadlinechange SET reason = 'otra'",
        no_trigger("deadlinechange"),
    ),
    "a deadline's history is deleted": ("", "DELETE FROM workflows_deadlinechange", no_trigger("deadlinechange")),
    "the deadlines' history is emptied": ("", "TRUNCATE workflows_deadlinechange", no_trigger("deadlinechange")),
    "a template's version is changed": (
        "",
        "UPDATE workflows_checklisttemplate SET source = source || ' '",
        no_trigger("checklisttemplate"),
    ),
    "a template's version is deleted": (
        "UPDATE workflows_summit SET template_id = NULL",
        "DELETE FROM workflows_checklisttemplate",
        no_trigger("checklisttemplate"),
    ),
    "a signature is deleted": ("", "DELETE FROM workflows_signature", no_trigger("signature")),
    "the signatures are emptied": ("", "TRUNCATE workflows_signature", no_trigger("signature")),
    "two first signatures under one transition": (
        "",
        copy("signature", "true"),
        no_index("signature_one_waiting"),
    ),
    "a closed deadline wakes": (
        "UPDATE workflows_deadline SET closed_at = now(), next_wake_at = NULL",
        "UPDATE workflows_deadline SET next_wake_at = now()",
        no_constraint("deadline", "deadline_closed_never_wakes"),
    ),
    "a deadline is fixed by hand without a reason": (
        "",
        "UPDATE workflows_deadline SET pinned_at = now(), pinned_reason = '', pinned_by_id = (SELECT min(id) FROM "
        "workflows_seat) WHERE pinned_at IS NULL",
        no_constraint("deadline", "deadline_pinned_with_reason"),
    ),
    "two messages of one key": (
        "",
        copy("message", "true"),
        "ALTER TABLE workflows_message DROP CONSTRAINT workflows_message_key_key",
    ),
}

PARTIES = {
    "a seat has two holders": (
        "",
        copy("membership", "true", person_id="(SELECT max(id) FROM workflows_person)"),
        no_constraint("membership", "membership_one_holder_at_a_time"),
    ),
    "a term ends before it begins": (
        "",
        "UPDATE workflows_membership SET ends_on = starts_on - 1",
        f"{no_constraint('membership', 'membership_dates_in_order')}; "
        f"{no_constraint('membership', 'membership_one_holder_at_a_time')}",
    ),
    "an SPT of no summit": (
        "",
        "UPDATE workflows_party SET summit_id = NULL WHERE kind = 'spt'",
        no_constraint("party", "party_spt_has_summit"),
    ),
    "a delegation of one summit": (
        "",
        "UPDATE workflows_party SET summit_id = (SELECT id FROM workflows_summit WHERE number = 31) WHERE code = 'PY'",
        no_constraint("party", "party_spt_has_summit"),
    ),
    "a second SPT of a summit": (
        "",
        copy("party", "kind = 'spt'", code="'SPT-B'"),
        no_index("party_one_spt_a_summit"),
    ),
    "a second SEGIB": (
        "",
        copy("party", "kind = 'segib'", code="'SEGIB2'"),
        no_index("party_one_segib"),
    ),
    "a second coordinator's seat": (
        "",
        copy("seat", "role = 'national_coordinator'", number="2"),
        no_constraint("seat", "seat_single_roles_are_single"),
    ),
    "a summit numbered by its year": (
        "",
        "UPDATE workflows_summit SET number = 2027 WHERE number = 31",
        no_constraint("summit", "summit_number_is_no_year"),
    ),
    "a second child of one delegation": (
        "",
        "UPDATE workflows_task SET responsible_id = (SELECT id FROM workflows_party WHERE code = 'PY') WHERE parent_id IS NOT "
        "NULL AND responsible_id = (SELECT id FROM workflows_party WHERE code = 'BR')",
        no_index("task_one_child_a_party"),
    ),
    "a decision in one language": (
        "",
        "UPDATE workflows_decision SET text_pt = ''",
        no_constraint("decision", "decision_in_both_languages"),
    ),
}

GROUPS = {"states": STATES, "record": RECORD, "kept": KEPT, "parties": PARTIES}


def build():
    """Return a world with a row in each table: a moved deadline, a rung in the ledger, a signature that waits, a decision."""
    world = make_world()
    deadline = Deadline.objects.get(task=world.task("CON-03"))
    pin_deadline(deadline, due_at=world.now + timedelta(days=90), reason="Feria", actor=world.actor("secretary"), now=world.now)
    seat = world.seats["secretary"]
    message = Message.objects.create(
        key="reminder:1", kind="reminder", summit=world.summit, seat=seat, queued_at=world.now, next_attempt_at=world.now
    )
    Reminder.objects.create(
        deadline=deadline,
        due_at=world.now,
        rung=-7,
        seat=seat,
        leaves_at=world.now,
        written_at=world.now,
        outcome="queued",
        message=message,
    )
    run(
        "INSERT INTO workflows_signature (uuid, version, verb, office, digest, inputs, signed_at, dropped_reason, person_id, "
        f"seat_id, summit_id) VALUES (gen_random_uuid(), 1, 'postpone', 'spt.secretary', 'd', '{{}}', now(), '', "
        f"{world.people['secretary'].pk}, {seat.pk}, {world.summit.pk})",
        "INSERT INTO workflows_decision (uuid, version, number, subject, text_es, text_pt, recorded_at, spent_on, meeting_id, "
        f"recorded_by_id) VALUES (gen_random_uuid(), 1, 1, 'other', 'Sí', 'Sim', now(), '', {world.meeting('cnrc_1').pk}, "
        f"{seat.pk})",
    )
    return world


_built, world = shared_world(build)


@pytest.mark.parametrize("group", GROUPS)
def test_the_database_refuses_and_without_its_guard_lets_pass(world, group):
    assert wrong_in(GROUPS[group]) == []


def test_what_is_legal_passes(world):
    """The guards stand in nobody's way: legal changes of state, one version each, and a chain that grows by one."""
    assert run("UPDATE workflows_task SET state = 'in_progress', version = version + 1 WHERE code = 'HND-01'") == 1
    assert run("UPDATE workflows_task SET state = 'verified', version = version + 1 WHERE code = 'SEC-02'") == 1
    named = "UPDATE workflows_task SET done_by_kind = 'concept_note', done_by_verb = 'clear' WHERE code = 'CON-04'"
    assert run(named, "UPDATE workflows_task SET state = 'verified', version = version + 1 WHERE code = 'CON-04'") == 1
    assert run("UPDATE workflows_meeting SET state = 'begun', version = version + 1 WHERE code = 'cnrc_1'") == 1
    assert run("UPDATE workflows_summit SET state = 'agenda_drafting', version = version + 1 WHERE number = 31") == 1
    erase = "UPDATE workflows_eventpayload SET erased_at = now(), erased_why = 'petición', reason = '', data = '{}'"
    assert run(erase) > 0
    assert run("UPDATE workflows_chain SET number = number + 1, head = 'f00' WHERE summit_id IS NULL") == 1


def test_every_trigger_and_every_machine_has_its_statement():
    """A table that gains a trigger gains a statement here, or among those of documents."""
    assert guarded() == tried(*GROUPS.values(), *OF_DOCUMENTS.values())


def test_a_state_is_not_changed_past_the_engine_by_the_models_either(world):
    """Django's own save is refused the same way: the field is protected, and a bulk update meets the trigger."""
    task = world.task("HND-01")
    with pytest.raises(AttributeError):
        task.state = "verified"
    with pytest.raises(DatabaseError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(state="verified")
    assert Party.objects.filter(kind="spt").count() == 1
