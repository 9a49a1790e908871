"""The checklist: tasks, their transitions, comments and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpResponseBase
from rest_framework.response import Response

from api.actions import Transition, action_bodies
from api.base import Endpoint, Op, find
from api.deadline import rule_of_sent
from api.links import address, page_of
from api.loading import lines_named, named, of_party, of_summit, party_named, phase_named, summit_named
from api.paging import Key, Order
from api.shapes.queries import ListQuery
from api.shapes.summit import NothingInput
from api.shapes.task import (
    ActInput,
    CommentInput,
    CommentSerializer,
    EvidenceInput,
    EvidenceSerializer,
    NewTaskInput,
    PartyInput,
    TaskChangeInput,
    TaskListQuery,
    TaskQuery,
    TaskSerializer,
)
from api.sheets import XLSX_TYPE, CSVRenderer, XLSXRenderer, file_of, is_sheet
from workflows.actions.task import add_comment, add_evidence, add_task, ask_party, change_task, take_up
from workflows.models import Task
from workflows.queries.document_api import completing
from workflows.queries.facts import ref_of
from workflows.queries.resource import (
    awaited_lines,
    by_task,
    children_of,
    comment_rows,
    count_answers,
    deadlines_of,
    due_between,
    evidence_rows,
    is_overdue,
    search_tasks,
    task_options,
    task_rows,
)
from workflows.rules.verbs import verbs_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXTS: tuple[str, ...] = ("title", "deliverable", "applies_if")
LARGEST_SHEET = 5000
"""Lines of one file; a checklist has some hundreds."""


class TaskEndpoint(Endpoint):
    """What the endpoints of tasks share."""

    resource = "tasks"

    def load(self, uuid: Any) -> Task:
        """Return the task, if the caller sees it."""
        return find(task_rows(self.actor), uuid=uuid)

    def reload(self, row: Any) -> Task:
        """Return the task as it now is."""
        return task_rows(None).get(pk=row.pk)

    def present_all(self, rows: Sequence[Any], query: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the resources of tasks, with what the caller may do; the same number of queries for any number of them."""
        query = query or {}
        expand, only = set(query.get("expand", ())), set(query.get("fields", ()))
        options = task_options(rows, actor=self.actor)
        context: dict[str, Any] = {
            "actor": self.actor,
            "now": self.now,
            "answers": count_answers(rows),
            "awaited": awaited_lines(rows, actor=self.actor),
            "completing": completing(rows, actor=self.actor),
            "actions": {row.pk: action_bodies("tasks", row, options[row.pk]) for row in rows},
            "pages": {row.pk: page_of(ref_of(row)) for row in rows},
        }
        context |= self._expanded(rows, expand)
        shown = TaskSerializer(rows, many=True, context=context, expand=expand, only=only | expand if only else None)
        return list(shown.data)

    def _expanded(self, rows: Sequence[Any], expand: set[str]) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if "children" in expand:
            children = children_of(rows, actor=self.actor)
            every = [child for parts in children.values() for child in parts]
            bodies = dict(zip([c.pk for c in every], self.present_all(every), strict=True))
            more["children"] = {pk: [bodies[child.pk] for child in parts] for pk, parts in children.items()}
        if "deadline" in expand:
            more["deadlines"] = deadlines_of(rows, actor=self.actor)
        if "evidence" in expand:
            more["evidence"] = by_task(evidence_rows(self.actor), rows)
        if "comments" in expand:
            more["comments"] = by_task(comment_rows(self.actor), rows)
        return more

    def present(self, row: Any, *, status: int = 200, query: Mapping[str, Any] | None = None) -> Response:
        """Return a task's resource."""
        where = address("tasks", row.uuid) if status == 201 else ""
        return self.show(row, self.present_all([row], query)[0], status=status, address=where)

    def current(self) -> Response:
        """Return the task as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


class Tasks(TaskEndpoint):
    """The checklist."""

    ops: ClassVar = {
        "GET": Op("List tasks", gives=TaskSerializer, filters=TaskListQuery, paged=True, also=("text/csv", XLSX_TYPE)),
        "POST": Op("Add a task", takes=NewTaskInput, gives=TaskSerializer, status=201),
    }
    renderer_classes = [*Endpoint.renderer_classes, CSVRenderer, XLSXRenderer]
    order = Order(Key("summit_id"), Key("line_position"), Key("line_id"), Key("part"), Key("position"), Key("pk"))

    def get(self, request: Any) -> HttpResponseBase:
        """The lines of the checklist in their order, each followed by the parts that your seat sees. As CSV or XLSX: whole."""
        query = self.read_query(TaskListQuery)
        rows = self._narrow(task_rows(self.actor), query)
        if is_sheet(request):
            found, _more = self.order.page(rows, cursor="", limit=LARGEST_SHEET)
            return file_of(request, self.present_all(found))
        return self.show_page(rows, self.order, lambda found: self.present_all(found, query), query=query)

    def _narrow(self, rows: Any, query: Mapping[str, Any]) -> Any:
        simple = {"stage": "phase__state", "phase": "phase__code", "kind": "kind", "code": "code__iexact", "state": "state__in"}
        rows = rows.filter(**{simple[name]: query[name] for name in simple if name in query})
        if "summit" in query:
            rows = of_summit(rows, query["summit"])
        for name in {"responsible", "verified_by"} & set(query):
            rows = of_party(rows, query[name], f"{name}__")
        if "parent" in query:
            rows = rows.filter(parent__isnull=True) if query["parent"] == "none" else rows.filter(parent__uuid=query["parent"])
        if query["overdue"] is not None:
            late = is_overdue(now=self.now)
            rows = rows.filter(late) if query["overdue"] else rows.exclude(late)
        if "q" in query:
            rows = search_tasks(rows, query["q"])
        return due_between(rows, before=query.get("due_before"), after=query.get("due_after"))

    def post(self, request: Any) -> Response:
        """Add a line to a running summit's checklist; by an SPT or SEGIB. What is asked of all gets a part for each party."""
        sent = self.read(NewTaskInput)
        summit = summit_named(sent.pop("summit"), actor=self.actor)
        rule = sent.pop("deadline")
        names = sent.pop("depends_on", ())
        texts = {name: sent.pop(name) for name in TEXTS if name in sent}
        for field in ("responsible", "verified_by"):
            sent[field] = party_named(sent[field], actor=self.actor, field=field)
        for field in {"phase", "blocks"} & set(sent):
            sent[field] = phase_named(sent[field], summit=summit, field=field)
        task = add_task(
            summit,
            **sent,
            texts=texts,
            rule=rule_of_sent(rule),
            anchor=self._anchor(summit, rule.get("anchor")),
            depends_on=lines_named(names, summit=summit, actor=self.actor),
            actor=self.actor,
            now=self.now,
        )
        return self.present(self.reload(task), status=201)

    def _anchor(self, summit: Any, code: str | None) -> Any:
        return named(summit.meetings, "deadline.anchor", {"code": code}) if code not in {None, "opening_day"} else None


class OneTask(TaskEndpoint):
    """One task."""

    ops: ClassVar = {
        "GET": Op("Read a task", gives=TaskSerializer, filters=TaskQuery),
        "PATCH": Op("Change a task", takes=TaskChangeInput, gives=TaskSerializer, versioned=True),
    }

    def get(self, request: Any, uuid: Any) -> Response:
        """One task, with what your seat may do, what holds it back, and where that is."""
        return self.present(self.load(uuid), query=self.read_query(TaskQuery))

    def patch(self, request: Any, uuid: Any) -> Response:
        """Change a line while its work is owed: texts, who owes or verifies it, its weight, what it waits for."""
        task = self.load(uuid)
        if_version = self.version_of(task)
        sent = self.read(TaskChangeInput)
        texts = {name: sent.pop(name) for name in TEXTS if name in sent}
        for field in {"responsible", "verified_by"} & set(sent):
            sent[field] = party_named(sent[field], actor=self.actor, field=field)
        if "blocks" in sent:
            sent["blocks"] = phase_named(sent["blocks"], summit=task.summit, field="blocks")
        if "depends_on" in sent:
            sent["depends_on"] = lines_named(sent["depends_on"], summit=task.summit, actor=self.actor)
        change_task(task, **sent, texts=whole_texts(task, texts), actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(task))


def whole_texts(task: Task, sent: dict[str, dict[str, str]]) -> dict[str, dict[str, str]] | None:
    """Return all texts of a task, those that were sent in the place of the stored ones; `None` when none was."""
    if not sent:
        return None
    stored = {name: {lang: getattr(task, f"{name}_{lang}") for lang in ("es", "pt", "en")} for name in TEXTS}
    return {name: stored[name] | sent.get(name, {}) for name in stored}


class TaskTransition(TaskEndpoint, Transition):
    """A transition of a task."""

    verbs = tuple(name for name, (verb, _method) in verbs_of(Task).items() if not verb.by_system)
    ops: ClassVar = {"POST": Op("Perform a transition of a task", takes=ActInput, gives=TaskSerializer, versioned=True)}


class TakeUp(TaskEndpoint):
    """A verifier takes a task up."""

    ops: ClassVar = {"POST": Op("Take up a submitted task", takes=NothingInput, gives=TaskSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """From now on it is not recalled. By the verifying party, another person than the one who submitted."""
        task = self.load(uuid)
        if_version = self.version_of(task)
        self.read(NothingInput)
        take_up(task, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(task))


class AskParty(TaskEndpoint):
    """One more party is asked."""

    ops: ClassVar = {"POST": Op("Ask one more party", takes=PartyInput, gives=TaskSerializer, status=201, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Ask a proposing, organising or adhering country for what the line asks; answers the party's new part."""
        task = self.load(uuid)
        if_version = self.version_of(task)
        party = party_named(self.read(PartyInput)["party"], actor=self.actor)
        child = ask_party(task, party=party, actor=self.actor, now=self.now, if_version=if_version)
        return self.present(self.reload(child), status=201)


class Comments(TaskEndpoint):
    """What was said under a task."""

    ops: ClassVar = {
        "GET": Op("List a task's comments", gives=CommentSerializer, filters=ListQuery, paged=True),
        "POST": Op("Comment on a task", takes=CommentInput, gives=CommentSerializer, status=201),
    }
    order = Order(Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The comments that your seat sees, the oldest first."""
        rows = comment_rows(self.actor).filter(task=self.load(uuid))
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def post(self, request: Any, uuid: Any) -> Response:
        """Say something under a task that your seat prepares or verifies."""
        comment = add_comment(self.load(uuid), **self.read(CommentInput), actor=self.actor, now=self.now)
        row = comment_rows(None).get(pk=comment.pk)
        return self.show(row, self._present_all([row])[0], status=201)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(CommentSerializer(rows, many=True, context={"actor": self.actor}).data)


class EvidenceList(TaskEndpoint):
    """What is delivered under a task, or where it is."""

    ops: ClassVar = {
        "GET": Op("List a task's evidence", gives=EvidenceSerializer, filters=ListQuery, paged=True),
        "POST": Op("Prepare evidence", takes=EvidenceInput, gives=EvidenceSerializer, status=201),
    }
    order = Order(Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """The evidence that your seat sees: what was submitted, and your own party's."""
        rows = evidence_rows(self.actor).filter(task=self.load(uuid))
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def post(self, request: Any, uuid: Any) -> Response:
        """Prepare a line of evidence: your party's own until the task is submitted."""
        evidence = add_evidence(self.load(uuid), **self.read(EvidenceInput), actor=self.actor, now=self.now)
        row = evidence_rows(None).get(pk=evidence.pk)
        return self.show(row, self._present_all([row])[0], status=201)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(EvidenceSerializer(rows, many=True, context={"actor": self.actor}).data)
