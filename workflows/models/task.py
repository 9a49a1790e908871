"""Tasks: the lines of the checklist, what they wait for, their evidence and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from workflows.models.base import Entity, SeenThroughQuerySet, in_language, machine_triggers, one_of, shape_trigger
from workflows.models.summit import Summit
from workflows.models.task_machine import TaskMachine
from workflows.states import (
    OPEN_TASK,
    Authority,
    Channel,
    Gate,
    OthersSee,
    PartyKind,
    Scope,
    SeatRole,
    TaskKind,
    TaskState,
)

if TYPE_CHECKING:
    from workflows.rules.facts import Actor

T = TaskState
SHAPES = {
    "parent": "NEW.scope <> 'single'",
    "child": "NEW.parent_id IS NOT NULL AND NEW.kind = 'contribution'",
    "instance": "NEW.parent_id IS NOT NULL AND NEW.kind <> 'contribution'",
    "work": "NEW.parent_id IS NULL AND NEW.scope = 'single'",
}
"""Which rows are of each shape that verbs are narrowed to, in SQL (the twin of `rules.evaluate.shape_of`)."""

ANSWERED = (T.SUBMITTED, T.VERIFIED, T.NO_COMMENTS)

SEEN_BY_OTHERS = Q(parent__isnull=False, state__in=ANSWERED) & (
    Q(summit__others_see=OthersSee.AT_ONCE) | Q(summit__others_see=OthersSee.WINDOW_CLOSED, parent__state=T.VERIFIED)
)
"""From when an answer is seen by the others who were asked: at once, when its window closes, or never."""


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks by shape and by what an actor may see."""

    def top(self) -> TaskQuerySet:
        """Return the lines of the checklist, without the children under them."""
        return self.filter(parent__isnull=True)

    def open(self) -> TaskQuerySet:
        """Return those whose work is still owed."""
        return self.filter(state__in=sorted(OPEN_TASK))

    def seen_by_others(self) -> TaskQuerySet:
        """Return the answers that the other parties asked may see by now, as the summit's setting says."""
        return self.filter(SEEN_BY_OTHERS)

    def visible_to(self, actor: Actor | None) -> TaskQuerySet:
        """Return the tasks that the actor may see (machines: visibility).

        SEGIB and the summit's SPT see all; a delegation or a body its own and the line under which it was asked,
        and the others' answers from the moment that the summit's setting says; a party of the Troika reads what its
        place says; an observer sees none.
        """
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        if actor.rights_ended or actor.party_kind == PartyKind.OBSERVER:
            return self.none()
        read = {"troika__party_id": actor.party_id, "troika__reads_checklist": True, "troika__until_on__isnull": True}
        troika = Q(summit__in=Summit.objects.filter(**read).values("pk"))
        read_as_troika = troika & (Q(parent__isnull=True) | Q(state__in=ANSWERED))
        if actor.party_kind == PartyKind.SPT:
            return self.filter(Q(summit_id=actor.summit_id) | read_as_troika)
        asked = Task.objects.filter(responsible_id=actor.party_id)
        own = Q(responsible_id=actor.party_id) | Q(pk__in=asked.filter(parent__isnull=False).values("parent_id"))
        if actor.role == SeatRole.MAILBOX:
            return self.filter(own)
        others = Q(parent__in=asked.values("parent_id")) & SEEN_BY_OTHERS
        return self.filter(own | others | read_as_troika)


class Task(TaskMachine, Entity):
    """A line of the checklist, or one party's part of it.

    A line asked of several (`scope` other than single) is a parent: `responsible` keeps its window, and each party asked
    has a child with its own state and deadline.
    """

    summit = models.ForeignKey(Summit, models.CASCADE, related_name="tasks")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    phase = models.ForeignKey("Phase", models.PROTECT, related_name="tasks")
    code = models.CharField(max_length=16)
    position = models.PositiveIntegerField(help_text="Its place in the checklist; of a child: in protocol order")
    title_es = models.CharField(max_length=200)
    title_pt = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    deliverable_es = models.CharField(max_length=300, blank=True)
    deliverable_pt = models.CharField(max_length=300, blank=True)
    deliverable_en = models.CharField(max_length=300, blank=True)
    applies_if_es = models.CharField(max_length=200, blank=True)
    applies_if_pt = models.CharField(max_length=200, blank=True)
    applies_if_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=12, choices=TaskKind)
    scope = models.CharField(max_length=24, choices=Scope, default=Scope.SINGLE)
    responsible = models.ForeignKey("Party", models.PROTECT, related_name="tasks")
    verified_by = models.ForeignKey("Party", models.PROTECT, related_name="verifies")
    authority = models.CharField(max_length=2, choices=Authority, blank=True)
    blocks = models.ForeignKey("Phase", models.PROTECT, null=True, blank=True, related_name="blocked_by")
    gate = models.CharField(max_length=8, choices=Gate, blank=True)
    from_template = models.BooleanField(default=False)
    done_by_kind = models.CharField(max_length=40, blank=True, help_text="The kind of document that completes it")
    done_by_verb = models.CharField(max_length=40, blank=True, help_text="The document's transition that completes it")
    created_at = models.DateTimeField(auto_now_add=True)
    depends_on = models.ManyToManyField("self", through="Dependency", symmetrical=False, related_name="awaited_by")

    objects = TaskQuerySet.as_manager()

    class Meta:
        triggers = [*machine_triggers(TaskMachine, initial=T.PENDING), shape_trigger(TaskMachine, SHAPES)]
        constraints = [
            one_of("state", TaskState),
            one_of("kind", TaskKind),
            one_of("scope", Scope),
            one_of("gate", Gate, blank=True),
            one_of("authority", Authority, blank=True),
            one_of("channel", Channel, blank=True),
            models.UniqueConstraint(fields=["summit", "code"], condition=Q(parent__isnull=True), name="task_code_once"),
            models.UniqueConstraint(
                fields=["parent", "responsible"], condition=Q(parent__isnull=False), name="task_one_child_a_party"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | Q(scope=Scope.SINGLE), name="task_children_have_no_children"
            ),
            models.CheckConstraint(condition=Q(gate="") | Q(blocks__isnull=False), name="task_gate_blocks_a_phase"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True)
                | Q(submitted_by__isnull=False, submitted_by_person__isnull=False, received_at__isnull=False),
                name="task_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=T.SUBMITTED) | Q(submitted_at__isnull=False), name="task_submitted_has_hour"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(received_at__lte=F("submitted_at")),
                name="task_received_before_recorded",
            ),
        ]
        indexes = [
            models.Index(fields=["summit", "phase", "position", "id"], name="task_in_order"),
            models.Index(fields=["responsible", "state"], name="task_by_responsible"),
            models.Index(fields=["parent"], name="task_by_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.responsible_id}"

    @property
    def title(self) -> str:
        """The matter in the active language."""
        return in_language(self, "title")

    @property
    def deliverable(self) -> str:
        """What is to be delivered, in the active language."""
        return in_language(self, "deliverable")

    @property
    def applies_if(self) -> str:
        """The condition under which the task applies, in the active language; empty when it always does."""
        return in_language(self, "applies_if")

    @property
    def is_parent(self) -> bool:
        """Whether the line is asked of several parties, each with a child of its own."""
        return self.scope != Scope.SINGLE

    @property
    def is_child(self) -> bool:
        """Whether it is one party's part of a line."""
        return self.parent_id is not None


class DependencyQuerySet(SeenThroughQuerySet):
    """What waits for what, among the tasks that an actor may see."""

    owner = "task"

    def visible_to(self, actor: Actor | None) -> Self:
        """Return those of which the actor may see both ends."""
        seen = super().visible_to(actor)
        return seen if actor is None else seen.filter(depends_on__in=Task.objects.visible_to(actor))


class Dependency(models.Model):
    """A task waits for another of the same summit."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="dependencies")
    depends_on = models.ForeignKey(Task, models.CASCADE, related_name="dependents")

    objects = DependencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "depends_on"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(task=F("depends_on")), name="dependency_not_on_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} after {self.depends_on_id}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> EvidenceQuerySet:
        """Return evidence of visible tasks; what a party has not yet submitted is its own alone, whoever asks."""
        if actor is None:
            return self
        return self.filter(Q(submitted_at__isnull=False) | Q(party_id=actor.party_id), task__in=Task.objects.visible_to(actor))


class Evidence(Entity):
    """A line of what is delivered, or where it is; a party's own until it is submitted."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="evidence")
    party = models.ForeignKey("Party", models.PROTECT, related_name="+")
    text = models.TextField()
    url = models.URLField(max_length=500, blank=True)
    added_by = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="evidence_says_something")]
        indexes = [models.Index(fields=["task", "id"], name="evidence_by_task")]

    def __str__(self) -> str:
        return self.text[:60]


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> CommentQuerySet:
        """Return the comments of visible tasks of which the actor's party is a part, the secretariats included."""
        if actor is None:
            return self
        mine = self.filter(task__in=Task.objects.visible_to(actor))
        if actor.party_kind in {PartyKind.SEGIB, PartyKind.SPT}:
            return mine
        return mine.filter(Q(task__responsible_id=actor.party_id) | Q(party_id=actor.party_id))


class Comment(Entity):
    """What somebody said under a task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    party = models.ForeignKey("Party", models.PROTECT, related_name="+")
    seat = models.ForeignKey("Seat", models.PROTECT, related_name="+")
    text = models.TextField()
    said_at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]
        indexes = [models.Index(fields=["task", "id"], name="comment_by_task")]

    def __str__(self) -> str:
        return self.text[:60]
