"""Tags and filters of the pages and the mails: moments, languages, marks, fields."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows.models import Seat
from workflows.queries.names import name_seat
from workflows.rules.redline import Piece
from workflows.rules.redline import redline as compared

from . import moments
from .marks import ICONS, MARKS, NUMBERS_FEMININE, NUMBERS_MASCULINE, WORDS

register = template.Library()


# Moments. `now` is the page's one reading of the clock, given in the context.


@register.simple_tag
def moment(instant: datetime, zone: str | ZoneInfo, city: str = "") -> str:
    """Write an instant: `{% moment task.due_at zone %}` gives "30/09/2026, 23:59 (Madrid)"."""
    return moments.moment(instant, zone, city)


@register.simple_tag
def moment_in_words(instant: datetime, zone: str | ZoneInfo, city: str = "") -> str:
    """Write an instant in a sentence: "viernes 2 de octubre de 2026, 23:59 (Ciudad de Guatemala)"."""
    return moments.moment_in_words(instant, zone, city)


@register.filter
def day_in_words(day: date) -> str:
    """Write a day in a sentence: "viernes 2 de octubre de 2026"."""
    return moments.day_in_words(day)


@register.simple_tag
def clock(instant: datetime, zone: str | ZoneInfo, pattern: str) -> str:
    """Write an instant by a pattern of strftime in a zone, for parts such as the day or the hour alone."""
    return instant.astimezone(moments.as_zone(zone)).strftime(pattern)


@register.simple_tag
def city(zone: str | ZoneInfo) -> str:
    """Write the city by which a zone is named, in the reader's language."""
    return moments.city(zone)


@register.simple_tag(takes_context=True)
def distance(context: Context, instant: datetime, zone: str | ZoneInfo) -> str:
    """Write how far an instant is from `now`, in days of the zone's calendar; nothing when the page has no `now`."""
    return moments.distance(instant, context["now"], zone) if context.get("now") else ""


@register.simple_tag(takes_context=True)
def short_day(context: Context, instant: datetime, zone: str | ZoneInfo) -> str:
    """Write "Today" or "29 sept"."""
    zone = moments.as_zone(zone)
    return moments.short_day(instant.astimezone(zone).date(), context["now"].astimezone(zone).date())


@register.simple_tag(takes_context=True)
def hour_of_day(context: Context, instant: datetime, zone: str | ZoneInfo) -> str:
    """Write "Today, 8:31", "Yesterday, 20:15" or "28 sept, 18:47"."""
    return moments.hour_of_day(instant, context["now"], zone)


@register.simple_tag
def same_clock(instant: datetime, zone: str | ZoneInfo, other: str | ZoneInfo) -> bool:
    """Tell whether both zones show the same day and hour at an instant."""
    naive = [instant.astimezone(moments.as_zone(name)).replace(tzinfo=None) for name in (zone, other)]
    return naive[0] == naive[1]


# Languages and numbers.


@register.filter(name="in_language")
def in_language(thing: Any, field: str) -> str:
    """Return `field` of an object in the reader's language (`title_es`, `title_pt`, `title_en`), else in Spanish."""
    suffix = (get_language() or "es")[:2]
    return getattr(thing, f"{field}_{suffix}", "") or getattr(thing, f"{field}_es", "")


@register.filter
def split_words(text: str) -> list[str]:
    """Return the words of a constant text, to repeat a piece of a template for each."""
    return text.split()


@register.filter
def number_words(number: int, gender: str = "masculine") -> str:
    """Return a number in words up to ten, in figures above; `gender` is that of what is counted."""
    words = NUMBERS_FEMININE if gender == "feminine" else NUMBERS_MASCULINE
    return str(words[number]) if 0 <= number < len(words) else str(number)


# Marks.


DRAWN = {
    name: mark_safe(f'<svg class="i" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{drawing}</svg>')  # noqa: S308 - our own drawings
    for name, drawing in ICONS.items()
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon; the word beside it is the information, so it is hidden from a screen reader."""
    return DRAWN[name]


@register.simple_tag
def state(noun: str, value: str, word: str = "") -> SafeString:
    """Show the mark and the word of a state: `{% state "task" task.state %}`; `word` says it otherwise.

    Written here and not in a template: a checklist has one or two in each of its rows.
    """
    name, tone = MARKS[noun][value]
    shown = word or WORDS[noun][value]
    return format_html('<span class="st st--{}">{}<span>{}</span></span>', tone, DRAWN[name], shown)


@register.simple_tag
def mark(noun: str, value: str) -> SafeString:
    """Show the mark of a state alone, its word read aloud: for cells of a matrix."""
    name, tone = MARKS[noun][value]
    return format_html('<span class="st st--{}">{}<span class="vh">{}</span></span>', tone, DRAWN[name], WORDS[noun][value])


# Texts.


@register.simple_tag
def pieces(found: Iterable[Piece]) -> SafeString:
    """Show a redline: what is inserted and deleted is marked by line and by words read aloud, never by colour alone."""
    said = {"in": (_("inserted:"), _("end of what is inserted")), "out": (_("deleted:"), _("end of what is deleted"))}
    parts = []
    for piece in found:
        if piece.kind == "same":
            parts.append(format_html("{}", piece.text))
            continue
        tag = "ins" if piece.kind == "in" else "del"
        begins, ends = said[piece.kind]
        parts.append(
            format_html('<{0}><span class="vh">{1} </span>{2}<span class="vh"> {3}</span></{0}>', tag, begins, piece.text, ends)
        )
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped above


@register.simple_tag
def redline(before: str, after: str) -> SafeString:
    """Show what became of a text, by words."""
    return pieces(compared(before, after))


@register.simple_tag
def seat_name(seat: Seat) -> str:
    """Name an office, never a person."""
    return name_seat(seat)


# Fields of forms.


@register.filter
def input_kind(field: BoundField) -> str:
    """Return how a field is laid out: "check", "choices" or "input"."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        return "choices"
    return "check" if isinstance(widget, CheckboxInput) else "input"


@register.filter
def styled(field: BoundField) -> SafeString:
    """Render a field's input with its class of the stylesheet; Django adds the references to hint and error."""
    widget = field.field.widget
    kinds = ((Textarea, "area"), (RadioSelect, ""), (Select, "select"), (CheckboxInput, ""))
    kind = next((name for widget_class, name in kinds if isinstance(widget, widget_class)), "input")
    classes = f"{kind} {widget.attrs.get('class', '')}".strip()
    attrs: dict[str, str | bool] = {"class": classes} if classes else {}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":  # Django's default is half a screen
        attrs["rows"] = "5"
    return field.as_widget(attrs=attrs)


@register.filter
def is_text(field: BoundField) -> bool:
    """Tell whether a filter's field takes free text and so deserves the wider column."""
    return getattr(field.field.widget, "input_type", "") in ("text", "search")


@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """Return the numbers to show in a pagination; a gap is an ellipsis."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
