"""The forms of a meeting: convene, change, agenda, attendance, decision, minutes; `said` is what the action takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from workflows.models import Party, Seat
from workflows.queries.names import name_seat
from workflows.queries.seat import secretariat_seats
from workflows.states import AttendanceLevel, DecisionSubject, MeetingKind, PartyKind
from workflows.templatetags.moments import city
from workflows.web.forms_base import InZoneField, VersionedForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Meeting, Summit

LANGUAGES = ("es", "pt", "en")
REASON = gettext_lazy("It stays in the record and the other party will read it.")


class TitleFields(forms.Form):
    """A meeting's title in the languages."""

    title_es = forms.CharField(label=gettext_lazy("Title in Spanish"), max_length=200)
    title_pt = forms.CharField(label=gettext_lazy("Title in Portuguese"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)

    def title(self) -> dict[str, str]:
        """Return the title by language."""
        return {lang: self.cleaned_data[f"title_{lang}"] for lang in LANGUAGES}


def zones_of(summit: Summit) -> list[tuple[str, str]]:
    """Return the zones in which a meeting may be convened: the host city's first, then those of the capitals, by city."""
    zones = set(Party.objects.filter(kind=PartyKind.DELEGATION, participations__summit=summit).values_list("zone", flat=True))
    others = sorted(((zone, city(zone)) for zone in zones - {summit.zone}), key=lambda pair: pair[1])
    return [(summit.zone, city(summit.zone)), *others]


class ConveneForm(TitleFields):
    """Convenes a meeting."""

    code = forms.SlugField(
        label=pgettext_lazy("of a meeting", "Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters, figures and “_”, as in forum_1. It does not change afterwards."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=MeetingKind.choices)
    zone = forms.ChoiceField(label=gettext_lazy("By the clock of"))
    starts_at = InZoneField(label=gettext_lazy("Day and hour"))
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    chair = forms.ModelChoiceField(
        Seat.objects.none(),
        label=gettext_lazy("Chair"),
        required=False,
        empty_label=gettext_lazy("The head of whoever convenes it"),
    )
    open_to_observers = forms.BooleanField(label=gettext_lazy("Observers see it"), required=False)

    field_order = ("kind", "code", *(f"title_{lang}" for lang in LANGUAGES), "zone", "starts_at", "place", "chair")

    def __init__(self, data: Any = None, *, summit: Summit, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        fields: Any = self.fields
        fields["zone"].choices = zones_of(summit)
        fields["chair"].queryset = secretariat_seats(summit)
        fields["chair"].label_from_instance = name_seat
        chosen = data.get("zone", "") if data else ""
        known = chosen in dict(fields["zone"].choices)
        fields["starts_at"].zone = ZoneInfo(chosen if known else summit.zone)

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        names = ("code", "kind", "starts_at", "zone", "place", "chair", "open_to_observers")
        return {"title": self.title(), **{name: self.cleaned_data[name] for name in names}}


class ChangeForm(TitleFields, VersionedForm):
    """Changes a meeting's hour, place or title."""

    starts_at = InZoneField(label=gettext_lazy("Day and hour"), required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=160, required=False)
    open_to_observers = forms.BooleanField(label=gettext_lazy("Observers see it"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=REASON, widget=forms.Textarea({"rows": 3}), max_length=2000, required=False
    )

    field_order = ("version", "starts_at", "place", "title_es", "title_pt", "title_en", "open_to_observers", "reason")

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        names = ("version", "starts_at", "place", "title_es", "title_pt", "title_en", "open_to_observers")
        super().__init__(data, initial={name: getattr(meeting, name) for name in names})
        field: Any = self.fields["starts_at"]
        field.zone = ZoneInfo(meeting.zone)
        field.label = _("Day and hour (%(city)s)") % {"city": city(meeting.zone)}
        field.help_text = _("Another day moves the deadlines that are counted from this meeting.")

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        said = self.cleaned_data
        names = ("starts_at", "place", "open_to_observers", "reason")
        return {"title": self.title(), **{name: said[name] for name in names}}


class MinutesForm(VersionedForm):
    """Writes the minutes."""

    minutes = forms.CharField(label=gettext_lazy("Minutes"), widget=forms.Textarea({"rows": 16}), max_length=100_000)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        super().__init__(data, initial={"version": meeting.version, "minutes": meeting.minutes})

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {"minutes": self.cleaned_data["minutes"]}


class AgendaForm(VersionedForm):
    """Sets the agenda: a point a line, in each language."""

    es = forms.CharField(
        label=gettext_lazy("Points in Spanish"),
        widget=forms.Textarea({"rows": 10}),
        help_text=gettext_lazy("One point on each line, in the order of the meeting."),
        max_length=20_000,
    )
    pt = forms.CharField(
        label=gettext_lazy("Points in Portuguese"),
        widget=forms.Textarea({"rows": 10}),
        help_text=gettext_lazy("The same points on the same lines."),
        max_length=20_000,
        required=False,
    )
    en = forms.CharField(
        label=gettext_lazy("Points in English"), widget=forms.Textarea({"rows": 10}), max_length=20_000, required=False
    )

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        points = list(meeting.agenda.order_by("position"))
        texts = {lang: "\n".join(getattr(p, f"text_{lang}") for p in points) for lang in LANGUAGES}
        super().__init__(data, initial={"version": meeting.version, **{k: v for k, v in texts.items() if v.strip()}})

    def clean(self) -> dict[str, Any]:
        """Ask for as many lines in another language as in Spanish, where there are any."""
        said = super().clean() or self.cleaned_data
        number = len(self.lines("es"))
        for lang in ("pt", "en"):
            lines = self.lines(lang)
            if lines and len(lines) != number:
                self.add_error(lang, _("Write as many points as in Spanish, each on its line."))
        return said

    def lines(self, lang: str) -> list[str]:
        """Return the points in a language."""
        return [line.strip() for line in self.cleaned_data.get(lang, "").splitlines() if line.strip()]

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        lines = {lang: self.lines(lang) for lang in LANGUAGES}
        return {
            "items": [
                {lang: lines[lang][n] if n < len(lines[lang]) else "" for lang in LANGUAGES} for n in range(len(lines["es"]))
            ]
        }


class AttendanceForm(VersionedForm):
    """Records at which level each party takes part, in protocol order."""

    def __init__(self, data: Any = None, *, meeting: Meeting, parties: Sequence[Party]) -> None:
        at = {a.party_id: a.level for a in meeting.attendance.all()}
        super().__init__(data, initial={"version": meeting.version, **{f"level_{p.code}": at.get(p.pk, "") for p in parties}})
        self.parties = parties
        choices = [("", _("Not recorded")), *AttendanceLevel.choices]
        for party in parties:
            self.fields[f"level_{party.code}"] = forms.ChoiceField(label=party.list_name, choices=choices, required=False)

    def rows(self) -> list[forms.BoundField]:
        """Return the parties' fields, in protocol order."""
        return [self[f"level_{party.code}"] for party in self.parties]

    def said(self) -> dict[str, Any]:
        """Return what the action takes: the levels that are stated."""
        said = self.cleaned_data
        return {"levels": {p: said[f"level_{p.code}"] for p in self.parties if said.get(f"level_{p.code}")}}


class DecisionForm(VersionedForm):
    """Records what the meeting decided, in both languages."""

    subject = forms.ChoiceField(label=gettext_lazy("On what"), choices=DecisionSubject.choices)
    text_es = forms.CharField(label=gettext_lazy("Text in Spanish"), widget=forms.Textarea, max_length=20_000)
    text_pt = forms.CharField(label=gettext_lazy("Text in Portuguese"), widget=forms.Textarea, max_length=20_000)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        super().__init__(data, initial={"version": meeting.version})

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {name: self.cleaned_data[name] for name in ("subject", "text_es", "text_pt")}
