"""Two processes on one transition: one wins, the other is refused cleanly, each time; and the same without the lock fails."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from tests.factories import make_world, ready_texts, to_stage, verify
from tests.faults.racing import WAIT, Start, receive, send
from tests.faults.worker import serve
from workflows.actions.meeting import record_decision
from workflows.models import Event, Message, Seat, Task
from workflows.queries.record import verify_all
from workflows.rules.facts import Inputs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

RACES = 300


class Pair:
    """Two processes that race each other; `run` gives each its starts and returns what came of each race."""

    def __init__(self):
        context = multiprocessing.get_context("spawn")
        self.barrier = context.Barrier(2)  # kept: its semaphores go with it
        self.pipes, self.processes = [], []
        for _side in range(2):
            ours, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, self.barrier, connection.settings_dict["NAME"]), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def run(self, lefts, rights, protection="locked"):
        for pipe, starts in zip(self.pipes, (lefts, rights), strict=True):
            send(pipe, (protection, starts))
        answers = []
        for pipe in self.pipes:
            assert pipe.poll(len(lefts) * 2 + WAIT), "a process does not answer"
            answers.append(receive(pipe))
        return list(zip(*answers, strict=True))

    def stop(self):
        for pipe in self.pipes:
            send(pipe, None)
        for process in self.processes:
            process.join(WAIT)
            if process.is_alive():
                process.kill()


@pytest.fixture(scope="module")
def pair(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        racers = Pair()
    yield racers
    racers.stop()


def copies(world, number, prefix="R"):
    """Return so many pending tasks like HND-01, without deadlines."""
    pattern = world.task("HND-01")
    same = {f: getattr(pattern, f) for f in ("summit", "phase", "kind", "responsible", "verified_by")}
    titles = {"title_es": "Carrera", "title_pt": "Corrida", "title_en": "Race"}
    tasks = [Task(code=f"{prefix}-{n}", position=1000 + n, **same, **titles) for n in range(number)]
    return Task.objects.bulk_create(tasks)


def starts(world, tasks, by, verb="start", **more):
    actor = world.actor(by)
    return [Start(intent=verb, row=task.pk, actor=actor, now=world.now, **more) for task in tasks]


def tally(races):
    """Return how often each pair of outcomes came, the winner first."""
    return Counter(tuple(sorted(race, key=lambda answer: answer != "won")) for race in races)


def is_clean(races, tasks, verb="task.start"):
    """Tell whether each race had one winner and one clean refusal, and left one event and one version."""
    refusals = {"WrongState:wrong_state", "StaleObject:stale"}
    won = all(race.count("won") == 1 and (set(race) - {"won"}) <= refusals for race in races)
    events = Counter(Event.objects.filter(verb=verb).values_list("object_uuid", flat=True))
    once = all(events[task.uuid] == 1 for task in tasks)
    versions = set(Task.objects.filter(pk__in=[t.pk for t in tasks]).values_list("version", flat=True))
    return won and once and versions == {2}


@pytest.mark.long
def test_three_hundred_races_have_three_hundred_winners_and_as_many_clean_refusals(pair):
    world = make_world()
    tasks = copies(world, RACES)
    races = pair.run(starts(world, tasks, "secretary"), starts(world, tasks, "spt_officer"))
    assert tally(races) == {("won", "WrongState:wrong_state"): RACES}
    assert Event.objects.filter(verb="task.start").count() == RACES
    assert is_clean(races, tasks)
    assert all(found.holds for found in verify_all())


def test_without_the_lock_the_same_harness_reports_the_damage(pair):
    """The control: each process reads what the other has not yet written, and both win."""
    world = make_world()
    tasks = copies(world, 20)
    races = pair.run(starts(world, tasks, "secretary"), starts(world, tasks, "spt_officer"), protection="unlocked")
    assert not is_clean(races, tasks)
    assert Event.objects.filter(verb="task.start").count() > len(tasks)


def test_one_mail_follows_one_transition(pair):
    """Two offices submit the same task: one event, and one mail to each seat that verifies."""
    world = make_world()
    tasks = copies(world, 20)
    evidence = Inputs(evidence="Acta")
    lefts, rights = (starts(world, tasks, by, "submit", inputs=evidence) for by in ("secretary", "spt_officer"))
    races = pair.run(lefts, rights)
    assert tally(races) == {("won", "WrongState:wrong_state"): 20}
    assert is_clean(races, tasks, "task.submit")
    mails = Counter(Message.objects.filter(kind="task_submitted").values_list("task_id", flat=True))
    assert mails == {task.pk: 1 for task in tasks}  # secretary or officer: the one who did not submit


def test_page_against_api_the_second_is_told_that_it_read_an_older_version(pair):
    """Both send the version that they read, and do different things from the same state."""
    world = make_world()
    tasks = copies(world, 30)
    waive = Inputs(reason="Ya no procede", authority="Cancillería")
    page = starts(world, tasks, "spt_officer", versioned=True)
    api = starts(world, tasks, "secretary", "waive", versioned=True, inputs=waive)
    races = pair.run(page, api)
    assert tally(races) == {("won", "StaleObject:stale"): 30}
    assert Event.objects.filter(verb__in=["task.start", "task.waive"]).count() == 30
    assert set(Task.objects.filter(code__startswith="R-").values_list("version", flat=True)) == {2}


def test_a_window_closes_while_an_answer_arrives(pair):
    """Before or after, the answer is in: never closed once submitted, and the record says which came first."""
    world = make_world()
    spt, parents, children = world.task("HND-01").responsible, [], []
    pattern = {"summit": world.summit, "phase": world.task("HND-01").phase, "kind": "contribution", "verified_by": spt}
    titles = {"title_es": "Aporte", "title_pt": "Contribuição", "title_en": "Contribution"}
    for n in range(20):
        common = {**pattern, **titles, "code": f"W-{n}", "position": 1000 + n}
        parents.append(Task.objects.create(**common, scope="all_members", responsible=spt))
        children.append(Task.objects.create(**common, parent=parents[-1], responsible=world.seats["cn_py"].party))
    passed = Inputs(accepted=frozenset({"answers_pending", "answers_to_verify"}))
    closing = starts(world, parents, "secretary", "close_window", inputs=passed)
    answering = starts(world, children, "cn_py", "submit", inputs=Inputs(evidence="Aportes"))
    races = pair.run(closing, answering)
    assert tally(races) == {("won", "won"): 20}
    for parent, child in zip(parents, children, strict=True):
        states = dict(Task.objects.filter(pk__in=[parent.pk, child.pk]).values_list("pk", "state"))
        assert states == {parent.pk: "verified", child.pk: "submitted"}
        verbs = list(Event.objects.filter(object_uuid=child.uuid).order_by("number").values_list("verb", "source", "target"))
        closed_first = [("task.close", "pending", "window_closed"), ("task.submit", "window_closed", "submitted")]
        opened = ("task.release", "", "")  # once, to the others who were asked, by whichever came second
        assert verbs in ([("task.submit", "pending", "submitted"), opened], [*closed_first, opened])
    assert all(found.holds for found in verify_all())


def test_two_offices_sign_at_once(pair):
    """One signature waits and the other completes it, whoever was first; the summit moves once each time."""
    world = make_world()
    world.act(world.meeting("cnrc_1"), "begin", "secretary")
    turns = []
    for _turn in range(5):
        for verb, subject in (("postpone", "postponement"), ("resume", "resumption")):
            decision = record_decision(
                world.meeting("cnrc_1"),
                subject=subject,
                text_es="Sí",
                text_pt="Sim",
                actor=world.actor("secretary"),
                now=world.now,
            )
            turns.append((verb, Inputs(decision=str(decision.uuid))))
    sides = [
        [
            Start(intent=verb, row=world.summit.pk, actor=world.actor(by), now=world.now, inputs=inputs, noun="summit")
            for verb, inputs in turns
        ]
        for by in ("secretary", "approver")
    ]
    races = pair.run(*sides)
    assert tally(races) == {("won", "waiting"): 10}
    assert (world.reread().state, world.summit.resumes_to) == ("handover", "")
    assert Event.objects.filter(verb__in=["summit.postpone", "summit.resume"]).count() == 10
    assert Event.objects.filter(verb__in=["summit.postpone.sign", "summit.resume.sign"]).count() == 10


def test_the_ministerial_review_opens_while_the_last_text_is_circulated_anew(pair):
    """Never is the review opened over a text in circulation: what came second saw what came first."""
    world = make_world()
    to_stage(world, "text_drafting")
    ready_texts(world, "negotiation")
    verify(world, "NEG-03", by="segib_officer", verifier="approver")
    to_stage(world, "negotiation")
    ready_texts(world, "minister_review")
    declaration, window = world.document("declaration"), world.now + timedelta(days=9)
    met = Counter()
    for _turn in range(6):
        summit, common = world.reread().pk, {"actor": world.actor("secretary"), "now": world.now}
        [race] = pair.run(
            [Start(intent="open_minister_review", row=summit, noun="summit", **common)],
            [Start(intent="recirculate", row=declaration.pk, noun="document", inputs=Inputs(window_ends_at=window), **common)],
        )
        met[race] += 1
        last = list(Event.objects.filter(verb__in=MOVED_APART).order_by("-number").values_list("verb", flat=True)[:2])
        if race == ("won", "won"):  # a text may go out again during the review, never the review open over it
            assert last == ["document.recirculate", "summit.open_minister_review"]
            world.act(world.reread(), "return_to_negotiation", "secretary", reason="Otra vuelta")
        world.act(world.document("declaration"), "close_window", "secretary")
    assert set(met) <= {("won", "won"), ("GuardsFailed:guards_failed", "won")}
    assert sum(met.values()) == 6
    assert all(found.holds for found in verify_all())


MOVED_APART = ("summit.open_minister_review", "document.recirculate")


def test_people_change_while_work_moves(pair):
    """Filling a seat wakes every deadline of the summit; a task is submitted meanwhile: neither waits for ever."""
    world = make_world()
    children = list(Task.objects.filter(parent=world.task("DOC-03")).order_by("position")[:10])
    officer = Seat.objects.get(party__code="SPT-31", role="officer")
    coming = [
        Start(
            intent="fill_seat",
            row=Seat.objects.get(party__code=code, role="alternate_coordinator").pk,
            actor=None,
            now=world.now,
            inputs=Inputs(reason=f"{n}"),
        )
        for n, code in enumerate(c.responsible.code for c in children)
    ]
    paper = Inputs(on_behalf=True, channel="note_verbale", note_number="NV 1")
    moving = starts(world, children, "approver", "submit", inputs=paper)
    races = pair.run(coming, moving)
    assert tally(races) == {("won", "won"): 10}
    assert officer.memberships.count() == 1
    assert all(found.holds for found in verify_all())
