"""What delegations propose on a text: written as a draft of their own, submitted, recorded from paper, disposed of."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflows.actions.proposal import change_proposal, record_proposal, write_proposal
from workflows.actions.transition import perform
from workflows.errors import NotPermitted, WrongState
from workflows.models import Proposal
from workflows.queries.document import delegations_of, options_of
from workflows.queries.document_facts import document_facts
from workflows.queries.document_may import what_may
from workflows.queries.document_paragraph import read_places
from workflows.queries.facts import facts_of
from workflows.queries.names import of_country
from workflows.rules import document_permissions as permissions
from workflows.rules.facts import Inputs
from workflows.rules.redline import redline
from workflows.rules.verbs import verbs_of
from workflows.states import PartyKind, ProposalKind, ProposalState
from workflows.web.actor import needs_seat
from workflows.web.document_acts import crumbs_of, page_of_text, place_in_text
from workflows.web.document_rows import name_paragraph, proposal_shown
from workflows.web.errors import attempt
from workflows.web.forms_base import RefusableForm, posted, status_of_form
from workflows.web.kept import keeps_draft, seal, take_kept
from workflows.web.links import url_for, url_to_do
from workflows.web.loading import load_document, load_proposal
from workflows.web.speak_forms import DraftForm, ProposalForm
from workflows.web.transition import Step, run

if TYPE_CHECKING:
    from uuid import UUID

    from workflows.models import Document, Paragraph, Party
    from workflows.queries.document_may import May
    from workflows.web.actor import PageRequest

POST = ["GET", "HEAD", "POST"]


def paragraph_of(request: PageRequest, document: Document) -> tuple[Paragraph | None, str]:
    """Return the paragraph that an address names, with its name; none for the text as a whole."""
    uuid = request.GET.get("paragraph", "")
    if not uuid:
        return None, ""
    row = next((r for r in read_places(document) if str(r.paragraph.uuid) == uuid), None)
    if row is None:
        raise Http404
    return row.paragraph, name_paragraph(row.paragraph.kind, row.line.number)


def may_speak(request: PageRequest, document: Document, allowed: str) -> May:
    """Return what the reader may do to a text; refuse a text that is not open, and who neither speaks nor records."""
    facts = document_facts([document])[document.pk]
    may = what_may(document, facts, request.actor)
    if getattr(may, allowed) or may.record:
        return may
    seats = permissions.DRAFTING if allowed == "propose" else permissions.BINDING
    speaks = request.actor.party_kind == PartyKind.DELEGATION and request.actor.role in seats
    if speaks or permissions.is_secretariat.refuses(facts, request.actor, Inputs()) is None:
        raise WrongState(_("The text is not open to comments and positions now."), code="text_not_open")
    raise NotPermitted(permissions.speaks_for_delegation.sentence, code=permissions.speaks_for_delegation.code)


def recorded_for(request: PageRequest, document: Document) -> list[Party] | None:
    """Return the delegations of which a secretariat records what came; none where the reader's own speaks."""
    return None if request.actor.party_kind == PartyKind.DELEGATION else delegations_of(document.summit)


@keeps_draft
@needs_seat
@require_http_methods(POST)
def write(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """Write a comment or a proposal on a paragraph or on the whole text: one's own, or one that came on paper."""
    document = load_document(request, slug, code)
    check = partial(may_speak, request, document, "propose")
    if request.method != "POST":
        check()
    paragraph, name = paragraph_of(request, document)
    delegations = recorded_for(request, document)
    kept = take_kept(request)
    first = {"language": "pt" if request.LANGUAGE_CODE.startswith("pt") else "es", "kind": ProposalKind.COMMENT}
    form = ProposalForm(posted(request) or kept, initial=first)
    form.for_paper(delegations, request.actor.zone)
    if request.method == "POST" and attempt(form, check, row=document) and form.is_valid():
        done = attempt(form, partial(_write, request, document, paragraph, form, delegations), row=document)
        if done is not None:
            return _after_writing(request, done, recorded=delegations is not None)
    title = _("Comment or propose") if delegations is None else _("Record what a delegation proposes")
    crumbs = [*crumbs_of(document.summit, document), {"label": title}]
    own = _("A draft is your delegation's own: nobody else sees it until it is submitted.")
    return page_of_text(
        request,
        form,
        title=title,
        label=_("Record it") if delegations else _("Submit it") if _binds(request) else _("Keep the draft"),
        crumbs=crumbs,
        lead=f"{name}. {document.title}" if name else document.title,
        draft_label=_("Keep it as a draft") if delegations is None and _binds(request) else "",
        note=own if delegations is None else "",
        seal=seal(request),
        kept=bool(kept),
        texts=[("es", paragraph.text_es), ("pt", paragraph.text_pt)] if paragraph else [],
    )


def _binds(request: PageRequest) -> bool:
    return request.actor.role in permissions.BINDING


def _write(
    request: PageRequest, document: Document, paragraph: Paragraph | None, form: ProposalForm, delegations: Any
) -> Proposal:
    said = {name: form.cleaned_data[name] for name in ("kind", "language", "text")}
    said |= {"paragraph": paragraph, "actor": request.actor, "now": request.now}
    if delegations is None:
        return write_proposal(document, **said)
    party = next(p for p in delegations if p.code == form.cleaned_data["party"])
    return record_proposal(document, on_behalf_of=party, inputs=form.inputs(), **said)


def _after_writing(request: PageRequest, proposal: Proposal, *, recorded: bool) -> HttpResponse:
    """Submit what was written, unless it is to stay a draft; a refusal leaves the draft where it is."""
    back = place_in_text(proposal.document, proposal.paragraph)
    if recorded:
        messages.success(request, _("It is recorded for the delegation, with how it came."))
        return redirect(back)
    if request.POST.get("act") != "do" or not _binds(request):
        messages.success(request, _("The draft is kept; only your delegation sees it."))
        return redirect(url_for(proposal))
    perform(proposal, "submit", actor=request.actor, now=request.now)
    messages.success(request, _("It is submitted."))
    return redirect(back)


# One proposal ----------------------------------------------------------------------------------------------------


@keeps_draft
@needs_seat
@require_http_methods(POST)
def proposal(request: PageRequest, slug: str, code: str, uuid: UUID) -> HttpResponse:
    """Show a proposal beside the paragraph that it concerns; a draft of one's own delegation is changed here."""
    row = load_proposal(request, slug, code, uuid)
    kept = take_kept(request)
    form = DraftForm(posted(request) or kept, initial={"version": row.version, "text": row.text})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        change = partial(change_proposal, row, text=said["text"], actor=request.actor, now=request.now)
        read = said["version"] if row.state == ProposalState.DRAFT else None  # what is no draft is refused as such
        if attempt(form, partial(change, if_version=read), row=row) is not None:
            messages.success(request, _("The draft is kept; only your delegation sees it."))
            return redirect(url_for(row))
    return _page(request, row, form, kept=bool(kept))


def _page(request: PageRequest, row: Proposal, form: DraftForm, *, kept: bool) -> HttpResponse:
    document, own = row.document, row.party_id == request.actor.party_id
    name = next(
        (name_paragraph(r.paragraph.kind, r.line.number) for r in read_places(document) if r.paragraph.pk == row.paragraph_id),
        "",
    )
    options = options_of(row, facts_of(row), request.actor)
    text = getattr(row.paragraph, f"text_{row.language}") if row.paragraph else ""
    compares = bool(text) and row.kind != ProposalKind.COMMENT
    title = _("%(kind)s %(of_country)s") % {"kind": ProposalKind(row.kind).label, "of_country": of_country(row.party)}
    context = {
        "row": row,
        "shown": proposal_shown(row, request.actor),
        "title": title,
        "lead": f"{name}. {document.title}" if name else document.title,
        "form": form if own and (row.state == ProposalState.DRAFT or form.errors) else None,
        "stands": row.text if form.refused != RefusableForm.refused else "",
        "kept": kept,
        "seal": seal(request),
        "url": request.get_full_path(),
        "paragraph_text": text,
        "pieces": redline(text, row.text) if compares else [],
        "actions": [
            {
                "label": o.label,
                "url": url_to_do(row, o.name),
                "kind": "" if n == 0 else "line",
                "post": o.name == "submit",
                "fields": [("version", row.version)],
            }
            for n, o in enumerate(o for o in options.values() if o.allowed)
        ],
        "crumbs": [*crumbs_of(document.summit, document), {"label": title}],
        "back": place_in_text(document, row.paragraph),
    }
    return render(request, "proposal/proposal.html", context, status=status_of_form(form))


@needs_seat
@require_http_methods(POST)
def proposal_action(request: PageRequest, slug: str, code: str, uuid: UUID, verb: str) -> HttpResponse:
    """Submit, withdraw or dispose of a proposal."""
    row = load_proposal(request, slug, code, uuid)
    found = verbs_of(Proposal).get(verb)
    if found is None:
        raise Http404
    document = row.document
    back = place_in_text(document, row.paragraph) if verb != "withdraw" else url_for(document)
    step = Step(
        request=request,
        row=row,
        name=verb,
        back=back,
        extra_needs=["note"] if verb in {"accept", "merge", "not_retain"} else [],
        consequences=[_("The text itself is changed in its paragraph.")] if verb in {"accept", "merge"} else [],
        crumbs=[
            *crumbs_of(document.summit, document),
            {"label": row.party.name, "url": url_for(row)},
            {"label": str(found[0].label)},
        ],
        context={"subject": f"{row.party.name}: {row.text[:200]}"},
    )
    return run(step)
