"""What was published, for anybody: the frozen copy with its hash, how to check it, its files; no account is needed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from workflows.papers import check as checker
from workflows.papers.canonical import check_copy, json_of
from workflows.papers.sheet import sheet_of_version
from workflows.queries.document_api import later_edition, publication_rows, published_with
from workflows.queries.document_public import read_published
from workflows.queries.names import name_summit_at
from workflows.rules.texts import body_digest
from workflows.states import Outcome
from workflows.templatetags.moments import moment
from workflows.web.document_parts import FILES, file_label, publication_shown, symbol_text
from workflows.web.errors import attempt
from workflows.web.forms_base import posted
from workflows.web.version import attached, frozen_rows, paper

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from workflows.models import Publication

HASH = re.compile(r"[0-9a-f]{64}")


class HashForm(forms.Form):
    """Finds a published text by its hash."""

    hash = forms.CharField(
        label=gettext_lazy("Hash"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The 64 figures and letters at the foot of the paper."),
    )


class CopyForm(forms.Form):
    """Takes a copy to be checked."""

    file = forms.FileField(
        label=gettext_lazy("JSON copy of the text"),
        help_text=gettext_lazy("The file that the page of the text gives, up to 25 MB. It is read and not kept."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Find a published text by its hash, or check a copy that somebody brings."""
    wanted = "".join(request.GET.get("hash", "").split()).lower()
    if HASH.fullmatch(wanted) and published_with(wanted) is not None:
        return redirect("published-hash", digest=wanted)
    form = CopyForm(posted(request), request.FILES or None)
    checked, known = None, None
    if request.method == "POST" and form.is_valid():
        checked = attempt(form, lambda: check_copy(form.cleaned_data["file"].read()))
        known = published_with(checked.recomputed) if checked is not None else None
    context = {
        "hash_form": HashForm(initial={"hash": request.GET.get("hash", "")}),
        "asked": wanted if request.method != "POST" else "",
        "form": form,
        "checked": checked,
        "known_url": reverse("published", args=[known.uuid]) if known else "",
    }
    return render(request, "published/check.html", context, status=400 if form.errors else 200)


@require_safe
def by_hash(request: HttpRequest, digest: str) -> HttpResponse:
    """Lead from the hash that stands on a paper to the last publication with it."""
    wanted = digest.lower()
    found = published_with(wanted) if HASH.fullmatch(wanted) else None
    if found is None:
        raise Http404
    return redirect("published", uuid=found.uuid)


@require_safe
def published(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a published text as it was frozen, its hash recomputed as the page is shown, and how to check it oneself."""
    publication = _load(uuid)
    version, document = publication.version_of_text, publication.document
    later = later_edition(publication)
    zone = document.summit.zone
    context = {
        "document": document,
        "publication": publication,
        "version": version,
        "summit_name": name_summit_at(document.summit),
        "rows": [row for row in frozen_rows(version.body) if not row["is_gone"]],
        "outcome": str(Outcome(document.outcome).label) if document.outcome else "",
        "published_at": moment(publication.published_at, zone),
        "digest": version.digest,
        "holds": body_digest(version.body) == version.digest,
        "corrigenda": [publication_shown(p, zone) for p in read_published(document) if p.corrigendum],
        "later": publication_shown(later, zone) if later and not later.corrigendum else None,
        "files": [{"label": file_label(name), "url": _file_url(publication, name)} for name in FILES],
        "json_url": _file_url(publication, "json"),
        "script_url": _file_url(publication, "check.py"),
        "check_url": reverse("published-check"),
        "address": request.build_absolute_uri(reverse("published-hash", args=[version.digest])),
    }
    return render(request, "published/published.html", context)


def _file_url(publication: Publication, name: str) -> str:
    return reverse("published-file", args=[publication.uuid, name])


def _load(uuid: UUID) -> Publication:
    rows = publication_rows(None).select_related("document__summit__host", "document__proponent")
    publication: Publication = get_object_or_404(rows, uuid=uuid)
    publication.version_of_text.document = publication.document
    return publication


@require_safe
def published_file(request: HttpRequest, uuid: UUID, name: str) -> HttpResponse:
    """Return a published text as a file, its canonical JSON copy, or the script that checks one."""
    version = _load(uuid).version_of_text
    if name == "json":
        return attached(json_of(version), "application/json", f"{version.symbol_es}.json")
    if name == "check.py":
        return attached(Path(checker.__file__).read_bytes(), "text/x-python; charset=utf-8", "check.py")
    return paper(sheet_of_version(version), name, symbol_text(version))
