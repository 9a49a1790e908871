"""Checklist templates: listed, read, loaded from their YAML text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.response import Response

from api.base import Endpoint, Op, find
from api.links import address
from api.paging import Key, Order
from api.shapes.template import (
    NewTemplateInput,
    TemplateListQuery,
    TemplateSerializer,
    TemplateWithTextSerializer,
)
from workflows.actions.template import load_template
from workflows.models import ChecklistTemplate

if TYPE_CHECKING:
    from collections.abc import Sequence


class TemplateEndpoint(Endpoint):
    """What the endpoints of templates share."""

    resource = "templates"

    def rows(self) -> Any:
        """Return the templates that the caller sees."""
        return ChecklistTemplate.objects.visible_to(self.actor).select_related("loaded_by__party")

    def present(self, row: Any, *, status: int = 200) -> Response:
        """Return a template's resource with its text."""
        where = address("templates", row.uuid) if status == 201 else ""
        body = TemplateWithTextSerializer(row, context={"actor": self.actor}).data
        return self.show(row, body, status=status, address=where)


class Templates(TemplateEndpoint):
    """The versions of the checklist templates."""

    ops: ClassVar = {
        "GET": Op("List templates", gives=TemplateSerializer, filters=TemplateListQuery, paged=True),
        "POST": Op("Load a template", takes=NewTemplateInput, gives=TemplateWithTextSerializer, status=201),
    }
    order = Order(Key("code"), Key("number", falls=True), Key("pk"))

    def get(self, request: Any) -> Response:
        """Templates by code, the latest version first; for the secretariats."""
        query = self.read_query(TemplateListQuery)
        rows = self.rows().defer("source")
        if "code" in query:
            rows = rows.filter(code=query["code"])
        return self.show_page(rows, self.order, self._present_all, query=query)

    def _present_all(self, rows: Sequence[Any]) -> list[Any]:
        return list(TemplateSerializer(rows, many=True, context={"actor": self.actor}).data)

    def post(self, request: Any) -> Response:
        """Store one version from its YAML text; every problem is answered with its line. By a secretariat."""
        template = load_template(text=self.read(NewTemplateInput)["text"], actor=self.actor, now=self.now)
        return self.present(self.rows().get(pk=template.pk), status=201)


class OneTemplate(TemplateEndpoint):
    """One version of a template."""

    ops: ClassVar = {"GET": Op("Read a template", gives=TemplateWithTextSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One version, with its YAML text."""
        return self.present(find(self.rows(), uuid=uuid))
