"""A paragraph's page: both languages to read or to write, what is said of it, who changed what; and what is done to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from workflows.actions.paragraph import correct_translation, edit_paragraph, place_paragraph, remove_paragraph
from workflows.errors import NotPermitted, StaleObject, WrongState
from workflows.models import Paragraph
from workflows.queries.document_names import number_of
from workflows.queries.document_paragraph import read_paragraph, read_places
from workflows.queries.facts import facts_of
from workflows.rules import document_permissions as permissions
from workflows.rules.evaluate import require
from workflows.rules.redline import redline
from workflows.rules.verbs import verbs_of
from workflows.states import CLOSED_PARAGRAPH, ClearanceOffice
from workflows.web.actor import needs_seat
from workflows.web.checklist_rows import short_office
from workflows.web.document import meetings_for
from workflows.web.document_acts import ask_about, crumbs_of, place_in_text
from workflows.web.document_rows import TextPage, name_paragraph, standing
from workflows.web.errors import attempt, status_of
from workflows.web.forms_base import VersionedForm, posted
from workflows.web.kept import keeps_draft, seal, take_kept
from workflows.web.links import url_for, url_to_do
from workflows.web.loading import load_paragraph
from workflows.web.paragraph_forms import AT_START, CorrectForm, MoveForm, WriteForm, mark_of, plain
from workflows.web.transition import Step, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from workflows.actions.paragraph import Written
    from workflows.errors import WorkflowError
    from workflows.queries.document_paragraph import ParagraphSheet
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]
LANGUAGES = ("es", "pt")


@keeps_draft
@needs_seat
@require_http_methods(POST)
def paragraph(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Show a paragraph with all that is said of it; write it, when the reader may."""
    row = load_paragraph(request, slug, code, uuid)
    if request.method == "POST":
        return _write(request, row)
    kept = take_kept(request)
    form = WriteForm(kept) if kept else WriteForm(initial=WriteForm.first(row))
    return _page(request, row, form, kept=bool(kept))


def _write(request: PageRequest, row: Paragraph) -> HttpResponse:
    """Write a paragraph; whatever another person did to it meanwhile, no word of either is lost."""
    form = WriteForm(request.POST)
    if not form.is_valid():
        require(permissions.edits, facts_of(row.document), request.actor)
        return _page(request, row, form)
    edit = partial(edit_paragraph, row, actor=request.actor, now=request.now, if_version=form.cleaned_data["version"])
    try:
        written: Written | None = attempt(form, lambda: edit(**form.said()))
    except (StaleObject, WrongState, NotPermitted) as error:
        return _conflict(request, row, form, error)
    if written is None:
        return _page(request, row, form)
    messages.success(request, _said_of(written))
    return redirect(place_in_text(row.document, row))


def _said_of(written: Written) -> str:
    """Return what an edit did: kept, and which clearances it dropped."""
    if not written.dropped:
        return _("The paragraph is written.")
    offices = ", ".join(str(ClearanceOffice(office).label).lower() for office in written.dropped)
    sentence = ngettext(
        "The paragraph is written. A clearance no longer stands and is signed again: %(offices)s.",
        "The paragraph is written. Clearances no longer stand and are signed again: %(offices)s.",
        len(written.dropped),
    )
    return sentence % {"offices": offices}


def _conflict(request: PageRequest, row: Paragraph, form: WriteForm, error: WorkflowError) -> HttpResponse:
    """Show one's own text: in the form with the other's beside it, or to be read where the paragraph is closed now."""
    now = Paragraph.objects.get(pk=row.pk)
    now.document = row.document
    own, page = form.touched(), partial(_page, request, now, status=status_of(error))
    if not isinstance(error, StaleObject):
        return page(form, conflict=error.message, own=_own(form, own))
    if now.state in CLOSED_PARAGRAPH:
        sentence = _("The paragraph was closed while you wrote; the chair reopens it first. Your words are not in the text.")
        return page(form, conflict=sentence, own=_own(form, own))
    data = request.POST.copy()
    data["version"] = str(now.version)
    beside, followed = [], False
    for language in LANGUAGES:
        theirs = getattr(now, f"text_{language}")
        moved = mark_of(theirs) != form.cleaned_data[f"read_{language}"]
        if language not in own:
            data[f"text_{language}"], followed = theirs, followed or moved
        elif moved and theirs != plain(own[language]):
            beside.append({"language": language, "text": theirs, "pieces": redline(theirs, plain(own[language]))})
        data[f"read_{language}"] = mark_of(theirs)
    return page(WriteForm(data), conflict=_nothing_lost(bool(beside), followed=followed, wrote=bool(own)), beside=beside)


def _nothing_lost(beside: bool, *, followed: bool, wrote: bool) -> str:
    """Return what the form holds after another person changed the paragraph."""
    if beside:
        return _(
            "Nothing is lost. Your text stands in the form; beside it, the paragraph as it is now, with what yours takes out "
            "and puts in. Decide, and write it again."
        )
    if followed and wrote:
        return _(
            "Nothing is lost. You wrote one language and the other person the other: the form holds both. Look at it, and "
            "write it again."
        )
    return _("Nothing is lost. The other person wrote no words that differ from the form. Look at it, and write it again.")


def _own(form: WriteForm, texts: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what somebody typed, to be read and copied where no form can hold it."""
    own = [{"label": form.fields[f"text_{lang}"].label, "language": lang, "text": text} for lang, text in texts.items()]
    note = form.cleaned_data["note"]
    return own + ([{"label": form.fields["note"].label, "language": "", "text": note}] if note else [])


def _page(request: PageRequest, row: Paragraph, form: WriteForm, *, status: int = 0, **more: Any) -> HttpResponse:
    sheet = read_paragraph(row, actor=request.actor)
    if sheet is None:
        raise Http404
    document, may = row.document, sheet.may
    page = TextPage(sheet, request.actor, {m.code: m.title for m in sheet.facts.meetings}, "")
    writes = may.edit and row.state not in CLOSED_PARAGRAPH
    name = name_paragraph(row.kind, sheet.row.line.number)
    context = {
        "row": page.row(sheet.row),
        "title": name,
        "lead": document.title,
        "paragraph": row,
        "form": form if writes else None,
        "closed": may.edit and not writes,
        "seal": seal(request),
        "url": request.get_full_path(),
        "back": place_in_text(row.document, row),
        "crumbs": [*crumbs_of(document.summit, document), {"label": name}],
        "acts": _acts(sheet),
        "changes": [_change(change) for change in sheet.changes],
        "position_rows": [standing(sheet, position, request.actor) for position in sheet.row.positions],
        **more,
    }
    return render(request, "paragraph/paragraph.html", context, status=status or (400 if form.errors else 200))


def _acts(sheet: ParagraphSheet) -> list[dict[str, str]]:
    """Return what else the reader may do to the paragraph."""
    row, may, acts = sheet.row.paragraph, sheet.may, []
    if may.arrange and row.state not in CLOSED_PARAGRAPH:
        acts.append({"label": _("Move it or change its kind"), "url": url_to_do(row, "place")})
        if row.document.circulated_at is None:
            acts.append({"label": _("Take it out of the text"), "url": url_to_do(row, "remove")})
    if may.correct_translation:
        acts.append({"label": _("Correct the translation"), "url": url_to_do(row, "correct_translation")})
    return acts


def _change(change: Any) -> dict[str, Any]:
    """Return an edit as the history shows it: by which office, when, and the words in and out of each language."""
    pairs = [(lang, getattr(change, f"before_{lang}"), getattr(change, f"after_{lang}")) for lang in LANGUAGES]
    return {
        "at": change.changed_at,
        "office": short_office(change.changed_by.party) if change.changed_by else "",
        "note": change.note,
        "texts": [{"language": lang, "pieces": redline(before, after)} for lang, before, after in pairs if before != after],
    }


# What is done ----------------------------------------------------------------------------------------------------


@needs_seat
@require_http_methods(POST)
def paragraph_action(request: PageRequest, slug: str, code: str, uuid: UUID, verb: str) -> HttpResponse:
    """Do one thing to a paragraph, or show the page on which it is done; the chair's gavel falls in a meeting."""
    row = load_paragraph(request, slug, code, uuid)
    if verb in INTENTS:
        return INTENTS[verb](request, row)
    found = verbs_of(Paragraph).get(verb)
    if found is None:
        raise Http404
    facts = facts_of(row)
    meetings = meetings_for(verb, facts)  # type: ignore[arg-type]
    chosen = request.GET.get("meeting", "") or (meetings[0][0] if len(meetings) == 1 else "")
    name = name_paragraph(row.kind, number_of(row))
    step = Step(
        request=request,
        row=row,
        name=verb,
        back=place_in_text(row.document, row),
        meetings=meetings,
        initial={"meeting": chosen},
        crumbs=[
            *crumbs_of(row.document.summit, row.document),
            {"label": name, "url": url_for(row)},
            {"label": str(found[0].label)},
        ],
        context={
            "subject": f"{name}. {row.document.title}",
            "no_meeting": not meetings,
            "meetings_url": reverse("meetings", args=[slug]),
        },
    )
    return run(step)


def _move(request: PageRequest, row: Paragraph) -> HttpResponse:
    rows = [each for each in read_places(row.document) if each.paragraph.pk != row.pk]
    before = [each for each in rows if each.paragraph.rank < row.rank]
    here = str(before[-1].paragraph.uuid) if before else AT_START
    first = {"version": row.version, "kind": row.kind, "conditional_on": row.conditional_on, "after": here}
    form = MoveForm(posted(request), initial=first)
    form.offer_places(rows, first=_("At the beginning"))
    by_uuid = {str(each.paragraph.uuid): each.paragraph for each in rows}

    def place(paragraph: Paragraph, *, after: str, **said: Any) -> Paragraph:
        return place_paragraph(paragraph, after=by_uuid.get(after), **said)

    title, done = _("Move it or change its kind"), _("The paragraph stands where you put it; the numbers follow.")
    return ask_about(request, row, form, place, who=permissions.edits, title=title, label=_("Keep it so"), done=done)


def _remove(request: PageRequest, row: Paragraph) -> HttpResponse:
    form = VersionedForm(posted(request), initial={"version": row.version})
    return ask_about(
        request,
        row,
        form,
        remove_paragraph,
        who=permissions.edits,
        title=_("Take the paragraph out"),
        label=_("Take it out"),
        done=_("The paragraph is taken out of the text; the numbers follow."),
        back=url_for(row.document),
        kind="stop",
        texts=[("es", row.text_es), ("pt", row.text_pt)],
    )


def _correct(request: PageRequest, row: Paragraph) -> HttpResponse:
    asked = request.POST.get("language") or request.GET.get("language")
    language = asked if asked in LANGUAGES else "pt"
    first = {"version": row.version, "language": language, "text": getattr(row, f"text_{language}")}
    form = CorrectForm(posted(request), initial=first)
    form.fields["text"].widget.attrs["lang"] = language
    labels = {"es": _("Spanish"), "pt": _("Portuguese")}
    return ask_about(
        request,
        row,
        form,
        correct_translation,
        who=permissions.is_segib,
        title=_("Correct the translation"),
        label=_("Correct it"),
        done=_("The translation is corrected; nothing is reopened, and all are told."),
        tabs=[{"label": labels[lang], "url": f"?language={lang}", "current": lang == language} for lang in LANGUAGES],
        texts=[("es", row.text_es), ("pt", row.text_pt)],
    )


INTENTS = {"place": _move, "remove": _remove, "correct_translation": _correct}
"""What is done to a paragraph besides the chair's gavel, by the last part of the address."""
