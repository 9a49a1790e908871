"""Versions of a text: one as it was frozen, the redline of any two by words, and the files of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from workflows.models import Version
from workflows.papers.canonical import json_of
from workflows.papers.pdf import pdf_of
from workflows.papers.sheet import MODES, sheet_of_text, sheet_of_version
from workflows.papers.word import docx_of
from workflows.queries.document_facts import body_of
from workflows.rules.redline import compare
from workflows.states import ParagraphState
from workflows.templatetags.moments import moment
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_of
from workflows.web.document_parts import FILES, file_label, occasion_of, symbol_text
from workflows.web.document_rows import name_paragraph, number_shown
from workflows.web.links import url_for
from workflows.web.loading import load_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from workflows.models import Document
    from workflows.papers.sheet import Mode, Sheet
    from workflows.rules.redline import Change
    from workflows.web.actor import PageRequest

NOW = "now"
"""In an address: the text as it is, beside the numbers of its versions."""
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def load_version(request: PageRequest, document: Document, number: int) -> Version:
    """Return a version of a text by its number."""
    found: Version = get_object_or_404(Version.objects.visible_to(request.actor), document=document, number=number)
    found.document = document
    return found


@needs_seat
@require_safe
def version(request: PageRequest, slug: str, code: str, number: int) -> HttpResponse:
    """Show a version as it was frozen."""
    document = load_document(request, slug, code)
    row = load_version(request, document, number)
    title = _("Version %(number)d") % {"number": number}
    args = [slug, code, number]
    compare_url = reverse("document-compare", args=[slug, code])
    context = {
        "document": document,
        "version": row,
        "title": title,
        "lead": f"{document.title}. {occasion_of(row)}, {moment(row.made_at, document.summit.zone)}.",
        "symbol": symbol_text(row),
        "rows": frozen_rows(row.body),
        "downloads": [{"label": file_label(name), "url": reverse("version-file", args=[*args, name])} for name in FILES],
        "json_url": reverse("version-file", args=[*args, "json"]),
        "compare_url": f"{compare_url}?from={number}&to={NOW}",
        "crumbs": [*crumbs_of(document.summit, document), {"label": title}],
    }
    return render(request, "document/version.html", context)


def frozen_rows(body: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the paragraphs of a frozen body as pages show them."""
    return [
        {
            "id": f"p-{p['uuid']}",
            "name": name_paragraph(p["kind"], p["number"]),
            "number": number_shown(p["number"]),
            "kind": p["kind"],
            "es": p["es"],
            "pt": p["pt"],
            "state": p["state"],
            "is_gone": p["state"] == ParagraphState.DELETED,
        }
        for p in body
    ]


# The redline -----------------------------------------------------------------------------------------------------


class CompareForm(forms.Form):
    """Which two versions are compared; the address keeps it."""

    from_ = forms.ChoiceField(label=gettext_lazy("From"), required=False)
    to = forms.ChoiceField(label=gettext_lazy("To"), required=False)

    def add_prefix(self, field_name: str) -> str:
        """Name the field `from` in the address, a word that Python keeps for itself."""
        return field_name.rstrip("_")


@needs_seat
@require_safe
def compare_versions(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Show what changed between two versions of a text, by paragraph, language and word."""
    document = load_document(request, slug, code)
    versions = {
        str(v.number): v for v in Version.objects.visible_to(request.actor).filter(document=document).order_by("number")
    }
    before, after = _ends(request, list(versions))
    labels = [
        (n, _("Version %(number)s, %(when)s") % {"number": n, "when": moment(v.made_at, document.summit.zone)})
        for n, v in versions.items()
    ]
    labels.append((NOW, _("The text as it is now")))
    form = CompareForm({"from": before, "to": after}, auto_id="compare_%s")
    for name in ("from_", "to"):
        field: Any = form.fields[name]
        field.choices = labels
    bodies = [body_of(document) if n == NOW else versions[n].body if n in versions else [] for n in (before, after)]
    changes = compare(*bodies)
    every = request.GET.get("all") == "1"
    touched = [c for c in changes if c.fate != "same"]
    title = _("Compare versions")
    context = {
        "document": document,
        "title": title,
        "lead": document.title,
        "form": form,
        "rows": [_compared(change) for change in (changes if every else touched)],
        "found": _found(len(touched), len(changes)),
        "every": every,
        "all_url": f"{request.path}?from={before}&to={after}" + ("" if every else "&all=1"),
        "no_version": not versions,
        "crumbs": [*crumbs_of(document.summit, document), {"label": title}],
        "back": url_for(document),
    }
    return render(request, "document/compare.html", context)


def _ends(request: PageRequest, numbers: list[str]) -> tuple[str, str]:
    """Return what is compared: what the address asks for, else the last version with the text as it is."""
    before, after = request.GET.get("from", ""), request.GET.get("to", "")
    for asked in (before, after):
        if asked and asked not in {*numbers, NOW}:
            raise Http404
    return before or (numbers[-1] if numbers else NOW), after or NOW


def _found(touched: int, total: int) -> str:
    values = {"count": touched, "total": total}
    return ngettext("%(count)d paragraph of %(total)d differs.", "%(count)d paragraphs of %(total)d differ.", touched) % values


FATES = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Taken out"),
    "moved": gettext_lazy("Moved"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("Unchanged"),
}


def _compared(change: Change) -> dict[str, Any]:
    number = change.number_after or change.number_before
    notes = [str(FATES[change.fate])]
    if change.number_before and change.number_after and change.number_before != change.number_after:
        notes.append(_("it was %(number)s before") % {"number": number_shown(change.number_before)})
    if change.state_before and change.state_after and change.state_before != change.state_after:
        states = {"before": ParagraphState(change.state_before).label, "after": ParagraphState(change.state_after).label}
        notes.append(_("%(before)s before, %(after)s now") % states)
    return {
        "name": name_paragraph(change.kind, number),
        "number": number_shown(number),
        "kind": change.kind,
        "es": change.es,
        "pt": change.pt,
        "note": "; ".join(notes),
    }


# Files -----------------------------------------------------------------------------------------------------------


@needs_seat
@require_safe
def version_file(request: PageRequest, slug: str, code: str, number: int, name: str) -> HttpResponse:
    """Return a version as PDF or Word, in one language or in both."""
    row = load_version(request, load_document(request, slug, code), number)
    if name == "json":
        return attached(json_of(row), "application/json", f"{row.symbol_es}.json")
    return paper(sheet_of_version(row), name, symbol_text(row))


@needs_seat
@require_safe
def document_file(request: PageRequest, slug: str, code: str, name: str) -> HttpResponse:
    """Return the text as it is now, as PDF or Word; it says that it is no version."""
    document = load_document(request, slug, code)
    return paper(sheet_of_text(document, now=request.now), name, f"{document.summit.slug}-{document.code}")


def paper(sheet: Sheet, name: str, stem: str) -> HttpResponse:
    """Return a sheet as the file that an address names ("pdf-es", "docx-synoptic"), to keep."""
    kind, _dash, mode = name.partition("-")
    if mode not in MODES or kind not in {"pdf", "docx"}:
        raise Http404
    wanted: Mode = mode
    content = pdf_of(sheet, wanted) if kind == "pdf" else docx_of(sheet, wanted)
    return attached(content, "application/pdf" if kind == "pdf" else DOCX_TYPE, f"{stem}.{mode}.{kind}")


def attached(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return a file to keep, which no browser takes for anything else."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
