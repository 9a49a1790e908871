"""The one place where a refusal of the domain becomes a page, or sentences in a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, StaleObject, WorkflowError, WrongState
from workflows.web.forms_base import RefusableForm
from workflows.web.links import linked

if TYPE_CHECKING:
    from django import forms

    from workflows.models import Document, Paragraph, Proposal

STATUS: dict[type[WorkflowError], int] = {
    WrongState: 409,
    NotPermitted: 403,
    GuardsFailed: 422,
    StaleObject: 412,
    InvalidInput: 400,
}


def status_of(error: WorkflowError) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def refuse(request: HttpRequest, error: WorkflowError, *, next_url: str = "", next_label: str = "") -> HttpResponse:
    """Return the page of a refusal: its sentence, every reason with its link, its code, and where to go from here."""
    status = status_of(error)
    reasons = linked(error.reasons) if isinstance(error, GuardsFailed) else []
    if isinstance(error, InvalidInput):
        reasons = [{"sentence": sentence, "url": ""} for sentence in error.fields.values()]
    context = {
        "message": error.message,
        "reasons": reasons,
        "code": error.code,
        "next_url": next_url or _back(request),
        "next_label": next_label or (_("Go back to the page") if _back(request) else ""),
        "demonstration": settings.SUMMITPREP_DEMO,
    }
    return render(request, f"errors/{status}.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Return the page from which a form was sent, when it is one of ours."""
    came_from = request.headers.get("Referer", "")
    ours = f"{request.scheme}://{request.get_host()}"
    return came_from.removeprefix(ours) if request.method == "POST" and came_from.startswith(f"{ours}/") else ""


def put_in_form(form: forms.Form, error: InvalidInput) -> None:
    """Put the sentences of a refusal where they belong: at their fields, the rest on top; what was typed stays."""
    for field, sentence in error.fields.items():
        form.add_error(field if field in form.fields else None, str(sentence))


def attempt(form: forms.Form, call: Callable[[], Any], *, row: Document | Paragraph | Proposal | None = None) -> Any:
    """Call an action with what a valid form holds; answer `None` when it refuses what was typed, said in the form.

    With `row`, what others did to it meanwhile is said in the form as well (412, 409), and what was typed stays.
    """
    try:
        return call()
    except InvalidInput as error:
        put_in_form(form, error)
    except (StaleObject, WrongState) as error:
        if row is None or not isinstance(form, RefusableForm):
            raise
        form.refuse(str(error.message), status=status_of(error), version=row.version)
    return None


class RefusalMiddleware:
    """Turns every refusal that a view lets pass into its page, so that no view needs an `except` of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing is done on the way in."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal with its page; what is not a refusal is a failure and goes on."""
        if not isinstance(exception, WorkflowError) or request.path.startswith("/api/"):
            return None
        if exception.code == "no_seat":
            return refuse(request, exception, next_url=reverse("account"), next_label=_("Your account"))
        return refuse(request, exception)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"errors/{status}.html", {"demonstration": settings.SUMMITPREP_DEMO}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what could not be read."""
    return _plain(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself forbids."""
    return _plain(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or to what the reader may not see."""
    return _plain(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours, without touching the database."""
    return _plain(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that had been open too long."""
    return render(request, "errors/403_csrf.html", {"demonstration": settings.SUMMITPREP_DEMO}, status=403)
