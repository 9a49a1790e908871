"""What is kept and given out of a text: versions, the redline between two, files, and the page that anyone can check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workflows.models import Publication, Version
from workflows.papers.canonical import json_of
from workflows.papers.pdf import pdf_of
from workflows.papers.sheet import sheet_of_text, sheet_of_version
from workflows.papers.word import docx_of
from workflows.rules.redline import compare as compare_bodies
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_to
from workflows.web.document_parts import FILES, file_label, occasion_of, publication_shown
from workflows.web.document_rows import name_paragraph
from workflows.web.links import url_for
from workflows.web.loading import load_document

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.models import Document
    from workflows.papers.sheet import Mode, Sheet
    from workflows.rules.redline import Change
    from workflows.web.actor import PageRequest

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _versions(request: PageRequest, document: Document) -> list[Version]:
    return list(Version.objects.visible_to(request.actor).filter(document=document).order_by("number"))


@needs_seat
@require_safe
def version(request: PageRequest, slug: str, code: str, number: int) -> HttpResponse:
    """Show a version as it was made, with its hash."""
    document = load_document(request, slug, code)
    row = get_object_or_404(Version.objects.visible_to(request.actor), document=document, number=number)
    args = [slug, code, number]
    context = {
        "document": document,
        "version": row,
        "occasion": occasion_of(row),
        "rows": [_paragraph(p) for p in row.body],
        "crumbs": crumbs_to(document, _("version %(number)d") % {"number": number}),
        "downloads": [{"label": file_label(name), "url": reverse("version-file", args=[*args, name])} for name in FILES],
        "json_url": reverse("version-file", args=[*args, "json"]),
        "compare_url": f"{reverse('document-compare', args=[slug, code])}?from={number - 1}&to={number}" if number > 1 else "",
    }
    return render(request, "document/version.html", context)


def _paragraph(p: dict[str, Any]) -> dict[str, Any]:
    return {**p, "name": name_paragraph(p["kind"], p["number"]), "is_heading": p["kind"] == "heading"}


@needs_seat
@require_safe
def compare(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show the redline between two versions, paragraph by paragraph in both languages."""
    document = load_document(request, slug, code)
    versions = _versions(request, document)
    if not versions:
        raise Http404
    by_number = {str(v.number): v for v in versions}
    after = by_number.get(request.GET.get("to", ""), versions[-1])
    before = by_number.get(request.GET.get("from", ""), by_number.get(str(after.number - 1), versions[0]))
    changes = compare_bodies(before.body, after.body)
    only = request.GET.get("all") != "1"
    shown = [_change(c) for c in changes if not only or c.fate != "same"]
    address = f"?from={before.number}&to={after.number}"
    context = {
        "document": document,
        "versions": versions,
        "before": before,
        "after": after,
        "changes": shown,
        "same": sum(c.fate == "same" for c in changes),
        "only": only,
        "other_url": f"{address}&all=1" if only else address,
        "crumbs": crumbs_to(document, _("Compare versions")),
        "url": reverse("document-compare", args=[slug, code]),
    }
    return render(request, "document/compare.html", context)


def _change(change: Change) -> dict[str, Any]:
    fates = {
        "same": _("Unchanged"),
        "changed": _("Changed"),
        "added": _("Added"),
        "removed": _("Taken out"),
        "moved": _("Moved"),
    }
    number = change.number_after or change.number_before
    return {
        "name": name_paragraph(change.kind, number),
        "number": number,
        "fate": fates[change.fate],
        "was": change.number_before if change.number_before != change.number_after and change.number_after else "",
        "es": change.es,
        "pt": change.pt,
        "state_before": change.state_before,
        "state_after": change.state_after,
        "state_changed": bool(change.state_before and change.state_after and change.state_before != change.state_after),
        "kind": change.kind,
    }


# Files -----------------------------------------------------------------------------------------------------------


def _file(sheet: Sheet, name: str, stem: str) -> HttpResponse:
    kind, _dash, mode = name.partition("-")
    if name not in FILES:
        raise Http404
    chosen: Mode = mode  # type: ignore[assignment]
    data, content_type = (pdf_of(sheet, chosen), "application/pdf") if kind == "pdf" else (docx_of(sheet, chosen), DOCX)
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{stem}-{mode}.{kind}"'
    return answer


def _copy(row: Version) -> HttpResponse:
    answer = HttpResponse(json_of(row), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="{row.symbol_es}.json"'
    return answer


@needs_seat
@require_safe
def document_file(request: PageRequest, slug: str, code: str, name: str) -> HttpResponse:
    """Give the text as it stands as a file."""
    document = load_document(request, slug, code)
    return _file(sheet_of_text(document, now=request.now), name, f"{document.code}-{slug}")


@needs_seat
@require_safe
def version_file(request: PageRequest, slug: str, code: str, number: int, name: str) -> HttpResponse:
    """Give a version as a file; `json` is the copy from which its hash is recomputed."""
    document = load_document(request, slug, code)
    row = get_object_or_404(Version.objects.visible_to(request.actor), document=document, number=number)
    row.document = document
    return _copy(row) if name == "json" else _file(sheet_of_version(row), name, row.symbol_es)


# Published -------------------------------------------------------------------------------------------------------


def _published(uuid: UUID) -> Publication:
    rows = Publication.objects.select_related("document__summit__host", "document__proponent", "version_of_text")
    return get_object_or_404(rows, uuid=uuid)


@require_safe
def published(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the frozen copy of a published text to anyone: both languages, its hash, and how it is checked."""
    row = _published(uuid)
    others = Publication.objects.filter(document=row.document).exclude(pk=row.pk).select_related("version_of_text", "document")
    zone = row.document.summit.zone
    context = {
        "document": row.document,
        "publication": publication_shown(row, zone),
        "others": [publication_shown(other, zone) for other in others.order_by("-pk")],
        "rows": [_paragraph(p) for p in row.version_of_text.body if p["state"] != "deleted"],
        "downloads": [{"label": file_label(name), "url": reverse("published-file", args=[uuid, name])} for name in FILES],
        "json_url": reverse("published-file", args=[uuid, "json"]),
        "own_url": url_for(row.document) if getattr(request, "actor", None) else "",
    }
    return render(request, "document/published.html", context)


@require_safe
def published_file(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    """Give a published text as a file to anyone."""
    row = _published(uuid)
    kept = row.version_of_text
    kept.document = row.document
    return _copy(kept) if name == "json" else _file(sheet_of_version(kept), name, kept.symbol_es)
