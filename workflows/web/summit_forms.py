"""The forms of a summit's changes, and of a new summit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from workflows.models import Party, ProtocolList
from workflows.states import LONGEST_WINDOW, OthersSee, PartyKind
from workflows.web.forms_base import DayField, InZoneField, VersionedForm

WHY = gettext_lazy("It stays in the record, and those whose dates move will read it.")
ZONE_HELP = gettext_lazy(
    "As the IANA database names it: Europe/Madrid, America/Bogota. Leave it empty to keep the present one."
)


def delegations() -> list[tuple[str, str]]:
    """Return the delegations in protocol order, as choices."""
    places = ProtocolList.objects.order_by("-valid_from", "-pk").first()
    parties = Party.objects.filter(kind=PartyKind.DELEGATION)
    if places is None:
        return [(p.code, p.list_name) for p in parties.order_by("code")]
    order = dict(places.places.values_list("party_id", "position"))
    return [(p.code, p.list_name) for p in sorted(parties, key=lambda p: (order.get(p.pk, 999), p.code))]


def party_of(code: str) -> Party:
    """Return the delegation that was chosen."""
    return Party.objects.get(code=code, kind=PartyKind.DELEGATION)


class DateForm(VersionedForm):
    """New days of a summit."""

    opening_on = DayField(
        label=gettext_lazy("Opening day"),
        required=False,
        help_text=gettext_lazy("In the host city. It may stay empty only while the Summit is postponed."),
    )
    closing_on = DayField(
        label=gettext_lazy("Closing day"), required=False, help_text=gettext_lazy("Leave it empty to keep the same length.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, max_length=20_000, help_text=WHY)


class PlaceForm(VersionedForm):
    """A new host city."""

    city = forms.CharField(label=gettext_lazy("City"), max_length=80)
    zone = forms.CharField(label=gettext_lazy("Time zone"), required=False, max_length=40, help_text=ZONE_HELP)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, max_length=20_000, help_text=WHY)


class HostForm(VersionedForm):
    """A new host, by a recorded decision."""

    host = forms.ChoiceField(label=gettext_lazy("New host"))
    city = forms.CharField(
        label=gettext_lazy("City"), required=False, max_length=80, help_text=gettext_lazy("Leave it empty for the capital.")
    )
    zone = forms.CharField(label=gettext_lazy("Time zone"), required=False, max_length=40, help_text=ZONE_HELP)
    decision = forms.ChoiceField(label=gettext_lazy("The decision that orders it"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, max_length=20_000, help_text=WHY)


class DescriptionForm(VersionedForm):
    """Theme and motto in each language, and from when delegations see each other's answers."""

    theme_es = forms.CharField(label=gettext_lazy("Theme in Spanish"), required=False, max_length=300)
    theme_pt = forms.CharField(label=gettext_lazy("Theme in Portuguese"), required=False, max_length=300)
    theme_en = forms.CharField(label=gettext_lazy("Theme in English"), required=False, max_length=300)
    motto_es = forms.CharField(label=gettext_lazy("Motto in Spanish"), required=False, max_length=200)
    motto_pt = forms.CharField(label=gettext_lazy("Motto in Portuguese"), required=False, max_length=200)
    motto_en = forms.CharField(label=gettext_lazy("Motto in English"), required=False, max_length=200)
    others_see = forms.ChoiceField(
        label=gettext_lazy("When other delegations see what one has submitted"),
        widget=forms.RadioSelect,
        choices=OthersSee.choices,
    )


class TextHoursForm(VersionedForm):
    """The hours that texts keep: the shortest window, and until when communiqués are proposed."""

    min_window_hours = forms.IntegerField(
        label=gettext_lazy("Shortest window for comments, in hours"), min_value=1, max_value=LONGEST_WINDOW
    )
    communiques_until = InZoneField(
        label=gettext_lazy("Until when delegations propose special communiqués"),
        required=False,
        help_text=gettext_lazy("By the clock of the host city. After it a decision of the coordinators admits one."),
    )


class HandoverForm(VersionedForm):
    """The handover to the next host."""

    successor = forms.ChoiceField(label=gettext_lazy("Next host"), required=False)
    note = forms.CharField(
        label=gettext_lazy("What is handed over, and what is sealed"), widget=forms.Textarea, max_length=20_000
    )


class ChecklistForm(VersionedForm):
    """The template to copy."""

    template = forms.ChoiceField(label=gettext_lazy("Template"))


class NewSummitForm(forms.Form):
    """What a new summit is created with."""

    number = forms.IntegerField(
        label=gettext_lazy("Number"), min_value=1, max_value=199, help_text=gettext_lazy("An ordinal such as 31, never a year.")
    )
    host = forms.ChoiceField(label=gettext_lazy("Host"))
    city = forms.CharField(
        label=gettext_lazy("City"), required=False, max_length=80, help_text=gettext_lazy("Leave it empty for the capital.")
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"), required=False, max_length=40, help_text=gettext_lazy("Leave it empty for the host's.")
    )
    opening_on = DayField(
        label=gettext_lazy("Opening day"), required=False, help_text=gettext_lazy("Provisional; it may be changed later.")
    )
    closing_on = DayField(label=gettext_lazy("Closing day"), required=False)
    template = forms.ChoiceField(
        label=gettext_lazy("Checklist"), required=False, help_text=gettext_lazy("It can also be copied later.")
    )
