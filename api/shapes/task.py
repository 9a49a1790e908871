"""Shapes of tasks, with their comments and evidence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.shapes.deadline import DeadlineSerializer, RuleInput
from api.shapes.fields import (
    ActionSerializer,
    DateInput,
    DocumentRefSerializer,
    Href,
    Instant,
    PartyRefSerializer,
    PastInstantInput,
    SeatRefSerializer,
    StrictInput,
    SummitRefSerializer,
    Texts,
    limit_texts,
)
from api.shapes.queries import ListQuery, OneOrMore, SummitName
from workflows.states import Authority, Channel, Gate, Scope, SummitState, TaskKind, TaskState
from workflows.templatetags.marks import WORDS

EXPANSIONS = ("children", "deadline", "evidence", "comments")
PAPER_CHANNELS = [(c.value, c.label) for c in (Channel.NOTE_VERBALE, Channel.ORALLY, Channel.OTHER)]


class TaskRefSerializer(serializers.Serializer):
    """A task, by its code."""

    uuid = serializers.UUIDField()
    code = serializers.CharField()
    href = Href("tasks")


class DoneBySerializer(serializers.Serializer):
    """A transition of a document that completes the line, and the documents of that kind that your seat sees."""

    kind = serializers.CharField(help_text="The kind of document.")
    verb = serializers.CharField(help_text="The document's transition.")
    documents = DocumentRefSerializer(many=True)


class EvidenceSerializer(serializers.Serializer):
    """A line of what is delivered, or where it is; its party's own until it is submitted."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    task = TaskRefSerializer()
    party = PartyRefSerializer()
    text = serializers.CharField()
    url = serializers.CharField()
    added_by = SeatRefSerializer()
    added_at = Instant()
    submitted_at = Instant(allow_null=True)


class CommentSerializer(serializers.Serializer):
    """What somebody said under a task."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    task = TaskRefSerializer()
    party = PartyRefSerializer()
    seat = SeatRefSerializer()
    text = serializers.CharField()
    said_at = Instant()


class TaskSerializer(serializers.Serializer):
    """A line of the checklist, or one party's part of it."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("tasks")
    page = serializers.SerializerMethodField(help_text="The page that shows the same task.")
    summit = SummitRefSerializer()
    code = serializers.CharField()
    parent = TaskRefSerializer(allow_null=True)
    phase = serializers.CharField(source="phase.code")
    stage = serializers.ChoiceField(SummitState.choices, source="phase.state")
    position = serializers.IntegerField(help_text="Its place in the checklist; of a part: in the order of protocol.")
    title = Texts()
    deliverable = Texts()
    applies_if = Texts(help_text="The condition under which it applies at all.")
    kind = serializers.ChoiceField(TaskKind.choices)
    scope = serializers.ChoiceField(Scope.choices)
    responsible = PartyRefSerializer()
    verified_by = PartyRefSerializer()
    authority = serializers.ChoiceField([*Authority.choices, ""], help_text="Whose decision completes it.")
    blocks = serializers.CharField(source="blocks.code", default=None, allow_null=True)
    gate = serializers.ChoiceField([*Gate.choices, ""])
    depends_on = serializers.SerializerMethodField()
    done_by = serializers.SerializerMethodField(help_text="What completes it, where that is a transition of a document.")
    state = serializers.ChoiceField(TaskState.choices)
    state_label = serializers.SerializerMethodField()
    due_at = Instant(source="deadline.due_at", zone="deadline.zone", default=None, allow_null=True)
    due_on = serializers.DateField(source="deadline.due_on", default=None, allow_null=True)
    overdue = serializers.SerializerMethodField(help_text="Still owed, and its deadline has passed; derived, never stored.")
    asked = serializers.SerializerMethodField(help_text="Of how many parties a line is asked.")
    received = serializers.SerializerMethodField(help_text="How many of them have answered.")
    taken_up_at = Instant(zone="summit.zone", allow_null=True)
    taken_up_by = SeatRefSerializer(allow_null=True)
    submitted_at = Instant(zone="summit.zone", allow_null=True)
    received_at = Instant(zone="summit.zone", allow_null=True, help_text="When it arrived: lateness is judged by this.")
    submitted_by = SeatRefSerializer(allow_null=True)
    channel = serializers.ChoiceField([*Channel.choices, ""])
    note_number = serializers.CharField()
    settled_at = Instant(zone="summit.zone", allow_null=True)
    settled_by = SeatRefSerializer(allow_null=True)
    available_actions = serializers.SerializerMethodField()
    children = serializers.SerializerMethodField(help_text="With expand=children: the parts that your seat sees.")
    deadline = serializers.SerializerMethodField(help_text="With expand=deadline.")
    evidence = serializers.SerializerMethodField(help_text="With expand=evidence.")
    comments = serializers.SerializerMethodField(help_text="With expand=comments.")

    def __init__(self, *args: Any, only: set[str] | None = None, expand: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "context" not in kwargs:  # the contract shows them all
            return
        for name in set(EXPANSIONS) - set(expand):
            self.fields.pop(name)
        if only:
            for name in set(self.fields) - only - {"uuid", "version"}:
                self.fields.pop(name)

    def get_page(self, task: Any) -> str | None:
        return self.context["pages"][task.pk]

    @extend_schema_field(TaskRefSerializer(many=True))
    def get_depends_on(self, task: Any) -> Any:
        return TaskRefSerializer(self.context["awaited"][task.pk], many=True).data

    @extend_schema_field(DoneBySerializer(allow_null=True))
    def get_done_by(self, task: Any) -> Any:
        if not task.done_by_kind:
            return None
        found = {"kind": task.done_by_kind, "verb": task.done_by_verb, "documents": self.context["completing"][task.pk]}
        return DoneBySerializer(found).data

    def get_state_label(self, task: Any) -> str:
        noun = "contribution" if task.is_child and task.kind == TaskKind.CONTRIBUTION else "task"
        return str(WORDS[noun][task.state])

    def get_overdue(self, task: Any) -> bool:
        due_at = task.deadline.due_at if hasattr(task, "deadline") else None
        return task.state in {TaskState.PENDING, TaskState.IN_PROGRESS} and due_at is not None and due_at < self.context["now"]

    def get_asked(self, task: Any) -> int:
        return self.context["answers"].get(task.pk, (0, 0))[0]

    def get_received(self, task: Any) -> int:
        return self.context["answers"].get(task.pk, (0, 0))[1]

    @extend_schema_field(ActionSerializer(many=True))
    def get_available_actions(self, task: Any) -> Any:
        return self.context["actions"][task.pk]

    @extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/Task"}})
    def get_children(self, task: Any) -> Any:
        return self.context["children"].get(task.pk, [])

    @extend_schema_field(DeadlineSerializer(allow_null=True))
    def get_deadline(self, task: Any) -> Any:
        found = self.context["deadlines"].get(task.pk)
        return found and DeadlineSerializer(found, context=self.context).data

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, task: Any) -> Any:
        return EvidenceSerializer(self.context["evidence"][task.pk], many=True, context=self.context).data

    @extend_schema_field(CommentSerializer(many=True))
    def get_comments(self, task: Any) -> Any:
        return CommentSerializer(self.context["comments"][task.pk], many=True, context=self.context).data


FIELDS = tuple(TaskSerializer().fields)


class TaskQuery(StrictInput):
    """What of a task is shown."""

    fields = OneOrMore(FIELDS, required=False, help_text="Only these fields, besides uuid and version; commas between them.")  # type: ignore[assignment]
    expand = OneOrMore(EXPANSIONS, required=False, help_text="What is shown in full too; commas between them.")


class TaskListQuery(ListQuery, TaskQuery):
    """By what a list of tasks is narrowed."""

    summit = SummitName(required=False, help_text="Its uuid, or its number in small Roman figures.")
    stage = serializers.ChoiceField(
        SummitState.choices, required=False, help_text="The state of the summit to which its phase belongs."
    )
    phase = serializers.CharField(required=False, max_length=16, help_text="The code of its phase.")
    responsible = serializers.CharField(required=False, max_length=36, help_text="The party that owes it: its code or uuid.")
    verified_by = serializers.CharField(
        required=False, max_length=36, help_text="The party that verifies it: its code or uuid."
    )
    state = OneOrMore(TaskState, required=False, help_text="One or more states, commas between them.")
    kind = serializers.ChoiceField(TaskKind.choices, required=False)
    due_before = DateInput(required=False, help_text="Due by a local day before this one.")
    due_after = DateInput(required=False, help_text="Due by a local day after this one.")
    overdue = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Still owed after its deadline, or not."
    )
    parent = serializers.CharField(  # type: ignore[assignment]
        required=False, max_length=36, help_text="The uuid of a line, or `none` for the lines themselves."
    )
    code = serializers.CharField(required=False, max_length=16)
    q = serializers.CharField(
        required=False, max_length=100, help_text="Code, title or deliverable, in any language, accents or not."
    )

    def validate_parent(self, value: str) -> str:
        """The uuid of a line, or `none`."""
        if value != "none":
            serializers.UUIDField().run_validation(value)
        return value


class ActInput(StrictInput):
    """What is sent along with a transition; `needs` of the action says what must be."""

    reason = serializers.CharField(required=False, max_length=20_000)
    evidence = serializers.CharField(required=False, max_length=20_000, help_text="What is delivered, or where it is.")
    authority = serializers.CharField(required=False, max_length=300, help_text="On whose authority something is waived.")
    decision = serializers.UUIDField(required=False, help_text="The recorded decision that orders it.")
    successor = serializers.CharField(required=False, max_length=36)
    on_behalf = serializers.BooleanField(required=False, help_text="A secretariat records what a State or a body did on paper.")
    channel = serializers.ChoiceField(PAPER_CHANNELS, required=False, help_text="How it came, when it did not come by the API.")
    note_number = serializers.CharField(required=False, max_length=80)
    received_at = PastInstantInput(required=False, help_text="When it arrived; lateness is judged by this.")
    occurred_at = PastInstantInput(required=False, help_text="When it happened, if it is recorded afterwards.")
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=200,
        help_text="The codes of the warnings that were read and are passed knowingly.",
    )


class NewTaskInput(StrictInput):
    """A line added to a running summit's checklist."""

    summit = SummitName()
    code = serializers.RegexField(r"^[A-Za-z0-9][A-Za-z0-9-]{0,15}$", max_length=16)
    phase = serializers.CharField(max_length=16)
    title = limit_texts(200, required=True)
    deliverable = limit_texts(300)
    applies_if = limit_texts(200)
    responsible = serializers.CharField(
        max_length=36, help_text="A party's code or uuid; of what is asked of several: the SPT."
    )
    verified_by = serializers.CharField(max_length=36)
    kind = serializers.ChoiceField(TaskKind.choices, required=False)
    scope = serializers.ChoiceField(Scope.choices, required=False)
    authority = serializers.ChoiceField(Authority.choices, required=False)
    blocks = serializers.CharField(required=False, max_length=16, help_text="The code of the phase that it holds back.")
    gate = serializers.ChoiceField(Gate.choices, required=False)
    depends_on = serializers.ListField(child=serializers.CharField(max_length=36), required=False, max_length=100)
    deadline = RuleInput()


class TaskChangeInput(StrictInput):
    """What of a line may be changed while its work is owed; what is not sent stays as it is."""

    title = limit_texts(200, required=True)
    deliverable = limit_texts(300)
    applies_if = limit_texts(200)
    responsible = serializers.CharField(required=False, max_length=36)
    verified_by = serializers.CharField(required=False, max_length=36)
    blocks = serializers.CharField(required=False, max_length=16)
    gate = serializers.ChoiceField([*Gate.choices, ("", "none")], required=False)
    depends_on = serializers.ListField(child=serializers.CharField(max_length=36), required=False, max_length=100)

    def get_fields(self) -> Any:
        """The title may stay as it is, too."""
        fields = super().get_fields()
        fields["title"].required = False
        return fields


class CommentInput(StrictInput):
    """What somebody says under a task."""

    text = serializers.CharField(max_length=20_000)


class EvidenceInput(StrictInput):
    """What is delivered, or where it is."""

    text = serializers.CharField(max_length=20_000)
    url = serializers.URLField(required=False, allow_blank=True, max_length=500)

    def validate_url(self, value: str) -> str:
        """Only the web: nothing that a reader's machine would open by itself."""
        if value and not value.startswith(("https://", "http://")):
            raise serializers.ValidationError(_("Give an address that begins with https:// or http://."))
        return value


class PartyInput(StrictInput):
    """A party, by its code or uuid."""

    party = serializers.CharField(max_length=36)
