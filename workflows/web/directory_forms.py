"""How seats are opened, filled and closed, how terms end, and how a party answers: one form each, with its confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from workflows.actions import party as actions
from workflows.errors import NotPermitted
from workflows.models import Decision, Membership, Party, Seat, Summit
from workflows.queries.actor import get_holder
from workflows.queries.directory import posts_of, roles_to_open, takes_part
from workflows.queries.names import name_seat, name_summit_at
from workflows.queries.summit import list_decisions, list_running
from workflows.rules import permissions
from workflows.rules.evaluate import require
from workflows.rules.permissions import may_fill_seat
from workflows.states import DecisionSubject, Language, SeatRole
from workflows.web.actor import needs_seat
from workflows.web.directory import get_party
from workflows.web.errors import attempt
from workflows.web.forms_base import DayField, offer, posted

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from workflows.web.actor import PageRequest


class SeatForm(forms.Form):
    """A new seat."""

    role = forms.ChoiceField(label=gettext_lazy("Office"))
    email = forms.EmailField(
        label=gettext_lazy("The office's own mailbox"), required=False, help_text=gettext_lazy("Where it has one.")
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=40)


class HolderForm(forms.Form):
    """Who takes a seat, and since when."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"), help_text=gettext_lazy("The invitation to open an account goes to this address.")
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=40)
    language = forms.ChoiceField(label=gettext_lazy("Language of mails and pages"), choices=Language.choices)
    starts_on = DayField(
        label=gettext_lazy("In post from"),
        required=False,
        help_text=gettext_lazy("Leave it empty for today. The present holder's term ends the day before."),
    )
    note = forms.CharField(
        label=gettext_lazy("The note verbale that says so"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Coordinators and cooperation officers are put in post by note verbale."),
    )


class EndForm(forms.Form):
    """The last day of a term."""

    ends_on = DayField(label=gettext_lazy("Last day in post"))
    note = forms.CharField(label=gettext_lazy("The note or decision that says so"), required=False, max_length=200)


class ClaimsForm(forms.Form):
    """Two claims to speak for a country."""

    summit = forms.ChoiceField(label=gettext_lazy("Summit"))
    claims = forms.CharField(
        label=gettext_lazy("Both claims"),
        widget=forms.Textarea,
        max_length=20_000,
        help_text=gettext_lazy("Who claims to represent the country, and by which note, for each of the two."),
    )


class SettleForm(forms.Form):
    """The ministers' decision on who represents a country."""

    decision = forms.ChoiceField(label=gettext_lazy("The decision of the ministers"), widget=forms.RadioSelect)


def _show(
    request: PageRequest,
    form: forms.Form,
    party: Party,
    *,
    title: str,
    label: str,
    lead: str = "",
    consequences: list[str] | None = None,
    kind: str = "",
    no_decision: bool = False,
) -> HttpResponse:
    back = reverse("party", args=[party.code])
    context = {
        "form": form,
        "title": title,
        "lead": lead or party.list_name,
        "label": label,
        "url": request.path,
        "cancel_url": back,
        "consequences": consequences or [],
        "kind": kind,
        "no_decision": no_decision,
        "crumbs": [
            {"label": _("Directory"), "url": reverse("directory")},
            {"label": party.list_name, "url": back},
            {"label": title},
        ],
    }
    return render(request, "directory/form.html", context, status=400 if form.errors else 200)


def _done(request: PageRequest, form: forms.Form, party: Party, call: Callable[[], Any], said: str) -> HttpResponse | None:
    """Do what a valid form asks and go to the party's page; `None` when there is something to correct."""
    if request.method != "POST" or not form.is_valid() or attempt(form, call) is None:
        return None
    messages.success(request, said)
    return redirect("party", party.code)


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def open_seat(request: PageRequest, code: str) -> HttpResponse:
    """Open an office in a party."""
    party = get_party(request, code)
    roles = roles_to_open(party, posts_of([party], request.actor, request.now)[party.pk], request.actor)
    if not roles:
        raise NotPermitted(_("This seat is filled by another office."), code="not_seat_keeper")
    form = SeatForm(posted(request))
    offer(form, "role", [(role.value, role.label) for role in roles])
    done = _done(
        request,
        form,
        party,
        lambda: actions.open_seat(party, **form.cleaned_data, actor=request.actor, now=request.now),
        _("The seat is open. Put somebody in it next."),
    )
    return done or _show(request, form, party, title=_("Open a seat"), label=_("Open the seat"))


def _get_seat(request: PageRequest, uuid: UUID) -> Seat:
    """Return a seat that the reader may see and fills."""
    seat = get_object_or_404(Seat.objects.visible_to(request.actor).open().select_related("party__summit"), uuid=uuid)
    if not may_fill_seat(role=seat.role, party_id=seat.party_id, party_kind=seat.party.kind, actor=request.actor):
        raise NotPermitted(_("This seat is filled by another office."), code="not_seat_keeper")
    return seat


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def fill(request: PageRequest, seat: UUID) -> HttpResponse:
    """Put a person into a seat from a day on; an account is offered by mail."""
    found = _get_seat(request, seat)
    form = HolderForm(posted(request), initial={"language": found.party.language})
    if found.role in {SeatRole.NATIONAL_COORDINATOR, SeatRole.COOPERATION_OFFICER}:
        form.fields["note"].required = True
    done = _done(
        request,
        form,
        found.party,
        lambda: actions.fill_seat(found, **form.cleaned_data, actor=request.actor, now=request.now),
        _("The seat is filled. An invitation goes to whoever has no account yet."),
    )
    holder = get_holder(found, request.now)
    consequences = [_("At present in post: %(name)s.") % {"name": holder.name}] if holder else [_("The seat is vacant.")]
    return done or _show(
        request,
        form,
        found.party,
        title=_("Fill the seat"),
        label=_("Fill the seat"),
        lead=name_seat(found),
        consequences=consequences,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def close(request: PageRequest, seat: UUID) -> HttpResponse:
    """Close an office that is vacant."""
    found = _get_seat(request, seat)
    form = forms.Form(posted(request))
    done = _done(
        request,
        form,
        found.party,
        lambda: actions.close_seat(found, actor=request.actor, now=request.now),
        _("The seat is closed."),
    )
    return done or _show(
        request,
        form,
        found.party,
        title=_("Close the seat"),
        label=_("Close the seat"),
        lead=name_seat(found),
        consequences=[_("Its API tokens stop working."), _("What it did stays in the record.")],
        kind="stop",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def end(request: PageRequest, term: UUID) -> HttpResponse:
    """End a person's term in a seat on a day."""
    found = get_object_or_404(
        Membership.objects.visible_to(request.actor).select_related("seat__party__summit", "person"), uuid=term
    )
    _get_seat(request, found.seat.uuid)
    form = EndForm(posted(request), initial={"ends_on": found.ends_on})
    party = found.seat.party
    done = _done(
        request,
        form,
        party,
        lambda: actions.end_membership(found, **form.cleaned_data, actor=request.actor, now=request.now),
        _("The term has its last day."),
    )
    return done or _show(
        request,
        form,
        party,
        title=_("End the term"),
        label=_("End the term"),
        lead=f"{name_seat(found.seat)}: {found.person.name}",
        consequences=[_("After that day the person no longer acts from this seat; reminders go to whoever follows.")],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs_seat
def change_party(request: PageRequest, code: str, what: str) -> HttpResponse:
    """Set how a party answers, or record a dispute over who speaks for it and how it ended."""
    party = get_party(request, code)
    pages = {"note": _by_note, "dispute": _dispute, "settle": _settle}
    if what not in pages:
        raise Http404
    return pages[what](request, party)


def _by_note(request: PageRequest, party: Party) -> HttpResponse:
    require(permissions.is_segib, None, request.actor)
    form = forms.Form(posted(request))
    by_note = not party.by_note_verbale
    done = _done(
        request,
        form,
        party,
        lambda: actions.set_by_note_verbale(party, by_note=by_note, actor=request.actor, now=request.now),
        _("It answers by note verbale from now on.") if by_note else _("It answers from its own seats again."),
    )
    title = _("Set that it answers by note verbale") if by_note else _("Let it answer from its own seats again")
    consequences = [_("Then the note is the act, and a secretariat records it with its number and the day of receipt.")]
    return done or _show(request, form, party, title=title, label=title, consequences=consequences if by_note else None)


def _summits(request: PageRequest, party: Party) -> list[Summit]:
    return takes_part(party, list_running(request.actor))


def _dispute(request: PageRequest, party: Party) -> HttpResponse:
    require(permissions.is_segib_approver, None, request.actor)
    summits = {s.slug: s for s in _summits(request, party)}
    form = ClaimsForm(posted(request))
    offer(form, "summit", [(slug, name_summit_at(s)) for slug, s in summits.items()])
    done = _done(
        request,
        form,
        party,
        lambda: actions.dispute_representation(
            summits[form.cleaned_data["summit"]],
            party,
            claims=form.cleaned_data["claims"],
            actor=request.actor,
            now=request.now,
        ),
        _("Both claims are recorded. The country's answers rest until the ministers have decided."),
    )
    return done or _show(
        request,
        form,
        party,
        title=_("Record that the representation is disputed"),
        label=_("Record both claims"),
        consequences=[_("The country's answers rest until a decision of the ministers is recorded.")],
    )


def _settle(request: PageRequest, party: Party) -> HttpResponse:
    require(permissions.is_segib_approver, None, request.actor)
    decisions = {
        str(d.uuid): d
        for s in _summits(request, party)
        for d in list_decisions(s, request.actor, DecisionSubject.REPRESENTATION)
    }
    form = SettleForm(posted(request))
    offer(form, "decision", [(uuid, f"{d.meeting.title}: {d.text}") for uuid, d in decisions.items()])

    def settle() -> Any:
        decision: Decision = decisions[form.cleaned_data["decision"]]
        summit = decision.meeting.summit
        return actions.settle_representation(summit, party, decision=decision, actor=request.actor, now=request.now)

    done = _done(request, form, party, settle, _("It is recorded who represents the country; its answers go on."))
    title = _("Record who represents the country")
    return done or _show(request, form, party, title=title, label=title, no_decision=not decisions)
