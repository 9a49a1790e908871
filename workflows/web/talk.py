"""What is said under a task: lines of evidence, prepared before they are submitted, and comments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.actions.task import add_comment, add_evidence
from workflows.web.errors import attempt
from workflows.web.forms_base import page_of_form
from workflows.web.links import url_for

if TYPE_CHECKING:
    from workflows.models import Task
    from workflows.web.actor import PageRequest


class EvidenceForm(forms.Form):
    """A line of what will be delivered, or where it is."""

    text = forms.CharField(
        label=gettext_lazy("What will be delivered, or where it is"),
        widget=forms.Textarea({"rows": 3}),
        max_length=20_000,
        help_text=gettext_lazy("Only your own party sees it until the task is submitted."),
    )
    url = forms.URLField(label=gettext_lazy("Address of the paper"), required=False, max_length=500, assume_scheme="https")


class CommentForm(forms.Form):
    """What somebody says under a task."""

    text = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea({"rows": 3}), max_length=20_000)


def evidence_form(data: Any = None) -> EvidenceForm:
    """Return the form for a line of evidence; its ids differ from those of the other forms of the page."""
    return EvidenceForm(data, auto_id="evidence_%s")


def comment_form(data: Any = None) -> CommentForm:
    """Return the form for a comment."""
    return CommentForm(data, auto_id="comment_%s")


def form_page(
    request: PageRequest, row: Task, form: forms.Form, *, title: str, label: str, lead: str = "", kind: str = ""
) -> HttpResponse:
    """Return the page of one form about a task; with what is to be corrected when something is."""
    subject = f"{row.code}. {row.title}" + (f" · {row.responsible.name}" if row.is_child else "")
    crumbs = [{"label": row.code, "url": url_for(row)}, {"label": title}]
    return page_of_form(request, form, title=title, label=label, crumbs=crumbs, lead=lead or subject, kind=kind)


def _evidence(request: PageRequest, row: Task) -> HttpResponse:
    form = evidence_form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: dict[str, Any] = form.cleaned_data
        say = partial(add_evidence, row, actor=request.actor, now=request.now)
        if attempt(form, partial(say, text=said["text"], url=said["url"])) is not None:
            messages.success(request, _("It is prepared; your own party alone sees it until the task is submitted."))
            return redirect(f"{url_for(row)}#evidence")
    return form_page(request, row, form, title=_("Prepare evidence"), label=_("Keep it"))


def _comment(request: PageRequest, row: Task) -> HttpResponse:
    form = comment_form(request.POST or None)
    if request.method == "POST" and form.is_valid():
        say = partial(add_comment, row, actor=request.actor, now=request.now)
        if attempt(form, partial(say, text=form.cleaned_data["text"])) is not None:
            messages.success(request, _("The comment is written down."))
            return redirect(f"{url_for(row)}#comments")
    return form_page(request, row, form, title=_("Comment on the task"), label=_("Write the comment"))


TALK = {"evidence": _evidence, "comment": _comment}
"""What is said under a task, by the last part of the address."""
