"""Fields and forms that several pages share: hours in a zone, and forms that remember the version they were opened with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from workflows.web.actor import PageRequest


class DayInput(forms.DateInput):
    """The browser's own picker of days."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "input--short", **(attrs or {})}, format="%Y-%m-%d")


class HourInput(forms.DateTimeInput):
    """The browser's own picker of days and hours."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "input--hour", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
HOUR_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y, %H:%M"]


class DayField(forms.DateField):
    """A day, written as the browser sends it or as 30/09/2026."""

    widget = DayInput
    default_error_messages = {"invalid": _("Write a day such as 30/09/2026.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=DAY_FORMATS, **kwargs)


class InZoneField(forms.Field):
    """A local day and hour in `zone`, returned as an instant in UTC; an hour that the clocks skip is refused."""

    widget = HourInput
    default_error_messages = {
        "invalid": _("Write a day and an hour such as 30/09/2026, 23:59."),
        "skipped": _("This hour does not exist there: the clocks go forward that night."),
    }

    def __init__(self, *, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = ZoneInfo(zone)

    def prepare_value(self, value: Any) -> Any:
        """Show an instant by the zone's clock."""
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant."""
        if value in self.empty_values:
            return None
        for pattern in HOUR_FORMATS:
            try:
                naive = datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 - the zone is the field's
            except ValueError:
                continue
            instant = naive.replace(tzinfo=self.zone).astimezone(UTC)
            if instant.astimezone(self.zone).replace(tzinfo=None) != naive:
                raise forms.ValidationError(self.error_messages["skipped"], code="skipped")
            return instant
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, even when it sent nothing; `None` when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def offer(form: forms.Form, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Give a field of a form its choices, where the form has that field."""
    field = form.fields.get(name)
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


class RefusableForm(forms.Form):
    """A form that is shown again, with what was typed, when another person was faster."""

    refused = 400
    """The status with which its page is answered while it does not hold."""

    def refuse(self, sentence: str, *, status: int, version: int) -> None:
        """Say why it was not done, and take the version that stands now: the same button then means all the same."""
        self.full_clean()
        self.add_error(None, sentence)
        self.refused = status
        if "version" in self.fields:
            data: Any = self.data
            self.data = data = data.copy()
            data["version"] = str(version)


class VersionedForm(RefusableForm):
    """A form that carries the version of what it changes, so that nobody overwrites what they have not seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def status_of_form(form: forms.Form) -> int:
    """Return the status with which a form's page is answered."""
    return getattr(form, "refused", 400) if form.errors else 200


def page_of_form(
    request: PageRequest,
    form: forms.Form,
    *,
    title: str,
    label: str,
    crumbs: Sequence[dict[str, str]],
    lead: str = "",
    template: str = "task/form.html",
    **more: Any,
) -> HttpResponse:
    """Return the page of one form, which goes back to the last crumb but one; with what is to be corrected."""
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "url": request.get_full_path(),
        "label": label,
        "crumbs": crumbs,
        "back": crumbs[-2]["url"],
        **more,
    }
    return render(request, template, context, status=status_of_form(form))
