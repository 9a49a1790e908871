"""Paragraphs' pages: add, write in both languages, move, take out, import from a file, and the chair's actions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from workflows.actions.importing import import_pair, import_paragraphs
from workflows.actions.paragraph import add_paragraphs, correct_translation, edit_paragraph, place_paragraph, remove_paragraph
from workflows.errors import InvalidInput, NotPermitted, StaleObject
from workflows.models import Paragraph
from workflows.papers.reading import read_text
from workflows.queries.document import read_document, text_history
from workflows.queries.document_facts import lines_of, text_of
from workflows.queries.facts import facts_of
from workflows.web.actor import needs_seat
from workflows.web.document import meetings_for
from workflows.web.document_acts import crumbs_to, page_of_form
from workflows.web.document_rows import name_paragraph
from workflows.web.errors import attempt
from workflows.web.forms_base import VersionedForm, offer, posted
from workflows.web.links import url_for, url_to_do
from workflows.web.loading import load_document, load_paragraph
from workflows.web.paragraph_forms import END, AddForm, CorrectionForm, FileForm, PlaceForm, WordsForm
from workflows.web.transition import Step, run

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.actions.importing import Imported
    from workflows.actions.paragraph import Written
    from workflows.models import Document
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]
BEGINNING = "beginning"


def _places(document: Document, but: Paragraph | None = None) -> list[tuple[str, str]]:
    """Return where a paragraph may stand: at the beginning, after each of the others."""
    rows = text_of([document])[document.pk]
    named = zip(rows, lines_of(rows), strict=True)
    others = [
        (str(p.uuid), _("After: %(what)s") % {"what": f"{name_paragraph(p.kind, n.number)}. {(p.text_es or p.text_pt)[:60]}"})
        for p, n in named
        if but is None or p.pk != but.pk
    ]
    return [(BEGINNING, _("At the beginning")), *others]


def _after(document: Document, chosen: str) -> Paragraph | None:
    return Paragraph.objects.filter(document=document, uuid=chosen).first() if chosen not in {BEGINNING, END, ""} else None


# Add and import --------------------------------------------------------------------------------------------------


def _writes(request: PageRequest, document: Document) -> None:
    if not read_document(document, actor=request.actor).may.edit:
        raise NotPermitted(_("The text is not open to your changes in this state."), code="text_not_open")


@needs_seat
@require_http_methods(POST)
def add(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Add a paragraph, or several that are pasted."""
    document = load_document(request, slug, code)
    _writes(request, document)
    form = AddForm(posted(request), initial={"version": document.version, "after": END})
    offer(form, "after", [(END, _("At the end")), *_places(document)[1:]])
    if request.method == "POST" and form.is_valid():
        added = attempt(form, partial(_add, request, document, form.cleaned_data))
        if added is not None:
            number = len(added)
            messages.success(request, ngettext("%(n)d paragraph added.", "%(n)d paragraphs added.", number) % {"n": number})
            return redirect(url_for(document))
    title = _("Add paragraphs")
    return page_of_form(request, form, title=title, label=_("Add"), crumbs=crumbs_to(document, title), lead=document.title)


def _add(request: PageRequest, document: Document, said: dict[str, Any]) -> list[Paragraph]:
    pairs, kinds = _cut(said["text_es"], said["text_pt"], said["kind"], first=document.first_language)
    return add_paragraphs(
        document,
        kind=kinds,
        texts=pairs,
        after=_after(document, said["after"]),
        actor=request.actor,
        now=request.now,
        if_version=said["version"],
    )


def _cut(es: str, pt: str, kind: str, *, first: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return pasted words as pairs of paragraphs with their kinds; one paragraph of a named kind keeps its lines."""
    if kind:
        return [(es, pt)], [kind]
    read = {lang: list(read_text(text).paragraphs) if text.strip() else [] for lang, text in (("es", es), ("pt", pt))}
    if read["es"] and read["pt"] and len(read["es"]) != len(read["pt"]):
        sentence = _("There are %(es)d paragraphs in Spanish and %(pt)d in Portuguese: paste as many in both.")
        raise InvalidInput({"text_pt": sentence % {"es": len(read["es"]), "pt": len(read["pt"])}})
    leading = read[first] or read["es"] or read["pt"]
    texts = [(read["es"][n].text if read["es"] else "", read["pt"][n].text if read["pt"] else "") for n in range(len(leading))]
    return texts, [p.kind for p in leading]


@needs_seat
@require_http_methods(POST)
def from_file(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Import paragraphs from a file in each language; what could not be read is listed."""
    document = load_document(request, slug, code)
    _writes(request, document)
    form = FileForm(posted(request), request.FILES or None, initial={"version": document.version})
    if request.method == "POST" and form.is_valid():
        done: Imported | None = attempt(form, partial(_import, request, document, form.cleaned_data))
        if done is not None:
            number = len(done.paragraphs)
            messages.success(request, ngettext("%(n)d paragraph added.", "%(n)d paragraphs added.", number) % {"n": number})
            for line in (line for unread in done.unread.values() for line in unread):
                messages.warning(request, line.sentence)
            return redirect(url_for(document))
    title = _("Import from a file")
    lead = _("The file is cut into paragraphs and added at the end. What cannot be read is listed; nothing of it is guessed.")
    crumbs = crumbs_to(document, title)
    return page_of_form(request, form, title=title, label=_("Import"), crumbs=crumbs, lead=lead, multipart=True)


def _import(request: PageRequest, document: Document, said: dict[str, Any]) -> Imported:
    es, pt = said["file_es"], said["file_pt"]
    common: dict[str, Any] = {"actor": request.actor, "now": request.now, "if_version": said["version"]}
    if es and pt:
        return import_pair(document, es_bytes=es.read(), es_filename=es.name, pt_bytes=pt.read(), pt_filename=pt.name, **common)
    file, language = (es, "es") if es else (pt, "pt")
    return import_paragraphs(document, file_bytes=file.read(), filename=file.name, language=language, **common)


# One paragraph ---------------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def paragraph(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Write a paragraph in both languages; whoever may only read sees it with its history."""
    row = load_paragraph(request, slug, code, uuid)
    form = WordsForm(posted(request), initial={"version": row.version, "text_es": row.text_es, "text_pt": row.text_pt})
    if request.method == "POST" and form.is_valid():
        call = partial(edit_paragraph, row, actor=request.actor, now=request.now, if_version=form.cleaned_data["version"])
        try:
            done: Written | None = attempt(form, lambda: call(**form.said()))
        except StaleObject:
            return _conflict(request, row, form)
        if done is not None:
            _acknowledge(request, done)
            return redirect(f"{url_for(row.document)}#p-{row.uuid}")
    return _page(request, row, form)


def _acknowledge(request: PageRequest, done: Written) -> None:
    messages.success(request, _("The paragraph is saved."))
    if done.dropped:
        sentence = ngettext(
            "One clearance no longer stands, because the paragraph was changed.",
            "%(n)d clearances no longer stand, because the paragraph was changed.",
            len(done.dropped),
        )
        messages.warning(request, sentence % {"n": len(done.dropped)})


def _conflict(request: PageRequest, row: Paragraph, form: WordsForm) -> HttpResponse:
    """Show both texts after somebody else saved first: one's own stay in the form, the other's stand beside."""
    fresh = Paragraph.objects.get(pk=row.pk)
    fresh.document = row.document
    data = form.data.copy()
    data["version"] = str(fresh.version)
    return _page(request, fresh, WordsForm(data), status=412, theirs=fresh)


def _page(
    request: PageRequest, row: Paragraph, form: WordsForm, *, status: int = 0, theirs: Paragraph | None = None
) -> HttpResponse:
    document = row.document
    sheet = read_document(document, actor=request.actor)
    found = next(r for r in sheet.rows if r.paragraph.pk == row.pk)
    name = name_paragraph(row.kind, found.line.number)
    may = sheet.may.edit and bool(found) and not found.is_closed
    links = [
        (may, "place", _("Move or change what it is")),
        (may and document.circulated_at is None, "remove", _("Take it out")),
        (sheet.may.correct_translation, "correct_translation", _("Correct the translation")),
    ]
    context = {
        "title": name,
        "lead": document.title,
        "crumbs": crumbs_to(document, name),
        "row": found,
        "form": form if may else None,
        "theirs": theirs,
        "links": [{"label": label, "url": url_to_do(row, verb)} for allowed, verb, label in links if allowed],
        "changes": text_history(row, actor=request.actor),
        "url": request.path,
        "back": f"{url_for(document)}#p-{row.uuid}",
    }
    return render(request, "document/paragraph.html", context, status=status or (400 if form.errors else 200))


def _place(request: PageRequest, row: Paragraph) -> HttpResponse:
    rows = text_of([row.document])[row.document_id]
    before = [p for p in rows if (p.rank, p.pk) < (row.rank, row.pk)]
    initial = {"version": row.version, "kind": row.kind, "conditional_on": row.conditional_on}
    form = PlaceForm(posted(request), initial=initial | {"after": str(before[-1].uuid) if before else BEGINNING})
    offer(form, "after", _places(row.document, but=row))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        call = partial(place_paragraph, row, actor=request.actor, now=request.now, if_version=said["version"])
        more = {"kind": said["kind"], "conditional_on": said["conditional_on"]}
        if attempt(form, lambda: call(after=_after(row.document, said["after"]), **more)) is not None:
            messages.success(request, _("The paragraph is moved."))
            return redirect(f"{url_for(row.document)}#p-{row.uuid}")
    title = _("Move or change what it is")
    return page_of_form(request, form, title=title, label=_("Save"), crumbs=crumbs_to(row.document, title))


def _remove(request: PageRequest, row: Paragraph) -> HttpResponse:
    form = VersionedForm(posted(request), initial={"version": row.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        remove_paragraph(row, actor=request.actor, now=request.now, if_version=version)
        messages.success(request, _("The paragraph is taken out; its history is kept."))
        return redirect(url_for(row.document))
    title = _("Take the paragraph out")
    crumbs, lead = crumbs_to(row.document, title), (row.text_es or row.text_pt)[:300]
    return page_of_form(request, form, title=title, label=_("Take it out"), crumbs=crumbs, lead=lead, kind="stop")


def _correct(request: PageRequest, row: Paragraph) -> HttpResponse:
    language = "pt" if request.GET.get("language") == "pt" else "es"
    initial = {"version": row.version, "language": language, "text": getattr(row, f"text_{language}")}
    form = CorrectionForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        call = partial(correct_translation, row, actor=request.actor, now=request.now, if_version=said["version"])
        written = {"language": said["language"], "text": said["text"], "note": said["note"]}
        if attempt(form, lambda: call(**written)) is not None:
            messages.success(request, _("The translation is corrected, and all were told."))
            return redirect(f"{url_for(row.document)}#p-{row.uuid}")
    title = _("Correct the translation")
    lead = _("For the concordance of both languages only: it reopens nothing, and all are told.")
    return page_of_form(request, form, title=title, label=_("Correct"), crumbs=crumbs_to(row.document, title), lead=lead)


ACTS = {"place": _place, "remove": _remove, "correct_translation": _correct}


@needs_seat
@require_http_methods(POST)
def paragraph_action(request: PageRequest, slug: str, code: str, uuid: UUID, verb: str) -> HttpResponse:
    """Do one thing to a paragraph: an editor's act, or the chair's gavel in a meeting."""
    row = load_paragraph(request, slug, code, uuid)
    if verb in ACTS:
        may = read_document(row.document, actor=request.actor).may
        if not (may.correct_translation if verb == "correct_translation" else may.edit):
            raise NotPermitted(_("The text is not open to your changes in this state."), code="text_not_open")
        return ACTS[verb](request, row)
    meetings = meetings_for(verb, facts_of(row))  # type: ignore[arg-type]
    back = f"{url_for(row.document)}?meeting={request.POST.get('meeting', '')}#p-{row.uuid}"
    subject = f"{row.document.title}. {(row.text_es or row.text_pt)[:120]}"
    step = Step(
        request=request,
        row=row,
        name=verb,
        back=back,
        meetings=meetings,
        initial={"meeting": meetings[0][0]} if meetings else {},
        crumbs=crumbs_to(row.document, _("The chair")),
        context={"subject": subject},
    )
    return run(step)
