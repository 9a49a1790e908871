"""The forms by which delegations speak on a text, and by which a secretariat records what came on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy

from workflows.rules.facts import Inputs
from workflows.states import PositionKind, ProposalKind
from workflows.templatetags.moments import city
from workflows.web.forms_base import RefusableForm, VersionedForm, offer
from workflows.web.transition_form import CameOnPaper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Party

PAPER_FIELDS = ("party", "channel", "note_number", "received_at")


class PaperFields(RefusableForm, CameOnPaper):
    """For which delegation, and how it came; only where a secretariat records it."""

    field_order = ("party",)

    party = forms.ChoiceField(label=gettext_lazy("Of which delegation"))

    def for_paper(self, delegations: Sequence[Party] | None, zone: str) -> None:
        """Offer the delegations, or take the fields of paper away where the delegation itself speaks."""
        if delegations is None:
            for name in PAPER_FIELDS:
                del self.fields[name]
            return
        offer(self, "party", [("", "–"), *((party.code, party.list_name) for party in delegations)])
        received: Any = self.fields["received_at"]
        received.zone = ZoneInfo(zone)
        received.label = f"{received.label} ({city(zone)})"

    def inputs(self) -> Inputs:
        """Return how it came, as the rules read it."""
        said = self.cleaned_data
        return Inputs(
            on_behalf="channel" in self.fields,
            channel=said.get("channel", ""),
            note_number=said.get("note_number", ""),
            received_at=said.get("received_at"),
        )


class ProposalForm(PaperFields):
    """Writes a comment or a proposal."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"), choices=ProposalKind.choices, widget=forms.RadioSelect, initial=ProposalKind.COMMENT
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language"),
        choices=[("es", gettext_lazy("Spanish")), ("pt", gettext_lazy("Portuguese"))],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea({"rows": 8, "class": "area--text"}),
        max_length=20_000,
        help_text=gettext_lazy("Of a proposal: the paragraph as it should read. Of a comment: what you have to say."),
    )


class DraftForm(VersionedForm):
    """Changes a draft of one's own delegation."""

    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 8, "class": "area--text"}), max_length=20_000
    )


class PositionForm(PaperFields):
    """Takes a position."""

    kind = forms.ChoiceField(label=gettext_lazy("Position"), choices=PositionKind.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=gettext_lazy("Reasons"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        max_length=20_000,
        help_text=gettext_lazy("Welcome, and never demanded."),
    )


class LiftForm(PaperFields):
    """Lifts a position that came on paper, or one's own."""
