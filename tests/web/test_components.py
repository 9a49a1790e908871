"""The visual language: each component says what it must, in each language, and without more than it needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import include, path
from django.utils import translation

from workflows.states import MeetingState, MessageState, SummitState, TaskState
from workflows.templatetags.marks import ICONS, MARKS, WORDS
from workflows.templatetags.moments import city, day_in_words, distance, hour_of_day, moment, moment_in_words, short_day
from workflows.templatetags.summitprep import in_language, number_words
from workflows.web.components import components

urlpatterns = [path("components/", components), path("i18n/", include("django.conf.urls.i18n"))]
pytestmark = pytest.mark.urls(__name__)

LANGUAGES = ("es", "pt-br", "pt-pt", "en")
NOW = datetime(2026, 9, 30, 8, 40, tzinfo=UTC)


class Page(HTMLParser):
    """What a page's markup holds: ids, references to ids, and elements by name."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("for", "aria-labelledby", "aria-describedby"):
                self.references.extend((value or "").split())


def component(name: str, **context: Any) -> str:
    """Render a component as a page would, with a request."""
    with translation.override("en"):
        return " ".join(render_to_string(f"components/{name}.html", context, RequestFactory().get("/")).split())


def written(source: str, **context: Any) -> str:
    with translation.override("en"):
        return engines["django"].from_string("{% load summitprep %}" + source).render(context)


# The page of components


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_shows_every_component_in_the_readers_language(client: Client, language: str) -> None:
    answer = client.get("/components/", headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.content.decode()


def test_page_has_one_title_and_no_broken_reference(client: Client) -> None:
    page = Page(client.get("/components/").content.decode())
    assert page.tags.count("h1") == 1
    assert sorted(page.ids) == sorted(set(page.ids))
    assert set(page.references) - set(page.ids) == set()


def test_every_component_is_shown(client: Client) -> None:
    shown = {template.name for template in client.get("/components/").templates}
    folder = get_template("components/index.html").origin.name.rpartition("/")[0]
    own = {entry.name for entry in Path(folder).glob("*.html")}
    elsewhere = {"crumbs.html", "cursor.html", "_seat.html"}  # shown on other pages, with a reader
    assert {f"components/{name}" for name in own - elsewhere} - shown == set()


def test_language_is_changed_without_script_and_comes_back_to_the_same_page(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "pt-pt", "next": "/components/?page=2"})
    assert answer.headers["Location"] == "/components/?page=2"
    assert '<html lang="pt-pt">' in client.get("/components/").content.decode()


# The frame


def test_base_needs_no_context() -> None:
    page = Page(get_template("base.html").render({}))
    assert page.tags.count("main") == 1
    assert "form" not in page.tags  # nobody to sign out, no token to change the language with


def test_base_names_seat_summit_and_present_section() -> None:
    sections = [{"label": "Checklist", "url": "/c/", "current": True}, {"label": "Search", "url": "/s/", "end": True}]
    html = get_template("base.html").render(
        {"summit_title": "XXX, Madrid", "seat_label": "Officer of the SPT", "sections": sections}, RequestFactory().get("/")
    )
    assert "XXX, Madrid" in html
    assert "Officer of the SPT" in html
    assert html.count('<a href="/c/" aria-current="page">Checklist</a>') == 2  # wide, and in the telephone's menu


@pytest.mark.parametrize("shown", [True, False])
def test_demonstration_is_said_on_top(shown: bool) -> None:
    assert ("demonstration" in get_template("base.html").render({"demonstration": shown})) is shown


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "405", "409", "412", "422", "429", "500", "503"])
def test_error_page_needs_nothing(code: str) -> None:
    page = Page(get_template(f"errors/{code}.html").render())
    assert (page.tags.count("h1"), page.tags.count("script")) == (1, 0)


def test_error_page_gives_every_reason_with_its_link() -> None:
    reasons = [{"sentence": "NEG-04 is pending.", "url": "/neg-04/"}, {"sentence": "No decision."}]
    html = render_to_string("errors/422.html", {"message": "Two conditions fail.", "reasons": reasons, "code": "guards"})
    assert "Two conditions fail." in html
    assert '<a href="/neg-04/">NEG-04 is pending.</a>' in html
    assert "No decision." in html


# Moments


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("es", "30/09/2026, 10:40 (Madrid)"),
        ("pt-br", "30/09/2026, 10:40 (Madri)"),
        ("pt-pt", "30/09/2026, 10:40 (Madrid)"),
        ("en", "30/09/2026, 10:40 (Madrid)"),
    ],
)
def test_moment_names_its_city_in_the_readers_language(language: str, expected: str) -> None:
    with translation.override(language):
        assert moment(NOW, "Europe/Madrid") == expected


CITIES = {
    "Europe/Andorra": "Andorra la Vella",
    "America/Argentina/Buenos_Aires": "Buenos Aires",
    "America/La_Paz": "La Paz",
    "America/Sao_Paulo": "Brasília",
    "America/Bogota": "Bogotá",
    "America/Costa_Rica": "San José",
    "America/Havana": "Havana",
    "America/Santiago": "Santiago",
    "America/Santo_Domingo": "Santo Domingo",
    "America/Guayaquil": "Quito",
    "America/El_Salvador": "San Salvador",
    "Europe/Madrid": "Madrid",
    "America/Guatemala": "Guatemala City",
    "America/Tegucigalpa": "Tegucigalpa",
    "America/Mexico_City": "Mexico City",
    "America/Managua": "Managua",
    "America/Panama": "Panama City",
    "America/Asuncion": "Asunción",
    "America/Lima": "Lima",
    "Europe/Lisbon": "Lisbon",
    "America/Montevideo": "Montevideo",
    "America/Caracas": "Caracas",
}


@pytest.mark.parametrize("zone", CITIES)
def test_zone_of_each_member_is_named_by_its_capital(zone: str) -> None:
    with translation.override("en"):
        assert city(zone) == CITIES[zone]


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        (datetime(2026, 9, 30, 21, 59, tzinfo=UTC), "Europe/Madrid", "today"),
        (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), "Europe/Madrid", "in 1 day"),  # midnight in Madrid
        (datetime(2026, 9, 30, 22, 0, tzinfo=UTC), "America/Guatemala", "today"),
        (datetime(2026, 10, 3, 5, 59, tzinfo=UTC), "Europe/Madrid", "in 3 days"),
        (datetime(2026, 10, 3, 5, 59, tzinfo=UTC), "America/Guatemala", "in 2 days"),
        (datetime(2026, 9, 29, 21, 59, tzinfo=UTC), "Europe/Madrid", "1 day ago"),
        (datetime(2026, 9, 26, 5, 59, tzinfo=UTC), "Europe/Madrid", "4 days ago"),
        (datetime(2026, 9, 30, 6, 0, tzinfo=UTC), "Europe/Madrid", "today"),
    ],
)
def test_distance_counts_days_of_the_zones_calendar(instant: datetime, zone: str, expected: str) -> None:
    with translation.override("en"):
        assert distance(instant, NOW, zone) == expected


def test_hour_of_day_never_leaves_the_hour_out() -> None:
    with translation.override("en"):
        assert [hour_of_day(datetime(2026, 9, day, 6, 31, tzinfo=UTC), NOW, "Europe/Madrid") for day in (30, 29, 28)] == [
            "Today, 8:31",
            "Yesterday, 8:31",
            "28 Sep, 8:31",
        ]


def test_short_day_gives_the_year_only_when_it_is_another() -> None:
    with translation.override("pt-br"):
        assert short_day(date(2026, 9, 29), NOW.date()) == "29 set"
    with translation.override("es"):
        assert short_day(date(2025, 10, 3), NOW.date()) == "3 oct 2025"


def test_day_in_words_is_written_by_the_readers_language() -> None:
    with translation.override("en"):
        assert day_in_words(date(2026, 10, 2)) == "Friday 2 October 2026"
        assert moment_in_words(NOW, "Europe/Lisbon") == "Wednesday 30 September 2026, 09:40 (Lisbon)"


def test_date_shows_the_readers_clock_only_where_it_differs() -> None:
    at = datetime(2026, 10, 3, 5, 59, tzinfo=UTC)
    other = component("date", instant=at, zone="Europe/Madrid", own_zone="America/Guatemala", now=NOW)
    same = component("date", instant=at, zone="Europe/Madrid", own_zone="Europe/Paris", now=NOW)
    assert "02/10/2026, 23:59 (Guatemala City)" in other
    assert "Paris" not in same


def test_date_without_standing_is_never_red() -> None:
    past = datetime(2026, 9, 26, 5, 59, tzinfo=UTC)
    assert "st--late" in component("date", instant=past, zone="Europe/Madrid", now=NOW, standing="late")
    assert "st--" not in component("date", instant=past, zone="Europe/Madrid", now=NOW)


def test_until_puts_the_readers_clock_first() -> None:
    at = datetime(2026, 10, 3, 5, 59, tzinfo=UTC)
    html = component("until", instant=at, zone="Europe/Madrid", own_zone="America/Guatemala", now=NOW)
    assert html.index("Friday 2 October 2026, 23:59") < html.index("Saturday 3 October 2026, 07:59")


# Languages and numbers


@pytest.mark.parametrize(("language", "expected"), [("es", "a"), ("pt-br", "b"), ("pt-pt", "b"), ("en", "a")])
def test_field_is_read_in_the_readers_language_else_in_spanish(language: str, expected: str) -> None:
    with translation.override(language):
        assert in_language(SimpleNamespace(title_es="a", title_pt="b", title_en=""), "title") == expected


@pytest.mark.parametrize(("number", "expected"), [(0, "none"), (1, "one"), (10, "ten"), (11, "11"), (-1, "-1")])
def test_numbers_are_words_up_to_ten(number: int, expected: str) -> None:
    with translation.override("en"):
        assert (number_words(number), number_words(number, "feminine")) == (expected, expected)


# Marks


@pytest.mark.parametrize(
    ("noun", "states"),
    [
        ("task", TaskState),
        ("contribution", TaskState),
        ("meeting", MeetingState),
        ("summit", SummitState),
        ("message", MessageState),
    ],
)
def test_every_state_has_a_mark_and_a_word(noun: str, states: Any) -> None:
    assert {state.value for state in states} - set(MARKS[noun]) == set()
    assert {state.value for state in states} - set(WORDS[noun]) == set()


def test_every_mark_is_drawn() -> None:
    assert {icon for marks in MARKS.values() for icon, _tone in marks.values()} - set(ICONS) == set()


def test_no_state_asked_of_a_member_state_is_red() -> None:
    assert {tone for _icon, tone in MARKS["contribution"].values()} & {"late", "blocked"} == set()


def test_states_of_a_noun_differ_without_colour() -> None:
    for noun in ("task", "contribution", "meeting", "standing"):
        icons = [icon for icon, _tone in MARKS[noun].values()]
        assert sorted(icons) == sorted(set(icons))


def test_state_takes_a_word_of_its_own() -> None:
    assert "20 of 22 received" in written("{% state 'task' 'in_progress' '20 of 22 received' %}")


# Actions and forms


def test_button_post_carries_its_token_and_escapes_what_it_is_given() -> None:
    html = component("button_post", label="Verify", url="/v/", suffix="NEG-04", fields=[("version", '3"><b>')])
    assert 'name="csrfmiddlewaretoken"' in html
    assert 'name="version" value="3&quot;&gt;&lt;b&gt;"' in html
    assert 'Verify<span class="vh"> NEG-04</span>' in html


def test_withheld_gives_one_reason_in_the_sentence_and_several_in_a_list() -> None:
    one = component("withheld", action="Agree", reasons=[{"sentence": "Three brackets are open.", "url": "/b/"}])
    two = component("withheld", action="Agree", reasons=[{"sentence": "A."}, {"sentence": "B."}])
    assert 'Not possible now. <a href="/b/">Three brackets are open.</a>' in one
    assert ("<li>" in one, two.count("<li>")) == (False, 2)


def test_guards_leave_out_an_empty_list() -> None:
    html = component("guards", impede=[{"sentence": "A.", "office": "SPT"}], warn=[], met=[])
    assert (html.count("guards-h"), "Prevent it" in html) == (1, True)


def test_agenda_has_a_primary_button_only_where_told() -> None:
    item = {"day": "Today", "title": "T", "url": "/t/", "action": {"label": "Submit", "url": "/s/", "post": True}}
    html = component("agenda", items=[item, item | {"primary": True}])
    assert (html.count("btn btn--line btn--small"), html.count('"btn btn--small"')) == (1, 1)


class Asked(forms.Form):
    """A form with a hint and one wrong field."""

    reason = forms.CharField(label="Reason", help_text="It stays in the record.")
    channel = forms.ChoiceField(label="Channel", choices=[("page", "Page")], widget=forms.RadioSelect)
    seen = forms.BooleanField(label="Seen", required=False)


def test_field_ties_hint_and_error_to_its_input() -> None:
    form = Asked({"reason": ""})
    page = Page(component("form", form=form, url="/f/", label="Send"))
    assert {"id_reason_helptext", "id_reason_error", "id_reason"} <= set(page.references)
    assert set(page.references) - set(page.ids) == set()
    assert page.ids.count("errors-title") == 1


def test_error_summary_names_the_field_and_leads_to_it() -> None:
    html = component("errors", form=Asked({"reason": "", "channel": "page"}))
    assert '<a href="#id_reason">Reason: This field is required.</a>' in html


def test_no_error_summary_without_errors() -> None:
    assert "errors-title" not in component("errors", form=Asked())


def test_progress_draws_nothing_of_nothing() -> None:
    assert "<svg" not in component("bar", done=0, total=0)
    assert 'viewBox="0 0 1200 6"' in component("bar", done=9, total=1200)
