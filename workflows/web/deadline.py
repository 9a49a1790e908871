"""A deadline in words: by which rule it is set, which calendar moved it and from where, and the forms that set it."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel.lists import format_list
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflows.rules.deadlines import Rule
from workflows.states import CalendarPolicy, OffsetUnit, TimeOfDay
from workflows.templatetags.moments import babel_locale, city, day_in_words, moment
from workflows.web.forms_base import InZoneField, VersionedForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from workflows.models import Deadline, Meeting, Party

OPENING_DAY = "opening_day"
WEEKEND = 5


def listed(words: Iterable[str]) -> str:
    """Return words as a list in a sentence: "Brasil, Perú y Portugal"."""
    return format_list(list(words), locale=babel_locale())


def rule_in_words(deadline: Deadline) -> str:
    """Return by which rule, or by whose hand, a deadline is set, as a whole sentence."""
    if deadline.is_pinned:
        return _("Fixed by hand: no anchor moves it.")
    anchor = f"“{deadline.anchor.title}”" if deadline.anchor else _("the opening day of the Summit")
    number = abs(deadline.offset)
    if not number:
        return _("On the day of %(anchor)s.") % {"anchor": anchor}
    return _offset_in_words(deadline.unit, number, before=deadline.offset < 0) % {"count": number, "anchor": anchor}


def _offset_in_words(unit: str, number: int, *, before: bool) -> str:
    if unit == OffsetUnit.WEEKS:
        if before:
            return ngettext("%(count)d week before %(anchor)s.", "%(count)d weeks before %(anchor)s.", number)
        return ngettext("%(count)d week after %(anchor)s.", "%(count)d weeks after %(anchor)s.", number)
    if unit == OffsetUnit.WORKING_DAYS:
        if before:
            return ngettext("%(count)d working day before %(anchor)s.", "%(count)d working days before %(anchor)s.", number)
        return ngettext("%(count)d working day after %(anchor)s.", "%(count)d working days after %(anchor)s.", number)
    if before:
        return ngettext("%(count)d day before %(anchor)s.", "%(count)d days before %(anchor)s.", number)
    return ngettext("%(count)d day after %(anchor)s.", "%(count)d days after %(anchor)s.", number)


def hour_in_words(deadline: Deadline, ends_in: str = "") -> str:
    """Return when in its day a deadline falls, as a whole sentence; empty where the hour says it."""
    if deadline.is_pinned:
        return ""
    if deadline.time_of_day == TimeOfDay.LAST_CAPITAL:
        return _("It is one instant for all: when the day ends in the last capital.")
    if deadline.time_of_day == TimeOfDay.END_OF_DAY_ADDRESSEE:
        return _("It falls when the day ends in the capital of whoever is asked.")
    return ""


def moved_in_words(deadline: Deadline, countries: Sequence[Party]) -> str:
    """Return which calendar moved a deadline, from where and why, in sentences; empty when none did.

    The day off is named, not the holiday. `countries` are those whose days off moved it.
    """
    on, counted = deadline.due_on, deadline.counted_on
    if deadline.is_pinned or on is None or counted is None or on == counted:
        return ""
    moved = _moved_to(deadline.calendar, earlier=on < counted) % {"day": day_in_words(counted)}
    return f"{moved} {_why_moved(counted, abs((counted - on).days), listed(p.name for p in countries))}"


def _moved_to(calendar: str, *, earlier: bool) -> str:
    if calendar == CalendarPolicy.ALL_MEMBERS:
        if earlier:
            return _("It would fall on %(day)s, and is moved earlier to the last working day in all capitals.")
        return _("It would fall on %(day)s, and is moved later to the first working day in all capitals.")
    if calendar == CalendarPolicy.ADDRESSEE:
        if earlier:
            return _("It would fall on %(day)s, and is moved earlier to the last working day in the country that is asked.")
        return _("It would fall on %(day)s, and is moved later to the first working day in the country that is asked.")
    if earlier:
        return _("It would fall on %(day)s, and is moved earlier to the last working day in the host country.")
    return _("It would fall on %(day)s, and is moved later to the first working day in the host country.")


def _why_moved(counted: date, days: int, countries: str) -> str:
    if not countries:
        return _("The %(day)d is not a working day: it falls on a weekend.") % {"day": counted.day}
    if days == 1 and counted.weekday() < WEEKEND:
        return _("The %(day)d is not a working day in %(countries)s.") % {"day": counted.day, "countries": countries}
    return _("Between the two dates there are only weekends and days off in %(countries)s.") % {"countries": countries}


def change_in_words(change: Any, zone: str) -> str:
    """Return a line of a deadline's history: from when to when."""
    if change.from_at is None:
        return _("Set to %(to)s.") % {"to": moment(change.to_at, zone)}
    if change.to_at is None:
        return _("It no longer has a date; it was %(from)s.") % {"from": moment(change.from_at, zone)}
    return _("Moved from %(from)s to %(to)s.") % {"from": moment(change.from_at, zone), "to": moment(change.to_at, zone)}


# Forms -----------------------------------------------------------------------------------------------------------

KEPT = gettext_lazy("It stays in the record and the other party will read it.")


class PinForm(VersionedForm):
    """Fixes a deadline by hand."""

    due_at = InZoneField(label=gettext_lazy("New deadline"))
    reason = forms.CharField(label=gettext_lazy("Reason"), help_text=KEPT, widget=forms.Textarea, max_length=2000)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["due_at"]
        field.zone = ZoneInfo(zone)
        field.label = _("New deadline (%(city)s)") % {"city": city(zone)}


BEFORE, AFTER = "before", "after"


class RuleFields(forms.Form):
    """The rule by which a deadline follows from its anchor."""

    anchor = forms.ChoiceField(label=gettext_lazy("Counted from"))
    number = forms.IntegerField(label=gettext_lazy("Distance"), min_value=0, max_value=2000, initial=30)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=OffsetUnit.choices)
    side = forms.ChoiceField(
        label=gettext_lazy("Before or after"),
        choices=[(BEFORE, gettext_lazy("Before")), (AFTER, gettext_lazy("After"))],
    )
    calendar = forms.ChoiceField(label=gettext_lazy("Whose days off move it"), choices=CalendarPolicy.choices)
    time_of_day = forms.ChoiceField(label=gettext_lazy("At what hour"), choices=TimeOfDay.choices)
    exact_time = forms.TimeField(
        label=gettext_lazy("Exact hour"),
        required=False,
        widget=forms.TimeInput({"type": "time", "class": "input--short"}),
        help_text=gettext_lazy("Only where the hour is exact; by the clock of the host city."),
    )

    def __init__(self, *args: Any, meetings: Iterable[Meeting], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        field: Any = self.fields["anchor"]
        field.choices = [(OPENING_DAY, _("The opening day of the Summit")), *((m.code, m.title) for m in meetings)]

    def clean(self) -> dict[str, Any]:
        """Ask for the hour where it is exact."""
        said = super().clean() or self.cleaned_data
        if said.get("time_of_day") == TimeOfDay.EXACT and said.get("exact_time") is None:
            self.add_error("exact_time", _("Write the hour."))
        return said

    def rule(self) -> Rule:
        """Return what was said, as the rules read it."""
        said = self.cleaned_data
        exact: time | None = said["exact_time"] if said["time_of_day"] == TimeOfDay.EXACT else None
        return Rule(
            offset=-said["number"] if said["side"] == BEFORE else said["number"],
            unit=said["unit"],
            calendar=said["calendar"],
            time_of_day=said["time_of_day"],
            exact_time=exact,
            exact_zone=self.zone if exact else None,
        )


class RuleForm(RuleFields, VersionedForm):
    """Sets a deadline by rule."""

    reason = forms.CharField(label=gettext_lazy("Reason"), help_text=KEPT, widget=forms.Textarea, max_length=2000)


def rule_initial(deadline: Deadline) -> dict[str, Any]:
    """Return the present rule as the form shows it."""
    return {
        "anchor": deadline.anchor.code if deadline.anchor else OPENING_DAY,
        "number": abs(deadline.offset),
        "unit": deadline.unit,
        "side": BEFORE if deadline.offset < 0 else AFTER,
        "calendar": deadline.calendar,
        "time_of_day": deadline.time_of_day,
        "exact_time": deadline.exact_time,
        "version": deadline.version,
    }
