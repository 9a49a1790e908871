"""What a verb needs to be told, as a form: fields appear as the verb asks for them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from workflows.rules.facts import Inputs
from workflows.states import Channel, Outcome
from workflows.templatetags.moments import city
from workflows.web.forms_base import InZoneField, offer

if TYPE_CHECKING:
    from workflows.errors import Reason

PAPER_CHANNELS = (Channel.NOTE_VERBALE, Channel.ORALLY, Channel.OTHER)


class CameOnPaper(forms.Form):
    """How something came that a secretariat records for others."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        widget=forms.RadioSelect,
        choices=[(c.value, capfirst(c.label)) for c in PAPER_CHANNELS],
    )
    note_number = forms.CharField(
        label=gettext_lazy("Number of the note"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As it is written on it."),
    )
    received_at = InZoneField(
        label=gettext_lazy("When it was received"),
        required=False,
        help_text=gettext_lazy("Lateness is judged by this. Leave it empty if it was now."),
    )


class TransitionForm(CameOnPaper):
    """What a verb needs to be told; fields appear as the verb asks for them."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    evidence = forms.CharField(
        label=gettext_lazy("What is delivered, or where it is"), required=False, widget=forms.Textarea, max_length=20_000
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea,
        max_length=20_000,
        help_text=gettext_lazy("It stays in the record and the other party will read it."),
    )
    authority = forms.CharField(
        label=gettext_lazy("On whose authority"),
        max_length=300,
        help_text=gettext_lazy("The meeting, the note or the office that decided it."),
    )
    decision = forms.ChoiceField(label=gettext_lazy("The decision that orders it"), widget=forms.RadioSelect)
    meeting = forms.ChoiceField(label=gettext_lazy("In which meeting"), widget=forms.RadioSelect)
    window_ends_at = InZoneField(
        label=gettext_lazy("Until when comments are taken"),
        help_text=gettext_lazy("Delegations read it by their own clock and by that of the host city."),
    )
    other_language_at = InZoneField(
        label=gettext_lazy("When the other language follows"),
        help_text=gettext_lazy("The window is counted from this hour."),
    )
    outcome = forms.ChoiceField(label=gettext_lazy("The outcome"), widget=forms.RadioSelect, choices=Outcome.choices)
    note = forms.CharField(
        label=gettext_lazy("Note to the delegation"),
        required=False,
        widget=forms.Textarea,
        max_length=20_000,
        help_text=gettext_lazy("Where the text takes it, or why not."),
    )
    occurred_at = InZoneField(
        label=gettext_lazy("When it happened"),
        required=False,
        help_text=gettext_lazy("Leave it empty if it is happening now."),
    )
    accepted = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        data: Any = None,
        *,
        needs: Sequence[str],
        warnings: Sequence[Reason],
        decisions: Sequence[tuple[str, str]],
        zone: str,
        meetings: Sequence[tuple[str, str]] = (),
        optional: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        wanted = {"version", "accepted", *needs}
        if "channel" in needs:
            wanted |= {"note_number", "received_at"}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        offer(self, "accepted", [(r.code, r.message) for r in warnings])
        offer(self, "decision", decisions)
        offer(self, "meeting", meetings)
        for name in optional:
            if name in self.fields:
                self.fields[name].required = False
        for value in self.fields.values():
            if isinstance(value, InZoneField):
                value.zone = ZoneInfo(zone)
                value.label = f"{value.label} ({city(zone)})"

    def to_ask(self) -> list[forms.BoundField]:
        """Return the fields that the page lays out one below the other; warnings have their own place."""
        return [self[name] for name in self.fields if name not in {"version", "accepted"}]

    def inputs(self, *, on_behalf: bool) -> Inputs:
        """Return what was said, as the rules read it."""
        said = self.cleaned_data
        return Inputs(
            reason=said.get("reason", ""),
            evidence=said.get("evidence", ""),
            authority=said.get("authority", ""),
            decision=said.get("decision", ""),
            on_behalf=on_behalf,
            channel=said.get("channel", "") if on_behalf else "",
            note_number=said.get("note_number", ""),
            received_at=said.get("received_at"),
            occurred_at=said.get("occurred_at"),
            meeting=said.get("meeting", ""),
            window_ends_at=said.get("window_ends_at"),
            other_language_at=said.get("other_language_at"),
            outcome=said.get("outcome", ""),
            note=said.get("note", ""),
            accepted=frozenset(said.get("accepted", ())),
        )
