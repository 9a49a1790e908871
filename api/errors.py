"""The one place where a refusal becomes `application/problem+json` with its status, in the caller's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as BadValue
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from api.links import href_of, page_of
from api.problems import OTHERS, ProblemType, type_of
from workflows.errors import GuardsFailed, InvalidInput, Reason, WorkflowError
from workflows.rules.templates import TemplateInvalid

if TYPE_CHECKING:
    from rest_framework.request import Request

logger = structlog.get_logger(__name__)

RETRY_SECONDS = {"unavailable": 5, "idempotency_in_progress": 2}


class ProblemRenderer(JSONRenderer):
    """JSON under the media type of RFC 9457."""

    media_type = "application/problem+json"
    format = "problem"


class ApiError(exceptions.APIException):
    """A refusal of the API itself, by the code of its kind of problem."""

    def __init__(self, code: str, detail: Any = None, *, headers: Mapping[str, str] | None = None) -> None:
        self.problem = OTHERS[code]
        self.status_code = self.problem.status
        self.headers = dict(headers or {})
        super().__init__(detail=str(detail or self.problem.title), code=code)


class BadQuery(exceptions.ValidationError):
    """A parameter of the query that cannot be taken."""


def problem_response(
    problem: ProblemType,
    request: Request,
    *,
    code: str = "",
    detail: Any = "",
    errors: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    """Return a problem as an answer, whatever form the caller had asked for."""
    body = {
        "type": problem.uri,
        "title": str(problem.title),
        "status": problem.status,
        "code": code or problem.code,
        "detail": str(detail or problem.title),
        "instance": request.path,
        "errors": errors or [],
        **more,
    }
    response = Response(body, status=problem.status, headers=dict(headers or {}))
    seconds = RETRY_SECONDS.get(problem.code)
    if seconds:
        response["Retry-After"] = str(seconds)
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = ProblemRenderer.media_type
    return response


def answer_to(error: Exception, request: Request) -> Response:
    """Return the answer to whatever was raised: a refusal, a bad request, a database that is away, or a failure of ours."""
    if isinstance(error, WorkflowError):
        return problem_response(type_of(error), request, code=error.code, detail=error.message, errors=list(errors_of(error)))
    if isinstance(error, ApiError):
        return problem_response(error.problem, request, detail=error.detail, headers=error.headers)
    if isinstance(error, exceptions.ValidationError):
        return problem_response(
            type_of(InvalidInput({})),
            request,
            errors=[in_query(one) if isinstance(error, BadQuery) else one for one in flatten(error.detail)],
        )
    return _answer_to_others(error, request)


def _answer_to_others(error: Exception, request: Request) -> Response:
    if isinstance(error, Http404):
        return problem_response(OTHERS["not_found"], request)
    if isinstance(error, (exceptions.PermissionDenied, PermissionDenied)):
        return problem_response(OTHERS["csrf_failed"], request)
    if isinstance(error, RequestDataTooBig):
        return problem_response(OTHERS["too_large"], request)
    if isinstance(error, SuspiciousOperation):
        return problem_response(OTHERS["malformed"], request)
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.warning("database_away", error=str(error))
        return problem_response(OTHERS["unavailable"], request)
    if isinstance(error, (DataError, BadValue)):
        return problem_response(OTHERS["malformed"], request)
    if isinstance(error, IntegrityError):
        logger.warning("conflict", error=str(error))
        return problem_response(OTHERS["conflict"], request)
    if isinstance(error, exceptions.APIException):
        code = error.default_code if error.default_code in OTHERS else "malformed"
        return problem_response(OTHERS[code], request)
    got_request_exception.send(sender=None, request=request._request)
    logger.error("failure", exc_info=error)
    return problem_response(OTHERS["internal"], request)


def errors_of(error: WorkflowError) -> Iterator[dict[str, Any]]:
    """Yield what a refusal holds: reasons with links, fields with pointers, or lines of a template."""
    if isinstance(error, GuardsFailed):
        yield from (reason_body(reason) for reason in error.reasons)
    elif isinstance(error, InvalidInput):
        for field, sentence in error.fields.items():
            yield {"pointer": pointer(*field.split(".")) if field else "#", "code": "invalid", "message": str(sentence)}
    elif isinstance(error, TemplateInvalid):
        for problem in error.problems:
            yield {"pointer": "#/text", "line": problem.line, "code": problem.code, "message": problem.message}


def reason_body(reason: Reason) -> dict[str, Any]:
    """Return a reason: its code, its sentence, whether it only warns, and what to open to mend it (API and page)."""
    return {
        "code": reason.code,
        "message": str(reason.message),
        "advisory": reason.advisory,
        "href": href_of(reason.ref),
        "page": page_of(reason.ref),
    }


def pointer(*parts: object) -> str:
    """Return a JSON pointer into the body, as a fragment (RFC 6901)."""
    return "".join(["#", *(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)])


def flatten(detail: Any, *path: object) -> Iterator[dict[str, Any]]:
    """Yield the errors of a serializer, each with a pointer to its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten(inner, *path, *(() if name == "non_field_errors" else (name,)))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list))
            yield from flatten(inner, *path, *((place,) if nested else ()))
    else:
        yield {"pointer": pointer(*path), "code": getattr(detail, "code", "invalid"), "message": str(detail)}


def in_query(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error that names a parameter of the query instead of a place in the body."""
    return {"parameter": error["pointer"].removeprefix("#/"), "code": error["code"], "message": error["message"]}


def not_readable(sentence: str) -> ApiError:
    """Return the refusal of a body that is no JSON that this API takes, with why."""
    return ApiError("malformed", sentence or _("The body is not valid JSON."))
