"""The contract (OpenAPI 3.1), written from what each endpoint declares, with every error it may answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, extend_schema_serializer
from rest_framework import serializers

from api.examples import EXAMPLES
from api.problems import PROBLEMS
from api.shapes.queries import OneOrMore

if TYPE_CHECKING:
    from api.base import Op

HEADER: Literal["header"] = "header"
JSON, FORM = "application/json", "multipart/form-data"
ALWAYS = (400, 401, 403, 404, 405, 406, 429, 500, 503)
"""Statuses that any call may answer."""
ON_WRITING = (409, 413, 415, 422)
EXAMPLE_CODES = {
    403: ("another_person_verifies", "not_permitted"),
    409: ("wrong_state", "wrong_state"),
    412: ("stale", "stale"),
    422: ("guards_failed", "guards_failed"),
}


class ErrorSerializer(serializers.Serializer):
    """One thing to mend: a reason with its link, a field by its pointer, a parameter, or a line of a template."""

    code = serializers.CharField()
    message = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body (RFC 6901).")
    parameter = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False)
    advisory = serializers.BooleanField(required=False, help_text="It only warns: send its code in `accepted`.")
    href = serializers.CharField(required=False, allow_null=True)
    page = serializers.CharField(required=False, allow_null=True)


class ProblemSerializer(serializers.Serializer):
    """RFC 9457: what went wrong, in the caller's language, and what to mend."""

    type = serializers.CharField(help_text="Address of the kind of problem, with a page behind it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, finer than `type`.")
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]
    current = serializers.DictField(required=False, allow_null=True, help_text="Of a 412: the object as it is now.")


def page_of(shape: type[serializers.BaseSerializer]) -> type[serializers.Serializer]:
    """Return the shape of a page of a list."""
    name = shape.__name__.removesuffix("Serializer")
    fields: dict[str, Any] = {
        "results": shape(many=True),
        "next": serializers.CharField(allow_null=True, help_text="Address of the next page; empty on the last one."),
        "__doc__": "One page of a list.",
    }
    page: type[serializers.Serializer] = type(f"{name}PageSerializer", (serializers.Serializer,), fields)
    return extend_schema_serializer(component_name=f"{name}Page")(page)


class Contract(AutoSchema):
    """Reads an endpoint's `ops`."""

    @property
    def op(self) -> Op:
        """What the endpoint declares for the method."""
        return self.view.ops[self.method]  # type: ignore[attr-defined]

    def is_excluded(self) -> bool:
        """Only what declares itself is part of the contract."""
        return self.method not in getattr(self.view, "ops", {})

    def get_operation_id(self) -> str:
        """Name operations by path and intent: tasks_list, tasks_read, tasks_transitions."""
        parts = [part.replace("-", "_") for part in self._tokenize_path()]
        verbs = {"GET": "list" if self.op.paged else "read", "PATCH": "change", "PUT": "set", "POST": "create"}
        is_action = self.method == "POST" and self.op.status == 200
        return "_".join([*parts, *([] if is_action else [verbs[self.method]])])

    def get_summary(self) -> str:
        return self.op.summary

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "resource", "") or self._tokenize_path()[0]]

    def get_request_serializer(self) -> Any:
        return self.op.takes

    def get_response_serializers(self) -> Any:
        shape = self.op.gives
        if shape is None:
            return {self.op.status: None}
        found: dict[int, Any] = {self.op.status: page_of(shape) if self.op.paged else shape}
        return found | ({202: self.op.waits} if self.op.waits else {})

    def map_parsers(self) -> list[str]:
        return [FORM if self.op.uploads else JSON]

    def map_renderers(self, attribute: str) -> list[Any]:
        return [JSON] if attribute == "media_type" else ["json"]

    def get_override_parameters(self) -> list[Any]:
        """The query of lists, the verbs of a machine, and the headers of writing."""
        found: list[Any] = self._query() if self.op.filters else []
        if verbs := getattr(self.view, "verbs", ()):
            found.append(OpenApiParameter("verb", str, OpenApiParameter.PATH, enum=list(verbs)))
        if self.method != "GET":
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "pattern": "^[!-~]{1,200}$"},
                    HEADER,
                    description="Recommended: the same key with the same body answers the first answer for 24 hours.",
                )
            )
        if self.op.versioned:
            found.append(
                OpenApiParameter(
                    "If-Match",
                    {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
                    HEADER,
                    required=True,
                    description="The version that you have read, as ETag gave it.",
                    examples=[],
                )
            )
        return found

    def _query(self) -> list[OpenApiParameter]:
        if self.op.filters is None:
            return []
        found = []
        for name, field in self.op.filters().fields.items():
            schema = (
                {"type": "array", "items": {"type": "string", "enum": field.values}, "minItems": 1}
                if isinstance(field, OneOrMore)
                else dict(self._map_serializer_field(field, "request"))
            )
            nullable = isinstance(field, serializers.BooleanField)
            found.append(
                OpenApiParameter(
                    name,
                    {"type": "boolean"} if nullable else schema,
                    OpenApiParameter.QUERY,
                    description=str(field.help_text or ""),
                    required=field.required,
                    style="form" if isinstance(field, OneOrMore) else None,
                    explode=False if isinstance(field, OneOrMore) else None,
                )
            )
        return found

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Add to an operation what any call may answer: its problems, and the headers of its answers."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        self.resolve_serializer(ProblemSerializer, "response")
        statuses = (*ALWAYS, *self.op.refuses)
        if self.method != "GET":
            statuses = (*statuses, *ON_WRITING)
        if self.op.versioned:
            statuses = (*statuses, 412, 428)
        for status in sorted(statuses):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        if self.op.takes and "requestBody" in operation:
            operation["requestBody"]["content"][FORM if self.op.uploads else JSON]["example"] = EXAMPLES[self.op.takes]
        for media_type in self.op.also:
            operation["responses"]["200"]["content"][media_type] = {"schema": {"type": "string"}}
        for status, response in operation["responses"].items():
            if status in {"200", "201", "202"} and not self.op.paged and self.op.gives:
                response["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The object's version."}}
        return operation


def complete(result: Any, generator: Any, request: Any, public: Any) -> Any:
    """Add the problems, and say which keys each body may have (a hook of drf-spectacular)."""
    components = result["components"]
    components["responses"] = {f"Problem{status}": _problem(status) for status in sorted(_statuses())}
    for name, schema in components["schemas"].items():
        if "Input" in name and schema.get("type") == "object":
            schema["additionalProperties"] = False
    task = components["schemas"]["Task"]
    task["required"] = ["uuid", "version"]  # ?fields= leaves the others out
    return result


def _statuses() -> set[int]:
    return {problem.status for problem in PROBLEMS.values()}


def _problem(status: int) -> dict[str, Any]:
    kinds = [problem for problem in PROBLEMS.values() if problem.status == status]
    code, kind = EXAMPLE_CODES.get(status, (kinds[0].code, kinds[0].code))
    example = {
        "type": PROBLEMS[kind].uri,
        "title": str(PROBLEMS[kind].title),
        "status": status,
        "code": code,
        "detail": str(PROBLEMS[kind].title),
        "instance": "/api/v1/tasks/0197f0c2-5a3e-7c1e-9b7d-3f6f0f5d2a10/transitions/submit/",
        "errors": [],
    }
    return {
        "description": " ".join(f"`{problem.code}`: {problem.title}" for problem in kinds),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }


class TokenScheme(OpenApiAuthenticationExtension):
    """How a token is shown."""

    target_class = "api.auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sp_<prefix>_<secret>_<checksum>",
            "description": "A token of one seat; it counts as the seat's holder in every rule.",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """How a session of the pages is shown."""

    target_class = "api.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "The session of the pages, with the header X-CSRFToken on everything but reading.",
        }
