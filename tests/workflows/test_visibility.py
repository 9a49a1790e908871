"""Who sees which rows: every model with `visible_to` × every seat, counted by hand in a small world."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps

from tests.factories import make_world
from tests.workflows.onlookers import COLUMNS, PARAGUAY, actor, differences, seat_for, unnoticed
from tests.workflows.test_document_visibility import COUNTS as OF_DOCUMENTS
from tests.worlds import shared_world
from workflows.actions.meeting import change_meeting, record_attendance, record_decision, set_agenda
from workflows.actions.summit import change_host, create_summit
from workflows.actions.task import add_comment, add_evidence
from workflows.models import (
    Event,
    EventPayload,
    Evidence,
    Meeting,
    Message,
    Party,
    Reminder,
    Summit,
    Task,
    Token,
    Troika,
)
from workflows.queries.actor import actor_of_token, actor_of_user

pytestmark = pytest.mark.django_db

SECRET = "borrador-canario-7f3a"


def build():
    """Return the world of the counts: what is in it is said line by line, so that each number can be counted.

    The XXXI Summit (Spain) with its 9 lines and 22 contributions, the XXXII (Brazil) without a checklist, 30 past
    ones. Paraguay has a draft under its contribution and a comment; Brazil has submitted, was asked for clarification and has
    submitted again; the first coordinators' meeting has begun and decided; SEGIB has signed a postponement that waits for the
    SPT.
    """
    world = make_world()
    world.other = create_summit(
        number=32,
        host=Party.objects.get(code="BR"),
        opening_on=date(2029, 11, 10),
        protocol_list=world.summit.protocol_list,
        actor=None,
        now=world.now,
    )
    observer = Party.objects.create(kind="observer", code="OBS", name_es="Observador", zone="Europe/Rome", list_name_es="Obs.")
    seat_for(world, "mailbox_py", Party.objects.get(code="PY"), "mailbox")
    seat_for(world, "observer", observer, "observer")
    seat_for(world, "other_spt", Party.objects.get(code="SPT-32"), "secretary")
    cn_py, secretary = world.actor("cn_py"), world.actor("secretary")
    add_evidence(world.task("DOC-03", "PY"), text=SECRET, actor=world.actor("reviewer_py"), now=world.now)
    add_comment(world.task("DOC-03", "PY"), text="Llegará esta semana", actor=cn_py, now=world.now)
    add_comment(world.task("CON-03"), text="Falta el presupuesto", actor=world.actor("spt_officer"), now=world.now)
    world.act(world.task("DOC-03", "BR"), "submit", "cn_br", evidence="Aportes de Brasil")
    world.act(world.task("DOC-03", "BR"), "return", "secretary", reason="¿Qué párrafo?")
    world.act(world.task("DOC-03", "BR"), "submit", "cn_br", evidence="Aportes de Brasil, aclarados")
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    set_agenda(world.meeting("cnrc_1"), items=[{"es": "Tema"}, {"es": "Fechas"}], actor=secretary, now=world.now)
    record_attendance(
        world.meeting("cnrc_1"), levels={Party.objects.get(code="PY"): "coordinator"}, actor=secretary, now=world.now
    )
    decision = record_decision(
        world.meeting("cnrc_1"), subject="postponement", text_es="Se aplaza", text_pt="Adia-se", actor=secretary, now=world.now
    )
    change_meeting(world.meeting("rmre_final"), open_to_observers=True, actor=secretary, now=world.now)
    world.act(world.reread(), "postpone", "approver", decision=str(decision.uuid))
    for name in ("secretary", "cn_py"):
        Token.objects.create(
            seat=world.seats[name],
            name=name,
            prefix=name,
            digest=name,
            scopes=["*:read"],
            created_at=world.now,
            created_by=world.people[name],
            expires_at=world.now + timedelta(days=90),
        )
    deadline = world.task("DOC-03", "BR").deadline
    for number, name in enumerate(("cn_br", "secretary")):
        Reminder.objects.create(
            deadline=deadline,
            due_at=world.now,
            rung=number,
            seat=world.seats[name],
            leaves_at=world.now,
            written_at=world.now,
            outcome="superseded",
        )
    return world


_built, world = shared_world(build)


# The events of the XXXI Summit: create, copy_template, two terms in the SPT, prepare, two comments, submit, return, submit,
# begin, set_agenda, record_attendance, record_decision, change, postpone.sign: 16; the draft is Paraguay's alone.
# To all go create, begin, set_agenda, record_attendance, record_decision and change: 6. Paraguay adds its draft and its comment
# (8), Brazil its submissions and the return (9). Of the XXXII there are create and one term: 2.
COUNTS = {
    #                 segib×3    spt×2   py: cn rc reviewer mailbox  br  pt  oei obs other spt
    "Summit":         (32, 32, 32, 31, 31, 32, 32, 32, 32, 32, 32, 32, 30, 31),
    "Phase":          (8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0, 0),
    "Participation":  (52, 52, 52, 26, 26, 52, 52, 52, 52, 52, 52, 52, 0, 26),
    "Troika":         (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "Signature":      (1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "Meeting":        (4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0),
    "AgendaItem":     (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0),
    "Attendance":     (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    "Decision":       (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0),
    "Task":           (31, 31, 31, 31, 31, 2, 2, 2, 2, 2, 2, 0, 0, 0),
    "Deadline":       (31, 31, 31, 31, 31, 2, 2, 2, 2, 2, 2, 0, 0, 0),
    "DeadlineChange": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "Dependency":     (3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "Evidence":       (2, 2, 2, 2, 2, 1, 1, 1, 1, 2, 0, 0, 0, 0),
    "Comment":        (2, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    "Message":        (6, 6, 6, 6, 6, 0, 0, 0, 0, 1, 0, 0, 0, 0),
    "Reminder":       (2, 2, 2, 2, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0),
    "Ladder":         (3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    "ChecklistTemplate": (1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1),
    "Token":          (0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    # 22 delegations, SEGIB, 4 bodies, the observer: 28; each SPT sees itself besides, who takes part in both sees both
    "Party":          (30, 30, 30, 29, 29, 30, 30, 30, 30, 30, 30, 30, 28, 29),
    # SEGIB 3, bodies 4, delegations 22 × 4 + reviewer + mailbox of Paraguay, SPT 2 + 2, observer 1: 102
    "Seat":           (102, 102, 102, 99, 99, 59, 59, 59, 59, 57, 57, 55, 52, 99),
    "Membership":     (16, 16, 16, 14, 14, 15, 15, 15, 15, 12, 12, 12, 10, 13),
    "Person":         (16, 16, 16, 14, 14, 15, 15, 15, 15, 12, 12, 12, 10, 13),
    "Event":          (15, 15, 15, 15, 15, 8, 8, 8, 8, 9, 6, 6, 0, 0),
    "EventPayload":   (15, 15, 15, 15, 15, 8, 8, 8, 8, 9, 6, 6, 0, 0),
}  # fmt: skip


def rows(world, model):
    """Return the rows that the table counts: all, and of the record only what belongs to the XXXI Summit."""
    found = model.objects.all()
    if model is Event:
        return found.filter(summit_id=world.summit.pk)
    if model is EventPayload:
        return found.filter(event_uuid__in=Event.objects.filter(summit_id=world.summit.pk).values("uuid"))
    return found


WITHOUT = {
    # read through their owner alone, or the machine's own, or known to all
    "Chain": "its events are asked, not the chain",
    "Rung": "read with its ladder",
    "ProtocolList": "the order of protocol is known to all",
    "ProtocolPlace": "the order of protocol is known to all",
    "DayOverride": "a country's days off are known to all",
    "User": "accounts: each person's own",
    "ClockOffset": "the machine's own",
    "Heartbeat": "the machine's own",
    "IdempotentAnswer": "the machine's own",
    "RequestCount": "the machine's own",
}


def test_every_model_is_counted():
    """A model with `visible_to` without a line here fails; one without `visible_to` gives a reason."""
    models = {m.__name__: hasattr(m.objects.all(), "visible_to") for m in apps.get_app_config("workflows").get_models()}
    assert {name for name, asks in models.items() if asks} == set(COUNTS) | set(OF_DOCUMENTS)
    assert {name for name, asks in models.items() if not asks} == set(WITHOUT)


def test_every_seat_sees_what_is_its_to_see(world):
    assert differences(world, COUNTS, rows=rows) == []


BLIND_SPOTS = {"Troika", "DeadlineChange"}  # the world has no row of these; their own tests follow


def test_a_rule_that_lets_everything_through_is_noticed(world, monkeypatch):
    """The control: without its rule each model shows more than the table says."""
    assert unnoticed(world, COUNTS, monkeypatch, rows=rows) == BLIND_SPOTS


# Drafts -------------------------------------------------------------------------------------------------------------


def test_a_draft_is_its_delegation_s_alone(world):
    seen = {name for name in COLUMNS if Evidence.objects.visible_to(actor(world, name)).filter(text=SECRET).exists()}
    assert seen == set(PARAGUAY)


def test_nor_does_anybody_else_learn_that_something_is_being_prepared(world):
    prepared = Event.objects.filter(verb="task.prepare")
    seen = {name for name in COLUMNS if prepared.visible_to(actor(world, name)).exists()}
    assert seen == set(PARAGUAY)
    assert [SECRET in str(p.data) + p.reason for p in EventPayload.objects.all() if SECRET in str(p.data)] == []


def test_a_draft_stays_private_when_the_secretariat_records_the_delegation_s_note(world):
    paper = {"on_behalf": True, "channel": "note_verbale", "note_number": "NV 9/2027"}
    world.act(world.task("DOC-03", "PY"), "submit", "spt_officer", evidence="Nota verbal 9/2027", **paper)
    seen = Evidence.objects.visible_to(actor(world, "secretary")).filter(task=world.task("DOC-03", "PY"))
    assert [e.text for e in seen] == ["Nota verbal 9/2027"]
    assert [e.text for e in Evidence.objects.visible_to(actor(world, "auditor")).filter(text=SECRET)] == []


def test_a_draft_is_seen_once_its_delegation_submits(world):
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py")
    assert Evidence.objects.visible_to(actor(world, "spt_officer")).filter(text=SECRET).count() == 1
    assert Evidence.objects.visible_to(actor(world, "cn_br")).filter(text=SECRET).count() == 0


# From when others see an answer -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "closed", "seen_by_pt"),
    [
        ("never", False, 0),
        ("never", True, 0),
        ("window_closed", False, 0),
        ("window_closed", True, 1),
        ("at_once", False, 1),
        ("at_once", True, 1),
    ],
)
def test_others_see_an_answer_from_the_moment_that_the_summit_says(world, setting, closed, seen_by_pt):
    Summit.objects.filter(pk=world.summit.pk).update(others_see=setting)
    if closed:
        world.act(
            world.task("DOC-03"), "close_window", "secretary", accepted=frozenset({"answers_pending", "answers_to_verify"})
        )
    answers = Task.objects.filter(parent=world.task("DOC-03")).exclude(responsible__code="PT")
    assert answers.visible_to(actor(world, "cn_pt")).count() == seen_by_pt
    assert Evidence.objects.visible_to(actor(world, "cn_pt")).count() == 2 * seen_by_pt
    assert answers.visible_to(actor(world, "mailbox_py")).exclude(responsible__code="PY").count() == 0
    assert answers.visible_to(actor(world, "observer")).count() == 0
    assert answers.visible_to(actor(world, "secretary")).count() == 21


# Troika, a former SPT, a former member ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads_checklist", "reads_record", "until", "tasks", "events"),
    [
        (False, False, None, 0, 0),
        (True, False, None, 10, 0),
        (False, True, None, 0, 6),
        (True, True, None, 10, 6),
        (True, True, date(2026, 1, 31), 0, 0),
    ],
)
def test_a_party_of_the_troika_reads_what_its_place_says_while_it_lasts(
    world, reads_checklist, reads_record, until, tasks, events
):
    """The next host's SPT: 9 lines and Brazil's answer; of the record what goes to all."""
    Troika.objects.create(
        summit=world.summit,
        party=Party.objects.get(code="SPT-32"),
        place="next",
        from_on=date(2025, 11, 16),
        until_on=until,
        reads_checklist=reads_checklist,
        reads_record=reads_record,
    )
    reader = actor(world, "other_spt")
    assert Task.objects.visible_to(reader).count() == tasks
    assert Event.objects.filter(summit_id=world.summit.pk).visible_to(reader).count() == events
    assert Evidence.objects.visible_to(reader).filter(text=SECRET).count() == 0
    assert Summit.objects.visible_to(reader).filter(pk=world.summit.pk).exists() is (until is None)


# what a secretariat whose summit was given to another host still sees: the directory that everybody sees, its own mail
AFTER = {
    "Summit": 30,
    "Party": 29,
    "Message": 5,
    "Reminder": 1,
    "Token": 1,
    "Seat": 53,
    "Membership": 11,
    "Person": 11,
}


def test_a_former_secretariat_sees_nothing_of_the_summit(world):
    secretary = world.actor("secretary")
    decision = record_decision(
        world.meeting("cnrc_1"),
        subject="change_of_host",
        text_es="Portugal",
        text_pt="Portugal",
        actor=secretary,
        now=world.now,
    )
    change_host(
        world.reread(),
        host=Party.objects.get(code="PT"),
        decision=str(decision.uuid),
        reason="Acuerdo",
        actor=world.actor("approver"),
        now=world.now,
    )
    former = actor(world, "secretary")
    assert former.rights_ended
    own = Event.objects.filter(actor_party_id=former.party_id)
    assert own.exists()
    seen = {noun: apps.get_model("workflows", noun).objects.visible_to(former).count() for noun in COUNTS}
    assert {noun: count for noun, count in seen.items() if count} == AFTER
    assert Message.objects.visible_to(former).exclude(seat__party_id=former.party_id).count() == 0
    new = Party.objects.get(kind="spt", summit=world.summit, ended_at__isnull=True)
    assert not Party.objects.visible_to(former).filter(pk=new.pk).exists()


def test_a_former_member_makes_no_actor_neither_by_page_nor_by_token(world):
    user, token = world.user("cn_py"), Token.objects.select_related("seat__party").get(prefix="cn_py")
    assert actor_of_user(user, world.now)[0] is not None
    assert actor_of_token(token, world.now) is not None
    term = user.person.memberships.get()
    term.ends_on = term.starts_on
    term.save()
    assert actor_of_user(user, world.now) == (None, [])
    assert actor_of_token(token, world.now) is None


def test_an_observer_sees_the_meetings_that_are_marked_for_it(world):
    """And only of summits of which it is part."""
    world.summit.participations.create(
        party=Party.objects.get(code="OBS"), position=99, from_on=date(2026, 1, 1), until_on=None
    )
    observer = actor(world, "observer")
    assert [m.code for m in Meeting.objects.visible_to(observer)] == ["rmre_final"]
    assert Task.objects.visible_to(observer).count() == 0
    assert Event.objects.visible_to(observer).filter(summit_id=world.summit.pk).count() == 0


def test_the_machine_sees_all(world):
    """`None` is the system; a request without a seat must never be asked with it."""
    assert Task.objects.visible_to(None).count() == 31
    assert Event.objects.visible_to(None).filter(verb="task.prepare").count() == 1
