"""Loads what an address names, as the reader may see it; what may not be seen is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.http import url_has_allowed_host_and_scheme

from workflows.models import Paragraph, Proposal
from workflows.queries.document import visible_documents
from workflows.queries.meeting import visible_meetings
from workflows.queries.summit import find_summit
from workflows.queries.task import visible_tasks

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.models import Document, Meeting, Summit, Task
    from workflows.rules.facts import Actor
    from workflows.web.actor import PageRequest


def load_summit(request: PageRequest, slug: str) -> Summit:
    """Return the summit of an address and make it the page's."""
    summit = find_summit(_reader(request), slug)
    if summit is None:
        raise Http404
    request.summit = summit
    return summit


def load_task(request: PageRequest, slug: str, code: str, party: str = "") -> Task:
    """Return a line of the checklist, or a party's part of it."""
    summit = load_summit(request, slug)
    tasks = visible_tasks(_reader(request)).filter(summit=summit, code=code)
    found = tasks.filter(parent__isnull=False, responsible__code=party) if party else tasks.filter(parent__isnull=True)
    task: Task = get_object_or_404(found)
    return task


def load_meeting(request: PageRequest, slug: str, code: str) -> Meeting:
    """Return a meeting."""
    summit = load_summit(request, slug)
    meeting: Meeting = get_object_or_404(visible_meetings(_reader(request)), summit=summit, code=code)
    return meeting


def load_document(request: PageRequest, slug: str, code: str) -> Document:
    """Return a text by its code: "declaration", "special-communique-py"."""
    summit = load_summit(request, slug)
    document: Document = get_object_or_404(visible_documents(_reader(request)), summit=summit, code=code)
    return document


def load_paragraph(request: PageRequest, slug: str, code: str, uuid: UUID) -> Paragraph:
    """Return a paragraph that stands in a text."""
    document = load_document(request, slug, code)
    paragraph: Paragraph = get_object_or_404(Paragraph, document=document, uuid=uuid, removed_at__isnull=True)
    paragraph.document = document
    return paragraph


def load_proposal(request: PageRequest, slug: str, code: str, uuid: UUID) -> Proposal:
    """Return a proposal on a text; a draft is there for its own delegation alone."""
    document = load_document(request, slug, code)
    rows = Proposal.objects.visible_to(_reader(request)).select_related(
        "party", "paragraph", "version_of_text", "written_by__party"
    )
    proposal: Proposal = get_object_or_404(rows, document=document, uuid=uuid)
    proposal.document = document
    return proposal


def _reader(request: PageRequest) -> Actor:
    if request.actor is None:
        raise Http404
    return request.actor


def next_of(request: PageRequest, otherwise: str) -> str:
    """Return where a form asks to go afterwards, when that is one of our own pages."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else otherwise
