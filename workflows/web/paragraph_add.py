"""Paragraphs enter a text: typed or pasted, or from a file in each language, looked at before it is applied."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from workflows.actions.importing import align
from workflows.actions.paragraph import add_paragraphs
from workflows.errors import InvalidInput, StaleObject
from workflows.papers.reading import read_file
from workflows.queries.document_paragraph import read_places
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require
from workflows.rules.numbering import numbers
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_of, page_of_text
from workflows.web.document_rows import name_paragraph, number_shown
from workflows.web.errors import attempt
from workflows.web.forms_base import posted
from workflows.web.kept import keeps_draft, seal, take_kept
from workflows.web.links import url_for
from workflows.web.loading import load_document
from workflows.web.paragraph_forms import AT_END, AddForm, ImportForm

if TYPE_CHECKING:
    from workflows.models import Document, Paragraph
    from workflows.papers.reading import Reading
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]
SALT = "imported-text"
LARGEST = 3_500_000
"""Characters of what was read that the page of the preview carries at most."""


def place_after(document: Document, uuid: str) -> Paragraph | None:
    """Return after which paragraph something is to stand, none at the end; refuse one that is no longer there."""
    if uuid in {"", AT_END}:
        return None
    found = next((row.paragraph for row in read_places(document) if str(row.paragraph.uuid) == uuid), None)
    if found is None:
        raise InvalidInput(
            {"after": _("The paragraph after which it was to stand is no longer there. Choose its place again.")}
        )
    return found


@keeps_draft
@needs_seat
@require_http_methods(POST)
def add(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Add paragraphs that are typed or pasted."""
    document = load_document(request, slug, code)
    require(permissions.edits, facts_of(document), request.actor)
    kept = take_kept(request)
    form = AddForm(posted(request) or kept, initial={"after": AT_END})
    form.offer_places(read_places(document), first="", last=_("At the end"))
    if request.method == "POST" and form.is_valid():
        added = attempt(form, partial(_add, request, document, form), row=document)
        if added:
            messages.success(request, _added(len(added)))
            return redirect(f"{url_for(document)}#p-{added[0].uuid}")
    title = _("Add paragraphs")
    crumbs = [*crumbs_of(document.summit, document), {"label": title}]
    return page_of_text(
        request,
        form,
        title=title,
        label=_("Add"),
        crumbs=crumbs,
        lead=document.title,
        seal=seal(request),
        kept=bool(kept),
        two_columns=True,
    )


def _add(request: PageRequest, document: Document, form: AddForm) -> list[Paragraph]:
    es, pt = form.readings()
    if es is None and pt is None:
        raise InvalidInput({"text_es": _("Write the paragraph in at least one language.")})
    try:
        guessed, texts = align(es, pt, first_language=document.first_language)
    except InvalidInput as error:
        raise InvalidInput({"text_pt": error.message}) from error
    said = form.cleaned_data
    return add_paragraphs(
        document,
        kind=said["kind"] or [g.kind for g in guessed],
        texts=texts,
        after=place_after(document, said["after"]),
        actor=request.actor,
        now=request.now,
    )


def _added(number: int) -> str:
    return ngettext("%(count)d paragraph is added.", "%(count)d paragraphs are added.", number) % {"count": number}


# From a file -----------------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def import_file(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Read a file in one language or in each, show what it holds and what could not be read, and add it when told to."""
    document = load_document(request, slug, code)
    require(permissions.edits, facts_of(document), request.actor)
    if request.method == "POST" and "read" in request.POST:
        return _apply(request, document)
    form = ImportForm(posted(request), request.FILES or None)
    form.offer_places(read_places(document), first="", last=_("At the end"))
    if request.method == "POST" and form.is_valid():
        readings = attempt(form, partial(_read, form, document))
        if readings is not None:
            return _preview(request, document, *readings)
    title = _("Import from a file")
    crumbs = [*crumbs_of(document.summit, document), {"label": title}]
    lead = _("Nothing is added before you have seen what was read, and what was not.")
    return page_of_text(
        request, form, title=title, label=_("Read the file"), crumbs=crumbs, lead=lead, multipart=True, two_columns=True
    )


def _read(form: ImportForm, document: Document) -> tuple[dict[str, Reading | None], list[str], list[tuple[str, str]], str]:
    """Return what each file says, the kinds and texts of its paragraphs, and the sealed copy that the preview carries."""
    found: dict[str, Reading | None] = {}
    for language in ("es", "pt"):
        upload = form.cleaned_data[f"file_{language}"]
        found[language] = read_file(upload.read(), upload.name, field=f"file_{language}") if upload else None
    guessed, texts = align(found["es"], found["pt"], first_language=document.first_language)
    kinds = [str(g.kind) for g in guessed]
    sealed = [str(document.uuid), document.version, form.cleaned_data["after"], kinds, texts]
    carried = signing.dumps(sealed, salt=SALT, compress=True)
    if len(carried) > LARGEST:
        raise InvalidInput({"": _("The file holds too much for one import. Import it in parts.")})
    return found, kinds, texts, carried


def _preview(
    request: PageRequest,
    document: Document,
    found: dict[str, Reading | None],
    kinds: list[str],
    texts: list[tuple[str, str]],
    carried: str,
) -> HttpResponse:
    """Show what was read, as it would stand, and what was not."""
    rows = [
        {"name": name_paragraph(kind, number), "number": number_shown(number), "kind": kind, "es": es, "pt": pt}
        for kind, number, (es, pt) in zip(kinds, numbers(kinds), texts, strict=True)
    ]
    title = _("What was read")
    context = {
        "title": title,
        "document": document,
        "rows": rows,
        "unread": [
            {"language": language, "sentences": [u.sentence for u in reading.unread]}
            for language, reading in found.items()
            if reading is not None and reading.unread
        ],
        "carried": carried,
        "url": request.path,
        "back": url_for(document),
        "crumbs": [*crumbs_of(document.summit, document), {"label": title}],
    }
    return render(request, "paragraph/import.html", context)


def _apply(request: PageRequest, document: Document) -> HttpResponse:
    try:
        uuid, version, after, kinds, texts = signing.loads(request.POST["read"], salt=SALT, max_age=24 * 3600)
    except signing.BadSignature as error:
        raise InvalidInput({"": _("What was read is no longer at hand. Choose the file again.")}) from error
    if uuid != str(document.uuid):
        raise InvalidInput({"": _("What was read is no longer at hand. Choose the file again.")})
    if version != document.version:
        raise StaleObject(
            _("The text changed since the file was read, perhaps by this import. Look at it before you read it again.")
        )
    added = add_paragraphs(
        document,
        kind=kinds,
        texts=[(es, pt) for es, pt in texts],
        after=place_after(document, after),
        note=_("Imported from a file."),
        actor=request.actor,
        now=request.now,
        if_version=version,
    )
    messages.success(request, _added(len(added)))
    return redirect(f"{url_for(document)}#p-{added[0].uuid}")
