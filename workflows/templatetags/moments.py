"""How an instant is written: always with its zone's city, and how far it is only beside it."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

SEATS_OF_GOVERNMENT = {
    "America/Argentina/Buenos_Aires": pgettext_lazy("city", "Buenos Aires"),
    "America/Costa_Rica": pgettext_lazy("city", "San José"),
    "America/El_Salvador": pgettext_lazy("city", "San Salvador"),
    "America/Guatemala": pgettext_lazy("city", "Guatemala City"),
    "America/Guayaquil": pgettext_lazy("city", "Quito"),
    "America/Havana": pgettext_lazy("city", "Havana"),
    "America/Panama": pgettext_lazy("city", "Panama City"),
    "America/Santiago": pgettext_lazy("city", "Santiago"),
    "America/Sao_Paulo": pgettext_lazy("city", "Brasília"),
    "America/Bogota": pgettext_lazy("city", "Bogotá"),
    "Europe/Andorra": pgettext_lazy("city", "Andorra la Vella"),
    "UTC": pgettext_lazy("city", "UTC"),
}
"""Capitals of zones whose exemplar city in the CLDR is another city, a country, or written otherwise."""


def as_zone(zone: str | ZoneInfo) -> ZoneInfo:
    """Return the zone of a name such as "Europe/Madrid", or the zone itself."""
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)


def babel_locale(language: str | None = None) -> str:
    """Return Babel's name of a Django language ("pt-br" gives "pt_BR"); without one, of the active language."""
    head, _, tail = (language or get_language() or "en").partition("-")
    return f"{head}_{tail.upper()}" if tail else head


@cache
def _exemplar_city(zone: str, locale: str) -> str:
    return get_timezone_location(zone, locale, return_city=True)


def city(zone: str | ZoneInfo, language: str | None = None) -> str:
    """Return the city by which a zone is named in a language: Madrid, Madri, Ciudad de Guatemala."""
    key = as_zone(zone).key
    return str(SEATS_OF_GOVERNMENT.get(key) or _exemplar_city(key, babel_locale(language)))


def moment(instant: datetime, zone: str | ZoneInfo, place: str = "") -> str:
    """Return "30/09/2026, 23:59 (Madrid)"; `place` replaces the name of the zone's city."""
    local = instant.astimezone(as_zone(zone))
    return f"{local:%d/%m/%Y, %H:%M} ({place or city(zone)})"


def moment_in_words(instant: datetime, zone: str | ZoneInfo, place: str = "") -> str:
    """Return "viernes 2 de octubre de 2026, 23:59 (Ciudad de Guatemala)"."""
    local = instant.astimezone(as_zone(zone))
    return f"{day_in_words(local)}, {local:%H:%M} ({place or city(zone)})"


def day_in_words(day: date) -> str:
    """Return "viernes 2 de octubre de 2026" in the active language."""
    names = Locale.parse(babel_locale())
    return pgettext("date", "%(weekday)s %(day)d %(month)s %(year)d") % {
        "weekday": names.days["format"]["wide"][day.weekday()],
        "day": day.day,
        "month": names.months["format"]["wide"][day.month],
        "year": day.year,
    }


def short_day(day: date, today: date) -> str:
    """Return "Today", or the day and the month ("29 sept"), with the year when it is another one."""
    if day == today:
        return gettext("Today")
    pattern = "d MMM" if day.year == today.year else "d MMM y"
    return format_date(day, pattern, locale=babel_locale()).replace(".", "").replace(" de ", " ")


def hour_of_day(instant: datetime, now: datetime, zone: str | ZoneInfo) -> str:
    """Return "Today, 8:31", "Yesterday, 20:15", or "28 sept, 18:47"."""
    local, today = instant.astimezone(as_zone(zone)), now.astimezone(as_zone(zone)).date()
    hour = f"{local.hour}:{local:%M}"
    if (today - local.date()).days == 1:
        return gettext("Yesterday, %(hour)s") % {"hour": hour}
    return f"{short_day(local.date(), today)}, {hour}"


def distance(instant: datetime, now: datetime, zone: str | ZoneInfo) -> str:
    """Return how many days of the calendar of `zone` lie between: "today", "in 3 days", "4 days ago"."""
    days = (instant.astimezone(as_zone(zone)).date() - now.astimezone(as_zone(zone)).date()).days
    if days == 0:
        return gettext("today")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
