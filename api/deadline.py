"""Deadlines: read, fixed by hand, set by rule, and their history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q
from rest_framework.response import Response

from api.base import Endpoint, Op, find
from api.loading import of_summit
from api.paging import Key, Order
from api.shapes.deadline import (
    OPENING_DAY,
    DeadlineChangeSerializer,
    DeadlineListQuery,
    DeadlineSerializer,
    PinInput,
    RuleChangeInput,
)
from api.shapes.queries import ListQuery
from workflows.actions.deadline import pin_deadline, set_rule
from workflows.models import Deadline, DeadlineChange
from workflows.queries.resource import deadline_rows
from workflows.rules.deadlines import Rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def rule_of_sent(sent: Mapping[str, Any]) -> Rule:
    """Return the rule that a body describes; what it leaves out is the plain one: days, no calendar, end of day."""
    return Rule(**{name: value for name, value in sent.items() if name not in {"anchor", "reason"}})


class DeadlineEndpoint(Endpoint):
    """What the endpoints of deadlines share."""

    resource = "deadlines"

    def load(self, uuid: Any) -> Deadline:
        """Return the deadline, if the caller sees it."""
        return find(deadline_rows(self.actor), uuid=uuid)

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of deadlines."""
        return list(DeadlineSerializer(rows, many=True, context={"actor": self.actor, "now": self.now}).data)

    def present(self, row: Any) -> Response:
        """Return a deadline's resource."""
        return self.show(row, self.present_all([row])[0])

    def current(self) -> Response:
        """Return the deadline as it now is."""
        return self.present(self.load(self.kwargs["uuid"]))


class Deadlines(DeadlineEndpoint):
    """The deadlines of the tasks that the caller sees."""

    ops: ClassVar = {"GET": Op("List deadlines", gives=DeadlineSerializer, filters=DeadlineListQuery, paged=True)}
    order = Order(Key("summit_id"), Key("due_at", nullable=True), Key("pk"))

    def get(self, request: Any) -> Response:
        """Deadlines by summit and instant."""
        query = self.read_query(DeadlineListQuery)
        rows = deadline_rows(self.actor)
        if "summit" in query:
            rows = of_summit(rows, query["summit"])
        if query["open"] is not None:
            rows = rows.filter(closed_at__isnull=query["open"])
        if query["overdue"] is not None:
            late = Q(closed_at__isnull=True, due_at__lt=self.now)
            rows = rows.filter(late) if query["overdue"] else rows.exclude(late)
        return self.show_page(rows, self.order, self.present_all, query=query)


class OneDeadline(DeadlineEndpoint):
    """One deadline."""

    ops: ClassVar = {"GET": Op("Read a deadline", gives=DeadlineSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One deadline: its instant, the rule that gave it, and what moved it."""
        return self.current()


class PinDeadline(DeadlineEndpoint):
    """A deadline fixed by hand."""

    ops: ClassVar = {"POST": Op("Fix a deadline by hand", takes=PinInput, gives=DeadlineSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Fix the instant, with a reason; no anchor moves it any more. By an SPT or SEGIB."""
        deadline = self.load(uuid)
        if_version = self.version_of(deadline)
        pin_deadline(deadline, **self.read(PinInput), actor=self.actor, now=self.now, if_version=if_version)
        return self.present(deadline_rows(None).get(pk=deadline.pk))


class SetRule(DeadlineEndpoint):
    """A deadline set by rule."""

    ops: ClassVar = {"POST": Op("Set a deadline by rule", takes=RuleChangeInput, gives=DeadlineSerializer, versioned=True)}

    def post(self, request: Any, uuid: Any) -> Response:
        """Set by which rule it follows from the opening day or a meeting; what was fixed by hand is released."""
        deadline = self.load(uuid)
        if_version = self.version_of(deadline)
        sent = self.read(RuleChangeInput)
        set_rule(
            deadline,
            rule=rule_of_sent(sent),
            anchor_code=sent.get("anchor", OPENING_DAY),
            reason=sent.get("reason", ""),
            actor=self.actor,
            now=self.now,
            if_version=if_version,
        )
        return self.present(deadline_rows(None).get(pk=deadline.pk))


class History(DeadlineEndpoint):
    """How a deadline moved."""

    ops: ClassVar = {"GET": Op("List a deadline's moves", gives=DeadlineChangeSerializer, filters=ListQuery, paged=True)}
    order = Order(Key("revision"), Key("pk"))

    def get(self, request: Any, uuid: Any) -> Response:
        """Every move: from, to, who, why, the oldest first."""
        rows = DeadlineChange.objects.filter(deadline=self.load(uuid)).select_related("deadline", "changed_by__party")
        return self.show_page(rows, self.order, self._present_all, query=self.read_query(ListQuery))

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(DeadlineChangeSerializer(rows, many=True, context={"actor": self.actor}).data)
