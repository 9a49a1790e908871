"""The contract as a file and as pages, and the page behind each kind of problem."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from api.base import Endpoint
from api.problems import PROBLEMS

YAML_TYPES = ("application/yaml", "application/vnd.oai.openapi", "text/yaml")


@cache
def contract() -> dict[str, Any]:
    """Return the contract, always in English; made once in a process."""
    with translation.override("en"):
        found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found


def contract_text() -> str:
    """Return the contract as YAML, as it is committed and compared."""
    return str(OpenApiYamlRenderer().render(contract(), renderer_context={}).decode())


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer the contract: JSON, or YAML for who asks for it."""
    if request.get_preferred_type(["application/json", *YAML_TYPES]) in YAML_TYPES:
        return HttpResponse(contract_text(), content_type="application/yaml; charset=utf-8")
    return HttpResponse(OpenApiJsonRenderer().render(contract(), renderer_context={}), content_type="application/json")


@require_safe
def pages(request: HttpRequest) -> HttpResponse:
    """Answer the pages that show the contract, and try it."""
    return render(request, "api/docs.html")


@never_cache
@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Answer the list of every kind of problem."""
    return render(request, "api/problems.html", {"problems": PROBLEMS.values()})


@never_cache
@require_safe
def problem(request: HttpRequest, code: str) -> HttpResponse:
    """Answer the page behind one kind of problem."""
    if code not in PROBLEMS:
        raise Http404
    return render(request, "api/problems.html", {"problems": [PROBLEMS[code]]})


class Nowhere(Endpoint):
    """Every other address of the API."""

    ops: ClassVar = {}
    permission_classes = []
    throttle_classes = []

    def _nowhere(self, request: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    get = post = put = patch = _nowhere
