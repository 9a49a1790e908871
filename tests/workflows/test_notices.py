"""What people are told: every kind in every language, by office, in the words that are due to a State."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import translation
from icalendar import Calendar

from tests.factories import World, circulate, clear, draft, make_world, to_stage
from workflows import engine
from workflows.actions.reminder import sweep
from workflows.models import Message, Person, Summit, User
from workflows.notices.calendar import date_for_calendar
from workflows.notices.kinds import REGISTRY
from workflows.notices.render import Rendered, as_mail, render
from workflows.queries.message import Reader, find_reader, load_message
from workflows.states import Language

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 7, 9, 16, 0, tzinfo=UTC)
DUE = datetime(2027, 7, 16, 5, 59, 59, 999999, tzinfo=UTC)
EMAILS = Path(settings.BASE_DIR) / "templates" / "emails"
KINDS = sorted(kind for kind in REGISTRY if not kind.startswith("_"))


@pytest.fixture
def world() -> World:
    return make_world()


@dataclass(frozen=True)
class Case:
    """How a kind comes about: the seat that is told, the row it is about, and what its cause leaves behind."""

    seat: str
    row: Callable[[World], Any]
    context: dict[str, Any]


def summit(world: World) -> Summit:
    return world.summit


def answer(world: World) -> Any:
    return world.task("DOC-03", "PY")


def own_work(world: World) -> Any:
    return world.task("DOC-04")


def text(world: World) -> Any:
    """A declaration out for comments, its window ahead."""
    to_stage(world, "text_drafting")
    return circulate(world, clear(world, draft(world)), days=500)


def agenda(world: World) -> Any:
    return clear(world, draft(world, "agenda"))


MOVES = [
    {"code": "DOC-03", "party": "PY", "from": "2027-07-16T05:59:59+00:00", "to": "2027-08-16T05:59:59+00:00"},
    {"code": "DOC-04", "party": "", "from": None, "to": "2027-09-01T21:59:59+00:00"},
]
CASES = {
    "summit_moved": Case("cn_py", summit, {"verb": "open_agenda", "source": "handover", "target": "agenda_drafting"}),
    "signature_waiting": Case("secretary", summit, {"verb": "open_negotiation"}),
    "signature_dropped": Case("approver", summit, {"verb": "open_negotiation", "declined": True}),
    "task_submitted": Case("secretary", answer, {"verb": "submit"}),
    "task_returned": Case("cn_py", answer, {"verb": "return"}),
    "task_verified": Case("cn_py", answer, {"verb": "verify"}),
    "task_reopened": Case("cn_py", answer, {"verb": "reopen"}),
    "task_waived": Case("secretary", own_work, {"verb": "waive"}),
    "task_asked": Case("cn_py", answer, {}),
    "meeting_convened": Case("cn_py", lambda world: world.meeting("cnrc_1"), {}),
    "meeting_cancelled": Case("cn_py", lambda world: world.meeting("cnrc_1"), {"verb": "cancel"}),
    "document_submitted": Case("approver", agenda, {"verb": "submit_for_clearance"}),
    "document_cleared": Case("secretary", agenda, {"verb": "clear"}),
    "document_returned": Case("secretary", agenda, {"verb": "return_for_changes"}),
    "clearance_dropped": Case("secretary", agenda, {"verb": "drop_clearance"}),
    "document_circulated": Case("cn_py", text, {"verb": "circulate"}),
    "document_window_closed": Case("secretary", text, {"verb": "close_window"}),
    "document_moved": Case("cn_py", text, {"verb": "elevate", "target": "elevated"}),
    "translation_corrected": Case("cn_py", text, {"paragraph": str(UUID(int=12)), "number": "12", "language": "pt"}),
    "document_published": Case("cn_py", text, {"verb": "publish"}),
    "dates_moved": Case("cn_py", summit, {"moved": MOVES}),
    "deadline_moved": Case("cn_py", answer, {"from": "2027-06-16T05:59:59+00:00"}),
    "account_invited": Case("cn_py", lambda world: world.seats["cn_py"], {}),
    "record_head": Case("approver", summit, {"number": 812, "head": "ab" * 32}),
}


def queue(world: World, kind: str) -> Message:
    if kind == "reminder":
        return reminder(world)
    case = CASES[kind]
    seat, person = world.seats[case.seat], world.people[case.seat]
    if kind == "account_invited":
        User.objects.create_user(person.email, person=person)
    row, only = case.row(world), person if kind == "account_invited" else None
    cause = Message(kind="x").uuid
    engine.notify(kind, row, actor=None, now=NOW, cause=cause, context=case.context, seats=[seat], person=only)
    return load_message(Message.objects.get(kind=kind, key__contains=str(cause)).pk)


def reminder(world: World, name: str = "cn_py", code: str = "DOC-03", at: datetime = NOW) -> Message:
    sweep(at)
    rows = Message.objects.filter(kind="reminder", seat=world.seats[name], task__code=code).order_by("-pk")
    return load_message(rows[0].pk)


def read(message: Message, language: str = "en", now: datetime = NOW, zone: str = "") -> Rendered:
    found = find_reader(message, now)
    reader = Reader(found.seat, found.person, found.email, language, zone or found.zone)
    return render(message, reader, now)


def words(html: str) -> str:
    """What remains of HTML when the dress is taken off."""
    body = re.sub(r"<(style|title)>.*?</\1>|<div class=\"preview\".*?</div>", "", html, flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", " ", body).replace("&nbsp;", " ").replace("&amp;", "&")
    return " ".join(plain.split())


def paragraphs(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not re.fullmatch(r"[-=]+|https?://\S+", line)]


def test_every_kind_has_its_words_and_its_dress():
    named = {path.name for path in EMAILS.iterdir() if not path.name.startswith("_")} - {"base.html"}
    assert named == {f"{kind}{end}" for kind in KINDS for end in (".txt", ".html")}
    assert set(KINDS) == set(CASES) | {"reminder"}


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_language(world: World, kind: str, language: str):
    message = queue(world, kind)
    rendered = read(message, language)
    assert rendered.subject.startswith("[")
    assert ("Madrid 2027]" in rendered.subject) == (kind != "account_invited")
    assert "\n" not in rendered.subject
    for part in (rendered.subject, rendered.text, rendered.html):
        assert re.findall(r"\{[{%]|None|Traceback|  \(", part) == []
    shown = words(rendered.html)
    missing = [p for p in paragraphs(rendered.text) if " ".join(p.split()).rstrip(":") not in shown]
    assert [p for p in missing if kind != "dates_moved"] == []
    assert f'lang="{language}"' in rendered.html
    assert f'href="{settings.SITE_URL}/' in rendered.html or kind == "record_head"


@pytest.mark.parametrize("kind", KINDS)
def test_no_style_sheet_no_picture_and_no_script_is_fetched(world: World, kind: str):
    html = read(queue(world, kind)).html
    assert re.findall(r"<(?:img|link|script|iframe)|url\(|\bsrc=", html) == []
    assert 'style="' in html


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in {"signature_waiting", "signature_dropped", "record_head"}])
def test_no_state_is_called_late(world: World, kind: str):
    text = read(queue(world, kind)).text
    assert re.findall(r"\b(late|overdue|delay(?:ed)?|fail(?:ed|ure)?|must)\b", text, flags=re.IGNORECASE) == []


@pytest.mark.parametrize("kind", KINDS)
def test_offices_are_addressed_never_persons(world: World, kind: str):
    message = queue(world, kind)
    rendered = read(message)
    assert [person.name for person in Person.objects.all() if person.name in rendered.text] == []


def test_the_subject_names_summit_code_matter_and_deadline(world: World):
    assert read(reminder(world)).subject == (
        "[Summit Madrid 2027] DOC-03 · Send the national contributions · until 16/07/2027, 07:59 (Madrid)"
    )


def test_the_answers_of_several_are_told_apart_by_their_subject(world: World):
    assert read(queue(world, "task_submitted")).subject == (
        "[Summit Madrid 2027] DOC-03 · Paraguay · Send the national contributions · answer received"
    )


def test_the_demonstration_is_marked_in_subject_and_text(world: World):
    Summit.objects.update(is_demonstration=True)
    rendered = read(reminder(world))
    assert rendered.subject.startswith("[DEMONSTRATION] [Summit Madrid 2027]")
    assert rendered.text.startswith("Demonstration: ")
    assert "fictitious" in words(rendered.html)[:200]


def test_the_reader_s_own_clock_comes_first(world: World):
    text = read(reminder(world)).text
    own, seat = text.index("02:59 (Asun"), text.index("at the seat of the Summit")
    assert own < seat
    assert "07:59 (Madrid)" in text[seat:]
    at_home = read(reminder(world, "cn_host")).text
    assert "at the seat of the Summit" not in at_home


def test_a_reminder_says_what_is_not_yet_received_and_never_more_to_a_state(world: World):
    message = reminder(world)
    before = read(message).text
    assert "has not yet received the following: Contributions by country." in before
    assert "The deadline ends today." not in before
    assert "The deadline ends today." in read(message, now=DUE - timedelta(hours=1)).text


def test_a_reminder_of_one_s_own_work(world: World):
    message = reminder(world, "secretary", "DOC-04", datetime(2027, 8, 5, 10, tzinfo=UTC))
    due = message.reminder.due_at
    assert "This task of your office is still open." in read(message, now=due - timedelta(days=1)).text
    assert "ends today" in read(message, now=due - timedelta(hours=2)).text
    assert "has passed" in read(message, now=due + timedelta(days=1)).text


def test_a_window_tells_how_many_answered_and_whom_to_telephone(world: World):
    world.now = NOW
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    Person.objects.filter(pk=world.people["cn_br"].pk).update(phone="+55 61 5555 0100")
    message = reminder(world, "secretary", "DOC-03", DUE + timedelta(days=4))
    text = read(message, now=DUE + timedelta(days=4)).text
    assert "1 of 22 answers has been received." in text
    assert "Brazil · National Coordinator · +55 61 5555 0100" in text
    assert "Paraguay · " not in text
    assert "Peru · National Coordinator · no telephone in the directory" in text


def test_a_receipt_to_a_state_says_when_its_answer_arrived(world: World):
    world.now = NOW
    world.act(world.task("DOC-03", "PY"), "submit", "cn_py", evidence="Aportes")
    world.act(world.task("DOC-03", "PY"), "verify", "spt_officer")
    message = load_message(Message.objects.get(kind="task_verified").pk)
    rendered = read(message)
    assert rendered.subject.endswith("· receipt")
    assert "arrived on 09/07/2027, 13:00 (Asun" in rendered.text


def test_a_meeting_is_convened_in_spanish_and_in_portuguese(world: World):
    message = queue(world, "meeting_convened")
    for language, others in (("es", ["pt-br"]), ("pt-br", ["es"]), ("pt-pt", ["es"]), ("en", ["es", "pt-br"])):
        rendered = read(message, language)
        assert "I Reunión de CN" in rendered.text or language == "pt-br"
        assert "I Reunião de CN" in rendered.text
        assert re.findall(r'<div lang="([a-z-]+)">', rendered.html) == others


def test_titles_dates_and_cities_are_in_the_reader_s_language(world: World):
    message = reminder(world)
    assert [
        re.search("Remitir los aportes|Enviar as contri|Send the national", read(message, code).subject)[0]
        for code in ("es", "pt-pt", "en")
    ] == ["Remitir los aportes", "Enviar as contri", "Send the national"]
    assert "(Madri)" in read(message, "pt-br").subject
    assert "(Madrid)" in read(message, "pt-pt").subject
    assert "Sexta-feira, 16 de julho de 2027" in read(message, "pt-pt").text


def test_rendering_leaves_the_language_of_the_process_alone(world: World):
    message = reminder(world)
    with translation.override("en"):
        read(message, "pt-br")
        assert translation.get_language() == "en"


def test_a_title_cannot_break_out_of_subject_or_html(world: World):
    task = world.task("DOC-03", "PY")
    type(task).objects.filter(pk=task.pk).update(title_en="A\r\nBcc: x@example.org <script>alert(1)</script> & co")
    message = reminder(world)
    rendered = read(message)
    assert "\n" not in rendered.subject
    assert "<script" not in rendered.html
    assert "<script>alert(1)</script> & co" in rendered.text
    for column, value in vars(rendered).items():
        setattr(message, column, value)
    assert as_mail(message, NOW).message()["Bcc"] is None


# Dates for the calendar ----------------------------------------------------------------------------------------------


def event(message: Message) -> tuple[Any, Any]:
    attached = date_for_calendar(message, NOW)
    assert attached is not None
    calendar = Calendar.from_ical(attached[1])
    [found] = calendar.walk("VEVENT")
    return calendar, found


def test_the_date_of_a_deadline_is_attached(world: World):
    message = reminder(world)
    calendar, found = event(message)
    assert (calendar["METHOD"], found["DTSTART"].dt) == ("PUBLISH", DUE.replace(microsecond=0))
    assert found["UID"] == f"deadline-{message.task.deadline.uuid}@{settings.MAIL_DOMAIN}"
    assert found["SEQUENCE"] == message.task.deadline.revision
    assert found["URL"].endswith("/summits/xxxi/tasks/DOC-03/PY/")


def test_a_meeting_s_date_and_its_cancellation_have_the_same_uid(world: World):
    convened = event(queue(world, "meeting_convened"))
    meeting = world.meeting("cnrc_1")
    world.act(meeting, "cancel", "secretary", reason="Se aplaza")
    cancelled = event(queue(world, "meeting_cancelled"))
    assert convened[1]["UID"] == cancelled[1]["UID"]
    assert (cancelled[0]["METHOD"], cancelled[1]["STATUS"]) == ("CANCEL", "CANCELLED")
    assert cancelled[1]["SEQUENCE"] > convened[1]["SEQUENCE"]


def test_a_date_that_has_passed_is_not_attached(world: World):
    message = reminder(world, "secretary", "DOC-03", DUE + timedelta(days=4))
    assert date_for_calendar(message, DUE + timedelta(days=4)) is None
    assert "is attached" not in read(message, now=DUE + timedelta(days=4)).text


def test_kinds_without_a_date_attach_none(world: World):
    assert date_for_calendar(queue(world, "summit_moved"), NOW) is None
