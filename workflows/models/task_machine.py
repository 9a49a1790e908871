"""The machine of a task: every transition, from pending to verified, waived or closed with its window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from workflows.rules import guards, permissions
from workflows.rules.verbs import verb
from workflows.states import Channel, TaskState

if TYPE_CHECKING:
    from workflows.rules.facts import Act

T = TaskState
NO_PARENT = ("work", "instance", "child")


class TaskMachine(models.Model):
    """The task's state and its transitions; phases never gate a task (machines: Task)."""

    state = FSMField(default=T.PENDING, choices=T, protected=True, editable=False)
    taken_up_at = models.DateTimeField(null=True, blank=True, editable=False)
    taken_up_by = models.ForeignKey("workflows.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True, help_text="When it arrived: lateness is judged by this")
    submitted_by = models.ForeignKey("workflows.Seat", models.PROTECT, null=True, blank=True, related_name="+")
    submitted_by_person = models.ForeignKey("workflows.Person", models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=12, choices=Channel, blank=True)
    note_number = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("workflows.Seat", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def _arrives(self, act: Act) -> None:
        self.submitted_at, self.received_at = act.now, act.received_at
        self.submitted_by_id = act.actor.seat_id if act.actor else None
        self.submitted_by_person_id = act.actor.person_id if act.actor else None
        self.channel, self.note_number = act.channel, act.inputs.note_number
        self.taken_up_at = self.taken_up_by_id = None

    def _settles(self, act: Act) -> None:
        self.settled_at, self.settled_by_id = act.now, act.actor.seat_id if act.actor else None

    def _opens_again(self) -> None:
        self.taken_up_at = self.taken_up_by_id = self.settled_at = self.settled_by_id = None

    @verb(
        source=[T.PENDING],
        target=T.IN_PROGRESS,
        who=permissions.is_responsible,
        label=_("Start"),
        guards=[guards.dependencies_settled],
        only_for=NO_PARENT,
    )
    def start(self, act: Act) -> None:
        """The responsible party begins."""

    @verb(
        source=[T.PENDING, T.IN_PROGRESS, T.WINDOW_CLOSED],
        target=T.SUBMITTED,
        who=permissions.submits,
        label=_("Submit for verification"),
        guards=[guards.hard_dependencies_settled, guards.has_evidence],
        needs=["evidence"],
        notices=["task_submitted"],
        only_for=NO_PARENT,
    )
    def submit(self, act: Act) -> None:
        """The work is handed in; after a closed window it is taken, and marked by when it arrived."""
        self._arrives(act)

    @verb(
        source=[T.PENDING, T.IN_PROGRESS],
        target=T.NO_COMMENTS,
        who=permissions.submits,
        label=_("Declare that there are no comments"),
        only_for=["child"],
    )
    def declare_no_comments(self, act: Act) -> None:
        """The delegation has nothing to add."""
        self._arrives(act)
        self._settles(act)

    @verb(
        source=[T.SUBMITTED],
        target=T.IN_PROGRESS,
        who=permissions.recalls,
        label=_("Recall"),
        guards=[guards.not_taken_up],
        only_for=NO_PARENT,
    )
    def recall(self, act: Act) -> None:
        """The one who submitted takes it back, before a verifier takes it up."""
        self._opens_again()

    @verb(
        name="return",
        source=[T.SUBMITTED],
        target=T.IN_PROGRESS,
        who=permissions.is_verifying,
        label=_("Return with a reason"),
        guards=[guards.gives_reason],
        needs=["reason"],
        notices=["task_returned"],
        only_for=NO_PARENT,
    )
    def return_(self, act: Act) -> None:
        """The verifying party asks for more; of a State it requests clarification."""
        self._opens_again()

    @verb(
        source=[T.SUBMITTED],
        target=T.VERIFIED,
        who=permissions.verifies,
        label=_("Verify"),
        notices=["task_verified"],
        only_for=NO_PARENT,
    )
    def verify(self, act: Act) -> None:
        """Another person finds it done; of a contribution: it is received."""
        self._settles(act)

    @verb(
        source=[T.PENDING, T.IN_PROGRESS],
        target=T.VERIFIED,
        who=permissions.is_spt,
        label=_("Close the window"),
        guards=[guards.all_received],
        only_for=["parent"],
    )
    def close_window(self, act: Act) -> None:
        """The SPT closes what was asked of several; the answers not received close with it."""
        self._settles(act)

    @verb(
        source=[T.PENDING, T.IN_PROGRESS],
        target=T.WINDOW_CLOSED,
        who=permissions.system_only,
        label=_("Close with the window"),
        only_for=["child", "instance"],
        by_system=True,
    )
    def close(self, act: Act) -> None:
        """The window closed and no answer had arrived: silence is not failure."""
        self._settles(act)

    @verb(
        source=[T.PENDING, T.IN_PROGRESS],
        target=T.WAIVED,
        who=permissions.may_waive,
        label=_("Waive"),
        guards=[guards.gives_reason, guards.names_authority],
        needs=["reason", "authority"],
        notices=["task_waived"],
        only_for=["work", "instance"],
    )
    def waive(self, act: Act) -> None:
        """It will not be done, on somebody's authority."""
        self._settles(act)

    @verb(
        source=[T.PENDING, T.IN_PROGRESS],
        target=T.NOT_APPLICABLE,
        who=permissions.may_waive,
        label=_("Set aside as not applicable"),
        guards=[guards.gives_reason, guards.not_asked_of_anybody],
        needs=["reason"],
        only_for=["work", "instance", "parent"],
    )
    def mark_not_applicable(self, act: Act) -> None:
        """The condition under which it applies does not hold."""
        self._settles(act)

    @verb(
        source=[T.VERIFIED, T.WAIVED, T.NOT_APPLICABLE],
        target=T.IN_PROGRESS,
        who=permissions.heads_verifiers,
        label=_("Reopen"),
        guards=[guards.gives_reason],
        needs=["reason"],
        notices=["task_reopened"],
    )
    def reopen(self, act: Act) -> None:
        """It was not done after all."""
        self._opens_again()
